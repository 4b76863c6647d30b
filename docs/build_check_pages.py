"""The documentation pages of the check types, made from what the types say of themselves.

`python docs/build_check_pages.py docs/checks orchestration/gates/README.md` writes them, and the table of all types
into the second; a test compares what stands there.
"""

import json
import sys
from collections.abc import Iterable, Mapping
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gate_tests.checks.registry import RULES, rule_type

if TYPE_CHECKING:
    from gate_tests.checks.rule import WrittenRule

INDEX = "README.md"
_CONTRACT_SCHEMA = files("gate_tests.compiler") / "contract.schema.json"
_SPOKEN = {
    "string": "text", "number": "number", "integer": "whole number", "boolean": "true or false", "array": "list",
    "object": "object", "null": "null",
}  # fmt: skip
_ENDS_A_CELL = str.maketrans({"|": r"\|", "\n": " "})
_COMMON = """\
Every check has `type` and may have `description`, `severity` (`error`, or `warning`: shown and recorded, never fails
the gate) and `missing_ok`. Without `missing_ok` a missing file fails every check, those that forbid something too.
`min_sources_any_of`, `unchanged_since` and `command` take no `missing_ok`: they are not about one file.
"""


def pages() -> dict[str, str]:
    """Every page by its file name: one for each type that a contract may name, and the index."""
    rules = [rule_type(name) for name in RULES]
    return {INDEX: index_page(rules), **{f"{rule.type}.md": check_page(rule) for rule in rules}}


def index_page(rules: "Iterable[type[WrittenRule]]") -> str:
    """The list of the types, each with its summary."""
    rows = [(f"[`{rule.type}`]({rule.type}.md)", rule.summary) for rule in rules]
    own = "What none of them can say, a function of yours can: see [A team's own check](../own-checks.md).\n"
    return "\n".join(("# Checks", "", _COMMON, *_table(("type", "holds when"), rows), "", own))


def with_table(text: str) -> str:
    """A page which has a table of all types with their keys, with that table as it should be."""
    rules = [rule_type(name) for name in RULES]
    rows = [(f"`{rule.type}`", rule.summary, ", ".join(f"`{key}`" for key in rule.keys)) for rule in rules]
    head, *_ = table = _table(("type", "holds when", "keys"), rows)
    before, found, rest = text.partition(head)
    return before + "\n".join(table) + "\n\n" + rest.partition("\n\n")[2] if found else text


def check_page(rule: "type[WrittenRule]") -> str:
    """What a type demands, how one writes it, and what it leaves in the record."""
    example = json.dumps(rule.example, indent=2, ensure_ascii=False)
    parts = [
        f"# `{rule.type}`",
        f"Holds when {rule.summary}.",
        f"```json\n{example}\n```",
        "## Keys",
        "\n".join(_table(("key", "value", "meaning"), _key_rows(rule))),
        f"Besides these, what [every check]({INDEX}) may have.",
        "## When it fails",
        rule.mend,
        "## Recorded",
        _recorded(rule.measures),
    ]
    return "\n\n".join(parts) + "\n"


def _key_rows(rule: "type[WrittenRule]") -> list[tuple[str, str, str]]:
    definitions = json.loads(_CONTRACT_SCHEMA.read_text("utf-8"))["definitions"]
    resolved = {key: _resolved(fragment, definitions) for key, fragment in rule.keys.items()}
    return [
        (f"`{key}`", _value(fragment, key in rule.required), fragment.get("description", ""))
        for key, fragment in resolved.items()
    ]


def _resolved(fragment: Mapping[str, Any], definitions: Mapping[str, Any]) -> Mapping[str, Any]:
    """The fragment with what it refers to; what it says itself is nearer."""
    name = fragment.get("$ref", "").removeprefix("#/definitions/")
    return {**definitions[name], **fragment} if name else fragment


def _value(fragment: Mapping[str, Any], required: bool) -> str:
    """What may stand there, in words."""
    parts = [_kind(fragment)]
    parts += [f"at least {fragment['minimum']}"] if "minimum" in fragment else []
    parts += [f"default `{json.dumps(fragment['default'])}`"] if "default" in fragment else []
    return ", ".join([*parts, *(["required"] if required else [])])


def _kind(fragment: Mapping[str, Any]) -> str:
    if "enum" in fragment:
        return " or ".join(f"`{json.dumps(value)}`" for value in fragment["enum"])
    kinds = fragment.get("type", "string")
    return " or ".join(_SPOKEN[kind] for kind in ([kinds] if isinstance(kinds, str) else kinds))


def _recorded(measures: Mapping[str, str]) -> str:
    if not measures:
        return "Nothing besides what every check's row has."
    return "\n".join(_table(("key", "meaning"), [(f"`{key}`", meaning) for key, meaning in measures.items()]))


def _table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> list[str]:
    return [_row(head), _row(("---",) * len(head)), *map(_row, rows)]


def _row(cells: tuple[str, ...]) -> str:
    return f"| {' | '.join(cell.translate(_ENDS_A_CELL) for cell in cells)} |"


def write_pages(folder: Path) -> None:
    """Writes every page into the folder. A page of a type that is no more stays there, and the test names it."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in pages().items():
        (folder / name).write_text(text, "utf-8")


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit("usage: python docs/build_check_pages.py docs/checks orchestration/gates/README.md")
    write_pages(Path(sys.argv[1]))
    tabled = Path(sys.argv[2])
    tabled.write_text(with_table(tabled.read_text("utf-8")), "utf-8")
