"""The failures of checks that need one missing file are one failure with a number."""

import pytest

from gate_tests.checks.missing import describe_dependents, fold_missing
from gate_tests.checks.result import CheckResult, CheckStatus
from gate_tests.contract import Severity
from gate_tests.files.artifacts import PathKind

MISSING = PathKind.MISSING.value


@pytest.mark.parametrize("reason", ["a.md: {0}", "a.md: {0}, expected much", "a.md: expected much, found {0}"])
def test_a_reason_names_a_missing_file_in_one_of_these_ways(reason: str) -> None:
    missing = CheckResult("x", "x", "a.md", "a.md", Severity.ERROR, CheckStatus.FAILED, "", {}, reason.format(MISSING))
    assert fold_missing({"exists": result("a.md", MISSING), "other": missing}) == {"exists": 1}


def result(path: str, found: str | None, status: CheckStatus = CheckStatus.FAILED) -> CheckResult:
    severity = Severity.WARNING if status is CheckStatus.WARNED else Severity.ERROR
    reason = f"{path}: expected much, found {found}" if found else None
    return CheckResult("x", "x", path, path, severity, status, "", {}, reason)


def test_of_the_checks_on_a_missing_file_the_first_counts_the_others() -> None:
    results = {
        "exists": result("a.md", MISSING),
        "other": result("b.md", MISSING),
        "words": result("a.md", MISSING),
        "headings": result("a.md", MISSING),
    }
    assert fold_missing(results) == {"exists": 2, "other": 0}


def test_other_failures_and_passes_are_not_folded() -> None:
    results = {
        "words": result("a.md", "3 words"),
        "passed": result("a.md", None, CheckStatus.PASSED),
        "headings": result("a.md", "no heading"),
    }
    assert fold_missing(results) == {"words": 0, "headings": 0}


def test_none_of_several_files_is_a_missing_file_too() -> None:
    assert fold_missing({"any": result("a.md", "no file"), "words": result("a.md", MISSING)}) == {"any": 1}


def test_a_failure_comes_before_a_warning_of_the_same_missing_file() -> None:
    results = {"warns": result("a.md", MISSING, CheckStatus.WARNED), "fails": result("a.md", MISSING)}
    assert fold_missing(results) == {"fails": 1}


@pytest.mark.parametrize(("count", "text"), [(0, ""), (1, "; 1 more check needs it"), (3, "; 3 more checks need it")])
def test_the_number_agrees_with_its_noun(count: int, text: str) -> None:
    assert describe_dependents(count) == text
