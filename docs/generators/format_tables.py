"""The tables of keys in docs/formats.md, made from the JSON Schemas of the files."""

import json
from collections.abc import Iterator, Mapping
from typing import Final, NamedTuple

from docs.generators.page_files import read_page, replace_part
from docs.generators.schema_words import Fragment, describe_range, list_types, name_type
from docs.markdown import text as markdown
from docs.markdown.page import make_anchor
from runner.schemas import load_schema

PAGE = "docs/formats.md"


class Table(NamedTuple):
    """A table of the page: an object of a schema (`definition`; empty: the file itself), and the heading above it."""

    schema: str
    definition: str
    heading: str

    @property
    def marker(self) -> str:
        """The name in the markers of the generated part."""
        return f"{self.schema} {self.definition}".strip()

    @property
    def anchor(self) -> str:
        """The link to the heading."""
        return f"#{make_anchor(self.heading)}"


TABLES: Final = (
    Table("contract", "", "Contract"),
    Table("contract", "output", "Declared output"),
    Table("contract", "pre_script", "Script before the checks"),
    Table("contract", "skill", "Skill"),
    Table("contract", "thresholds", "Thresholds"),
    Table("workflow", "", "Workflow"),
    Table("agents", "", "agents.local.json"),
    Table("agents", "agent", "Command of an agent"),
    Table("run", "", "RUN.json"),
    Table("run", "gate", "Gate of a run"),
    Table("run", "invocation", "Invocation"),
    Table("run", "usage", "Usage"),
    Table("run", "index_entry", "Index of outputs"),
    Table("run", "event", "Event"),
    Table("attempt", "", "Attempt"),
    Table("attempt", "artifact", "Artifact"),
    Table("attempt", "row", "Check result"),
    Table("attempt", "script", "Script result"),
    Table("attempt", "context_or_null", "Context"),
    Table("attempt", "baseline_or_null", "Baseline"),
)
_ANCHORS: Final = {(each.schema, each.definition): each.anchor for each in TABLES} | {("run", "attempt"): "#attempt"}
_HEAD: Final = ("key", "value", "meaning")
_SHORT_NAMES: Final = {
    "time": "time", "time_or_null": "time or null", "sha256": "SHA-256", "sha256_or_null": "SHA-256 or null",
}  # fmt: skip
_CHECK: Final = "validation"
"""The definition of a check, whose keys have pages of their own."""


def generate() -> dict[str, str]:
    """The page with its tables as they are to be."""
    page = read_page(PAGE)
    for table in TABLES:
        page = replace_part(page, table.marker, build_table(table))
    return {PAGE: page}


def build_table(table: Table) -> str:
    """A row for each key of the object, and for those of the objects in it that have no table of their own."""
    schema = load_schema(table.schema)
    fragment = schema["definitions"][table.definition] if table.definition else schema
    return markdown.build_table(_HEAD, (tuple(map(_escape, row)) for row in _Rows(table.schema, schema).of(fragment)))


def _escape(cell: str) -> str:
    """The text of a cell. `<gate>` outside code would be taken for HTML."""
    parts = cell.split("`")
    return "`".join(part if index % 2 else part.replace("<", "&lt;") for index, part in enumerate(parts))


class _Rows(NamedTuple):
    kind: str
    schema: Fragment

    def of(self, fragment: Fragment, prefix: str = "") -> Iterator[tuple[str, str, str]]:
        """The rows of an object. `prefix` is the path to it, such as `pins.`."""
        required = fragment.get("required", ())
        for key, value in {**fragment.get("properties", {}), **fragment.get("patternProperties", {})}.items():
            shown = f"{key.removeprefix('^')}…" if key.startswith("^") else key
            yield self._row(f"{prefix}{shown}", value, is_required=key in required)
            inner = self._find_inner(value)
            if inner is not None:
                many = "[]" if "items" in value else ""
                yield from self.of(inner, f"{prefix}{key}{many}.")

    def _row(self, name: str, value: Fragment, *, is_required: bool) -> tuple[str, str, str]:
        meaning = value.get("description") or self._resolve(value).get("description", "")
        parts = [self._describe(value), *describe_range(value), *(["required"] if is_required else [])]
        parts += [f"default `{json.dumps(value['default'])}`"] if "default" in value else []
        return f"`{name}`", ", ".join(parts), meaning

    def _find_inner(self, value: Fragment) -> Fragment | None:
        """The object whose keys are listed below the row; None if it has none or a table of its own."""
        element = value.get("items", value)
        if self._find_anchor(element) or self._name(element) == _CHECK:
            return None
        resolved = self._resolve(element)
        return resolved if "properties" in resolved else None

    def _describe(self, value: Fragment) -> str:
        name = self._name(value)
        if name in _SHORT_NAMES:
            return _SHORT_NAMES[name]
        if anchor := self._find_anchor(value):
            return f"[object]({anchor})" + (" or null" if name.endswith("_or_null") else "")
        resolved = self._resolve(value)
        if "enum" in resolved:
            return " or ".join(f"`{each}`" for each in resolved["enum"])
        if "const" in resolved:
            return f"`{json.dumps(resolved['const'])}`"
        return " or ".join(self._describe_type(each, resolved) for each in list_types(resolved, "any value"))

    def _describe_type(self, name: str, value: Fragment) -> str:
        if name == "array":
            items = value.get("items", {})
            if self._name(items) == _CHECK:
                return "list of [checks](#checks)"
            anchor = self._find_anchor(items)
            return f"list of [objects]({anchor})" if anchor else f"list of {self._describe(items)}" if items else "list"
        if name == "object" and (anchor := self._find_anchor(value.get("additionalProperties"))):
            return f"object of [objects]({anchor})"
        return name_type(name)

    def _find_anchor(self, value: object) -> str | None:
        name = self._name(value) if isinstance(value, Mapping) else ""
        return (_ANCHORS.get((self.kind, name)) or _ANCHORS.get(("attempt", name))) if name else None

    def _resolve(self, value: Fragment) -> Fragment:
        name = self._name(value)
        return self.schema["definitions"][name] if name else value

    @staticmethod
    def _name(value: Fragment) -> str:
        return str(value.get("$ref", "")).removeprefix("#/definitions/")
