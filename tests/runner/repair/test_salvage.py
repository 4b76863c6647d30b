"""What can still be read of a damaged record, in time that grows as the record does."""

import pytest

from runner.repair.salvage import PartialRecord
from tests.support.timing import time_ratio

HEAD = '{\n  "schema_version": 2,\n  "events": ['


def record_of(row: str) -> bytes:
    """A record of 500,000 characters whose rows all begin so."""
    return (HEAD + row * (500_000 // len(row))).encode()


@pytest.mark.slow
@pytest.mark.parametrize(
    "row", ['\n    {"a":[' + "1," * 100, "\n    {", "],\n    {"], ids=["unclosed rows", "unclosed objects", "ends"]
)
def test_to_give_up_rows_that_cannot_be_read_takes_little_longer_than_to_read_them(row: str) -> None:
    # Each would be read in vain to its 1,000th level, and the lines before it counted: 30 times as long.
    hostile, sound = record_of(row), record_of('\n    {"a":[1]},')
    assert time_ratio(lambda: PartialRecord.parse(hostile), lambda: PartialRecord.parse(sound), limit=10) < 10


def test_all_rows_but_the_damaged_ones_are_read_of_a_large_record() -> None:
    rows = [f'\n    {{"a": "{number}{"x" * 200}"}},' for number in range(10_000)]
    for number in range(0, 10_000, 50):
        rows[number] = '\n    {"a": "cut'
    record = PartialRecord.parse((HEAD + "".join(rows) + "\n  ]\n}\n").encode())
    (members,) = record.sides
    assert len(members["events"]) == 9800
    assert record.unreadable_rows == {"events": 200}
