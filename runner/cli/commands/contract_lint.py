"""`orch contract lint`."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from gate_tests.errors import Exit, Refused
from gate_tests.plurals import format_count
from gate_tests.sanitize import escape_controls
from runner import suggestions
from runner.cli.context import CliContext, pass_cli_context
from runner.cli.gate_option import contract_paths_argument
from runner.cli.lazy_group import Command
from runner.cli.options import json_option
from runner.cli.terminal.printer import Printer

if TYPE_CHECKING:
    from gate_tests.lint.findings import LintReport
    from gate_tests.workspace.layout import Workspace


@click.command(cls=Command)
@contract_paths_argument
@click.option("--strict", is_flag=True, help="Exit 1 if there are warnings.")
@click.option(
    "--touched",
    is_flag=True,
    help="Only roots whose rules the staged change touches.",
)
@json_option
@pass_cli_context
@click.pass_context
def lint(
    context: click.Context, cli: CliContext, paths: tuple[Path, ...], strict: bool, touched: bool, as_json: bool
) -> None:
    """Report errors in contracts, and checks that prove little.

    Checks all contracts, or each GATE or PATH (a contract, or a directory of them). An error makes a contract invalid
    (exit 2). A warning, with its topic in brackets, is about a valid contract that requires less than its author may
    think. Each contract is compiled for sample runs of the workflows that have its gate.

    --touched is for hooks: it checks all contracts of each root whose contracts, workflows or prompts are staged.
    Arguments are files that count as changed, too.

    \b
    Example:
      orch contract lint --strict
      orch contract lint G2
      orch contract lint orchestration/gates/contracts/G2.contract.json
    """
    printer = Printer(as_json)
    findings = _lint_touched(printer, cli, paths) if touched else _lint(printer, cli, paths)
    printer.print_line(_summarize(findings, touched=touched))
    printer.print_document(findings.to_json())
    printer.raise_output_error()
    context.exit(_choose_exit_code(findings, strict))


def _lint(printer: Printer, cli: CliContext, paths: tuple[Path, ...]) -> "LintReport":
    from runner.contracts.lint import lint_all, lint_files, suggest_first_contract

    findings = lint_files(cli.workspace, paths) if paths else lint_all(cli.workspace)
    _print_findings(printer, findings)
    if not findings.files:
        raise Refused(
            f"no contract in {cli.workspace.root}/orchestration/gates/contracts",
            next_command=suggest_first_contract(cli.workspace),
        )
    return findings


def _lint_touched(printer: Printer, cli: CliContext, paths: tuple[Path, ...]) -> "LintReport":
    from gate_tests.lint.findings import LintReport
    from gate_tests.workspace.find_root import is_root
    from gate_tests.workspace.layout import Workspace
    from runner.cli.verification.touched_roots import enter_root, find_touched_roots

    findings = LintReport()
    for root in find_touched_roots(cli, tuple(map(str, paths))):
        if root.touches_rules and is_root(root.directory):
            here = enter_root(printer, cli, root)
            findings = findings.merge(_lint_root(printer, here, Workspace(root.directory)))
    return findings


def _lint_root(printer: Printer, cli: CliContext, workspace: "Workspace") -> "LintReport":
    """Lints the contracts as they are staged, and reports what a commit of the workflows would lack of them."""
    from gate_tests.lint.findings import LintReport
    from runner.contracts.lint import WorkflowSet, lint_all
    from runner.contracts.staged_rules import open_staged_rules
    from runner.contracts.unstaged import find_unstaged_rules

    with open_staged_rules(workspace) as staged:
        unstaged = find_unstaged_rules(workspace, WorkflowSet.load(staged).workflows)
        findings = lint_all(staged).merge(LintReport(errors=tuple(rule.describe() for rule in unstaged)))
    _print_findings(printer, findings)
    if unstaged:
        printer.print_hint(f"Next: {cli.format_command(suggestions.stage_paths(rule.path for rule in unstaged))}")
    return findings


def _print_findings(printer: Printer, findings: "LintReport") -> None:
    for line in (*findings.errors, *map(str, findings.warnings)):
        printer.print_line(escape_controls(line))  # a file name may have line breaks


def _summarize(findings: "LintReport", *, touched: bool) -> str:
    if touched and findings == type(findings)():
        return "the staged change touches no contract, nothing was linted"
    counts = [(findings.errors, "error"), (findings.warnings, "warning")]
    result = ", ".join(format_count(len(each), noun) for each, noun in counts if each) or "no errors"
    return f"{format_count(len(findings.files), 'contract')}: {result}"


def _choose_exit_code(findings: "LintReport", strict: bool) -> Exit:
    if findings.errors:
        return Exit.REFUSED
    return Exit.FAIL if strict and findings.warnings else Exit.OK
