"""Makes untrusted text fit to be printed and recorded.

An agent's text must not move the cursor, reverse the reading direction, or be executed as a command by a CI system.
"""

import re
from typing import Final

MAX_CHARACTERS: Final = 500
"""Characters that are kept of a text by default."""

_ESCAPE_SEQUENCE: Final = re.compile(r"\x1b\[[0-?]*[ -/]*[@-~]|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)?")
_COLOUR: Final = re.compile(r"(\x1b\[[0-9;]*m)")
_BLANK: Final = re.compile(r"[\t\n\v\f\r\x85\u2028\u2029]+")
# C0 and C1 controls, marks that reverse or isolate text, halves of surrogate pairs.
_CONTROL: Final = re.compile(
    r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]"
)
# `::error::…` of GitHub at the start of a line, white space aside; `##[…]`, `##vso[…]`, `##teamcity[…]` anywhere.
_COMMAND: Final = re.compile(r"^(\s*):(?=:)|#(?=#(?:vso|teamcity)?\[)", re.IGNORECASE)


def sanitize_line(text: str, max_characters: int = MAX_CHARACTERS) -> str:
    """`text` on one line, without control characters or CI commands, cut to `max_characters`."""
    if len(text) <= max_characters and _is_safe(text):
        return text
    text = text[: 4 * max_characters]  # bounds the work on a huge text
    if not text.isprintable():
        text = _CONTROL.sub("", _BLANK.sub(" ", _ESCAPE_SEQUENCE.sub("", text)))
    text = _COMMAND.sub(lambda match: f"{match[0]} ", text)
    return text if len(text) <= max_characters else text[: max_characters - 1] + "…"


def escape_for_terminal(text: str) -> str:
    """`text` with control characters other than line feeds and colours escaped, and CI commands broken up."""
    if _is_safe(_COLOUR.sub("", text).replace("\n", " ")):
        return text
    return "\n".join(_COMMAND.sub(lambda match: f"{match[0]} ", _escape_line(line)) for line in text.split("\n"))


def _is_safe(text: str) -> bool:
    """Whether nothing needs escaping: true of most texts, and 50 times faster than the substitutions."""
    return text.isascii() and text.isprintable() and "::" not in text and "##" not in text


def _escape_line(line: str) -> str:
    parts = _COLOUR.split(line)  # odd indexes are colours
    parts[::2] = [escape_controls(part) for part in parts[::2]]
    return "".join(parts)


def escape_controls(name: str) -> str:
    """A file's `name` with control characters and undecodable bytes as escapes, as in `a\\nb`."""
    return _CONTROL.sub(lambda match: match[0].encode("unicode_escape").decode(), name)
