"""A damaged record is rebuilt from its attempts' files and its readable parts."""

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from gate_tests.errors import DamagedRecord, NewerRecord, OrchError, Refused
from runner.models.json_encoding import encode
from runner.models.run import Run
from runner.models.status import RunStatus
from runner.models.transitions import complete_run
from runner.operations.attempts import start_gate
from runner.operations.invocations import record_invocation
from runner.repair.plan import RepairPlan, find_repair_command, plan_repair
from runner.storage.store import Store
from tests.support.legacy_records import passed_with_invocation, write_original
from tests.support.messages import message, pattern, says
from tests.support.repository import Ended, Repository
from tests.support.sample_run import AT, LATER, RUN_ID, fail, finish, start

Json = dict[str, Any]
FOLDER = f"orchestration/runs/{RUN_ID}/record"


@pytest.fixture
def whole(store: Store, run: Run, shipped: Repository) -> bytes:
    """The RUN.json of a run with a failure, an invocation, a pass and an open attempt."""
    shipped.write_workflow("G1", "G2")
    store.change(RUN_ID, lambda run: start(fail(start(run))))
    record_invocation(store, RUN_ID, "G1", "grüner maker", LATER, duration_ms=5)
    store.change(RUN_ID, lambda run: finish(start(run, "G2"), "G2"))
    return record(shipped).read_bytes()


def record(shipped: Repository) -> Path:
    return shipped.root / FOLDER / "RUN.json"


def plan(store: Store) -> RepairPlan:
    planned = plan_repair(store, RUN_ID)
    assert planned
    return planned


def repaired(store: Store) -> Json:
    """The record after its repair, read again as any command reads it."""
    planned = plan(store)
    planned.write(store)
    assert store.read(RUN_ID) == planned.run
    return planned.run.to_json()


def cut_at(content: bytes, member: str) -> bytes:
    """The content up to the middle of a top-level member."""
    return content[: content.index(f'\n  "{member}":'.encode()) + 8]


def test_an_intact_record_needs_no_repair(store: Store, whole: bytes, shipped: Repository) -> None:
    before = shipped.snapshot()
    assert plan_repair(store, RUN_ID) is None
    assert shipped.snapshot() == before


def test_a_record_that_lost_its_last_bytes_is_the_same_again(store: Store, whole: bytes, shipped: Repository) -> None:
    record(shipped).write_bytes(whole[:-2])
    repaired(store)
    assert record(shipped).read_bytes() == whole


def test_an_open_attempt_whose_file_is_reserved_stays_open(store: Store, whole: bytes, shipped: Repository) -> None:
    record(shipped).write_bytes(whole[:-2])
    shipped.write(shipped.workspace.attempt_path(RUN_ID, "G1", 2), "")
    repaired(store)
    assert record(shipped).read_bytes() == whole


@pytest.mark.parametrize("member", ["events", "validations", "artifacts_index"])
def test_what_follows_from_the_attempts_and_invocations_is_not_lost(
    store: Store, whole: bytes, shipped: Repository, member: str
) -> None:
    record(shipped).write_bytes(cut_at(whole, member))
    rebuilt, wanted = repaired(store), json.loads(whole)
    by_type: Callable[[Json], tuple[str, str]] = lambda event: (event["timestamp"], json.dumps(event))  # noqa: E731
    assert sorted(rebuilt.pop("events"), key=by_type) == sorted(wanted.pop("events"), key=by_type)
    assert rebuilt == wanted


def test_rebuilt_events_are_sorted_by_time(store: Store, whole: bytes, shipped: Repository) -> None:
    record(shipped).write_bytes(cut_at(whole, "events"))
    times = [event["timestamp"] for event in repaired(store)["events"]]
    assert times == sorted(times)


def test_gates_that_are_lost_come_from_the_workflow_and_the_attempts_from_their_files(
    store: Store, whole: bytes, shipped: Repository
) -> None:
    record(shipped).write_bytes(cut_at(whole, "gates"))
    gates = repaired(store)["gates"]
    assert [(gate["gate"], gate["name"], gate["status"]) for gate in gates] == [
        ("G1", "Step G1", "FAIL"),  # that its second attempt was open stood nowhere else
        ("G2", "Step G2", "PASS"),
    ]
    assert gates[0]["attempts"] == json.loads(whole)["gates"][0]["attempts"][:1]


def test_of_gates_that_are_cut_off_the_whole_ones_are_kept_with_their_open_attempts(
    store: Store, whole: bytes, shipped: Repository
) -> None:
    record(shipped).write_bytes(whole[: whole.index(b'"gate": "G2"') + 8])
    rebuilt, wanted = repaired(store)["gates"], json.loads(whole)["gates"]
    assert rebuilt[0] == wanted[0]
    assert rebuilt[0]["status"] == "RUNNING"
    assert (rebuilt[1]["gate"], rebuilt[1]["attempts"]) == ("G2", wanted[1]["attempts"])


def test_of_invocations_that_are_cut_off_the_whole_ones_are_kept(
    store: Store, whole: bytes, shipped: Repository
) -> None:
    record_invocation(store, RUN_ID, "G2", "second", LATER)
    longer = record(shipped).read_bytes()
    record(shipped).write_bytes(longer[: longer.index(b'"agent": "second"') + 8])
    rebuilt = repaired(store)
    assert rebuilt["invocations"] == json.loads(whole)["invocations"]
    assert rebuilt["gates"] == json.loads(longer)["gates"]


@pytest.mark.slow
def test_a_truncated_record_can_be_read_after_its_repair_wherever_it_was_cut(
    store: Store, whole: bytes, shipped: Repository
) -> None:
    enough = whole.index(b'"prompt"')
    for end in range(enough, len(whole) - 2, 113):
        record(shipped).write_bytes(whole[:end])
        rebuilt = repaired(store)
        assert [gate["gate"] for gate in rebuilt["gates"]] == ["G1", "G2"]
        assert rebuilt["gates"][1] | {"name": ""} == json.loads(whole)["gates"][1] | {"name": ""}


@pytest.mark.parametrize(
    ("content", "lost"),
    [
        (b"", "workflow and depth"),
        (b"no JSON at all", "workflow and depth"),
        (b'{"schema_version": 1, "run_id": "run_2026', "workflow and depth"),
        (b'{"workflow": {"name": "tests", "version": "1", "slug": "tea", "artifact_path": "out"}, "dep', "depth"),
        (b'{"depth": "deep", "workflow": {"name": "tests", "version": "1", "artifact_path": "out"}}', "workflow"),
    ],
    ids=["empty", "text", "cut early", "without depth", "without slug"],
)
def test_nothing_is_written_if_a_run_cannot_be_rebuilt_without_what_is_lost(
    store: Store, whole: bytes, shipped: Repository, content: bytes, lost: str
) -> None:
    record(shipped).write_bytes(content)
    before = shipped.snapshot()
    with pytest.raises(DamagedRecord, match=pattern("lost-head", path=f"{FOLDER}/RUN.json", lost=lost)) as caught:
        plan_repair(store, RUN_ID)
    assert caught.value.lost_file == (shipped.root, f"{FOLDER}/RUN.json")
    assert shipped.snapshot() == before


@pytest.mark.parametrize("is_in_conflict", [False, True], ids=["whole", "a side of a conflict"])
def test_a_record_of_a_newer_version_is_not_repaired(
    store: Store, whole: bytes, shipped: Repository, is_in_conflict: bool
) -> None:
    newer = whole.replace(b'"schema_version": 2', b'"schema_version": 3', 1)
    if is_in_conflict:
        newer = b"<<<<<<< ours\n" + whole + b"=======\n" + newer + b">>>>>>> theirs\n"
    record(shipped).write_bytes(newer)
    before = shipped.snapshot()
    with pytest.raises(NewerRecord, match=pattern("newer-version", version=3, known="1, 2")):
        plan_repair(store, RUN_ID)
    assert find_repair_command(shipped.workspace, RUN_ID) is None
    assert shipped.snapshot() == before


def test_a_repair_is_refused_if_neither_record_nor_workflow_has_the_gates(
    store: Store, whole: bytes, shipped: Repository
) -> None:
    shipped.workspace.root.joinpath("orchestration/workflows/tests.json").unlink()
    record(shipped).write_bytes(cut_at(whole, "gates"))
    unknown = pattern("lost-gates") + pattern("unknown-workflow", workflow="tests")
    with pytest.raises(DamagedRecord, match=unknown) as caught:
        plan_repair(store, RUN_ID)
    assert caught.value.lost_file == (shipped.root, f"{FOLDER}/RUN.json")


DAMAGE: dict[str, Callable[[Json], object]] = {
    "the gate's status": lambda r: r["gates"][1].update(status="FAIL"),
    "the run's status": lambda r: r.update(status="FINE"),
    "an embedded attempt that differs": lambda r: r["gates"][0]["attempts"][0].update(failure_reason="none"),
    "an embedded attempt that is gone": lambda r: r["gates"][0]["attempts"].pop(0),
    "an embedded attempt twice": lambda r: r["gates"][1]["attempts"].append(r["gates"][1]["attempts"][0]),
    "rows that are none": lambda r: (r["events"].append(5), r["invocations"].append({"gate": 1})),
    "events that the attempts belie": lambda r: (
        r["gates"][1].update(status="FAIL"),
        r["events"].append({"timestamp": LATER, "type": "GATE_PASSED", "gate": "G1", "attempt": 1}),
        r["events"].append({"timestamp": LATER, "type": "GATE_STARTED", "gate": "G1", "attempt": 9}),
    ),
    "an event and an invocation told twice": lambda r: (
        r["gates"][1].update(status="FAIL"),
        r["events"].append(r["events"][1] | {"message": "again"}),
        r["invocations"].append(r["invocations"][0] | {"agent": "again"}),
    ),
    "a list that is none": lambda r: r.update(validations=5),
    "an index that is none": lambda r: r.update(artifacts_index="gone", events="gone"),
    "a start that is none": lambda r: r.update(started_at=5),
    "a start at no time": lambda r: r.update(started_at="9999-99-99T99:99:99.999Z"),
    "an event at no time": lambda r: r["events"][1].update(timestamp="9999-99-99T99:99:99.999Z"),
}


@pytest.mark.parametrize("damage", DAMAGE.values(), ids=DAMAGE.keys())
def test_a_record_with_wrong_values_is_restored(
    store: Store, whole: bytes, shipped: Repository, damage: Callable[[Json], object]
) -> None:
    broken = json.loads(whole)
    damage(broken)
    record(shipped).write_text(json.dumps(broken, indent=2, ensure_ascii=False) + "\n", "utf-8")
    rebuilt, wanted = repaired(store), json.loads(whole)
    assert sorted(map(json.dumps, rebuilt.pop("events"))) == sorted(map(json.dumps, wanted.pop("events")))
    assert rebuilt == wanted


def conflicted(before: bytes, ours: bytes, theirs: bytes, shipped: Repository) -> bytes:
    """The conflict that git makes of two versions with a common ancestor."""
    folder = shipped.root / "merge"
    for name, content in {"base": before, "ours": ours, "theirs": theirs}.items():
        shipped.write(f"merge/{name}", content)
    merged = shipped.run("git", "merge-file", "-p", *(str(folder / name) for name in ("ours", "base", "theirs")))
    assert "<<<<<<<" in merged.out
    return merged.out.encode()


def test_both_sides_of_a_git_conflict_are_merged(store: Store, run: Run, shipped: Repository) -> None:
    base = record(shipped).read_bytes()
    store.change(RUN_ID, lambda run: fail(start(run)))
    record_invocation(store, RUN_ID, "G1", "ours", LATER)
    ours = record(shipped).read_bytes()
    record(shipped).write_bytes(base)
    (shipped.root / FOLDER / "gates/G1/attempt-1.json").rename(shipped.root / "kept")
    store.change(RUN_ID, lambda run: start(finish(start(run, "G2"), "G2"), "G2"))
    record_invocation(store, RUN_ID, "G2", "theirs", LATER)
    theirs = record(shipped).read_bytes()
    (shipped.root / "kept").rename(shipped.root / FOLDER / "gates/G1/attempt-1.json")
    record(shipped).write_bytes(conflicted(base, ours, theirs, shipped))

    with pytest.raises(DamagedRecord, match=rf"RUN\.json:\d+: {pattern('conflict-markers')}"):
        store.read(RUN_ID)
    rebuilt = repaired(store)
    assert {row["agent"] for row in rebuilt["invocations"]} == {"ours", "theirs"}
    statuses = [[attempt["status"] for attempt in gate["attempts"]] for gate in rebuilt["gates"]]
    assert statuses == [["FAIL"], ["PASS", "RUNNING"]]
    types = [event["type"] for event in rebuilt["events"]]
    assert types.count("RUN_STARTED") == 1
    assert types.count("GATE_STARTED") == 3
    assert types.count("GATE_FAILED") == types.count("GATE_PASSED") == 1
    assert rebuilt["events"] == sorted(rebuilt["events"], key=lambda event: event["timestamp"])


def test_a_lost_attempts_file_is_rewritten_from_the_record(store: Store, whole: bytes, shipped: Repository) -> None:
    file = shipped.root / FOLDER / "gates/G1/attempt-1.json"
    content = file.read_bytes()
    file.unlink()
    planned = plan(store)
    assert list(planned.attempts) == [f"{FOLDER}/gates/G1/attempt-1.json"]
    assert any(line.startswith('+  "failure_reason"') for line in planned.diff())
    planned.write(store)
    assert file.read_bytes() == content
    assert record(shipped).read_bytes() == whole


def test_an_unreadable_attempts_file_is_kept_beside_the_new_one(
    store: Store, whole: bytes, shipped: Repository
) -> None:
    file = shipped.root / FOLDER / "gates/G1/attempt-1.json"
    content = file.read_bytes()
    file.write_bytes(content[:50])
    kept = plan(store).write(store)
    assert kept == (f"{FOLDER}/RUN.json.damaged-1", f"{FOLDER}/gates/G1/attempt-1.json.damaged-1")
    assert file.read_bytes() == content
    assert (shipped.root / kept[1]).read_bytes() == content[:50]


def test_a_repair_is_refused_if_a_finished_attempt_cannot_be_read_anywhere(
    store: Store, whole: bytes, shipped: Repository
) -> None:
    shipped.write(f"{FOLDER}/gates/G1/attempt-1.json", "{")
    record(shipped).write_bytes(cut_at(whole, "gates"))
    before = shipped.snapshot()
    lost = pattern("lost-attempt", path=f"{FOLDER}/gates/G1/attempt-1.json")
    with pytest.raises(DamagedRecord, match=lost) as caught:
        plan_repair(store, RUN_ID)
    assert caught.value.lost_file == (shipped.root, f"{FOLDER}/gates/G1/attempt-1.json")
    assert shipped.snapshot() == before


def test_the_old_record_is_kept_under_a_name_of_its_own_each_time(
    store: Store, whole: bytes, shipped: Repository
) -> None:
    for number, size in enumerate((-2, -3), start=1):
        record(shipped).write_bytes(whole[:size])
        assert plan(store).write(store) == (f"{FOLDER}/RUN.json.damaged-{number}",)
    for number, size in enumerate((-2, -3), start=1):
        assert (shipped.root / f"{FOLDER}/RUN.json.damaged-{number}").read_bytes() == whole[:size]


def test_a_record_that_changes_after_it_was_shown_is_not_written_over(
    store: Store, whole: bytes, shipped: Repository
) -> None:
    record(shipped).write_bytes(whole[:-2])
    planned = plan(store)
    record(shipped).write_bytes(whole)
    with pytest.raises(Refused, match=pattern("changed-meanwhile", run=RUN_ID)):
        planned.write(store)
    assert record(shipped).read_bytes() == whole


def test_a_completed_run_stays_completed_with_its_status(store: Store, run: Run, shipped: Repository) -> None:
    store.change(RUN_ID, lambda run: complete_run(fail(run), RunStatus.CANCELED, (), LATER))
    whole = record(shipped).read_bytes()
    for content in (
        cut_at(whole, "events"),
        whole.replace(b'"status": "CANCELED",\n  "started', b'"x": 1,\n  "started'),
    ):
        record(shipped).write_bytes(content)
        rebuilt = repaired(store)
        assert (rebuilt["status"], rebuilt["finished_at"]) == ("CANCELED", LATER)
        assert [event["type"] for event in rebuilt["events"]] == ["RUN_STARTED", "GATE_FAILED", "RUN_COMPLETED"]


def test_the_status_of_a_run_that_goes_on_comes_from_its_events(store: Store, run: Run, shipped: Repository) -> None:
    for change, status in ((start, "RUNNING"), (fail, "FAILED"), (start, "RUNNING")):
        store.change(RUN_ID, change)
        record(shipped).write_bytes(cut_at(record(shipped).read_bytes(), "events"))
        assert repaired(store)["status"] == status


def test_numbers_that_may_have_been_cut_are_not_believed(store: Store, whole: bytes, shipped: Repository) -> None:
    head = whole[: whole.index(b'"schema_version"')] + whole[whole.index(b'"run_id"') :]
    record(shipped).write_bytes(head[: head.index(b'"events"')] + b'"x-count": 12')
    assert "x-count" not in repaired(store)


def test_unknown_members_that_can_be_read_are_kept(store: Store, whole: bytes, shipped: Repository) -> None:
    noted = whole.replace(b'"status": "RUNNING"', b'"x-note": ["mine"], "status": "RUNNING"', 1)
    record(shipped).write_bytes(noted[:-2])
    assert repaired(store)["x-note"] == ["mine"]


@pytest.mark.parametrize(
    "poison", [b'"x": NaN,', b'"x": "\\ud800",', b'"x": ' + b"[" * 100_000], ids=["NaN", "half", "deep"]
)
def test_what_could_not_be_written_again_is_left_out_and_the_rest_is_read(
    store: Store, whole: bytes, shipped: Repository, poison: bytes
) -> None:
    record(shipped).write_bytes(whole.replace(b'  "invocations"', b"  " + poison + b'\n  "invocations"', 1))
    rebuilt = repaired(store)
    assert rebuilt == json.loads(whole) | ({"x": []} if b"[" in poison else {})


@pytest.fixture
def full(store: Store, whole: bytes, shipped: Repository) -> bytes:
    """A RUN.json with a third gate, and an invocation at each."""
    other = json.loads(whole)
    other["gates"].append({"gate": "G3", "name": "Three", "status": "NOT_STARTED", "attempts": []})
    other["progress"]["total"] = 3
    shipped.write(f"{FOLDER}/RUN.json", encode(other))
    record_invocation(store, RUN_ID, "G3", "third", LATER)
    store.change(RUN_ID, lambda run: start(run, "G3"))
    return record(shipped).read_bytes()


def without(old: bytes, new: bytes) -> Callable[[bytes], bytes]:
    def damage(content: bytes) -> bytes:
        assert content.count(old) == 1
        return content.replace(old, new)

    return damage


SECOND = b'\n    {\n      "gate": "G2"'
SPOILT: dict[str, tuple[Callable[[bytes], bytes], tuple[str, ...]]] = {
    "a comma is missing in a gate": (without(b'"G2",\n      "name"', b'"G2"\n      "name"'), ()),
    "a comma is missing between gates": (without(b'},' + SECOND, b"}" + SECOND), ()),
    "a list seems to end early": (without(b'},' + SECOND, b"}]," + SECOND), ()),
    "a bracket is missing": (without(b'\n  ],\n  "invocations"', b'\n  \n  "invocations"'), ()),
    "a brace too many": (without(b'\n  "invocations"', b'\n},\n  "invocations"'), ()),
    "a newline in the name of an agent": (
        without('grüner maker",\n      "model"'.encode(), 'grüner\nmaker",\n      "model"'.encode()),
        ("invocation inv_… of gate G1, attempt 2",),
    ),
    "a comma is missing in an open attempt": (
        without(b'"agent": "maker",\n          "prompt_sha256": null,\n          "invocation_ids": [\n',
                b'"agent": "maker"\n          "prompt_sha256": null,\n          "invocation_ids": [\n'),
        ("the open attempt of gate G1",),
    ),
    "a comma is missing in an event": (
        without(b'"timestamp": "2026-11-22T09:30:00.000Z",\n      "type": "RUN_STARTED",',
                b'"timestamp": "2026-11-22T09:30:00.000Z"\n      "type": "RUN_STARTED",'),
        (),
    ),
    "the version is missing": (without(b'"schema_version": 2', b'"schema_version": '), ()),
    "a value is missing": (without(b'"prompt": null', b'"prompt": '), ("the value of prompt",)),
}  # fmt: skip


@pytest.mark.parametrize(("damage", "lost"), SPOILT.values(), ids=SPOILT.keys())
def test_what_follows_a_damaged_value_is_kept_and_what_is_lost_is_reported(
    store: Store, full: bytes, shipped: Repository, damage: Callable[[bytes], bytes], lost: tuple[str, ...]
) -> None:
    record(shipped).write_bytes(damage(full))
    planned = plan(store)
    assert tuple(re.sub(r"inv_\w+", "inv_…", words) for words in planned.lost) == lost
    rebuilt, wanted = repaired(store), json.loads(full)
    assert rebuilt.keys() == wanted.keys()
    assert sorted(map(json.dumps, rebuilt["events"])) == sorted(map(json.dumps, wanted["events"])) or lost
    assert {gate["gate"]: gate["name"] for gate in rebuilt["gates"]} == {"G1": "One", "G2": "Two", "G3": "Three"}
    if not any("open" in words for words in lost):
        assert rebuilt["gates"] == wanted["gates"]
    if not any("invocation" in words for words in lost):
        assert rebuilt["invocations"] == wanted["invocations"]
    else:
        assert rebuilt["invocations"] == wanted["invocations"][1:]


UNNAMED: dict[str, Callable[[bytes], bytes]] = {
    "a name that is none": without(b'"name": "Two"', b'"name": 2'),
    "a gate that cannot be read": without(b'"gate": "G2",\n      "name"', b'"gate": G2,\n      "name"'),
    "a cut between two": lambda content: content[: content.index(SECOND)],
}


@pytest.mark.parametrize("damage", UNNAMED.values(), ids=UNNAMED.keys())
def test_a_gate_of_which_the_row_is_lost_has_its_name_from_the_workflow(
    store: Store, whole: bytes, shipped: Repository, damage: Callable[[bytes], bytes]
) -> None:
    record(shipped).write_bytes(damage(whole))
    gates = repaired(store)["gates"]
    assert [(gate["gate"], gate["name"], gate["status"]) for gate in gates] == [
        ("G1", "One", "RUNNING"),
        ("G2", "Step G2", "PASS"),
    ]


def test_a_gate_that_neither_the_workflow_nor_a_file_has_is_reported_as_lost(
    store: Store, full: bytes, shipped: Repository
) -> None:
    record(shipped).write_bytes(without(b'"gate": "G3",\n      "name"', b'"gate": G3,\n      "name"')(full))
    assert plan(store).lost == (message("rows-lost", rows="1 row", member="gates"),)


def test_an_open_attempt_of_which_only_an_event_is_left_is_reported_as_lost(
    store: Store, whole: bytes, shipped: Repository
) -> None:
    record(shipped).write_bytes(without(b'"gate": "G1",\n      "name"', b'"gate": G1,\n      "name"')(whole))
    assert plan(store).lost == (message("open-attempt-lost", gate="G1"),)


def test_lost_events_that_do_not_follow_from_anything_else_are_counted(
    store: Store, whole: bytes, shipped: Repository
) -> None:
    noted = json.loads(whole)
    forced = {"timestamp": LATER, "type": "FORCED", "gate": "G1", "reason": "why not", "message": "forced"}
    noted["events"] += [forced | {"reason": "one"}, forced | {"reason": "two"}]
    damaged = without(b'"one",', b'"one"')(without(b'"two"', b"two")(encode(noted)))
    record(shipped).write_bytes(damaged)
    assert plan(store).lost == (message("rows-lost", rows="2 rows", member="events"),)


def test_an_invocation_that_no_attempt_names_is_counted(store: Store, full: bytes, shipped: Repository) -> None:
    record(shipped).write_bytes(full.replace(b'"agent": "third",\n      "model"', b'"agent": "third"\n      "model"'))
    assert plan(store).lost == (message("rows-lost", rows="1 row", member="invocations"),)


def test_an_open_attempt_without_its_baseline_is_not_kept(store: Store, whole: bytes, shipped: Repository) -> None:
    broken = json.loads(whole)
    broken["gates"][0]["attempts"][1]["baseline"] = None
    record(shipped).write_bytes(encode(broken))
    assert plan(store).lost == (message("open-attempt-lost", gate="G1"),)
    assert [attempt["status"] for attempt in repaired(store)["gates"][0]["attempts"]] == ["FAIL"]


def test_no_loss_is_reported_if_nothing_is_lost(store: Store, whole: bytes, shipped: Repository) -> None:
    record(shipped).write_bytes(whole[:-2])
    assert plan(store).lost == ()


def test_the_end_of_a_run_that_is_no_time_is_the_newest_that_is_one(
    store: Store, run: Run, shipped: Repository
) -> None:
    store.change(RUN_ID, lambda run: complete_run(fail(run), RunStatus.CANCELED, (), LATER))
    whole = record(shipped).read_bytes()
    ended = f'"finished_at": "{LATER}",\n  "progress"'.encode()
    record(shipped).write_bytes(without(ended, ended.replace(b"2026", b"9999-99"))(whole))
    repaired(store)
    assert record(shipped).read_bytes() == whole


@pytest.mark.parametrize("blocking", [True, False])
def test_a_failure_blocks_as_its_attempt_recorded_whatever_the_contract_says_now(
    store: Store, run: Run, shipped: Repository, blocking: bool
) -> None:
    shipped.write_workflow("G1", "G2")
    shipped.write_contract("G1", blocking=blocking, required_outputs={"all_of": [{"path": "a.md"}]})
    start_gate(store, RUN_ID, "G1", "maker", AT)
    store.change(RUN_ID, fail)
    shipped.write_contract("G1", blocking=not blocking, required_outputs={"all_of": [{"path": "b.md"}]})
    record(shipped).write_bytes(record(shipped).read_bytes()[:-2])
    assert repaired(store)["status"] == (RunStatus.FAILED if blocking else RunStatus.RUNNING)


def test_an_attempt_that_both_branches_finished_is_for_a_person_to_choose(
    repository: Repository, orch: Callable[..., Ended]
) -> None:
    repository.install()
    git(repository, "init", "-q", "-b", "main")
    run_id = repository.start_run()
    commit(repository)
    git(repository, "checkout", "-q", "-b", "theirs")
    for gate, reason in (("G2", "their reason"), ("G3", "theirs alone")):
        assert repository.orch("gate", "fail", "--run", run_id, "--gate", gate, "--reason", reason).code == 0
    commit(repository)
    git(repository, "checkout", "-q", "main")
    assert repository.orch("gate", "fail", "--run", run_id, "--gate", "G2", "--reason", "our reason").code == 0
    commit(repository)
    assert repository.run("git", *AS_SOMEBODY, "merge", "-q", "theirs").code == 1
    path = repository.workspace.attempt_path(run_id, "G2", 1)
    assert "<<<<<<<" in (repository.root / path).read_text("utf-8")

    before = repository.snapshot()
    refused = repository.orch("run", "repair", "--run", run_id, "--yes")
    assert refused.code == 4
    assert says(refused.err, "two-attempts", path=path)
    assert refused.err.rstrip().endswith(f"Next: git checkout --ours -- {path}")
    assert repository.snapshot() == before

    assert repository.run("git", "checkout", "--ours", "--", path).code == 0
    assert repository.orch("run", "repair", "--run", run_id, "--yes").code == 0
    gates = orch("run", "show", "--run", run_id, "--json").json["gates"]
    assert [[attempt["failure_reason"] for attempt in gate["attempts"]] for gate in gates] == [
        [], ["our reason"], ["theirs alone"],
    ]  # fmt: skip


AS_SOMEBODY = ("-c", "user.name=x", "-c", "user.email=x@example.org")


def git(repository: Repository, *arguments: str) -> None:
    ended = repository.run("git", *AS_SOMEBODY, *arguments)
    assert ended.code == 0, ended.err


def commit(repository: Repository) -> None:
    git(repository, "add", "-A")
    git(repository, "commit", "-q", "-m", "work")


def test_a_record_of_the_original_stays_one(store: Store, shipped: Repository) -> None:
    original = passed_with_invocation()
    run_id = write_original(shipped, original)
    for gate in original["gates"]:
        for attempt in gate["attempts"]:
            file = shipped.workspace.attempt_path(run_id, gate["gate"], attempt["attempt"])
            shipped.write(file, json.dumps(attempt, indent=2))
    path = shipped.root / shipped.workspace.record_path(run_id)
    path.write_bytes(path.read_bytes()[:-2])
    planned = plan_repair(store, run_id)
    assert planned
    planned.write(store)
    rebuilt = store.read(run_id).to_json()
    assert not {"schema_version", "progress"} & set(rebuilt)
    assert rebuilt["gates"] == original["gates"]
    assert rebuilt["invocations"] == original["invocations"]


def test_an_unknown_run_is_refused(store: Store) -> None:
    with pytest.raises(Refused, match=pattern("unknown-run", run=RUN_ID)):
        plan_repair(store, RUN_ID)


def test_nothing_is_repaired_through_a_planted_link(
    store: Store, whole: bytes, shipped: Repository, tmp_path: Path
) -> None:
    (shipped.root / FOLDER).rename(tmp_path / "outside")
    (shipped.root / FOLDER).symlink_to(tmp_path / "outside")
    (tmp_path / "outside/RUN.json").write_bytes(whole[:-2])
    with pytest.raises(OrchError, match=pattern("is-symlink")):
        plan_repair(store, RUN_ID)
    assert (tmp_path / "outside/RUN.json").read_bytes() == whole[:-2]


def test_the_difference_is_shown_like_that_of_diff(store: Store, whole: bytes, shipped: Repository) -> None:
    record(shipped).write_bytes(whole.replace(b'"status": "PASS"', b'"status": "FAIL"', 1))
    lines = list(plan(store).diff())
    assert [line for line in lines if re.match(r"[-+]", line)] == [
        f"--- {FOLDER}/RUN.json",
        f"+++ {FOLDER}/RUN.json",
        '-      "status": "FAIL",',
        '+      "status": "PASS",',
    ]
