"""Compares two versions of a contract: what is looser in the later one, what is tighter, and what nobody knows.

Texts for people and agents (names, descriptions, notes, skills) decide nothing and are not compared.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Final, NamedTuple, TypeVar

from gate_tests.checks.check_type import CheckType
from gate_tests.checks.registry import check_type
from gate_tests.checks.strictness import Comparison, Difference, Effect, flag, lower_bound, unordered, upper_bound
from gate_tests.contract import SUPPRESSIONS_KEY, Contract, Limits, Output, PreScript, Severity, Validation
from gate_tests.errors import InvalidFile
from gate_tests.sanitize import sanitize_line
from gate_tests.workspace.names import Depth

T = TypeVar("T")
_Pair = tuple[T | None, T | None]
_Key = Callable[[Validation], Any]

_MAX_VALUE: Final = 60
"""Characters of a value in a message."""


class ContractChange(NamedTuple):
    """A change of a contract: its effect, what is changed (`min_sources research/CITATIONS.md`), and how."""

    effect: Effect
    subject: str
    change: str

    def describe(self) -> str:
        """`min_sources research/CITATIONS.md: thresholds.quick 3 → 1`."""
        return f"{self.subject}: {self.change}"


def compare_contracts(before: Contract, after: Contract) -> list[ContractChange]:
    """The changes, in the order of a contract's keys."""
    changes = [
        *_compare_blocking(before, after),
        *_compare_all_of(before.all_of, after.all_of),
        *_compare_any_of(before.any_of, after.any_of),
        *_compare_checks(before.validations, after.validations),
        *_compare_scripts(before.pre_scripts, after.pre_scripts),
        *_compare_limits(before.limits, after.limits),
        *_compare_suppressions(before, after),
    ]
    return [each._replace(subject=sanitize_line(each.subject), change=sanitize_line(each.change)) for each in changes]


def _compare_blocking(before: Contract, after: Contract) -> Iterator[ContractChange]:
    yield from _compare_keys(
        "contract", {"blocking": before.blocking}, {"blocking": after.blocking}, {"blocking": flag(Effect.TIGHTER)}
    )


def _compare_all_of(before: Sequence[Output], after: Sequence[Output]) -> Iterator[ContractChange]:
    for old, new in _pair(before, after, lambda output: output.path):
        if old and new:
            yield from _compare_output(old, new)
        elif old:
            yield ContractChange(Effect.LOOSER, f"output {old.path}", "removed")
        elif new:
            yield ContractChange(Effect.TIGHTER, f"output {new.path}", "added")


def _compare_any_of(before: Sequence[Output], after: Sequence[Output]) -> Iterator[ContractChange]:
    """Each is an alternative: one more is looser. Without any, nothing is required."""
    for old, new in _pair(before, after, lambda output: output.path):
        if old and new:
            yield from _compare_output(old, new)
        elif old:
            effect = Effect.TIGHTER if after else Effect.LOOSER
            yield ContractChange(effect, f"output {old.path}", "removed from any_of")
        elif new:
            effect = Effect.LOOSER if before else Effect.TIGHTER
            yield ContractChange(effect, f"output {new.path}", "added to any_of")


_OUTPUT_KEYS: Final[Mapping[str, Comparison]] = {"allow_empty": flag(Effect.LOOSER), "min_files": lower_bound(1)}


def _compare_output(before: Output, after: Output) -> Iterator[ContractChange]:
    subject = f"output {before.path}"
    depths = {depth: (before.is_optional(depth), after.is_optional(depth)) for depth in Depth}
    for optional, effect, word in ((True, Effect.LOOSER, "optional"), (False, Effect.TIGHTER, "required")):
        changed = [str(depth) for depth, (old, new) in depths.items() if old != new == optional]
        if changed:
            where = "" if len(changed) == len(depths) else f" at depth {', '.join(changed)}"
            yield ContractChange(effect, subject, f"now {word}{where}")
    old, new = ({key: getattr(output, key) for key in _OUTPUT_KEYS} for output in (before, after))
    yield from _compare_keys(subject, old, new, _OUTPUT_KEYS)


def _compare_checks(before: Sequence[Validation], after: Sequence[Validation]) -> Iterator[ContractChange]:
    for old, new in _pair_checks(list(map(_Check.of, before)), list(map(_Check.of, after))):
        if old and new:
            yield from _compare_check(old, new)
        elif old:
            yield ContractChange(Effect.LOOSER, old.label, "check removed")
        elif new:
            yield ContractChange(Effect.TIGHTER, new.label, "check added")


@dataclass(frozen=True)
class _Check:
    """A check of a contract, and its type; None for one that is not installed here."""

    written: Validation
    type: CheckType | None

    @classmethod
    def of(cls, written: Validation) -> "_Check":
        try:
            return cls(written, check_type(written.type))
        except InvalidFile:
            return cls(written, None)

    @property
    def target(self) -> Any:
        """The path that it is about; None where its type has none."""
        return self.written.keys.get(self._target_key) if self._target_key else None

    @property
    def parameters(self) -> dict[str, Any]:
        """Its keys without the target."""
        return {key: value for key, value in self.written.keys.items() if key != self._target_key}

    @property
    def label(self) -> str:
        """`min_sources {artifact_path}/research/CITATIONS.md`."""
        return f"{self.written.type} {self.target}" if isinstance(self.target, str) else self.written.type

    @property
    def comparisons(self) -> Mapping[str, Comparison]:
        return self.type.strictness if self.type else {}

    @property
    def _target_key(self) -> str | None:
        """The key of the target, unless it is compared as any other key is."""
        key = self.type.target_key if self.type else "target"
        return None if key in self.comparisons else key


_SAME: Final[tuple[Callable[[_Check], Any], ...]] = (
    lambda check: (check.target, check.parameters, check.written.severity, check.written.missing_ok),
    lambda check: check.target,
    lambda check: check.parameters,
)
"""By what two checks of one type are taken for the same check, the surest first: one that was only retargeted last."""


def _pairing_key(same: Callable[[_Check], Any], check: _Check) -> str:
    return repr((check.written.type, same(check)))


def _pair_checks(before: list[_Check], after: list[_Check]) -> Iterator[_Pair[_Check]]:
    for same in _SAME:
        pairs = list(_pair(before, after, partial(_pairing_key, same)))
        yield from (pair for pair in pairs if None not in pair)
        before = [old for old, new in pairs if old and not new]
        after = [new for old, new in pairs if new and not old]
    yield from ((check, None) for check in before)
    yield from ((None, check) for check in after)


_COMMON_KEYS: Final[Mapping[str, Comparison]] = {"missing_ok": flag(Effect.LOOSER)}


def _compare_check(before: _Check, after: _Check) -> Iterator[ContractChange]:
    old, new = before.written, after.written
    if old.severity is not new.severity:
        effect = Effect.TIGHTER if new.severity is Severity.ERROR else Effect.LOOSER
        yield ContractChange(effect, before.label, f"severity {_describe_values(old.severity, new.severity)}")
    yield from _compare_keys(before.label, {"missing_ok": old.missing_ok}, {"missing_ok": new.missing_ok}, _COMMON_KEYS)
    if before.target != after.target:
        change = f"target {_describe_values(before.target, after.target)}"
        yield ContractChange(Effect.LOOSER, before.label, change)
    yield from _compare_keys(before.label, before.parameters, after.parameters, after.comparisons)


_SCRIPT_KEYS: Final[Mapping[str, Comparison]] = {
    "interpreter": unordered, "timeout_s": upper_bound(), "may_fail": flag(Effect.LOOSER),
}  # fmt: skip


def _compare_scripts(before: Sequence[PreScript], after: Sequence[PreScript]) -> Iterator[ContractChange]:
    for old, new in _pair(before, after, lambda script: (script.path, script.arguments)):
        if old and new:
            before_keys, after_keys = ({key: getattr(script, key) for key in _SCRIPT_KEYS} for script in (old, new))
            yield from _compare_keys(f"pre_script {old.path}", before_keys, after_keys, _SCRIPT_KEYS)
        elif old:
            yield ContractChange(Effect.LOOSER, f"pre_script {old.path}", "removed")
        elif new:
            yield ContractChange(Effect.TIGHTER, f"pre_script {new.path}", "added")


def _compare_limits(before: Limits, after: Limits) -> Iterator[ContractChange]:
    comparisons = dict.fromkeys(Limits._fields, upper_bound())
    yield from _compare_keys("limits", before._asdict(), after._asdict(), comparisons)


def _compare_suppressions(before: Contract, after: Contract) -> Iterator[ContractChange]:
    """The warnings of `orch contract lint` that the contract accepts."""
    old, new = (contract.document.data.get(SUPPRESSIONS_KEY) for contract in (before, after))
    topics = [list(each) if isinstance(each, Mapping) else [] for each in (old, new)]
    yield from (
        ContractChange(Effect.TIGHTER, SUPPRESSIONS_KEY, f"{each} removed")
        for each in topics[0]
        if each not in topics[1]
    )
    yield from (
        ContractChange(Effect.LOOSER, SUPPRESSIONS_KEY, f"{each} added") for each in topics[1] if each not in topics[0]
    )


def _compare_keys(
    subject: str, before: Mapping[str, Any], after: Mapping[str, Any], comparisons: Mapping[str, Comparison]
) -> Iterator[ContractChange]:
    for key in {**before, **after}:
        for difference in comparisons.get(key, unordered)(before.get(key), after.get(key)):
            yield ContractChange(difference.effect, subject, _describe(key, difference))


def _pair(before: Iterable[T], after: Iterable[T], key: Callable[[T], Any]) -> Iterator[_Pair[T]]:
    """Those with the same key, in the order of `before`; then those without a partner, beside None."""
    waiting: dict[Any, list[T]] = {}
    for each in after:
        waiting.setdefault(key(each), []).append(each)
    for each in before:
        partners = waiting.get(key(each))
        yield each, partners.pop(0) if partners else None
    yield from ((None, each) for partners in waiting.values() for each in partners)


def _describe(key: str, difference: Difference) -> str:
    name = f"{key}.{difference.part}" if difference.part else key
    if difference.before is None:
        return f"{name} {_describe_value(difference.after)} added"
    if difference.after is None:
        return f"{name} {_describe_value(difference.before)} removed"
    return f"{name} {_describe_values(difference.before, difference.after)}"


def _describe_values(before: Any, after: Any) -> str:
    return f"{_describe_value(before)} → {_describe_value(after)}"


def _describe_value(value: Any) -> str:
    text = str(value).lower() if isinstance(value, bool) else str(value)
    return sanitize_line(text, _MAX_VALUE)
