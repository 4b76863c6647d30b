"""Describes what is wrong with a string of a text that is not JSON: its quotes, its escapes, its characters."""

import re
from typing import Final

from gate_tests.strict_json.unreadable import Mistake

_TYPOGRAPHIC: Final = "\u201c\u201d\u201e\u201f\u00ab\u00bb\u2018\u2019\u201a\u2039\u203a\u300c\u300d\uff02"
_PLAIN: Final = re.compile(r'[^"\\\x00-\x1f]*+')
_ESCAPE: Final = re.compile(r'\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})')
_CLOSED_SO: Final = re.compile(rf"[{_TYPOGRAPHIC}](?=[ \t]*(?:[:,}}\]]|$))")
_NEW_MEMBER: Final = re.compile(r'\s*(?:"[^"\n]*"\s*[:,]|[}\]]|\Z)')


def describe_bad_string(text: str, offset: int) -> Mistake | None:
    """What is wrong with the string at this offset, which is not one of JSON; None if no quote is there."""
    quote = text[offset]
    if quote == '"':
        return _describe_content(text, offset)
    if quote == "'":
        return Mistake("string in single quotes; use double quotes", offset)
    if quote == "`" and not text.startswith("```", offset):
        return Mistake("string in backticks; use double quotes", offset)
    if quote in _TYPOGRAPHIC:
        return Mistake(f"typographic quote {quote}; use '\"'", offset)
    return None


def _describe_content(text: str, begin: int) -> Mistake:
    """What is wrong in the string that begins with the double quote at `begin`."""
    offset = begin + 1
    while True:
        offset = _end(_PLAIN.match(text, offset), offset)
        if text[offset : offset + 1] != "\\":
            break
        if not (escape := _ESCAPE.match(text, offset)):
            return _describe_escape(text, offset, begin)
        offset = escape.end()
    return _describe_character(text, offset, begin)


def _end(match: re.Match[str] | None, offset: int) -> int:
    return match.end() if match else offset


def _describe_escape(text: str, offset: int, begin: int) -> Mistake:
    escaped = text[offset + 1 : offset + 2]
    if not escaped or escaped in "\r\n":
        return Mistake("string without closing '\"'", begin)
    if escaped == "u":
        return Mistake("incomplete escape; \\u is followed by four hexadecimal digits", offset)
    shown = escaped if escaped.isprintable() else "?"
    return Mistake(f"invalid escape \\{shown} in a string; write a backslash as \\\\", offset)


def _describe_character(text: str, offset: int, begin: int) -> Mistake:
    """What is wrong with the control character at `offset`, or with the end of the text there."""
    character = text[offset : offset + 1]
    if character in ("\n", "\r", ""):
        if closing := _CLOSED_SO.search(text[begin:offset]):
            return Mistake(f"string closed with the typographic quote {closing[0]}; use '\"'", begin + closing.start())
        if not character or _NEW_MEMBER.match(text, offset) or '"' not in text[offset:]:
            return Mistake("string without closing '\"'", begin)
        return Mistake("line break in a string; write it as \\n", offset)
    if character == "\t":
        return Mistake("tab in a string; write it as \\t", offset)
    return Mistake(f"control character in a string; write it as \\u{ord(character):04x}", offset)
