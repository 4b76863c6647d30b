"""Text that somebody else wrote, made fit to be printed and recorded on one line.

An agent's text must not move the cursor, reverse the reading direction, or be taken by a CI system for a command.
"""

import re
from typing import Final

LONGEST: Final = 500
"""Characters of such a text that are shown; the rest is cut off."""

_ESCAPE_SEQUENCE: Final = re.compile(r"\x1b\[[0-?]*[ -/]*[@-~]|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)?")
_COLOUR: Final = re.compile(r"(\x1b\[[0-9;]*m)")
_BLANK: Final = re.compile(r"[\t\n\v\f\r\x85\u2028\u2029]+")
# C0 and C1 controls, marks that reverse or isolate text, halves of surrogate pairs.
_CONTROL: Final = re.compile(
    r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]"
)
# `::error::…` of GitHub at the start of a line, white space aside; `##[…]`, `##vso[…]`, `##teamcity[…]` anywhere.
_COMMAND: Final = re.compile(r"^(\s*):(?=:)|#(?=#(?:vso|teamcity)?\[)", re.IGNORECASE)


def plain(text: str, longest: int = LONGEST) -> str:
    """`text` on one line, without control characters, no command to a CI system, at most `longest` characters."""
    if len(text) <= longest and _is_safe(text):
        return text
    text = text[: 4 * longest]  # what is cut off need not be looked at, however long it is
    if not text.isprintable():
        text = _CONTROL.sub("", _BLANK.sub(" ", _ESCAPE_SEQUENCE.sub("", text)))
    text = _COMMAND.sub(lambda match: f"{match[0]} ", text)
    return text if len(text) <= longest else text[: longest - 1] + "…"


def harmless(text: str) -> str:
    """`text` as it may be printed: what a terminal would obey, colours aside, is written out, and no line of it begins
    a command to a CI system.
    """
    if _is_safe(_COLOUR.sub("", text).replace("\n", " ")):
        return text
    return "\n".join(_COMMAND.sub(lambda match: f"{match[0]} ", _written_out(line)) for line in text.split("\n"))


def _is_safe(text: str) -> bool:
    """Whether there is nothing to look for: of most texts this is known in a fiftieth of the time of looking."""
    return text.isascii() and text.isprintable() and "::" not in text and "##" not in text


def _written_out(line: str) -> str:
    parts = _COLOUR.split(line)  # the odd ones are colours
    parts[::2] = [visible(part) for part in parts[::2]]
    return "".join(parts)


def visible(name: str) -> str:
    """A file's `name` with its control characters and undecodable bytes written out, as in `a\\nb`."""
    return _CONTROL.sub(lambda match: match[0].encode("unicode_escape").decode(), name)
