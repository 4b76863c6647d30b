"""Verifies runs in one state of a repository, and prints the reports as soon as they are known."""

from contextlib import ExitStack
from typing import TYPE_CHECKING

from gate_tests.errors import Refused
from runner import suggestions
from runner.cli.context import CliContext
from runner.cli.terminal.printer import Printer
from runner.cli.verification.report import print_counts, print_next, print_report, suggest_commits
from runner.cli.verification.request import VerificationRequest
from runner.cli.verification.result import VerificationResult
from runner.cli.verification.tally import Tally
from runner.models.rows import Json
from runner.verification.history import History
from runner.verification.sources import Source, open_source
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
        run_ids = _resolve(source, request)
        tally, runs = _print_reports(printer, cli, source, run_ids, request.revision, advice)
        next_command = (advice.next_command if advice else None) or source.rules.next_command
        print_counts(printer, tally, source.name)
        if not request.replay:
            print_next(printer, tally, cli, next_command)
            return VerificationResult(tally, runs)
        from runner.cli.verification.replay_report import print_replays, suggest_after_replay

        replays = print_replays(printer, source, tally, request)
        print_next(printer, tally, cli, next_command, suggest_after_replay(cli, source, replays))
        return VerificationResult(tally, runs, replays)


def _make_advice(printer: Printer, cli: CliContext, stack: ExitStack) -> "StagingAdvice":
    from runner.cli.verification.staging_advice import StagingAdvice

    return StagingAdvice(printer, cli, History(cli.store.workspace.root, stack))


def _print_reports(
    printer: Printer,
    cli: CliContext,
    source: Source,
    run_ids: list[str],
    revision: str | None,
    advice: "StagingAdvice | None",
) -> tuple[Tally, list[Json]]:
    """Prints each report. The rows of the document are kept only for that."""
    tally, runs = Tally(), list[Json]()
    for report in Verifier(source).verify_all(run_ids):
        suggest_commits(report, source.store.workspace, revision)
        advice.print_report(report) if advice else print_report(printer, report, cli)
        tally.add(report)
        runs += [report.to_json()] if printer.as_json else []
    return tally, runs


def _resolve(source: Source, request: VerificationRequest) -> list[str]:
    """The ids of the named runs, else of all. Raises Refused."""
    from gate_tests.workspace.find_run import resolve_run_id

    workspace = source.store.workspace
    try:
        run_ids = list(dict.fromkeys(resolve_run_id(workspace, each) for each in request.names))
        if source.name and (unknown := next((each for each in run_ids if each not in workspace.runs()), None)):
            raise Refused(f"unknown run {unknown!r}")
        return run_ids or workspace.runs()
    except Refused as error:
        if not source.name:
            raise
        next_command = suggestions.verify(request.revision)  # the runs of the work tree may be others
        raise Refused(f"{source.name}: {error.message}", next_command=next_command) from None
