"""Reads a regex as JavaScript does with the flags `gm`, and `u` where `\\u{` occurs in it."""

import re
from typing import NamedTuple, NoReturn

from gate_tests.checks.properties import property_of
from gate_tests.checks.syntax import (
    DIGITS,
    LINE_ENDS,
    SPACE,
    WORD,
    Assertion,
    Characters,
    Choice,
    Group,
    Look,
    Node,
    Place,
    Ranges,
    Reference,
    Repeat,
    Sequence,
    complement,
    united,
)

_DEEPEST = 60
_LONGEST_REPEAT = 1 << 24  # a text has no more characters

_GROUP = re.compile(r"\\.|\[(?:\\.|[^\]\\])*\]?|\((?:\?<(?![=!])([^>]*)>|(?!\?))", re.DOTALL)
_QUANTIFIER = re.compile(r"([*+?])|\{([0-9]+)(?:(,)([0-9]*))?\}")
_LOOK = re.compile(r"\?(<?)([=!])")
_NAME = re.compile(r"\?<([^>]*)>")
_REFERRED = re.compile(r"<([^>]*)>")
_OCTAL = re.compile(r"[0-3][0-7]{0,2}|[4-7][0-7]?")
_NUMBER = re.compile(r"[1-9][0-9]*")
_CODE_POINT = re.compile(r"\{([0-9a-fA-F]+)\}")
_PAIR = re.compile(r"([dD][89abAB][0-9a-fA-F]{2})\\u([dD][c-fC-F][0-9a-fA-F]{2})")
_HEX = {"x": re.compile(r"[0-9a-fA-F]{2}"), "u": re.compile(r"[0-9a-fA-F]{4}")}
_CONTROL = re.compile(r"[A-Za-z]")
_CONTROL_IN_CLASS = re.compile(r"[A-Za-z0-9_]")

_SETS: dict[str, Ranges] = {"d": DIGITS, "w": WORD, "s": SPACE}
_SETS |= {letter.upper(): complement(ranges) for letter, ranges in _SETS.items()}
_SPELT = {"f": 12, "n": 10, "r": 13, "t": 9, "v": 11}
_PLACES = {"^": Place.LINE_START, "$": Place.LINE_END}
_EDGES = {"b": Place.WORD_EDGE, "B": Place.NO_WORD_EDGE}


class BadRegex(Exception):
    """A regex that JavaScript refuses, or one that is not supported here: what is wrong, and where."""


class Parsed(NamedTuple):
    """A regex as a tree. `by_code_point`: flag `u` is on; without it a text is UTF-16, character for character."""

    tree: Node
    by_code_point: bool


def parse(source: str) -> Parsed:
    """The tree of a regex. Raises BadRegex."""
    by_code_point = "\\u{" in source
    parser = _Parser(source if by_code_point else utf16(source), by_code_point)
    return Parsed(parser.whole(), by_code_point)


def utf16(text: str) -> str:
    """`text` with each character above U+FFFF as the two halves that JavaScript sees without the flag `u`."""
    units = text.encode("utf-16-le", "surrogatepass")
    if len(units) == 2 * len(text):
        return text
    wide = bytearray(2 * len(units))
    wide[0::4], wide[1::4] = units[0::2], units[1::2]
    return wide.decode("utf-32-le", "surrogatepass")


def escaped(text: str) -> str:
    """`text` as a regex that matches just it, also inside `[…]` and with the flag `u`."""
    return re.sub(r"[-^$\\.*+?()\[\]{}|/]", lambda match: f"\\x{ord(match[0]):02x}", text)


class _Parser:
    """Walks through the regex once, from left to right; `at` is where it is."""

    def __init__(self, source: str, unicode: bool) -> None:
        self.source, self.unicode, self.at = source, unicode, 0
        opened = [match for match in _GROUP.finditer(source) if match[0].startswith("(")]
        self.groups = len(opened)
        self.names = {match[1]: number for number, match in enumerate(opened, 1) if match[1] is not None}
        self.seen_groups, self.seen_names, self.depth = 0, set[str](), 0

    def whole(self) -> Node:
        """All of it."""
        tree = self.choice()
        if self.at < len(self.source):
            self.fail("unmatched ')'")
        return tree

    def fail(self, message: str, at: int | None = None) -> NoReturn:
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
        self.at += 1
        return self.source[self.at - 1]

    def choice(self) -> Node:
        branches = [self.sequence()]
        while self.take("|"):
            branches.append(self.sequence())
        return branches[0] if len(branches) == 1 else Choice(tuple(branches))

    def sequence(self) -> Node:
        parts: list[Node] = []
        while self.at < len(self.source) and self.source[self.at] not in "|)":
            parts.append(self.term())
        return parts[0] if len(parts) == 1 else Sequence(tuple(parts))

    def term(self) -> Node:
        atom, at = self.atom(), self.at
        quantifier = self.take_match(_QUANTIFIER)
        if not quantifier:
            return atom
        if isinstance(atom, Assertion) or (isinstance(atom, Look) and (atom.behind or self.unicode)):
            self.fail("nothing to repeat", at)
        least, most = self.bounds(quantifier)
        return Repeat(atom, least, most, self.take("?"), at)

    def bounds(self, quantifier: re.Match[str]) -> tuple[int, int | None]:
        if quantifier[1]:
            return {"*": (0, None), "+": (1, None), "?": (0, 1)}[quantifier[1]]
        digits = [number.lstrip("0") or "0" for number in (quantifier[2], quantifier[4] or quantifier[2])]
        least, most = (int(number) if len(number) < 9 else _LONGEST_REPEAT + 1 for number in digits)
        if len(digits[1]) < len(digits[0]) or (len(digits[0]) == len(digits[1]) and digits[1] < digits[0]):
            self.fail("numbers out of order in {}", quantifier.start())
        if least > _LONGEST_REPEAT:
            self.fail(f"not supported: more than {_LONGEST_REPEAT} repeats", quantifier.start())
        without_end = (quantifier[3] and not quantifier[4]) or most > _LONGEST_REPEAT
        return least, None if without_end else most

    def atom(self) -> Node:
        at, character = self.at, self.next()
        match character:
            case "^" | "$":
                return Assertion(_PLACES[character])
            case "(":
                return self.parenthesis(at)
            case ".":
                return Characters(LINE_ENDS, negated=True)
            case "[":
                return self.character_class(at)
            case "\\":
                return self.escape(at)
        self.refuse_as_atom(character, at)
        return _one(ord(character))

    def refuse_as_atom(self, character: str, at: int) -> None:
        if character in "*+?" or (character == "{" and _QUANTIFIER.match(self.source, at)):
            self.fail("nothing to repeat", at)
        if self.unicode and character in "{}]":
            self.fail(f"lone {character!r}, which has to be escaped beside \\u{{…}},", at)

    def parenthesis(self, at: int) -> Node:
        self.depth += 1
        if self.depth > _DEEPEST:
            self.fail(f"not supported: more than {_DEEPEST} parentheses in each other", at)
        group = self.opened(at)
        if not self.take(")"):
            self.fail("unterminated group", at)
        self.depth -= 1
        return group

    def opened(self, at: int) -> Node:
        if self.take("?:"):
            return Group(self.choice(), None)
        if look := self.take_match(_LOOK):
            return Look(self.choice(), look[1] == "<", look[2] == "!")
        if name := self.take_match(_NAME):
            self.name(name[1], at)
        elif self.take("?"):
            self.fail("invalid group: JavaScript has no such '(?'", at)
        self.seen_groups += 1
        number = self.seen_groups
        return Group(self.choice(), number)

    def name(self, name: str, at: int) -> None:
        if not name.replace("$", "_").isidentifier():
            self.fail(f"invalid name of a group {name!r}", at)
        if name in self.seen_names:
            self.fail(f"second group of the name {name!r}", at)
        self.seen_names.add(name)

    def escape(self, at: int) -> Node:
        """What a backslash outside `[…]` begins."""
        if self.at == len(self.source):
            self.fail("\\ at the end", at)
        letter = self.source[self.at]
        if letter in _EDGES:
            self.at += 1
            return Assertion(_EDGES[letter])
        if letter == "k" and (self.unicode or self.names):
            return self.named_reference(at)
        if letter in "123456789" and (reference := self.numbered_reference(at)):
            return reference
        return self.escaped_set(at) or _one(self.escaped_character(at, in_class=False))

    def named_reference(self, at: int) -> Node:
        self.at += 1
        name = self.take_match(_REFERRED)
        if not name or name[1] not in self.names:
            self.fail("\\k without the name of a group", at)
        return Reference(self.names[name[1]], at)

    def numbered_reference(self, at: int) -> Node | None:
        number = _NUMBER.match(self.source, self.at)
        assert number
        if len(number[0]) < 9 and int(number[0]) <= self.groups:
            self.at = number.end()
            return Reference(int(number[0]), at)
        if self.unicode:
            self.fail(f"\\{number[0]} refers to no group", at)
        return None

    def escaped_set(self, at: int) -> Characters | None:
        """`\\d` and its like, `\\p{…}`; None if it is another escape."""
        letter = self.source[self.at]
        if letter in _SETS:
            self.at += 1
            return Characters(_SETS[letter])
        if letter not in "pP" or not self.unicode:
            return None
        self.at += 1
        name = re.compile(r"\{([^{}]*)\}").match(self.source, self.at)
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
        if letter == "k" and self.names:
            self.fail("\\k without the name of a group", at)
        if self.unicode and letter not in "^$\\.*+?()[]{}|/":
            self.fail(f"\\{letter} has no meaning beside \\u{{…}}", at)
        return ord(letter)

    def control(self, at: int, in_class: bool) -> int:
        wide = in_class and not self.unicode
        if match := self.take_match(_CONTROL_IN_CLASS if wide else _CONTROL):
            return ord(match[0]) % 32
        if self.unicode:
            self.fail("\\c without a letter", at)
        self.at -= 1  # the backslash stands for itself, the c is yet to come
        return ord("\\")

    def hexadecimal(self, letter: str, at: int) -> int:
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
        self.at -= 1
        match = self.take_match(_OCTAL)
        assert match
        if self.unicode and (match[0] != "0" or self.source[self.at : self.at + 1].isdigit()):
            self.fail("octal escape beside \\u{…}", at)
        return int(match[0], 8)

    def character_class(self, at: int) -> Node:
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
        return [first, _one(ord("-")), last]

    def member(self) -> Characters:
        at, character = self.at, self.next()
        if character != "\\":
            return _one(ord(character))
        if self.at == len(self.source):
            self.fail("\\ at the end", at)
        if self.source[self.at] == "b":
            self.at += 1
            return _one(8)
        return self.escaped_set(at) or _one(self.escaped_character(at, in_class=True))


def _one(code_point: int) -> Characters:
    return Characters(((code_point, code_point),))


def _single(characters: Characters) -> int | None:
    """The code point of a member that is one character, no set."""
    if characters.properties or len(characters.ranges) != 1:
        return None
    low, high = characters.ranges[0]
    return low if low == high else None
