"""`orch run start`, `list`, `show` and `complete`, as a person types them."""

import json
import re
import shlex
from collections.abc import Callable
from typing import Any

import pytest

from gate_tests.workspace.names import check_run_id
from tests.support.legacy_records import SHAPES, VARIANT, early_failed, left_running, variant_passed, write_original
from tests.support.repository import ARTIFACTS, SLUG, Ended, Repository

Orch = Callable[..., Ended]
Json = dict[str, Any]

START = ("run", "start", "--workflow", "visual-essay", "--slug", SLUG)
LISTED = ["run_id", "status", "workflow", "slug", "started_at", "gates_passed", "gates_total", "stale"]


def next_command(ended: Ended) -> list[str]:
    """The arguments of the `orch` command that a line beginning with Next names."""
    (line,) = [line for line in ended.out.splitlines() if line.startswith("Next: ")]
    words = shlex.split(line.partition("orch ")[2])
    return [word for word in words if word]


def one_run(shipped: Repository) -> str:
    (run_id,) = shipped.workspace.runs()
    return run_id


# start


def test_start_creates_a_queued_run_with_every_gate_not_started(shipped: Repository, orch: Orch) -> None:
    assert orch(*START, "--artifact-path", ARTIFACTS).code == 0
    record = shipped.record(one_run(shipped))
    assert (record["status"], record["finished_at"], record["prompt"]) == ("QUEUED", None, None)
    assert [(gate["gate"], gate["status"], gate["attempts"]) for gate in record["gates"]] == [
        ("G1", "NOT_STARTED", []),
        ("G2", "NOT_STARTED", []),
        ("G3", "NOT_STARTED", []),
    ]
    assert record["progress"] == {"passed": 0, "total": 3}
    assert [event["type"] for event in record["events"]] == ["RUN_STARTED"]


def test_start_creates_the_folder_for_logs(shipped: Repository, orch: Orch) -> None:
    orch(*START)
    assert (shipped.root / "orchestration/runs" / one_run(shipped) / "logs").is_dir()


def test_start_prints_the_run_id_and_a_next_command_that_works(shipped: Repository, orch: Orch) -> None:
    ended = orch(*START)
    run_id = one_run(shipped)
    assert check_run_id(run_id) in ended.out.splitlines()[0]
    following = next_command(ended)
    assert following[:6] == ["gate", "start", "--run", run_id, "--gate", "G1"]
    assert orch(*following).code == 0
    assert shipped.record(run_id)["gates"][0]["status"] == "RUNNING"


def test_start_with_json_prints_the_record_as_it_was_written(shipped: Repository, orch: Orch) -> None:
    ended = orch(*START, "--json")
    assert json.dumps(ended.json) == json.dumps(shipped.record(ended.json["run_id"]))


def test_the_depth_is_standard_unless_it_is_named(shipped: Repository, orch: Orch) -> None:
    assert orch(*START, "--json").json["depth"] == "standard"


@pytest.mark.parametrize("depth", ["quick", "standard", "deep"])
def test_a_depth_is_recorded(shipped: Repository, orch: Orch, depth: str) -> None:
    assert orch(*START, "--depth", depth, "--json").json["depth"] == depth


def test_the_workflow_of_a_run_is_recorded_with_its_version(shipped: Repository, orch: Orch) -> None:
    assert orch(*START, "--artifact-path", "./essays//robot/", "--json").json["workflow"] == {
        "name": "visual-essay",
        "version": "1.0.0",
        "slug": SLUG,
        "artifact_path": "essays/robot",
    }


def test_without_an_artifact_path_the_workflow_says_where_the_work_goes(shipped: Repository, orch: Orch) -> None:
    assert orch(*START, "--json").json["workflow"]["artifact_path"] == ARTIFACTS


def test_the_variables_of_a_workflow_are_bound_when_the_run_starts(repository: Repository, orch: Orch) -> None:
    repository.write_workflow("GT", variables={"spec": "specs/{slug}.md"})
    (repository.root / "orchestration/runs").mkdir()
    ended = orch("run", "start", "--workflow", "tests", "--slug", "tea", "--json")
    assert ended.json["workflow"]["variables"] == {"spec": "specs/tea.md"}


def test_start_works_where_git_has_not_kept_the_empty_folder_for_runs(repository: Repository, orch: Orch) -> None:
    repository.write_workflow("GT")
    ended = orch("run", "start", "--workflow", "tests", "--slug", "tea")
    assert (ended.code, len(repository.workspace.runs())) == (0, 1), ended.err


def test_two_runs_started_in_the_same_second_are_two(shipped: Repository, orch: Orch) -> None:
    assert orch(*START).code == orch(*START).code == 0
    assert len(shipped.workspace.runs()) == 2


def test_the_root_is_found_from_a_folder_below_it(shipped: Repository) -> None:
    inner = shipped.root / "src/app"
    inner.mkdir(parents=True)
    assert Repository(inner).orch(*START).code == 0
    assert one_run(shipped)


def test_orch_root_names_the_root(shipped: Repository, tmp_path_factory: pytest.TempPathFactory) -> None:
    elsewhere = Repository(tmp_path_factory.mktemp("elsewhere"))
    assert elsewhere.orch(*START, env={"ORCH_ROOT": str(shipped.root)}).code == 0
    assert one_run(shipped)


# list


def test_without_runs_the_list_says_how_to_start_one(shipped: Repository, orch: Orch) -> None:
    assert orch("run", "list").out.splitlines()[-1] == "Next: orch run data-report --help"
    assert orch("run", "list", "--json").json == []


def test_the_list_is_newest_first(shipped: Repository, orch: Orch) -> None:
    write_original(shipped, early_failed())
    write_original(shipped, variant_passed())
    ours = orch(*START, "--json").json["run_id"]
    listed = [each["run_id"] for each in orch("run", "list", "--json").json]
    assert listed == [ours, VARIANT, early_failed()["run_id"]]
    printed = re.findall(r"run_\S+", orch("run", "list").out)
    assert printed == listed


@pytest.mark.slow
def test_the_list_says_how_many_gates_have_passed(shipped: Repository, orch: Orch, run_id: str) -> None:
    shipped.add_example("G1")
    orch("gate", "start", "--run", run_id, "--gate", "G1", "--agent", "maker")
    assert orch("gate", "finish", "--run", run_id, "--gate", "G1").code == 0
    (listed,) = orch("run", "list", "--json").json
    assert list(listed) == LISTED
    assert listed == {
        "run_id": run_id,
        "status": "RUNNING",
        "workflow": "visual-essay",
        "slug": SLUG,
        "started_at": shipped.record(run_id)["started_at"],
        "gates_passed": 1,
        "gates_total": 3,
        "stale": [],
    }
    (printed,) = orch("run", "list").out.splitlines()
    assert printed.split() == ["RUNNING", "1/3", *printed.split()[2:5], run_id, "visual-essay"]
    assert printed.split()[4] == "ago"


def test_the_list_reads_the_records_of_the_original(shipped: Repository, orch: Orch) -> None:
    for shape in SHAPES.values():
        write_original(shipped, shape())
    before = shipped.snapshot()
    ended = orch("run", "list", "--json")
    assert ended.code == 0
    told = {each["run_id"].split("_")[2]: each for each in ended.json}
    assert told["lucy--opus-4-6"]["slug"] == "lucy"
    assert [list(each) for each in ended.json] == 4 * [LISTED]
    assert sorted(each["status"] for each in ended.json) == ["FAILED", "PASSED", "RUNNING", "RUNNING"]
    assert sorted((each["gates_passed"], each["gates_total"]) for each in ended.json) == [
        (0, 3),
        (0, 3),
        (1, 1),
        (1, 3),
    ]
    assert shipped.snapshot() == before


def test_a_damaged_run_is_marked_and_the_others_are_listed(shipped: Repository, orch: Orch, run_id: str) -> None:
    damaged = "run_20991231T235959Z_tea_abc123"
    shipped.write(shipped.workspace.record_path(damaged), "{\n")
    ended = orch("run", "list")
    assert ended.code == 0
    marked = ended.out.splitlines()[0]
    assert "DAMAGED" in marked
    assert f"{damaged}  record/RUN.json:1" in marked
    assert run_id in ended.out

    first, second = orch("run", "list", "--json").json
    assert first["run_id"] == damaged
    assert "RUN.json:1" in first["error"]
    assert list(second) == LISTED


def test_what_is_no_run_in_the_folder_of_runs_is_not_listed(shipped: Repository, orch: Orch, run_id: str) -> None:
    shipped.write("orchestration/runs/notes.txt", "mine")
    shipped.write("orchestration/runs/old/RUN.json", "{}")
    assert [each["run_id"] for each in orch("run", "list", "--json").json] == [run_id]


# show


def test_show_tells_gates_attempts_and_what_failed(shipped: Repository, orch: Orch, run_id: str) -> None:
    orch("gate", "start", "--run", run_id, "--gate", "G2", "--agent", "researcher")
    orch("gate", "fail", "--run", run_id, "--gate", "G2", "--reason", "two sources were made up")
    ended = orch("run", "show", "--run", run_id)
    assert ended.code == 0
    for told in (run_id, "FAILED", SLUG, ARTIFACTS, "standard", "Research Complete", "attempt 1", "researcher"):
        assert told in ended.out
    assert "two sources were made up" in ended.out


@pytest.mark.slow
def test_show_has_a_line_for_each_reason_and_one_for_a_missing_file(
    shipped: Repository, orch: Orch, run_id: str
) -> None:
    intake = "orchestration/projects/the-word-robot/INTAKE-APPROVAL.md"
    orch("gate", "start", "--run", run_id, "--gate", "G1", "--agent", "maker")
    assert orch("gate", "finish", "--run", run_id, "--gate", "G1").out.count(f"{intake}\n") == 1
    (reason,) = [line for line in orch("run", "show", "--run", run_id).out.splitlines() if intake in line]
    assert reason.startswith(f"      {intake}: expected ")
    assert reason.endswith(", found no file; 3 more checks need it")


def test_show_with_json_is_the_record_as_it_is(shipped: Repository, orch: Orch, run_id: str) -> None:
    assert json.dumps(orch("run", "show", "--run", run_id, "--json").json) == json.dumps(shipped.record(run_id))


@pytest.mark.parametrize("shape", SHAPES.values(), ids=SHAPES.keys())
def test_show_reads_a_record_of_the_original(shipped: Repository, orch: Orch, shape: Callable[[], Json]) -> None:
    record = shape()
    run_id = write_original(shipped, record)
    assert json.dumps(orch("run", "show", "--run", run_id, "--json").json) == json.dumps(record)
    ended = orch("run", "show", "--run", run_id)
    assert ended.code == 0
    assert f"{run_id}  {record['status']}" in ended.out
    assert record["workflow"]["artifact_path"] in ended.out


@pytest.mark.slow
def test_a_run_that_the_original_left_running_can_be_gone_on_with(shipped: Repository, orch: Orch) -> None:
    run_id = write_original(shipped, left_running())
    shipped.write_small_contracts()
    shipped.write("src/app/essays/etymology/the-word-tea/research/INTAKE.md", "# Intake\n")
    gate = ("--run", run_id, "--gate", "G1")
    assert orch("gate", "start", *gate, "--agent", "maker", "--abandon").code == 0
    assert orch("gate", "finish", *gate).code == 0
    first, second = shipped.record(run_id)["gates"][0]["attempts"]
    assert (first["status"], first["failure_reason"]) == ("FAIL", "abandoned")
    assert second["status"] == "PASS"
    assert shipped.attempt(run_id, "G1", 1) == first
    assert shipped.attempt(run_id, "G1", 2) == second


# complete


def pass_all(shipped: Repository, orch: Orch, run_id: str) -> None:
    shipped.add_example("G1", "G2", "G3")
    for gate in ("G1", "G2", "G3"):
        orch("gate", "start", "--run", run_id, "--gate", gate, "--agent", "maker")
        assert orch("gate", "finish", "--run", run_id, "--gate", gate).code == 0


@pytest.mark.slow
def test_a_run_whose_gates_all_passed_is_completed_as_passed(shipped: Repository, orch: Orch, run_id: str) -> None:
    pass_all(shipped, orch, run_id)
    ended = orch("run", "complete", "--run", run_id, "--json")
    assert (ended.code, ended.json["status"]) == (0, "PASSED")
    assert ended.json == shipped.record(run_id)
    assert ended.json["finished_at"] == ended.json["events"][-1]["timestamp"]
    assert ended.json["progress"] == {"passed": 3, "total": 3}


@pytest.mark.parametrize("status", ["FAILED", "CANCELED"])
def test_a_run_is_completed_with_the_status_that_is_named_and_that_is_no_failure_of_the_command(
    shipped: Repository, orch: Orch, run_id: str, status: str
) -> None:
    ended = orch("run", "complete", "--run", run_id, "--status", status)
    described = f"run {run_id} canceled" if status == "CANCELED" else f"run {run_id} completed: {status}"
    assert (ended.code, ended.out.splitlines()[0]) == (0, described)
    assert shipped.record(run_id)["status"] == status
    assert orch(*shlex.split(ended.out.splitlines()[-1])[2:]).code in (0, 5), "its next command works"


def test_a_run_with_gates_that_were_never_started_is_completed_as_canceled(
    shipped: Repository, orch: Orch, run_id: str
) -> None:
    assert orch("run", "complete", "--run", run_id).code == 0
    assert shipped.record(run_id)["status"] == "CANCELED"


@pytest.mark.slow
def test_a_gate_that_does_not_block_does_not_stand_in_the_way_of_passed(repository: Repository, orch: Orch) -> None:
    repository.write_workflow("GA")
    repository.write_contract("GA", blocking=False, required_outputs={"all_of": [{"path": "a.md"}]})
    (repository.root / "orchestration/runs").mkdir()
    run_id = orch("run", "start", "--workflow", "tests", "--slug", "tea", "--json").json["run_id"]
    orch("gate", "start", "--run", run_id, "--gate", "GA", "--agent", "maker")
    assert orch("gate", "finish", "--run", run_id, "--gate", "GA").code == 1
    assert repository.record(run_id)["status"] == "RUNNING"
    assert orch("run", "complete", "--run", run_id, "--status", "PASSED").code == 0
