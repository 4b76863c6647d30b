import json
from typing import Any

import pytest

from gate_tests.checks.types.json_schema.schema_lint import lint_schema
from gate_tests.strict_json.document import Document

DRAFT_7, DRAFT_2020 = "http://json-schema.org/draft-07/schema#", "https://json-schema.org/draft/2020-12/schema"


def lint(schema: Any) -> list[tuple[str, str]]:
    found = lint_schema(Document.parse("s.json", json.dumps(schema, indent=1).encode()))
    return [(topic, words) for topic, _, words in found]


@pytest.mark.quick("*")
@pytest.mark.parametrize(
    ("schema", "topic", "words"),
    [
        pytest.param(
            {"$schema": DRAFT_2020, "properties": {"a": {"minimun": 1}}},
            "ignored-keyword",
            "s.json:4: $.properties.a: 'minimun' is not a keyword of 2020-12 and is ignored, did you mean 'minimum'?",
            id="a misspelling",
        ),
        pytest.param(
            {"$schema": DRAFT_7, "dependentRequired": {"a": ["b"]}},
            "ignored-keyword",
            "'dependentRequired' is not a keyword of draft-07 and is ignored (a keyword of 2019-09, 2020-12)",
            id="a newer keyword",
        ),
        pytest.param(
            {"$schema": DRAFT_2020, "additionalItems": False},
            "ignored-keyword",
            "'additionalItems' is not a keyword of 2020-12",
            id="an older keyword",
        ),
        pytest.param(
            {"$schema": DRAFT_7, "definitions": {"q": {}}, "items": {"$ref": "#/definitions/q", "minLength": 3}},
            "ignored-keyword",
            "$.items: 'minLength' beside `$ref` is ignored in draft-07",
            id="beside a reference",
        ),
        pytest.param(
            {"$schema": DRAFT_7, "$ref": "#/x", "x": {"requird": []}},
            "ignored-keyword",
            "$.x: 'requird' is not a keyword",
            id="in what a reference leads to",
        ),
        pytest.param(
            {"prefixItems": [{}]},
            "no-draft",
            's.json has no $schema, and drafts differ in `prefixItems`: add "$schema": '
            f'"{DRAFT_2020}", which is the default here',
            id="a newer keyword without a draft",
        ),
        pytest.param({"$defs": {"a": {}}}, "no-draft", "differ in `$defs`", id="definitions by a newer name"),
        pytest.param({"dependencies": {}}, "no-draft", "differ in `dependencies`", id="an older keyword, no draft"),
        pytest.param(
            {"properties": {"a": {"$ref": "#", "minProperties": 1}}},
            "no-draft",
            "differ in a keyword beside `$ref`",
            id="beside a reference without a draft",
        ),
        pytest.param(
            {"items": [{}]}, "unusable-schema", "s.json is not a valid schema: $.items:", id="a list of items"
        ),
        pytest.param(
            {"$schema": DRAFT_7.replace("http:", "https:")},
            "unusable-schema",
            f'did you mean "{DRAFT_7}"?',
            id="a draft",
        ),
        pytest.param({"$ref": "t.json"}, "unusable-schema", "does not resolve in this file", id="another file"),
    ],
)
def test_a_schema_that_demands_less_than_it_seems_to_is_advised_against(schema: Any, topic: str, words: str) -> None:
    found = lint(schema)
    assert topic in [each for each, _ in found]
    assert any(words in said for _, said in found), found


@pytest.mark.parametrize(
    "schema",
    [
        pytest.param(
            {"type": "object", "required": ["a"], "properties": {"a": {"const": 1}}}, id="alike in all drafts"
        ),
        pytest.param({"$schema": DRAFT_2020, "prefixItems": [{}], "unevaluatedItems": False}, id="2020-12"),
        pytest.param({"$schema": DRAFT_7, "items": [{}], "additionalItems": False, "dependencies": {}}, id="draft-07"),
        pytest.param(
            {"$schema": DRAFT_7, "$ref": "#/definitions/a", "definitions": {"a": {}}, "title": "x"}, id="notes"
        ),
        pytest.param({"type": "string", "markdownDescription": "x", "x-note": 1, "deprecated": True}, id="more notes"),
        pytest.param({"properties": {"minimun": {}}, "enum": [{"minimun": 1}], "default": {"x": 1}}, id="no keywords"),
        pytest.param([], id="no schema at all"),
    ],
)
def test_a_schema_that_says_what_it_means_has_no_advice(schema: Any) -> None:
    assert lint(schema) == []


def test_of_very_many_warnings_twenty_are_given() -> None:
    assert len(lint({"$schema": DRAFT_7, "properties": {f"p{number}": {"typ": 1} for number in range(99)}})) == 20
