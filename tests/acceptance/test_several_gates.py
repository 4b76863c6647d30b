"""Several gates in one command: judged in one session, and none recorded unless each has a verdict."""

import subprocess
from collections.abc import Callable

import pytest

from tests.support.messages import says
from tests.support.repository import ARTIFACTS, BIN, Ended, Repository

pytestmark = pytest.mark.usefixtures("small_contracts")

Orch = Callable[..., Ended]
BOTH = ("--gate", "G1", "--gate", "G2")


@pytest.fixture
def at_both(shipped: Repository, orch: Orch, run_id: str) -> tuple[str, ...]:
    """The options for the two gates of a run, whose attempts are open and whose work is done."""
    shipped.add_example("G1", "G2")
    for gate in ("G1", "G2"):
        orch("gate", "start", "--run", run_id, "--gate", gate, "--agent", "maker")
    return ("--run", run_id, *BOTH)


def statuses(shipped: Repository, run_id: str) -> list[str]:
    return [gate["status"] for gate in shipped.record(run_id)["gates"]]


def test_one_finish_records_the_attempts_of_all(
    shipped: Repository, orch: Orch, run_id: str, at_both: tuple[str, ...]
) -> None:
    ended = orch("gate", "finish", *at_both)
    assert ended.code == 0
    assert "8 passed" in ended.out
    assert statuses(shipped, run_id) == ["PASS", "PASS", "NOT_STARTED"]
    assert [len(shipped.attempt(run_id, gate)["validations"]) for gate in ("G1", "G2")] == [1, 7]
    assert ended.out.splitlines()[-1].startswith(f"Next: orch gate start --run {run_id} --gate G3")


@pytest.mark.slow
def test_the_record_is_the_one_that_two_commands_would_have_left(
    shipped: Repository, orch: Orch, run_id: str, at_both: tuple[str, ...]
) -> None:
    orch("gate", "finish", *at_both)
    together = [shipped.attempt(run_id, gate) for gate in ("G1", "G2")]
    for gate in ("G1", "G2"):
        orch("gate", "start", "--run", run_id, "--gate", gate, "--agent", "maker")
        orch("gate", "finish", "--run", run_id, "--gate", gate)
    apart = [shipped.attempt(run_id, gate, 2) for gate in ("G1", "G2")]
    own = ("attempt", "started_at", "finished_at", "baseline")
    assert [{key: one[key] for key in one if key not in own} for one in together] == [
        {key: one[key] for key in one if key not in own} for one in apart
    ]


@pytest.mark.slow
def test_one_that_fails_fails_the_command_and_is_the_next_to_be_done(
    shipped: Repository, orch: Orch, run_id: str, at_both: tuple[str, ...]
) -> None:
    shipped.write(f"{ARTIFACTS}/research/CITATIONS.md", "none yet\n")
    ended = orch("gate", "finish", "--run", run_id, "--gate", "G2", "--gate", "G1")
    assert ended.code == 1
    assert statuses(shipped, run_id) == ["PASS", "FAIL", "NOT_STARTED"]
    assert ended.out.splitlines()[-1].startswith(f"Next: orch gate start --run {run_id} --gate G2")


def test_where_one_is_refused_none_is_judged(
    shipped: Repository, orch: Orch, run_id: str, at_both: tuple[str, ...]
) -> None:
    before = shipped.snapshot()
    ended = orch("gate", "finish", *at_both, "--gate", "G3")
    assert ended.code == 2
    assert "G3" in ended.err
    assert shipped.snapshot() == before


@pytest.mark.slow
def test_where_one_contract_was_changed_the_next_command_names_all(
    shipped: Repository, orch: Orch, run_id: str, at_both: tuple[str, ...]
) -> None:
    path = shipped.root / "orchestration/gates/contracts/G2.contract.json"
    path.write_text(path.read_text("utf-8").replace('"name": "', '"name": "New '), "utf-8")
    ended = orch("gate", "finish", *at_both)
    assert ended.code == 2
    assert ended.err.rstrip().endswith("Next: cat orchestration/gates/contracts/G2.contract.json")
    assert orch("gate", "finish", *at_both, "--accept-contract").code == 0


@pytest.mark.slow
def test_check_looks_at_all_and_records_none(
    shipped: Repository, orch: Orch, run_id: str, at_both: tuple[str, ...]
) -> None:
    before = shipped.snapshot()
    ended = orch("gate", "check", *at_both)
    assert ended.code == 0
    assert ended.out.splitlines()[-1] == f"Next: orch gate finish --run {run_id} --gate G1 --gate G2"
    assert shipped.snapshot() == before


@pytest.mark.slow
@pytest.mark.parametrize("verb", ["check", "finish"])
def test_the_json_of_several_gates_has_each_by_its_id(
    shipped: Repository, orch: Orch, at_both: tuple[str, ...], verb: str
) -> None:
    several = orch("gate", verb, *at_both, "--json").json
    assert {gate: told["status"] for gate, told in several.items()} == {"G1": "PASS", "G2": "PASS"}


@pytest.mark.slow
def test_a_gate_that_is_named_twice_is_judged_once(
    shipped: Repository, orch: Orch, run_id: str, at_both: tuple[str, ...]
) -> None:
    ended = orch("gate", "finish", "--run", run_id, "--gate", "G1", "--gate", "G1", "--json")
    assert ended.code == 0
    assert ended.json["attempt"] == 1


@pytest.mark.slow
def test_two_commands_that_name_the_gates_in_different_orders_do_not_lock_each_other_out(
    shipped: Repository, run_id: str, at_both: tuple[str, ...]
) -> None:
    orders = [("--gate", "G1", "--gate", "G2"), ("--gate", "G2", "--gate", "G1")]
    begun = [
        subprocess.Popen(
            [BIN / "orch", "gate", "finish", "--run", run_id, *order],
            cwd=shipped.root,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        for order in orders
    ]
    assert sorted(process.wait(timeout=25) for process in begun) == [0, 2]  # a lock's time-out comes after 30 s
    assert statuses(shipped, run_id) == ["PASS", "PASS", "NOT_STARTED"]


def test_where_one_attempt_cannot_be_written_none_is(
    shipped: Repository, orch: Orch, run_id: str, at_both: tuple[str, ...]
) -> None:
    shipped.write(f"orchestration/runs/{run_id}/record/gates/G2", "in the way")
    before = shipped.snapshot()
    ended = orch("gate", "finish", *at_both)
    assert ended.code == 3
    assert says(ended.err, "could-not-be-written")
    assert shipped.snapshot() == before
