import json
from typing import Any

import pytest

from gate_tests.checks.result import CheckResult, CheckStatus
from gate_tests.contract import Severity

COMMON: dict[str, Any] = {"id": "a[b.md]", "type": "a", "path": "{slug}.md", "resolved_path": "b.md"}
MEASURED = {"count": 2, "missing": ["c"]}


def result_of(status: CheckStatus, severity: Severity = Severity.ERROR, reason: str | None = None) -> CheckResult:
    return CheckResult(
        **COMMON, severity=severity, status=status, description="Because", measured=MEASURED, reason=reason
    )


RESULT = result_of(CheckStatus.PASSED)
FAILED = result_of(CheckStatus.FAILED, reason="no")
WARNED = result_of(CheckStatus.WARNED, Severity.WARNING, "no")


@pytest.mark.parametrize(
    ("result", "severity", "passes", "more"),
    [
        pytest.param(RESULT, "error", True, {}, id="passed"),
        pytest.param(FAILED, "error", False, {"reason": "no"}, id="failed"),
        pytest.param(WARNED, "warning", True, {"warning": True, "reason": "no"}, id="warned"),
    ],
)
def test_a_row_has_the_keys_of_the_record_in_their_order_and_is_read_back(
    result: CheckResult, severity: str, passes: bool, more: dict[str, Any]
) -> None:
    row = {**COMMON, "severity": severity, "pass": passes, "description": "Because", **MEASURED}
    assert json.dumps(result.to_json()) == json.dumps({**row, **more})
    assert CheckResult.from_json(json.loads(json.dumps(result.to_json()))) == result


@pytest.mark.parametrize("key", [*COMMON, "severity", "pass", "description"])
def test_a_row_without_a_common_key_is_not_read(key: str) -> None:
    with pytest.raises(KeyError):
        CheckResult.from_json({name: value for name, value in RESULT.to_json().items() if name != key})


def test_a_severity_that_is_not_known_is_not_read() -> None:
    with pytest.raises(ValueError, match="fatal"):
        CheckResult.from_json({**RESULT.to_json(), "severity": "fatal"})


@pytest.mark.parametrize("row", [{"pass": "no"}, {"pass": False}, {"pass": False, "reason": None}], ids=repr)
def test_a_check_that_fails_without_a_reason_is_not_read(row: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="reason"):
        CheckResult.from_json({**RESULT.to_json(), **row})
