"""Warnings about a schema that requires less than it seems to."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from gate_tests.checks.lint import LintWarning
from gate_tests.checks.types.json_schema.drafts import DRAFTS, list_keywords, spell_draft
from gate_tests.checks.types.json_schema.schema_check import UnusableSchema, name_draft, walk_schema
from gate_tests.errors import suggest
from gate_tests.strict_json.document import Document, JsonPath

_MAX_WARNINGS: Final = 20
_NOTES: Final = frozenset((
    "$comment", "$defs", "$schema", "$vocabulary", "contentEncoding", "contentMediaType", "contentSchema", "default",
    "definitions", "deprecated", "description", "example", "examples", "externalDocs", "format", "readOnly", "title",
    "writeOnly", "xml",
    "defaultSnippets", "deprecationMessage", "doNotSuggest", "enumDescriptions", "enumNames", "errorMessage",
    "markdownDescription", "markdownEnumDescriptions", "patternErrorMessage", "propertyOrder", "suggestSortText",
    "tsEnumNames", "tsType",
))  # fmt: skip
"""Keywords that demand nothing in any draft; from `defaultSnippets` on those of editors and generators."""
_ALIKE: Final = frozenset.intersection(*map(list_keywords, ("draft-07", "2019-09", "2020-12")))
"""What is known to each draft that a tool may take for granted."""
_CHANGED: Final = frozenset(("$defs", "definitions"))
"""Keywords that some draft has under another name."""
_BESIDE_REF: Final = "a keyword beside `$ref`"
_REF_ALONE: Final = ("draft-03", "draft-04", "draft-06", "draft-07")
"""The drafts in which nothing beside `$ref` is applied."""


def lint_schema(document: Document) -> Iterator[LintWarning]:
    """At most 20 warnings, each with its line in the schema."""
    schema = document.data
    if not isinstance(schema, dict):
        return
    try:
        draft = name_draft(schema)
        parts = [part for part in walk_schema(schema, DRAFTS[draft]) if isinstance(part, dict)]
    except UnusableSchema as error:
        yield LintWarning("unusable-schema", ("schema",), f"{document.path} {error}")
        return
    if "$schema" not in schema and (differing := _find_differing(parts)):
        words = f"{document.path} has no $schema, and drafts differ in {', '.join(differing[:5])}: "
        yield LintWarning(
            "no-draft", ("schema",), f'{words}add "$schema": "{spell_draft(draft)}", which is the default here'
        )
    places = _find_places(schema)
    found = [(places.get(id(part), ()), words) for part in parts for words in _find_ignored(part, draft)]
    for place, words in sorted(found, key=lambda each: document.line(each[0]))[:_MAX_WARNINGS]:
        yield LintWarning("ignored-keyword", ("schema",), f"{document.at(place)}: {words}")


def _find_ignored(part: Mapping[str, Any], draft: str) -> Iterator[str]:
    """A message for each keyword that the draft ignores."""
    known = list_keywords(draft)
    alone = "$ref" in part and draft in _REF_ALONE
    for name in part.keys() - _NOTES - {"$id", "id"} if alone else part.keys() - _NOTES:
        if alone and name != "$ref":
            yield f"{name!r} beside `$ref` is ignored in {draft}"
        elif name not in known and not name.startswith("x-"):
            others = [other for other in DRAFTS if name in list_keywords(other)]
            hint = f" (a keyword of {', '.join(others)})" if others else suggest(name, known)
            yield f"{name!r} is not a keyword of {draft} and is ignored{hint}"


def _find_differing(parts: list[dict[str, Any]]) -> list[str]:
    """The keywords that mean another thing, or nothing, in another draft."""
    found = dict[str, None]()
    for part in parts:
        names = part.keys() - _NOTES | (part.keys() & _CHANGED)
        for name in sorted(names):
            if name in _CHANGED or (name not in _ALIKE and any(name in list_keywords(each) for each in DRAFTS)):
                found[f"`{name}`"] = None
        if "$ref" in part and len(names) > 1:
            found[_BESIDE_REF] = None
    return list(found)


def _find_places(schema: Any) -> dict[int, JsonPath]:
    """The path of each object in the schema, by its id."""
    places: dict[int, JsonPath] = {}
    pending: list[tuple[JsonPath, Any]] = [((), schema)]
    while pending:
        place, value = pending.pop()
        if isinstance(value, dict):
            places[id(value)] = place
            pending += [((*place, key), member) for key, member in value.items()]
        elif isinstance(value, list):
            pending += [((*place, index), item) for index, item in enumerate(value)]
    return places
