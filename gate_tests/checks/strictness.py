"""What a change of a check's key does to the check: looser, tighter, or nobody knows. Each check type says its own.

A comparison gets the values of a key before and after, None where the key is absent, and yields what is different.
"""

from collections.abc import Callable, Iterator, Mapping
from enum import StrEnum
from math import inf
from typing import Any, NamedTuple

from gate_tests.workspace.names import Depth


class Effect(StrEnum):
    """What a change does: after it more work passes (looser), less work passes (tighter), or nobody knows."""

    LOOSER = "looser"
    TIGHTER = "tighter"
    UNKNOWN = "unknown"

    @property
    def opposite(self) -> "Effect":
        """The effect of the reverse change."""
        return _OPPOSITES.get(self, self)


_OPPOSITES = {Effect.LOOSER: Effect.TIGHTER, Effect.TIGHTER: Effect.LOOSER}


class Difference(NamedTuple):
    """A difference in the value of a key; None is a value that is absent.

    `part` is the part of the value that differs, such as the number for a depth; empty for the whole.
    """

    effect: Effect
    before: Any
    after: Any
    part: str = ""


Comparison = Callable[[Any, Any], Iterator[Difference]]
"""Compares the values of a key."""


def lower_bound(default: float = 0) -> Comparison:
    """Compares a number, or one for each depth, that work must reach; `default` where the key is absent."""
    return lambda before, after: _compare_numbers(before, after, default, Effect.TIGHTER)


def upper_bound(default: float = inf) -> Comparison:
    """Compares a number, or one for each depth, that work must not exceed; `default` where the key is absent."""
    return lambda before, after: _compare_numbers(before, after, default, Effect.LOOSER)


def flag(when_true: Effect) -> Comparison:
    """Compares a boolean, false where the key is absent."""

    def compare(before: Any, after: Any) -> Iterator[Difference]:
        if bool(before) is not bool(after):
            yield Difference(when_true if after else when_true.opposite, bool(before), bool(after))

    return compare


def names(when_added: Effect) -> Comparison:
    """Compares a list of names, or a single name, in any order; empty where the key is absent."""

    def compare(before: Any, after: Any) -> Iterator[Difference]:
        old, new = _list_names(before), _list_names(after)
        yield from (Difference(when_added.opposite, name, None) for name in old if name not in new)
        yield from (Difference(when_added, None, name) for name in new if name not in old)

    return compare


def ranked(*tightest_first: Any) -> Comparison:
    """Compares one of these values, the first of which applies where the key is absent."""

    def compare(before: Any, after: Any) -> Iterator[Difference]:
        old, new = (tightest_first[0] if value is None else value for value in (before, after))
        if old == new:
            return
        is_known = old in tightest_first and new in tightest_first
        is_looser = is_known and tightest_first.index(new) > tightest_first.index(old)
        effect = Effect.UNKNOWN if not is_known else Effect.LOOSER if is_looser else Effect.TIGHTER
        yield Difference(effect, str(old), str(new))

    return compare


def demands(parts: Mapping[str, Comparison]) -> Comparison:
    """Compares an object of which each member is a demand; those that are objects by the comparisons of their keys."""

    def compare(before: Any, after: Any) -> Iterator[Difference]:
        old, new = (each if isinstance(each, Mapping) else {} for each in (before, after))
        for name in {**old, **new}:
            if name not in new:
                yield Difference(Effect.LOOSER, old[name], None, name)
            elif name not in old:
                yield Difference(Effect.TIGHTER, None, new[name], name)
            elif isinstance(old[name], Mapping) and isinstance(new[name], Mapping):
                for key in {**old[name], **new[name]}:
                    for each in parts.get(key, unordered)(old[name].get(key), new[name].get(key)):
                        yield each._replace(part=".".join(filter(None, (name, key, each.part))))
            else:
                yield from (each._replace(part=name) for each in unordered(old[name], new[name]))

    return compare


def unordered(before: Any, after: Any) -> Iterator[Difference]:
    """Compares a value of which no rule says what is tighter: a regex, a program."""
    if before != after:
        yield Difference(Effect.UNKNOWN, before, after)


def _compare_numbers(before: Any, after: Any, default: float, when_raised: Effect) -> Iterator[Difference]:
    """Compares what applies at each depth; where that is the same at all of them, it is one difference."""
    pairs = {str(depth): (_at(before, depth, default), _at(after, depth, default)) for depth in Depth}
    changed = {depth: pair for depth, pair in pairs.items() if pair[0] != pair[1]}
    if len(changed) == len(pairs) and len(set(changed.values())) == 1:
        changed = {"": next(iter(changed.values()))}
    for depth, (old, new) in changed.items():
        if old is None or new is None:  # at a depth without a number the contract is invalid, and nothing passes
            effect = Effect.LOOSER if old is None else Effect.TIGHTER
        else:
            effect = when_raised if new > old else when_raised.opposite
        yield Difference(effect, _hide_infinity(old), _hide_infinity(new), depth)


def _hide_infinity(number: float | None) -> float | None:
    return None if number in (inf, -inf) else number


def _at(value: Any, depth: Depth, default: float) -> Any:
    if isinstance(value, Mapping):
        return value.get(str(depth), value.get("default"))
    return default if value is None else value


def _list_names(value: Any) -> list[Any]:
    if value is None:
        return []
    return list(value) if isinstance(value, list | tuple) else [value]
