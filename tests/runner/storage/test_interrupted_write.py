"""What an interrupted command has not yet renamed to RUN.json proves that it recorded an attempt; nothing else does."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from gate_tests.errors import DamagedRecord
from runner.models.attempt import Json
from runner.models.context import Pins
from runner.models.json_encoding import encode
from runner.models.run import Run
from runner.storage import interrupted_write
from runner.storage.atomic_files import list_temporaries
from runner.storage.store import Store
from tests.support.interrupted_write import crash_between_the_writes, temporary_of
from tests.support.messages import pattern
from tests.support.repository import Repository
from tests.support.sample_run import LATER, RUN_ID, finish, new_run, start


def change_member(*path: str | int, value: object) -> Callable[[Json], None]:
    def change(record: Json) -> None:
        *parents, key = path
        for each in parents:
            record = record[each]  # type: ignore[index]
        record[key] = value  # type: ignore[index]

    return change


def add_to(member: str, row: Json) -> Callable[[Json], None]:
    return lambda record: record[member].append(row)


def follow_with(**members: object) -> Callable[[Json], None]:
    """Add an attempt that is open to the gate."""

    def change(record: Json) -> None:
        gate = record["gates"][0]
        gate["attempts"].append({**of_another_gate(), "attempt": 2, **members})
        gate["status"], record["progress"]["passed"] = "RUNNING", 0

    return change


def of_another_gate() -> Json:
    opened = start(new_run(), "G2").gate("G2").open_attempt
    assert opened
    return opened.to_json()


LONE = rf"G1/attempt-1\.json:2: \$\.attempt: {pattern('planted-attempt', attempt=1, gate='G1')}"
OTHER_RECORDS: dict[str, Callable[[Json], None]] = {
    "another run": change_member("run_id", value="run_20261122T093000Z_tea_zzz999"),
    "another depth": change_member("depth", value="deep"),
    "another artifact path": change_member("workflow", "artifact_path", value="elsewhere"),
    "another start": change_member("started_at", value=LATER),
    "a status that does not follow": change_member("status", value="PASSED"),
    "a progress that does not follow": change_member("progress", value={"passed": 2, "total": 2}),
    "another verdict": change_member("gates", 0, "attempts", 0, "failure_reason", value="made up"),
    "another gate that has passed": change_member("gates", 1, "status", value="PASS"),
    "another gate that was started": change_member("gates", 1, "attempts", value=[of_another_gate()]),
    "a next attempt whose number leaves a gap": follow_with(attempt=3),
    "a next attempt that nobody could finish": follow_with(baseline=None),
    "an invocation": add_to("invocations", {"invocation_id": "inv_1_a", "gate": "G1", "agent": "x"}),
    "an event of another gate": add_to("events", {"timestamp": LATER, "type": "FORCED", "gate": "G2"}),
    "no events": change_member("events", value=[]),
    "a hash of what the attempt did not record": add_to(
        "artifacts_index", {"path": "a", "resolved_path": "a", "sha256": "0" * 64, "gate": "G1", "recorded_at": LATER}
    ),
    "a member that we do not know": change_member("note", value="tea"),
    "pins of other gates": change_member("pins", "contracts", value={"G2": "0" * 64}),
    "another workflow than the pinned one, which nobody accepted": change_member("pins", "workflow", value="1" * 64),
}


@pytest.mark.parametrize("change", OTHER_RECORDS.values(), ids=OTHER_RECORDS.keys())
def test_a_temporary_file_that_holds_anything_else_proves_nothing(
    store: Store, run: Run, shipped: Repository, change: Callable[[Json], None]
) -> None:
    store.change(RUN_ID, lambda run: run._replace(pins=Pins("0" * 64, {})))
    crash_between_the_writes(store, start, finish)
    content = json.loads(temporary_of(store).read_bytes())
    change(content)
    temporary_of(store).write_bytes(encode(content))
    files = shipped.snapshot()
    for command in (store.read, store.complete_recovery):
        with pytest.raises(DamagedRecord, match=LONE) as caught:
            command(RUN_ID)
        assert caught.value.next_command == f"orch run repair --run {RUN_ID}"
    assert shipped.snapshot() == files


def test_a_next_attempt_with_its_number_and_its_baseline_is_recovered_too(store: Store, run: Run) -> None:
    crash_between_the_writes(store, start, finish)
    content = json.loads(temporary_of(store).read_bytes())
    follow_with()(content)
    temporary_of(store).write_bytes(encode(content))
    assert store.read(RUN_ID).gate("G1").open_attempt


def break_off(temporary: Path) -> None:
    temporary.write_bytes(temporary.read_bytes()[:-9])


def link(temporary: Path) -> None:
    temporary.rename(temporary.with_name("elsewhere"))
    temporary.symlink_to("elsewhere")


@pytest.mark.parametrize("spoil", [Path.unlink, break_off, link])
def test_without_the_temporary_file_a_finished_attempt_is_damage_that_a_repair_takes_in(
    store: Store, run: Run, shipped: Repository, spoil: Callable[[Path], None]
) -> None:
    intended, _ = crash_between_the_writes(store, start, finish)
    spoil(temporary_of(store))
    with pytest.raises(DamagedRecord, match=LONE):
        store.read(RUN_ID)
    shown = shipped.orch("run", "show", "--run", RUN_ID)
    assert (shown.code, shown.err.endswith(f"Next: orch run repair --run {RUN_ID}\n")) == (4, True)
    repaired = shipped.orch("run", "repair", "--run", RUN_ID, "--yes")
    assert (repaired.code, '+          "status": "PASS",' in repaired.out) == (0, True), repaired
    assert store.read(RUN_ID) == intended
    assert not list(shipped.root.rglob(".tmp-*"))


def test_a_contract_that_was_accepted_replaces_its_pin(store: Store, run: Run, shipped: Repository) -> None:
    crash_between_the_writes(
        store,
        lambda run: start(run)._replace(pins=Pins(None, {"G1": "0" * 64, "G2": "1" * 64})),
        lambda run: finish(run)._replace(pins=Pins(None, {"G1": "2" * 64, "G2": "1" * 64})),
    )
    store.complete_recovery(RUN_ID)
    assert shipped.record(RUN_ID)["pins"]["contracts"]["G1"] == "2" * 64


def test_a_reader_whose_writer_renames_meanwhile_finds_no_damage(
    store: Store, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    intended, _ = crash_between_the_writes(store, start, finish)

    def overtaken(directory: Path) -> list[str]:
        monkeypatch.undo()
        listed = list_temporaries(directory)
        store.complete_recovery(RUN_ID)
        return listed

    monkeypatch.setattr(interrupted_write, "list_temporaries", overtaken)
    assert store.read(RUN_ID) == intended
