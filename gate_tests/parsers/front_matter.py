"""Reads the header of a text: `key: scalar` lines between `---` and `---`, and nothing else.

It knows less than YAML, on purpose: what a header says must not depend on who reads it. A list, a nested mapping, a
block of text, an anchor, a key that stands twice make the header unreadable. A value is text, in quotes or without;
a comment after it (` #`) is taken off. No value, `null` and `~` are the same: the key is there and says nothing.
"""

import re
from collections.abc import Iterator
from typing import Final

LONGEST: Final = 16_384
"""Characters that a header may have. Longer, it is none, and whoever records it can."""

_OPENING: Final = re.compile(r"---[ \t]*\n")
_CLOSING: Final = re.compile(r"^---[ \t]*$", re.MULTILINE)
_HIDDEN: Final = re.compile(
    r"[\x00-\x08\x0a-\x1f\x7f-\x9f\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2028-\u202e"
    r"\u2060-\u206f\u3164\ufeff\uffa0\ufff0-\ufffb\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff]"
    r"|(?<=[A-Za-z])[\ufe00-\ufe0f]"  # which an emoji may have
)
"""What nobody sees: `FAIL` with such a character in it would not be `FAIL`."""
_KEY: Final = re.compile(r"\w[\w .()/-]*")
_QUOTED: Final = re.compile(r"""(?:"((?:[^"\\]|\\["\\])*+)"|'((?:[^']|'')*+)')(?:\s+#.*|\s*)""")
_COMMENT: Final = re.compile(r"(?:^|\s)#")
_NO_SCALAR: Final = re.compile(r"[\[\]{},|>&*!%@`\"']|[-?:](?:\s|$)")
_NOTHING: Final = frozenset(("null", "Null", "NULL", "~"))


class NoFrontMatter(Exception):
    """There is no header, or one that is more than `key: scalar` lines; says why, and on which line."""


def read_front_matter(text: str) -> dict[str, str]:
    """The fields of the header, in order; `""` where one says nothing. Raises NoFrontMatter."""
    fields: dict[str, str] = {}
    for number, line in _lines(text):
        key, value = _field(line, number)
        if key in fields:
            raise NoFrontMatter(f"line {number} gives {key!r} a second time")
        fields[key] = value
    return fields


def _lines(text: str) -> Iterator[tuple[int, str]]:
    """The lines of the header that say something, with their numbers."""
    for number, line in enumerate(_block(text).split("\n"), 2):
        if hidden := _HIDDEN.search(line):
            raise NoFrontMatter(f"line {number} of the front matter holds the hidden character {hidden[0]!a}")
        if line.strip() and not line.lstrip().startswith("#"):
            yield number, line


def _block(text: str) -> str:
    opening = _OPENING.match(text)
    if not opening:
        raise NoFrontMatter("no front matter (`---` on the first line)")
    closing = _CLOSING.search(text, opening.end())
    if not closing:
        raise NoFrontMatter("front matter without an end (a second `---` line)")
    if closing.start() > LONGEST:
        raise NoFrontMatter(f"front matter of {closing.start()} characters, more than the {LONGEST} that are read")
    return text[opening.end() : closing.start()]


def _field(line: str, number: int) -> tuple[str, str]:
    key, colon, value = line.partition(":")
    key = key.rstrip()
    if not colon or not _KEY.fullmatch(key) or (value and not value[0].isspace()):
        raise NoFrontMatter(f"line {number} of the front matter is no `key: value`: {line[:60]!r}")
    return key, _scalar(value.strip(), key, number)


def _scalar(value: str, key: str, number: int) -> str:
    if quoted := _QUOTED.fullmatch(value):
        return _unescaped(quoted)
    if _NO_SCALAR.match(value):
        raise NoFrontMatter(f"line {number}: {key!r} has a value that is more than a word or text: {value[:60]!r}")
    comment = _COMMENT.search(value)
    plain = value[: comment.start()].rstrip() if comment else value
    return "" if plain in _NOTHING else plain


def _unescaped(quoted: re.Match[str]) -> str:
    double, single = quoted.groups()
    return re.sub(r"\\(.)", r"\1", double) if single is None else single.replace("''", "'")
