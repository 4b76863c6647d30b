"""What a change of a check's key does to the check. Each check type says it of its own keys, beside its rule.

A comparison gets the values of a key in two versions of a contract, None where the key is absent, and yields what
differs. What it calls tighter never lets more work pass; where that is not certain, it is looser or unknown.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from enum import StrEnum
from math import inf
from typing import Any, NamedTuple

from gate_tests.workspace.names import Depth


class Effect(StrEnum):
    """What a change does: some work passes only after it, less work passes, or nobody knows."""

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

    `part` is the part of the value that differs, such as the depth of a threshold; empty for the whole.
    """

    effect: Effect
    before: Any
    after: Any
    part: str = ""


Comparison = Callable[[Any, Any], Iterator[Difference]]
"""Compares the values of a key."""


def lower_bound(default: float = -inf) -> Comparison:
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
    """Compares a list of values in any order, each of which has the same effect; empty where the key is absent."""

    def compare(before: Any, after: Any) -> Iterator[Difference]:
        old, new = ({_identify(each): each for each in value or ()} for value in (before, after))
        yield from (Difference(when_added.opposite, old[each], None) for each in old if each not in new)
        yield from (Difference(when_added, None, new[each]) for each in new if each not in old)

    return compare


def ranked(*tightest_first: str) -> Comparison:
    """Compares one of these values, the first of which applies where the key is absent."""

    def compare(before: Any, after: Any) -> Iterator[Difference]:
        old, new = (tightest_first.index(tightest_first[0] if value is None else value) for value in (before, after))
        if old != new:
            effect = Effect.LOOSER if new > old else Effect.TIGHTER
            yield Difference(effect, str(tightest_first[old]), str(tightest_first[new]))

    return compare


def never_tighter(comparison: Comparison) -> Comparison:
    """The comparison for a key that has a second effect: what would be tighter by the first may be looser by it."""

    def compare(before: Any, after: Any) -> Iterator[Difference]:
        for each in comparison(before, after):
            yield each._replace(effect=Effect.UNKNOWN) if each.effect is Effect.TIGHTER else each

    return compare


def incomparable(default: Any = None) -> Comparison:
    """Compares a value of which no rule says what is tighter, such as a regex; `default` where the key is absent."""
    return lambda before, after: _compare_wholes(before, after, Effect.UNKNOWN, default)


def replaced(before: Any, after: Any) -> Iterator[Difference]:
    """Compares a value that says what is examined: after a change, nothing examines what was examined before."""
    yield from _compare_wholes(before, after, Effect.LOOSER)


def ignored(before: Any, after: Any) -> Iterator[Difference]:
    """For a key that decides nothing."""
    yield from ()


def forbidden_text(before: str, after: str) -> Iterator[Difference]:
    """Compares a text that must not occur: a part of it occurs wherever all of it does, and so forbids more."""
    effect = Effect.TIGHTER if implies_text(before, after) else Effect.LOOSER
    yield from _compare_wholes(before, after, effect)


def required_texts(before: str | list[str], after: str | list[str]) -> Iterator[Difference]:
    """Compares a text that must occur, or several; a longer text replaces each text that is a part of it."""
    old, new = ([each] if isinstance(each, str) else each for each in (before, after))
    for text in old:
        if not any(implies_text(each, text) for each in new):
            yield Difference(Effect.LOOSER, text, None)
    yield from (Difference(Effect.TIGHTER, None, text) for text in new if text not in old)


def implies_text(text: str, part: str) -> bool:
    """Whether `part` certainly occurs wherever `text` does. A text with variables has only itself as a part."""
    has_variables = "{" in text or "{" in part
    return text == part if has_variables else part in text


def is_same(before: Any, after: Any) -> bool:
    """Whether two JSON values are the same: `3` and `3.0`, but not `1` and `true`, which Python takes for equal."""
    return _identify(before) == _identify(after)


def _identify(value: Any) -> str:
    is_whole = isinstance(value, float) and value.is_integer()
    return json.dumps(int(value) if is_whole else value, sort_keys=True)


def _compare_wholes(before: Any, after: Any, effect: Effect, default: Any = None) -> Iterator[Difference]:
    old, new = (default if value is None else value for value in (before, after))
    if not is_same(old, new):
        yield Difference(effect, old, new)


def _compare_numbers(before: Any, after: Any, default: float, when_raised: Effect) -> Iterator[Difference]:
    """Compares what applies at each depth; where that is the same at all of them, it is one difference."""
    pairs = {str(depth): (_select(before, depth, default), _select(after, depth, default)) for depth in Depth}
    changed = {depth: pair for depth, pair in pairs.items() if pair[0] != pair[1]}
    if len(changed) == len(pairs) and len(set(changed.values())) == 1:
        changed = {"": next(iter(changed.values()))}
    for depth, (old, new) in changed.items():
        if old is None or new is None:  # at a depth without a number the contract is invalid, and nothing passes
            effect = Effect.LOOSER if old is None else Effect.TIGHTER
        else:
            effect = when_raised if new > old else when_raised.opposite
        yield Difference(effect, _drop_infinity(old), _drop_infinity(new), depth)


def _select(value: Any, depth: Depth, default: float) -> Any:
    """The number at the depth, None where there is none."""
    if isinstance(value, Mapping):
        return value.get(str(depth), value.get("default"))
    return default if value is None else value


def _drop_infinity(number: float | None) -> float | None:
    return None if number in (inf, -inf) else number
