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
    from runner.cli.terminal.verdict import format_checked_gate, print_verdicts

    print_verdicts(printer, {each.gate.gate: [*format_checked_gate(each, printer.verbosity)] for each in judged})
    printer.print_hint(f"Next: {cli.format_command(_choose_next_command(cli, printer, request.run_id, judged))}")
    return judged


def _choose_next_command(cli: CliContext, printer: Printer, run_id: str, judged: "Sequence[JudgedGate]") -> str:
    """To finish the open attempts; where rules have changed, to accept that or to look at it; else to start a gate."""
    open_gates = [each for each in judged if each.gate.open_attempt]
    if not open_gates:
        return _choose_start(cli, judged)
    if changed_gate := next((each.gate for each in open_gates if each.context_changes), None):
        return suggestions.abandon_attempt(run_id, changed_gate.gate, changed_gate.attempts[-1].agent)
    gates = [each.gate.gate for each in open_gates]
    if changed := [change.path for each in open_gates for change in each.rule_changes]:
        from runner.cli.decisions import suggest_decision

        accept = suggestions.finish_gates(run_id, *gates, accept_contract=True)
        return suggest_decision(cli, changed[0], accept, is_terminal=printer.text_stream.isatty())
    return suggestions.finish_gates(run_id, *gates)


def _choose_start(cli: CliContext, judged: "Sequence[JudgedGate]") -> str:
    """To start an attempt at the first gate that fails or has not passed yet; else what comes next in the run."""
    run = judged[0].run
    failed = next((each.gate for each in judged if not each.passed), None)
    if failed is None or not failed.has_passed:
        pending = failed or next((each.gate for each in judged if not each.gate.has_passed), judged[0].gate)
        return render.find_next_command(cli.workspace, run, pending.gate)
    if run.finished_at is not None:
        return render.find_next_command(cli.workspace, run)
    from runner.operations.stale_gates import StaleGates
    from runner.workflows.gate_command import GateCommands

    return GateCommands(cli.workspace, run, staleness=StaleGates(cli.workspace, run)).choose(failed.gate)


def build_documents(judged: "Sequence[JudgedGate]") -> "dict[str, Json]":
    """The JSON document of each gate, by gate id."""
    return {each.gate.gate: each.to_json() for each in judged}


def choose_exit_code(judged: "Sequence[JudgedGate]") -> Exit:
    """OK if all gates passed, else FAIL."""
    return Exit.OK if all(each.passed for each in judged) else Exit.FAIL
