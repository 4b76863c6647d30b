"""`orch ci`: lint, verification and checks in one command, for CI."""

import os
from pathlib import Path
from typing import TYPE_CHECKING

import click

from gate_tests.errors import Exit, NotWritten, choose_gravest
from runner.cli.ci.destinations import GITHUB, GITHUB_SUMMARY, TEXT, Destination, assign_files, choose_formats
from runner.cli.context import CliContext, pass_cli_context
from runner.cli.lazy_group import Command
from runner.cli.options import complete_words, json_option, offline_option, workers_options
from runner.cli.run_option import complete_runs
from runner.cli.terminal.printer import Printer
from runner.reports.ci_report import CiReport, Level
from runner.reports.formats import FORMATS

if TYPE_CHECKING:
    from runner.ci.ci import CiRequest


@click.command(cls=Command, epilog=f"Formats: {', '.join(FORMATS)}.")
@click.option(
    "--run",
    "names",
    multiple=True,
    metavar="RUN",
    help="Id, slug, path or latest; else those of the change.",
    shell_complete=complete_runs,
)
@click.option("--base", metavar="REV", help="Compare with this. Default: the pull request's base.")
@click.option(
    "--allow", multiple=True, metavar="DIFFERENCE", help="Accept this difference from it, such as loosened:G2."
)
@click.option(
    "--fail-on",
    type=click.Choice([str(level) for level in Level]),
    metavar="LEVEL",
    default=str(Level.ERROR),
    show_default=True,
    help="With warning, warnings exit 1.",
)
@click.option(
    "--format",
    "format_names",
    multiple=True,
    metavar="FORMAT",
    help="How to report; several at once.",
    shell_complete=complete_words(FORMATS),
)
@click.option("--output", "files", multiple=True, metavar="FILE", help="Write the report there; - is standard output.")
@offline_option
@workers_options
@json_option
@pass_cli_context
@click.pass_context
def ci(
    context: click.Context,
    cli: CliContext,
    names: tuple[str, ...],
    base: str | None,
    allow: tuple[str, ...],
    fail_on: str,
    format_names: tuple[str, ...],
    files: tuple[str, ...],
    offline: bool,
    workers: tuple[str, ...],
    as_json: bool,
) -> None:
    """Lint the contracts, verify, and check the gates that passed.

    The exit code is that of the worst part: contract lint, verify, and gate check of each gate whose last attempt
    passed. It is about the runs whose record, files, contracts or workflow differ from --base. In the job of a pull
    request, the base is found by itself; a clone that lacks it is refused. Without a base, it is about each unfinished
    run and the newest one of each artifact path. Programs of `command` checks are run; pre_scripts are not.

    Without --format, text is printed, on GitHub with annotations. Of several formats, one is printed; files that
    --output names belong to the others, in their order.

    \b
    Example:
      orch ci
      orch ci --base main
      orch ci --format junit --output gates.xml
    """
    formats = choose_formats(format_names, as_json=as_json, environ=os.environ)
    destinations = assign_files(formats, files, are_named=bool(format_names) or as_json)
    printed = next((each.format.name for each in destinations if each.file is None), TEXT)
    printer = Printer(as_json=printed not in (TEXT, GITHUB))
    request = _build_request(cli, names, base, allow, fail_on, offline)
    report = _run(cli, printer, request, workers)
    _print(printer, cli, report, request, printed)
    context.exit(_write(printer, report, destinations))


def _build_request(
    cli: CliContext, names: tuple[str, ...], base: str | None, allow: tuple[str, ...], fail_on: str, offline: bool
) -> "CiRequest":
    from gate_tests.workspace.find_run import resolve_run_id
    from runner.ci.base import find_base
    from runner.ci.ci import CiRequest

    workspace = cli.workspace
    return CiRequest(
        runs=tuple(dict.fromkeys(resolve_run_id(workspace, name) for name in names)),
        base=find_base(workspace.root, base, os.environ),
        allow=allow,
        fail_on=Level(fail_on),
        offline=offline,
        start=None if cli.is_root_named else Path.cwd(),
    )


def _run(cli: CliContext, printer: Printer, request: "CiRequest", workers: tuple[str, ...]) -> CiReport:
    """The report. pytest's own lines are shown with -v only."""
    import time

    from gate_tests.isolated_pytest.client import IsolatedPytest
    from runner.ci.ci import run_ci

    with printer.open_display() as display:
        shown = display if printer.is_verbose else display._replace(show=lambda _: None)
        return run_ci(cli.store, request, lambda forks: IsolatedPytest(shown, workers, forks=forks), time.time)


def _print(printer: Printer, cli: CliContext, report: CiReport, request: "CiRequest", printed: str) -> None:
    from runner.cli.ci.screen import print_next, print_screen

    print_screen(printer, report)
    print_next(printer, cli, report, request.base)
    if printed != TEXT:
        printer.print_report(FORMATS[printed].render(report))


def _write(printer: Printer, report: CiReport, destinations: list[Destination]) -> Exit:
    """Writes the files. The exit code; of a file that cannot be written at least that of no verdict."""
    from runner.cli.ci.report_file import append_summary, write_report

    try:
        for each in destinations:
            if each.file is not None:
                write_report(each.file, each.format.render(report))
                printer.print_hint(f"{each.format.name}: {each.file}")
            if each.format.name == GITHUB and (summary := os.environ.get("GITHUB_STEP_SUMMARY")):
                append_summary(summary, FORMATS[GITHUB_SUMMARY].render(report))
    except NotWritten as error:
        error.exit_code = choose_gravest({Exit.NO_VERDICT, report.exit_code})
        raise
    printer.raise_output_error()
    return report.exit_code
