"""Compares recorded files with the present ones."""

from collections.abc import Callable, Iterable
from enum import StrEnum
from typing import NamedTuple

from runner.operations.recorded_files import RecordedFile
from runner.verification.later_records import LaterRecords
from runner.verification.present_files import Copies, PresentFile, PresentFiles
from runner.verification.recorded_files import PassingAttempt


class FileStatus(StrEnum):
    """What became of a recorded file."""

    OK = "ok"
    SUPERSEDED = "superseded"
    """A later passing attempt recorded the present bytes."""
    CHANGED = "changed"
    MISSING = "missing"
    MOVED = "moved"
    """The same bytes are tracked by git under another path."""

    @property
    def is_difference(self) -> bool:
        """Whether the record is no longer true."""
        return self not in (FileStatus.OK, FileStatus.SUPERSEDED)


class FileReport(NamedTuple):
    """What became of a file of a passing attempt. `present`: the file as it is, `moved_to`: where its bytes are."""

    attempt: PassingAttempt
    file: RecordedFile
    status: FileStatus
    present: PresentFile | None = None
    moved_to: str | None = None


def compare_files(
    attempts: Iterable[PassingAttempt], files: PresentFiles, read_later_records: Callable[[], LaterRecords]
) -> list[FileReport]:
    """The status of each file of the attempts, for which `files` has been prepared.

    Records of other attempts are only read where a file has changed.
    """
    reports: list[FileReport] = []
    for attempt in attempts:
        for file in attempt.files:
            present = files.read(file.path)
            if present and (present.sha256, present.size_bytes) == (file.sha256, file.size_bytes):
                reports.append(FileReport(attempt, file, FileStatus.OK, present))  # as most are
            else:
                reports.append(_compare(attempt, file, present, read_later_records))
    missing = {each.file.sha256: each.file.size_bytes for each in reports if each.status is FileStatus.MISSING}
    copies = files.find_copies(missing) if missing else {}
    return _explain([_find_moved(report, files, copies) for report in reports], files)


def _compare(
    attempt: PassingAttempt, file: RecordedFile, present: PresentFile | None, read_later: Callable[[], LaterRecords]
) -> FileReport:
    if present is None:
        status = FileStatus.MISSING
    elif present.sha256 == file.sha256:
        present = _compare_size(file, present)
        status = FileStatus.CHANGED if present.problem else FileStatus.OK
    elif read_later().has_file(file.path, present.sha256, attempt.finished_at):
        status = FileStatus.SUPERSEDED
    else:
        status = FileStatus.CHANGED
    return FileReport(attempt, file, status, present)


def _compare_size(file: RecordedFile, present: PresentFile) -> PresentFile:
    """The file, which has the recorded bytes; with a problem where the record contradicts itself about their number."""
    if file.size_bytes in (None, present.size_bytes):
        return present
    return present._replace(problem=f"has {present.size_bytes} bytes, and the record says {file.size_bytes}")


def _explain(reports: list[FileReport], files: PresentFiles) -> list[FileReport]:
    """The reports, with the reason of each difference that git has to do with."""
    unexplained = {
        report.file.path
        for report in reports
        if report.status in (FileStatus.CHANGED, FileStatus.MISSING) and not (report.present and report.present.problem)
    }
    reasons = files.explain(unexplained) if unexplained else {}
    return [_add_reason(report, reasons.get(report.file.path)) for report in reports] if reasons else reports


def _add_reason(report: FileReport, reason: str | None) -> FileReport:
    if reason is None or not report.status.is_difference or report.moved_to:
        return report
    return report._replace(present=(report.present or PresentFile(None))._replace(problem=reason))


def _find_moved(report: FileReport, files: PresentFiles, copies: Copies) -> FileReport:
    """The report, of a missing file with the path of another that still has the same bytes."""
    if report.status is FileStatus.MISSING:
        for path in copies.get(report.file.sha256, ()):
            present = files.read(path) if path != report.file.path else None
            if present and present.sha256 == report.file.sha256:
                return report._replace(status=FileStatus.MOVED, moved_to=path)
    return report
