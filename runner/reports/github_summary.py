"""The summary of a step on GitHub, for the file `$GITHUB_STEP_SUMMARY`: all that `github` annotates, and more."""

from typing import Final

from gate_tests.plurals import format_count
from runner.reports.ci_report import CiReport, Level
from runner.reports.github import count_annotations
from runner.reports.markdown import render_document

MAX_BYTES: Final = 1024 * 1024 - 1024
"""GitHub takes 1 MiB for a step, and drops a summary that is larger."""


def render(report: CiReport) -> str:
    """The Markdown document, with the number of the problems that are annotated nowhere."""
    counts = {level: count_annotations(report, level) for level in Level}
    notes = [
        f"{format_count(count, level)}: the first {shown} are annotated, and {count - shown:,} more are only listed"
        for level, (shown, count) in counts.items()
        if count > shown
    ]
    return render_document(report, MAX_BYTES, "; ".join(notes))
