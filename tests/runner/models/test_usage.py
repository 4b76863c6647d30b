"""What invocations used, in words and as it is recorded."""

import json

import pytest

from gate_tests.errors import DamagedRecord
from gate_tests.strict_json.document import Document
from gate_tests.strict_json.fields import Fields
from runner.models.usage import MAX_AMOUNT, Usage, UsageTotal

ROW = {"input_tokens": 10, "output_tokens": 5, "cost_usd": 0.25, "source": "claude-code"}
REPORTED = Usage(3210, 40, 0.25, "claude-code")


@pytest.mark.parametrize(
    ("usage", "expected"),
    [
        (REPORTED, "3,250 tokens, $0.25 as claude-code estimates"),
        (Usage(10, None, None, "codex"), "10 tokens"),
        (Usage(None, None, 1.5, "file"), "$1.50"),
    ],
    ids=["a host", "tokens only", "a person's file"],
)
def test_an_estimate_is_called_one(usage: Usage, expected: str) -> None:
    assert usage.describe() == expected


def test_a_total_says_how_many_invocations_reported_nothing() -> None:
    total = UsageTotal.of([REPORTED, None, REPORTED, Usage(1, 1, None, "codex")])
    assert total == UsageTotal(6502, 0.5, 1, 2)
    assert total.describe() == "6,502 tokens, $0.50 as the hosts estimate (2 invocations reported nothing)"
    assert UsageTotal.of([None]).describe() == ""
    assert UsageTotal.of([Usage(1, 1, None, "codex")] * 2).describe() == "4 tokens"


def read(**values: object) -> Usage:
    return Usage.from_json(Fields.of(Document.parse("usage.json", json.dumps(ROW | values).encode())))


@pytest.mark.parametrize("key", ["input_tokens", "output_tokens", "cost_usd"])
def test_an_amount_of_a_record_is_one_that_can_be_summed_and_shown(key: str) -> None:
    assert Usage.are_well_formed([read(**{key: MAX_AMOUNT}).to_json()])
    assert read(**{key: MAX_AMOUNT}).describe()
    for amount in (10**400, MAX_AMOUNT + 1, -1):
        assert not Usage.are_well_formed([ROW | {key: amount}])
        with pytest.raises(DamagedRecord):
            read(**{key: amount})
