"""Compares the outputs that two versions of a contract declare, and what checks make of the declared outputs."""

import posixpath
from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from gate_tests.checks.strictness import Comparison, Effect, flag, lower_bound, ranked
from gate_tests.compiler.check_changes import list_checks
from gate_tests.compiler.gate import is_about_outputs
from gate_tests.compiler.key_changes import RuleDifference, compare_keys, compare_order, pair
from gate_tests.contract import Contract, Output, Severity
from gate_tests.workspace.names import Depth

_OUTPUT_KEYS: Final[Mapping[str, Comparison]] = {"allow_empty": flag(Effect.LOOSER), "min_files": lower_bound(1)}
_GROUPS: Final[Mapping[str, Comparison]] = dict.fromkeys(
    ("any_of", "all_required"), ranked(Severity.ERROR, Severity.WARNING)
)


def compare_outputs(before: Contract, after: Contract) -> Iterator[RuleDifference]:
    """The changes of `required_outputs`, and of the severity that checks give them."""
    yield from _compare_any_of(before, after)
    yield from _compare_all_of(before, after)
    yield from compare_keys("severity of the outputs", _read_severities(before), _read_severities(after), _GROUPS)
    yield from _compare_changed_in_attempt(before, after)


def _compare_all_of(before: Contract, after: Contract) -> Iterator[RuleDifference]:
    for old, new in pair(before.all_of, after.all_of, _get_path):
        if old and new:
            yield from _compare_output(old, new)
        elif old:
            yield RuleDifference(Effect.LOOSER, _name(old), "removed")
        elif new:
            yield RuleDifference(Effect.TIGHTER, _name(new), "added")


def _compare_any_of(before: Contract, after: Contract) -> Iterator[RuleDifference]:
    """Each is an alternative: one more is looser. With fewer, fewer files are recorded, and searched for secrets."""
    is_searched = any(each.written.type == "no_secrets" and not each.written.keys for each in list_checks(before))
    removed = Effect.UNKNOWN if after.any_of and not is_searched else Effect.LOOSER
    for old, new in pair(before.any_of, after.any_of, _get_path):
        if old and new:
            yield from _compare_output(old, new)
        elif old:
            yield RuleDifference(removed, _name(old), "removed from any_of")
        elif new:
            effect = Effect.LOOSER if before.any_of else Effect.TIGHTER
            yield RuleDifference(effect, _name(new), "added to any_of")
    if max(len(before.any_of), len(after.any_of)) > 2:  # of two, the other one replaces a missing target
        yield from compare_order("any_of", *([output.path for output in each.any_of] for each in (before, after)))
    if not before.any_of and len(after.any_of) > 1:
        yield from _find_replaceable_targets(before, after.any_of)


def _find_replaceable_targets(before: Contract, any_of: Iterable[Output]) -> Iterator[RuleDifference]:
    """The checks of files that may now be missing: the first existing output of `any_of` is examined instead."""
    for check in list_checks(before):
        named = check.written.keys.get(check.type.target_key or "") if check.type else check.target
        target = named[0] if isinstance(named, list) else named
        if isinstance(target, str) and any(_may_be_same(target, output.path) for output in any_of):
            yield RuleDifference(Effect.LOOSER, check.label, "another output of any_of may replace the target")


def _may_be_same(path: str, other: str) -> bool:
    """Whether two templates may be one path in some run: they end with the same name, or with a variable."""
    name, other_name = (posixpath.basename(posixpath.normpath(each)) for each in (path, other))
    return name == other_name or "{" in name + other_name


def _compare_output(before: Output, after: Output) -> Iterator[RuleDifference]:
    depths = {depth: (before.is_optional(depth), after.is_optional(depth)) for depth in Depth}
    for optional, effect, word in ((True, Effect.LOOSER, "optional"), (False, Effect.TIGHTER, "required")):
        changed = [str(depth) for depth, (old, new) in depths.items() if old != new == optional]
        if changed:
            where = "" if len(changed) == len(depths) else f" at depth {', '.join(changed)}"
            yield RuleDifference(effect, _name(before), f"now {word}{where}")
    old_keys, new_keys = ({key: getattr(output, key) for key in _OUTPUT_KEYS} for output in (before, after))
    yield from compare_keys(_name(before), old_keys, new_keys, _OUTPUT_KEYS)


def _read_severities(contract: Contract) -> dict[str, str]:
    """The severity of each group of outputs, where a check gives it one."""
    return {each.keys["target"]: each.severity for each in contract.validations if is_about_outputs(each)}


def _compare_changed_in_attempt(before: Contract, after: Contract) -> Iterator[RuleDifference]:
    """With another output there is another file of which a change is enough."""
    known = {output.path for output in before.outputs}
    if any(each.type == "changed_in_attempt" for each in before.validations):
        for path in dict.fromkeys(output.path for output in after.outputs if output.path not in known):
            yield RuleDifference(Effect.LOOSER, "changed_in_attempt", f"a change of {path} is now enough")


def _name(output: Output) -> str:
    return f"output {output.path}"


def _get_path(output: Output) -> str:
    return output.path
