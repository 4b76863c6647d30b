"""Parses a regex as JavaScript does with the flags `gm`, `i`, `s` (`u` where it has `\\u{`), or as JSON Schema does."""

import re
from typing import Final, NamedTuple

from gate_tests.js_regex.case_folding import ignore_case
from gate_tests.js_regex.escapes import CharacterReader, single_character
from gate_tests.js_regex.nodes import (
    LINE_ENDS,
    Assertion,
    AssertionKind,
    BadRegex,
    Characters,
    Choice,
    Group,
    Lookaround,
    Node,
    Reference,
    Repeat,
    Sequence,
    count_parts,
)

MAX_CHARACTERS: Final = 100_000
"""Of a regex."""
MAX_PARTS: Final = 1_000_000
"""Of a regex, see `count_parts`."""
_MAX_NESTING: Final = 60
_MAX_REPEAT: Final = 1 << 24  # no text has more characters
_GROUP: Final = re.compile(r"\\.|\[(?:\\.|[^\]\\])*\]?|\((?:\?<(?![=!])([^>]*)>|(?!\?))", re.DOTALL)
_QUANTIFIER: Final = re.compile(r"([*+?])|\{([0-9]+)(?:(,)([0-9]*))?\}")
_LOOKAROUND: Final = re.compile(r"\?(<?)([=!])")
_NAME: Final = re.compile(r"\?<([^>]*)>")
_REFERENCE_NAME: Final = re.compile(r"<([^>]*)>")
_NUMBER: Final = re.compile(r"[1-9][0-9]*")
_LINE_ASSERTIONS: Final = {"^": AssertionKind.LINE_START, "$": AssertionKind.LINE_END}
_TEXT_ASSERTIONS: Final = {"^": AssertionKind.TEXT_START, "$": AssertionKind.TEXT_END}
_WORD_EDGES: Final = {"b": AssertionKind.WORD_EDGE, "B": AssertionKind.NO_WORD_EDGE}


FLAGS: Final = "is"
"""What a contract may add: `i`, case does not matter; `s`, the dot matches line ends too."""


class Parsed(NamedTuple):
    """A syntax tree. `by_code_point`: the flag `u` is on, else a text is matched as UTF-16 code units."""

    tree: Node
    by_code_point: bool


def parse(source: str, flags: str = "") -> Parsed:
    """Parse a regex with some of FLAGS. Raises BadRegex."""
    by_code_point = "\\u{" in source
    parser = _Parser(source if by_code_point else to_utf16(source), by_code_point, flags)
    return Parsed(parser.parse_all(), by_code_point)


def parse_schema_regex(source: str) -> Parsed:
    """Parse a regex of a JSON Schema, which has the flag `u` and no other. Raises BadRegex."""
    return Parsed(_Parser(source, True, in_schema=True).parse_all(), True)


def to_utf16(text: str) -> str:
    """`text` with each character above U+FFFF as its two surrogates, as JavaScript sees it without the flag `u`."""
    units = text.encode("utf-16-le", "surrogatepass")
    if len(units) == 2 * len(text):
        return text
    wide = bytearray(2 * len(units))
    wide[0::4], wide[1::4] = units[0::2], units[1::2]
    return wide.decode("utf-32-le", "surrogatepass")


def from_utf16(text: str) -> str:
    """The inverse of `to_utf16`; a lone surrogate becomes U+FFFD."""
    return text if text.isascii() else text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


class _Parser(CharacterReader):
    """A recursive descent parser: choice, sequence, term, atom."""

    def __init__(self, source: str, unicode: bool, flags: str = "", in_schema: bool = False) -> None:
        if len(source) > MAX_CHARACTERS:
            raise BadRegex(f"{len(source)} characters (at most {MAX_CHARACTERS} are allowed)")
        openings = [match for match in _GROUP.finditer(source) if match[0].startswith("(")]
        self.total_groups = len(openings)
        self.group_numbers = {match[1]: number for number, match in enumerate(openings, 1) if match[1] is not None}
        super().__init__(source, unicode, bool(self.group_numbers), "i" in flags, in_schema)
        self.assertions = _TEXT_ASSERTIONS if in_schema else _LINE_ASSERTIONS
        self.dot = Characters((), negated=True) if "s" in flags else Characters(LINE_ENDS, negated=True)
        self.group_count, self.seen_group_names, self.depth = 0, set[str](), 0

    def parse_all(self) -> Node:
        """Parse the whole regex. Raises BadRegex."""
        tree = self.parse_choice()
        if self.at < len(self.source):
            self.fail("unmatched ')'")
        if self.ignores_case:
            tree = ignore_case(tree, self.unicode)
        if (parts := count_parts(tree)) > MAX_PARTS:
            raise BadRegex(f"{parts} parts with repetitions written out (at most {MAX_PARTS} are allowed)")
        return tree

    def parse_choice(self) -> Node:
        branches = [self.parse_sequence()]
        while self.take("|"):
            branches.append(self.parse_sequence())
        return branches[0] if len(branches) == 1 else Choice(tuple(branches))

    def parse_sequence(self) -> Node:
        parts: list[Node] = []
        while self.at < len(self.source) and self.source[self.at] not in "|)":
            parts.append(self.parse_term())
        return parts[0] if len(parts) == 1 else Sequence(tuple(parts))

    def parse_term(self) -> Node:
        atom, at = self.parse_atom(), self.at
        quantifier = self.take_match(_QUANTIFIER)
        if not quantifier:
            return atom
        if isinstance(atom, Assertion) or (isinstance(atom, Lookaround) and (atom.behind or self.unicode)):
            self.fail("nothing to repeat", at)
        min_count, max_count = self.parse_bounds(quantifier)
        return Repeat(atom, min_count, max_count, self.take("?"), at)

    def parse_bounds(self, quantifier: re.Match[str]) -> tuple[int, int | None]:
        if quantifier[1]:
            return {"*": (0, None), "+": (1, None), "?": (0, 1)}[quantifier[1]]
        digits = [number.lstrip("0") or "0" for number in (quantifier[2], quantifier[4] or quantifier[2])]
        min_count, max_count = (int(number) if len(number) < 9 else _MAX_REPEAT + 1 for number in digits)
        if len(digits[1]) < len(digits[0]) or (len(digits[0]) == len(digits[1]) and digits[1] < digits[0]):
            self.fail("numbers out of order in {}", quantifier.start())
        if min_count > _MAX_REPEAT:
            self.fail(f"not supported: more than {_MAX_REPEAT} repetitions", quantifier.start())
        is_unbounded = (quantifier[3] and not quantifier[4]) or max_count > _MAX_REPEAT
        return min_count, None if is_unbounded else max_count

    def parse_atom(self) -> Node:
        at, character = self.at, self.read_next()
        match character:
            case "^" | "$":
                return Assertion(self.assertions[character])
            case "(":
                return self.parse_parenthesis(at)
            case ".":
                return self.dot
            case "[":
                return self.read_class(at)
            case "\\":
                return self.parse_escape(at)
        self.check_atom(character, at)
        return single_character(ord(character))

    def check_atom(self, character: str, at: int) -> None:
        if character in "*+?" or (character == "{" and _QUANTIFIER.match(self.source, at)):
            self.fail("nothing to repeat", at)
        if self.unicode and character in "{}]":
            self.fail(f"unescaped {character!r}, which must be escaped {self.strict_reason},", at)

    def parse_parenthesis(self, at: int) -> Node:
        self.depth += 1
        if self.depth > _MAX_NESTING:
            self.fail(f"not supported: more than {_MAX_NESTING} nested parentheses", at)
        group = self.parse_group(at)
        if not self.take(")"):
            self.fail("unterminated group", at)
        self.depth -= 1
        return group

    def parse_group(self, at: int) -> Node:
        if self.take("?:"):
            return Group(self.parse_choice(), None)
        if look := self.take_match(_LOOKAROUND):
            return Lookaround(self.parse_choice(), look[1] == "<", look[2] == "!")
        if name := self.take_match(_NAME):
            self.add_group_name(name[1], at)
        elif self.take("?"):
            self.fail("invalid group: '(?' is not JavaScript syntax", at)
        self.group_count += 1
        number = self.group_count
        return Group(self.parse_choice(), number)

    def add_group_name(self, name: str, at: int) -> None:
        if not name.replace("$", "_").isidentifier():
            self.fail(f"invalid group name {name!r}", at)
        if name in self.seen_group_names:
            self.fail(f"duplicate group name {name!r}", at)
        self.seen_group_names.add(name)

    def parse_escape(self, at: int) -> Node:
        """An escape outside `[…]`, whose backslash has been read."""
        if self.at == len(self.source):
            self.fail("\\ at the end", at)
        letter = self.source[self.at]
        if letter in _WORD_EDGES:
            self.at += 1
            return Assertion(_WORD_EDGES[letter])
        if letter == "k" and (self.unicode or self.group_numbers):
            return self.parse_named_reference(at)
        if letter in "123456789" and (reference := self.parse_numbered_reference(at)):
            return reference
        return self.read_escaped_set(at) or single_character(self.read_escaped_character(at, in_class=False))

    def parse_named_reference(self, at: int) -> Node:
        self.at += 1
        name = self.take_match(_REFERENCE_NAME)
        if not name or name[1] not in self.group_numbers:
            self.fail("\\k without the name of a group", at)
        return Reference(self.group_numbers[name[1]], at)

    def parse_numbered_reference(self, at: int) -> Node | None:
        number = _NUMBER.match(self.source, self.at)
        assert number
        if len(number[0]) < 9 and int(number[0]) <= self.total_groups:
            self.at = number.end()
            return Reference(int(number[0]), at)
        if self.unicode:
            self.fail(f"\\{number[0]} refers to a group that does not exist", at)
        return None
