"""A record with thousands of rows is read, validated and written quickly, with the same result as a small one."""

import json
import sys
from collections.abc import Callable
from typing import Any

import pytest

from gate_tests.errors import DamagedRecord
from gate_tests.strict_json import parse
from gate_tests.strict_json.document import Document
from gate_tests.strict_json.unreadable import UnreadableDocument
from gate_tests.workspace.names import Depth
from runner.models import json_encoding
from runner.models.json_encoding import encode, is_plain
from runner.models.run import Run
from runner.operations.invocations import record_invocation
from runner.storage.store import Store
from tests.support.messages import meant, message, pattern
from tests.support.repository import Repository
from tests.support.sample_run import AT, LATER, RUN_ID, new_run

Json = dict[str, Any]
MANY = 8000
ROW = 7777


@pytest.fixture
def store(shipped: Repository) -> Store:
    return Store(shipped.workspace)


def large_record() -> Json:
    record = new_run().to_json()
    for number in range(MANY):
        invocation_id = f"inv_1769590200000_{number:04}"
        record["invocations"].append(
            {
                "invocation_id": invocation_id, "gate": "G1", "agent": "müller \\ \"söhne\"", "model": "x",
                "started_at": AT, "finished_at": AT, "duration_ms": None, "status": "SUCCESS",
                "input_refs": [], "output_refs": [],
            }
        )  # fmt: skip
        event = {"timestamp": AT, "type": "INVOCATION_RECORDED", "invocation_id": invocation_id}
        record["events"].append(event | {"gate": "G1", "agent": "maker"})
    return record


def text_of(record: Json) -> str:
    return json.dumps(record, indent=2, ensure_ascii=False) + "\n"


@pytest.mark.slow
def test_one_more_invocation_leaves_every_row_as_it_was(store: Store, shipped: Repository) -> None:
    before = large_record()
    path = shipped.write(shipped.workspace.record_path(RUN_ID), text_of(before))
    run = record_invocation(store, RUN_ID, "G1", "maker", LATER)
    after = json.loads(path.read_text("utf-8"))
    assert path.read_text("utf-8") == text_of(after)
    assert after["invocations"] == [*before["invocations"], run.invocations[-1].to_json()]
    assert after["events"][:-1] == before["events"]
    assert {key: after[key] for key in before if key not in ("invocations", "events")} == {
        key: before[key] for key in before if key not in ("invocations", "events")
    }
    assert run.invocations[ROW].invocation_id == before["invocations"][ROW]["invocation_id"]


Damage = Callable[[Json], object]
DAMAGED: dict[str, tuple[Damage, str]] = {
    "a member is missing": (
        lambda r: r["invocations"][ROW].pop("agent"),
        f"$.invocations[{ROW}].agent: {message('missing-member')}",
    ),
    "a member of another type": (
        lambda r: r["invocations"][ROW].update(duration_ms="5"),
        f"$.invocations[{ROW}].duration_ms: {message('wrong-type', kind='an integer')}",
    ),
    "a truth for a number": (
        lambda r: r["invocations"][ROW].update(duration_ms=True),
        f"$.invocations[{ROW}].duration_ms: {message('wrong-type', kind='an integer')}",
    ),
    "an unknown status": (
        lambda r: r["invocations"][ROW].update(status="SUCCES"),
        f"$.invocations[{ROW}].status: {message('unknown-value', value='SUCCES')}{meant('SUCCESS')}",
    ),
    "a row that is no object": (
        lambda r: r["invocations"].__setitem__(ROW, 5),
        f"$.invocations[{ROW}]: {message('wrong-type', kind='an object')}",
    ),
    "a time that is none": (
        lambda r: r["invocations"][ROW].update(finished_at="2026-02-30T00:00:00.000Z"),
        f"$.invocations[{ROW}].finished_at: {message('no-timestamp', text='2026-02-30T00:00:00.000Z')}",
    ),
    "a time of two lines": (
        lambda r: r["invocations"][ROW].update(finished_at=f"{AT}\n{AT}"),
        f"$.invocations[{ROW}].finished_at: " + message("no-timestamp", text=f"{AT}\n{AT}"),
    ),
    "an event at no time": (
        lambda r: r["events"][ROW].update(timestamp="then"),
        f"$.events[{ROW}].timestamp: {message('no-timestamp', text='then')}",
    ),
    "an event without its type": (
        lambda r: r["events"][ROW].pop("type"),
        f"$.events[{ROW}].type: {message('missing-member')}",
    ),
}


@pytest.mark.slow
@pytest.mark.parametrize(("damage", "message"), DAMAGED.values(), ids=DAMAGED.keys())
def test_damage_in_one_of_many_rows_is_reported_with_line_and_path(
    store: Store, shipped: Repository, damage: Damage, message: str
) -> None:
    record = large_record()
    damage(record)
    path = shipped.write(shipped.workspace.record_path(RUN_ID), text_of(record))
    before = path.read_bytes()
    with pytest.raises(DamagedRecord) as caught:
        record_invocation(store, RUN_ID, "G1", "maker", LATER)
    place, _, rule = str(caught.value).partition(": ")
    assert rule.startswith(message)
    assert int(place.rpartition(":")[2]) > ROW
    assert caught.value.exit_code == 4
    assert path.read_bytes() == before


@pytest.mark.slow
def test_a_row_that_we_write_otherwise_is_parsed_and_written_back(store: Store, shipped: Repository) -> None:
    record = large_record()
    record["invocations"][ROW]["input_refs"] = [{"half": 0.5}]
    shipped.write(shipped.workspace.record_path(RUN_ID), text_of(record))
    run = store.read(RUN_ID)
    assert run.invocations[ROW].input_refs == ({"half": 0.5},)
    assert encode(run.to_json()).decode() == text_of(record)


LAX = {
    "a key twice": ('"model": "x",', '"model": "x",\n      "model": "x",', "duplicate key 'model'"),
    "NaN": ('"duration_ms": null', '"duration_ms": NaN', pattern("constant", constant="NaN")),
    "a number too large": ('"duration_ms": null', '"duration_ms": 1e999', pattern("number-too-large", number="1e999")),
    "half a surrogate pair": ('"model": "x"', '"model": "\\ud800"', pattern("half-surrogate-pair")),
    "git conflict markers": ('      "model": "x"', '<<<<<<< HEAD\n      "model": "x"', pattern("conflict-markers")),
}


@pytest.mark.slow
@pytest.mark.parametrize(("old", "new", "message"), LAX.values(), ids=LAX.keys())
def test_what_is_no_strict_json_is_refused_in_a_large_file_too(old: str, new: str, message: str) -> None:
    head, found, tail = text_of(large_record()).rpartition(old)
    assert found
    with pytest.raises(UnreadableDocument, match=message):
        Document.parse("RUN.json", f"{head}{new}{tail}".encode())


NASTY: dict[str, Any] = {
    "controls": "".join(map(chr, range(0x20))) + "\x7f\x80\x9f",
    "separators": "\u2028\u2029\ufeff\ufffe",
    "quotes": "\"\\/'<&>",
    "beyond the plane": "\U0001f375 grüner Tee",
    "64 bits": [2**63 - 1, -(2**63), 2**64 - 1, 0, -1],
    "more than 64 bits": [2**64, 10**40],
    "fractions": [0.1, 1e16, 1e-7, -0.0, 1.5e300, 123456789012345680.0],
    "empty": [{}, [], "", None, True, False],
    "": {"": {"": []}},
    "of another type": [Depth.DEEP, (1, 2)],
    "keys that are no text": {1: "a", None: {True: "b"}, 0.5: [{2: "c"}]},
    "keys of another type": {Depth.DEEP: {"a": Depth.DEEP}},
}


@pytest.mark.parametrize("value", NASTY.values(), ids=NASTY.keys())
def test_a_large_record_has_the_same_bytes_as_a_small_one(value: Any) -> None:
    record = {"rows": [{"value": value, "number": number} for number in range(1000)]}
    assert encode(record) == text_of(record).encode()


@pytest.mark.parametrize("value", [float("nan"), float("inf"), "\ud800", 1 + 2j], ids=repr)
def test_what_is_no_json_is_not_written_in_a_large_record_either(value: Any) -> None:
    with pytest.raises((ValueError, TypeError)):
        encode({"rows": [{"value": value}] * 1000})


def test_a_fraction_makes_a_value_not_plain() -> None:
    assert is_plain({"rows": [{"a": [1, "b", None, True]}]})
    assert not is_plain({"rows": [{"a": [[0.5]]}]})


def test_a_small_record_does_not_load_orjson(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "orjson", None)
    content = encode(new_run().to_json())
    assert Run.from_json(Document.parse("RUN.json", content)) == new_run()
    with pytest.raises(ImportError):
        encode({"rows": [{}] * json_encoding._LARGE})
    with pytest.raises(ImportError):
        Document.parse("RUN.json", b'{"a": "' + b"b" * parse._ORJSON_FROM_BYTES + b'"}')
