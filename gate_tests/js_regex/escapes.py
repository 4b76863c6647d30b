"""Reads the characters of a JavaScript regex: what a backslash means, and what stands in `[…]`."""

import re
from string import punctuation
from typing import Final, NoReturn

from gate_tests.js_regex.nodes import DIGITS, SPACE, WORD, BadRegex, Characters, Ranges, complement, united

_OCTAL: Final = re.compile(r"[0-3][0-7]{0,2}|[4-7][0-7]?")
_CODE_POINT: Final = re.compile(r"\{([0-9a-fA-F]+)\}")
_PAIR: Final = re.compile(r"([dD][89abAB][0-9a-fA-F]{2})\\u([dD][c-fC-F][0-9a-fA-F]{2})")
_HEX: Final = {"x": re.compile(r"[0-9a-fA-F]{2}"), "u": re.compile(r"[0-9a-fA-F]{4}")}
_CONTROL: Final = re.compile(r"[A-Za-z]")
_CONTROL_IN_CLASS: Final = re.compile(r"[A-Za-z0-9_]")
_POSITIVE_SETS: Final[dict[str, Ranges]] = {"d": DIGITS, "w": WORD, "s": SPACE}
_SETS: Final = _POSITIVE_SETS | {letter.upper(): complement(ranges) for letter, ranges in _POSITIVE_SETS.items()}
_SPELT: Final = {"f": 12, "n": 10, "r": 13, "t": 9, "v": 11}
_PROPERTY: Final = re.compile(r"\{([^{}]*)\}")


class Reader:
    """Walks through a regex once, from left to right; `at` is where it is, `unicode` the flag `u`.

    With `of_schema` any sign may have a backslash before it, whatever the flag says of it: many a schema writes `\\-`.
    """

    def __init__(self, source: str, unicode: bool, has_names: bool, of_schema: bool = False) -> None:
        self.source, self.unicode, self.has_names, self.at = source, unicode, has_names, 0
        self.of_schema = of_schema
        self.why_strict = "under the flag u" if of_schema else "beside \\u{…}"

    def fail(self, message: str, at: int | None = None) -> NoReturn:
        """Raises BadRegex."""
        raise BadRegex(f"{message} at offset {self.at if at is None else at}")

    def take(self, wanted: str) -> bool:
        """Whether `wanted` is next; goes past it."""
        if not self.source.startswith(wanted, self.at):
            return False
        self.at += len(wanted)
        return True

    def take_match(self, pattern: re.Pattern[str]) -> re.Match[str] | None:
        """What of the pattern is next; goes past it."""
        match = pattern.match(self.source, self.at)
        self.at = match.end() if match else self.at
        return match

    def next(self) -> str:
        """The next character; goes past it."""
        self.at += 1
        return self.source[self.at - 1]

    def escaped_set(self, at: int) -> Characters | None:
        """`\\d` and its like, `\\p{…}`; None if it is another escape."""
        letter = self.source[self.at]
        if letter in _SETS:
            self.at += 1
            return Characters(_SETS[letter])
        if letter not in "pP" or not self.unicode:
            return None
        self.at += 1
        name = _PROPERTY.match(self.source, self.at)
        known = property_of(name[1]) if name else None
        if not name or not known:
            self.fail(f"\\{letter} with a property that is unknown or not supported", at)
        self.at = name.end()
        return Characters((), (f"\\{letter}{{{known}}}",))

    def escaped_character(self, at: int, in_class: bool) -> int:
        """The code point that an escape stands for."""
        letter = self.next()
        if letter in _SPELT:
            return _SPELT[letter]
        if letter == "c":
            return self.control(at, in_class)
        if letter in "xu":
            return self.hexadecimal(letter, at)
        if letter in "01234567":
            return self.octal(at)
        if letter == "-" and in_class:
            return ord("-")
        if letter == "k" and self.has_names:
            self.fail("\\k without the name of a group", at)
        if self.unicode and letter not in (punctuation if self.of_schema else "^$\\.*+?()[]{}|/"):
            self.fail(f"\\{letter} has no meaning {self.why_strict}", at)
        return ord(letter)

    def control(self, at: int, in_class: bool) -> int:
        """`\\cA` and its like."""
        wide = in_class and not self.unicode
        if match := self.take_match(_CONTROL_IN_CLASS if wide else _CONTROL):
            return ord(match[0]) % 32
        if self.unicode:
            self.fail("\\c without a letter", at)
        self.at -= 1  # the backslash stands for itself, the c is yet to come
        return ord("\\")

    def hexadecimal(self, letter: str, at: int) -> int:
        """`\\x41`, `\\u0041`, with the flag `u` also `\\u{41}`."""
        if self.unicode and letter == "u":
            if match := self.take_match(_CODE_POINT):
                digits = match[1].lstrip("0") or "0"
                if len(digits) > 6 or int(digits, 16) > 0x10FFFF:
                    self.fail("no such code point", at)
                return int(digits, 16)
            if match := self.take_match(_PAIR):
                high, low = int(match[1], 16), int(match[2], 16)
                return 0x10000 + ((high & 0x3FF) << 10) + (low & 0x3FF)
        if match := self.take_match(_HEX[letter]):
            return int(match[0], 16)
        if self.unicode:
            self.fail(f"\\{letter} without its hexadecimal digits", at)
        return ord(letter)

    def octal(self, at: int) -> int:
        """`\\101`, and `\\0`."""
        self.at -= 1
        match = self.take_match(_OCTAL)
        assert match
        if self.unicode and (match[0] != "0" or self.source[self.at : self.at + 1].isdigit()):
            self.fail(f"octal escape {self.why_strict}", at)
        return int(match[0], 8)

    def character_class(self, at: int) -> Characters:
        """What `[` begins."""
        negated = self.take("^")
        ranges: list[tuple[int, int]] = []
        properties: list[str] = []
        while not self.take("]"):
            if self.at >= len(self.source):
                self.fail("unterminated '['", at)
            for member in self.members():
                ranges += member.ranges
                properties += member.properties
        return Characters(united(ranges), tuple(properties), negated)

    def members(self) -> list[Characters]:
        """The next of a class: a character, a set, or a range of characters."""
        at, first = self.at, self.member()
        if self.at + 1 >= len(self.source) or self.source[self.at] != "-" or self.source[self.at + 1] == "]":
            return [first]
        self.at += 1
        last = self.member()
        low, high = _single(first), _single(last)
        if low is not None and high is not None:
            if low > high:
                self.fail("range out of order in '[…]'", at)
            return [Characters(((low, high),))]
        if self.unicode:
            self.fail("range from or to a set of characters", at)
        return [first, one(ord("-")), last]

    def member(self) -> Characters:
        """One character or set of a class."""
        at, character = self.at, self.next()
        if character != "\\":
            return one(ord(character))
        if self.at == len(self.source):
            self.fail("\\ at the end", at)
        if self.source[self.at] == "b":
            self.at += 1
            return one(8)
        return self.escaped_set(at) or one(self.escaped_character(at, in_class=True))


def one(code_point: int) -> Characters:
    """Just this character."""
    return Characters(((code_point, code_point),))


def _single(characters: Characters) -> int | None:
    """The code point of a member that is one character, no set."""
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

_YES_OR_NO: Final = """
Alphabetic Lowercase Uppercase White_Space ID_Start ID_Continue XID_Start XID_Continue Math Dash
Emoji Emoji_Presentation Emoji_Modifier Emoji_Modifier_Base Emoji_Component Extended_Pictographic
Hex_Digit Ideographic Quotation_Mark Diacritic
"""

_SCRIPTS: Final = """
Arabic Armenian Bengali Bopomofo Common Coptic Cyrillic Devanagari Ethiopic Georgian Greek Gujarati Gurmukhi Han
Hangul Hebrew Hiragana Inherited Kannada Katakana Khmer Lao Latin Malayalam Mongolian Myanmar Sinhala Syriac Tamil
Telugu Thai Tibetan
"""

_NAMES: Final = frozenset((_CATEGORIES + _YES_OR_NO).split()) | {"Any", "ASCII", "Assigned"}

_NAMED: Final = re.compile(r"(General_Category|gc|Script|sc|Script_Extensions|scx)=(\w+)", re.ASCII)


def property_of(name: str) -> str | None:
    """How the library `regex` spells it; None for what JavaScript does not know or we do not support."""
    if name in _NAMES:
        return name
    match = _NAMED.fullmatch(name)
    if not match:
        return None
    if match[1] in ("General_Category", "gc"):
        return match[2] if match[2] in _CATEGORIES.split() else None
    long = "Script_Extensions" if match[1] in ("Script_Extensions", "scx") else "Script"
    return f"{long}={match[2]}" if match[2] in _SCRIPTS.split() else None
