import json
import subprocess
from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from gate_tests.checks.result import MAX_READ, CheckResult, CheckStatus, ReadFile
from gate_tests.contract import Severity

COMMON: dict[str, Any] = {"id": "a[b.md]", "type": "a", "path": "{slug}.md", "resolved_path": "b.md"}
MEASURED = {"count": 2, "missing": ["c"]}


def result_of(
    status: CheckStatus,
    severity: Severity = Severity.ERROR,
    reason: str | None = None,
    read: Sequence[ReadFile] = (),
) -> CheckResult:
    return CheckResult(
        **COMMON, severity=severity, status=status, description="Because", measured=MEASURED, reason=reason, read=read
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


def read_files(count: int) -> list[ReadFile]:
    return [ReadFile(f"{number:04}.md", sha256(str(number).encode()).hexdigest()) for number in range(count)]


def test_the_files_that_a_check_read_stand_before_its_description_and_are_not_measured() -> None:
    read = read_files(2)
    result = result_of(CheckStatus.PASSED, read=read)
    row = result.to_json()
    assert list(row) == [*COMMON, "severity", "pass", "read", "description", *MEASURED]
    assert row["read"] == [{"path": each.path, "sha256": each.sha256} for each in read]
    for each in (result, CheckResult.from_json(json.loads(json.dumps(row)))):
        assert (each, each.read, each.measured) == (result, tuple(read), MEASURED)


def test_a_check_that_read_nothing_but_its_target_has_no_such_key() -> None:
    assert not {"read", "read_more"} & RESULT.to_json().keys()
    assert RESULT.read == ()


@pytest.mark.slow
def test_of_very_many_files_the_rest_is_counted_and_hashed_as_sha256sum_lists_them(tmp_path: Path) -> None:
    read = read_files(MAX_READ + 2)
    for number, each in enumerate(read):
        (tmp_path / each.path).write_text(str(number))
    listed = subprocess.run(
        ["sha256sum", *(each.path for each in read[MAX_READ:])], cwd=tmp_path, capture_output=True, check=True
    )
    row = result_of(CheckStatus.PASSED, read=read).to_json()
    assert len(row["read"]) == MAX_READ
    assert row["read_more"] == {"count": 2, "sha256": sha256(listed.stdout).hexdigest()}
    assert CheckResult.from_json(row).measured == MEASURED
    assert "read_more" not in result_of(CheckStatus.PASSED, read=read[:MAX_READ]).to_json()


@pytest.mark.parametrize(
    "read", [3, None, [3], ["a.md"], [{"path": "a.md"}], [{"path": 3, "sha256": "0"}], {"path": "a.md"}], ids=repr
)
@pytest.mark.quick("*")
def test_a_list_of_files_that_is_none_is_not_read(read: object) -> None:
    with pytest.raises((KeyError, TypeError)):
        CheckResult.from_json({**RESULT.to_json(), "read": read})
