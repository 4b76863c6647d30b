"""The parts a JavaScript regex consists of, as a tree."""

from dataclasses import dataclass
from enum import Enum, auto
from typing import Final

LAST: Final = 0x10FFFF
"""The last code point."""

Ranges = tuple[tuple[int, int], ...]
"""Code points from, to: sorted, apart from each other."""


def united(ranges: list[tuple[int, int]]) -> Ranges:
    """The same code points, in order and once each."""
    joined: list[tuple[int, int]] = []
    for low, high in sorted(ranges):
        if joined and low <= joined[-1][1] + 1:
            joined[-1] = (joined[-1][0], max(joined[-1][1], high))
        else:
            joined.append((low, high))
    return tuple(joined)


def complement(ranges: Ranges) -> Ranges:
    """All other code points."""
    edges = [-1, *(edge for pair in ranges for edge in pair), LAST + 1]
    pairs = zip(edges[::2], edges[1::2], strict=True)
    return tuple((before + 1, after - 1) for before, after in pairs if before + 1 < after)


def ranges_of(characters: str) -> Ranges:
    """These characters."""
    return united([(ord(character), ord(character)) for character in characters])


LINE_ENDS: Final = ranges_of("\n\r\u2028\u2029")
DIGITS: Final[Ranges] = ((0x30, 0x39),)
WORD: Final[Ranges] = ((0x30, 0x39), (0x41, 0x5A), (0x5F, 0x5F), (0x61, 0x7A))
SPACE: Final = ranges_of(
    "\t\n\v\f\r \u00a0\u1680\u2028\u2029\u202f\u205f\u3000\ufeff" + "".join(map(chr, range(0x2000, 0x200B)))
)


class BadRegex(Exception):
    """A regex that JavaScript refuses, or one that is not supported here: what is wrong, and where."""


class Place(Enum):
    """What an assertion says of the place it stands at."""

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
    def known(self) -> Ranges | None:
        """Exactly the characters it matches; None where a property decides."""
        if self.properties:
            return None
        return complement(self.ranges) if self.negated else self.ranges


@dataclass(frozen=True)
class Assertion:
    """Matches nothing, at certain places."""

    place: Place


@dataclass(frozen=True)
class Sequence:
    """One part after the other; without parts it matches the empty text."""

    parts: tuple["Node", ...] = ()


@dataclass(frozen=True)
class Choice:
    """One of the branches, the first that will do."""

    branches: tuple["Node", ...]


@dataclass(frozen=True)
class Group:
    """Parentheses; those that capture have a number."""

    body: "Node"
    number: int | None


@dataclass(frozen=True)
class Look:
    """What must, or must not, stand after or before this place."""

    body: "Node"
    behind: bool
    negative: bool


@dataclass(frozen=True)
class Reference:
    """What the group with this number captured; `offset` is where the regex refers to it."""

    number: int
    offset: int


@dataclass(frozen=True)
class Repeat:
    """The body `least` to `most` times (None: without end)."""

    body: "Node"
    least: int
    most: int | None
    lazy: bool
    offset: int


Node = Characters | Assertion | Sequence | Choice | Group | Look | Reference | Repeat


def children(node: Node) -> tuple[Node, ...]:
    """The parts directly below a node."""
    match node:
        case Sequence(parts):
            return parts
        case Choice(branches):
            return branches
        case Group(body=body) | Look(body=body) | Repeat(body=body):
            return (body,)
    return ()


def is_nullable(node: Node) -> bool:
    """Whether it may match the empty text."""
    match node:
        case Characters():
            return False
        case Sequence(parts):
            return all(is_nullable(part) for part in parts)
        case Choice(branches):
            return any(is_nullable(branch) for branch in branches)
        case Group(body=body):
            return is_nullable(body)
        case Repeat(body=body, least=least):
            return least == 0 or is_nullable(body)
    return True


def overlap(one: Ranges, other: Ranges) -> bool:
    """Whether any character is in both."""
    return any(low <= last and first <= high for low, high in one for first, last in other)
