"""The failures of checks that need one missing file are one failure with a number."""

from collections.abc import Mapping
from typing import Any

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


def test_checks_on_the_files_of_any_of_are_folded_where_none_of_them_exists() -> None:
    checked = [{"path": "{artifact_path}/a.md", "exists": False}, {"path": "{artifact_path}/b.md", "exists": False}]
    reason = "w/a.md: expected this file or w/b.md, not empty, found no file"
    results = {
        "any_of": fail("file_exists_any_of", "a.md", reason, {"checked": checked}),
        "a": fail("word_count", "a.md", f"w/a.md: {MISSING}, expected much"),
        "b": fail("word_count", "b.md", f"w/b.md: {MISSING}, expected much"),
        "c": fail("word_count", "c.md", f"w/c.md: {MISSING}, expected much"),
    }
    assert fold_missing(results) == {"any_of": 2, "c": 0}


def test_a_check_on_several_files_is_folded_only_if_each_is_known_to_be_missing() -> None:
    def search(found: str) -> CheckResult:
        return CheckResult(
            "x", "no_secrets", "G1", "G1", Severity.ERROR, CheckStatus.FAILED, "", {},
            f"G1: expected no credential in w/a.md, w/b.md, found {found}",
        )  # fmt: skip

    missing = fail("file_exists", "a.md", f"w/a.md: {MISSING}")
    assert fold_missing({"a": missing, "s": search("w/a.md matches no file")}) == {"a": 1}
    for found in ("w/a.md matches no file; w/b.md matches no file", "w/a.md matches no file; 1 credential"):
        assert fold_missing({"a": missing, "s": search(found)}) == {"a": 0, "s": 0}


def fail(type_name: str, name: str, reason: str, measured: Mapping[str, Any] | None = None) -> CheckResult:
    template, path = f"{{artifact_path}}/{name}", f"w/{name}"
    return CheckResult("x", type_name, template, path, Severity.ERROR, CheckStatus.FAILED, "", measured or {}, reason)


@pytest.mark.parametrize(("count", "text"), [(0, ""), (1, "; 1 more check needs it"), (3, "; 3 more checks need it")])
def test_the_number_agrees_with_its_noun(count: int, text: str) -> None:
    assert describe_dependents(count) == text
