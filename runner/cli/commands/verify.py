"""`orch verify`: whether records are valid, and what they say is still true."""

from typing import TYPE_CHECKING, Any

import click

from gate_tests.errors import Refused
from runner import suggestions
from runner.cli.context import CliContext, pass_cli_context
from runner.cli.lazy_group import Command
from runner.cli.options import json_option
from runner.cli.run_option import complete_runs
from runner.cli.terminal.printer import Printer
from runner.cli.verification.request import VerificationRequest

if TYPE_CHECKING:
    from runner.cli.verification.result import VerificationResult
    from runner.cli.verification.verify_base import ChangeResult


@click.command(cls=Command)
@click.argument("arguments", nargs=-1, metavar="[RUN]...", shell_complete=complete_runs)
@click.option(
    "--run", "options", multiple=True, metavar="RUN", help="The same as the argument.", shell_complete=complete_runs
)
@click.option("--all", "all_runs", is_flag=True, help="All runs, which is the default.")
@click.option("--at", "revision", metavar="REV", help="Verify a commit instead of the work tree.")
@click.option("--staged", is_flag=True, help="Verify git's index instead of the work tree.")
@click.option(
    "--touched",
    is_flag=True,
    help="With --staged: only runs that the commit touches.",
)
@click.option("--replay", is_flag=True, help="Judge the gates that passed again.")
@click.option("--network", is_flag=True, help="With --replay: use the network.")
@click.option("--no-programs", is_flag=True, help="With --replay: run no programs of contracts.")
@click.option(
    "--base",
    metavar="REV",
    help="What was edited, deleted or loosened since REV.",
)
@click.option(
    "--allow",
    multiple=True,
    metavar="DIFFERENCE",
    help="With --base: accept this, such as loosened:G2.",
)
@click.option("--strict", is_flag=True, help="Exit with 1 for warnings and skipped checks.")
@json_option
@pass_cli_context
@click.pass_context
def verify(
    context: click.Context,
    cli: CliContext,
    /,
    arguments: tuple[str, ...],
    options: tuple[str, ...],
    all_runs: bool,
    as_json: bool,
    **others: Any,
) -> None:
    """Verify that records are valid and still true.

    Compares the outputs of each gate that passed, and the files that its checks read, with the recorded hashes; each
    record with itself, its attempts and its contracts; each contract and workflow with the one that was used. Nothing
    is judged without --replay, and nothing is written.

    --replay judges each gate that passed again, by the recorded contract, and compares the results. Programs that
    contracts name (command, pre_scripts) run again, and may write files: use --no-programs for a pull request.

    --staged --touched is for hooks: it verifies the runs whose record or outputs the commit changes, at all roots of
    the repository. Arguments are files that count as changed, too. --allow takes loosened:GATE, loosened:WORKFLOW,
    edited:RUN or deleted:RUN, and may be repeated.

    The exit code is 1 if something differs, 4 if a record is corrupted or inconsistent, 3 if one cannot be read.

    \b
    Example:
      orch verify
      orch verify latest --at HEAD
      orch verify --base origin/main
    """
    request = VerificationRequest(tuple(dict.fromkeys((*arguments, *options))), **others)
    _refuse_conflicts(request, names_run=bool(options), all_runs=all_runs)
    printer = Printer(as_json)
    result: VerificationResult | ChangeResult
    if request.touched:
        from runner.cli.verification.verify_touched import verify_touched_roots

        result = verify_touched_roots(printer, cli, request.names)
    elif request.base is not None:
        from runner.cli.verification.verify_base import verify_base

        result = verify_base(printer, cli, request, request.base)
    else:
        from runner.cli.verification.verify_source import verify_source

        result = verify_source(printer, cli, request)
    printer.print_document(result.document)
    printer.raise_output_error()
    context.exit(result.choose_exit_code(is_strict=request.strict))


def _refuse_conflicts(request: VerificationRequest, *, names_run: bool, all_runs: bool) -> None:
    """Raises Refused for options that exclude or need each other."""
    if request.touched and (names_run or all_runs or request.revision is not None or request.replay):
        raise Refused("--touched excludes --run, --all, --at and --replay")
    if request.names and all_runs:
        raise Refused("--all and RUN exclude each other")
    if request.revision is not None and request.staged:
        raise Refused("--at and --staged exclude each other")
    if request.base is not None and (request.names or all_runs or request.touched or request.replay):
        raise Refused("--base excludes RUN, --all, --touched and --replay")
    _refuse_missing(request)


def _refuse_missing(request: VerificationRequest) -> None:
    """Raises Refused for options without the one that they need."""
    if request.touched and not request.staged:
        raise Refused("--touched requires --staged", next_command=suggestions.VERIFY_TOUCHED)
    if request.allow and request.base is None:
        raise Refused("--allow requires --base", next_command=suggestions.VERIFY_HELP)
    for option, is_given in (("--network", request.network), ("--no-programs", request.no_programs)):
        if is_given and not request.replay:
            raise Refused(f"{option} requires --replay", next_command=suggestions.replay_with(option))
