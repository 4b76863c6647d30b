"""What of a record may never change, what may, and how each edit is named."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from runner.models import transitions
from runner.models.invocation import Invocation, InvocationStatus
from runner.models.run import Run
from runner.models.status import RunStatus
from runner.verification.changes.record_edits import compare_records
from runner.verification.changes.record_version import RecordVersion
from tests.support.sample_run import AT, LATER, fail, finish, new_run, start

Json = dict[str, Any]
INVOCATION = Invocation("inv_1_abcd", "G2", "maker", "m", AT, LATER, 1, InvocationStatus.SUCCESS)


def make_record(run: Run | None = None) -> Json:
    """G1 has failed and then passed, G2 is open and has an invocation."""
    run = run or transitions.record_invocation(start(finish(start(fail(start(new_run())))), "G2"), INVOCATION, LATER)
    record: Json = json.loads(json.dumps(run.to_json()))
    return record


def list_edits(before: Json, after: Json) -> list[str]:
    old, new = (RecordVersion.parse("RUN.json", json.dumps(each).encode()) for each in (before, after))
    assert old
    assert new
    return [": ".join(filter(None, (each.kind, each.subject, each.change))) for each in compare_records(old, new)]


def set_member(path: str, value: Any) -> Callable[[Json], None]:
    def change(record: Json) -> None:
        *parents, key = [int(part) if part.isdigit() else part for part in path.split(".")]
        at: Any = record
        for parent in parents:
            at = at[parent]
        at[key] = value

    return change


def delete(path: str) -> Callable[[Json], None]:
    def change(record: Json) -> None:
        *parents, key = [int(part) if part.isdigit() else part for part in path.split(".")]
        at: Any = record
        for parent in parents:
            at = at[parent]
        del at[key]

    return change


def swap_events(record: Json) -> None:
    record["events"][2], record["events"][3] = record["events"][3], record["events"][2]


def move_first_event_to_the_end(record: Json) -> None:
    record["events"].append(record["events"].pop(0))


def add_gate(record: Json) -> None:
    record["gates"].append({"gate": "G3", "name": "Three", "status": "NOT_STARTED", "attempts": []})


EDITS: dict[str, tuple[Callable[[Json], None], list[str]]] = {
    "an attempt": (
        set_member("gates.0.attempts.0.status", "PASS"),
        ['edited: G1 attempt 1: $.status "FAIL" → "PASS"'],
    ),
    "a number for a truth": (
        set_member("gates.0.attempts.1.validations.0.pass", 1),
        ["edited: G1 attempt 2: $.validations[0].pass true → 1"],
    ),
    "a member gone": (
        delete("gates.0.attempts.0.failure_reason"),
        ['edited: G1 attempt 1: $.failure_reason "two leaves were made up" removed'],
    ),
    "an attempt deleted": (delete("gates.0.attempts.1"), [
        "deleted: G1 attempt 2",
    ]),
    "a gate deleted": (delete("gates.0"), ["deleted: G1: the gate"]),
    "a gate added": (add_gate, ["edited: G3: the gate was added"]),
    "the name of a gate": (set_member("gates.0.name", "Uno"), ['edited: G1: $.name "One" → "Uno"']),
    "the baseline of an open attempt": (
        set_member("gates.1.attempts.0.baseline.contract_sha256", "1" * 64),
        [f'edited: G2 attempt 1: $.baseline.contract_sha256 "{"0" * 64}" → "{"1" * 64}"'],
    ),
    "an invocation of an open attempt": (
        set_member("gates.1.attempts.0.invocation_ids", []),
        ['edited: G2 attempt 1: $.invocation_ids[0] "inv_1_abcd" removed'],
    ),
    "an invocation": (
        set_member("invocations.0.agent", "other"),
        ['edited: invocation inv_1_abcd: $.agent "maker" → "other"'],
    ),
    "an invocation deleted": (delete("invocations.0"), ["deleted: invocation inv_1_abcd"]),
    "an event": (
        set_member("events.2.message", "all is well"),
        [
            f"edited: event GATE_FAILED G1 attempt 1 of {LATER}: $.message"
            ' "Gate G1 failed: two leaves were made up" → "all is well"'
        ],
    ),
    "the type of an event": (
        set_member("events.2.type", "GATE_PASSED"),
        [f'edited: event GATE_FAILED G1 attempt 1 of {LATER}: $.type "GATE_FAILED" → "GATE_PASSED"'],
    ),
    "an event deleted": (delete("events.2"), [f"deleted: event GATE_FAILED G1 attempt 1 of {LATER}"]),
    "events in another order": (swap_events, [f"edited: event GATE_FAILED G1 attempt 1 of {LATER}: in another order"]),
    "the first event as the last": (
        move_first_event_to_the_end,
        [f"edited: event RUN_STARTED of {AT}: in another order"],
    ),
    "the depth": (set_member("depth", "deep"), ['edited: $.depth "quick" → "deep"']),
    "the slug": (set_member("workflow.slug", "cocoa"), ['edited: $.workflow.slug "tea" → "cocoa"']),
    "the artifact path": (
        set_member("workflow.artifact_path", "out/x"),
        ['edited: $.workflow.artifact_path "out/grüner-tee" → "out/x"'],
    ),
    "a variable": (
        set_member("workflow.variables", {"x": "1"}),
        ['edited: $.workflow.variables {"x": "1"} added'],
    ),
    "the prompt": (
        set_member("prompt", {"file": "a", "sha256": "b"}),
        ['edited: $.prompt null → {"file": "a", "sha256": "b"}'],
    ),
    "the start": (set_member("started_at", LATER), [f'edited: $.started_at "{AT}" → "{LATER}"']),
    "a member of another program": (set_member("x", 1), ["edited: $.x 1 added"]),
    "the status": (set_member("status", "PASSED"), ['edited: $.status "RUNNING" → "PASSED", without an event']),
    "the progress": (set_member("progress.passed", 2), ["edited: $.progress.passed 1 → 2, without an event"]),
    "the status of a gate": (
        set_member("gates.1.status", "PASS"),
        ['edited: G2: $.status "RUNNING" → "PASS", without an event'],
    ),
}  # fmt: skip


@pytest.mark.quick("*")
@pytest.mark.parametrize(("change", "edits"), EDITS.values(), ids=EDITS)
def test_each_edit_is_named_and_nothing_else(change: Callable[[Json], None], edits: list[str]) -> None:
    before, after = make_record(), make_record()
    change(after)
    assert list_edits(before, after) == edits


STARTED = {"timestamp": LATER, "type": "GATE_STARTED", "gate": "G2", "attempt": 2, "agent": "a", "message": "m"}


def add_index_row(record: Json) -> None:
    record["artifacts_index"].append({"path": "a", "sha256": "0" * 64, "gate": "G1", "recorded_at": LATER})


BESIDE_ANOTHER_EVENT: dict[str, tuple[Callable[[Json], None], list[str]]] = {
    "the end": (
        set_member("finished_at", LATER),
        [f'edited: $.finished_at null → "{LATER}", without RUN_COMPLETED'],
    ),
    "the status": (set_member("status", "PASSED"), ['edited: $.status "RUNNING" → "PASSED", without RUN_COMPLETED']),
    "the status of another gate": (
        set_member("gates.0.status", "FAIL"),
        ['edited: G1: $.status "PASS" → "FAIL", without an event'],
    ),
    "the index of another gate": (add_index_row, ["without an event of its gate"]),
    "the status of its gate": (set_member("gates.1.status", "PASS"), []),
}


@pytest.mark.quick("*")
@pytest.mark.parametrize(("change", "edits"), BESIDE_ANOTHER_EVENT.values(), ids=BESIDE_ANOTHER_EVENT)
def test_an_event_of_another_kind_explains_no_edit(change: Callable[[Json], None], edits: list[str]) -> None:
    before, after = make_record(), make_record()
    after["events"].append(STARTED)
    change(after)
    found = list_edits(before, after)
    assert len(found) == len(edits)
    assert all(edit.endswith(expected) for edit, expected in zip(found, edits, strict=True)), found


def pin(record: Json, sha256: str) -> Json:
    return {**record, "pins": {"workflow": "w", "contracts": {"G1": sha256}}}


def test_a_pin_is_added_or_replaced_by_an_event() -> None:
    record = make_record()
    accepted = {"timestamp": LATER, "type": "CONTRACT_ACCEPTED", "gate": "G1", "attempt": 2, "from": "a", "to": "b"}
    edit = 'edited: $.pins.contracts.G1 "a" → "b", without a CONTRACT_ACCEPTED event'
    assert list_edits(record, pin(record, "a")) == [
        'edited: $.pins.workflow null → "w", without a CONTRACT_ACCEPTED event'
    ]
    assert list_edits(pin(record, "a"), pin(record, "b")) == [edit]
    assert list_edits(pin(record, "a"), {**pin(record, "b"), "events": [*record["events"], accepted]}) == []
    older = {**accepted, "timestamp": AT}
    known = {**record, "events": [*record["events"], older]}
    assert list_edits(pin(known, "a"), pin(known, "b")) == [edit]


@pytest.mark.parametrize(
    "later",
    [
        lambda run: finish(run, "G2"),
        lambda run: fail(run, "G2"),
        lambda run: start(run, "G2", abandon=True),
        lambda run: start(run, "G1"),
        lambda run: transitions.record_packet_hash(run, "G2", 1, "f" * 64),
        lambda run: transitions.record_invocation(run, INVOCATION._replace(invocation_id="inv_2_abcd"), LATER),
        lambda run: transitions.complete_run(run, RunStatus.CANCELED, (), LATER),
    ],
    ids=["finish", "fail", "abandon", "start", "packet", "invocation", "cancel"],
)
@pytest.mark.quick("*")
def test_what_a_command_does_is_no_edit(later: Callable[[Run], Run]) -> None:
    run = transitions.record_invocation(start(finish(start(fail(start(new_run())))), "G2"), INVOCATION, LATER)
    assert list_edits(make_record(run), make_record(later(run))) == []


def test_a_completed_run_goes_on_only_after_it_was_resumed() -> None:
    run = transitions.complete_run(fail(start(new_run())), None, (), LATER)
    resumed = transitions.resume_run(run, LATER)
    assert list_edits(make_record(run), make_record(start(resumed))) == []
    forged = make_record(start(resumed))
    forged["events"] = [event for event in forged["events"] if event["type"] != "RUN_RESUMED"]
    edit = "edited: went on (GATE_STARTED) after it was completed, without RUN_RESUMED"
    assert list_edits(make_record(run), forged) == [edit]


def test_the_format_of_a_record_is_no_edit() -> None:
    before = make_record()
    assert list_edits(before, dict(reversed(before.items()))) == []


def test_events_of_another_branch_may_stand_between() -> None:
    before, after = make_record(), make_record()
    event = {"timestamp": LATER, "type": "NOTE", "message": "x"}
    after["events"].insert(3, event)
    assert list_edits(before, after) == []
