"""Texts that a regex matches, made from its parts: to try whether a rule that forbids them notices."""

from collections.abc import Iterator
from typing import Final

from gate_tests.js_regex.nodes import Characters, Choice, Group, Node, Repeat, Sequence, is_nullable, overlap
from gate_tests.js_regex.parser import parse
from gate_tests.js_regex.pattern import Pattern, TooSlow

_PREFERRED: Final = "a1A 0-_.X"
_MOST_REPEATED: Final = 1000


def specimens(pattern: Pattern, limit_s: float) -> Iterator[str]:
    """A text for each branch of the regex, if it is one that the regex matches indeed; not every regex has one."""
    tree = parse(pattern.source).tree
    for branch in tree.branches if isinstance(tree, Choice) else (tree,):
        specimen = _example(branch)
        try:
            if specimen.strip() and next(pattern.starts(specimen, limit_s), None) is not None:
                yield specimen
        except TooSlow:
            return


def _example(node: Node) -> str:
    """The simplest text that the node may match; of what only looks around, nothing."""
    match node:
        case Characters():
            return _character(node)
        case Sequence(parts):
            return "".join(map(_example, parts))
        case Choice(branches):
            return _example(branches[0])
        case Group(body=body):
            return _example(body)
        case Repeat(body=body, least=least, most=most):
            return _example(body) * min(max(least, 0 if most == 0 else 1), _MOST_REPEATED)
    return ""


def _character(node: Characters) -> str:
    known = node.known
    if known is None:
        return "A"
    preferred = (each for each in _PREFERRED if any(low <= ord(each) <= high for low, high in known))
    return next(preferred, chr(known[0][0]) if known else "")


PROBES: Final = [ord(character) for character in "a0 _-.\t\"'<>/*#"]


def sample(node: Node) -> str:
    """A short text that it may match, assertions and references aside."""
    match node:
        case Characters():
            ranges = node.known or ()
            likely = [probe for probe in PROBES if overlap(ranges, ((probe, probe),))]
            return chr(likely[0] if likely else ranges[0][0]) if ranges else ""
        case Sequence(parts):
            return "".join(map(sample, parts))
        case Choice(branches):
            return next(filter(None, map(sample, branches)), "")
        case Group(body=body):
            return sample(body)
        case Repeat(body=body, least=least):
            return sample(body) * min(max(least, 1 if is_nullable(node) else least), 50)
    return ""
