import copy
import json
from typing import Any

import pytest

from gate_tests.errors import DamagedRecord, Refused
from gate_tests.workspace.names import Depth
from gate_tests.workspace.run_context import OpenBaseline, RunContext
from tests.support.repository import Repository

RUN_ID = "run_20261122T093000Z_tea_abc123"
RECORD: dict[str, Any] = {
    "run_id": RUN_ID,
    "depth": "quick",
    "workflow": {"workflow": "tests", "slug": "tea", "artifact_path": "./out//tea", "variables": {"language": "en"}},
    "gates": [
        {
            "gate": "G1",
            "attempts": [
                {"attempt": 1, "status": "FAIL"},
                {
                    "attempt": 2,
                    "status": "PASS",
                    "artifacts": [{"path": "{slug}.md", "resolved_path": "tea.md", "sha256": "0" * 64}],
                },
            ],
        },
        {"gate": "G2", "attempts": [{"attempt": 1, "status": "RUNNING"}]},
        {"gate": "G3", "attempts": []},
        {"gate": "G4"},
    ],
}


def baseline(*outputs: str, **members: Any) -> dict[str, Any]:
    """The baseline of an attempt that began when these outputs existed."""
    return {"contract_sha256": "0" * 64, "outputs": [{"path": path, "sha256": "1" * 64} for path in outputs], **members}


@pytest.mark.quick("*")
@pytest.mark.parametrize(
    ("attempts", "expected"),
    [
        pytest.param([("RUNNING", baseline("a"))], (1, "a"), id="the open attempt's own"),
        pytest.param([("FAIL", baseline("a")), ("RUNNING", baseline("b"))], (1, "a"), id="that of the first"),
        pytest.param(
            [("FAIL", baseline("a")), ("PASS", baseline("b")), ("FAIL", baseline("c")), ("RUNNING", baseline("d"))],
            (3, "c"),
            id="that of the first since the last PASS",
        ),
        pytest.param([("FAIL", None), ("RUNNING", baseline("b"))], (2, "b"), id="the first that was recorded"),
        pytest.param([("FAIL", baseline("a")), ("PASS", baseline("b"))], None, id="none after a PASS"),
        pytest.param([("FAIL", baseline("a"))], None, id="none where no attempt is open"),
        pytest.param([("RUNNING", None)], None, id="none where none was recorded"),
        pytest.param([], None, id="none without an attempt"),
    ],
)
def test_the_baseline_is_that_of_the_first_attempt_since_the_last_pass(
    repository: Repository, attempts: list[tuple[str, Any]], expected: tuple[int, str] | None
) -> None:
    rows = [
        {"attempt": number, "status": status, "artifacts": [], "baseline": each}
        for number, (status, each) in enumerate(attempts, 1)
    ]
    context = read(repository, gates=[{"gate": "G1", "attempts": rows}, {"gate": "G2"}])
    found = {"G1": OpenBaseline(expected[0], ((expected[1], "1" * 64),))} if expected else {}
    assert context.baselines == found


def read(repository: Repository, **members: Any) -> RunContext:
    """The context of a run whose record has these members in place of its own."""
    path = repository.workspace.record_path(RUN_ID)
    repository.write(path, json.dumps({**copy.deepcopy(RECORD), **members}))
    return RunContext.read(repository.workspace, RUN_ID)


def test_the_context_is_what_judging_needs_of_a_record(repository: Repository) -> None:
    assert read(repository) == RunContext(
        run_id=RUN_ID,
        slug="tea",
        artifact_path="out/tea",
        depth=Depth.QUICK,
        gates=("G1", "G2", "G3", "G4"),
        variables={"language": "en"},
        attempts={"G1": 2, "G2": 1},
        passed={"G1": (("tea.md", "0" * 64),)},
    )


def test_a_workflow_without_variables_declares_none(repository: Repository) -> None:
    assert read(repository, workflow={"slug": "tea", "artifact_path": "out"}).variables == {}


@pytest.mark.parametrize(
    ("members", "place"),
    [
        pytest.param({"run_id": RUN_ID.replace("abc", "xyz")}, "$.run_id", id="the run of another directory"),
        pytest.param({"depth": "shallow"}, "$.depth", id="an unknown depth"),
        pytest.param({"workflow": {"slug": "Tea!", "artifact_path": "out"}}, "$.workflow.slug", id="no slug"),
        pytest.param(
            {"workflow": {"slug": "tea", "artifact_path": "../out"}}, "$.workflow.artifact_path", id="out of the root"
        ),
        pytest.param(
            {"workflow": {"slug": "tea", "artifact_path": "out", "variables": {"a": "x\ny"}}},
            "$.workflow.variables.a",
            id="a control character",
        ),
        pytest.param({"gates": [{"gate": "G1"}, {"gate": "../G2"}]}, "$.gates[1].gate", id="no gate id"),
    ],
)
def test_a_value_that_no_path_may_be_built_from_is_damage(
    repository: Repository, members: dict[str, Any], place: str
) -> None:
    with pytest.raises(DamagedRecord) as caught:
        read(repository, **members)
    assert f"record/RUN.json:1: {place}: " in caught.value.message


def test_a_run_that_does_not_exist_is_refused_and_one_without_its_run_json_is_damage(repository: Repository) -> None:
    with pytest.raises(Refused):
        RunContext.read(repository.workspace, RUN_ID)
    (repository.root / repository.workspace.record_path(RUN_ID)).parent.mkdir(parents=True)
    with pytest.raises(DamagedRecord):
        RunContext.read(repository.workspace, RUN_ID)


def test_it_is_the_same_in_another_process(repository: Repository) -> None:
    running = {"attempt": 1, "status": "RUNNING", "baseline": baseline("a", unread=["b"])}
    context = read(repository, gates=[*RECORD["gates"], {"gate": "G5", "attempts": [running]}])
    assert context.baselines == {"G5": OpenBaseline(1, (("a", "1" * 64),), ("b",))}
    assert RunContext.from_json(json.loads(json.dumps(context.to_json()))) == context


def test_the_variables_of_every_run_cannot_be_redefined(repository: Repository) -> None:
    values = repository.context(variables={"slug": "other", "language": "en"}).values()
    assert (values["slug"], values["language"]) == ("the-word-robot", "en")
    assert set(values) == {"slug", "artifact_path", "depth", "run_id", "language"}


def test_a_run_at_another_depth_differs_in_that_only(repository: Repository) -> None:
    context = repository.context(depth="quick", gates=("G1",))
    assert context.at_depth(Depth.DEEP) == repository.context(depth="deep", gates=("G1",))


def test_a_gate_that_the_run_does_not_have_is_refused(repository: Repository) -> None:
    context = repository.context(gates=("G1", "G4.5"))
    assert context.check_gate("G1") == "G1"
    with pytest.raises(Refused, match=r"did you mean 'G4\.5'\?") as caught:
        context.check_gate("G45")
    assert caught.value.next_command == f"orch run show --run {context.run_id}"
