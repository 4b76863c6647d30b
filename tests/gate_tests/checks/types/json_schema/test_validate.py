import re
from typing import Any

import pytest

from gate_tests.checks.types.json_schema.schema_check import UnusableSchema, UnusableValue
from gate_tests.checks.types.json_schema.validate import validate
from gate_tests.strict_json.written_float import WrittenFloat
from tests.support.messages import message

BILLION = "(?:(?:a{1000}){1000}){1000}"
DRAFT_3, DRAFT_4, DRAFT_7 = (f"http://json-schema.org/draft-{number}/schema#" for number in ("03", "04", "07"))


DRAFT_2019, DRAFT_2020 = (f"https://json-schema.org/draft/{name}/schema" for name in ("2019-09", "2020-12"))


def told(value: Any, schema: Any) -> list[str]:
    return [each.message for each in validate(value, schema, 2).found]


@pytest.mark.parametrize(
    ("value", "schema", "errors"),
    [
        pytest.param(
            {"a": 1}, {"properties": {"a": {"type": "string"}}}, ['$.a: violates type "string" (found 1)'], id="type"
        ),
        pytest.param({}, {"required": ["b"]}, ["$: 'b' is a required property"], id="required"),
        pytest.param(
            {"a": [1, "x"]},
            {"properties": {"a": {"items": {"type": "integer"}}}},
            ['$.a[1]: violates type "integer" (found "x")'],
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
            ["$: not allowed (found 1)"],
            id="never, where jsonschema tells no path",
        ),
        pytest.param(
            1,
            {"$ref": "#/$defs/a", "$defs": {"a": {"type": "string"}}},
            ['$: violates type "string" (found 1)'],
            id="reference",
        ),
        pytest.param(
            1,
            {"$ref": "#a", "$defs": {"b": {"$anchor": "a", "type": "string"}}},
            ['$: violates type "string" (found 1)'],
            id="anchor",
        ),
        pytest.param(
            1,
            {"$id": "https://a.example/s", "$ref": "https://a.example/s#/x", "x": {"minimum": 2}},
            ["$: violates minimum 2 (found 1)"],
            id="by its own id",
        ),
        pytest.param(
            [1],
            {"$schema": DRAFT_7, "items": [{"type": "string"}]},
            ['$[0]: violates type "string" (found 1)'],
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
            ['$: violates uniqueItems true (found [{"a": 1, "b": 2}, {"b": 2.0, "a": 1}])'],
            id="equal items",
        ),
    ],
)
def test_every_error_is_told_with_its_path(value: Any, schema: Any, errors: list[str]) -> None:
    assert told(value, schema) == errors


@pytest.mark.parametrize(
    ("schema", "problem"),
    [
        pytest.param([], "is not a JSON object", id="a list"),
        pytest.param({"type": "strin"}, "is not a valid schema: $.type", id="unknown type"),
        pytest.param(
            {"properties": {"a": {"minimum": "1"}}}, "is not a valid schema: $.properties.a.minimum", id="deep inside"
        ),
        pytest.param({"pattern": "("}, "unterminated group", id="bad regex"),
        pytest.param(
            {"patternProperties": {BILLION: {}}},
            f'invalid regex "{BILLION}": {message("regex-too-large", parts=10**9)}',
            id="a regex that is too large",
        ),
        pytest.param({"pattern": "(?i)a"}, "is not JavaScript syntax", id="a regex of another language"),
        pytest.param({"pattern": r"\_\a"}, r"\a has no meaning under the flag u", id="an escape without meaning"),
        pytest.param({"pattern": "(?:|a)+"}, "not supported", id="a regex that is not supported"),
        pytest.param(
            {"$defs": {"a": {"patternProperties": {"[": {}}}}}, "invalid regex", id="a regex nothing comes upon"
        ),
        pytest.param({"$schema": "https://a.example/draft"}, '/draft" (known: http://json-', id="unknown draft"),
        pytest.param({"$schema": "http://json-schema.org/schema#"}, "(known: http://json-", id="no draft of that name"),
        pytest.param({"items": [{}]}, "(no $schema, so draft 2020-12 is used)", id="an older draft unnamed"),
        pytest.param({"$schema": 7}, "unknown draft in $schema", id="no draft"),
        pytest.param({"$ref": "https://a.example/s.json"}, "no other file is read", id="remote"),
        pytest.param({"$ref": "other.json#/a"}, "no other file is read", id="another file"),
        pytest.param({"$ref": "file:///etc/passwd"}, "no other file is read", id="a file of the machine"),
        pytest.param({"$schema": DRAFT_7, "$ref": DRAFT_7}, "no other file is read", id="the draft itself"),
        pytest.param({"$dynamicRef": "https://a.example/s"}, "no other file is read", id="dynamic"),
        pytest.param(
            {"anyOf": [True, {"not": {"$ref": "t.json"}}]}, "no other file is read", id="where nothing comes upon it"
        ),
        pytest.param({"$ref": "#/$defs/a"}, "does not resolve", id="nowhere"),
        pytest.param({"$ref": "#/a/x", "a": [1]}, "does not resolve", id="no such item"),
        pytest.param({"$ref": "#/title", "title": "x"}, "does not point to a schema", id="to a text"),
        pytest.param({"$ref": "#/x", "x": {"type": 5}}, "is not a valid schema: $.type", id="to a bad schema"),
        pytest.param(
            {"$ref": "#/x", "x": {"y": {"$ref": "t.json"}, "$ref": "#/x/y"}},
            "no other file is read",
            id="by way of another",
        ),
    ],
)
def test_a_schema_that_is_none_or_that_leaves_its_file_cannot_be_used(schema: Any, problem: str) -> None:
    with pytest.raises(UnusableSchema) as caught:
        validate(1, schema, 2)
    assert problem in str(caught.value)


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("https://json-schema.org/draft-07/schema#", DRAFT_7),
        ("https://json-schema.org/draft-07/schema", DRAFT_7),
        ("http://json-schema.org/draft-07/schema/", DRAFT_7),
        ("http://json-schema.org/draft/07/schema#", DRAFT_7),
        ("http://www.json-schema.org/draft-7/schema#", DRAFT_7),
        ("json-schema.org/draft-04/schema", DRAFT_4),
        ("http://json-schema.org/draft/2020-12/schema", DRAFT_2020),
        ("https://json-schema.org/draft/2020-12/schema.json", DRAFT_2020),
        ("https://json-schema.org/draft-2019-09/schema#", DRAFT_2019),
    ],
)
def test_a_draft_that_is_spelled_otherwise_is_named_as_it_is_to_be_written(written: str, meant: str) -> None:
    with pytest.raises(UnusableSchema) as caught:
        validate(1, {"$schema": written}, 2)
    assert str(caught.value) == f'unknown draft in $schema: "{written}", did you mean "{meant}"?'


@pytest.mark.parametrize("named", [DRAFT_7, DRAFT_7.rstrip("#"), DRAFT_2020, f"{DRAFT_2020}#"])
def test_a_draft_is_known_with_and_without_an_empty_fragment(named: str) -> None:
    assert told(1, {"$schema": named, "type": "integer"}) == []


def test_what_is_nested_too_deeply_or_too_large_is_refused() -> None:
    deep: list[Any] = []
    for _ in range(900):
        deep = [deep]
    long = WrittenFloat("0." + "1" * 5000)
    for value, schema in ((deep, {"items": {"$ref": "#"}}), (1, {"$ref": "#"}), (long, {"multipleOf": 0.1})):
        with pytest.raises(UnusableValue):
            validate(value, schema, 2)


def test_of_very_many_errors_not_all_are_looked_for() -> None:
    violations = validate([1] * 200_000, {"items": {"type": "string"}}, 2)
    assert (len(violations.found), violations.has_more) == (1000, True)


@pytest.mark.slow
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
    with pytest.raises(UnusableSchema, match=r"timed out after 0\.05 s"):
        validate(value, schema, 0.05)


@pytest.mark.parametrize(
    ("schema", "problem"),
    [
        pytest.param({"patternProperties": {"(": {}}}, r'invalid regex "\("', id="a regex that draft 4 lets pass"),
        pytest.param(
            {"$schema": DRAFT_3, "extends": {"$ref": "http://127.0.0.1/x"}}, "is not valid for its draft", id="draft 3"
        ),
    ],
)
def test_what_an_old_draft_lets_pass_is_told(schema: Any, problem: str) -> None:
    with pytest.raises(UnusableSchema, match=problem):
        validate({"a": 1}, {"$schema": DRAFT_4, **schema}, 2)


@pytest.mark.parametrize(
    ("pattern", "text", "matches"),
    [
        pytest.param("b", "abc", True, id="anywhere"),
        pytest.param("^abc$", "abc", True, id="all of it"),
        pytest.param("^abc$", "abc\n", False, id="no line end behind it"),
        pytest.param("^b$", "a\nb\nc", False, id="nor lines before it"),
        pytest.param(r"^\d+$", "١٢٣", False, id="digits are ASCII"),
        pytest.param(r"^\w+$", "é", False, id="letters too"),
        pytest.param(r"^\p{L}+$", "é", True, id="properties"),
        pytest.param("^.$", "🌍", True, id="a character is one"),
        pytest.param(r"^\u{1F30D}$", "🌍", True, id="by its number"),
        pytest.param(r"^\d{4}\-\d\d$", "2026-11", True, id="a needless backslash"),
        pytest.param("a.b", "a\u2028b", False, id="a line end of JavaScript's"),
        pytest.param(r"^(?<year>\d+)-\k<year>$", "12-12", True, id="a name"),
        pytest.param(r"^[[]$", "[", True, id="a bracket in brackets"),
        pytest.param("[^]", "\n", True, id="any character"),
    ],
)
@pytest.mark.parametrize("draft", [None, DRAFT_4, DRAFT_7])
def test_a_regex_means_what_it_means_in_javascript(pattern: str, text: str, matches: bool, draft: str | None) -> None:
    schema = {"$schema": draft} if draft else {}
    assert (told(text, {**schema, "pattern": pattern}) == []) is matches
    assert (told({text: 1}, {**schema, "patternProperties": {pattern: {"type": "integer"}}}) == []) is True
    assert (told({text: 1}, {**schema, "patternProperties": {pattern: {"type": "string"}}}) == []) is not matches


A_STRING = {"properties": {"a": {"type": "string"}}}


@pytest.mark.parametrize("draft", ["2019-09", "2020-12"])
@pytest.mark.parametrize(
    ("schema", "others"),
    [
        pytest.param({}, "a b 1", id="nothing is spoken of"),
        pytest.param(A_STRING, "b 1", id="a name"),
        pytest.param({"patternProperties": {r"^\D$": {}}}, "1", id="a regex"),
        pytest.param({"additionalProperties": True}, "", id="all others"),
        pytest.param({"allOf": [A_STRING, {"patternProperties": {"b": {}}}]}, "1", id="in another place"),
        pytest.param({"anyOf": [A_STRING, {"properties": {"b": {"type": "integer"}}}]}, "b 1", id="one that holds"),
        pytest.param({"if": A_STRING, "then": {"properties": {"b": {}}}}, "1", id="if and then"),
        pytest.param({"if": False, "then": A_STRING, "else": {"properties": {"b": {}}}}, "a 1", id="else"),
        pytest.param({"$ref": "#/$defs/x", "$defs": {"x": A_STRING}}, "b 1", id="a reference"),
        pytest.param({"dependentSchemas": {"a": A_STRING, "z": {"properties": {"b": {}}}}}, "b 1", id="a dependency"),
        pytest.param({"not": {"not": A_STRING}}, "a b 1", id="what is denied says nothing"),
    ],
)
def test_members_that_nothing_speaks_of_are_told(schema: dict[str, Any], others: str, draft: str) -> None:
    named = f"https://json-schema.org/draft/{draft}/schema"
    errors = told({"a": "x", "b": "y", "1": "z"}, {"$schema": named, **schema, "unevaluatedProperties": False})
    assert " ".join(re.findall("'(.)'", "".join(errors))) == others
    errors = told(
        {"a": "x", "b": "y", "1": "z"}, {"$schema": named, **schema, "unevaluatedProperties": {"minLength": 2}}
    )
    assert [error[:4].strip('$[]".:') for error in errors] == others.split()


@pytest.mark.parametrize(
    ("schema", "others"),
    [
        pytest.param({}, [0, 1, 2], id="nothing is spoken of"),
        pytest.param({"prefixItems": [True]}, [1, 2], id="the first"),
        pytest.param({"prefixItems": [True] * 5}, [], id="more than there are"),
        pytest.param({"items": {}}, [], id="all"),
        pytest.param({"contains": {"const": 2}}, [0, 2], id="one that is asked for"),
        pytest.param({"allOf": [{"prefixItems": [True]}, {"contains": {"const": 3}}]}, [1], id="in another place"),
        pytest.param({"anyOf": [{"items": False}, {"prefixItems": [True, True]}]}, [2], id="one that holds"),
        pytest.param({"$ref": "#/$defs/x", "$defs": {"x": {"prefixItems": [True]}}}, [1, 2], id="a reference"),
        pytest.param({"dependentSchemas": {"a": {"items": True}}}, [0, 1, 2], id="what is about objects"),
        pytest.param({"$schema": DRAFT_2019, "items": [True]}, [1, 2], id="the first, in an older draft"),
        pytest.param({"$schema": DRAFT_2019, "items": [True], "additionalItems": True}, [], id="and the rest"),
        pytest.param({"$schema": DRAFT_2019, "contains": {"const": 2}}, [0, 1, 2], id="one that is asked for there"),
    ],
)
def test_items_that_nothing_speaks_of_are_told(schema: dict[str, Any], others: list[int]) -> None:
    assert (told([1, 2, 3], {**schema, "unevaluatedItems": False}) == []) is (others == [])
    errors = told([1, 2, 3], {**schema, "unevaluatedItems": {"type": "string"}})
    assert [int(error[2]) for error in errors] == others


@pytest.mark.slow
def test_many_items_that_nothing_speaks_of_are_found_in_little_time() -> None:
    message = "$: Unevaluated items are not allowed (100000, the first is item 100000)"
    assert told([1] * 100_000 + [2] * 100_000, {"contains": {"const": 1}, "unevaluatedItems": False}) == [message]


def test_a_regex_about_members_that_nothing_speaks_of_has_an_end_too() -> None:
    schema = {"allOf": [{"patternProperties": {"^(a|a)+$": {}}}], "unevaluatedProperties": False}
    with pytest.raises(UnusableSchema, match=r"timed out after 0\.05 s"):
        validate({"a" * 40 + "!": 1}, schema, 0.05)


@pytest.mark.slow
def test_many_members_that_nothing_speaks_of_are_found_in_little_time() -> None:
    value = {str(number): number for number in range(50_000)}
    assert told(value, {"patternProperties": {"^": {}}, "unevaluatedProperties": False}) == []


def test_keys_that_are_not_allowed_are_told_in_the_order_of_the_file() -> None:
    schema = {"properties": {"a": {}}, "patternProperties": {"^x": {}}, "additionalProperties": False}
    message = "$: Additional properties are not allowed ('z', 'b' were unexpected)"
    assert told({"z": 1, "x1": 1, "a": 1, "b": 1}, schema) == [message]
    numbers = {"additionalProperties": {"type": "string"}}
    assert [each.split(":")[0] for each in told({"z": 1, "b": 1}, numbers)] == ["$.z", "$.b"]
