"""Compares the rows of an attempt that passed with the results of judging its gate again."""

from collections.abc import Collection, Container, Iterable, Iterator, Mapping, Sequence
from typing import Final, NamedTuple

from gate_tests.checks.result import MAX_READ, CheckResult
from runner.verification.compare_rows import find_false_value, find_measured_changes
from runner.verification.replayed import CheckDifference, FileDifference, MeasuredChange, SkippedCheck

NEEDS_NETWORK: Final = "needs the network, which was not used"
RUNS_PROGRAM: Final = "runs a program, and none was run"


class ReplayScope(NamedTuple):
    """What a replay may do besides reading files. A check that needs more is not judged."""

    network: bool = False
    programs: bool = True
    in_export: bool = False
    """Whether the files are those of a commit or of the index, in a scratch directory."""

    def explain_skip(self, result: CheckResult) -> str | None:
        """Why the result, with which the check did not pass, says nothing; None if it does."""
        if result.type == "command" and not self.programs:
            return RUNS_PROGRAM
        # One that found no URL has failed without the network.
        if result.type == "url_reachable" and not self.network and result.measured.get("checked"):
            return NEEDS_NETWORK
        return None


class Comparison(NamedTuple):
    """How the results differ from what the record claims."""

    differences: tuple[CheckDifference, ...]
    skipped: tuple[SkippedCheck, ...]
    measured: tuple[MeasuredChange, ...]
    read: tuple[FileDifference, ...]


def compare_results(
    claimed: Sequence[CheckResult],
    found: Sequence[CheckResult],
    scope: ReplayScope,
    unchanged: Collection[str] | None = None,
) -> Comparison:
    """Compares by the checks' ids. `unchanged` as for `find_false_value`."""
    rows = {row.id: row for row in claimed}
    skipped = {each.id: reason for each in found if (reason := scope.explain_skip(each))}
    judged = [(rows[each.id], each) for each in found if each.id in rows and each.id not in skipped]
    differences = (*_find_differences(rows, found, skipped, unchanged), *_find_repeated(claimed))
    explained = {each.check_id for each in differences if each.claimed is each.found}
    return Comparison(
        differences=differences,
        skipped=tuple(SkippedCheck(check_id, reason) for check_id, reason in skipped.items()),
        measured=tuple(
            change for row, each in judged if each.id not in explained for change in find_measured_changes(row, each)
        ),
        read=tuple(file for row, each in judged for file in _find_read_differences(row, each)),
    )


def _find_differences(
    rows: Mapping[str, CheckResult],
    found: Sequence[CheckResult],
    skipped: Container[str],
    unchanged: Collection[str] | None,
) -> Iterator[CheckDifference]:
    """In compiled order, then what the record has besides."""
    for each in found:
        row, now = rows.get(each.id), None if each.id in skipped else each.status
        if row is None:
            yield CheckDifference(each.id, None, now, "the record has no result of this check")
        elif now and row.status is not now:
            reason = each.reason or f"the record says: {row.reason or 'no reason'}"
            yield CheckDifference(each.id, row.status, now, reason)
        elif problem := find_false_value(row, each, unchanged):
            yield CheckDifference(each.id, row.status, now, problem)
    compiled = {each.id for each in found}
    for check_id, row in rows.items():
        if check_id not in compiled:
            yield CheckDifference(check_id, row.status, None, "the contract has no such check")


def _find_repeated(rows: Iterable[CheckResult]) -> Iterator[CheckDifference]:
    """Checks that the record has more than once: one of their results could hide behind another."""
    seen: set[str] = set()
    for row in rows:
        if row.id in seen:
            yield CheckDifference(row.id, row.status, None, "the record has more than one result of this check")
        seen.add(row.id)


def find_file_differences(
    claimed: Mapping[str, str], found: Mapping[str, str], read_by: str | None = None
) -> Iterator[FileDifference]:
    """How the files that were judged now, given as hashes by path, differ from those that were judged then."""
    for path, sha256 in claimed.items():
        if found.get(path) != sha256:
            yield FileDifference(path, "changed" if path in found else "missing", read_by)
    yield from (FileDifference(path, "new", read_by) for path in found if path not in claimed)


def _find_read_differences(row: CheckResult, found: CheckResult) -> Iterator[FileDifference]:
    """Of the files that a check read besides its target."""
    if "read" in row.to_json() or "read" in found.to_json():
        claimed, now = ({file.path: file.sha256 for file in each.read} for each in (row, found))
        yield from find_file_differences(claimed, now, found.id)
    if row.to_json().get("read_more") != found.to_json().get("read_more"):
        yield FileDifference(f"one of more than {MAX_READ:,} files", "changed", found.id)
