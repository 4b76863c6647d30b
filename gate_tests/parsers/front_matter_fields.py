"""Parses the front matter of a text: `key: scalar` lines between `---` and `---`, and nothing else.

It supports less than YAML, on purpose: the result must not depend on the parser. A list, a nested mapping, a block
scalar, an anchor or a duplicate key makes the front matter invalid. A value is text, quoted or not; a comment after it
(` #`) is removed. A missing value, `null` and `~` are the empty text.
"""

import re
from collections.abc import Iterator
from typing import Final

MAX_CHARACTERS: Final = 16_384
"""A longer front matter is an error, so that its values can be recorded."""

_OPENING: Final = re.compile(r"---[ \t]*\n")
_CLOSING: Final = re.compile(r"^---[ \t]*$", re.MULTILINE)
_HIDDEN: Final = re.compile(
    r"[\x00-\x08\x0a-\x1f\x7f-\x9f\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2028-\u202e"
    r"\u2060-\u206f\u3164\ufeff\uffa0\ufff0-\ufffb\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff]"
    r"|(?<=[A-Za-z])[\ufe00-\ufe0f]"  # emoji may have variation selectors
)
"""Invisible characters: with one of them, `FAIL` would not equal `FAIL`."""
_KEY: Final = re.compile(r"\w[\w .()/-]*")
_QUOTED: Final = re.compile(r"""(?:"((?:[^"\\]|\\["\\])*+)"|'((?:[^']|'')*+)')(?:\s+#.*|\s*)""")
_COMMENT: Final = re.compile(r"(?:^|\s)#")
_NOT_A_SCALAR: Final = re.compile(r"[\[\]{},|>&*!%@`\"']|[-?:](?:\s|$)")
_NULLS: Final = frozenset(("null", "Null", "NULL", "~"))


class NoFrontMatter(Exception):
    """The front matter is missing or invalid; the message says why, with the number of the line.

    It is recorded, and so says nothing of the values: one that no check asks for may be private.
    """


def read_front_matter(text: str) -> dict[str, str]:
    """The fields in order; `""` for a key without value. Raises NoFrontMatter."""
    fields: dict[str, str] = {}
    for number, line in _iterate_lines(text):
        key, value = _parse_field(line, number)
        if key in fields:
            raise NoFrontMatter(f"line {number} gives {key!r} a second time")
        fields[key] = value
    return fields


def _iterate_lines(text: str) -> Iterator[tuple[int, str]]:
    """The numbered lines that are neither blank nor comments."""
    for number, line in enumerate(_find_block(text).split("\n"), 2):
        if hidden := _HIDDEN.search(line):
            raise NoFrontMatter(f"line {number} of the front matter holds the hidden character {hidden[0]!a}")
        if line.strip() and not line.lstrip().startswith("#"):
            yield number, line


def _find_block(text: str) -> str:
    opening = _OPENING.match(text)
    if not opening:
        raise NoFrontMatter("no front matter (`---` on the first line)")
    closing = _CLOSING.search(text, opening.end())
    if not closing:
        raise NoFrontMatter("front matter without an end (a second `---` line)")
    if closing.start() > MAX_CHARACTERS:
        raise NoFrontMatter(
            f"front matter of {closing.start()} characters, more than the {MAX_CHARACTERS} that are read"
        )
    return text[opening.end() : closing.start()]


def _parse_field(line: str, number: int) -> tuple[str, str]:
    key, colon, value = line.partition(":")
    key = key.rstrip()
    if not colon or not _KEY.fullmatch(key) or (value and not value[0].isspace()):
        raise NoFrontMatter(f"line {number} of the front matter is no `key: value`")
    return key, _parse_scalar(value.strip(), key, number)


def _parse_scalar(value: str, key: str, number: int) -> str:
    if quoted := _QUOTED.fullmatch(value):
        return _unescape(quoted)
    if _NOT_A_SCALAR.match(value):
        raise NoFrontMatter(f"line {number}: {key!r} has a value that is more than a word or text")
    comment = _COMMENT.search(value)
    unquoted = value[: comment.start()].rstrip() if comment else value
    return "" if unquoted in _NULLS else unquoted


def _unescape(quoted: re.Match[str]) -> str:
    double, single = quoted.groups()
    return re.sub(r"\\(.)", r"\1", double) if single is None else single.replace("''", "'")
