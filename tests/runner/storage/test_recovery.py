"""An attempt's file that RUN.json does not know: readers show it, the next writer writes it."""

import json
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from gate_tests.errors import DamagedRecord, Refused
from gate_tests.workspace.layout import Workspace
from runner.models import transitions
from runner.models.attempt import Artifact, Attempt, Json
from runner.models.json_encoding import encode
from runner.models.run import Run
from runner.models.status import GateStatus, RunStatus
from runner.models.transitions import Closing
from runner.operations.attempts import start_gate
from runner.repair.plan import plan_repair
from runner.storage import recovery
from runner.storage.attempt_file import gates_with_folder
from runner.storage.locks import gate_lock
from runner.storage.store import Store
from tests.support.legacy_records import left_running, write_original
from tests.support.messages import pattern
from tests.support.repository import Repository
from tests.support.sample_run import AT, LATER, RUN_ID, fail, finish, start

Change = Callable[[Run], Run]
Plant = Callable[[Store], Path]
OUT_OF_ORDER = ("the attempt after the open one", "a failure by hand beside an open attempt", "a number with a gap")
NOT_TAKEN_IN = (*OUT_OF_ORDER, "an end at what is no time")


def keep(run: Run) -> Run:
    return run


def finish_with_output(run: Run) -> Run:
    attempt = transitions.open_attempt(run, "G1")
    output = Artifact("{artifact_path}/a.md", "out/a.md", "0" * 64, 3)
    closing = Closing(LATER, None, True)
    return transitions.close_attempt(run, "G1", replace(attempt, artifacts=(output,)), closing)


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


def of_a_finish(store: Store) -> Json:
    """What `gate finish` would write of the attempt that is open at G1, or of one that is not."""
    run = store.read(RUN_ID)
    begun = run if run.gate("G1").open_attempt or run.finished_at else start(run)
    opened = begun.gate("G1").open_attempt or Attempt(1, GateStatus.RUNNING, AT, "maker")
    return replace(opened, status=GateStatus.PASS, finished_at=LATER).to_json()


def plant(store: Store, gate: str, number: int, attempt: Json) -> Path:
    """Writes the file of an attempt; gives its path."""
    path = store.workspace.root / store.workspace.attempt_path(RUN_ID, gate, number)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(encode({**attempt, "attempt": number}))
    return path


CRASHES: dict[str, tuple[Change, Change]] = {
    "finish, PASS": (start, finish),
    "finish, with an output": (start, finish_with_output),
    "fail of an open attempt": (start, fail),
    "fail with nothing open": (keep, fail),
    "fail after a finished attempt": (lambda run: finish(start(run)), fail),
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
    with pytest.raises(Refused, match=pattern("attempt-finished", attempt=1, gate="G1")):
        store.change(RUN_ID, finish)
    assert shipped.record(RUN_ID) == intended.to_json()


def test_whoever_wants_to_judge_the_gate_settles_it_first(store: Store, run: Run, shipped: Repository) -> None:
    intended, _ = crash_between_the_writes(store, start, finish)
    with gate_lock(store, RUN_ID, "G1"):
        assert shipped.record(RUN_ID) == intended.to_json()


def test_a_blocking_failure_fails_the_run(store: Store, run: Run) -> None:
    crash_between_the_writes(store, start, fail)
    assert store.read(RUN_ID).status is RunStatus.FAILED


def test_a_failure_that_does_not_block_does_not(store: Store, run: Run, shipped: Repository) -> None:
    shipped.write_contract("G1", blocking=False, required_outputs={"all_of": [{"path": "a.md"}]})
    crash_between_the_writes(store, start, fail)
    assert store.read(RUN_ID).status is RunStatus.RUNNING


@pytest.mark.parametrize("status", [RunStatus.RUNNING, RunStatus.FAILED])
def test_a_failure_blocks_where_the_contract_was_changed_after_it(
    store: Store, run: Run, shipped: Repository, status: RunStatus
) -> None:
    shipped.write_workflow("G1", "G2")
    shipped.write_contract("G1", blocking=False, required_outputs={"all_of": [{"path": "a.md"}]})
    start_gate(store, RUN_ID, "G1", "maker", AT)
    crash_between_the_writes(store, keep, fail)
    if status is RunStatus.FAILED:
        shipped.write_contract("G1", blocking=False, required_outputs={"all_of": [{"path": "b.md"}]})
    assert store.read(RUN_ID).status is status


def other(key: str, value: object) -> Plant:
    """What `gate finish` would have written, but for one value."""
    return lambda store: plant(store, "G1", 1, {**of_a_finish(store), key: value})


OTHER_THAN_OPEN = pattern("other-than-open", attempt=1)
PLANTED: dict[str, tuple[Change, Plant, str]] = {
    "a pass of a gate that was never started": (
        keep,
        lambda store: plant(store, "G1", 1, of_a_finish(store)),
        rf"G1/attempt-1\.json:2: \$\.attempt: {pattern('planted-attempt', attempt=1, gate='G1')}",
    ),
    "a failure of a gate that was never started": (
        keep,
        lambda store: plant(store, "G1", 1, {**of_a_finish(store), "status": "FAIL"}),
        rf"G1/attempt-1\.json:2: \$\.attempt: {pattern('planted-attempt', attempt=1, gate='G1')}",
    ),
    "an attempt that was open when the run ended": (
        lambda run: start(run)._replace(finished_at=LATER),
        lambda store: plant(store, "G1", 1, of_a_finish(store)),
        rf"G1/attempt-1\.json:2: \$\.attempt: {pattern('planted-attempt', attempt=1, gate='G1')}",
    ),
    "a pass by hand": (
        keep,
        lambda store: plant(store, "G1", 1, {**of_a_finish(store), "agent": "manual"}),
        rf"G1/attempt-1\.json:2: \$\.attempt: {pattern('planted-attempt', attempt=1, gate='G1')}",
    ),
    "the attempt after the open one": (
        start,
        lambda store: plant(store, "G1", 2, of_a_finish(store)),
        rf"G1/attempt-2\.json:2: \$\.attempt: {pattern('planted-attempt', attempt=2, gate='G1')}",
    ),
    "a failure by hand beside an open attempt": (
        start,
        lambda store: plant(store, "G1", 2, {**of_a_finish(store), "agent": "manual", "status": "FAIL"}),
        rf"G1/attempt-2\.json:2: \$\.attempt: {pattern('planted-attempt', attempt=2, gate='G1')}",
    ),
    "a number with a gap": (
        keep,
        lambda store: plant(store, "G1", 5, {**of_a_finish(store), "agent": "manual", "status": "FAIL"}),
        rf"G1/attempt-5\.json:2: \$\.attempt: {pattern('planted-attempt', attempt=5, gate='G1')}",
    ),
    "a gate that the run has not": (
        keep,
        lambda store: plant(store, "G7", 1, of_a_finish(store)),
        rf"G7/attempt-1\.json:1: \$: {pattern('planted-gate', gate='G7')}",
    ),
    "an open attempt that began at another time": (
        start,
        other("started_at", "2026-11-22T09:29:00.000Z"),
        rf"G1/attempt-1\.json:4: \$\.started_at: {OTHER_THAN_OPEN}",
    ),
    "an open attempt of somebody else": (
        start, other("agent", "x"), rf"G1/attempt-1\.json:6: \$\.agent: {OTHER_THAN_OPEN}"
    ),
    "an open attempt with another prompt": (
        start, other("prompt_sha256", "0" * 64), rf"G1/attempt-1\.json:7: \$\.prompt_sha256: {OTHER_THAN_OPEN}"
    ),
    "an open attempt with more invocations": (
        start, other("invocation_ids", ["inv_1_abcd"]), rf"G1/attempt-1\.json:8: \$\.invocation_ids: {OTHER_THAN_OPEN}"
    ),
    "an open attempt that began with another contract": (
        start,
        other("baseline", {"contract_sha256": "1" * 64, "outputs": []}),
        rf"G1/attempt-1\.json:\d+: \$\.baseline: {OTHER_THAN_OPEN}",
    ),
    "a failure of a run that has ended": (
        lambda run: transitions.complete_run(run, RunStatus.CANCELED, (), LATER),
        lambda store: plant(store, "G1", 1, {**of_a_finish(store), "agent": "manual", "status": "FAIL"}),
        rf"G1/attempt-1\.json:2: \$\.attempt: {pattern('planted-attempt', attempt=1, gate='G1')}",
    ),
    "an end at what is no time": (
        start,
        other("finished_at", "9999-99-99T99:99:99.999Z"),
        rf"G1/attempt-1\.json:5: \$\.finished_at: {pattern('no-timestamp', text='9999-99-99T99:99:99.999Z')}",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("before", "planted", "expected"), PLANTED.values(), ids=PLANTED.keys())
def test_a_file_that_no_interrupted_command_leaves_is_damage_with_file_and_line(
    store: Store, run: Run, shipped: Repository, before: Change, planted: Plant, expected: str
) -> None:
    store.change(RUN_ID, before)
    planted(store)
    files = shipped.snapshot()
    for command in (store.read, store.settle):
        with pytest.raises(DamagedRecord, match=expected) as caught:
            command(RUN_ID)
        assert caught.value.next_command == f"orch run repair --run {RUN_ID}"
    assert shipped.snapshot() == files


@pytest.mark.parametrize(
    ("before", "planted"),
    [(before, planted) for name, (before, planted, _) in PLANTED.items() if name not in NOT_TAKEN_IN],
    ids=[name for name in PLANTED if name not in NOT_TAKEN_IN],
)
def test_a_repair_takes_it_in_and_shows_it(store: Store, run: Run, before: Change, planted: Plant) -> None:
    store.change(RUN_ID, before)
    path = planted(store)
    repair = plan_repair(store, RUN_ID)
    assert repair
    assert any(re.match(r'\+ +"status": "(PASS|FAIL)"', line) for line in repair.diff())
    repair.write(store)
    gate = store.read(RUN_ID).gate(path.parent.name)
    assert gate.attempts[-1].to_json() == json.loads(path.read_text("utf-8"))
    assert store.read(RUN_ID).gates_passed == (gate.status is GateStatus.PASS)


@pytest.mark.parametrize("name", NOT_TAKEN_IN)
def test_what_a_repair_cannot_take_in_can_be_moved_away(store: Store, run: Run, shipped: Repository, name: str) -> None:
    before, planted, _ = PLANTED[name]
    store.change(RUN_ID, before)
    path = planted(store)
    files = shipped.snapshot()
    with pytest.raises(
        DamagedRecord, match=f"{pattern('unknown-attempt')}|{pattern('attempt-after-unfinished')}"
    ) as caught:
        plan_repair(store, RUN_ID)
    assert shipped.snapshot() == files
    way_out = str(caught.value.next_command)
    assert shipped.run("sh", "-c", way_out).code == 0
    assert store.read(RUN_ID).gate("G1").status is (GateStatus.RUNNING if before is start else GateStatus.NOT_STARTED)
    assert path.with_name(f"{path.name}.unknown").exists()


def test_the_originals_records_take_in_whatever_follows(store: Store, shipped: Repository) -> None:
    run_id = write_original(shipped, left_running())
    store.change(run_id, lambda run: finish(run, "G1"))
    path = shipped.root / shipped.workspace.attempt_path(run_id, "G1", 1)
    next_attempt = {**json.loads(path.read_text("utf-8")), "attempt": 2}
    shipped.write(shipped.workspace.attempt_path(run_id, "G1", 2), json.dumps(next_attempt))
    assert [attempt.number for attempt in store.read(run_id).gate("G1").attempts] == [1, 2]


def test_a_reader_that_was_overtaken_by_writers_finds_no_damage(
    store: Store, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    def overtaken(workspace: Workspace, run_id: str) -> list[str]:
        monkeypatch.undo()
        store.change(RUN_ID, start)
        store.change(RUN_ID, finish)
        return gates_with_folder(workspace, run_id)

    monkeypatch.setattr(recovery, "gates_with_folder", overtaken)
    assert store.read(RUN_ID).gate("G1").status is GateStatus.PASS


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
