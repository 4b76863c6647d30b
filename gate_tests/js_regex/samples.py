"""Generates texts that a regex matches, for mutation tests of rules that forbid them."""

from collections.abc import Iterator
from typing import Final

from gate_tests.js_regex.nodes import (
    BadRegex,
    Characters,
    Choice,
    Group,
    Node,
    Repeat,
    Sequence,
    has_overlap,
    is_nullable,
)
from gate_tests.js_regex.parser import parse
from gate_tests.js_regex.pattern import Pattern, TooSlow

_PREFERRED: Final = "a1A 0-_.X"
_MAX_REPEATS: Final = 1000


def generate_matches(pattern: Pattern, limit_s: float) -> Iterator[str]:
    """A matching text for each branch of the regex. Yields nothing for a branch whose text turns out not to match."""
    tree = parse(pattern.source, pattern.flags).tree
    for branch in tree.branches if isinstance(tree, Choice) else (tree,):
        text = _make_simplest(branch)
        try:
            if text.strip() and next(pattern.starts(text, limit_s), None) is not None:
                yield text
        except (TooSlow, BadRegex):
            return


def _make_simplest(node: Node) -> str:
    """The simplest text that the node may match; empty for an assertion."""
    match node:
        case Characters():
            return _pick_character(node)
        case Sequence(parts):
            return "".join(map(_make_simplest, parts))
        case Choice(branches):
            return _make_simplest(branches[0])
        case Group(body=body):
            return _make_simplest(body)
        case Repeat(body=body, min_count=min_count, max_count=max_count):
            return _make_simplest(body) * min(max(min_count, 0 if max_count == 0 else 1), _MAX_REPEATS)
    return ""


def _pick_character(node: Characters) -> str:
    known = node.exact_ranges
    if known is None:
        return "A"
    preferred = (each for each in _PREFERRED if any(low <= ord(each) <= high for low, high in known))
    return next(preferred, chr(known[0][0]) if known else "")


PROBE_CODE_POINTS: Final = [ord(character) for character in "a0 _-.\t\"'<>/*#"]


def make_sample(node: Node) -> str:
    """A short text that it may match, ignoring assertions and references."""
    match node:
        case Characters():
            ranges = node.exact_ranges or ()
            likely = [probe for probe in PROBE_CODE_POINTS if has_overlap(ranges, ((probe, probe),))]
            return chr(likely[0] if likely else ranges[0][0]) if ranges else ""
        case Sequence(parts):
            return "".join(map(make_sample, parts))
        case Choice(branches):
            return next(filter(None, map(make_sample, branches)), "")
        case Group(body=body):
            return make_sample(body)
        case Repeat(body=body, min_count=min_count):
            return make_sample(body) * min(max(min_count, 1 if is_nullable(node) else min_count), 50)
    return ""
