"""Describes a word of a text that is not JSON where a value is expected: `True`, `0x1F`, `.5`, `yes`."""

import re
import unicodedata
from typing import Final

from gate_tests.strict_json.unreadable import Mistake

_WORD: Final = re.compile(r"[\w.+$%-]+")
_WORD_BEGIN: Final = re.compile(r"[\w$]|[+.-]+\w")
_MAX_WORD: Final = 30
_LITERALS: Final = {
    "true": "true", "false": "false", "null": "null", "none": "null", "nil": "null", "undefined": "null",
}  # fmt: skip
_NO_NUMBERS: Final = re.compile(r"[+-]?(?:nan|inf|infinity)", re.IGNORECASE)
_NUMBERS: Final = (
    (re.compile(r"[+-]?0[xX][0-9a-fA-F]+"), "hexadecimal number; write it in decimal"),
    (re.compile(r"[+-]?0[bBoO][0-7]+"), "binary or octal number; write it in decimal"),
    (re.compile(r"\+[0-9.].*"), "number with '+'; write it without"),
    (re.compile(r"-?0[0-9]+(?:[.eE].*)?"), "number with leading zeros; write it without, or in double quotes"),
    (re.compile(r"-?\.[0-9].*"), "number without a digit before '.'; write 0.5, not .5"),
    (re.compile(r"-?[0-9]+\.(?:[eE].*)?"), "number without a digit after '.'; write 1.0 or 1, not 1."),
    (re.compile(r"-?[0-9]+(?:_[0-9]+)+(?:[.eE].*)?"), "number with '_'; write it without"),
)  # fmt: skip
_ELLIPSIS: Final = re.compile(r"\.{2,}|\u2026")


def describe_bad_value(text: str, offset: int, before: str) -> Mistake:
    """What is wrong at the offset, where a value is expected; `before` is empty for the first value of a document."""
    if ellipsis := find_ellipsis(text, offset):
        return ellipsis
    word = _WORD.match(text, offset)
    if word is None:
        return Mistake(f"expected a value, found {name_character(text[offset])}", offset)
    if literal := _LITERALS.get(word[0].lower()):
        return Mistake(f"{word[0]} is not JSON; write {literal}", offset)
    if _NO_NUMBERS.fullmatch(word[0]):
        return Mistake(f"{word[0]} is not JSON; write null or a number", offset)
    if number := next((reason for pattern, reason in _NUMBERS if pattern.fullmatch(word[0])), None):
        return Mistake(number, offset)
    if not before:
        return Mistake(f"expected a value, found text: {show_word(text, offset)}", offset)
    return Mistake(f"value without double quotes: {show_word(text, offset)}", offset)


def name_character(character: str) -> str:
    """A character in single quotes, or the name of one that cannot be seen."""
    if character.isprintable() and not character.isspace():
        return f"'{character}'"
    name = unicodedata.name(character, "a control character")
    return f"the character U+{ord(character):04X} ({name})"


def show_word(text: str, offset: int) -> str:
    """The word at the offset, or the character if none begins there, for messages."""
    word = _WORD.match(text, offset)
    if not word:
        return name_character(text[offset])
    return word[0] if len(word[0]) <= _MAX_WORD else f"{word[0][: _MAX_WORD - 1]}…"


def find_ellipsis(text: str, offset: int) -> Mistake | None:
    """The mistake where something is left out."""
    ellipsis = _ELLIPSIS.match(text, offset)
    return Mistake(f"{ellipsis[0]} is not JSON; write all of it", offset) if ellipsis else None


def begins_word(text: str, offset: int) -> bool:
    """Whether a word or number begins at the offset."""
    return _WORD_BEGIN.match(text, offset) is not None
