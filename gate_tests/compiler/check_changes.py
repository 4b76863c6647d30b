"""Compares the checks of two versions of a contract."""

from collections.abc import Callable, Hashable, Iterator, Mapping
from functools import partial
from typing import Any, Final, NamedTuple

from gate_tests.checks.check_type import CheckType
from gate_tests.checks.registry import check_type
from gate_tests.checks.strictness import Comparison, Effect, flag, ranked
from gate_tests.compiler.gate import is_about_outputs
from gate_tests.compiler.key_changes import (
    RUNS_BEFORE_CHECKS,
    RuleDifference,
    compare_keys,
    compare_order,
    describe_values,
    pair,
)
from gate_tests.contract import Contract, Limits, Severity, Validation
from gate_tests.errors import InvalidFile

_PROGRAM: Final = "command"


class ComparedCheck(NamedTuple):
    """A check of a contract. `type` is None where no installed package provides it."""

    written: Validation
    type: CheckType | None
    limits: Limits

    @property
    def target(self) -> Any:
        """The path that it is about; None where it has none, or several."""
        return self.written.keys.get(self._target_key) if self._target_key else None

    @property
    def parameters(self) -> dict[str, Any]:
        """Its other keys, those with the same meaning under one name. The default of a time limit is the contract's."""
        given = {key: value for key, value in self.written.keys.items() if key != self._target_key}
        defaults = {"timeout_s": self.limits.check_s} if self.written.type == _PROGRAM else {}
        meant = {self._find_meaning(key): value for key, value in given.items()}
        return {**meant, **{key: value for key, value in defaults.items() if key not in meant}}

    @property
    def comparisons(self) -> Mapping[str, Comparison]:
        """The comparison of each key that has one."""
        declared = self.type.strictness if self.type else {}
        return {key: comparison for key, comparison in declared.items() if not isinstance(comparison, str)}

    @property
    def label(self) -> str:
        """`min_sources {artifact_path}/research/CITATIONS.md`; without a target, of a program its name."""
        keys = self.written.keys
        named = keys.get(self.type.target_key or _PROGRAM) if self.type else self.target
        first = named[0] if isinstance(named, list) and named else named
        return f"{self.written.type} {first}" if isinstance(first, str) else self.written.type

    @property
    def _target_key(self) -> str | None:
        """The key of the target, unless its type compares it as any other key."""
        key = self.type.target_key if self.type else "target"
        return None if key in self.comparisons else key

    def _find_meaning(self, key: str) -> str:
        meaning = self.type.strictness.get(key) if self.type else None
        return meaning if isinstance(meaning, str) else key


def list_checks(contract: Contract) -> list[ComparedCheck]:
    """Its checks but for those that only give the required outputs a severity."""
    written = [each for each in contract.validations if not is_about_outputs(each)]
    return [ComparedCheck(each, _find_type(each.type), contract.limits) for each in written]


def compare_checks(before: Contract, after: Contract) -> Iterator[RuleDifference]:
    """The changes of the checks that the contracts' `validations` add. Their order matters only for programs."""
    old_checks, new_checks = list_checks(before), list_checks(after)
    for old, new in _pair_checks(old_checks, new_checks):
        if old and new:
            yield from _compare_check(old, new)
        elif old:
            yield RuleDifference(Effect.LOOSER, old.label, "check removed")
        elif new and new.written.type == _PROGRAM:
            yield RuleDifference(Effect.UNKNOWN, new.label, f"check added; {RUNS_BEFORE_CHECKS}")
        elif new:
            yield RuleDifference(Effect.TIGHTER, new.label, "check added")
    yield from compare_order("programs", *map(_list_programs, (old_checks, new_checks)))


def _list_programs(checks: list[ComparedCheck]) -> list[Hashable]:
    return [repr(each.written.keys) for each in checks if each.written.type == _PROGRAM]


def _find_type(name: str) -> CheckType | None:
    try:
        return check_type(name)
    except InvalidFile:
        return None


_SAME: Final[tuple[Callable[[ComparedCheck], Any], ...]] = (
    lambda check: (check.target, check.parameters, check.written.severity, check.written.missing_ok),
    lambda check: check.target,
    lambda check: check.parameters,
)
"""By what two checks of one type are taken for the same check, the surest first: one that was only retargeted last."""


def _pair_checks(
    before: list[ComparedCheck], after: list[ComparedCheck]
) -> Iterator[tuple[ComparedCheck | None, ComparedCheck | None]]:
    for same in _SAME:
        pairs = list(pair(before, after, partial(_identify, same)))
        yield from ((old, new) for old, new in pairs if old and new)
        before = [old for old, new in pairs if old and not new]
        after = [new for old, new in pairs if new and not old]
    yield from ((check, None) for check in before)
    yield from ((None, check) for check in after)


def _identify(same: Callable[[ComparedCheck], Any], check: ComparedCheck) -> str:
    return repr((check.written.type, same(check)))


_COMMON_KEYS: Final[Mapping[str, Comparison]] = {
    "severity": ranked(Severity.ERROR, Severity.WARNING),
    "missing_ok": flag(Effect.LOOSER),
}


def _compare_check(before: ComparedCheck, after: ComparedCheck) -> Iterator[RuleDifference]:
    if before.target != after.target:
        yield RuleDifference(Effect.LOOSER, before.label, f"target {describe_values(before.target, after.target)}")
    old, new = ({key: getattr(each.written, key) for key in _COMMON_KEYS} for each in (before, after))
    yield from compare_keys(before.label, old, new, _COMMON_KEYS)
    yield from compare_keys(before.label, before.parameters, after.parameters, after.comparisons)
