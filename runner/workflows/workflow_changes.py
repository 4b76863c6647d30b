"""Compares two versions of a workflow: what is looser in the later one, what is tighter, and what nobody knows.

Names, agents, descriptions and instructions decide nothing and are not compared.
"""

from collections.abc import Iterator
from typing import Final

from gate_tests.checks.strictness import Effect
from gate_tests.compiler.key_changes import RuleDifference
from gate_tests.sanitize import sanitize_line
from runner.workflows.definition import Workflow, WorkflowGate

_MAX_VALUE: Final = 60
"""Characters of a value in a message."""


def compare_workflows(before: Workflow, after: Workflow) -> list[RuleDifference]:
    """The changes, those of gates first, in the order of `before`."""
    changes = [*_compare_gates(before, after), *_compare_order(before, after), *_compare_values(before, after)]
    return [each._replace(subject=sanitize_line(each.subject), change=sanitize_line(each.change)) for each in changes]


def _compare_gates(before: Workflow, after: Workflow) -> Iterator[RuleDifference]:
    old, new = ({gate.gate: gate for gate in workflow.gates} for workflow in (before, after))
    for gate_id, gate in old.items():
        if gate_id in new:
            yield from _compare_gate(gate, new[gate_id])
        else:
            yield RuleDifference(Effect.LOOSER, f"gate {gate_id}", "removed")
    for gate_id in new:
        if gate_id not in old:
            yield RuleDifference(Effect.TIGHTER, f"gate {gate_id}", "added")


def _compare_gate(before: WorkflowGate, after: WorkflowGate) -> Iterator[RuleDifference]:
    for rule, old, new in (
        ("requires", before.requires, after.requires),
        ("independent of", before.independent_of, after.independent_of),
    ):
        subject = f"gate {before.gate}"
        for gate in old:
            if gate not in new:
                yield RuleDifference(Effect.LOOSER, subject, f"no longer {rule} {gate}")
        for gate in new:
            if gate not in old:
                yield RuleDifference(Effect.TIGHTER, subject, f"now {rule} {gate}")


def _compare_order(before: Workflow, after: Workflow) -> Iterator[RuleDifference]:
    """The order in which the gates are offered, of those that both have."""
    old, new = ([gate.gate for gate in workflow.gates] for workflow in (before, after))
    old, new = [gate for gate in old if gate in new], [gate for gate in new if gate in old]
    if old != new:
        first = next(index for index, gate in enumerate(old) if gate != new[index])
        yield RuleDifference(Effect.UNKNOWN, "order of gates", f"{', '.join(old[first:])} → {', '.join(new[first:])}")


def _compare_values(before: Workflow, after: Workflow) -> Iterator[RuleDifference]:
    """What a run takes over into the paths of its contracts."""
    yield from _compare_value("artifact_path", before.artifact_path, after.artifact_path)
    for name in {**before.variables, **after.variables}:
        yield from _compare_value(f"variable {name}", before.variables.get(name), after.variables.get(name))


def _compare_value(subject: str, before: str | None, after: str | None) -> Iterator[RuleDifference]:
    if before != after:
        yield RuleDifference(Effect.UNKNOWN, subject, _describe_values(before, after))


def _describe_values(before: str | None, after: str | None) -> str:
    old, new = (each and sanitize_line(each, _MAX_VALUE) for each in (before, after))
    if old is None:
        return f"{new} added"
    return f"{old} removed" if new is None else f"{old} → {new}"
