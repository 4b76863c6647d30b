import json
from typing import Any

import pytest

from gate_tests.strict_json.document import Document
from gate_tests.strict_json.validation import find_schema_errors, truncate_json
from tests.support.messages import message

SCHEMA: dict[str, Any] = {
    "type": "object",
    "required": ["name"],
    "properties": {
        "name": {"type": "string", "minLength": 1},
        "kind": {"enum": ["small", "large"]},
        "level": {"enum": [1, 2]},
        "count": {"type": "integer", "minimum": 1, "maximum": 9},
        "size": {"type": "number", "exclusiveMinimum": 0},
        "tags": {"type": ["array", "string"], "uniqueItems": True},
        "id": {"pattern": "^[a-z]+$"},
    },
    "patternProperties": {"^x-": {}},
    "additionalProperties": False,
}


def errors(value: Any) -> list[str]:
    return find_schema_errors(Document.parse("a.json", json.dumps(value, indent=1).encode()), SCHEMA)


def test_a_document_that_conforms_has_no_errors() -> None:
    assert errors({"name": "a", "kind": "small", "count": 9, "x-anything": {}}) == []


@pytest.mark.parametrize(
    ("member", "error"),
    [
        pytest.param({"kind": "smal"}, "$.kind: unknown value 'smal', did you mean 'small'?", id="a misspelt value"),
        pytest.param({"kind": 1}, '$.kind: must be one of ["small", "large"] (found 1)', id="no string at all"),
        pytest.param({"level": 3}, "$.level: must be one of [1, 2] (found 3)", id="another number"),
        pytest.param({"count": "1"}, '$.count: must be an integer (found "1")', id="another type"),
        pytest.param({"tags": 1}, "$.tags: must be a list or a string (found 1)", id="none of two types"),
        pytest.param({"count": 0}, "$.count: must be at least 1 (found 0)", id="too small"),
        pytest.param({"count": 10}, "$.count: must be at most 9 (found 10)", id="too large"),
        pytest.param({"size": 0}, "$.size: must be more than 0 (found 0)", id="the bound itself"),
        pytest.param({"tags": ["a", "a"]}, '$.tags: must not contain duplicates (found ["a", "a"])', id="twice"),
        pytest.param({"id": "A"}, '$.id: must match ^[a-z]+$ (found "A")', id="a pattern"),
        pytest.param({"cuont": 1}, "$.cuont: unknown key 'cuont', did you mean 'count'?", id="a misspelt key"),
    ],
)
def test_an_error_is_one_line_with_file_line_path_and_rule(member: dict[str, Any], error: str) -> None:
    assert errors({"name": "a", **member}) == [f"a.json:3: {error}"]


def test_a_missing_key_is_told_with_the_unknown_one_that_looks_like_it() -> None:
    assert errors({"nmae": "a"}) == [
        "a.json:1: $: missing key 'name' (found 'nmae')",
        "a.json:2: $.nmae: unknown key 'nmae', did you mean 'name'?",
    ]


def test_errors_come_in_the_order_of_the_file() -> None:
    found = errors({"size": "a", "name": "", "count": 0})
    assert [error.split(": ")[0:2] for error in found] == [
        ["a.json:2", "$.size"],
        ["a.json:3", "$.name"],
        ["a.json:4", "$.count"],
    ]


def test_a_long_value_is_truncated() -> None:
    assert truncate_json("é" * 58) == f'"{"é" * 58}"'
    assert len(truncate_json(["x"] * 100)) == 60
    assert truncate_json(["x"] * 100).endswith("…")


@pytest.mark.slow
def test_of_very_many_errors_the_first_hundred_are_listed_and_that_there_are_more() -> None:
    listed = errors({"name": "a", **{f"key{number}": 1 for number in range(50_000)}})
    assert len(listed) == 101
    assert listed[99] == "a.json:102: $.key99: unknown key 'key99' (known: name, kind, level, count, size, tags, id)"
    assert listed[100] == f"a.json: {message('more-errors', limit=100)}"
    assert len(errors({"name": "a", **{f"key{number}": 1 for number in range(100)}})) == 100


def test_a_line_is_no_longer_than_a_thousand_characters() -> None:
    (listed,) = errors({"name": "a", "k" * 1_000_000: 1})
    assert listed == f"a.json:3: $.{'k' * 987}…"


@pytest.mark.slow
@pytest.mark.parametrize("item", [{"a": 1}, "b"], ids=["objects", "texts"])
def test_repeated_items_are_found_in_time_that_grows_as_the_list_does(item: Any) -> None:
    items = [[number, item] for number in range(20_000)]  # each with each would be 200 million
    assert errors({"name": "a", "tags": items}) == []
    (listed,) = errors({"name": "a", "tags": [*items, items[7]]})
    assert listed.startswith("a.json:3: $.tags: must not contain duplicates")


def test_values_of_different_types_are_not_the_same() -> None:
    assert errors({"name": "a", "tags": [1, "1", True, None]}) == []
