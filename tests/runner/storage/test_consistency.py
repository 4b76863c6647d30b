"""A record that is inconsistent with itself or its attempts' files is damage, reported with its location."""

import json
import re
from collections.abc import Callable
from typing import Any

import pytest

from gate_tests.errors import DamagedRecord
from runner.models.invocation import Invocation, InvocationStatus
from runner.models.run import Run
from runner.repair.plan import find_repair_command
from runner.storage.store import Store
from tests.support.legacy_records import SHAPES, write_original
from tests.support.messages import message, pattern
from tests.support.repository import Ended, Repository
from tests.support.sample_run import AT, RUN_ID, fail, finish, start

Json = dict[str, Any]
Damage = Callable[[Json], object]
FIRST = f"orchestration/runs/{RUN_ID}/record/gates/G1/attempt-1.json"


@pytest.fixture
def two_attempts(store: Store, run: Run, shipped: Repository) -> Repository:
    """A gate with a failed attempt, and one that is open."""
    store.change(RUN_ID, lambda run: start(fail(start(run))))
    return shipped


INVOCATION = Invocation("inv_1_abcd", "G1", "maker", "x", AT, AT, 0, InvocationStatus.SUCCESS).to_json()


def rewrite(shipped: Repository, damage: Damage) -> None:
    record = shipped.record(RUN_ID)
    damage(record)
    shipped.write(shipped.workspace.record_path(RUN_ID), json.dumps(record, indent=2, ensure_ascii=False) + "\n")


def read_error(store: Store) -> str:
    """The message about the damaged run, from the file's name on."""
    with pytest.raises(DamagedRecord) as caught:
        store.read(RUN_ID)
    assert caught.value.exit_code == 4
    assert caught.value.next_command == f"orch run repair --run {RUN_ID}"
    return str(caught.value).removeprefix(f"orchestration/runs/{RUN_ID}/record/")


def attempts(record: Json) -> list[Json]:
    rows: list[Json] = record["gates"][0]["attempts"]
    return rows


RECORD, FILE = "RUN.json", "gates/G1/attempt-1.json"


def fault(json_path: str, name: str, file: str = RECORD, /, **values: object) -> str:
    return rf"{re.escape(file)}:\d+: {re.escape(json_path)}: {pattern(name, **values)}"


DISAGREEMENTS: dict[str, tuple[Damage, str]] = {
    "status of the gate": (
        lambda r: r["gates"][0].update(status="PASS"),
        fault("$.gates[0].status", "gate-status", status="PASS", last="RUNNING"),
    ),
    "status of a gate without attempts": (
        lambda r: r["gates"][1].update(status="PASS"),
        fault("$.gates[1].status", "gate-status", status="PASS", last="NOT_STARTED"),
    ),
    "numbers with a gap": (
        lambda r: attempts(r)[1].update(attempt=3),
        fault("$.gates[0].attempts[1].attempt", "attempt-number", number=3),
    ),
    "an attempt twice": (
        lambda r: attempts(r).insert(0, attempts(r)[0]),
        fault("$.gates[0].attempts[1].attempt", "attempt-number", number=1),
    ),
    "an open attempt before another": (
        lambda r: attempts(r)[0].update(status="RUNNING"),
        fault("$.gates[0].attempts[0].status", "open-before-another"),
    ),
    "an attempt that was not started": (
        lambda r: attempts(r)[1].update(status="NOT_STARTED"),
        fault("$.gates[0].attempts[1].status", "attempt-not-started"),
    ),
    "an open attempt without its baseline": (
        lambda r: attempts(r)[1].update(baseline=None),
        fault("$.gates[0].attempts[1].baseline", "no-baseline"),
    ),
    "an open attempt whose baseline is gone": (
        lambda r: attempts(r)[1].pop("baseline"),
        fault("$.gates[0].attempts[1].baseline", "no-baseline"),
    ),
    "a version that is newer than this program": (
        lambda r: r.update(schema_version=3),
        fault("$.schema_version", "newer-version", version=3, known="1, 2"),
    ),
    "progress that is not that of the gates": (
        lambda r: r["progress"].update(passed=1),
        fault("$.progress", "other-progress", passed=0),
    ),
    "an end before it has ended": (
        lambda r: r.update(status="PASSED"),
        fault("$.status", "not-ended", status="PASSED"),
    ),
    "a start that is no time": (
        lambda r: r.update(started_at="9999-99-99T99:99:99.999Z"),
        fault("$.started_at", "no-timestamp", text="9999-99-99T99:99:99.999Z"),
    ),
    "an end that is no time": (
        lambda r: r.update(finished_at="soon"),
        fault("$.finished_at", "no-timestamp", text="soon"),
    ),
    "an attempt that began at no time": (
        lambda r: attempts(r)[1].update(started_at=""),
        fault("$.gates[0].attempts[1].started_at", "no-timestamp", text=""),
    ),
    "an event at no time": (
        lambda r: r["events"][1].update(timestamp="2026-02-30T00:00:00.000Z"),
        fault("$.events[1].timestamp", "no-timestamp", text="2026-02-30T00:00:00.000Z"),
    ),
    "an invocation that began at no time": (
        lambda r: r["invocations"].append(INVOCATION | {"started_at": "then"}),
        fault("$.invocations[0].started_at", "no-timestamp", text="then"),
    ),
    "an invocation that ended at no time": (
        lambda r: r["invocations"].append(INVOCATION | {"finished_at": "then"}),
        fault("$.invocations[0].finished_at", "no-timestamp", text="then"),
    ),
    "a hash that was recorded at no time": (
        lambda r: r["artifacts_index"].append({"path": "a", "sha256": "0", "gate": "G1", "recorded_at": "then"}),
        fault("$.artifacts_index[0].recorded_at", "no-timestamp", text="then"),
    ),
    "a gate twice": (
        lambda r: r["gates"].append(r["gates"][0]),
        fault("$.gates[2].gate", "gate-twice", gate="G1"),
    ),
    "a gate that is no gate id": (
        lambda r: r["gates"][1].update(gate="../x"),
        fault("$.gates[1].gate", "not-a-gate-id", gate="../x"),
    ),
    "a value that differs from the file": (
        lambda r: attempts(r)[0].update(failure_reason="none"),
        fault("$.failure_reason", "other-than-embedded", FILE, path="$.gates[0].attempts[0].failure_reason"),
    ),
    "a value within that differs": (
        lambda r: attempts(r)[0]["invocation_ids"].append("inv_1_abcd"),
        fault("$.invocation_ids[0]", "other-than-embedded", FILE),
    ),
    "a key that the file lacks": (
        lambda r: attempts(r)[0].update(signed="me"),
        fault("$.signed", "other-than-embedded", FILE),
    ),
}


@pytest.mark.parametrize(("damage", "expected"), DISAGREEMENTS.values(), ids=DISAGREEMENTS.keys())
def test_an_inconsistent_record_is_damage_with_file_and_line(
    store: Store, two_attempts: Repository, damage: Damage, expected: str
) -> None:
    rewrite(two_attempts, damage)
    assert re.match(expected, read_error(store))


def test_the_lines_are_those_of_the_two_values(store: Store, two_attempts: Repository) -> None:
    rewrite(two_attempts, lambda r: attempts(r)[0].update(failure_reason="none"))
    there, here = re.findall(r"json:(\d+)", read_error(store))
    embedded = two_attempts.snapshot()[f"{RUN_ID}/record/RUN.json"].decode().splitlines()
    file = (two_attempts.root / FIRST).read_text("utf-8").splitlines()
    assert embedded[int(here) - 1].strip() == '"failure_reason": "none",'
    assert file[int(there) - 1].strip().startswith('"failure_reason": "two leaves')


def test_a_finished_attempt_whose_file_is_missing_is_damage(store: Store, two_attempts: Repository) -> None:
    (two_attempts.root / FIRST).unlink()
    assert re.match(
        fault("$.gates[0].attempts[0]", "attempt-file-missing", status="FAIL", path=FIRST), read_error(store)
    )


CONFLICT = '{\n  "attempt": 1,\n<<<<<<< HEAD\n  "status": "FAIL"\n=======\n  "status": "PASS"\n>>>>>>> theirs\n}\n'
UNREADABLE = {
    "empty": ("", f": {pattern('empty-file')}"),
    "truncated": ('{\n  "attempt": 1,', rf":\d: {pattern('not-json')}"),
    "no JSON": ("no\n", f":1: {pattern('not-json')}"),
    "a list": ("[]\n", rf":1: \$: {pattern('wrong-type', kind='an object')}"),
    "not UTF-8": ("\udcff", f":1: {pattern('not-utf-8')}"),
    "git conflict markers": (CONFLICT, f":3: {pattern('conflict-markers')}"),
    "a wrong number": ("{number}", rf":2: \$\.attempt: {pattern('attempt-of-other-file', attempt=7, number=1)}"),
    "running": ("{running}", rf":3: \$\.status: {pattern('open-in-file')}"),
}


@pytest.mark.parametrize(("content", "expected"), UNREADABLE.values(), ids=UNREADABLE.keys())
def test_an_invalid_attempts_file_is_damage(
    store: Store, two_attempts: Repository, content: str, expected: str
) -> None:
    file = (two_attempts.root / FIRST).read_text("utf-8")
    variants = {
        "{number}": file.replace('"attempt": 1', '"attempt": 7'),
        "{running}": file.replace('"status": "FAIL"', '"status": "RUNNING"'),
    }
    two_attempts.write(FIRST, variants.get(content, content).encode("utf-8", "surrogateescape"))
    assert re.match(r"gates/G1/attempt-1\.json" + expected, read_error(store))


BROKEN: dict[str, tuple[Callable[[str], str], str]] = {
    "truncated": (lambda text: text[: len(text) // 2], rf"RUN\.json:\d+: {pattern('not-json')}"),
    "git conflict markers": (
        lambda text: text.replace('  "depth"', '<<<<<<< HEAD\n  "depth"', 1),
        rf"RUN\.json:\d+: {pattern('conflict-markers')}",
    ),
}


@pytest.mark.parametrize(("damage", "expected"), BROKEN.values(), ids=BROKEN.keys())
def test_a_record_that_is_no_json_is_damage(
    store: Store, two_attempts: Repository, damage: Callable[[str], str], expected: str
) -> None:
    path = two_attempts.root / two_attempts.workspace.record_path(RUN_ID)
    path.write_text(damage(path.read_text("utf-8")), "utf-8")
    assert re.match(expected, read_error(store))


@pytest.mark.parametrize("content", ["", "{", "[]"], ids=["empty", "truncated", "a list"])
def test_a_record_of_which_too_little_can_be_read_is_restored_from_git(
    store: Store, run: Run, shipped: Repository, content: str
) -> None:
    path = shipped.workspace.record_path(RUN_ID)
    shipped.commit().write(path, content)
    with pytest.raises(DamagedRecord) as caught:
        store.read(RUN_ID)
    assert caught.value.next_command == f"orch run repair --run {RUN_ID}"
    assert find_repair_command(shipped.workspace, RUN_ID) == f"git checkout HEAD -- {path}"


def test_a_missing_record_is_restored_from_git(store: Store, run: Run, shipped: Repository) -> None:
    path = shipped.workspace.record_path(RUN_ID)
    (shipped.commit().root / path).unlink()
    with pytest.raises(DamagedRecord, match=pattern("missing", path=path)) as caught:
        store.read(RUN_ID)
    assert caught.value.next_command == f"orch run repair --run {RUN_ID}"
    assert find_repair_command(shipped.workspace, RUN_ID) == f"git checkout HEAD -- {path}"


def test_a_writer_touches_nothing_of_a_damaged_record(store: Store, two_attempts: Repository) -> None:
    rewrite(two_attempts, lambda r: r["gates"][1].update(status="PASS"))
    before = two_attempts.snapshot()
    with pytest.raises(DamagedRecord):
        store.change(RUN_ID, lambda run: finish(run))
    assert two_attempts.snapshot() == before


def test_a_consistent_record_is_no_damage(store: Store, two_attempts: Repository) -> None:
    assert store.read(RUN_ID).to_json() == two_attempts.record(RUN_ID)


@pytest.mark.parametrize("shape", SHAPES.values(), ids=SHAPES.keys())
def test_records_of_the_original_need_not_be_consistent(store: Store, shipped: Repository, shape: Any) -> None:
    record = shape()
    record["gates"][0]["status"] = "PASS"
    run_id = write_original(shipped, record)
    assert store.read(run_id).to_json() == record


def test_an_unreadable_attempts_file_is_reported_before_it_is_recovered(
    store: Store, run: Run, shipped: Repository
) -> None:
    store.change(RUN_ID, start)
    shipped.write(FIRST, "{")
    assert read_error(store).startswith(f"gates/G1/attempt-1.json:1: {message('not-json', reason='')}")


def test_the_commands_exit_4_and_name_the_repair(two_attempts: Repository, orch: Callable[..., Ended]) -> None:
    rewrite(two_attempts, lambda r: r["gates"][1].update(status="PASS"))
    for command in (("run", "show"), ("run", "complete"), ("gate", "finish", "--gate", "G1")):
        ended = orch(*command, "--run", RUN_ID)
        assert ended.code == 4
        assert ended.err.rstrip().endswith(f"Next: orch run repair --run {RUN_ID}")
        assert len(ended.err.splitlines()) == 2


def test_the_list_marks_an_inconsistent_run_that_it_has_to_read_and_lists_the_rest(
    two_attempts: Repository, orch: Callable[..., Ended]
) -> None:
    sound = two_attempts.start_run()
    rewrite(two_attempts, lambda r: (r["gates"][1].update(status="PASS"), r.pop("progress")))
    ended = orch("run", "list", "--json")
    assert ended.code == 0
    assert {each["run_id"]: each["status"] for each in ended.json} == {sound: "QUEUED", RUN_ID: "DAMAGED"}
