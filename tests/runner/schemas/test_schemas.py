"""The schemas of records hold for every record there is: ours and the original's."""

from collections.abc import Iterable, Iterator
from typing import Any

import pytest
from jsonschema import Draft7Validator

from gate_tests.checks.result import COMMON_KEYS
from gate_tests.compiler.pre_script import BoundScript
from gate_tests.programs.program import Program, ProgramResult
from runner.models.artifact import Artifact
from runner.models.artifact_index import IndexEntry
from runner.models.attempt import Attempt
from runner.models.baseline import Baseline
from runner.models.context import AttemptContext
from runner.models.gate import Gate
from runner.models.invocation import Ended, Invocation, InvocationStatus
from runner.models.run import RUN_KEYS
from runner.models.status import GateStatus
from runner.models.usage import Usage
from runner.operations.programs import ScriptRun
from runner.schemas import load_schema
from tests.support import legacy_records
from tests.support.repository import Repository

KINDS = ("contract", "workflow", "run", "attempt", "agents")


def faults(kind: str, document: Any) -> list[str]:
    return [f"{error.json_path}: {error.message}" for error in Draft7Validator(load_schema(kind)).iter_errors(document)]


@pytest.mark.parametrize("kind", KINDS)
def test_each_is_a_schema_with_a_title_and_words_for_each_key(kind: str) -> None:
    schema = load_schema(kind)
    Draft7Validator.check_schema(schema)
    assert schema["$schema"] == "http://json-schema.org/draft-07/schema#"
    assert schema["title"]
    assert schema["description"]


@pytest.mark.parametrize("shape", legacy_records.SHAPES)
def test_the_originals_records_conform(shape: str) -> None:
    record = legacy_records.SHAPES[shape]()
    attempts = [attempt for gate in record["gates"] for attempt in gate["attempts"]]
    assert faults("run", record) == [fault for attempt in attempts for fault in faults("attempt", attempt)] == []


@pytest.mark.parametrize("kind", KINDS)
def test_each_key_is_described_and_each_example_is_right(kind: str) -> None:
    schema = load_schema(kind)
    assert [key for key, rule in keys(schema) if not described(rule, schema)] == []
    assert schema["examples"]
    assert [faults(kind, example) for example in schema["examples"]] == [[] for _ in schema["examples"]]


def keys(schema: Any) -> Iterator[tuple[str, Any]]:
    """Every key that some object may have, wherever in the schema it is told; the condition of an `if` tells none."""
    if isinstance(schema, list):
        for each in schema:
            yield from keys(each)
    elif isinstance(schema, dict):
        for word, value in schema.items():
            if word == "properties":
                yield from value.items()
                yield from keys(list(value.values()))
            elif word not in ("if", "examples"):
                yield from keys(list(value.values()) if word == "definitions" else value)


def described(rule: Any, schema: Any) -> bool:
    """Whether it has a description, or refers to what has one."""
    referred = schema.get("definitions", {}).get(rule.get("$ref", "").rpartition("/")[2], {})
    return bool(rule.get("description") or referred.get("description"))


CONTEXT = AttemptContext("run_…", "w", "s", "a", "quick", {"v": "1"})
FILES = (("a.md", "0" * 64),)
BASELINE = Baseline("0" * 64, FILES, CONTEXT, schemas=FILES, unread=("b.md",))
FAILED = BoundScript("s.sh", "s.sh", Program(("sh", "s.sh"), 1), may_fail=True)
ATTEMPT = Attempt(1, GateStatus.FAIL, "…", "a", context=CONTEXT, baseline=BASELINE, pre_scripts=({"path": "s.sh"},))
USAGE = Usage(1, 1, 0.1, "file")
INVOCATION = Invocation(
    "inv_…", "G1", "a", "m", "…", "…", 5, InvocationStatus.FAIL, program="p", ended=Ended.EXITED, usage=USAGE
)
INDEXED = IndexEntry("a.md", "a.md", "0" * 64, "G1", "…", "…")


@pytest.mark.parametrize(
    ("kind", "definition", "written"),
    [
        pytest.param("run", "", RUN_KEYS, id="run"),
        pytest.param("run", "gate", Gate("G1", "n").to_json(), id="gate"),
        pytest.param("run", "invocation", INVOCATION.to_json(), id="invocation"),
        pytest.param("run", "usage", USAGE.to_json(), id="usage"),
        pytest.param("run", "index_entry", INDEXED.to_json(), id="output in the index"),
        pytest.param("attempt", "", ATTEMPT.to_json(), id="attempt"),
        pytest.param("attempt", "artifact", Artifact("a", "a", "…", 1, optional=True).to_json(), id="artifact"),
        pytest.param("attempt", "row", {*COMMON_KEYS, "glob", "plugin"}, id="row of a check"),
        pytest.param("attempt", "script", ScriptRun(FAILED, ProgramResult(1, 5, "", "…"), None).to_json(), id="script"),
        pytest.param("attempt", "context_or_null", CONTEXT.to_json(), id="context"),
        pytest.param("attempt", "baseline_or_null", BASELINE.to_json(), id="baseline"),
    ],
)
def test_every_key_that_is_written_is_described(kind: str, definition: str, written: Iterable[str]) -> None:
    schema = load_schema(kind)
    described_keys = (schema["definitions"][definition] if definition else schema)["properties"]
    assert {*written} - {*described_keys} == set()


@pytest.mark.slow
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
