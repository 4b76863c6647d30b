"""A change of a contract, and how to find it in an object with comparable keys or in a list of named entries."""

import json
import re
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from typing import Any, Final, NamedTuple, TypeVar

from gate_tests.checks.strictness import Comparison, Difference, Effect, incomparable
from gate_tests.sanitize import sanitize_line

T = TypeVar("T")

RUNS_BEFORE_CHECKS: Final = "it runs before the checks and may write what they examine"
"""Why a program that is added need not be tighter."""
_MAX_VALUE: Final = 60
"""Characters of a value in a message."""
_PLAIN: Final = re.compile(r"(?!(?:true|false|null)$)(?=.*[^\W\d])[\w{}./*?:@+-]+|[*./]+")
"""A text that needs no quotation marks: it is no number or word of JSON, and has no white space."""


class RuleDifference(NamedTuple):
    """A change of a contract or workflow: its effect, what is changed (`min_sources research/A.md`), and how."""

    effect: Effect
    subject: str
    change: str

    def describe(self) -> str:
        """`min_sources research/CITATIONS.md: thresholds.quick 3 → 1`."""
        return f"{self.subject}: {self.change}"


def compare_keys(
    subject: str, before: Mapping[str, Any], after: Mapping[str, Any], comparisons: Mapping[str, Comparison]
) -> Iterator[RuleDifference]:
    """The changes of an object's values; of a key without comparison the direction is unknown."""
    for key in {**before, **after}:
        for difference in comparisons.get(key, incomparable())(before.get(key), after.get(key)):
            yield RuleDifference(difference.effect, subject, _describe(key, difference))


def compare_order(subject: str, before: Sequence[Hashable], after: Sequence[Hashable]) -> Iterator[RuleDifference]:
    """A change of the order in a list where the order may matter; entries that only one has are left out."""
    old, new = [each for each in before if each in after], [each for each in after if each in before]
    if old != new:
        yield RuleDifference(Effect.UNKNOWN, subject, "in another order")


def pair(
    before: Iterable[T], after: Iterable[T], name: Callable[[T], Hashable]
) -> Iterator[tuple[T, T] | tuple[T, None] | tuple[None, T]]:
    """Those with the same name, in the order of `before`; then those without a partner, beside None."""
    waiting: dict[Hashable, list[T]] = {}
    for each in after:
        waiting.setdefault(name(each), []).append(each)
    for each in before:
        partners = waiting.get(name(each))
        yield (each, partners.pop(0)) if partners else (each, None)
    yield from ((None, each) for partners in waiting.values() for each in partners)


def describe_values(before: Any, after: Any) -> str:
    """`3 → 1`."""
    return f"{_describe_value(before)} → {_describe_value(after)}"


def _describe(key: str, difference: Difference) -> str:
    name = f"{key}.{difference.part}" if difference.part else key
    if difference.before is None:
        return f"{name} {_describe_value(difference.after)} added"
    if difference.after is None:
        return f"{name} {_describe_value(difference.before)} removed"
    return f"{name} {describe_values(difference.before, difference.after)}"


def _describe_value(value: Any) -> str:
    is_plain = isinstance(value, str) and _PLAIN.fullmatch(value)
    return sanitize_line(value if is_plain else json.dumps(value, ensure_ascii=False), _MAX_VALUE)
