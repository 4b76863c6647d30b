"""Builds the documentation pages of the check types from their `CheckType`s.

`python docs/build_check_pages.py docs/checks orchestration/gates/README.md` writes the pages into the first, and the
table of all types into the second. A test compares both with what it would write.
"""

import json
import sys
from collections.abc import Iterable, Mapping
from importlib.resources import files
from pathlib import Path
from typing import Any

from gate_tests.checks.check_type import CheckType
from gate_tests.checks.registry import BUILT_IN_TYPES, check_type

INDEX = "README.md"
_CONTRACT_SCHEMA = files("gate_tests.compiler") / "contract.schema.json"
_TYPE_NAMES = {
    "string": "text", "number": "number", "integer": "whole number", "boolean": "true or false", "array": "list",
    "object": "object", "null": "null",
}  # fmt: skip
_CELL_ESCAPES = str.maketrans({"|": r"\|", "\n": " "})
_COMMON = """\
Every check has `type` and may have `description`, `severity` (`error`, or `warning`: shown and recorded, never fails
the gate) and `missing_ok`. Without `missing_ok` a missing file fails every check, those that forbid something too.
`min_sources_any_of`, `unchanged_since`, `changed_in_attempt` and `command` take no `missing_ok`: they are not about one
file.

The `target` of a check that reads text may be a glob: `*` and `?` stand for any characters and one character of a name,
`**` for any folders; `[slug]` is a folder of that name, and the values of variables are literal too. No wildcard stands
for the dot at the head of a hidden name. The check holds if it holds for each file that matches, at most 10,000; that
none matches fails it, unless `missing_ok`. It stays one check with one row: that has the keys measured in the first
file that fails, or else in the first file, and besides them `glob: {files, file, failed}`, how many files match, which
of them was measured, and the first 50 that fail. The hashes of all that match are in `read`.
"""


def build_pages() -> dict[str, str]:
    """Every page by its file name: the index, and one for each type that a contract may name."""
    types = [check_type(name) for name in BUILT_IN_TYPES]
    return {INDEX: build_index_page(types), **{f"{each.name}.md": build_check_page(each) for each in types}}


def build_index_page(types: Iterable[CheckType]) -> str:
    """The list of the types, each with its summary."""
    rows = [(f"[`{each.name}`]({each.name}.md)", each.summary) for each in types]
    own = "What none of them can say, a function of yours can: see [A team's own check](../own-checks.md).\n"
    return "\n".join(("# Checks", "", _COMMON, *_build_table(("type", "holds when"), rows), "", own))


def update_table(text: str) -> str:
    """`text` with its table of all types and their keys, if it has one, brought up to date."""
    types = [check_type(name) for name in BUILT_IN_TYPES]
    rows = [(f"`{each.name}`", each.summary, ", ".join(f"`{key}`" for key in each.keys)) for each in types]
    head, *_ = table = _build_table(("type", "holds when", "keys"), rows)
    before, found, rest = text.partition(head)
    return before + "\n".join(table) + "\n\n" + rest.partition("\n\n")[2] if found else text


def build_check_page(each: CheckType) -> str:
    """What a type demands, how it is written in a contract, and what it records."""
    example = json.dumps(each.example, indent=2, ensure_ascii=False)
    parts = [
        f"# `{each.name}`",
        f"Holds when {each.summary}.",
        f"```json\n{example}\n```",
        "## Keys",
        *_describe_keys(each),
        "## When it fails",
        each.mend,
        "## Recorded",
        _describe_measures(each.measures),
    ]
    return "\n\n".join(parts) + "\n"


def _describe_keys(each: CheckType) -> list[str]:
    if not each.keys:
        return [f"None but what [every check]({INDEX}) may have."]
    table = "\n".join(_build_table(("key", "value", "meaning"), _build_key_rows(each)))
    return [table, f"Besides these, what [every check]({INDEX}) may have."]


def _build_key_rows(each: CheckType) -> list[tuple[str, str, str]]:
    definitions = json.loads(_CONTRACT_SCHEMA.read_text("utf-8"))["definitions"]
    resolved = {key: _resolve(fragment, definitions) for key, fragment in each.keys.items()}
    return [
        (f"`{key}`", _describe_value(fragment, key in each.required), fragment.get("description", ""))
        for key, fragment in resolved.items()
    ]


def _resolve(fragment: Mapping[str, Any], definitions: Mapping[str, Any]) -> Mapping[str, Any]:
    """The fragment merged with the definition that it refers to; its own keywords override."""
    name = fragment.get("$ref", "").removeprefix("#/definitions/")
    return {**definitions[name], **fragment} if name else fragment


def _describe_value(fragment: Mapping[str, Any], required: bool) -> str:
    parts = [_describe_type(fragment)]
    parts += [f"at least {fragment['minimum']}"] if "minimum" in fragment else []
    parts += [f"default `{json.dumps(fragment['default'])}`"] if "default" in fragment else []
    return ", ".join([*parts, *(["required"] if required else [])])


def _describe_type(fragment: Mapping[str, Any]) -> str:
    if "enum" in fragment:
        return " or ".join(f"`{json.dumps(value)}`" for value in fragment["enum"])
    types = fragment.get("type", "string")
    return " or ".join(_TYPE_NAMES[each] for each in ([types] if isinstance(types, str) else types))


def _describe_measures(measures: Mapping[str, str]) -> str:
    if not measures:
        return "Nothing besides what every check's row has."
    return "\n".join(_build_table(("key", "meaning"), [(f"`{key}`", meaning) for key, meaning in measures.items()]))


def _build_table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> list[str]:
    return [_build_row(head), _build_row(("---",) * len(head)), *map(_build_row, rows)]


def _build_row(cells: tuple[str, ...]) -> str:
    return f"| {' | '.join(cell.translate(_CELL_ESCAPES) for cell in cells)} |"


def write_pages(directory: Path) -> None:
    """Writes every page into the directory. The page of a type that was removed is left there; a test reports it."""
    directory.mkdir(parents=True, exist_ok=True)
    for name, text in build_pages().items():
        (directory / name).write_text(text, "utf-8")


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit("usage: python docs/build_check_pages.py docs/checks orchestration/gates/README.md")
    write_pages(Path(sys.argv[1]))
    page = Path(sys.argv[2])
    page.write_text(update_table(page.read_text("utf-8")), "utf-8")
