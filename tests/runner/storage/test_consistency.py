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


DISAGREEMENTS: dict[str, tuple[Damage, str]] = {
    "status of the gate": (
        lambda r: r["gates"][0].update(status="PASS"),
        r"RUN\.json:\d+: \$\.gates\[0\]\.status: is PASS, though the gate's last attempt says RUNNING",
    ),
    "status of a gate without attempts": (
        lambda r: r["gates"][1].update(status="PASS"),
        r"RUN\.json:\d+: \$\.gates\[1\]\.status: is PASS, though .* says NOT_STARTED",
    ),
    "numbers with a gap": (
        lambda r: attempts(r)[1].update(attempt=3),
        r"RUN\.json:\d+: \$\.gates\[0\]\.attempts\[1\]\.attempt: is 3; attempts are numbered 1, 2",
    ),
    "an attempt twice": (
        lambda r: attempts(r).insert(0, attempts(r)[0]),
        r"RUN\.json:\d+: \$\.gates\[0\]\.attempts\[1\]\.attempt: is 1; attempts are numbered",
    ),
    "an open attempt before another": (
        lambda r: attempts(r)[0].update(status="RUNNING"),
        r"RUN\.json:\d+: \$\.gates\[0\]\.attempts\[0\]\.status: is RUNNING, though a later attempt follows",
    ),
    "an attempt that was not started": (
        lambda r: attempts(r)[1].update(status="NOT_STARTED"),
        r"RUN\.json:\d+: \$\.gates\[0\]\.attempts\[1\]\.status: is NOT_STARTED",
    ),
    "an open attempt without its baseline": (
        lambda r: attempts(r)[1].update(baseline=None),
        r"RUN\.json:\d+: \$\.gates\[0\]\.attempts\[1\]\.baseline: is missing or null",
    ),
    "an open attempt whose baseline is gone": (
        lambda r: attempts(r)[1].pop("baseline"),
        r"RUN\.json:\d+: \$\.gates\[0\]\.attempts\[1\]\.baseline: is missing or null",
    ),
    "a version that is newer than this program": (
        lambda r: r.update(schema_version=2),
        r"RUN\.json:\d+: \$\.schema_version: is 2; this orch knows 1",
    ),
    "progress that is not that of the gates": (
        lambda r: r["progress"].update(passed=1),
        r"RUN\.json:\d+: \$\.progress: says otherwise than the gates, of which 0 of \d have passed",
    ),
    "an end before it has ended": (
        lambda r: r.update(status="PASSED"),
        r"RUN\.json:\d+: \$\.status: is PASSED, though the run has not ended",
    ),
    "a start that is no time": (
        lambda r: r.update(started_at="9999-99-99T99:99:99.999Z"),
        r"RUN\.json:\d+: \$\.started_at: is '9999-99-99T99:99:99\.999Z', which is no time",
    ),
    "an end that is no time": (
        lambda r: r.update(finished_at="soon"),
        r"RUN\.json:\d+: \$\.finished_at: is 'soon', which is no time",
    ),
    "an attempt that began at no time": (
        lambda r: attempts(r)[1].update(started_at=""),
        r"RUN\.json:\d+: \$\.gates\[0\]\.attempts\[1\]\.started_at: is ''",
    ),
    "an event at no time": (
        lambda r: r["events"][1].update(timestamp="2026-02-30T00:00:00.000Z"),
        r"RUN\.json:\d+: \$\.events\[1\]\.timestamp: is '2026-02-30",
    ),
    "an invocation that began at no time": (
        lambda r: r["invocations"].append(INVOCATION | {"started_at": "then"}),
        r"RUN\.json:\d+: \$\.invocations\[0\]\.started_at: is 'then'",
    ),
    "an invocation that ended at no time": (
        lambda r: r["invocations"].append(INVOCATION | {"finished_at": "then"}),
        r"RUN\.json:\d+: \$\.invocations\[0\]\.finished_at: is 'then'",
    ),
    "a hash that was recorded at no time": (
        lambda r: r["artifacts_index"].append({"path": "a", "sha256": "0", "gate": "G1", "recorded_at": "then"}),
        r"RUN\.json:\d+: \$\.artifacts_index\[0\]\.recorded_at: is 'then'",
    ),
    "a gate twice": (
        lambda r: r["gates"].append(r["gates"][0]),
        r"RUN\.json:\d+: \$\.gates\[2\]\.gate: gate 'G1' stands twice",
    ),
    "a gate that is no gate id": (
        lambda r: r["gates"][1].update(gate="../x"),
        r"RUN\.json:\d+: \$\.gates\[1\]\.gate: '\.\./x' is no gate id",
    ),
    "a value that differs from the file": (
        lambda r: attempts(r)[0].update(failure_reason="none"),
        r"gates/G1/attempt-1\.json:\d+: \$\.failure_reason: differs from .*RUN\.json:\d+: "
        r"\$\.gates\[0\]\.attempts\[0\]\.failure_reason",
    ),
    "a value within that differs": (
        lambda r: attempts(r)[0]["invocation_ids"].append("inv_1_abcd"),
        r"gates/G1/attempt-1\.json:\d+: \$\.invocation_ids\[0\]: differs from",
    ),
    "a key that the file lacks": (
        lambda r: attempts(r)[0].update(signed="me"),
        r"gates/G1/attempt-1\.json:\d+: \$\.signed: differs from",
    ),
}


@pytest.mark.parametrize(("damage", "pattern"), DISAGREEMENTS.values(), ids=DISAGREEMENTS.keys())
def test_an_inconsistent_record_is_damage_with_file_and_line(
    store: Store, two_attempts: Repository, damage: Damage, pattern: str
) -> None:
    rewrite(two_attempts, damage)
    assert re.match(pattern, read_error(store))


def test_the_lines_are_those_of_the_two_values(store: Store, two_attempts: Repository) -> None:
    rewrite(two_attempts, lambda r: attempts(r)[0].update(failure_reason="none"))
    there, here = re.findall(r"json:(\d+)", read_error(store))
    embedded = two_attempts.snapshot()[f"{RUN_ID}/record/RUN.json"].decode().splitlines()
    file = (two_attempts.root / FIRST).read_text("utf-8").splitlines()
    assert embedded[int(here) - 1].strip() == '"failure_reason": "none",'
    assert file[int(there) - 1].strip().startswith('"failure_reason": "two leaves')


def test_a_finished_attempt_whose_file_is_missing_is_damage(store: Store, two_attempts: Repository) -> None:
    (two_attempts.root / FIRST).unlink()
    pattern = rf"RUN\.json:\d+: \$\.gates\[0\]\.attempts\[0\]: is finished \(FAIL\), but its file {FIRST} is missing"
    assert re.match(pattern, read_error(store))


CONFLICT = '{\n  "attempt": 1,\n<<<<<<< HEAD\n  "status": "FAIL"\n=======\n  "status": "PASS"\n>>>>>>> theirs\n}\n'
UNREADABLE = {
    "empty": ("", r": is empty"),
    "truncated": ('{\n  "attempt": 1,', r":\d: is not JSON"),
    "no JSON": ("no\n", r":1: is not JSON"),
    "a list": ("[]\n", r":1: \$: must be an object"),
    "not UTF-8": ("\udcff", r":1: is not UTF-8"),
    "git conflict markers": (CONFLICT, r":3: holds git conflict markers"),
    "a wrong number": ("{number}", r":2: \$\.attempt: is 7, in the file of attempt 1"),
    "running": ("{running}", r":3: \$\.status: is RUNNING, in the file of a finished attempt"),
}


@pytest.mark.parametrize(("content", "pattern"), UNREADABLE.values(), ids=UNREADABLE.keys())
def test_an_invalid_attempts_file_is_damage(store: Store, two_attempts: Repository, content: str, pattern: str) -> None:
    file = (two_attempts.root / FIRST).read_text("utf-8")
    variants = {
        "{number}": file.replace('"attempt": 1', '"attempt": 7'),
        "{running}": file.replace('"status": "FAIL"', '"status": "RUNNING"'),
    }
    two_attempts.write(FIRST, variants.get(content, content).encode("utf-8", "surrogateescape"))
    assert re.match(r"gates/G1/attempt-1\.json" + pattern, read_error(store))


BROKEN: dict[str, tuple[Callable[[str], str], str]] = {
    "truncated": (lambda text: text[: len(text) // 2], r"RUN\.json:\d+: is not JSON"),
    "git conflict markers": (
        lambda text: text.replace('  "depth"', '<<<<<<< HEAD\n  "depth"', 1),
        r"RUN\.json:\d+: holds git conflict markers",
    ),
}


@pytest.mark.parametrize(("damage", "pattern"), BROKEN.values(), ids=BROKEN.keys())
def test_a_record_that_is_no_json_is_damage(
    store: Store, two_attempts: Repository, damage: Callable[[str], str], pattern: str
) -> None:
    path = two_attempts.root / two_attempts.workspace.record_path(RUN_ID)
    path.write_text(damage(path.read_text("utf-8")), "utf-8")
    assert re.match(pattern, read_error(store))


@pytest.mark.parametrize("content", ["", "{", "[]"], ids=["empty", "truncated", "a list"])
def test_a_record_of_which_too_little_can_be_read_is_restored_from_git(
    store: Store, run: Run, shipped: Repository, content: str
) -> None:
    path = shipped.workspace.record_path(RUN_ID)
    shipped.write(path, content)
    with pytest.raises(DamagedRecord) as caught:
        store.read(RUN_ID)
    assert caught.value.next_command == f"orch run repair --run {RUN_ID}"
    assert find_repair_command(shipped.workspace, RUN_ID) == f"git checkout HEAD -- {path}"


def test_a_missing_record_is_restored_from_git(store: Store, run: Run, shipped: Repository) -> None:
    path = shipped.workspace.record_path(RUN_ID)
    (shipped.root / path).unlink()
    with pytest.raises(DamagedRecord, match=r"RUN\.json: is missing") as caught:
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
    assert read_error(store).startswith("gates/G1/attempt-1.json:1: is not JSON")


def test_the_commands_exit_4_and_name_the_repair(two_attempts: Repository, orch: Callable[..., Ended]) -> None:
    rewrite(two_attempts, lambda r: r["gates"][1].update(status="PASS"))
    for command in (("run", "show"), ("run", "complete"), ("gate", "finish", "--gate", "G1")):
        ended = orch(*command, "--run", RUN_ID)
        assert ended.code == 4
        assert ended.err.rstrip().endswith(f"Next: orch run repair --run {RUN_ID}")
        assert len(ended.err.splitlines()) == 1


def test_the_list_marks_an_inconsistent_run_that_it_has_to_read_and_lists_the_rest(
    two_attempts: Repository, orch: Callable[..., Ended]
) -> None:
    sound = two_attempts.start_run()
    rewrite(two_attempts, lambda r: (r["gates"][1].update(status="PASS"), r.pop("progress")))
    ended = orch("run", "list", "--json")
    assert ended.code == 0
    assert {each["run_id"]: each["status"] for each in ended.json} == {sound: "QUEUED", RUN_ID: "DAMAGED"}
