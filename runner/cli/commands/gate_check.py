"""One turn of `orch gate check`: the gates are judged as they stand, and what came of it is told."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from gate_tests.errors import Exit
from gate_tests.isolated_pytest.client import IsolatedPytest
from runner import suggestions
from runner.cli.context import Site
from runner.cli.terminal import render
from runner.cli.terminal.printer import Printer

if TYPE_CHECKING:
    from runner.models.attempt import Json
    from runner.operations.judged_gate import JudgedGate


class CheckRequest(NamedTuple):
    """What is to be checked, and how."""

    run_id: str
    gates: tuple[str, ...]
    offline: bool
    workers: tuple[str, ...]


def check_once(site: Site, printer: Printer, wanted: CheckRequest) -> "list[JudgedGate]":
    """Judges in a new process, so that no code of before is used, and tells people. Raises an OrchError."""
    store = site.store
    with printer.display() as display, IsolatedPytest(display, wanted.workers) as process:
        from runner.operations.judging import check_gates  # while the process loads pytest

        judged = check_gates(store, wanted.run_id, wanted.gates, process, offline=wanted.offline)
    for each in judged:
        for line in render.checked_lines(each, printer.verbosity):
            printer.say(line)
    if waiting := [each for each in judged if each.gate.open_attempt]:
        changed = any(each.is_another_contract_than_begun_with for each in waiting)
        gates = (each.gate.gate for each in waiting)
        finish_them = suggestions.finish_gates(wanted.run_id, *gates, accept_contract=changed)
        mend = "" if all(each.passed for each in waiting) else "mend it, then "
        printer.mention(f"Next: {mend}{site.typed(finish_them)}")
    return judged


def documents_of(judged: "Sequence[JudgedGate]") -> "dict[str, Json]":
    """The JSON of each, by gate."""
    return {each.gate.gate: each.to_json() for each in judged}


def verdict_code(judged: "Sequence[JudgedGate]") -> Exit:
    """The exit code that tells a verdict: that of all gates together."""
    return Exit.OK if all(each.passed for each in judged) else Exit.FAIL
