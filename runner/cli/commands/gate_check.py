"""One turn of `orch gate check`: judges gates and prints the results."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from gate_tests.errors import Exit
from gate_tests.isolated_pytest.client import IsolatedPytest
from runner import suggestions
from runner.cli.context import CliContext
from runner.cli.terminal import render
from runner.cli.terminal.printer import Printer

if TYPE_CHECKING:
    from runner.models.attempt import Json
    from runner.operations.judged_gate import JudgedGate


class CheckRequest(NamedTuple):
    """The options of `orch gate check`."""

    run_id: str
    gates: tuple[str, ...]
    offline: bool
    workers: tuple[str, ...]


def check_once(cli: CliContext, printer: Printer, request: CheckRequest) -> "list[JudgedGate]":
    """Judges in a new process, so that changed code is used, and prints the results. Raises an OrchError."""
    store = cli.store
    with printer.open_display() as display, IsolatedPytest(display, request.workers) as process:
        from runner.operations.judging import check_gates  # while the process loads pytest

        judged = check_gates(store, request.run_id, request.gates, process, offline=request.offline)
    for each in judged:
        for line in render.format_checked_gate(each, printer.verbosity):
            printer.print_line(line)
    if open_gates := [each for each in judged if each.gate.open_attempt]:
        printer.print_hint(f"Next: {_suggest_next(cli, printer, request, open_gates)}")
    return judged


def _suggest_next(cli: CliContext, printer: Printer, request: CheckRequest, open_gates: "Sequence[JudgedGate]") -> str:
    """To finish the gates; where their rules have changed, to accept that or to look at it; else to start again."""
    gates = [each.gate.gate for each in open_gates]
    if changed_gate := next((each.gate for each in open_gates if each.context_changes), None):
        agent = changed_gate.attempts[-1].agent
        return cli.format_command(suggestions.abandon_attempt(request.run_id, changed_gate.gate, agent))
    if changed := [change.path for each in open_gates for change in each.rule_changes]:
        from runner.cli.decisions import suggest_decision

        accept = suggestions.finish_gates(request.run_id, *gates, accept_contract=True)
        return cli.format_command(suggest_decision(cli, changed[0], accept, is_terminal=printer.text_stream.isatty()))
    fix = "" if all(each.passed for each in open_gates) else "mend it, then "
    return fix + cli.format_command(suggestions.finish_gates(request.run_id, *gates))


def build_documents(judged: "Sequence[JudgedGate]") -> "dict[str, Json]":
    """The JSON document of each gate, by gate id."""
    return {each.gate.gate: each.to_json() for each in judged}


def choose_exit_code(judged: "Sequence[JudgedGate]") -> Exit:
    """OK if all gates passed, else FAIL."""
    return Exit.OK if all(each.passed for each in judged) else Exit.FAIL
