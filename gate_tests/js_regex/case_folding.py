"""JavaScript's flag `i` on a syntax tree: each set of characters gets those that differ from one of its own by case.

Without the flag `u` two characters are the same if their upper case is, with it if their simple case folding is.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from functools import cache
from typing import Final, NamedTuple

from gate_tests.js_regex.nodes import (
    LINE_ENDS,
    SPACE,
    WORD,
    Assertion,
    AssertionKind,
    Characters,
    Choice,
    Group,
    Lookaround,
    Node,
    Ranges,
    Reference,
    Repeat,
    Sequence,
    merge_ranges,
)

_END_OF_CASES: Final = 0x20000
"""No character from here on has a case."""
_ASCII_LETTERS: Final = ((0x41, 0x5A, 32), (0x61, 0x7A, -32))
_FOLDED_TO_ASCII: Final = {"K": 0x212A, "k": 0x212A, "S": 0x17F, "s": 0x17F}
_FOLDED_ALONE: Final = {0x1FD3: 0x390, 0x1FE3: 0x3B0, 0xFB05: 0xFB06}
"""Simple foldings of characters whose full folding is of several, and which are lower case already."""
WORD_UNDER_U: Final = merge_ranges([*WORD, (0x17F, 0x17F), (0x212A, 0x212A)])
"""What `\\w` matches under the flags `i` and `u`."""


class _Cases(NamedTuple):
    """The characters that have others of the same case folding, sorted, and those others."""

    code_points: list[int]
    others: Mapping[int, tuple[int, ...]]


def ignore_case(node: Node, unicode: bool) -> Node:
    """The tree that matches, case aside, what `node` matches; `unicode`: under the flag `u`."""

    def fold(node: Node) -> Node:
        match node:
            case Characters(ranges, properties, negated):
                more = [each for name in properties for each in _cased_ranges(name)]
                return Characters(merge_ranges([*fold_ranges(ranges, unicode), *more]), properties, negated)
            case Sequence(parts):
                return Sequence(tuple(map(fold, parts)))
            case Choice(branches):
                return Choice(tuple(map(fold, branches)))
            case Group() | Lookaround() | Repeat():
                return replace(node, body=fold(node.body))
            case Reference():
                return replace(node, ignores_case=True)
            case Assertion(kind) if unicode and kind in (AssertionKind.WORD_EDGE, AssertionKind.NO_WORD_EDGE):
                return _word_edge(kind is AssertionKind.NO_WORD_EDGE)
        return node

    return fold(node)


@cache
def fold_ranges(ranges: Ranges, unicode: bool) -> Ranges:
    """The ranges, and every character that is the same as one of theirs, case aside."""
    added = list(_fold_ascii(ranges, unicode))
    if ranges and ranges[-1][1] > 0x7F and ranges not in (SPACE, LINE_ENDS):
        cases = _simple_foldings() if unicode else _upper_cases()
        for low, high in ranges:
            first, last = bisect_left(cases.code_points, low), bisect_right(cases.code_points, high)
            added += [(other, other) for each in cases.code_points[first:last] for other in cases.others[each]]
    return merge_ranges([*ranges, *added]) if added else ranges


def _fold_ascii(ranges: Ranges, unicode: bool) -> Iterable[tuple[int, int]]:
    for first, last, distance in _ASCII_LETTERS:
        for low, high in ranges:
            if low <= last and high >= first:
                yield max(low, first) + distance, min(high, last) + distance
    for letter, other in _FOLDED_TO_ASCII.items() if unicode else ():
        if any(low <= ord(letter) <= high for low, high in ranges):
            yield other, other


@cache
def _upper_cases() -> _Cases:
    return _group_by(_upper, range(0x80, 0x10000))


def _upper(code_point: int) -> int:
    """No character becomes one of ASCII, several, or half of one."""
    upper = chr(code_point).upper()
    return ord(upper) if len(upper) == 1 and 0x80 <= ord(upper) <= 0xFFFF else code_point


@cache
def _simple_foldings() -> _Cases:
    return _group_by(_fold_simply, range(_END_OF_CASES))


def _fold_simply(code_point: int) -> int:
    if code_point in _FOLDED_ALONE:
        return _FOLDED_ALONE[code_point]
    character = chr(code_point)
    folded = character.casefold()
    folded = folded if len(folded) == 1 else character.lower()
    return ord(folded) if len(folded) == 1 else code_point


def _group_by(fold: Callable[[int], int], code_points: range) -> _Cases:
    groups: dict[int, list[int]] = {}
    for each in code_points:
        if (folded := fold(each)) != each:
            groups.setdefault(folded, [folded]).append(each)
    others = {each: tuple(group) for group in groups.values() for each in group}
    return _Cases(sorted(others), others)


@cache
def _cased_ranges(name: str) -> Ranges:
    """The characters with a case that are the same, case aside, as one with this property, such as `\\p{Lu}`."""
    import regex

    cases = _simple_foldings()
    has_property = regex.compile(name, regex.VERSION0)
    found = has_property.findall("".join(map(chr, cases.code_points)))
    return merge_ranges([(other, other) for each in found for other in cases.others[ord(each)]])


def _word_edge(negated: bool) -> Node:
    word = Characters(WORD_UNDER_U)
    before, after = Lookaround(word, behind=True, negative=False), Lookaround(word, behind=False, negative=False)
    not_before, not_after = replace(before, negative=True), replace(after, negative=True)
    pairs = ((before, after), (not_before, not_after)) if negated else ((before, not_after), (not_before, after))
    return Group(Choice(tuple(Sequence(pair) for pair in pairs)), None)
