"""Evaluates a rule on its target: on one file, or on each of the files that match a glob."""

from collections.abc import Mapping
from typing import Any, Final, NamedTuple

from gate_tests.checks.outcome import Outcome
from gate_tests.checks.output import NO_MATCHING_FILE
from gate_tests.checks.rule import Rule
from gate_tests.checks.truncation import MAX_RECORDED
from gate_tests.files.artifacts import Artifacts
from gate_tests.files.glob import TooManyFiles
from gate_tests.files.path_or_glob import PathOrGlob
from gate_tests.sanitize import escape_controls, has_control, sanitize_line

_MAX_FOUND: Final = 300
"""Characters of what was found in one of the files."""


def evaluate_file(rule: Rule, file: PathOrGlob, artifacts: Artifacts) -> Outcome:
    """Whether the rule passes for the file; of a glob, for each file that matches, of which there must be one.

    The keys that are measured are then those of the first file that fails, or else of the first file, and `glob`:
    `{files, file, failed}`, the number of files, the path of that one, and the paths of the first 50 that fail.
    """
    if file.pattern is None:
        return rule.evaluate(file.path, artifacts)
    try:
        paths = file.find(artifacts)
    except TooManyFiles as error:
        return _fail_unread(rule, file.path, artifacts, str(error))
    if not paths:
        return _fail_unread(rule, file.path, artifacts, NO_MATCHING_FILE)
    return _combine(rule, paths, artifacts)


class _Failure(NamedTuple):
    path: str
    found: str


def _combine(rule: Rule, paths: list[str], artifacts: Artifacts) -> Outcome:
    """The outcome for all of the files. Keeps one of theirs, since each may have measured much."""
    kept: tuple[str, Outcome] | None = None
    failures: list[_Failure] = []
    for path in paths:
        outcome = _evaluate_match(rule, path, artifacts)
        if kept is None or (kept[1].holds and not outcome.holds):
            kept = escape_controls(path), outcome
        if not outcome.holds:
            failures.append(_Failure(escape_controls(path), sanitize_line(outcome.found, _MAX_FOUND)))
    assert kept is not None
    path, outcome = kept
    glob = {"files": len(paths), "file": path, "failed": [each.path for each in failures[:MAX_RECORDED]]}
    return _describe(failures, len(paths), {**outcome.measured, "glob": glob})


def _describe(failures: list[_Failure], count: int, measured: Mapping[str, Any]) -> Outcome:
    if not failures:
        return Outcome(True, f"{count} files, all pass" if count > 1 else "1 file, which passes", measured)
    failed = [f"{each.path} ({each.found})" for each in failures]
    return Outcome.listing(
        False, f"{len(failures)} of {count} {'file' if count == 1 else 'files'} failing", failed, measured
    )


def _evaluate_match(rule: Rule, path: str, artifacts: Artifacts) -> Outcome:
    if has_control(path):
        return _fail_unread(rule, escape_controls(path), artifacts, "its name has control characters or is not UTF-8")
    return rule.evaluate(path, artifacts)


def _fail_unread(rule: Rule, path: str, artifacts: Artifacts, found: str) -> Outcome:
    """A failure that has the keys that the rule measures of a missing file; `path` is one that does not exist."""
    measured: Mapping[str, Any] = rule.evaluate(path, artifacts).measured
    return Outcome(False, found, {**measured, "glob": {"files": 0, "file": None, "failed": []}})
