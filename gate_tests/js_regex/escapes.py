"""Reads escapes (`\\d`, `\\u0041`) and character classes (`[…]`) of a JavaScript regex."""

import re
from string import punctuation
from typing import Final, NoReturn

from gate_tests.js_regex.case_folding import WORD_UNDER_U
from gate_tests.js_regex.nodes import DIGITS, SPACE, WORD, BadRegex, Characters, Ranges, complement, merge_ranges

_OCTAL: Final = re.compile(r"[0-3][0-7]{0,2}|[4-7][0-7]?")
_CODE_POINT: Final = re.compile(r"\{([0-9a-fA-F]+)\}")
_PAIR: Final = re.compile(r"([dD][89abAB][0-9a-fA-F]{2})\\u([dD][c-fC-F][0-9a-fA-F]{2})")
_HEX: Final = {"x": re.compile(r"[0-9a-fA-F]{2}"), "u": re.compile(r"[0-9a-fA-F]{4}")}
_CONTROL: Final = re.compile(r"[A-Za-z]")
_CONTROL_IN_CLASS: Final = re.compile(r"[A-Za-z0-9_]")
_POSITIVE_SETS: Final[dict[str, Ranges]] = {"d": DIGITS, "w": WORD, "s": SPACE}
_SETS: Final = _POSITIVE_SETS | {letter.upper(): complement(ranges) for letter, ranges in _POSITIVE_SETS.items()}
_CONTROL_ESCAPES: Final = {"f": 12, "n": 10, "r": 13, "t": 9, "v": 11}
_PROPERTY: Final = re.compile(r"\{([^{}]*)\}")


class CharacterReader:
    """Reads a regex once, from left to right: `at` is the offset of the next character, `unicode` the flag `u`.

    With `in_schema` any punctuation may be escaped, although the flag `u` forbids it: many schemas write `\\-`.
    """

    def __init__(
        self, source: str, unicode: bool, has_group_names: bool, ignores_case: bool = False, in_schema: bool = False
    ) -> None:
        self.source, self.unicode, self.has_group_names, self.at = source, unicode, has_group_names, 0
        self.ignores_case, self.in_schema = ignores_case, in_schema
        self.strict_reason = "under the flag u" if in_schema else "beside \\u{…}"

    def fail(self, message: str, at: int | None = None) -> NoReturn:
        """Raises BadRegex."""
        raise BadRegex(f"{message} at offset {self.at if at is None else at}")

    def take(self, expected: str) -> bool:
        """Consume `expected` if it is next, and return whether it was."""
        if not self.source.startswith(expected, self.at):
            return False
        self.at += len(expected)
        return True

    def take_match(self, pattern: re.Pattern[str]) -> re.Match[str] | None:
        """Consume and return a match of `pattern` at this offset, if there is one."""
        match = pattern.match(self.source, self.at)
        self.at = match.end() if match else self.at
        return match

    def read_next(self) -> str:
        """Consume and return the next character."""
        self.at += 1
        return self.source[self.at - 1]

    def read_escaped_set(self, at: int) -> Characters | None:
        """A set such as `\\d` or `\\p{Lu}`; None for any other escape."""
        letter = self.source[self.at]
        if letter in _SETS:
            self.at += 1
            is_wide = letter == "W" and self.unicode and self.ignores_case
            return Characters(complement(WORD_UNDER_U) if is_wide else _SETS[letter])
        if letter not in "pP" or not self.unicode:
            return None
        self.at += 1
        name = _PROPERTY.match(self.source, self.at)
        known = find_property(name[1]) if name else None
        if not name or not known:
            self.fail(f"\\{letter} with an unknown or unsupported property", at)
        self.at = name.end()
        return Characters((), (f"\\{letter}{{{known}}}",))

    def read_escaped_character(self, at: int, in_class: bool) -> int:
        """The code point that an escape denotes."""
        letter = self.read_next()
        if letter in _CONTROL_ESCAPES:
            return _CONTROL_ESCAPES[letter]
        if letter == "c":
            return self.read_control(at, in_class)
        if letter in "xu":
            return self.read_hexadecimal(letter, at)
        if letter in "01234567":
            return self.read_octal(at)
        if letter == "-" and in_class:
            return ord("-")
        if letter == "k" and self.has_group_names:
            self.fail("\\k without the name of a group", at)
        if self.unicode and letter not in (punctuation if self.in_schema else "^$\\.*+?()[]{}|/"):
            self.fail(f"\\{letter} has no meaning {self.strict_reason}", at)
        return ord(letter)

    def read_control(self, at: int, in_class: bool) -> int:
        """A control escape such as `\\cA`."""
        wide = in_class and not self.unicode
        if match := self.take_match(_CONTROL_IN_CLASS if wide else _CONTROL):
            return ord(match[0]) % 32
        if self.unicode:
            self.fail("\\c without a letter", at)
        self.at -= 1  # the backslash stands for itself, the c is yet to come
        return ord("\\")

    def read_hexadecimal(self, letter: str, at: int) -> int:
        """`\\x41`, `\\u0041`, with the flag `u` also `\\u{41}`."""
        if self.unicode and letter == "u":
            if match := self.take_match(_CODE_POINT):
                digits = match[1].lstrip("0") or "0"
                if len(digits) > 6 or int(digits, 16) > 0x10FFFF:
                    self.fail("invalid code point", at)
                return int(digits, 16)
            if match := self.take_match(_PAIR):
                high, low = int(match[1], 16), int(match[2], 16)
                return 0x10000 + ((high & 0x3FF) << 10) + (low & 0x3FF)
        if match := self.take_match(_HEX[letter]):
            return int(match[0], 16)
        if self.unicode:
            self.fail(f"\\{letter} without its hexadecimal digits", at)
        return ord(letter)

    def read_octal(self, at: int) -> int:
        """`\\101`, and `\\0`."""
        self.at -= 1
        match = self.take_match(_OCTAL)
        assert match
        if self.unicode and (match[0] != "0" or self.source[self.at : self.at + 1].isdigit()):
            self.fail(f"octal escape {self.strict_reason}", at)
        return int(match[0], 8)

    def read_class(self, at: int) -> Characters:
        """A character class, whose `[` has been read."""
        negated = self.take("^")
        ranges: list[tuple[int, int]] = []
        properties: list[str] = []
        while not self.take("]"):
            if self.at >= len(self.source):
                self.fail("unterminated '['", at)
            for item in self.read_class_item():
                ranges += item.ranges
                properties += item.properties
        return Characters(merge_ranges(ranges), tuple(properties), negated)

    def read_class_item(self) -> list[Characters]:
        """The next item of a class: a character, a set, or a range."""
        at, first = self.at, self.read_class_atom()
        if self.at + 1 >= len(self.source) or self.source[self.at] != "-" or self.source[self.at + 1] == "]":
            return [first]
        self.at += 1
        last = self.read_class_atom()
        low, high = _single_code_point(first), _single_code_point(last)
        if low is not None and high is not None:
            if low > high:
                self.fail("range out of order in '[…]'", at)
            return [Characters(((low, high),))]
        if self.unicode:
            self.fail("range from or to a set of characters", at)
        return [first, single_character(ord("-")), last]

    def read_class_atom(self) -> Characters:
        """One character or set in a class."""
        at, character = self.at, self.read_next()
        if character != "\\":
            return single_character(ord(character))
        if self.at == len(self.source):
            self.fail("\\ at the end", at)
        if self.source[self.at] == "b":
            self.at += 1
            return single_character(8)
        return self.read_escaped_set(at) or single_character(self.read_escaped_character(at, in_class=True))


def single_character(code_point: int) -> Characters:
    """The node that matches this character only."""
    return Characters(((code_point, code_point),))


def _single_code_point(characters: Characters) -> int | None:
    """The code point of an item that is a single character, else None."""
    if characters.properties or len(characters.ranges) != 1:
        return None
    low, high = characters.ranges[0]
    return low if low == high else None


_CATEGORIES: Final = """
C Cc Cf Cn Co Cs L LC Ll Lm Lo Lt Lu M Mc Me Mn N Nd Nl No P Pc Pd Pe Pf Pi Po Ps S Sc Sk Sm So Z Zl Zp Zs
Letter Cased_Letter Lowercase_Letter
Uppercase_Letter Titlecase_Letter Modifier_Letter Other_Letter Mark
Nonspacing_Mark Spacing_Mark Enclosing_Mark Number Decimal_Number Letter_Number Other_Number
Punctuation Symbol Math_Symbol Currency_Symbol Modifier_Symbol Other_Symbol Separator Space_Separator
Line_Separator Paragraph_Separator Other Control Format Private_Use Unassigned
"""

_BINARY_PROPERTIES: Final = """
Alphabetic Lowercase Uppercase White_Space ID_Start ID_Continue XID_Start XID_Continue Math Dash
Emoji Emoji_Presentation Emoji_Modifier Emoji_Modifier_Base Emoji_Component Extended_Pictographic
Hex_Digit Ideographic Quotation_Mark Diacritic
"""

_SCRIPTS: Final = """
Arabic Armenian Bengali Bopomofo Common Coptic Cyrillic Devanagari Ethiopic Georgian Greek Gujarati Gurmukhi Han
Hangul Hebrew Hiragana Inherited Kannada Katakana Khmer Lao Latin Malayalam Mongolian Myanmar Sinhala Syriac Tamil
Telugu Thai Tibetan
"""

_BARE_PROPERTIES: Final = frozenset((_CATEGORIES + _BINARY_PROPERTIES).split()) | {"Any", "ASCII", "Assigned"}

_PROPERTY_WITH_VALUE: Final = re.compile(r"(General_Category|gc|Script|sc|Script_Extensions|scx)=(\w+)", re.ASCII)


def find_property(name: str) -> str | None:
    """The property as the library `regex` spells it; None if JavaScript does not know it or we do not support it."""
    if name in _BARE_PROPERTIES:
        return name
    match = _PROPERTY_WITH_VALUE.fullmatch(name)
    if not match:
        return None
    if match[1] in ("General_Category", "gc"):
        return match[2] if match[2] in _CATEGORIES.split() else None
    long = "Script_Extensions" if match[1] in ("Script_Extensions", "scx") else "Script"
    return f"{long}={match[2]}" if match[2] in _SCRIPTS.split() else None
