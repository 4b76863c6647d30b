"""Compares two versions of a contract: what is looser in the later one, what is tighter, and what nobody knows."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from gate_tests.checks.strictness import (
    Comparison,
    Effect,
    flag,
    never_tighter,
    replaced,
    upper_bound,
)
from gate_tests.compiler.check_changes import compare_checks, list_checks
from gate_tests.compiler.key_changes import RUNS_BEFORE_CHECKS, RuleDifference, compare_keys, compare_order, pair
from gate_tests.compiler.output_changes import compare_outputs
from gate_tests.compiler.pre_script import default_interpreter
from gate_tests.contract import SUPPRESSIONS_KEY, Contract, PreScript
from gate_tests.sanitize import sanitize_line
from gate_tests.workspace.names import Depth

__all__ = ["RuleDifference", "compare_contracts"]

COMPARED_KEYS: Final = frozenset(
    ("gate", "blocking", "required_outputs", "validations", "pre_scripts", "limits", SUPPRESSIONS_KEY)
)
_TEXTS: Final = ("$schema", "name", "description", "notes", "agent", "required_skills")
_NOT_INTERPRETED: Final = ("recommended_files", "verification_rules", "audit_criteria")
IGNORED_KEYS: Final = frozenset((*_TEXTS, *_NOT_INTERPRETED))
"""The keys that decide nothing, besides those that begin with `x-`: texts for people and agents."""


def compare_contracts(before: Contract, after: Contract) -> list[RuleDifference]:
    """The changes, each on one line without control characters. None of what is ignored, nor of the order of checks.

    Where no change is looser or unknown, work that passes by `after` passes by `before`, as far as the contracts
    decide: what schemas, programs and the workflow's variables are is not compared.
    """
    changes = [
        *_compare_contract_keys(before, after),
        *compare_outputs(before, after),
        *compare_checks(before, after),
        *_compare_scripts(before, after),
        *_compare_validity(before, after),
    ]
    return [each._replace(subject=sanitize_line(each.subject), change=sanitize_line(each.change)) for each in changes]


_CONTRACT_KEYS: Final[Mapping[str, Comparison]] = {"gate": replaced, "blocking": flag(Effect.TIGHTER)}
_LIMITS: Final[Mapping[str, Comparison]] = {
    "text_bytes": upper_bound(),
    "markdown_bytes": upper_bound(),
    "regex_s": upper_bound(),
    "check_s": never_tighter(upper_bound()),  # of URLs some are not requested then, and count as failures of a few
}


def _compare_contract_keys(before: Contract, after: Contract) -> Iterator[RuleDifference]:
    old, new = ({key: getattr(each, key) for key in _CONTRACT_KEYS} for each in (before, after))
    yield from compare_keys("contract", old, new, _CONTRACT_KEYS)
    yield from compare_keys("limits", before.limits._asdict(), after.limits._asdict(), _LIMITS)
    old, new = (each.document.data for each in (before, after))
    for key in {**old, **new}:
        if key == SUPPRESSIONS_KEY:
            yield from _compare_suppressions(old.get(key), new.get(key))
        elif key not in COMPARED_KEYS | IGNORED_KEYS and not key.startswith("x-"):
            yield from compare_keys("contract", {key: old.get(key)}, {key: new.get(key)}, {})


def _compare_suppressions(before: Any, after: Any) -> Iterator[RuleDifference]:
    """The warnings of `orch contract lint` that the contract accepts, each with its reason."""
    old, new = map(_list_suppressed, (before, after))
    for effect, topics, others, word in ((Effect.LOOSER, new, old, "added"), (Effect.TIGHTER, old, new, "removed")):
        yield from (RuleDifference(effect, SUPPRESSIONS_KEY, f"{each} {word}") for each in topics if each not in others)


def _list_suppressed(suppressions: Any) -> list[str]:
    """The topics; one without a reason has no effect."""
    given = suppressions.items() if isinstance(suppressions, Mapping) else ()
    return [topic for topic, reason in given if isinstance(reason, str) and reason.strip()]


_SCRIPT_KEYS: Final[Mapping[str, Comparison]] = {
    "arguments": replaced,
    "interpreter": replaced,
    "timeout_s": upper_bound(),
    "may_fail": flag(Effect.LOOSER),
}


def _compare_scripts(before: Contract, after: Contract) -> Iterator[RuleDifference]:
    """A script may write what the checks examine: one more is not known to be tighter."""
    for old, new in pair(before.pre_scripts, after.pre_scripts, lambda script: script.path):
        if old and new:
            keys = _read_script(old, before), _read_script(new, after)
            yield from compare_keys(f"pre_script {old.path}", *keys, _SCRIPT_KEYS)
        elif old:
            yield RuleDifference(Effect.LOOSER, f"pre_script {old.path}", "removed")
        elif new:
            yield RuleDifference(Effect.UNKNOWN, f"pre_script {new.path}", f"added; {RUNS_BEFORE_CHECKS}")
    yield from compare_order("pre_scripts", *(_list_paths(each.pre_scripts) for each in (before, after)))


def _list_paths(scripts: Sequence[PreScript]) -> list[str]:
    return [script.path for script in scripts]


def _read_script(script: PreScript, contract: Contract) -> dict[str, Any]:
    written = {key: getattr(script, key) for key in _SCRIPT_KEYS}
    interpreter = script.interpreter or default_interpreter(script.path)
    return {**written, "interpreter": interpreter, "timeout_s": script.timeout_s or contract.limits.check_s}


def _compare_validity(before: Contract, after: Contract) -> Iterator[RuleDifference]:
    """At a depth at which a contract has no check it is invalid, and nothing passes."""
    for depth in Depth:
        if _has_check(after, depth) and not _has_check(before, depth):
            yield RuleDifference(Effect.LOOSER, "contract", f"valid at depth {depth}, where it had no check")


def _has_check(contract: Contract, depth: Depth) -> bool:
    is_required = any(not output.is_optional(depth) for output in contract.all_of)
    return bool(contract.any_of or is_required or list_checks(contract))
