"""`orch verify`: whether records are valid, and what they say is still true."""

from typing import TYPE_CHECKING, Final

import click

from gate_tests.errors import Exit, Refused
from runner.cli.context import CliContext, pass_cli_context
from runner.cli.lazy_group import Command
from runner.cli.options import json_option
from runner.cli.run_option import complete_runs
from runner.cli.terminal.printer import Printer

if TYPE_CHECKING:
    from runner.cli.verification_tally import Tally
    from runner.models.rows import Json
    from runner.verification.replayed import GateReplay
    from runner.verification.sources import Source

_GRAVEST_FIRST: Final = (Exit.DAMAGED, Exit.NO_VERDICT, Exit.REFUSED, Exit.FAIL)


@click.command(cls=Command)
@click.argument("arguments", nargs=-1, metavar="[RUN]...", shell_complete=complete_runs)
@click.option(
    "--run", "options", multiple=True, metavar="RUN", help="The same as the argument.", shell_complete=complete_runs
)
@click.option("--all", "all_runs", is_flag=True, help="All runs, which is the default.")
@click.option("--at", "revision", metavar="REV", help="Verify a commit instead of the work tree, without a checkout.")
@click.option("--staged", is_flag=True, help="Verify what is staged in git's index instead of the work tree.")
@click.option("--replay", is_flag=True, help="Judge each gate that passed again, and compare the results.")
@click.option("--network", is_flag=True, help="With --replay: judge checks that need the network, too.")
@click.option("--strict", is_flag=True, help="Exit with 1 for warnings, too.")
@json_option
@pass_cli_context
@click.pass_context
def verify(
    context: click.Context,
    cli: CliContext,
    arguments: tuple[str, ...],
    options: tuple[str, ...],
    all_runs: bool,
    revision: str | None,
    staged: bool,
    replay: bool,
    network: bool,
    strict: bool,
    as_json: bool,
) -> None:
    """Verify that records are valid and still true.

    Compares the outputs of each gate that passed, and the files that its checks read, with the recorded hashes; each
    record with itself, its attempts and its contracts; each contract and workflow with the one that was used. Nothing
    is judged without --replay, and nothing is written.

    The exit code is 1 if something differs, 4 if a record is corrupted or inconsistent, 3 if one cannot be read.

    \b
    Example:
      orch verify
      orch verify latest --at HEAD
    """
    from runner.cli.verification_report import print_report, print_summary
    from runner.cli.verification_tally import Tally
    from runner.verification.sources import open_source
    from runner.verification.verify import Verifier

    named = tuple(dict.fromkeys((*arguments, *options)))
    if named and all_runs:
        raise Refused("--all and RUN exclude each other")
    if revision is not None and staged:
        raise Refused("--at and --staged exclude each other")
    if network and not replay:
        raise Refused("--network needs --replay")
    printer, tally = Printer(as_json), Tally()
    runs: list[Json] = []
    replays: list[GateReplay] = []
    with open_source(cli.store, revision, staged=staged, exports_all=replay) as source:
        for report in Verifier(source).verify_all(_resolve(source, named)):
            print_report(printer, report, cli)
            tally.add(report)
            runs += [report.to_json()] if as_json else []
        print_summary(printer, tally, source)
        if replay:
            from runner.cli.replay_report import print_replays

            replays = print_replays(printer, source, tally.readable_runs, network)
    printer.print_document({"runs": runs} | ({"replays": [each.to_json() for each in replays]} if replay else {}))
    printer.raise_output_error()
    context.exit(_choose_exit_code(tally, replays, is_strict=strict))


def _resolve(source: "Source", named: tuple[str, ...]) -> list[str]:
    from gate_tests.workspace.find_run import resolve_run_id

    workspace = source.store.workspace
    return list(dict.fromkeys(resolve_run_id(workspace, each) for each in named)) or workspace.runs()


def _choose_exit_code(tally: "Tally", replays: "list[GateReplay]", *, is_strict: bool) -> Exit:
    """The gravest: a damaged record, one that cannot be read or has no verdict, an unknown run, a difference."""
    codes = {*tally.exit_codes, *([Exit.FAIL] if is_strict and tally.has_warnings else ())}
    if replays:
        from runner.verification.replayed import choose_exit_code

        codes.add(choose_exit_code(replays))
    return next((code for code in _GRAVEST_FIRST if code in codes), Exit.OK)
