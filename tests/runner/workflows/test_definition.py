"""A workflow is data: what its file may say, and what is refused with file, line and JSON path."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from gate_tests.errors import InvalidFile, Refused
from gate_tests.workspace.names import Depth
from runner.workflows.agent_names import find_usual_agent
from runner.workflows.definition import load_workflow
from runner.workflows.validation import RESERVED_NAMES
from tests.support.messages import meant, message, pattern, says
from tests.support.repository import Repository

Json = dict[str, Any]
PATH = "orchestration/workflows/tests.json"


def edit(repository: Repository, change: Callable[[Json], object]) -> None:
    """Changes the workflow's JSON."""
    workflow = json.loads((repository.root / PATH).read_text("utf-8"))
    change(workflow)
    repository.write(PATH, json.dumps(workflow, indent=2))


def refusal(repository: Repository, name: str = "tests") -> InvalidFile:
    with pytest.raises(InvalidFile) as caught:
        load_workflow(repository.workspace, name)
    return caught.value


def test_a_workflow_is_its_gates_in_the_order_of_the_file(repository: Repository) -> None:
    repository.write_workflow("G2", "G1", "G1.5", description="Three steps")
    workflow = load_workflow(repository.workspace, "tests")
    assert [(step.gate, step.name, step.agent) for step in workflow.gates] == [
        ("G2", "Step G2", "agent-G2"),
        ("G1", "Step G1", "agent-G1"),
        ("G1.5", "Step G1.5", "agent-G1.5"),
    ]
    assert (workflow.name, workflow.version, workflow.description) == ("tests", "1", "Three steps")


def test_a_gate_may_have_no_instructions(repository: Repository) -> None:
    repository.write_workflow("G1")
    edit(repository, lambda workflow: workflow["gates"][0].update(prompt_template=None))
    assert load_workflow(repository.workspace, "tests").gates[0].prompt_template is None


def test_the_artifact_path_of_the_workflow_is_a_template(repository: Repository) -> None:
    repository.write_workflow("G1", artifact_path="out/{depth}/{slug}")
    workflow = load_workflow(repository.workspace, "tests")
    assert workflow.expand_artifact_path("tea", Depth.DEEP) == "out/deep/tea"


def test_without_a_default_an_artifact_path_must_be_given(repository: Repository) -> None:
    repository.write_workflow("G1")
    edit(repository, lambda workflow: workflow.pop("artifact_path"))
    with pytest.raises(Refused, match=pattern("no-default-artifact-path", workflow="tests")):
        load_workflow(repository.workspace, "tests").expand_artifact_path("tea", Depth.DEEP)


def test_the_variables_of_the_workflow_may_hold_those_of_the_run(repository: Repository) -> None:
    repository.write_workflow("G1", variables={"spec": "specs/{slug}-{depth}.md", "art": "{artifact_path}/art"})
    bound = load_workflow(repository.workspace, "tests").bind_variables("tea", "out/tea", Depth.QUICK)
    assert bound == {"spec": "specs/tea-quick.md", "art": "out/tea/art"}


@pytest.mark.parametrize(
    ("keys", "fault"),
    [
        pytest.param(
            {"artifact_path": "out/{slugg}"},
            f"$.artifact_path: {message('unknown-variable', variable='slugg')}",
            id="artifact path",
        ),
        pytest.param(
            {"artifact_path": "../{slug}"},
            f"$.artifact_path: {message('path-leaves-root', what='artifact path', path='../slug')}",
            id="outside",
        ),
        pytest.param(
            {"artifact_path": "/{slug}"},
            f"$.artifact_path: {message('absolute-path', what='artifact path', path='/slug')}",
            id="absolute",
        ),
        pytest.param(
            {"variables": {"spec": "{slugg}"}},
            f"$.variables.spec: {message('unknown-variable', variable='slugg')}",
            id="variable",
        ),
        pytest.param(
            {"variables": {"spec": "a\tb"}},
            "$.variables.spec: " + message("control-character", what="the value", text="a\tb"),
            id="value",
        ),
    ],
)
def test_what_no_run_could_be_started_with_is_refused_where_it_stands(
    repository: Repository, keys: dict[str, Any], fault: str
) -> None:
    repository.write_workflow("G1", **keys)
    (problem,) = refusal(repository).problems
    assert problem.startswith(f"{PATH}:")
    assert fault in problem


def test_an_unknown_workflow_is_refused_with_the_one_that_was_meant(shipped: Repository) -> None:
    with pytest.raises(Refused) as caught:
        load_workflow(shipped.workspace, "visual-esay")
    assert caught.value.message == message("unknown-workflow", workflow="visual-esay") + meant("visual-essay")


@pytest.mark.parametrize(
    ("name", "following"),
    [
        ("visual-essay", "orch init"),
        ("notes", "orch workflow new notes --gate G1"),
        ("My Notes", "orch workflow new my-workflow --gate G1"),
    ],
)
def test_where_there_is_no_workflow_at_all_what_brings_one_is_named(
    repository: Repository, name: str, following: str
) -> None:
    with pytest.raises(Refused) as caught:
        load_workflow(repository.workspace, name)
    assert caught.value.next_command == following


FAULTS: dict[str, tuple[Callable[[Json], object], str, str]] = {
    "no version": (lambda w: w.pop("version"), "$", message("missing-key", key="version")),
    "no gates": (lambda w: w.update(gates=[]), "$.gates", message("empty-value")),
    "misspelt key": (lambda w: w.update(artefact_path="x"), "$.artefact_path", meant("artifact_path")),
    "misspelt key of a gate": (lambda w: w["gates"][0].update(agnet="x"), "$.gates[0].agnet", meant("agent")),
    "no agent": (lambda w: w["gates"][0].pop("agent"), "$.gates[0]", message("missing-key", key="agent")),
    "no instructions": (
        lambda w: w["gates"][0].pop("prompt_template"),
        "$.gates[0]",
        message("missing-key", key="prompt_template"),
    ),
    "gates a string": (lambda w: w.update(gates="G1"), "$.gates", message("wrong-type", kind="a list")),
    "variable a number": (
        lambda w: w.update(variables={"a": 5}),
        "$.variables.a",
        message("wrong-type", kind="a string"),
    ),
    "another name than the file": (
        lambda w: w.update(workflow="test"),
        "$.workflow",
        message("other-than-file-name", name="test", stem="tests"),
    ),
    "a gate twice": (lambda w: w["gates"].append(w["gates"][0]), "$.gates[2].gate", message("gate-twice", gate="G1")),
    "a contract elsewhere": (
        lambda w: w["gates"][1].update(contract="contracts/G2.json"),
        "$.gates[1].contract",
        message("contract-elsewhere", path="contracts/G2.json", place="orchestration/gates/contracts/G2.contract.json"),
    ),
    "a variable every run has": (
        lambda w: w.update(variables={"slug": "x"}),
        "$.variables.slug",
        message("built-in-variable", variable="slug"),
    ),
    "a gate id with two dots": (
        lambda w: w["gates"][0].update(gate="G..1"),
        "$.gates[0].gate",
        message("no-match", regex=""),
    ),
    "a gate id that leaves its folder": (
        lambda w: w["gates"][0].update(gate="../G1"),
        "$.gates[0].gate",
        message("no-match", regex=""),
    ),
}


@pytest.mark.parametrize(("change", "where", "rule"), FAULTS.values(), ids=FAULTS.keys())
def test_a_fault_names_file_line_path_and_rule(
    repository: Repository, change: Callable[[Json], object], where: str, rule: str
) -> None:
    repository.write_workflow("G1", "G2")
    edit(repository, change)
    (problem,) = refusal(repository).problems
    place, _, message = problem.partition(": ")
    assert place.startswith(f"{PATH}:")
    assert message.startswith(f"{where}: ")
    assert rule in message


def test_every_fault_is_told_in_the_order_of_the_file(repository: Repository) -> None:
    repository.write_workflow("G1", "G2")
    edit(repository, lambda w: (w["gates"][0].pop("agent"), w["gates"][1].update(nmae="x")))
    lines = [int(problem.split(":")[1]) for problem in refusal(repository).problems]
    assert len(lines) == 2
    assert lines == sorted(lines)


@pytest.mark.parametrize("name", [*RESERVED_NAMES])
def test_no_workflow_is_called_like_a_command(repository: Repository, name: str) -> None:
    workflow = {"workflow": name, "version": "1", "gates": [_gate()]}
    repository.write(f"orchestration/workflows/{name}.json", json.dumps(workflow))
    assert says(str(refusal(repository, name)), "reserved-workflow", workflow=name)


def test_the_commands_of_the_format_are_reserved() -> None:
    assert {"start", "list", "show", "complete", "resume", "repair"} <= set(RESERVED_NAMES)


def test_the_usual_agent_of_a_gate_is_a_hint_that_never_fails(repository: Repository) -> None:
    repository.write_workflow("G1")
    assert find_usual_agent(repository.workspace, "tests", "G1") == "agent-G1"
    assert find_usual_agent(repository.workspace, "tests", "G2") == "NAME"
    assert find_usual_agent(repository.workspace, "none", "G1") == "NAME"
    repository.write(PATH, "{")
    assert find_usual_agent(repository.workspace, "tests", "G1") == "NAME"


def _gate() -> Json:
    return {"gate": "G1", "name": "One", "agent": "maker", "prompt_template": "orchestration/prompts/a.md"}


def test_conditions_of_a_gate_are_read(repository: Repository) -> None:
    repository.write_workflow("G1", "G2")
    edit(repository, lambda workflow: workflow["gates"][1].update(requires=["G1"], independent_of=["G1"]))
    first, second = load_workflow(repository.workspace, "tests").gates
    assert (first.requires, first.independent_of) == ((), ())
    assert (second.requires, second.independent_of) == (("G1",), ("G1",))


@pytest.mark.parametrize(
    ("gate", "conditions", "told"),
    [
        (1, {"requires": ["GX"]}, f"$.gates[1].requires[0]: {message('unknown-gate-in-workflow', gate='GX')}"),
        (1, {"requires": ["G2"]}, f"$.gates[1].requires[0]: {message('own-gate', gate='G2')}"),
        (1, {"independent_of": ["G2"]}, f"$.gates[1].independent_of[0]: {message('own-gate', gate='G2')}"),
        (0, {"requires": ["G2"]}, f"$.gates[0].requires[0]: {message('later-gate', gate='G2')}"),
        (1, {"requires": ["G1", "G1"]}, f"$.gates[1].requires: {message('twice-in-list')}"),
        (1, {"requires": "G1"}, f"$.gates[1].requires: {message('wrong-type', kind='a list')}"),
        (
            1,
            {"independent_of": ["G1"], "agent": "Agent-g1 "},
            f"$.gates[1].independent_of[0]: {message('same-agent', gate='G1', agent='Agent-g1 ')}",
        ),
    ],
    ids=["unknown", "itself", "independent of itself", "later", "twice", "no list", "one agent for both"],
)
def test_conditions_that_no_run_could_meet_are_refused(
    repository: Repository, gate: int, conditions: Json, told: str
) -> None:
    repository.write_workflow("G1", "G2")
    edit(repository, lambda workflow: workflow["gates"][gate].update(conditions))
    assert told in refusal(repository).message
