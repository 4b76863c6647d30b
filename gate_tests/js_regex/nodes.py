"""The syntax tree of a JavaScript regex."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum, auto
from typing import Final

MAX_CODE_POINT: Final = 0x10FFFF
"""The last code point."""

Ranges = tuple[tuple[int, int], ...]
"""Inclusive ranges of code points, sorted and not adjacent."""


def merge_ranges(ranges: list[tuple[int, int]]) -> Ranges:
    """The ranges sorted, with overlapping and adjacent ones merged."""
    joined: list[tuple[int, int]] = []
    for low, high in sorted(ranges):
        if joined and low <= joined[-1][1] + 1:
            joined[-1] = (joined[-1][0], max(joined[-1][1], high))
        else:
            joined.append((low, high))
    return tuple(joined)


def complement(ranges: Ranges) -> Ranges:
    """All code points outside the ranges."""
    edges = [-1, *(edge for pair in ranges for edge in pair), MAX_CODE_POINT + 1]
    pairs = zip(edges[::2], edges[1::2], strict=True)
    return tuple((before + 1, after - 1) for before, after in pairs if before + 1 < after)


def make_ranges(characters: str) -> Ranges:
    """The ranges of these characters."""
    return merge_ranges([(ord(character), ord(character)) for character in characters])


LINE_ENDS: Final = make_ranges("\n\r\u2028\u2029")
DIGITS: Final[Ranges] = ((0x30, 0x39),)
WORD: Final[Ranges] = ((0x30, 0x39), (0x41, 0x5A), (0x5F, 0x5F), (0x61, 0x7A))
SPACE: Final = make_ranges(
    "\t\n\v\f\r \u00a0\u1680\u2028\u2029\u202f\u205f\u3000\ufeff" + "".join(map(chr, range(0x2000, 0x200B)))
)


class BadRegex(Exception):
    """A regex that JavaScript rejects or that is not supported here; the message has the offset."""


class AssertionKind(Enum):
    """Where an assertion is true."""

    LINE_START = auto()
    LINE_END = auto()
    TEXT_START = auto()
    TEXT_END = auto()
    WORD_EDGE = auto()
    NO_WORD_EDGE = auto()


@dataclass(frozen=True)
class Characters:
    """One character out of `ranges` and `properties` (such as `\\p{Lu}`), or with `negated` any but those."""

    ranges: Ranges
    properties: tuple[str, ...] = ()
    negated: bool = False

    @property
    def exact_ranges(self) -> Ranges | None:
        """The characters it matches; None if that depends on a property."""
        if self.properties:
            return None
        return complement(self.ranges) if self.negated else self.ranges


@dataclass(frozen=True)
class Assertion:
    """Matches the empty string at certain offsets, such as `^` and `\\b`."""

    kind: AssertionKind


@dataclass(frozen=True)
class Sequence:
    """Its parts in order; without parts it matches the empty string."""

    parts: tuple["Node", ...] = ()


@dataclass(frozen=True)
class Choice:
    """Alternatives, tried in order."""

    branches: tuple["Node", ...]


@dataclass(frozen=True)
class Group:
    """Parentheses; `number` is None if they do not capture."""

    body: "Node"
    number: int | None


@dataclass(frozen=True)
class Lookaround:
    """A lookahead or lookbehind."""

    body: "Node"
    behind: bool
    negative: bool


@dataclass(frozen=True)
class Reference:
    """A back reference to the group `number`; `offset` is its own in the regex."""

    number: int
    offset: int
    ignores_case: bool = False


@dataclass(frozen=True)
class Repeat:
    """The body `min_count` to `max_count` times (None: unbounded)."""

    body: "Node"
    min_count: int
    max_count: int | None
    lazy: bool
    offset: int


Node = Characters | Assertion | Sequence | Choice | Group | Lookaround | Reference | Repeat


def children(node: Node) -> tuple[Node, ...]:
    """The direct children of a node."""
    match node:
        case Sequence(parts):
            return parts
        case Choice(branches):
            return branches
        case Group(body=body) | Lookaround(body=body) | Repeat(body=body):
            return (body,)
    return ()


def is_nullable(node: Node) -> bool:
    """Whether it may match the empty string."""
    match node:
        case Characters():
            return False
        case Sequence(parts):
            return all(is_nullable(part) for part in parts)
        case Choice(branches):
            return any(is_nullable(branch) for branch in branches)
        case Group(body=body):
            return is_nullable(body)
        case Repeat(body=body, min_count=min_count):
            return min_count == 0 or is_nullable(body)
    return True


def edge_ranges(node: Node, end: int) -> Ranges | None:
    """The characters that the first (`end` 0) or last (-1) one is of; None if unknown or there may be none."""
    match node:
        case Characters():
            return node.exact_ranges
        case Group(body=body):
            return edge_ranges(body, end)
        case Repeat(body=body, min_count=min_count):
            return edge_ranges(body, end) if min_count else None
        case Sequence(parts):
            return edge_ranges(parts[end], end) if parts else None
        case Choice(branches):
            edges = [edge_ranges(branch, end) for branch in branches]
            known = [edge for edge in edges if edge is not None]
            return merge_ranges([pair for edge in known for pair in edge]) if len(known) == len(edges) else None
    return None


def matches_empty_text(node: Node) -> bool:
    """Whether it matches in a text without characters, where a group can only have captured nothing."""
    match node:
        case Characters():
            return False
        case Assertion(kind):
            return kind is not AssertionKind.WORD_EDGE
        case Sequence(parts):
            return all(map(matches_empty_text, parts))
        case Choice(branches):
            return any(map(matches_empty_text, branches))
        case Group(body=body):
            return matches_empty_text(body)
        case Lookaround(body=body, negative=negative):
            return matches_empty_text(body) is not negative
        case Repeat(body=body, min_count=min_count):
            return min_count == 0 or matches_empty_text(body)
    return True


_PARTS: Final[Mapping[AssertionKind, int]] = {AssertionKind.WORD_EDGE: 20, AssertionKind.NO_WORD_EDGE: 20}


def count_parts(node: Node) -> int:
    """The size of a regex with each of its repeats written out as often as it has to match, and once more where it may.

    A character is one part, a class as many as it has ranges and properties. A group that captures, a look around, a
    repeat whose count may vary, `^` and `$` are 4 more; a choice, a back reference, `\\b` and `\\B` are 20. The library
    `regex` writes them out like that, and takes about 300 bytes for a part.
    """
    below = sum(map(count_parts, children(node)))
    match node:
        case Characters(ranges, properties):
            return max(1, len(ranges) + len(properties))
        case Assertion(kind):
            return _PARTS.get(kind, 4)
        case Reference():
            return 20
        case Choice():
            return below + 20
        case Lookaround():
            return below + 4
        case Group(number=number):
            return below + (4 if number else 0)
        case Repeat(min_count=min_count, max_count=max_count):
            return below * min_count if min_count == max_count else below * (min_count + 1) + 4
    return below


def has_overlap(one: Ranges, other: Ranges) -> bool:
    """Whether any code point is in both."""
    return any(low <= last and first <= high for low, high in one for first, last in other)
