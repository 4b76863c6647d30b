import json
from pathlib import Path
from typing import Any

import pytest

from gate_tests.errors import DamagedRecord, Exit, OrchError, Refused
from gate_tests.workspace.layout import Workspace
from gate_tests.workspace.names import Depth
from gate_tests.workspace.run_context import RunContext
from tests.support.messages import meant, message, pattern
from tests.support.repository import ARTIFACTS, SLUG, Repository

RUN_ID = f"run_20261122T093000Z_{SLUG}_abc123"
RECORD_PATH = f"orchestration/runs/{RUN_ID}/record/RUN.json"


def write_record(repository: Repository, **changed: Any) -> None:
    workflow = {
        "name": "tests",
        "version": "1",
        "slug": SLUG,
        "artifact_path": ARTIFACTS,
        **changed.pop("workflow", {}),
    }
    gates = [{"gate": "G1", "status": "NOT_STARTED", "attempts": []}, {"gate": "G2"}]
    record = {"run_id": RUN_ID, "workflow": workflow, "depth": "deep", "gates": gates, **changed}
    repository.write(RECORD_PATH, json.dumps(record))


def test_orch_root_names_the_root_whatever_folder_one_is_in(repository: Repository, tmp_path: Path) -> None:
    (tmp_path / "other/orchestration/gates").mkdir(parents=True)
    assert Workspace.find(repository.root, {"ORCH_ROOT": str(tmp_path / "other")}).root == tmp_path / "other"


def test_an_empty_orch_root_names_nothing(repository: Repository) -> None:
    assert Workspace.find(repository.root, {"ORCH_ROOT": ""}).root == repository.root


def test_an_orch_root_that_is_no_root_is_refused_although_another_would_be_found(
    repository: Repository, tmp_path: Path
) -> None:
    with pytest.raises(Refused, match=pattern("root-without-orchestration", named_by="ORCH_ROOT", root=tmp_path)):
        Workspace.find(repository.root, {"ORCH_ROOT": str(tmp_path)})


def test_a_root_named_relatively_stays_when_the_folder_changes(
    repository: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(repository.root.parent)
    assert Workspace.at(Path(repository.root.name), "-C").root == repository.root


def test_everything_lies_where_the_format_says() -> None:
    workspace = Workspace(Path("anywhere"))
    assert workspace.contract_path("G4.5") == "orchestration/gates/contracts/G4.5.contract.json"
    assert workspace.workflow_path("visual-essay") == "orchestration/workflows/visual-essay.json"
    assert workspace.record_path(RUN_ID) == RECORD_PATH
    assert workspace.attempt_path(RUN_ID, "G2", 3) == f"orchestration/runs/{RUN_ID}/record/gates/G2/attempt-3.json"


def test_no_path_is_built_from_what_is_no_name() -> None:
    workspace = Workspace(Path("anywhere"))
    with pytest.raises(Refused, match=pattern("not-a-gate-id", gate="../G1")):
        workspace.contract_path("../G1")
    with pytest.raises(Refused, match=pattern("not-a-run-id", run="../elsewhere")):
        workspace.record_path("../elsewhere")
    with pytest.raises(Refused, match=pattern("not-a-gate-id", gate="G1/../..")):
        workspace.attempt_path(RUN_ID, "G1/../..", 1)


def test_contracts_and_workflows_are_listed_by_name(repository: Repository) -> None:
    repository.write_contract("G2")
    repository.write_contract("G1")
    repository.write("orchestration/gates/contracts/README.md", "")
    repository.write("orchestration/gates/contracts/.contract.json", "")
    repository.write_workflow("G1")
    assert repository.workspace.gates_with_contract() == ["G1", "G2"]
    assert repository.workspace.workflows() == ["tests"]


def test_where_there_is_nothing_nothing_is_listed(repository: Repository) -> None:
    workspace = repository.workspace
    assert (workspace.gates_with_contract(), workspace.workflows(), workspace.runs()) == ([], [], [])


def test_runs_are_listed_newest_first_and_only_runs(repository: Repository) -> None:
    older, newer = "run_20261121T093000Z_a_abc123", "run_20261122T093000Z_a_abc123"
    for run_id in (older, newer):
        repository.write(f"orchestration/runs/{run_id}/record/RUN.json", "{}")
    repository.write("orchestration/runs/.gitkeep", "")
    repository.write("orchestration/runs/run_notes.md", "")
    assert repository.workspace.runs() == [newer, older]


def test_a_symlink_inside_the_root_may_be_followed(repository: Repository) -> None:
    repository.write("a/file.md", "")
    (repository.root / "link").symlink_to("a")
    assert repository.workspace.confine("./link/file.md", "path") == "link/file.md"


@pytest.mark.parametrize(
    "link",
    [
        pytest.param("../beside", id="relative, to what exists"),
        pytest.param("../nothing", id="relative, to nothing"),
        pytest.param("../repo-2", id="to a folder whose name begins like the root's"),
    ],
)
def test_a_symlink_out_of_the_root_is_refused(repository: Repository, link: str) -> None:
    (repository.root.parent / "beside").mkdir()
    (repository.root.parent / "repo-2").mkdir()
    (repository.root / "link").symlink_to(link)
    with pytest.raises(Refused, match=pattern("symlink-leaves-root", what="path", path="link/file.md")):
        repository.workspace.confine("link/file.md", "path")


def test_a_root_reached_through_a_symlink_holds_its_files(repository: Repository) -> None:
    (repository.root.parent / "door").symlink_to(repository.root)
    assert Workspace(repository.root.parent / "door").contains("a.md")


def test_the_context_of_a_run_is_what_its_record_says(repository: Repository) -> None:
    write_record(repository, workflow={"variables": {"language": "en"}})
    context = RunContext.read(repository.workspace, RUN_ID)
    assert context == RunContext(RUN_ID, SLUG, ARTIFACTS, Depth.DEEP, ("G1", "G2"), {"language": "en"})


def test_a_run_has_four_variables_and_those_of_its_workflow(repository: Repository) -> None:
    context = repository.context(depth="quick", variables={"language": "en", "slug": "mine"})
    assert context.values() == {
        "slug": SLUG,
        "artifact_path": ARTIFACTS,
        "depth": "quick",
        "run_id": context.run_id,
        "language": "en",
    }


def test_an_unknown_run_is_refused_with_the_one_that_was_probably_meant(repository: Repository) -> None:
    write_record(repository)
    with pytest.raises(Refused) as refused:
        RunContext.read(repository.workspace, RUN_ID.replace("abc123", "abc124"))
    typo = RUN_ID.replace("abc123", "abc124")
    assert refused.value.message == message("unknown-run", run=typo) + meant(RUN_ID)
    assert refused.value.next_command == "orch run list"


def test_an_unknown_gate_of_a_run_is_refused_with_what_is_known(repository: Repository) -> None:
    context = repository.context(gates=("G1", "G2"))
    assert context.check_gate("G2") == "G2"
    with pytest.raises(Refused) as refused:
        context.check_gate("G9")
    known = message("known", names="G1, G2")
    assert refused.value.message == message("unknown-gate", gate="G9", run=context.run_id) + known


def test_a_record_without_its_run_json_is_damage(repository: Repository) -> None:
    (repository.root / RECORD_PATH).parent.mkdir(parents=True)
    with pytest.raises(DamagedRecord, match=pattern("missing", path=RECORD_PATH)) as damaged:
        RunContext.read(repository.workspace, RUN_ID)
    assert damaged.value.exit_code == Exit.DAMAGED


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("", id="empty"),
        pytest.param('{"run_id": ', id="cut off"),
        pytest.param("[]", id="a list"),
        pytest.param("null", id="null"),
        pytest.param("{}", id="no keys"),
        pytest.param('{"workflow": []}', id="a list for the workflow"),
    ],
)
def test_a_record_that_is_none_is_damage(repository: Repository, text: str) -> None:
    repository.write(RECORD_PATH, text)
    with pytest.raises(DamagedRecord, match=r"RUN\.json"):
        RunContext.read(repository.workspace, RUN_ID)


def test_a_record_with_an_unknown_depth_is_damage(repository: Repository) -> None:
    write_record(repository, depth="shallow")
    with pytest.raises(DamagedRecord, match="shallow"):
        RunContext.read(repository.workspace, RUN_ID)


@pytest.mark.parametrize("artifact_path", ["/etc", "../beside", "", None])
def test_a_record_whose_artifacts_lie_elsewhere_is_not_used(repository: Repository, artifact_path: str | None) -> None:
    write_record(repository, workflow={"artifact_path": artifact_path})
    with pytest.raises(OrchError):
        RunContext.read(repository.workspace, RUN_ID)


@pytest.mark.parametrize(
    "slug",
    [
        pytest.param("", id="empty"),
        pytest.param("../up", id="path"),
        pytest.param("{artifact_path}", id="variable"),
        pytest.param(5, id="number"),
    ],
)
def test_a_record_whose_slug_is_none_is_not_used(repository: Repository, slug: object) -> None:
    write_record(repository, workflow={"slug": slug})
    with pytest.raises(OrchError):
        RunContext.read(repository.workspace, RUN_ID)


def test_a_record_whose_variables_are_no_texts_is_not_used(repository: Repository) -> None:
    write_record(repository, workflow={"variables": {"issue": 5}})
    with pytest.raises(OrchError):
        RunContext.read(repository.workspace, RUN_ID)
