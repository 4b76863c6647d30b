"""The line of an artifact that a reason is about, as far as the result of a check names one."""

from collections.abc import Mapping
from typing import Any

import pytest

from gate_tests.checks.result import CheckResult, CheckStatus
from gate_tests.contract import Severity
from runner.ci.artifact_line import find_artifact_line

REPORT = "out/a.md"
RESULTS: dict[str, tuple[str, Mapping[str, Any], str, int | None]] = {
    "a citation": ("citations_resolve", {"unresolved": [{"line": 7}, {"line": 9}]}, "found 2", 7),
    "a quotation": ("quotes_resolve", {"unresolved": [{"line": 3, "quotation": "x"}]}, "found 1", 3),
    "a credential": ("no_secrets", {"found": [{"path": REPORT, "line": 4}]}, "found 1", 4),
    "a credential elsewhere": ("no_secrets", {"found": [{"path": "out/b.md", "line": 4}]}, "found 1", None),
    "a match": ("regex_match", {"matched": True}, "expected no match of /x/, found 2 matches on lines 5, 8", 5),
    "many matches": ("max_regex_count", {}, "found 12 matches on lines 1, 2, 3 and 9 more", 1),
    "a regex that looks like it": ("regex_match", {}, "expected a match of /1 match on line 5/, found no match", None),
    "a count": ("word_count", {"count": 3}, "expected at least 5 words, found 3", None),
    "a pattern that was found": ("not_contains", {"found": True}, "expected no 'x', found it", None),
}


@pytest.mark.parametrize(("type_", "measured", "reason", "line"), RESULTS.values(), ids=RESULTS.keys())
def test_the_first_line_that_a_result_names_is_found(
    type_: str, measured: Mapping[str, Any], reason: str, line: int | None
) -> None:
    result = CheckResult(
        f"{type_}[a.md]",
        type_,
        "{artifact_path}/a.md",
        REPORT,
        Severity.ERROR,
        CheckStatus.FAILED,
        "",
        measured,
        reason,
    )
    assert find_artifact_line(result) == line


def test_a_check_that_passed_is_about_no_line() -> None:
    measured = {"unresolved": [{"line": 7}]}
    result = CheckResult("a", "a", REPORT, REPORT, Severity.ERROR, CheckStatus.PASSED, "", measured)
    assert find_artifact_line(result) is None
