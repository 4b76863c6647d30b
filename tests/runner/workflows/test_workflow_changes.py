"""What a change of a workflow is called."""

from typing import Any

import pytest

from runner.workflows.definition import load_workflow
from runner.workflows.workflow_changes import compare_workflows
from tests.support.repository import Repository


def step(gate: str, **keys: Any) -> dict[str, Any]:
    return {"gate": gate, "name": gate, "agent": f"agent-{gate}", "prompt_template": None, **keys}


G1, G2, G3 = map(step, ("G1", "G2", "G3"))
CHANGES = [
    ({}, {"gates": [G1, G2]}, ["looser gate G3: removed"]),
    ({"gates": [G1]}, {"gates": [G1, G2]}, ["tighter gate G2: added"]),
    ({}, {"gates": [G2, G1, G3]}, ["unknown order of gates: G1, G2, G3 → G2, G1, G3"]),
    ({"gates": [G1, step("G2", requires=["G1"])]}, {"gates": [G1, G2]}, ["looser gate G2: no longer requires G1"]),
    ({"gates": [G1, G2]}, {"gates": [G1, step("G2", requires=["G1"])]}, ["tighter gate G2: now requires G1"]),
    (
        {"gates": [G1, step("G2", independent_of=["G1"])]},
        {"gates": [G1, G2]},
        ["looser gate G2: no longer independent of G1"],
    ),
    ({"artifact_path": "a/{slug}"}, {"artifact_path": "b"}, ["unknown artifact_path: a/{slug} → b"]),
    (
        {"variables": {"x": "1"}},
        {"variables": {"y": "1"}},
        ["unknown variable x: 1 removed", "unknown variable y: 1 added"],
    ),
    (
        {"artifact_path": "a" * 100},
        {"artifact_path": "b"},
        [f"unknown artifact_path: {'a' * 59}… → b"],
    ),
    ({"description": "Old"}, {"description": "New", "version": "2"}, []),
    ({"gates": [G1]}, {"gates": [{**G1, "name": "New", "agent": "other", "phase": "p", "description": "d"}]}, []),
]


@pytest.mark.parametrize(
    ("before", "after", "expected"), [pytest.param(*each, id="; ".join(each[2]) or str(each[1])) for each in CHANGES]
)
def test_each_change_of_a_workflow_is_named(
    before: dict[str, Any], after: dict[str, Any], expected: list[str], repository: Repository
) -> None:
    versions = []
    for keys in (before, after):
        repository.write_workflow(**{"gates": [G1, G2, G3], **keys})
        versions.append(load_workflow(repository.workspace, "tests"))
    assert [f"{change.effect} {change.describe()}" for change in compare_workflows(*versions)] == expected
