from typing import Any

import pytest

from gate_tests.checks.result import CheckResult, CheckStatus
from gate_tests.compiler.gate import CompiledGate
from gate_tests.contract import Severity
from gate_tests.errors import NoVerdict
from gate_tests.isolated_pytest.events import EventCollector, ReportedTest, SessionReport
from gate_tests.isolated_pytest.verdict import build_verdicts
from tests.support.checks import compiled
from tests.support.messages import message
from tests.support.repository import Repository

PATH = "orchestration/gates/contracts/GT.contract.json"
A, B = "file_exists[a.md]", "file_exists[b.md]"


@pytest.fixture
def gate(repository: Repository) -> CompiledGate:
    """A gate that wants two files."""
    return compiled(repository, required_outputs={"all_of": [{"path": "a.md"}, {"path": "b.md"}]})


def result(check_id: str, *, passes: bool = True, **measured: Any) -> CheckResult:
    status, reason = (CheckStatus.PASSED, None) if passes else (CheckStatus.FAILED, f"{check_id}: file is missing")
    return CheckResult(check_id, "file_exists", "a.md", "a.md", Severity.ERROR, status, "", measured, reason)


def report(check: CheckResult, outcome: str | None = None) -> ReportedTest:
    return ReportedTest.from_row(outcome or str(check.status), check.to_json())


def collect(*results: CheckResult, exit_code: int | None = None, **reported: Any) -> EventCollector:
    """The results of the checks, and a report that says the same; but for what is given."""
    collector = EventCollector(lambda text: None)
    for each in results:
        collector.on_check_result("GT", each)
    tests = {f"{PATH}::{each.id}": report(each) for each in results}
    # as pytest-json-report has them: of two with one id, the last
    failed = any(each.has_failed for each in results)
    code = int(failed) if exit_code is None else exit_code
    collector.on_report(SessionReport(code, len(results), tests, "9")._replace(**reported))
    return collector


def refused(gate: CompiledGate, collector: EventCollector) -> str:
    with pytest.raises(NoVerdict) as error:
        build_verdicts([gate], collector)
    return error.value.message


def evaluations(count: int, *missing: str) -> str:
    told = message("evaluations", gate="GT", count=count, checks=2)
    return told + (message("never-ran", checks=", ".join(missing)) if missing else "")


def test_every_check_once_and_passed_is_a_pass(gate: CompiledGate) -> None:
    (given,) = build_verdicts([gate], collect(result(A), result(B)))
    assert (given.passed, given.failure_reason) == (True, None)


def test_one_that_failed_is_a_fail_with_its_reason(gate: CompiledGate) -> None:
    (given,) = build_verdicts([gate], collect(result(A), result(B, passes=False)))
    assert (given.passed, given.failure_reason) == (False, f"{B}: file is missing")


def test_rows_stand_in_compiled_order_in_whatever_order_they_ran(gate: CompiledGate) -> None:
    (given,) = build_verdicts([gate], collect(result(B), result(A)))
    assert [each.id for each in given.validations] == [A, B]


@pytest.mark.parametrize(
    ("results", "reason"),
    [
        pytest.param([], evaluations(0, A, B), id="none"),
        pytest.param([result(A)], evaluations(1, B), id="one is missing"),
        pytest.param([result(A), result(A)], evaluations(2, B), id="one twice in place of another"),
        pytest.param([result(A), result(B), result(A)], evaluations(3), id="one twice"),
        pytest.param([result(A), result(B), result("file_exists[c.md]")], evaluations(3), id="a stranger"),
        pytest.param(
            [result(A), result("file_exists[c.md]")], message("never-ran", checks=B), id="a stranger in place of one"
        ),
        pytest.param([result(A), result(B, passes=False), result(B)], evaluations(3), id="failed, then passed"),
    ],
)
def test_the_checks_that_ran_are_the_checks_that_were_compiled(
    gate: CompiledGate, results: list[CheckResult], reason: str
) -> None:
    assert reason in refused(gate, collect(*results))


@pytest.mark.parametrize("exit_code", [2, 3, 4, 5, -1])
def test_an_exit_code_of_pytest_that_is_no_verdict_is_none(gate: CompiledGate, exit_code: int) -> None:
    collector = collect(result(A), result(B), exit_code=exit_code)
    assert refused(gate, collector) == message("pytest-exit-code", code=exit_code)


@pytest.mark.parametrize(("passes", "exit_code"), [(True, 1), (False, 0)])
def test_an_exit_code_that_disagrees_with_the_checks_is_no_verdict(
    gate: CompiledGate, passes: bool, exit_code: int
) -> None:
    collector = collect(result(A), result(B, passes=passes), exit_code=exit_code)
    assert refused(gate, collector) == message("other-exit-code", code=exit_code, expected=1 - exit_code)


def test_without_a_report_there_is_no_verdict(gate: CompiledGate) -> None:
    collector = EventCollector(lambda text: None)
    collector.on_check_result("GT", result(A))
    collector.on_check_result("GT", result(B))
    assert refused(gate, collector) == message("no-report")


@pytest.mark.parametrize("outcome", ["failed", "skipped", "xfailed", "xpassed", "error", "rerun", "warned"])
def test_a_pass_that_pytest_reports_as_something_else_is_no_verdict(gate: CompiledGate, outcome: str) -> None:
    tests = {f"{PATH}::{A}": report(result(A)), f"{PATH}::{B}": report(result(B), outcome)}
    collector = collect(result(A), result(B), tests=tests)
    assert refused(gate, collector) == message("other-outcome", check=B, own="passed", reported=outcome)


def test_a_failure_that_pytest_reports_as_passed_is_no_verdict(gate: CompiledGate) -> None:
    failed = result(B, passes=False)
    tests = {f"{PATH}::{A}": report(result(A)), f"{PATH}::{B}": report(failed, "passed")}
    told = refused(gate, collect(result(A), failed, tests=tests))
    assert told == message("other-outcome", check=B, own="failed", reported="passed")


@pytest.mark.parametrize("other", [None, {}, result(B, count=7).to_json()])
def test_a_row_in_the_report_that_is_not_the_checks_own_is_no_verdict(gate: CompiledGate, other: Any) -> None:
    tests = {f"{PATH}::{A}": report(result(A)), f"{PATH}::{B}": ReportedTest.from_row("passed", other)}
    assert refused(gate, collect(result(A), result(B), tests=tests)).startswith(f"{B}: ")


@pytest.mark.parametrize("collected", [0, 1, 3])
def test_a_report_that_counts_other_than_the_checks_is_no_verdict(gate: CompiledGate, collected: int) -> None:
    told = refused(gate, collect(result(A), result(B), collected=collected))
    assert told == message("other-count", collected=collected, reported=2, checks=2)


def test_a_report_with_a_test_of_somebody_elses_is_no_verdict(gate: CompiledGate) -> None:
    results = [result(A), result(B)]
    tests = {f"{PATH}::{each.id}": report(each) for each in results}
    collector = collect(*results, tests={**tests, "test_x.py::test_x": ReportedTest.from_row("passed", None)})
    assert refused(gate, collector) == message("other-count", collected=2, reported=3, checks=2)
