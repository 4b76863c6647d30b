"""`orch contract lint`."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from gate_tests.errors import Exit, Refused
from gate_tests.sanitize import escape_controls
from runner.cli.context import CliContext, pass_cli_context
from runner.cli.lazy_group import Command
from runner.cli.options import json_option
from runner.cli.terminal.printer import Printer

if TYPE_CHECKING:
    from gate_tests.lint.findings import LintReport


@click.command(cls=Command)
@click.argument("paths", metavar="[PATH]...", nargs=-1, type=click.Path(path_type=Path))
@click.option("--strict", is_flag=True, help="Let advice count: exit 1 where there is any.")
@json_option
@pass_cli_context
@click.pass_context
def lint(context: click.Context, cli: CliContext, paths: tuple[Path, ...], strict: bool, as_json: bool) -> None:
    """Say everything that is wrong with contracts, then what proves little.

    Of all contracts, or of each PATH: a contract, or a folder of them. A line for each fault, which is what would be
    refused (exit 2), and for each advice, with the word for it in brackets: a contract that works and says less than
    its author may think. Each contract is tried in made-up runs of the workflows that name its gate.

    \b
    Example:
      orch contract lint --strict
      orch contract lint orchestration/gates/contracts/G2.contract.json
    """
    from runner.contracts.lint import lint_all, lint_files, suggest_first_contract

    printer = Printer(as_json)
    findings = lint_files(cli.workspace, paths) if paths else lint_all(cli.workspace)
    for line in (*findings.errors, *map(str, findings.warnings)):
        printer.print_line(escape_controls(line))  # the name of a file is told as it is, with its line breaks
    if not findings.files:
        raise Refused(
            f"no contract in {cli.workspace.root}/orchestration/gates/contracts",
            next_command=suggest_first_contract(cli.workspace),
        )
    printer.print_line(_summarize(findings))
    printer.print_document(findings.to_json())
    printer.raise_output_error()
    context.exit(_choose_exit_code(findings, strict))


def _summarize(findings: "LintReport") -> str:
    counted = ((findings.files, "contract"), (findings.errors, "error"), (findings.warnings, "warning"))
    words = [f"{len(each)} {word}{'' if len(each) == 1 else 's'}" for each, word in counted]
    return f"{words[0]}: {words[1]}, {words[2]}"


def _choose_exit_code(findings: "LintReport", strict: bool) -> Exit:
    if findings.errors:
        return Exit.REFUSED
    return Exit.FAIL if strict and findings.warnings else Exit.OK
