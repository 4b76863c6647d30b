from typing import Any

import pytest

from gate_tests.checks.schema_validation import UnusableSchema, UnusableValue, breaches

DRAFT_3, DRAFT_4, DRAFT_7 = (f"http://json-schema.org/draft-{number}/schema#" for number in ("03", "04", "07"))


def told(value: Any, schema: Any) -> list[str]:
    return [breach.told for breach in breaches(value, schema, 2).breaches]


@pytest.mark.parametrize(
    ("value", "schema", "errors"),
    [
        pytest.param(
            {"a": 1}, {"properties": {"a": {"type": "string"}}}, ['$.a: breaks type "string" (got 1)'], id="type"
        ),
        pytest.param({}, {"required": ["b"]}, ["$: 'b' is a required property"], id="required"),
        pytest.param(
            {"a": [1, "x"]},
            {"properties": {"a": {"items": {"type": "integer"}}}},
            ['$.a[1]: breaks type "integer" (got "x")'],
            id="in a list",
        ),
        pytest.param(
            {"z": 1},
            {"additionalProperties": False},
            ["$: Additional properties are not allowed ('z' was unexpected)"],
            id="unknown key",
        ),
        pytest.param(
            {"a": 1},
            {"properties": {"a": False}},
            ["$: not allowed (got 1)"],
            id="never, where jsonschema tells no path",
        ),
        pytest.param(
            1,
            {"$ref": "#/$defs/a", "$defs": {"a": {"type": "string"}}},
            ['$: breaks type "string" (got 1)'],
            id="reference",
        ),
        pytest.param(
            1,
            {"$ref": "#a", "$defs": {"b": {"$anchor": "a", "type": "string"}}},
            ['$: breaks type "string" (got 1)'],
            id="anchor",
        ),
        pytest.param(
            1,
            {"$id": "https://a.example/s", "$ref": "https://a.example/s#/x", "x": {"minimum": 2}},
            ["$: breaks minimum 2 (got 1)"],
            id="by its own id",
        ),
        pytest.param(
            [1],
            {"$schema": DRAFT_7, "items": [{"type": "string"}]},
            ['$[0]: breaks type "string" (got 1)'],
            id="an older draft",
        ),
        pytest.param(
            {"$ref": 1},
            {"properties": {"$ref": {"type": "integer"}}, "enum": [{"$ref": 1}]},
            [],
            id="a key of that name",
        ),
        pytest.param("x", {"format": "date"}, [], id="format asserts nothing"),
        pytest.param([1, True, "1", [1], {"a": 1}], {"uniqueItems": True}, [], id="different items"),
        pytest.param(
            [{"a": 1, "b": 2}, {"b": 2.0, "a": 1}],
            {"uniqueItems": True},
            ['$: breaks uniqueItems true (got [{"a": 1, "b": 2}, {"b": 2.0, "a": 1}])'],
            id="equal items",
        ),
    ],
)
def test_every_error_is_told_with_its_path(value: Any, schema: Any, errors: list[str]) -> None:
    assert told(value, schema) == errors


@pytest.mark.parametrize(
    ("schema", "problem"),
    [
        pytest.param([], "is no JSON object", id="a list"),
        pytest.param({"type": "strin"}, "is no schema: $.type", id="unknown type"),
        pytest.param({"properties": {"a": {"minimum": "1"}}}, "is no schema: $.properties.a.minimum", id="deep inside"),
        pytest.param({"pattern": "("}, "is no schema: $.pattern", id="bad regex"),
        pytest.param({"$schema": "https://a.example/draft"}, "names a draft in $schema", id="unknown draft"),
        pytest.param({"$schema": 7}, "names a draft in $schema", id="no draft"),
        pytest.param({"$ref": "https://a.example/s.json"}, "no other is read", id="remote"),
        pytest.param({"$ref": "other.json#/a"}, "no other is read", id="another file"),
        pytest.param({"$ref": "file:///etc/passwd"}, "no other is read", id="a file of the machine"),
        pytest.param({"$schema": DRAFT_7, "$ref": DRAFT_7}, "no other is read", id="the draft itself"),
        pytest.param({"$dynamicRef": "https://a.example/s"}, "no other is read", id="dynamic"),
        pytest.param(
            {"anyOf": [True, {"not": {"$ref": "t.json"}}]}, "no other is read", id="where nothing comes upon it"
        ),
        pytest.param({"$ref": "#/$defs/a"}, "leads nowhere", id="nowhere"),
        pytest.param({"$ref": "#/a/x", "a": [1]}, "leads nowhere", id="no such item"),
        pytest.param({"$ref": "#/title", "title": "x"}, "leads to what is no schema", id="to a text"),
        pytest.param({"$ref": "#/x", "x": {"type": 5}}, "is no schema: $.type", id="to a bad schema"),
        pytest.param(
            {"$ref": "#/x", "x": {"y": {"$ref": "t.json"}, "$ref": "#/x/y"}}, "no other is read", id="by way of another"
        ),
    ],
)
def test_a_schema_that_is_none_or_that_leaves_its_file_cannot_be_used(schema: Any, problem: str) -> None:
    with pytest.raises(UnusableSchema) as caught:
        breaches(1, schema, 2)
    assert problem in str(caught.value)


def test_what_is_nested_too_deeply_or_too_large_is_refused() -> None:
    deep: list[Any] = []
    for _ in range(900):
        deep = [deep]
    for value, schema in ((deep, {"items": {"$ref": "#"}}), (1, {"$ref": "#"}), (10**400, {"multipleOf": 0.1})):
        with pytest.raises(UnusableValue):
            breaches(value, schema, 2)


def test_of_very_many_errors_not_all_are_looked_for() -> None:
    found = breaches([1] * 200_000, {"items": {"type": "string"}}, 2)
    assert (len(found.breaches), found.are_more) == (1000, True)


def test_many_items_that_must_differ_are_compared_in_little_time() -> None:
    assert told([{"a": number} for number in range(100_000)], {"uniqueItems": True}) == []


def test_a_large_value_is_told_in_few_words() -> None:
    (error,) = told({"a": "x" * 100_000}, {"type": "string"})
    assert len(error) < 200


@pytest.mark.parametrize(
    ("value", "schema"),
    [
        pytest.param("a" * 40 + "!", {"pattern": "^(a|a)+$"}, id="pattern"),
        pytest.param({"a" * 40 + "!": 1}, {"patternProperties": {"^(a|a)+$": {}}}, id="patternProperties"),
        pytest.param(
            {"a" * 40 + "!": 1},
            {"additionalProperties": False, "patternProperties": {"^(a|a)+$": {}}},
            id="additionalProperties",
        ),
    ],
)
def test_a_regex_of_a_schema_has_an_end(value: Any, schema: Any) -> None:
    with pytest.raises(UnusableSchema, match=r"ran longer than 0\.05 s"):
        breaches(value, schema, 0.05)


@pytest.mark.parametrize(
    ("schema", "problem"),
    [
        pytest.param({"patternProperties": {"(": {}}}, r'regex "\(" is none', id="a regex that draft 4 lets pass"),
        pytest.param(
            {"$schema": DRAFT_3, "extends": {"$ref": "http://127.0.0.1/x"}}, "cannot be followed", id="draft 3"
        ),
    ],
)
def test_what_an_old_draft_lets_pass_is_told(schema: Any, problem: str) -> None:
    with pytest.raises(UnusableSchema, match=problem):
        breaches({"a": 1}, {"$schema": DRAFT_4, **schema}, 2)


def test_keys_that_are_not_allowed_are_told_in_the_order_of_the_file() -> None:
    schema = {"properties": {"a": {}}, "patternProperties": {"^x": {}}, "additionalProperties": False}
    message = "$: Additional properties are not allowed ('z', 'b' were unexpected)"
    assert told({"z": 1, "x1": 1, "a": 1, "b": 1}, schema) == [message]
    numbers = {"additionalProperties": {"type": "string"}}
    assert [each.split(":")[0] for each in told({"z": 1, "b": 1}, numbers)] == ["$.z", "$.b"]
