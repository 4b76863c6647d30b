"""Which failure of a retry is the one before once more, so that no other retry is worth its price."""

from typing import Any

import pytest

from gate_tests.strict_json.document import Document
from gate_tests.strict_json.fields import Fields
from runner.models.attempt import Attempt
from runner.models.gate import Gate
from runner.models.status import GateStatus
from runner.pipeline.repeated_failure import repeats_last_failure

SOURCES = {"id": "min_sources-a.md", "type": "min_sources", "path": "a.md", "pass": False, "reason": "no", "count": 3}
TESTS = {
    "id": "command[pytest]", "type": "command", "path": "pytest", "pass": False, "reason": "exit code 1",
    "exit_code": 1, "duration_ms": 70, "output_sha256": "a" * 64,
}  # fmt: skip
OUTPUT = {"path": "a.md", "resolved_path": "a.md", "sha256": "b" * 64, "size_bytes": 1, "exists": True}


def attempt(number: int, validation: dict[str, Any], **rows: Any) -> Attempt:
    at = "2026-11-22T09:30:00.000Z"
    record = Attempt(number, GateStatus.FAIL, at, "a", finished_at=at, failure_reason="no").to_json()
    record |= {"validations": [validation], "artifacts": [OUTPUT], **rows}
    return Attempt.from_json(Fields.of(Document("attempt-1.json", record, b"{}")))


REPEATED = {"the same": SOURCES, "a program that took longer": TESTS | {"duration_ms": 900}}
ANOTHER = {
    "another count": (SOURCES, SOURCES | {"count": 4}),
    "a program that printed something else": (TESTS, TESTS | {"output_sha256": "c" * 64}),
    "another exit code": (TESTS, TESTS | {"exit_code": 2}),
    "another check": (SOURCES, TESTS),
}


@pytest.mark.parametrize("row", REPEATED.values(), ids=REPEATED.keys())
def test_a_retry_that_failed_with_the_same_values_repeats_the_failure(row: dict[str, Any]) -> None:
    first = attempt(1, {**row, **({"duration_ms": 70} if "duration_ms" in row else {})})
    assert repeats_last_failure(Gate("G1", "One", attempts=(first, attempt(2, row))))


@pytest.mark.parametrize(("before", "after"), ANOTHER.values(), ids=ANOTHER.keys())
def test_a_retry_that_got_elsewhere_does_not(before: dict[str, Any], after: dict[str, Any]) -> None:
    assert not repeats_last_failure(Gate("G1", "One", attempts=(attempt(1, before), attempt(2, after))))


def test_a_retry_that_changed_an_output_does_not() -> None:
    changed = attempt(2, SOURCES, artifacts=[OUTPUT | {"sha256": "d" * 64}])
    assert not repeats_last_failure(Gate("G1", "One", attempts=(attempt(1, SOURCES), changed)))
    assert not repeats_last_failure(Gate("G1", "One", attempts=(attempt(1, SOURCES),)))
