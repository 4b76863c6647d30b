"""Common Test Report Format (CTRF) 0.1.0: JSON for reporters of test results.

`tests` has, as in `junit`, a test for each contract that was linted, each run that was verified and each check, and
besides one for each gate. That of a gate has the recorded attempts: the last is the test's own, those before it are its
`retryAttempts`. A check that warned has passed and has the label `warned`; `labels` have the gate, its run and the
severity too, and `extra` what was measured, below the key `orch.ci`. A gate without a verdict is `other`. Ids are
UUIDs that stay the same from report to report.
"""

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any, Final
from uuid import NAMESPACE_URL, uuid5

from gate_tests.checks.result import CheckStatus
from gate_tests.errors import Exit
from gate_tests.sanitize import sanitize_line
from runner.reports.ci_report import AttemptSummary, CheckReport, CiReport, Finding, GateReport
from runner.reports.finding_groups import FindingGroup, describe_finding, group_findings
from runner.reports.json_report import dump_json, format_time
from runner.reports.measured import format_measured
from runner.reports.totals import GateResult, describe_gate, find_result
from runner.version import VERSION

_SPEC_VERSION: Final = "0.1.0"
_EXTENSION: Final = "orch.ci"
"""The one key of each `extra`: the specification wants a namespace with a delimiter."""
_MAX_TEXT: Final = 2000
_MAX_MEASURED: Final = 10_000
"""Characters of JSON."""
_MAX_FINDINGS: Final = 100
"""Lines of one test."""
_STATUSES: Final = {GateResult.PASS: "passed", GateResult.FAIL: "failed", GateResult.NO_VERDICT: "other"}
_Json = dict[str, Any]


def render(report: CiReport) -> str:
    """The document."""
    tests = [
        *map(_finding_test, group_findings(report)),
        *(test for gate in report.gates for test in _gate_tests(report, gate)),
    ]
    return dump_json(
        {
            "reportFormat": "CTRF",
            "specVersion": _SPEC_VERSION,
            "reportId": _make_id("report", repr(report.started_at), repr(report.finished_at), *report.runs),
            "timestamp": format_time(report.finished_at),
            "generatedBy": f"orch {VERSION}",
            "results": {
                "tool": {"name": "orch", "version": VERSION},
                "summary": _summarize(report, tests),
                "tests": tests,
                "extra": _extend(exitCode=int(report.exit_code), passed=report.exit_code is Exit.OK),
            },
        }
    )


def _extend(**values: Any) -> _Json:
    """What the format has no key for."""
    return {_EXTENSION: values}


def _summarize(report: CiReport, tests: list[_Json]) -> _Json:
    statuses = Counter(test["status"] for test in tests)
    return {
        "tests": len(tests),
        **{status: statuses[status] for status in ("passed", "failed", "skipped", "pending", "other")},
        "flaky": sum(test.get("flaky", False) for test in tests),
        "start": _to_ms(report.started_at),
        "stop": _to_ms(report.finished_at),
    }


def _finding_test(group: FindingGroup) -> _Json:
    test: _Json = {
        "id": _make_id(group.part, group.name),
        "name": _clean(group.name) or group.part,
        "status": "failed" if group.errors else "passed",
        "duration": 0,
        "suite": [group.part],
        "type": group.part,
    }
    if group.errors:
        test["message"] = _clean(group.errors[0].message)
        test["trace"] = "\n".join(_list_lines(group.errors))
    if group.warnings:
        test["labels"] = {"warned": True}
        test["extra"] = _extend(warnings=_list_lines(group.warnings))
    return test


def _list_lines(findings: list[Finding]) -> list[str]:
    lines = [_clean(describe_finding(finding)) for finding in findings[:_MAX_FINDINGS]]
    return [*lines, f"and {len(findings) - _MAX_FINDINGS:,} more"] if len(findings) > _MAX_FINDINGS else lines


def _gate_tests(report: CiReport, gate: GateReport) -> Iterator[_Json]:
    result = find_result(gate)
    earlier = gate.attempts[:-1]
    has_failed_before = any(not attempt.passed for attempt in earlier)
    test: _Json = {
        "id": _make_id(gate.run_id, gate.gate),
        "name": _clean(f"{gate.gate} {gate.name}"),
        "status": _STATUSES[result],
        "duration": _to_ms(gate.duration_s),
        "suite": [_clean(gate.run_id)],
        "type": "gate",
        "labels": {"run": _clean(gate.run_id), "gate": _clean(gate.gate)},
        "retries": len(earlier),
        "flaky": has_failed_before and result is GateResult.PASS,
    }
    if result is not GateResult.PASS:
        test["message"] = _clean(gate.problem or describe_gate(gate))
    if earlier:
        test["retryAttempts"] = [_to_retry(gate, attempt) for attempt in earlier]
    yield test
    yield from (_check_test(report, gate, check) for check in gate.checks)


def _to_retry(gate: GateReport, attempt: AttemptSummary) -> _Json:
    retry: _Json = {
        "attempt": attempt.number,
        "attemptId": _make_id(gate.run_id, gate.gate, str(attempt.number)),
        "status": "passed" if attempt.passed else "failed",
    }
    if attempt.failure_reason:
        retry["message"] = _clean(attempt.failure_reason)
    start, stop = _read_ms(attempt.started_at), _read_ms(attempt.finished_at)
    retry |= {key: value for key, value in (("start", start), ("stop", stop)) if value is not None}
    if start is not None and stop is not None:
        retry["duration"] = max(stop - start, 0)
    return retry


def _check_test(report: CiReport, gate: GateReport, check: CheckReport) -> _Json:
    result = check.result
    labels = {
        "run": _clean(gate.run_id),
        "gate": _clean(gate.gate),
        "severity": str(result.severity),
        "check": _clean(result.type),
    }
    test: _Json = {
        "id": _make_id(gate.run_id, gate.gate, result.id),
        "name": _clean(result.id) or "check",
        "status": "failed" if result.has_failed else "passed",
        "duration": _to_ms(check.duration_s or 0.0),
        "suite": [_clean(gate.run_id), _clean(f"{gate.gate} {gate.name}")],
        "type": "check",
        "rawStatus": str(result.status),
        "filePath": _clean(report.root_prefix + check.contract_path),
        "line": check.contract_line,
        "labels": labels | ({"warned": True} if result.status is CheckStatus.WARNED else {}),
        "extra": _extend(**_list_extra(check)),
    }
    if result.reason is not None:
        test["message"] = _clean(result.reason)
    return test


def _list_extra(check: CheckReport) -> _Json:
    result = check.result
    extra = {
        "path": _clean(result.resolved_path),
        "artifactLine": check.artifact_line,
        "description": _clean(result.description),
        "expected": _clean(check.expected or ""),
        "found": _clean(check.found or ""),
        "measured": _limit(result.measured),
    }
    return {key: value for key, value in extra.items() if value not in (None, "")}


def _limit(measured: Mapping[str, Any]) -> Any:
    """What was measured; as a text with its first values if there is too much of it."""
    if len(json.dumps(measured)) <= _MAX_MEASURED:
        return dict(measured)
    return "\n".join(format_measured(measured, _MAX_TEXT))


def _make_id(*parts: str) -> str:
    name = "\0".join(("orch", *parts)).encode("utf-8", "backslashreplace").decode()
    return str(uuid5(NAMESPACE_URL, name))


def _to_ms(seconds: float) -> int:
    return max(round(seconds * 1000), 0)


def _read_ms(timestamp: str | None) -> int | None:
    """The milliseconds since 1970 of a time in a record; None if it is none."""
    from datetime import datetime

    try:
        return round(datetime.fromisoformat(timestamp or "").timestamp() * 1000)
    except (ValueError, OverflowError):
        return None


def _clean(text: str) -> str:
    return sanitize_line(text, _MAX_TEXT)
