"""The documentation pages of the check types, and the table of all types in the page about contracts."""

import json
from collections.abc import Iterable, Mapping
from importlib.resources import files

from docs.generators import format_tables
from docs.generators.page_files import read_page, replace_part
from docs.generators.schema_words import Fragment, describe_range, list_types, name_type
from docs.markdown.text import build_table
from gate_tests.checks.check_type import CheckType
from gate_tests.checks.registry import BUILT_IN_TYPES, check_type

DIRECTORY = "docs/reference/checks"
INDEX = "README.md"
CONTRACT_PAGE = "orchestration/gates/README.md"
_CONTRACT_SCHEMA = files("gate_tests.compiler") / "contract.schema.json"
_COMMON = """\
Every check has `type` and may have `description`, `severity` and `missing_ok`. A failed check with severity `warning`
is shown and recorded, but does not fail the gate. A missing target fails every check, also one that forbids something,
unless `missing_ok` is true. `min_sources_any_of`, `unchanged_since`, `changed_in_attempt` and `command` do not accept
`missing_ok`: they are not about a single file.

The `target` of a check that reads text may be a glob: `*` matches any characters and `?` one character of a name, `**`
any directories. `[slug]` is literal, and so are the values of variables. No wildcard matches the leading dot of a
hidden name. The check passes if it passes for every matching file (at most 10,000); no match fails it, unless
`missing_ok` is true. It is recorded as one row: its measured values are those of the first file that fails, or else of
the first file, and `glob: {files, file, failed}` has the number of matching files, the file that was measured, and the
first 50 files that fail. `read` has the hashes of all matching files.
"""


def generate() -> dict[str, str]:
    """The pages of the directory, and the page about contracts with its table of all types."""
    pages = {f"{DIRECTORY}/{name}": text for name, text in build_pages().items()}
    return {**pages, CONTRACT_PAGE: update_key_tables(update_table(read_page(CONTRACT_PAGE)))}


def build_pages() -> dict[str, str]:
    """Every page by its file name: the index, and one for each type that a contract may name."""
    types = [check_type(name) for name in BUILT_IN_TYPES]
    return {INDEX: build_index_page(types), **{f"{each.name}.md": build_check_page(each) for each in types}}


def build_index_page(types: Iterable[CheckType]) -> str:
    """The list of the types, each with its summary."""
    rows = [(f"[`{each.name}`]({each.name}.md)", each.summary) for each in types]
    own = "For anything else, write a [custom check](../../how-to/own-checks.md).\n"
    return "\n".join(("# Checks", "", _COMMON, build_table(("type", "passes if"), rows), "", own))


def update_table(text: str) -> str:
    """`text` with its table of all types and their keys, if it has one, brought up to date."""
    types = [check_type(name) for name in BUILT_IN_TYPES]
    rows = [(f"`{each.name}`", each.summary, ", ".join(f"`{key}`" for key in each.keys)) for each in types]
    table = build_table(("type", "passes if", "keys"), rows)
    before, found, rest = text.partition(table.partition("\n")[0])
    return before + table + "\n\n" + rest.partition("\n\n")[2] if found else text


def update_key_tables(text: str) -> str:
    """`text` with the tables of a contract's keys that docs/formats.md has too."""
    for table in format_tables.TABLES:
        if f"<!-- generated: {table.marker} -->" in text:
            text = replace_part(text, table.marker, format_tables.build_table(table))
    return text


def build_check_page(each: CheckType) -> str:
    """What a type requires, how it is written in a contract, and what it records."""
    example = json.dumps(each.example, indent=2, ensure_ascii=False)
    parts = [
        f"# `{each.name}`",
        f"Passes if {each.summary}.",
        f"```json\n{example}\n```",
        "## Keys",
        *_describe_keys(each),
        "## How to fix",
        each.fix,
        "## Recorded",
        _describe_measures(each.measures),
    ]
    return "\n\n".join(parts) + "\n"


def _describe_keys(each: CheckType) -> list[str]:
    if not each.keys:
        return [f"Only the keys of [every check]({INDEX})."]
    table = build_table(("key", "value", "meaning"), _build_key_rows(each))
    return [table, f"And the keys of [every check]({INDEX})."]


def _build_key_rows(each: CheckType) -> list[tuple[str, str, str]]:
    definitions = json.loads(_CONTRACT_SCHEMA.read_text("utf-8"))["definitions"]
    resolved = {key: _resolve(fragment, definitions) for key, fragment in each.keys.items()}
    return [
        (f"`{key}`", _describe_value(fragment, key in each.required), fragment.get("description", ""))
        for key, fragment in resolved.items()
    ]


def _resolve(fragment: Fragment, definitions: Mapping[str, Fragment]) -> Fragment:
    """The fragment merged with the definition that it refers to; its own keywords override."""
    name = fragment.get("$ref", "").removeprefix("#/definitions/")
    return {**definitions[name], **fragment} if name else fragment


def _describe_value(fragment: Fragment, required: bool) -> str:
    parts = [_describe_type(fragment), *describe_range(fragment)]
    parts += [f"default `{json.dumps(fragment['default'])}`"] if "default" in fragment else []
    return ", ".join([*parts, *(["required"] if required else [])])


def _describe_type(fragment: Fragment) -> str:
    if "enum" in fragment:
        return " or ".join(f"`{json.dumps(value)}`" for value in fragment["enum"])
    return " or ".join(map(name_type, list_types(fragment)))


def _describe_measures(measures: Mapping[str, str]) -> str:
    if not measures:
        return "Only the keys of every check."
    return build_table(("key", "meaning"), [(f"`{key}`", meaning) for key, meaning in measures.items()])
