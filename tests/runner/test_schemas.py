"""The schemas of records hold for every record there is: ours and the original's."""

from typing import Any

import pytest
from jsonschema import Draft7Validator

from runner.schemas import schema_of
from tests.repository import Repository
from tests.runner import originals

KINDS = ("contract", "workflow", "run", "attempt")
ORIGINALS = (
    originals.early_failed,
    originals.left_running,
    originals.passed_with_invocation,
)


def faults(kind: str, document: Any) -> list[str]:
    return [f"{error.json_path}: {error.message}" for error in Draft7Validator(schema_of(kind)).iter_errors(document)]


@pytest.mark.parametrize("kind", KINDS)
def test_each_is_a_schema_with_a_title_and_words_for_each_key(kind: str) -> None:
    schema = schema_of(kind)
    Draft7Validator.check_schema(schema)
    assert schema["$schema"] == "http://json-schema.org/draft-07/schema#"
    assert schema["title"]
    assert schema["description"]


@pytest.mark.parametrize("original", ORIGINALS)
def test_the_originals_records_conform(original: Any) -> None:
    assert faults("run", original()) == []


def test_what_we_write_conforms_and_what_is_spoilt_does_not(shipped: Repository) -> None:
    shipped.add_example("G1")
    run_id = shipped.start_run()
    assert faults("run", shipped.record(run_id)) == []
    for gate, code in (("G1", 0), ("G2", 1)):
        shipped.orch("gate", "start", "--run", run_id, "--gate", gate, "--agent", "a")
        shipped.orch("invocation", "record", "--run", run_id, "--gate", gate, "--agent", "a", "--duration-ms", "5")
        assert shipped.orch("gate", "finish", "--run", run_id, "--gate", gate).code == code
    record, attempt = shipped.record(run_id), shipped.attempt(run_id, "G2")
    assert faults("run", record) == []
    assert faults("attempt", attempt) == []
    assert faults("attempt", {**attempt, "status": "MAYBE"})
    record["gates"][0]["attempts"][0]["artifacts"][0]["sha256"] = "x"
    assert faults("run", record)
