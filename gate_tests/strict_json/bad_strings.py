"""Describes what is wrong with a string of a text that is not JSON: its quotes, its escapes, its characters."""

import re
from typing import Final

from gate_tests.strict_json.unreadable import Mistake

_TYPOGRAPHIC: Final = "\u201c\u201d\u201e\u201f\u00ab\u00bb\u2018\u2019\u201a\u2039\u203a\u300c\u300d\uff02"
_CONTENT: Final = re.compile(r'(?:[^"\\\x00-\x1f]++|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*+')
_CLOSED_SO: Final = re.compile(rf"[{_TYPOGRAPHIC}](?=[ \t]*(?:[:,}}\]]|$))")
_CLOSED_EARLIER: Final = re.compile(rf'[{_TYPOGRAPHIC}][ \t]*[:,}}\]][ \t:,{{}}\[\]]*"')
_NEW_MEMBER: Final = re.compile(r'\s*(?:"[^"\n]*"\s*[:,]|[}\]]|\Z)')


def describe_bad_string(text: str, offset: int) -> Mistake | None:
    """What is wrong with the string at this offset, which is not one of JSON; None if no quote is there."""
    quote = text[offset]
    if quote == '"':
        return _describe_content(text, offset)
    if text.startswith('\\"', offset):
        return Mistake("escaped '\"' outside a string; write it without the backslash", offset)
    if quote == "'":
        return Mistake("string in single quotes; use double quotes", offset)
    if quote == "`" and not text.startswith("```", offset):
        return Mistake("string in backticks; use double quotes", offset)
    if quote in _TYPOGRAPHIC:
        return Mistake(f"typographic quote {quote}; use '\"'", offset)
    return None


def _describe_content(text: str, begin: int) -> Mistake:
    """What is wrong in the string that begins with the double quote at `begin`."""
    content = _CONTENT.match(text, begin + 1)
    offset = content.end() if content else begin + 1
    if text.startswith("\\", offset):
        return _describe_escape(text, offset, begin)
    return _describe_character(text, offset, begin)


def _describe_escape(text: str, offset: int, begin: int) -> Mistake:
    escaped = text[offset + 1 : offset + 2]
    if not escaped or escaped in "\r\n":
        return _describe_character(text, offset + 1, begin)
    if escaped == "u":
        return Mistake("incomplete escape; \\u is followed by four hexadecimal digits", offset)
    shown = escaped if escaped.isprintable() else "?"
    return Mistake(f"invalid escape \\{shown} in a string; write a backslash as \\\\", offset)


def _describe_character(text: str, offset: int, begin: int) -> Mistake:
    """What is wrong with the control character at `offset`, or with the end of the text there."""
    character = text[offset : offset + 1]
    if character in ("\n", "\r", ""):
        if closing := _CLOSED_SO.search(text[begin:offset]):
            return _describe_closing_quote(closing[0], begin + closing.start())
        if not character or _NEW_MEMBER.match(text, offset) or '"' not in text[offset:]:
            return Mistake("string without closing '\"'", begin)
        return Mistake("line break in a string; write it as \\n", offset)
    if character == "\t":
        return Mistake("tab in a string; write it as \\t", offset)
    return Mistake(f"control character in a string; write it as \\u{ord(character):04x}", offset)


def describe_text_after_string(text: str, begin: int, end: int) -> Mistake:
    """What is wrong with the string from `begin` to `end`, which is followed by text on its line."""
    if text.startswith('"""', begin):
        return Mistake("string in triple quotes; use one '\"', and \\n for a line break", begin)
    if closing := _CLOSED_EARLIER.search(text, begin, end):
        return _describe_closing_quote(closing[0][0], closing.start())
    return Mistake("unescaped '\"' in a string; write \\\"", end - 1)


def _describe_closing_quote(quote: str, offset: int) -> Mistake:
    return Mistake(f"string closed with the typographic quote {quote}; use '\"'", offset)
