"""Every command takes a run by the beginning of its id, or as `latest`, and goes on with the whole id."""

from collections.abc import Callable

import pytest

from tests.support.messages import says
from tests.support.repository import Ended, Repository

Orch = Callable[..., Ended]
AT_G1 = ("--run", "latest", "--gate", "G1")


@pytest.mark.slow
def test_a_whole_pipeline_can_be_typed_with_latest(shipped: Repository, orch: Orch, run_id: str) -> None:
    shipped.add_example("G1")
    started = orch("gate", "start", *AT_G1, "--agent", "maker")
    assert f"orch gate finish --run {run_id} --gate G1" in started.out
    assert orch("gate", "check", *AT_G1).code == 0
    assert orch("invocation", "record", *AT_G1, "--agent", "maker").code == 0
    assert f"record  orchestration/runs/{run_id}/" in orch("gate", "finish", "-v", *AT_G1).out
    assert orch("gate", "fail", *AT_G1, "--reason", "second thoughts").code == 0
    assert orch("contract", "explain", "G1", "--run", "latest").code == 0
    assert orch("run", "check", "latest").code == 0
    assert orch("run", "repair", "--run", "latest", "--json").json["run_id"] == run_id
    assert f"run {run_id} completed: FAILED\n" in orch("run", "complete", "--run", "latest").out
    assert "latest" not in str(shipped.record(run_id))


@pytest.mark.slow
@pytest.mark.parametrize("named", ["latest", "run_2"])
def test_pytest_takes_it_too(shipped: Repository, run_id: str, named: str) -> None:
    shipped.add_example("G1")
    assert shipped.pytest("--gate", "G1", "--run", named).code == 0
    assert shipped.pytest("--gate", "G1", env={"ORCH_RUN": named}).code == 0


@pytest.mark.slow
def test_pytest_with_workers_takes_it_too(shipped: Repository, run_id: str) -> None:
    shipped.add_example("G1")
    assert shipped.pytest("--gate", "G1", "--run", "latest", "-n", "2").code == 0


@pytest.mark.slow
def test_pytest_says_where_several_are_meant(shipped: Repository, run_id: str) -> None:
    other = shipped.start_run()
    ended = shipped.pytest("--gate", "G1", "--run", "run_")
    assert ended.code == 4
    assert says(ended.err, "several-runs-begin-so", count=2)
    assert other in ended.err
    assert ended.err.rstrip().endswith("Next: orch run list")
