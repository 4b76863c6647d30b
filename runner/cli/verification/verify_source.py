"""Verifies runs in one state of a repository, and prints the reports as soon as they are known."""

from contextlib import ExitStack
from typing import TYPE_CHECKING

from runner.cli.context import CliContext
from runner.cli.terminal.printer import Printer
from runner.cli.verification.report import print_report, print_summary
from runner.cli.verification.request import VerificationRequest
from runner.cli.verification.result import VerificationResult
from runner.cli.verification.tally import Tally
from runner.models.rows import Json
from runner.verification.sources import History, Source, open_source
from runner.verification.verify import Verifier

if TYPE_CHECKING:
    from runner.cli.verification.staging_advice import StagingAdvice


def verify_source(printer: Printer, cli: CliContext, request: VerificationRequest) -> VerificationResult:
    """Verifies the runs, and judges them again if that is asked for. Raises Refused, Interrupted."""
    store = cli.store
    with (
        open_source(store, request.revision, staged=request.staged, exports_all=request.replay) as source,
        ExitStack() as stack,
    ):
        advice = _make_advice(printer, cli, stack) if request.staged else None
        tally, runs = _print_reports(printer, cli, source, request, advice)
        next_command = advice.next_command if advice else None
        print_summary(printer, tally, source.name, cli, next_command or source.rules.next_command)
        if not request.replay:
            return VerificationResult(tally, runs)
        from runner.cli.verification.replay_report import print_replays

        replays = print_replays(printer, source, tally.readable_runs, request.network)
        return VerificationResult(tally, runs, replays)


def _make_advice(printer: Printer, cli: CliContext, stack: ExitStack) -> "StagingAdvice":
    from runner.cli.verification.staging_advice import StagingAdvice

    return StagingAdvice(printer, cli, History(cli.store.workspace.root, stack))


def _print_reports(
    printer: Printer, cli: CliContext, source: Source, request: VerificationRequest, advice: "StagingAdvice | None"
) -> tuple[Tally, list[Json]]:
    """Prints each report. The rows of the document are kept only for that."""
    tally, runs = Tally(), list[Json]()
    for report in Verifier(source).verify_all(_resolve(source, request.names)):
        advice.print_report(report) if advice else print_report(printer, report, cli)
        tally.add(report)
        runs += [report.to_json()] if printer.as_json else []
    return tally, runs


def _resolve(source: Source, names: tuple[str, ...]) -> list[str]:
    from gate_tests.workspace.find_run import resolve_run_id

    workspace = source.store.workspace
    return list(dict.fromkeys(resolve_run_id(workspace, each) for each in names)) or workspace.runs()
