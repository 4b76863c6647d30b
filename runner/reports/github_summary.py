"""The summary of a step on GitHub, for the file `$GITHUB_STEP_SUMMARY`: all that `github` annotates, and more."""

from collections import Counter
from typing import Final

from gate_tests.plurals import format_count
from runner.reports.ci_report import CiReport, Level
from runner.reports.github import MAX_ANNOTATIONS
from runner.reports.markdown import render_document
from runner.reports.problems import list_problems

MAX_BYTES: Final = 1024 * 1024 - 1024
"""GitHub takes 1 MiB for a step, and drops a summary that is larger."""


def render(report: CiReport) -> str:
    """The Markdown document, with the number of the problems that are annotated nowhere."""
    counts = Counter(problem.level for problem in list_problems(report))
    notes = [
        f"the first {MAX_ANNOTATIONS} of {format_count(counts[level], level)} are annotated,"
        f" and {counts[level] - MAX_ANNOTATIONS:,} more only listed here"
        for level in Level
        if counts[level] > MAX_ANNOTATIONS
    ]
    return render_document(report, MAX_BYTES, "; ".join(notes).capitalize())
