"""Workflow commands of GitHub: they annotate lines of files in a pull request and on the page of the workflow run.

    ::error file=src/a.md,line=7,title=G2 Research%3A word_count::src/a.md: expected …%0Abecause: …

GitHub shows ten errors, ten warnings and ten notices of each step and drops the rest, so no more are written; the step
summary (`github-summary`) has them all. A check that does not pass is an error, or a warning, on the line of the
artifact that its reason is about, and a notice on its line of the contract; if no line of the artifact is known, the
error is on that of the contract.
"""

from collections.abc import Iterable, Iterator
from itertools import islice, zip_longest
from typing import Final

from gate_tests.sanitize import escape_controls, sanitize_line
from runner.reports.ci_report import CiReport, Level, Part
from runner.reports.problems import Line, Problem, list_problems

MAX_ANNOTATIONS: Final = 10
"""Of each kind: what GitHub shows of a step."""
_MAX_MESSAGE: Final = 2000
_MAX_DETAIL: Final = 500
_MAX_TITLE: Final = 200
_DATA: Final = {ord("%"): "%25", ord("\r"): "%0D", ord("\n"): "%0A"}
_PROPERTY: Final = _DATA | {ord(":"): "%3A", ord(","): "%2C"}


def render(report: CiReport) -> str:
    """A command for each annotation: errors, warnings, notices. Nothing of any text can begin another one."""
    problems = list_problems(report)
    lines = [
        *(line for level in Level for line in _list_annotations(problems, level)),
        *islice(_list_notices(problems), MAX_ANNOTATIONS),
    ]
    return "".join(f"{line}\n" for line in lines)


def _list_annotations(problems: list[Problem], level: Level) -> list[str]:
    first = islice(_take_in_turn(problem for problem in problems if problem.level is level), MAX_ANNOTATIONS)
    return [_format_command(level, problem, problem.line) for problem in first]


def _take_in_turn(problems: Iterable[Problem]) -> Iterator[Problem]:
    """One of each part in turn, so that the many of one part hide none of another."""
    parts = {part: list[Problem]() for part in Part}
    for problem in problems:
        parts[problem.part].append(problem)
    turns = zip_longest(*parts.values())
    return (problem for turn in turns for problem in turn if problem is not None)


def _list_notices(problems: list[Problem]) -> Iterator[str]:
    for problem in problems:
        if problem.contract_line:
            yield _format_command("notice", problem, problem.contract_line)


def _format_command(name: str, problem: Problem, line: Line | None) -> str:
    properties = {"file": escape_controls(line.path), "line": str(line.number)} if line else {}
    properties["title"] = sanitize_line(problem.title, _MAX_TITLE)
    written = ",".join(f"{key}={value.translate(_PROPERTY)}" for key, value in properties.items())
    message = [sanitize_line(problem.message, _MAX_MESSAGE)]
    message += (sanitize_line(detail, _MAX_DETAIL) for detail in problem.details)
    data = "\n".join(message).translate(_DATA)
    return f"::{name} {written}::{data}"
