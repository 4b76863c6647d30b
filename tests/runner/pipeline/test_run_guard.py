"""What a pipeline compares with what it saw when it began."""

import os
import time

import pytest

from gate_tests.errors import GateFailed
from runner.models.artifact import Artifact
from runner.models.run import Run
from runner.operations.attempts import compile_run_gate
from runner.pipeline.run_guard import RunGuard
from runner.storage.store import Store
from runner.workflows.definition import load_workflow
from tests.support.messages import pattern
from tests.support.passed_runs import of_three, passing, write_chain, write_run
from tests.support.repository import Repository
from tests.support.sample_run import finish, new_run, start

HUGE = 1 << 43


@pytest.fixture
def passed(repository: Repository) -> Run:
    """A run of which G1 is recorded as passed with an output of a size that takes days to hash."""
    repository.write_workflow("G1", "G2")
    for gate in ("G1", "G2"):
        repository.write_contract(gate, required_outputs={"all_of": [{"path": "huge"}]}, limits={"check_s": 0.2})
    os.truncate(repository.write("huge", b""), HUGE)
    return finish(start(new_run()), "G1", (Artifact("huge", "huge", "0" * 64, HUGE),))


@pytest.mark.slow
def test_an_output_is_hashed_no_longer_than_a_check_of_its_gate_may_take(repository: Repository, passed: Run) -> None:
    workflow = load_workflow(repository.workspace, "tests")
    guard = RunGuard(Store(repository.workspace), workflow, passed, "orch run resume")
    began = time.monotonic()
    with pytest.raises(GateFailed, match=pattern("stale-gate", gate="G1", path="huge")):
        guard.check_outputs(passed)
    assert time.monotonic() - began < 10


def test_an_output_that_the_gate_at_work_declares_by_a_glob_may_change(repository: Repository, passed: Run) -> None:
    repository.write("huge", b"small now")
    repository.write_contract("G2", required_outputs={"all_of": [{"path": "h*"}]})
    store = Store(repository.workspace)
    guard = RunGuard(store, load_workflow(repository.workspace, "tests"), passed, "orch run resume")
    with pytest.raises(GateFailed, match=pattern("stale-gate", gate="G1", path="huge")):
        guard.check_outputs(passed)
    guard.check_outputs(passed, compile_run_gate(store, passed, "G2").declares)


def guard_outputs(repository: Repository, run: Run) -> None:
    workflow = load_workflow(repository.workspace, "tests")
    RunGuard(Store(repository.workspace), workflow, run, "orch run resume").check_outputs(run)


def test_a_file_that_a_check_read_stops_the_pipeline_too(repository: Repository) -> None:
    write_chain(repository)
    guard_outputs(repository, passing(of_three(), "G1", 2, read="tea"))
    with pytest.raises(GateFailed, match=pattern("stale-gate", gate="G1", path="out/tea.md", change="changed")):
        guard_outputs(repository, passing(of_three(), "G1", 2, read="green"))


def test_a_file_that_another_run_passed_with_since_does_not(repository: Repository) -> None:
    write_chain(repository)
    run = passing(of_three(), "G1", 2, tea="green")
    with pytest.raises(GateFailed, match=pattern("stale-gate", gate="G1", path="out/tea.md", change="changed")):
        guard_outputs(repository, run)
    write_run(repository, passing(of_three("run_20261123T093000Z_tea_def456"), "G2", 5, tea="tea"))
    guard_outputs(repository, run)
