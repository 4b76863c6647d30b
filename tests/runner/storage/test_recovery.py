"""An attempt's file that RUN.json lacks: readers show the attempt, the next writer records it."""

import json
import os
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from gate_tests.errors import DamagedRecord, Refused
from gate_tests.workspace.layout import Workspace
from runner.models import transitions
from runner.models.artifact import Artifact
from runner.models.attempt import Json
from runner.models.json_encoding import encode
from runner.models.run import OWN_KEYS, Run
from runner.models.status import GateStatus, RunStatus
from runner.operations.attempts import start_gate
from runner.repair.plan import plan_repair
from runner.storage import recovery
from runner.storage.attempt_file import list_gates_with_attempts
from runner.storage.locks import gate_lock
from runner.storage.logs import write_log
from runner.storage.store import Store
from tests.support.interrupted_write import crash_between_the_writes, record, temporary_of
from tests.support.legacy_records import left_running, write_original
from tests.support.messages import pattern
from tests.support.repository import Repository
from tests.support.sample_run import AT, LATER, RUN_ID, fail, finish, new_run, start

Change = Callable[[Run], Run]
Plant = Callable[[Store], Path]
OUT_OF_ORDER = ("the attempt after the open one", "a failure by hand beside an open attempt", "a number with a gap")
NO_TIME = f"{pattern('no-timestamp')}, and RUN.json does not contain it; nothing was written"
NOT_ACCEPTED = (*OUT_OF_ORDER, "an end at what is no time")


def keep(run: Run) -> Run:
    return run


def finish_both(run: Run) -> Run:
    return finish(finish(run, "G2"))


def finish_with_output(run: Run) -> Run:
    output = Artifact("{artifact_path}/a.md", "out/a.md", "0" * 64, 3)
    return finish(run, artifacts=(output,))


def of_a_finish(store: Store) -> Json:
    """What `gate finish` would write about an attempt at G1, open or not."""
    return finish(begun(store)).gate("G1").attempts[-1].to_json()


def of_a_failure(store: Store) -> Json:
    """The same of an attempt that failed, by hand."""
    return {**fail(begun(store)).gate("G1").attempts[-1].to_json(), "agent": "manual"}


def begun(store: Store) -> Run:
    run = store.read(RUN_ID)
    return run if run.gate("G1").open_attempt else start(run._replace(finished_at=None))


def plant(store: Store, gate: str, number: int, attempt: Json) -> Path:
    """Write the file of an attempt. Returns its path."""
    path = store.workspace.root / store.workspace.attempt_path(RUN_ID, gate, number)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(encode({**attempt, "attempt": number}))
    return path


CRASHES: dict[str, tuple[Change, Change]] = {
    "finish, PASS": (start, finish),
    "finish, with an output": (start, finish_with_output),
    "finish of two gates": (lambda run: start(start(run), "G2"), finish_both),
    "start that abandons": (start, lambda run: start(run, abandon=True)),
    "fail of an open attempt": (start, fail),
    "fail with nothing open": (keep, fail),
    "fail after a finished attempt": (lambda run: finish(start(run)), fail),
}


@pytest.mark.parametrize(("before", "change"), CRASHES.values(), ids=CRASHES.keys())
def test_readers_show_the_intended_run_and_write_nothing(
    store: Store, run: Run, shipped: Repository, before: Change, change: Change
) -> None:
    intended, _ = crash_between_the_writes(store, before, change)
    files = shipped.snapshot()
    assert store.read(RUN_ID).to_json() == intended.to_json()
    assert shipped.snapshot() == files


def test_every_command_that_reads_shows_it(store: Store, run: Run, shipped: Repository) -> None:
    crash_between_the_writes(store, start, finish)
    files = shipped.snapshot()
    (listed,) = shipped.orch("run", "list", "--json").json
    assert listed["gates_passed"] == 1
    for command in (("run", "show", "--run", RUN_ID), ("status", "--run", RUN_ID)):
        assert shipped.orch(*command, "--json").json["gates"][0]["status"] == "PASS"
    assert shipped.orch("run", "check").code == 0
    assert shipped.orch("hook", "stop", stdin="{}").json == {}
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


def test_what_was_recovered_is_the_file_that_was_renamed_and_nothing_else_is_left(
    store: Store, run: Run, shipped: Repository
) -> None:
    crash_between_the_writes(store, start, finish)
    wanted = temporary_of(store).read_bytes()
    shipped.write(f"orchestration/runs/{RUN_ID}/record/.tmp-2-def", "half")
    store.complete_recovery(RUN_ID)
    assert record(store).read_bytes() == wanted
    assert not list(shipped.root.rglob(".tmp-*"))


def test_an_attempt_that_began_after_an_abandoned_one_is_open_again(store: Store, run: Run) -> None:
    crash_between_the_writes(store, start, lambda run: start(run, abandon=True))
    gate = store.change(RUN_ID, keep).gate("G1")
    assert [(a.status, a.failure_reason) for a in gate.attempts] == [
        (GateStatus.FAIL, "abandoned"), (GateStatus.RUNNING, None),
    ]  # fmt: skip


@pytest.mark.parametrize("lost", ["G1", "G2"])
def test_a_finish_of_two_gates_that_was_killed_between_them_is_brought_to_its_end(
    store: Store, run: Run, shipped: Repository, lost: str
) -> None:
    intended, _ = crash_between_the_writes(store, lambda run: start(start(run), "G2"), finish_both)
    file = store.workspace.root / store.workspace.attempt_path(RUN_ID, lost, 1)
    content = file.read_bytes()
    file.unlink()
    assert store.read(RUN_ID) == intended
    store.complete_recovery(RUN_ID)
    assert (store.read(RUN_ID), file.read_bytes()) == (intended, content)


def test_without_the_file_of_an_attempt_nothing_was_recorded_and_the_temporary_file_is_removed(
    store: Store, run: Run, shipped: Repository
) -> None:
    crash_between_the_writes(store, start, finish)
    (store.workspace.root / store.workspace.attempt_path(RUN_ID, "G1", 1)).unlink()
    assert store.read(RUN_ID).gate("G1").open_attempt
    assert store.change(RUN_ID, keep).gate("G1").open_attempt
    assert not list(shipped.root.rglob(".tmp-*"))


def test_a_log_that_is_written_meanwhile_does_not_remove_what_a_recovery_needs(store: Store, run: Run) -> None:
    intended, _ = crash_between_the_writes(store, start, finish)
    write_log(store, RUN_ID, "prompts/a.txt", "tea")
    assert store.read(RUN_ID) == intended


def test_readers_show_an_attempt_whose_writer_is_still_at_work(
    store: Store, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    store.change(RUN_ID, start)
    shown: list[GateStatus] = []
    rename = os.replace

    def read_first(old: str, new: str, **directories: int) -> None:
        shown.append(Store(store.workspace, lock_timeout_s=0).read(RUN_ID).gate("G1").status)
        rename(old, new, **directories)

    monkeypatch.setattr(os, "replace", read_first)
    store.change(RUN_ID, finish)
    assert shown == [GateStatus.PASS]


@pytest.fixture
def original(store: Store) -> Run:
    """A run without `schema_version`, as the original's have none."""
    run = new_run()._replace(schema_version=None, absent=frozenset(OWN_KEYS))
    store.create(run)
    return run


def reserve(store: Store) -> Path:
    """Leave an empty file for attempt 1."""
    path = store.workspace.root / store.workspace.attempt_path(RUN_ID, "G1", 1)
    path.parent.mkdir(parents=True)
    path.touch()
    return path


@pytest.mark.quick("*")
@pytest.mark.parametrize("made_by", ["run", "original"])
def test_an_empty_file_reserves_the_number_of_an_open_attempt_and_is_filled_by_its_finish(
    store: Store, shipped: Repository, request: pytest.FixtureRequest, made_by: str
) -> None:
    request.getfixturevalue(made_by)
    store.change(RUN_ID, start)
    reserve(store)
    assert store.read(RUN_ID).gate("G1").open_attempt
    store.change(RUN_ID, finish)
    assert store.read(RUN_ID).gate("G1").has_passed
    assert shipped.attempt(RUN_ID, "G1")["status"] == "PASS"


def test_a_finish_that_was_killed_before_it_filled_the_empty_file_has_recorded_nothing(store: Store, run: Run) -> None:
    crash_between_the_writes(store, start, finish)
    (store.workspace.root / store.workspace.attempt_path(RUN_ID, "G1", 1)).write_bytes(b"")
    assert store.read(RUN_ID).gate("G1").open_attempt
    assert store.change(RUN_ID, finish).gate("G1").has_passed


def test_an_empty_file_of_an_attempt_that_is_not_open_is_damage(store: Store, run: Run) -> None:
    reserve(store)
    with pytest.raises(DamagedRecord):
        store.read(RUN_ID)


def test_unless_an_interrupted_command_was_about_to_fill_it(store: Store, run: Run, shipped: Repository) -> None:
    """`gate fail` of a gate that was never started, on a file system without hard links."""
    intended, _ = crash_between_the_writes(store, keep, fail)
    (store.workspace.root / store.workspace.attempt_path(RUN_ID, "G1", 1)).write_bytes(b"")
    assert store.read(RUN_ID) == intended
    store.complete_recovery(RUN_ID)
    assert (shipped.record(RUN_ID), shipped.attempt(RUN_ID, "G1", 1)["status"]) == (intended.to_json(), "FAIL")


def test_an_empty_file_that_the_interrupted_command_was_not_about_to_fill_is_damage(store: Store, run: Run) -> None:
    crash_between_the_writes(store, keep, fail)
    (store.workspace.root / store.workspace.attempt_path(RUN_ID, "G2", 1)).parent.mkdir()
    (store.workspace.root / store.workspace.attempt_path(RUN_ID, "G2", 1)).touch()
    with pytest.raises(DamagedRecord):
        store.read(RUN_ID)


def test_a_refused_change_keeps_the_recovery(store: Store, run: Run, shipped: Repository) -> None:
    intended, _ = crash_between_the_writes(store, start, finish)
    with pytest.raises(Refused, match=pattern("attempt-finished", attempt=1, gate="G1")):
        store.change(RUN_ID, finish)
    assert shipped.record(RUN_ID) == intended.to_json()


def test_the_lock_of_a_gate_completes_the_recovery_first(store: Store, run: Run, shipped: Repository) -> None:
    intended, _ = crash_between_the_writes(store, start, finish)
    with gate_lock(store, RUN_ID, "G1"):
        assert shipped.record(RUN_ID) == intended.to_json()


def lose_the_change(store: Store, before: Change, change: Change) -> None:
    """Leave the file of an attempt alone, as the original does."""
    crash_between_the_writes(store, before, change)
    temporary_of(store).unlink()


def fail_as_the_original(run: Run) -> Run:
    """A failure of which only the contract tells whether it fails the run."""
    gate = fail(run).gate("G1")
    attempt = gate.attempts[-1]._replace(context=None, blocking=None)
    return fail(run).with_gate(gate._replace(attempts=(*gate.attempts[:-1], attempt)))


def test_a_blocking_failure_in_a_record_of_the_original_fails_the_run(store: Store, original: Run) -> None:
    lose_the_change(store, start, fail)
    assert store.read(RUN_ID).status is RunStatus.FAILED


def test_a_failure_that_does_not_block_does_not(store: Store, original: Run, shipped: Repository) -> None:
    shipped.write_contract("G1", blocking=False, required_outputs={"all_of": [{"path": "a.md"}]})
    lose_the_change(store, start, fail_as_the_original)
    assert store.read(RUN_ID).status is RunStatus.RUNNING


@pytest.mark.parametrize("status", [RunStatus.RUNNING, RunStatus.FAILED])
def test_a_failure_blocks_where_the_contract_was_changed_after_it(
    store: Store, original: Run, shipped: Repository, status: RunStatus
) -> None:
    shipped.write_workflow("G1", "G2")
    shipped.write_contract("G1", blocking=False, required_outputs={"all_of": [{"path": "a.md"}]})
    start_gate(store, RUN_ID, "G1", "maker", AT)
    lose_the_change(store, keep, fail_as_the_original)
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
        lambda store: plant(store, "G1", 1, {**of_a_failure(store), "agent": "maker"}),
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
        lambda store: plant(store, "G1", 2, of_a_failure(store)),
        rf"G1/attempt-2\.json:2: \$\.attempt: {pattern('planted-attempt', attempt=2, gate='G1')}",
    ),
    "a number with a gap": (
        keep,
        lambda store: plant(store, "G1", 5, of_a_failure(store)),
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
        lambda store: plant(store, "G1", 1, of_a_failure(store)),
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
    for command in (store.read, store.complete_recovery):
        with pytest.raises(DamagedRecord, match=expected) as caught:
            command(RUN_ID)
        assert caught.value.next_command == f"orch run repair --run {RUN_ID}"
    assert shipped.snapshot() == files


@pytest.mark.parametrize(
    ("before", "planted"),
    [(before, planted) for name, (before, planted, _) in PLANTED.items() if name not in NOT_ACCEPTED],
    ids=[name for name in PLANTED if name not in NOT_ACCEPTED],
)
def test_a_repair_accepts_it_and_shows_it(store: Store, run: Run, before: Change, planted: Plant) -> None:
    store.change(RUN_ID, before)
    path = planted(store)
    repair = plan_repair(store, RUN_ID)
    assert repair
    assert any(re.match(r'\+ +"status": "(PASS|FAIL)"', line) for line in repair.diff())
    repair.write(store)
    gate = store.read(RUN_ID).gate(path.parent.name)
    assert gate.attempts[-1].to_json() == json.loads(path.read_text("utf-8"))
    assert store.read(RUN_ID).gates_passed == (gate.status is GateStatus.PASS)


@pytest.mark.parametrize("name", NOT_ACCEPTED)
def test_what_a_repair_cannot_accept_can_be_moved_away(store: Store, run: Run, shipped: Repository, name: str) -> None:
    before, planted, _ = PLANTED[name]
    store.change(RUN_ID, before)
    path = planted(store)
    files = shipped.snapshot()
    with pytest.raises(
        DamagedRecord, match=f"{pattern('unknown-attempt')}|{pattern('attempt-after-unfinished')}|{NO_TIME}"
    ) as caught:
        plan_repair(store, RUN_ID)
    assert shipped.snapshot() == files
    way_out = str(caught.value.next_command)
    assert shipped.run("sh", "-c", way_out).code == 0
    assert store.read(RUN_ID).gate("G1").status is (GateStatus.RUNNING if before is start else GateStatus.NOT_STARTED)
    assert path.with_name(f"{path.name}.unknown").exists()


def test_records_of_the_original_accept_whatever_follows(store: Store, shipped: Repository) -> None:
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
        return list_gates_with_attempts(workspace, run_id)

    monkeypatch.setattr(recovery, "list_gates_with_attempts", overtaken)
    assert store.read(RUN_ID).gate("G1").status is GateStatus.PASS


def test_events_stay_in_the_order_of_time(store: Store, original: Run) -> None:
    lose_the_change(store, start, finish)
    old = record(store).read_text("utf-8")
    later = '"timestamp": "2026-11-22T11:00:00.000Z"'
    record(store).write_text(old.replace('"timestamp": "2026-11-22T09:30:00.000Z"', later), "utf-8")
    assert [event.type for event in store.read(RUN_ID).events] == ["GATE_PASSED", "RUN_STARTED", "GATE_STARTED"]


def test_what_a_killed_writer_left_unfinished_is_removed(store: Store, run: Run, shipped: Repository) -> None:
    folder = f"orchestration/runs/{RUN_ID}"
    for place in ("record", "record/gates/G1", "logs/prompts"):
        shipped.write(f"{folder}/{place}/.tmp-1-abc", "half")
    store.change(RUN_ID, start)
    assert [path.parent.name for path in shipped.root.rglob(".tmp-*")] == ["prompts"], "of a log: nothing reads that"
    write_log(store, RUN_ID, "prompts/a.txt", "tea")
    assert not list(shipped.root.rglob(".tmp-*"))


def test_removing_temporary_files_follows_no_link(store: Store, run: Run, shipped: Repository) -> None:
    kept = shipped.write("elsewhere/.tmp-mine", "mine")
    (shipped.root / "orchestration/runs" / RUN_ID / "logs/prompts").symlink_to(kept.parent)
    store.change(RUN_ID, start)
    assert kept.read_text() == "mine"
