"""Lints a regex: whether it can match at all, is slow, or splits characters above U+FFFF."""

import json
import re
import time
from collections.abc import Iterator
from typing import Final

from gate_tests.js_regex.nodes import (
    LINE_ENDS,
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
    children,
    complement,
    edge_ranges,
    has_overlap,
    is_nullable,
)
from gate_tests.js_regex.parser import FLAGS, parse, to_utf16
from gate_tests.js_regex.pattern import compile_pattern
from gate_tests.js_regex.samples import PROBE_CODE_POINTS, make_sample

_LITERAL: Final = re.compile(r"/((?:[^/\\\[]|\\.|\[(?:[^\]\\]|\\.)*+\])++)/([dgimsuvy]*)", re.DOTALL)
_NAME_IN_PATH: Final = re.compile(r"[a-z0-9._{}-]+")
_ATTACK_CHARACTERS: Final = 20_000
"""Long enough to tell quadratic time from linear."""
_MAX_ATTACK_S: Final = 0.08
_MAX_TOTAL_S: Final = 0.2
_MAX_ATTACKS: Final = 12


def explain_no_match(regex: str, flags: str = "") -> str | None:
    """Why the regex matches no text; None if it may match one. Raises BadRegex."""
    return _explain_no_match(parse(regex, flags).tree)


def matches_everywhere(regex: str, flags: str = "") -> bool:
    """Whether the regex matches the empty string at every offset, and so every text. Raises BadRegex."""
    tree = parse(regex, flags).tree
    depends_on_context = any(isinstance(node, Assertion | Lookaround | Reference) for node in _walk(tree))
    return is_nullable(tree) and not depends_on_context


def explain_literal(regex: str, flags: str = "", key: str = "regex") -> str | None:
    """A warning if the regex looks like a literal of JavaScript, `/TODO/i`; `key` is what the contract calls it."""
    literal = _LITERAL.fullmatch(regex)
    if not literal or len(set(literal[2])) < len(literal[2]):
        return None
    if _NAME_IN_PATH.fullmatch(literal[1]) and not set("gim") & set(literal[2]):
        return None  # `/blog/`, `/en/us`
    kept = set(flags + literal[2]) & set(FLAGS) if key == "regex" else ()  # `url_pattern` takes no flags
    keys = {key: literal[1].replace(r"\/", "/"), "flags": "".join(sorted(kept))}
    instead = ", ".join(f'"{name}": {json.dumps(value, ensure_ascii=False)}' for name, value in keys.items() if value)
    return f"is written as a literal {literal[0]!r}, whose slashes and flags are matched as text; use {instead}"


def explain_half_characters(regex: str, flags: str = "") -> str | None:
    """A warning if `[…]` has a character above U+FFFF, which is two without the flag `u`. Raises BadRegex."""
    parsed = parse(regex, flags)
    if parsed.by_code_point or to_utf16(regex) == regex:
        return None
    halves = (node for node in _walk(parsed.tree) if isinstance(node, Characters) and not node.negated)
    if any(has_overlap(node.ranges, ((0xD800, 0xDFFF),)) and len(node.ranges) > 1 for node in halves):
        return "a character above U+FFFF in [...], which is matched as two halves; use \\u{...}"
    return None


def explain_slowness(regex: str, flags: str = "") -> str | None:
    """A warning if matching takes more than linear time, found by trying generated texts. Raises BadRegex."""
    compiled = compile_pattern(regex, flags).compiled
    deadline = time.monotonic() + _MAX_TOTAL_S
    for name, attack in _generate_attacks(parse(regex, flags).tree):
        left_s = min(_MAX_ATTACK_S, deadline - time.monotonic())
        if left_s <= 0:
            return None
        try:
            compiled.search(attack, timeout=left_s)
        except TimeoutError:
            return f"is slow: it takes more than linear time on a text that repeats {name!r}"
    return None


def _explain_no_match(node: Node) -> str | None:
    match node:
        case Characters():
            return "matches no character" if node.exact_ranges == () else None
        case Choice(branches):
            reasons = [_explain_no_match(branch) for branch in branches]
            return reasons[0] if all(reasons) else None
        case Sequence(parts):
            return next(filter(None, map(_explain_no_match, parts)), None) or _explain_contradiction(parts)
        case Lookaround(body=body, negative=True):
            return "forbids every text" if body == Sequence() else None
        case Repeat(min_count=0):
            return None
        case Group(body=body) | Lookaround(body=body) | Repeat(body=body):
            return _explain_no_match(body)
    return None


def _explain_contradiction(parts: tuple[Node, ...]) -> str | None:
    """Why two neighbours exclude each other: an assertion that its neighbours contradict, or CR followed by LF."""
    for index, part in enumerate(parts):
        before = edge_ranges(parts[index - 1], -1) if index else None
        after = edge_ranges(parts[index + 1], 0) if index + 1 < len(parts) else None
        if isinstance(part, Assertion) and (reason := _explain_impossible_assertion(part.kind, before, after)):
            return reason
        if before == ((13, 13),) and edge_ranges(part, 0) == ((10, 10),):
            return "looks for \\r\\n, but line ends are read as \\n"
    return None


def _explain_impossible_assertion(kind: AssertionKind, before: Ranges | None, after: Ranges | None) -> str | None:
    if kind is AssertionKind.LINE_END and after is not None and not has_overlap(after, LINE_ENDS):
        return "$ is followed by something that is not a line end"
    if kind is AssertionKind.LINE_START and before is not None and not has_overlap(before, LINE_ENDS):
        return "^ is preceded by something that is not a line end"
    if kind is AssertionKind.WORD_EDGE and before and after:
        for letters, others in (("letters", complement(WORD)), ("no letters", WORD)):
            if not has_overlap(before, others) and not has_overlap(after, others):
                return f"\\b is between {letters}"
    return None


def _walk(node: Node) -> Iterator[Node]:
    yield node
    for child in children(node):
        yield from _walk(child)


def _generate_attacks(tree: Node) -> Iterator[tuple[str, str]]:
    """Texts that an unbounded repeat matches almost to the end, each with the part that it repeats."""
    tried: set[str] = set()
    after = "\x01" + make_sample(tree)  # whole, or the engine rules out a match before trying
    for before, repeat in _find_unbounded_repeats(tree, ""):
        for pump in _choose_pumps(repeat):
            attack = before + pump * (_ATTACK_CHARACTERS // len(pump)) + after
            if pump and attack not in tried and len(tried) < _MAX_ATTACKS:
                tried.add(attack)
                yield pump, attack


def _find_unbounded_repeats(node: Node, before: str) -> Iterator[tuple[str, Repeat]]:
    """Each unbounded repeat, with a text that matches what precedes it."""
    if isinstance(node, Repeat) and node.max_count is None:
        yield before, node
    for child in children(node):
        yield from _find_unbounded_repeats(child, before)
        before += make_sample(child) if isinstance(node, Sequence) else ""


def _choose_pumps(repeat: Repeat) -> list[str]:
    sets = [node.exact_ranges or () for node in _walk(repeat) if isinstance(node, Characters)]
    probes = [
        chr(probe) for probe in PROBE_CODE_POINTS if any(has_overlap(ranges, ((probe, probe),)) for ranges in sets)
    ]
    whole = make_sample(repeat.body)
    return list(dict.fromkeys(([whole] if whole else []) + probes[:3]))
