"""GitLab Code Quality: a JSON array with an object for each problem, for `artifacts:reports:codequality`.

    {"description", "check_name", "fingerprint", "severity": "info|minor|major|critical|blocker",
     "location": {"path", "lines": {"begin"}}}

A failed check or an error is `major`, a warning `minor`, a gate without a verdict `critical`. GitLab compares the
fingerprints of two branches: they do not change when lines move or when other numbers are measured, and no two of a
report are the same. A problem without a file is placed at the directory `orchestration`.
"""

from collections import Counter
from typing import Any, Final

from gate_tests.files.short_hash import hash_content
from gate_tests.sanitize import sanitize_line
from runner.reports.ci_report import CiReport, Level
from runner.reports.json_report import dump_json
from runner.reports.problems import NO_VERDICT, Line, Problem, list_problems

_MAX_DESCRIPTION: Final = 2000


def render(report: CiReport) -> str:
    """The array."""
    seen: Counter[tuple[str, ...]] = Counter()
    issues = []
    for problem in list_problems(report):
        issues.append(_to_issue(report, problem, seen[problem.key]))
        seen[problem.key] += 1
    return dump_json(issues)


def _to_issue(report: CiReport, problem: Problem, ordinal: int) -> dict[str, Any]:
    """`ordinal` counts the problems before it that only differ in what may change."""
    line = problem.line or Line(f"{report.root_prefix}orchestration", 1)
    return {
        "description": sanitize_line(f"{problem.title}: {problem.message}", _MAX_DESCRIPTION),
        "check_name": sanitize_line(problem.rule),
        "fingerprint": _make_fingerprint(problem, ordinal),
        "severity": _find_severity(problem),
        "location": {"path": line.path, "lines": {"begin": line.number}},
    }


def _make_fingerprint(problem: Problem, ordinal: int) -> str:
    parts = (*problem.key, *((str(ordinal),) if ordinal else ()))
    return hash_content("\0".join(parts).encode("utf-8", "surrogatepass"))


def _find_severity(problem: Problem) -> str:
    if problem.rule == NO_VERDICT:
        return "critical"
    return "major" if problem.level is Level.ERROR else "minor"
