"""The page of messages, made from the table of wordings and from the commands that tests let print each of them."""

import re
import shlex
from collections.abc import Iterator, Mapping
from string import Formatter
from typing import Final

from docs.generators.message_meanings import MEANINGS, PARTS
from docs.generators.page_files import CHECKOUT, read_page, replace_part
from docs.markdown.text import build_table, format_code
from tests.acceptance.messages.case import Case
from tests.acceptance.messages.cases import CASES
from tests.support.messages import MESSAGES
from tests.support.next_commands import ADVICE

PAGE = "docs/reference/messages.md"
_TABLE: Final = "tests/support/messages.py"
_SECTION_OR_NAME: Final = re.compile(r'^    (?:# (.+)|"([^"]+)":)', re.MULTILINE)
_RUN: Final = "RUN"
_ENDS: Final = (", ", "; ", " (", "expected ")
"""How a wording begins that is only the end of messages."""
_WORD: Final = re.compile(r"[a-z]{2,}", re.IGNORECASE)
_MIN_WORDS: Final = 2
_NAMES: Final = {"fault": "ERROR", "folder": "DIRECTORY", "own": "OUTCOME", "here": "VERSION", "holder": "PROCESS"}
"""Names of values that would not be understood, by field."""
_WORDS: Final = ("what", "where", "how", "why", "ways", "instead", "state", "found", "change", "detail")
"""Fields that are a few words of the sentence, which no name describes."""


def generate() -> dict[str, str]:
    """The page with a table for each section of the wordings."""
    sections = [f"## {title}\n\n{build_section(names)}" for title, names in read_sections().items()]
    return {PAGE: replace_part(read_page(PAGE), "messages", "\n\n".join(sections))}


def read_sections() -> Mapping[str, list[str]]:
    """The names of the wordings, by the comment above them."""
    sections: dict[str, list[str]] = {}
    title = ""
    for match in _SECTION_OR_NAME.finditer((CHECKOUT / _TABLE).read_text("utf-8")):
        title = match[1] or title
        if match[2] in MESSAGES and match[2] not in PARTS and _is_message(MESSAGES[match[2]]):
            sections.setdefault(title, []).append(match[2])
    return sections


def build_section(names: list[str]) -> str:
    """A table of the messages with an example, and one of those without, with what they mean."""
    ordered = sorted(names, key=_sort_key)
    printed = [(_format(name), *_describe(CASES[name])) for name in ordered if name in CASES]
    explained = [(_format(name), MEANINGS.get(name, "")) for name in ordered if name not in CASES]
    tables = [
        build_table(header, dict.fromkeys(rows))
        for header, rows in ((("message", "for example", "code", "next"), printed), (("message", "meaning"), explained))
        if rows
    ]
    return "\n\n".join(tables)


def _format(name: str) -> str:
    return format_code(fill_in(MESSAGES[name]))


def fill_in(wording: str) -> str:
    """The wording with names in place of its values: `unknown run 'RUN'`."""
    filled = ""
    for text, field, _, conversion in Formatter().parse(wording):
        filled += text
        if field is not None:
            name = "…" if field in _WORDS else _NAMES.get(field, field.upper())
            filled += f" {name}" if filled[-1:].isalnum() else repr(name) if conversion == "r" else name
    return filled.replace("……", "…")


def _is_message(wording: str) -> bool:
    """Whether it can be looked up: it is not only the end of others, and has words of its own."""
    return not wording.startswith(_ENDS) and len(_WORD.findall(re.sub(r"\{.*?\}", "", wording))) >= _MIN_WORDS


def _sort_key(name: str) -> str:
    return fill_in(MESSAGES[name]).casefold()


def _describe(case: Case) -> Iterator[str]:
    command = shlex.join(["orch", *(argument.replace("{run}", _RUN) for argument in case.arguments)])
    yield format_code(command) if command.isprintable() else ""
    yield f"`{case.code}`"
    next_step = (case.next_step or "").replace("{run}", _RUN)
    yield next_step if not next_step or next_step.startswith(ADVICE) else format_code(next_step)
