"""Prints the result of `orch ci` for people: what was found, a line for each part, the result, the next command."""

from collections.abc import Iterator
from typing import Final

from gate_tests.checks.result import CheckStatus
from gate_tests.errors import Exit
from runner import suggestions
from runner.ci.base import Base
from runner.cli.context import CliContext
from runner.cli.terminal.printer import Printer
from runner.cli.terminal.styles import style
from runner.reports.ci_report import CiReport, Finding, Level, Part
from runner.reports.text import render

_HANGING: Final = 4
_COLOURS: Final = {"PASS": "green", "OK": "green", "FAIL": "red", "no verdict": "red"}
_PASSING: Final = (Exit.OK,)


def print_screen(printer: Printer, report: CiReport) -> None:
    """Prints the report; with -q only what is wrong, and the result."""
    *lines, result = render(report).splitlines()
    if printer.is_quiet:
        parts = {str(part) for part in Part}
        lines = [line for line in render(_reduce(report)).splitlines()[:-1] if line.partition(" ")[0] not in parts]
    for line in (*lines, result):
        printer.print_wrapped(_colour(line), _HANGING)


def _reduce(report: CiReport) -> CiReport:
    """The errors and the gates that did not pass."""
    errors = tuple(each for each in report.findings if each.level is Level.ERROR)
    failed = tuple(each for each in report.gates if each.exit_code is not Exit.OK)
    return report._replace(findings=errors, gates=failed, notes=())


def _colour(line: str) -> str:
    word = next((word for word in _COLOURS if line.startswith((f"{word} ", f"{word}:"))), None)
    return line if word is None else style(word, _COLOURS[word], bold=True) + line[len(word) :]


def print_next(printer: Printer, cli: CliContext, report: CiReport, base: Base | None) -> None:
    """Prints the command that shows the worst part again, with more about it."""
    command = next(_list_commands(report, base), None)
    if report.exit_code is not Exit.OK and command:
        printer.print_hint(f"Next: {cli.format_command(command)}")


def _list_commands(report: CiReport, base: Base | None) -> Iterator[str]:
    """The commands for what is wrong, the worst first; then those for warnings."""
    errors = [each for each in report.findings if each.level is Level.ERROR]
    linted = [each for each in errors if each.part is Part.LINT]
    verified = [each for each in errors if each.part is Part.VERIFY]
    if verified and report.exit_code is Exit.DAMAGED:
        yield _verify(verified, base)
    if linted and report.exit_code is Exit.REFUSED:
        yield suggestions.LINT_CONTRACTS
    yield from _list_checks(report, report.exit_code)
    if verified:
        yield _verify(verified, base)
    yield from _list_commands_for_warnings(report, base)


def _list_checks(report: CiReport, exit_code: Exit) -> Iterator[str]:
    for gate in report.gates:
        if gate.exit_code is exit_code and gate.exit_code not in _PASSING:
            gates = [each.gate for each in report.gates if (each.run_id, each.exit_code) == (gate.run_id, exit_code)]
            yield suggestions.check_gates(gate.run_id, *gates)


def _verify(findings: list[Finding], base: Base | None) -> str:
    """Compares with the base again; or of a run that has no base, verifies that again."""
    if base:
        return suggestions.verify_base(base.revision)
    run_id = findings[0].run_id
    return suggestions.verify_run(run_id) if run_id else suggestions.VERIFY


def _list_commands_for_warnings(report: CiReport, base: Base | None) -> Iterator[str]:
    warnings = [each for each in report.findings if each.level is Level.WARNING]
    if any(each.part is Part.LINT for each in warnings):
        yield suggestions.LINT_CONTRACTS
    if verified := [each for each in warnings if each.part is Part.VERIFY]:
        yield _verify(verified, base)
    for gate in report.gates:
        if gate.count(CheckStatus.WARNED):
            yield suggestions.check_gates(gate.run_id, gate.gate)
