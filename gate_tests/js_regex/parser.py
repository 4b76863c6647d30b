"""Reads a regex as JavaScript does with the flags `gm`, and `u` where `\\u{` occurs in it; or as JSON Schema does."""

import re
from typing import Final, NamedTuple

from gate_tests.js_regex.escapes import Reader, one
from gate_tests.js_regex.nodes import (
    LINE_ENDS,
    Assertion,
    Characters,
    Choice,
    Group,
    Look,
    Node,
    Place,
    Reference,
    Repeat,
    Sequence,
)

_DEEPEST: Final = 60
_LONGEST_REPEAT: Final = 1 << 24  # a text has no more characters
_GROUP: Final = re.compile(r"\\.|\[(?:\\.|[^\]\\])*\]?|\((?:\?<(?![=!])([^>]*)>|(?!\?))", re.DOTALL)
_QUANTIFIER: Final = re.compile(r"([*+?])|\{([0-9]+)(?:(,)([0-9]*))?\}")
_LOOK: Final = re.compile(r"\?(<?)([=!])")
_NAME: Final = re.compile(r"\?<([^>]*)>")
_REFERRED: Final = re.compile(r"<([^>]*)>")
_NUMBER: Final = re.compile(r"[1-9][0-9]*")
_LINE_PLACES: Final = {"^": Place.LINE_START, "$": Place.LINE_END}
_TEXT_PLACES: Final = {"^": Place.TEXT_START, "$": Place.TEXT_END}
_EDGES: Final = {"b": Place.WORD_EDGE, "B": Place.NO_WORD_EDGE}


class Parsed(NamedTuple):
    """A regex as a tree. `by_code_point`: flag `u` is on; without it a text is UTF-16, character for character."""

    tree: Node
    by_code_point: bool


def parse(source: str) -> Parsed:
    """The tree of a regex. Raises BadRegex."""
    by_code_point = "\\u{" in source
    parser = _Parser(source if by_code_point else utf16(source), by_code_point)
    return Parsed(parser.whole(), by_code_point)


def parse_of_schema(source: str) -> Parsed:
    """The tree of a regex in a JSON Schema, which has the flag `u` and no other. Raises BadRegex."""
    return Parsed(_Parser(source, True, of_schema=True).whole(), True)


def utf16(text: str) -> str:
    """`text` with each character above U+FFFF as the two halves that JavaScript sees without the flag `u`."""
    units = text.encode("utf-16-le", "surrogatepass")
    if len(units) == 2 * len(text):
        return text
    wide = bytearray(2 * len(units))
    wide[0::4], wide[1::4] = units[0::2], units[1::2]
    return wide.decode("utf-32-le", "surrogatepass")


def from_utf16(text: str) -> str:
    """The characters whose halves `utf16` gave; a half that stands alone is U+FFFD."""
    return text if text.isascii() else text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


class _Parser(Reader):
    """Reads a whole regex, with its groups, choices and repeats."""

    def __init__(self, source: str, unicode: bool, of_schema: bool = False) -> None:
        opened = [match for match in _GROUP.finditer(source) if match[0].startswith("(")]
        self.groups = len(opened)
        self.names = {match[1]: number for number, match in enumerate(opened, 1) if match[1] is not None}
        super().__init__(source, unicode, bool(self.names), of_schema)
        self.places = _TEXT_PLACES if of_schema else _LINE_PLACES
        self.seen_groups, self.seen_names, self.depth = 0, set[str](), 0

    def whole(self) -> Node:
        """All of it."""
        tree = self.choice()
        if self.at < len(self.source):
            self.fail("unmatched ')'")
        return tree

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
                return Assertion(self.places[character])
            case "(":
                return self.parenthesis(at)
            case ".":
                return Characters(LINE_ENDS, negated=True)
            case "[":
                return self.character_class(at)
            case "\\":
                return self.escape(at)
        self.refuse_as_atom(character, at)
        return one(ord(character))

    def refuse_as_atom(self, character: str, at: int) -> None:
        if character in "*+?" or (character == "{" and _QUANTIFIER.match(self.source, at)):
            self.fail("nothing to repeat", at)
        if self.unicode and character in "{}]":
            self.fail(f"lone {character!r}, which has to be escaped {self.why_strict},", at)

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
        return self.escaped_set(at) or one(self.escaped_character(at, in_class=False))

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
