"""Finds the front matter of a text: a block between `---` and `---` or `...` (YAML), or between two `+++` (TOML).

It is at the very start, the line after a first `---` is not blank, and it contains a mapping: a report may begin with a
rule. It is parsed only where its lines leave that open, for every Markdown file that a check reads is asked.
"""

import re
from typing import Final, NamedTuple

from gate_tests.parsers.front_matter_toml import is_toml
from gate_tests.parsers.front_matter_yaml import is_yaml_mapping
from gate_tests.parsers.yaml_events import NotYaml

MAX_BYTES: Final = 65_536
"""Of the block as UTF-8. A longer one is no front matter."""

_OPENING: Final = re.compile(r"---[ \t]*+\n(?![ \t]*+(?:\n|\Z))|\+\+\+[ \t]*+\n")
_CLOSING: Final = {
    "---": re.compile(r"^(?:---|\.\.\.)[ \t]*+(?:\n|\Z)", re.MULTILINE),
    "+++": re.compile(r"^\+\+\+[ \t]*+(?:\n|\Z)", re.MULTILINE),
}
_COMMENTS: Final = r"(?:[ \t]*+(?:#[^\n]*+)?+\n)*+"
_CONTINUED: Final = r"(?:[ \t#][^\n]*+)?+\n"  # an indented line, a comment or a blank line
_YAML_FIELD: Final = (
    r"\w[\w .()/-]*+:"
    rf"(?:[ \t]*+(?:#[^\n]*+)?+\n(?:{_CONTINUED}|-(?:[ \t][^\n]*+)?+\n)*+|[ \t][^\n]*+\n(?:{_CONTINUED})*+)"
)
_TOML_FIELD: Final = rf"(?:\w[\w .-]*+=[^\n]*+|\[[^\n]*+|[\]}}],?+)\n(?:{_CONTINUED})*+"
_PLAIN_FIELDS: Final = {
    "---": re.compile(rf"{_COMMENTS}(?:{_YAML_FIELD})++"),
    "+++": re.compile(rf"{_COMMENTS}(?:{_TOML_FIELD})++"),
}
_NO_YAML_MAPPING: Final = re.compile(rf"{_COMMENTS}(?:-[ \t\n]|[*`@|>%]|[^:{{?]*+\Z)")


class Block(NamedTuple):
    """A block between two marks: whether it `is_toml`, its `content`, and the offset of what comes `after` it."""

    is_toml: bool
    content: str
    after: int


def find_front_matter_end(text: str) -> int:
    """The offset at which the front matter ends; 0 without front matter. Takes no time that grows with the rest."""
    block = find_block(text)
    return block.after if block and _holds_mapping(block) else 0


def find_block(text: str) -> Block | None:
    """The block with which `text` begins, whatever it holds; None if there is none, or no end of it in reach."""
    opening = _OPENING.match(text)
    if not opening:
        return None
    mark = text[:3]
    found = _CLOSING[mark].search(text, opening.end(), opening.end() + MAX_BYTES + 4)
    closing = found and _CLOSING[mark].match(text, found.start())  # the search may have ended within the line
    if not closing or len((content := text[opening.end() : closing.start()]).encode()) > MAX_BYTES:
        return None
    return Block(mark == "+++", content, closing.end())


def _holds_mapping(block: Block) -> bool:
    """Fields with an error count too: one quotation mark too few makes no prose of a header."""
    if _PLAIN_FIELDS["+++" if block.is_toml else "---"].fullmatch(block.content):
        return True
    return is_toml(block.content) if block.is_toml else _is_yaml_mapping(block.content)


def _is_yaml_mapping(content: str) -> bool:
    if _NO_YAML_MAPPING.match(content):
        return False
    try:
        return is_yaml_mapping(content)
    except NotYaml:
        return False
