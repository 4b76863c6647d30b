import json
from time import process_time
from typing import Any

import pytest

from gate_tests.checks.outcome import Outcome
from gate_tests.checks.types.json_schema.rule import JsonSchema
from gate_tests.errors import InvalidFile
from gate_tests.files.artifacts import Artifacts
from tests.support.checks import compiled
from tests.support.repository import Repository

ITEMS = {"type": "array", "items": {"type": "object", "required": ["name"], "properties": {"name": {"type": "string"}}}}


def hold(repository: Repository, content: str | bytes | None, schema: Any = ITEMS) -> Outcome:
    """The artifact held against a schema; a text is the schema file's, None: it is missing."""
    if content is not None:
        repository.write("a.json", content)
    if schema is not None:
        repository.write("s.json", schema if isinstance(schema, str) else json.dumps(schema))
    return JsonSchema("s.json", 2).evaluate("a.json", Artifacts(repository.root, ("a.json", "s.json"), 1 << 24))


def test_a_file_that_conforms_passes(repository: Repository) -> None:
    outcome = hold(repository, '\ufeff[{"name": "tea"}]\r\n')
    assert outcome == Outcome(True, "no error", {"errors": []})


def test_every_error_is_recorded_with_its_path_in_the_order_of_the_file(repository: Repository) -> None:
    outcome = hold(repository, '[\n{"name": 1},\n{},\n{"name": "x"},\n7\n]')
    assert not outcome.holds
    assert outcome.lines == ("3 errors:", *outcome.measured["errors"])
    assert outcome.found == f"3 errors: {'; '.join(outcome.measured['errors'])}"
    assert outcome.measured == {
        "errors": [
            'line 2: $[0].name: violates type "string" (found 1)',
            "line 3: $[1]: 'name' is a required property",
            'line 5: $[3]: violates type "object" (found 7)',
        ]
    }


def test_numbers_are_compared_as_they_are_written(repository: Repository) -> None:
    price = '{"items": {"multipleOf": 0.01}}'
    assert hold(repository, "[19.99, 0.07, 1e2, 12345678901234567890.12]", price).holds
    outcome = hold(repository, "[19.99,\n19.990000000000000001]", price)
    assert outcome.found == "1 error: line 2: $[1]: violates multipleOf 0.01 (found 19.990000000000000001)"


@pytest.mark.parametrize(
    ("schema", "value", "holds"),
    [
        ('{"maximum": 0.3}', "0.300000000000000001", False),
        ('{"exclusiveMaximum": 1}', "0.99999999999999999999", True),
        ('{"$schema": "http://json-schema.org/draft-04/schema#", "minimum": 1}', "0.99999999999999999999", False),
        ('{"const": [1]}', "[1.00000000000000000001]", False),
        ('{"const": 1}', "1.00000000000000000000", True),
        ('{"enum": [0.1]}', "0.10000000000000000001", False),
        ('{"type": "integer"}', "9007199254740993.5", False),
        ('{"type": "integer"}', "1.00000000000000000000", True),
        ('{"uniqueItems": true}', "[0.1, 0.10000000000000000001]", True),
        ('{"uniqueItems": true}', "[0.1, 0.10000000000000000000]", False),
        ('{"multipleOf": 1e-400}', "1", True),
    ],
)
def test_every_keyword_compares_them_to_the_last_digit(
    repository: Repository, schema: str, value: str, holds: bool
) -> None:
    assert hold(repository, value, schema).holds is holds


def test_many_numbers_that_are_nearly_alike_take_little_time(repository: Repository) -> None:
    began = process_time()
    assert hold(
        repository, f"[{', '.join(f'1.{number:020}' for number in range(10_000))}]", {"uniqueItems": True}
    ).holds
    assert hold(
        repository, f"[{', '.join(f'1e-{400 + number}' for number in range(10_000))}]", {"uniqueItems": True}
    ).holds
    assert process_time() - began < 3


def test_a_dollar_is_the_end_of_the_text_only(repository: Repository) -> None:
    year = {"pattern": r"^\d{4}$"}
    assert hold(repository, '"2024"', year).holds
    assert not hold(repository, '"2024\\n"', year).holds
    assert not hold(repository, '"\u0662\u0660\u0662\u0664"', year).holds


def test_a_schema_is_linted_where_it_is_there(repository: Repository) -> None:
    def lint() -> list[str]:
        rule = JsonSchema("s.json", 2)
        return [topic for topic, _, _ in rule.lint_files(Artifacts(repository.root, ("s.json",), 1 << 24))]

    assert lint() == []
    repository.write("s.json", '{"requird": []}')
    assert lint() == ["ignored-keyword"]
    repository.write("s.json", "{")
    assert lint() == ["unusable-schema"]


def test_of_many_errors_ten_are_shown_with_their_lines_and_fifty_recorded(repository: Repository) -> None:
    outcome = hold(repository, json.dumps([1] * 60, indent=1))
    assert len(outcome.measured["errors"]) == 50
    assert outcome.lines == ("60 errors:", *outcome.measured["errors"][:10], "and 50 more")
    assert outcome.found.startswith('60 errors: line 2: $[0]: violates type "object" (found 1); line 3: $[1]: ')
    assert outcome.found.endswith('line 11: $[9]: violates type "object" (found 1); and 50 more')
    assert hold(repository, json.dumps([1] * 5000)).found.startswith("more than 1000 errors: line 1:")


@pytest.mark.parametrize(
    ("content", "found"),
    [
        pytest.param(None, "file is missing", id="missing"),
        pytest.param("", "a.json: is empty", id="empty"),
        pytest.param("[1,\n]", "a.json:1: invalid JSON: trailing comma before ']' (column 3)", id="no JSON"),
        pytest.param('[{"name": "x",\n"name": "y"}]', "a.json:2: duplicate key 'name'", id="a key twice"),
        pytest.param(f'["1",\n{"1" * 5000}]', "a.json:2: contains an integer of more than 4300 digits", id="integer"),
        pytest.param('[{"name": 1e400}]', "a.json:1: number 1e400 is too large", id="too large"),
        pytest.param("[NaN]", "a.json:1: invalid JSON: NaN is not JSON", id="no number"),
        pytest.param("[" * 100_000, "a.json: is nested too deeply", id="nested too deeply"),
        pytest.param(b"\xff", "bytes that are not UTF-8", id="no text"),
    ],
)
def test_what_is_no_strict_json_fails(repository: Repository, content: str | bytes | None, found: str) -> None:
    outcome = hold(repository, content)
    assert not outcome.holds
    assert outcome.found.startswith(found)
    assert outcome.measured == {"errors": []}


@pytest.mark.parametrize(
    ("schema", "found"),
    [
        pytest.param(None, "s.json: file is missing", id="missing"),
        pytest.param("{", "s.json:1: invalid JSON: missing '}'", id="no JSON"),
        pytest.param("[]", "s.json: is not a JSON object", id="no object"),
        pytest.param({"type": "strin"}, "s.json: is not a valid schema: $.type", id="no schema"),
        pytest.param({"$ref": "https://a.example/s.json"}, "no other file is read", id="another file"),
    ],
)
def test_a_schema_that_cannot_be_used_fails_the_check_and_is_named(
    repository: Repository, schema: Any, found: str
) -> None:
    outcome = hold(repository, "[]", schema)
    assert not outcome.holds
    assert outcome.found.startswith("the schema cannot be used: s.json")
    assert found in outcome.found
    assert outcome.measured == {"errors": []}


def test_it_says_beforehand_which_other_file_it_reads() -> None:
    rule = JsonSchema("schemas/a.json", 2)
    assert (rule.other_paths, rule.describe()) == (("schemas/a.json",), "JSON that conforms to schemas/a.json")


def test_a_glob_of_schemas_is_a_contract_error(repository: Repository) -> None:
    with pytest.raises(InvalidFile, match=r"\$\.validations\[0\]\.schema: must not contain"):
        compiled(repository, validations=[{"type": "json_schema", "target": "a.json", "schema": "*.json"}])
