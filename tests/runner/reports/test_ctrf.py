"""CTRF: attempts, labels, and ids that stay the same."""

import json
from typing import Any

from gate_tests.checks.result import CheckStatus
from runner.reports.ci_report import AttemptSummary, CiReport
from runner.reports.ctrf import render
from tests.support.sample_report import PASSED, RUN, SAMPLE, make_check, make_gate, make_report


def read(report: CiReport) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(render(report))
    return document


def find(report: CiReport, name: str) -> dict[str, Any]:
    return next(test for test in read(report)["results"]["tests"] if test["name"] == name)


def test_the_attempts_before_the_last_are_retry_attempts_of_the_gate() -> None:
    gate = find(PASSED, "G1 Research")
    (attempt,) = gate["retryAttempts"]
    assert (gate["status"], gate["retries"], gate["flaky"]) == ("passed", 1, True)
    assert (attempt["attempt"], attempt["status"], attempt["message"]) == (1, "failed", "too few sources")
    assert attempt["duration"] == attempt["stop"] - attempt["start"] == 600_000


def test_a_gate_with_one_attempt_has_no_retry() -> None:
    only = AttemptSummary(1, True, "2026-11-22T09:50:00.000Z", "2026-11-22T10:00:00.000Z", None)
    gate = find(make_report(make_gate(make_check(), attempts=(only,))), "G1 Research")
    assert "retryAttempts" not in gate
    assert (gate["retries"], gate["flaky"]) == (0, False)


def test_a_warned_check_has_passed_with_a_label() -> None:
    check = find(make_report(make_gate(make_check(CheckStatus.WARNED))), "min_sources[1]")
    assert (check["status"], check["rawStatus"]) == ("passed", "warned")
    assert check["labels"] == {
        "run": RUN,
        "gate": "G1",
        "severity": "warning",
        "check": "min_sources",
        "warned": True,
    }


def test_what_was_measured_is_extra() -> None:
    check = find(PASSED, "min_sources[1]")
    assert check["extra"]["orch.ci"]["measured"] == {"count": 3, "min": 8, "headings": ["A", "B"]}
    assert check["suite"] == [RUN, "G1 Research"]


def test_each_extra_has_the_one_key_of_ours_as_the_specification_wants() -> None:
    results = read(SAMPLE)["results"]
    extras = [each["extra"] for each in (results, *results["tests"]) if "extra" in each]
    assert {key for extra in extras for key in extra} == {"orch.ci"}
    assert results["extra"]["orch.ci"] == {"exitCode": 1, "passed": False}


def test_a_gate_without_a_verdict_is_other() -> None:
    gate = find(SAMPLE, "G3 Build")
    assert (gate["status"], gate["message"]) == ("other", "the program of a check could not be started")


def test_a_time_that_is_none_is_left_out() -> None:
    attempts = (AttemptSummary(1, False, "yesterday", None, None), AttemptSummary(2, True, "x", None, None))
    (attempt,) = find(make_report(make_gate(make_check(), attempts=attempts)), "G1 Research")["retryAttempts"]
    assert set(attempt) == {"attempt", "attemptId", "status"}


def test_ids_stay_the_same_from_report_to_report() -> None:
    later = SAMPLE._replace(started_at=SAMPLE.started_at + 60, finished_at=SAMPLE.finished_at + 60)
    ids, later_ids = ([test["id"] for test in read(report)["results"]["tests"]] for report in (SAMPLE, later))
    assert ids == later_ids
    assert len(set(ids)) == len(ids)
    assert read(SAMPLE)["reportId"] != read(later)["reportId"]
