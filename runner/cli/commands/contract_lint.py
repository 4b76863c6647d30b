"""`orch contract lint`."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from gate_tests.errors import Exit, Refused
from gate_tests.plurals import format_count
from gate_tests.sanitize import escape_controls
from runner.cli.context import CliContext, pass_cli_context
from runner.cli.gate_option import contract_paths_argument
from runner.cli.lazy_group import Command
from runner.cli.options import json_option
from runner.cli.terminal.printer import Printer

if TYPE_CHECKING:
    from gate_tests.lint.findings import LintReport


@click.command(cls=Command)
@contract_paths_argument
@click.option("--strict", is_flag=True, help="Exit 1 if there are warnings.")
@json_option
@pass_cli_context
@click.pass_context
def lint(context: click.Context, cli: CliContext, paths: tuple[Path, ...], strict: bool, as_json: bool) -> None:
    """Report errors in contracts, and checks that prove little.

    Checks all contracts, or each GATE or PATH (a contract, or a directory of them). An error makes a contract invalid
    (exit 2). A warning, with its topic in brackets, is about a valid contract that requires less than its author may
    think. Each contract is compiled for sample runs of the workflows that have its gate.

    \b
    Example:
      orch contract lint --strict
      orch contract lint G2
      orch contract lint orchestration/gates/contracts/G2.contract.json
    """
    from runner.contracts.lint import lint_all, lint_files, suggest_first_contract

    printer = Printer(as_json)
    findings = lint_files(cli.workspace, paths) if paths else lint_all(cli.workspace)
    for line in (*findings.errors, *map(str, findings.warnings)):
        printer.print_line(escape_controls(line))  # a file name may have line breaks
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
    counts = [(findings.errors, "error"), (findings.warnings, "warning")]
    result = ", ".join(format_count(len(each), noun) for each, noun in counts if each) or "no errors"
    return f"{format_count(len(findings.files), 'contract')}: {result}"


def _choose_exit_code(findings: "LintReport", strict: bool) -> Exit:
    if findings.errors:
        return Exit.REFUSED
    return Exit.FAIL if strict and findings.warnings else Exit.OK
