"""GitLab Code Quality: places, severities, and fingerprints that stay the same."""

import json
from typing import Any

from gate_tests.checks.result import CheckStatus
from runner.reports.ci_report import CiReport, Finding, Level, Part
from runner.reports.code_quality import render
from tests.support.sample_report import (
    ARTIFACT,
    CONTRACT,
    NO_VERDICT,
    PASSED,
    SAMPLE,
    make_check,
    make_gate,
    make_report,
)


def read(report: CiReport) -> list[dict[str, Any]]:
    issues: list[dict[str, Any]] = json.loads(render(report))
    return issues


def fingerprints(report: CiReport) -> list[str]:
    return [issue["fingerprint"] for issue in read(report)]


def lint(line: int, message: str) -> Finding:
    return Finding(Part.LINT, Level.WARNING, "weak-regex", message, CONTRACT, line)


def test_each_problem_has_its_place_below_the_top_of_the_git_repository() -> None:
    first = read(SAMPLE)[0]
    assert first["location"] == {"path": f"services/essays/{CONTRACT}", "lines": {"begin": 41}}
    assert first["check_name"] == "contract-error"
    assert first["description"] == "lint: contract-error: unknown key 'mn', did you mean 'min'?"


def test_severities_rank_what_has_no_verdict_above_what_failed_above_what_warned() -> None:
    gates = (make_gate(make_check(CheckStatus.FAILED), make_check(CheckStatus.WARNED, 2)), NO_VERDICT)
    assert [issue["severity"] for issue in read(make_report(*gates))] == ["major", "minor", "critical"]


def test_a_pass_is_an_empty_array() -> None:
    assert read(PASSED) == []


def test_a_fingerprint_stays_when_lines_and_numbers_change() -> None:
    before = make_check(CheckStatus.FAILED, reason=f"{ARTIFACT}: found 3", artifact_line=7)
    after = make_check(CheckStatus.FAILED, reason=f"{ARTIFACT}: found 4", artifact_line=90, contract_line=200)
    reports = [
        make_report(make_gate(check, run_id=run_id), findings=(lint(line, f"see line {line}"),))
        for check, run_id, line in ((before, "run_a", 3), (after, "run_b", 30))
    ]
    assert fingerprints(reports[0]) == fingerprints(reports[1])


def test_two_problems_that_differ_in_numbers_only_have_two_fingerprints() -> None:
    report = make_report(findings=(lint(3, "see line 3"), lint(30, "see line 30")))
    assert len(set(fingerprints(report))) == 2


def test_gates_and_artifacts_have_fingerprints_of_their_own() -> None:
    failed = make_check(CheckStatus.FAILED), make_check(CheckStatus.FAILED, resolved_path="other.md")
    gates = [make_gate(check, gate=gate) for check in failed for gate in ("G1", "G2")]
    assert len(set(fingerprints(make_report(*gates)))) == 4
