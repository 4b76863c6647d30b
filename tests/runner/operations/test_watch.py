"""Which paths a verdict depends on, at the edges: programs, broken records, gates that are none."""

import pytest

from gate_tests.workspace.names import Depth
from runner.operations.runs import RunRequest, start_run
from runner.operations.watch import find_watched_paths
from runner.storage.store import Store
from runner.workflows.definition import load_workflow
from tests.support.repository import Repository


@pytest.fixture
def run_id(repository: Repository) -> str:
    """A run of two gates: the checks of G2 run a program."""
    outputs = {"all_of": [{"path": "{artifact_path}/a.md"}, {"path": "b.md"}]}
    repository.write_contract("G1", required_outputs=outputs)
    repository.write_contract("G2", required_outputs=outputs, validations=[{"type": "command", "command": ["true"]}])
    repository.write_workflow("G1", "G2")
    request = RunRequest(load_workflow(repository.workspace, "tests"), "tea", None, Depth.STANDARD)
    return start_run(Store(repository.workspace), request, "2026-11-22T09:30:00.000Z").run_id


def test_each_path_is_watched_once_though_two_gates_name_it(repository: Repository, run_id: str) -> None:
    paths = find_watched_paths(Store(repository.workspace), run_id, ["G1", "G2"]).paths
    assert len(set(paths)) == len(paths)
    assert {"out/tea", "out/tea/a.md", "b.md"} <= set(paths)


@pytest.mark.parametrize(("gates", "runs_programs"), [(["G1"], False), (["G2"], True), (["G1", "G2"], True)])
def test_it_says_whether_judging_runs_programs(
    repository: Repository, run_id: str, gates: list[str], runs_programs: bool
) -> None:
    assert find_watched_paths(Store(repository.workspace), run_id, gates).runs_programs is runs_programs


def test_of_a_broken_record_only_the_record_and_the_contracts_are_watched(repository: Repository, run_id: str) -> None:
    repository.write(repository.workspace.record_path(run_id), "{")
    watched = find_watched_paths(Store(repository.workspace), run_id, ["G1"])
    assert watched.paths == (repository.workspace.record_path(run_id), repository.workspace.contract_path("G1"))


def test_of_a_contract_that_is_missing_the_place_of_it_is_watched(repository: Repository, run_id: str) -> None:
    path = repository.workspace.contract_path("G1")
    (repository.root / path).unlink()
    watched = find_watched_paths(Store(repository.workspace), run_id, ["G1"])
    assert path in watched.paths
    assert "b.md" not in watched.paths


def test_the_root_itself_is_never_watched(repository: Repository, run_id: str) -> None:
    repository.write_contract(
        "G1",
        validations=[{"type": "quotes_resolve", "target": "a.md", "sources": ["*.md"]}],
        required_outputs={"all_of": [{"path": "a.md"}]},
    )
    paths = find_watched_paths(Store(repository.workspace), run_id, ["G1"]).paths
    assert not {"", ".", "./"} & set(paths)
