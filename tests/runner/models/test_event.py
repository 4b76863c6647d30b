"""Events that we write have a type of EventType; others are kept as they are."""

import json

import pytest

from gate_tests.strict_json.document import Document
from gate_tests.strict_json.fields import Fields
from runner.models.event import Event, EventType
from runner.models.json_encoding import is_plain
from runner.models.rows import Rows

AT = "2026-11-22T09:30:00.000Z"


def read(row: dict[str, object]) -> Event:
    return Event.from_json(Fields.of(Document.parse("RUN.json", json.dumps(row).encode())))


@pytest.mark.parametrize("known", EventType)
def test_an_event_that_is_read_equals_the_one_that_was_written(known: EventType) -> None:
    event = Event(AT, known, {"gate": "G1"})
    again = read(event.to_json())
    assert again == event
    assert again.type is known
    assert repr(again) == repr(event), "a repair tells events apart by it"


def test_a_type_that_nobody_knows_is_kept() -> None:
    row: dict[str, object] = {"timestamp": AT, "type": "GATE_PAINTED", "colour": "green"}
    event = read(row)
    assert (event.type, event.data) == ("GATE_PAINTED", {"colour": "green"})
    assert event.to_json() == row


def test_rows_of_events_are_plain_json_that_is_encoded_quickly() -> None:
    assert is_plain(Rows([Event(AT, EventType.RUN_STARTED, {"message": "begun"})]).to_json())
    assert type(Event(AT, EventType.RUN_STARTED, {}).to_json()["type"]) is str
