"""An attempt's file that RUN.json does not know: readers show it, the next writer writes it."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from gate_tests.errors import Refused
from runner import lifecycle
from runner.attempt import Artifact, GateStatus
from runner.lifecycle import Closing
from runner.record import Run, RunStatus
from runner.store import Store
from tests.repository import Repository
from tests.runner.tea import LATER, RUN_ID, fail, finish, start

Change = Callable[[Run], Run]


def keep(run: Run) -> Run:
    return run


def finish_with_output(run: Run) -> Run:
    attempt = lifecycle.open_attempt(run, "G1")
    output = Artifact("{artifact_path}/a.md", "out/a.md", "0" * 64, 3)
    closing = Closing(LATER, None, True)
    return lifecycle.close_attempt(run, "G1", replace(attempt, artifacts=(output,)), closing)


def crash_between_the_writes(store: Store, before: Change, change: Change) -> tuple[Run, bytes]:
    """Leaves the attempt's file as `change` writes it, and RUN.json as it was; gives what would have been."""
    store.change(RUN_ID, before)
    path = record(store)
    old = path.read_bytes()
    intended = store.change(RUN_ID, change)
    path.write_bytes(old)
    return intended, old


def record(store: Store) -> Path:
    return store.workspace.root / store.workspace.record_path(RUN_ID)


CRASHES: dict[str, tuple[Change, Change]] = {
    "finish, PASS": (start, finish),
    "finish, with an output": (start, finish_with_output),
    "fail of an open attempt": (start, fail),
    "fail with nothing open": (keep, fail),
    "fail after a finished attempt": (lambda run: finish(start(run)), fail),
    "two attempts at once": (keep, lambda run: finish(start(fail(run)))),
}


@pytest.mark.parametrize(("before", "change"), CRASHES.values(), ids=CRASHES.keys())
def test_readers_show_what_the_writer_meant_and_write_nothing(
    store: Store, run: Run, shipped: Repository, before: Change, change: Change
) -> None:
    intended, _ = crash_between_the_writes(store, before, change)
    files = shipped.snapshot()
    assert store.read(RUN_ID).to_json() == intended.to_json()
    assert shipped.snapshot() == files


@pytest.mark.parametrize(("before", "change"), CRASHES.values(), ids=CRASHES.keys())
def test_the_next_writer_writes_it_and_says_so(
    store: Store, run: Run, shipped: Repository, before: Change, change: Change
) -> None:
    intended, _ = crash_between_the_writes(store, before, change)
    said: list[str] = []
    talking = Store(store.workspace, say=said.append)
    assert talking.change(RUN_ID, keep).to_json() == intended.to_json() == shipped.record(RUN_ID)
    (line,) = said
    assert "of gate G1" in line
    talking.change(RUN_ID, keep)
    assert len(said) == 1


def test_an_abandoned_attempt_stays_closed_and_the_next_can_be_started(store: Store, run: Run) -> None:
    crash_between_the_writes(store, start, lambda run: start(run, abandon=True))
    gate = store.read(RUN_ID).gate("G1")
    assert [(a.status, a.failure_reason) for a in gate.attempts] == [(GateStatus.FAIL, "abandoned")]
    assert [a.status for a in store.change(RUN_ID, start).gate("G1").attempts] == [GateStatus.FAIL, GateStatus.RUNNING]


def test_a_refused_change_leaves_what_was_taken_over(store: Store, run: Run, shipped: Repository) -> None:
    intended, _ = crash_between_the_writes(store, start, finish)
    with pytest.raises(Refused, match="attempt 1 of gate G1 is finished already"):
        store.change(RUN_ID, finish)
    assert shipped.record(RUN_ID) == intended.to_json()


def test_whoever_wants_to_judge_the_gate_settles_it_first(store: Store, run: Run, shipped: Repository) -> None:
    intended, _ = crash_between_the_writes(store, start, finish)
    with store.gate_lock(RUN_ID, "G1"):
        assert shipped.record(RUN_ID) == intended.to_json()


def test_a_blocking_failure_fails_the_run(store: Store, run: Run) -> None:
    crash_between_the_writes(store, start, fail)
    assert store.read(RUN_ID).status is RunStatus.FAILED


def test_a_failure_that_does_not_block_does_not(store: Store, run: Run, shipped: Repository) -> None:
    shipped.write_contract("G1", blocking=False, required_outputs={"all_of": [{"path": "a.md"}]})
    crash_between_the_writes(store, start, fail)
    assert store.read(RUN_ID).status is RunStatus.RUNNING


def test_a_completed_run_keeps_the_status_it_ended_with(store: Store, run: Run) -> None:
    _, old = crash_between_the_writes(store, start, fail)
    ended = old.replace(b'"status": "RUNNING",\n  "started_at"', b'"status": "CANCELED",\n  "started_at"', 1)
    record(store).write_bytes(ended.replace(b'"finished_at": null', f'"finished_at": "{LATER}"'.encode(), 1))
    assert store.read(RUN_ID).status is RunStatus.CANCELED


def test_an_attempt_that_a_person_did_not_make_was_started_too(store: Store, run: Run) -> None:
    crash_between_the_writes(store, keep, lambda run: finish(start(run)))
    assert [event.type for event in store.read(RUN_ID).events] == ["RUN_STARTED", "GATE_STARTED", "GATE_PASSED"]


def test_events_stay_in_the_order_of_time(store: Store, run: Run) -> None:
    crash_between_the_writes(store, start, finish)
    old = record(store).read_text("utf-8")
    later = '"timestamp": "2026-11-22T11:00:00.000Z"'
    record(store).write_text(old.replace('"timestamp": "2026-11-22T09:30:00.000Z"', later), "utf-8")
    assert [event.type for event in store.read(RUN_ID).events] == ["GATE_PASSED", "RUN_STARTED", "GATE_STARTED"]


def test_what_a_killed_writer_left_unfinished_is_swept_away(store: Store, run: Run, shipped: Repository) -> None:
    folder = f"orchestration/runs/{RUN_ID}"
    for place in ("record", "record/gates/G1", "logs/prompts"):
        shipped.write(f"{folder}/{place}/.tmp-1-abc", "half")
    store.change(RUN_ID, start)
    assert not list(shipped.root.rglob(".tmp-*"))


def test_the_sweep_follows_no_link(store: Store, run: Run, shipped: Repository) -> None:
    kept = shipped.write("elsewhere/.tmp-mine", "mine")
    (shipped.root / "orchestration/runs" / RUN_ID / "logs/prompts").symlink_to(kept.parent)
    store.change(RUN_ID, start)
    assert kept.read_text() == "mine"
