import copy
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft7Validator

import runner
from gate_tests.compiler.contract_schema import contract_schema
from gate_tests.strict_json.fast_validation import is_valid
from gate_tests.strict_json.validation import read_schema

CONTRACT: Any = {
    "$schema": "x",
    "gate": "GT",
    "name": "Test",
    "blocking": True,
    "x-own": 1,
    "required_outputs": {
        "any_of": [{"path": "a.md", "required": False, "required_for_depth": ["deep"]}],
        "all_of": [{"path": "b.md", "description": "B", "optional_for_depth": ["quick", "deep"]}],
    },
    "validations": [
        {"type": "file_exists", "target": "any_of", "severity": "warning", "missing_ok": True},
        {"type": "min_sources", "target": "a.md", "thresholds": {"quick": 0, "default": 1.5}, "heuristic": "best_of"},
        {"type": "contains_headings", "target": "a.md", "required_headings": ["# A", "B"]},
        {"type": "not_contains", "target": "a.md", "pattern": "x", "configurable": False},
    ],
    "limits": {"text_bytes": 10, "regex_s": 0.5, "check_s": 3},
}
WORKFLOW: Any = {
    "workflow": "tests",
    "version": "1",
    "description": "A workflow",
    "artifact_path": "out/{slug}",
    "variables": {"language": "en"},
    "gates": [
        {"gate": "G1", "name": "One", "agent": "a", "prompt_template": "p.md"},
        {"gate": "G2", "name": "Two", "agent": "a", "prompt_template": "p.md", "phase": "b"},
    ],
}
WRONG: tuple[Any, ...] = (None, True, 0, 1, -1, 1.0, 2.5, "", "x", "deep", " ", [], ["x"], ["x", "x"], {}, {"x": 1})


def workflow_schema() -> dict[str, Any]:
    return read_schema(Path(runner.__file__).parent / "schemas/workflow.schema.json")


def changed(value: Any) -> Iterator[Any]:
    """Copies of `value`, each with one thing in it replaced, left out, added or said twice."""
    yield from copy.deepcopy(WRONG)
    if isinstance(value, dict):
        for key, member in value.items():
            yield {name: other for name, other in value.items() if name != key}
            yield from ({**value, key: other} for other in changed(member))
        yield {**value, "unknown": 1}
        yield {**value, "x-own": 1}
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield value[:index] + value[index + 1 :]
            yield [*value, item]
            yield from ([*value[:index], other, *value[index + 1 :]] for other in changed(item))


@pytest.mark.parametrize(
    ("document", "schema"),
    [
        pytest.param(CONTRACT, contract_schema(), id="contract"),
        pytest.param(WORKFLOW, workflow_schema(), id="workflow"),
    ],
)
@pytest.mark.quick("workflow")
def test_it_decides_as_jsonschema_does_whatever_is_changed(document: Any, schema: dict[str, Any]) -> None:
    validator = Draft7Validator(schema)
    assert is_valid(document, schema)
    assert validator.is_valid(document)
    decided = [(each, is_valid(each, schema)) for each in changed(document)]
    assert {verdict for _, verdict in decided} == {True, False}
    assert [json.dumps(each) for each, verdict in decided if verdict != validator.is_valid(each)] == []


def test_a_keyword_that_it_does_not_know_is_not_passed_over() -> None:
    with pytest.raises(KeyError, match="maxLength"):
        is_valid("long", {"type": "string", "maxLength": 2})


def test_a_whole_number_may_be_written_with_a_point_and_true_is_no_number() -> None:
    assert is_valid(2.0, {"type": "integer"})
    assert not is_valid(2.5, {"type": "integer"})
    assert not is_valid(True, {"type": "integer"})
    assert not is_valid(True, {"type": "number"})
    assert not is_valid(1, {"enum": [True]})


@pytest.mark.parametrize(
    "beside",
    [
        pytest.param({}, id="alone"),
        pytest.param({"properties": {"b": {}}}, id="beside properties"),
        pytest.param({"additionalProperties": False}, id="beside additionalProperties"),
        pytest.param({"properties": {"b": {}}, "additionalProperties": False}, id="beside both"),
    ],
)
def test_members_are_known_by_a_pattern_whatever_stands_beside_it(beside: dict[str, Any]) -> None:
    schema = {"patternProperties": {"^a": {"type": "string"}}, **beside}
    for value in ({"ab": "x"}, {"ab": 1}, {"b": 1}, {"c": 1}, {"ab": "x", "c": 1}, {}, "ab"):
        assert is_valid(value, schema) is Draft7Validator(schema).is_valid(value)
