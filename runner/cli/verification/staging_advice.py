"""Prints what a commit lacks: which files of the work tree have to be staged, and the command for that."""

from collections.abc import Iterable

from gate_tests.errors import DamagedRecord, OrchError
from runner import suggestions
from runner.cli.context import CliContext
from runner.cli.terminal.printer import Printer
from runner.cli.verification.report import print_report
from runner.verification.history import History
from runner.verification.report import RunReport
from runner.verification.unstaged import UnstagedFile, find_unstaged, list_removed

_MAX_NAMED = 5


class StagingAdvice:
    """Prints reports on what is staged at one root."""

    def __init__(self, printer: Printer, cli: CliContext, history: History) -> None:
        self._printer, self._cli, self._history = printer, cli, history
        self._unstaged: list[UnstagedFile] = []

    def print_report(self, report: RunReport) -> None:
        """Prints the report, and which files are not staged that would make it a good one. Raises Refused."""
        unstaged = find_unstaged(self._history, report) if report.error or report.has_differences else []
        if report.error:
            self._suggest_for_error(report.error, report.run_id, unstaged)
        else:
            self._unstaged += unstaged
        print_report(self._printer, report, self._cli, map(_describe, unstaged))

    def _suggest_for_error(self, error: OrchError, run_id: str, unstaged: list[UnstagedFile]) -> None:
        """The record was read from a copy, of which nobody asked: what can be done is done in the work tree."""
        if unstaged:
            _set_next_command(error, _stage(unstaged))
        elif removed := list_removed(self._history, run_id):
            _set_next_command(error, suggestions.checkout_file(removed[0]))
        else:
            self._look_in_work_tree(error)

    def _look_in_work_tree(self, error: OrchError) -> None:
        """Has what repairs or restores the record looked for where it can be done."""
        root = self._history.root
        if error.lost_file:
            error.lost_file = error.lost_file._replace(root=root)
        if isinstance(error, DamagedRecord) and error.root:
            error.root = root

    @property
    def next_command(self) -> str | None:
        """The command that stages what makes the reports without an error good ones; None if there is none."""
        return _stage(self._unstaged) if self._unstaged else None


def _set_next_command(error: OrchError, command: str) -> None:
    error.next_command, error.lost_file = command, None
    if isinstance(error, DamagedRecord):
        error.root = error.run_id = None


def _describe(file: UnstagedFile) -> str:
    return f"not staged: {file.path}" + (f" (git ignores it: {file.ignored_by})" if file.ignored_by else "")


def _stage(files: Iterable[UnstagedFile]) -> str:
    files = list(files)
    return suggestions.stage_paths((file.path for file in files), are_ignored=any(file.ignored_by for file in files))
