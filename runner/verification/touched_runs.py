"""Which runs a change touches, and what it makes untrue. What was untrue before is none of its business."""

import json
import re
from collections.abc import Iterator
from contextlib import ExitStack
from typing import Final, NamedTuple

from gate_tests.errors import OrchError
from runner.git.object_reader import ObjectReader
from runner.git.tree import GitTree, read_index, read_index_links
from runner.git.tree_links import list_aliases
from runner.verification.change import Change
from runner.verification.history import History
from runner.verification.recorded_files import list_passing_attempts
from runner.verification.report import RuleReport, RunReport
from runner.verification.sources import Source, open_tree
from runner.verification.verify import Verifier

_RECORD: Final = re.compile(r"orchestration/runs/([^/]+)/record/.+", re.DOTALL)
_RUNS: Final = "orchestration/runs"
_PATH: Final = re.compile(rb'"(?:resolved_)?path": ("(?:[^"\\]|\\.)*")')
_OWN_FORMAT: Final = b'"schema_version"'


class TouchedRuns(NamedTuple):
    """The runs that the change touches: those that exist, and those that it deletes whole."""

    existing: list[str]
    deleted: list[str]


class TouchedReports(NamedTuple):
    """`reports` of the runs, each without the differences that the change did not make; `older` counts these."""

    reports: list[RunReport]
    deleted: list[str]
    older: int


def verify_touched(history: History, change: Change) -> TouchedReports:
    """Verifies the runs that the staged change touches. Only their records are exported, unless something differs.

    Raises Refused.
    """
    change = _add_aliases(history, change)
    runs = find_touched_runs(history, change)
    if not runs.existing:
        return TouchedReports([], runs.deleted, 0)
    reports = _verify(history, change, runs.existing, runs.existing)
    if any(report.has_differences for report, _ in reports):  # other runs may have recorded the present bytes
        reports = _verify(history, change, runs.existing, None)
    return TouchedReports([report for report, _ in reports], runs.deleted, sum(older for _, older in reports))


def _add_aliases(history: History, change: Change) -> Change:
    """The change, with the paths that lead to a changed file through a symlink."""
    if all(path.startswith(f"{_RUNS}/") for path in change.paths):
        return change
    links = read_index_links(history.git)
    changed = (each | list_aliases(links, history.reader, each) for each in change.changed)
    return change._replace(changed=tuple(changed))


def _verify(
    history: History, change: Change, run_ids: list[str], exported: list[str] | None
) -> list[tuple[RunReport, int]]:
    with ExitStack() as stack:
        source = open_tree(history, history.index, stack, exported)
        touched = [run_id for run_id in run_ids if _is_touched(source, change, run_id)]
        return [_drop_older(source, change, report) for report in Verifier(source).verify_all(touched)]


def _is_touched(source: Source, change: Change, run_id: str) -> bool:
    """Whether the change touches the record, or a file that the run claims something about. In doubt it does."""
    prefix = f"{_RUNS}/{run_id}/record/"
    try:
        files = {file.path for each in list_passing_attempts(source.store.read(run_id)) for file in each.files}
    except OrchError:
        return True
    return change.touches(files.union(path for path in change.paths if path.startswith(prefix)))


def find_touched_runs(history: History, change: Change) -> TouchedRuns:
    """The runs of which a file of the record, or a recorded file, is as in no parent. Raises Refused."""
    if not change.paths:
        return TouchedRuns([], [])
    runs = read_index(history.git, _RUNS)
    staged = {match[1] for path in runs.entries if (match := _RECORD.fullmatch(path))}
    mentions = dict(_find_mentions(history.reader, runs, change.paths))
    records = [{match[1] for path in changed if (match := _RECORD.fullmatch(path))} for changed in change.changed]
    touched = [
        run_id
        for run_id in staged.union(*records)
        if all(
            run_id in changed_runs or not mentions.get(run_id, frozenset()).isdisjoint(changed)
            for changed_runs, changed in zip(records, change.changed, strict=True)
        )
    ]
    return TouchedRuns(
        sorted(staged.intersection(touched), reverse=True), sorted(set(touched).difference(staged), reverse=True)
    )


def list_deleted_runs(change: Change) -> list[str]:
    """The runs of a root that the change deletes."""
    return sorted({match[1] for path in change.paths if (match := _RECORD.fullmatch(path))}, reverse=True)


def _find_mentions(reader: ObjectReader, runs: GitTree, paths: frozenset[str]) -> Iterator[tuple[str, frozenset[str]]]:
    """(Run, those of `paths` that its RUN.json mentions). Records of the original need not name paths as they are."""
    others = {path for path in paths if not _RECORD.fullmatch(path)}
    literals = {json.dumps(path, ensure_ascii=False).encode(errors="surrogateescape"): path for path in others}
    documents = {
        match[1]: entry.object_id
        for path, entry in runs.entries.items()
        if (match := _RECORD.fullmatch(path)) and path.endswith("/record/RUN.json") and entry.is_file
    }
    if not others:
        return
    # A partial clone may lack what a sparse checkout leaves out.
    sizes = reader.list_sizes(documents.values())
    present = {run_id: documents[run_id] for run_id, size in zip(documents, sizes, strict=True) if size is not None}
    for run_id, content in zip(present, reader.read_all(present.values()), strict=True):
        if _OWN_FORMAT not in content:
            yield run_id, frozenset(others)
        elif found := literals.keys() & set(_PATH.findall(content)):
            yield run_id, frozenset(literals[each] for each in found)


def _drop_older(source: Source, change: Change, report: RunReport) -> tuple[RunReport, int]:
    """The report with what the change made, and how many differences there were before."""
    if report.error or not report.has_differences:
        return report, 0
    workspace, run = source.store.workspace, source.store.read(report.run_id)
    attempts = {
        each.gate: workspace.attempt_path(run.run_id, each.gate, each.number) for each in list_passing_attempts(run)
    }
    files = [
        file
        for file in report.files
        if not file.status.is_difference or change.touches((file.file.path, attempts[file.attempt.gate]))
    ]
    rules = [rule for rule in report.rules if _is_made(change, rule, attempts, workspace.record_path(run.run_id))]
    unchanged = [rule for rule in report.rules if rule not in rules and not change.touches((rule.path,))]
    older = len(report.files) - len(files) + len(unchanged)
    return report._replace(files=tuple(files), rules=tuple(rules)), older


def _is_made(change: Change, rule: RuleReport, attempts: dict[str, str], record: str) -> bool:
    """Whether the commit lacks the rule of what it records. To change a rule makes no earlier PASS wrong."""
    return change.touches((attempts[rule.gate],)) if rule.gate else change.adds(record)
