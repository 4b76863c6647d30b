"""Finds files whose content proves nothing: no check reads them, or every check passes where no work has been done."""

from collections.abc import Iterable, Iterator
from typing import Final

from gate_tests.checks.mutations import ONE_WORD
from gate_tests.checks.output import BoundOutput
from gate_tests.compiler.check import Check
from gate_tests.contract import Contract
from gate_tests.files.glob import matches_glob
from gate_tests.lint.compiled_sample import CompiledSample
from gate_tests.lint.findings import ContractWarning, WarningTopic

_TRIVIAL_TEXTS: Final = (ONE_WORD, "")
"""The contents of a file that nobody has worked on."""
_Weakness = tuple[WarningTopic, str]
"""Topic and message."""

_UNREAD: Final = (
    WarningTopic.UNREAD_OUTPUT,
    "no check that can fail the gate reads this output, so a file of one word passes",
)
_PASSES_EMPTY: Final = (
    WarningTopic.PASSES_EMPTY,
    "a file of one word, or an empty one, passes every check of this output: the checks only forbid something or"
    " require almost nothing",
)


def passes_empty(sample: CompiledSample) -> bool:
    """Whether files are looked into, and each might as well hold one word or nothing."""
    by_path: dict[str, list[Check]] = {}
    for check in sample.content_checks:
        by_path.setdefault(check.target.path, []).append(check)
    return bool(by_path) and not sample.has_decisive_script and all(map(_accept_trivial_text, by_path.values()))


def find_trivial_outputs(contract: Contract, samples: Iterable[CompiledSample]) -> Iterator[ContractWarning]:
    """Warn of outputs that may not be empty, and whose content proves nothing at each depth that requires them."""
    weaknesses: dict[int, list[_Weakness | None]] = {}
    for sample in samples:
        for index, output in enumerate(sample.gate.outputs):
            if not output.optional and not output.allow_empty:
                weaknesses.setdefault(index, []).append(_find_weakness(sample, output))
    for index, found in weaknesses.items():
        if found[0] and all(found):
            topic, message = found[0]
            json_path = (*contract.outputs[index].json_path, "path")
            yield ContractWarning.at(topic, contract.document, json_path, message)


def _find_weakness(sample: CompiledSample, output: BoundOutput) -> _Weakness | None:
    """None also where a program can fail the gate: nobody knows what that reads."""
    if sample.has_decisive_script or any(check.type.name == "command" for check in sample.decisive_checks):
        return None
    checks = sample.content_checks
    if any(_reads_beside_target(check, output) for check in checks):
        return None  # a source of quotations, say: what its content is worth depends on another file
    checks = [check for check in checks if _is_about(check, output)]
    if not checks:
        return _UNREAD
    return _PASSES_EMPTY if _accept_trivial_text(checks) else None


def _accept_trivial_text(checks: Iterable[Check]) -> bool:
    """Whether all of them pass for the same trivial text."""
    return any(all(check.rule.accepts_text(text, check.target.path) for check in checks) for text in _TRIVIAL_TEXTS)


def _is_about(check: Check, output: BoundOutput) -> bool:
    """Whether a file of the output may be the check's target."""
    targets = (check.target.file, *check.target.alternatives)
    return any(file.matches(output.path) or output.file.matches(file.path) for file in targets)


def _reads_beside_target(check: Check, output: BoundOutput) -> bool:
    """Whether the check may read a file of the output that is not its target."""
    globs = check.rule.other_globs
    return not _is_about(check, output) and (
        any(output.file.matches(path) for path in (*check.rule.other_paths, *globs))
        or any(matches_glob(glob, output.path) for glob in globs)
    )
