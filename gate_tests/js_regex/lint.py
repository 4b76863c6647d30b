"""What a regex's author should know: that it can match nothing, that it is slow, that it sees halves of characters."""

import time
from collections.abc import Iterator
from typing import Final

from gate_tests.js_regex.nodes import (
    LINE_ENDS,
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
    children,
    complement,
    is_nullable,
    overlap,
)
from gate_tests.js_regex.parser import parse, utf16
from gate_tests.js_regex.pattern import pattern
from gate_tests.js_regex.samples import PROBES, sample

_PUMPED: Final = 20_000
"""Characters of a text made to be slow on: what takes a square of them is told from what goes straight through."""
_ATTACK_S: Final = 0.08
_ALL_S: Final = 0.2
_MOST_ATTACKS: Final = 12


def never_matches(regex: str) -> str | None:
    """Why the regex can match in no text; None: it can, or nobody knows. Raises BadRegex."""
    return _why_never(parse(regex).tree)


def matches_everywhere(regex: str) -> bool:
    """Whether the regex matches the empty text wherever it is tried, so that no text is without it. Raises BadRegex."""
    tree = parse(regex).tree
    depends_on_place = any(isinstance(node, Assertion | Look | Reference) for node in _all(tree))
    return is_nullable(tree) and not depends_on_place


def sees_halves(regex: str) -> str | None:
    """Advice on a character above U+FFFF in `[…]`, which without the flag `u` are two. Raises BadRegex."""
    parsed = parse(regex)
    if parsed.by_code_point or utf16(regex) == regex:
        return None
    halves = (node for node in _all(parsed.tree) if isinstance(node, Characters) and not node.negated)
    if any(overlap(node.ranges, ((0xD800, 0xDFFF),)) and len(node.ranges) > 1 for node in halves):
        return "a character above U+FFFF in [...] stands for its two halves; write it as \\u{...}"
    return None


def is_slow(regex: str) -> str | None:
    """Advice on a regex that takes far longer than its text is long, found by trying. Raises BadRegex."""
    compiled, deadline = pattern(regex), time.monotonic() + _ALL_S
    for name, attack in _attacks(parse(regex).tree):
        left_s = min(_ATTACK_S, deadline - time.monotonic())
        if left_s <= 0:
            return None
        try:
            compiled.compiled.search(attack, timeout=left_s)
        except TimeoutError:
            return f"is slow: a text that repeats {name!r} takes it much longer than its length explains"
    return None


def _why_never(node: Node) -> str | None:
    match node:
        case Characters():
            return "matches no character" if node.known == () else None
        case Choice(branches):
            reasons = [_why_never(branch) for branch in branches]
            return reasons[0] if all(reasons) else None
        case Sequence(parts):
            return next(filter(None, map(_why_never, parts)), None) or _why_not_side_by_side(parts)
        case Look(body=body, negative=True):
            return "forbids even the empty text" if body == Sequence() else None
        case Repeat(least=0):
            return None
        case Group(body=body) | Look(body=body) | Repeat(body=body):
            return _why_never(body)
    return None


def _why_not_side_by_side(parts: tuple[Node, ...]) -> str | None:
    """Why an assertion cannot be true between the characters before and after it, or CR and LF not be neighbours."""
    for index, part in enumerate(parts):
        before = _edge(parts[index - 1], -1) if index else None
        after = _edge(parts[index + 1], 0) if index + 1 < len(parts) else None
        if isinstance(part, Assertion) and (reason := _why_not_there(part.place, before, after)):
            return reason
        if before == ((13, 13),) and _edge(part, 0) == ((10, 10),):
            return "looks for \\r\\n, but line ends are read as \\n"
    return None


def _why_not_there(place: Place, before: Ranges | None, after: Ranges | None) -> str | None:
    if place is Place.LINE_END and after is not None and not overlap(after, LINE_ENDS):
        return "after $ comes what is no line end"
    if place is Place.LINE_START and before is not None and not overlap(before, LINE_ENDS):
        return "before ^ stands what is no line end"
    if place is Place.WORD_EDGE and before and after:
        for kind, others in (("letters", complement(WORD)), ("no letters", WORD)):
            if not overlap(before, others) and not overlap(after, others):
                return f"\\b stands between {kind}"
    return None


def _edge(node: Node, end: int) -> Ranges | None:
    """The characters that it can begin (`end` 0) or end (-1) with, if it surely has one and they are known."""
    match node:
        case Characters():
            return node.known
        case Group(body=body):
            return _edge(body, end)
        case Repeat(body=body, least=least):
            return _edge(body, end) if least else None
        case Sequence(parts):
            return _edge(parts[end], end) if parts else None
    return None


def _all(node: Node) -> Iterator[Node]:
    yield node
    for child in children(node):
        yield from _all(child)


def _attacks(tree: Node) -> Iterator[tuple[str, str]]:
    """Texts that a repeat without end runs along and fails at the end of; each with what it repeats."""
    tried: set[str] = set()
    after = "\x01" + sample(tree)  # all of it: else it is known that there is no match before anything is tried
    for before, repeat in _endless(tree, ""):
        for pump in _pumps(repeat):
            attack = before + pump * (_PUMPED // len(pump)) + after
            if pump and attack not in tried and len(tried) < _MOST_ATTACKS:
                tried.add(attack)
                yield pump, attack


def _endless(node: Node, before: str) -> Iterator[tuple[str, Repeat]]:
    """Every repeat without end, with a text that leads to it."""
    if isinstance(node, Repeat) and node.most is None:
        yield before, node
    for child in children(node):
        yield from _endless(child, before)
        before += sample(child) if isinstance(node, Sequence) else ""


def _pumps(repeat: Repeat) -> list[str]:
    sets = [node.known or () for node in _all(repeat) if isinstance(node, Characters)]
    probes = [chr(probe) for probe in PROBES if any(overlap(ranges, ((probe, probe),)) for ranges in sets)]
    whole = sample(repeat.body)
    return list(dict.fromkeys(([whole] if whole else []) + probes[:3]))
