from typing import Any

import pytest

from gate_tests.compiler.gate import CompiledGate
from gate_tests.errors import NoVerdict
from gate_tests.isolated_pytest.events import EventCollector, Report, Reported
from gate_tests.isolated_pytest.verdict import verdicts
from tests.support.checks import compiled
from tests.support.messages import message
from tests.support.repository import Repository

PATH = "orchestration/gates/contracts/GT.contract.json"
A, B = "file_exists[a.md]", "file_exists[b.md]"


@pytest.fixture
def gate(repository: Repository) -> CompiledGate:
    """A gate that wants two files."""
    return compiled(repository, required_outputs={"all_of": [{"path": "a.md"}, {"path": "b.md"}]})


def row(check_id: str, *, passes: bool = True, **more: Any) -> dict[str, Any]:
    return {"id": check_id, "pass": passes, **({} if passes else {"reason": f"{check_id}: nothing there"}), **more}


def evidence(*rows: dict[str, Any], exit_code: int | None = None, **reported: Any) -> EventCollector:
    """What the checks say, and a report that says the same; but for what is given."""
    heard = EventCollector(lambda text: None)
    for each in rows:
        heard.finds("GT", each)
    tests = {
        f"{PATH}::{each['id']}": Reported.of("passed" if each["pass"] else "failed", each) for each in rows
    }  # as pytest-json-report has them: of two with one id, the last
    failed = any(not each["pass"] for each in rows)
    code = int(failed) if exit_code is None else exit_code
    heard.reports(Report(code, len(rows), tests, "9")._replace(**reported))
    return heard


def refused(gate: CompiledGate, heard: EventCollector) -> str:
    with pytest.raises(NoVerdict) as error:
        verdicts([gate], heard)
    return error.value.message


def evaluations(count: int, *missing: str) -> str:
    told = message("evaluations", gate="GT", count=count, checks=2)
    return told + (message("never-ran", checks=", ".join(missing)) if missing else "")


def test_every_check_once_and_passed_is_a_pass(gate: CompiledGate) -> None:
    (given,) = verdicts([gate], evidence(row(A), row(B)))
    assert (given.passed, given.failure_reason) == (True, None)


def test_one_that_failed_is_a_fail_with_its_reason(gate: CompiledGate) -> None:
    (given,) = verdicts([gate], evidence(row(A), row(B, passes=False)))
    assert (given.passed, given.failure_reason) == (False, f"{B}: nothing there")


def test_rows_stand_in_compiled_order_in_whatever_order_they_ran(gate: CompiledGate) -> None:
    (given,) = verdicts([gate], evidence(row(B), row(A)))
    assert [each["id"] for each in given.validations] == [A, B]


@pytest.mark.parametrize(
    ("rows", "reason"),
    [
        pytest.param([], evaluations(0, A, B), id="none"),
        pytest.param([row(A)], evaluations(1, B), id="one is missing"),
        pytest.param([row(A), row(A)], evaluations(2, B), id="one twice in place of another"),
        pytest.param([row(A), row(B), row(A)], evaluations(3), id="one twice"),
        pytest.param([row(A), row(B), row("file_exists[c.md]")], evaluations(3), id="a stranger"),
        pytest.param(
            [row(A), row("file_exists[c.md]")], message("never-ran", checks=B), id="a stranger in place of one"
        ),
        pytest.param([row(A), row(B, passes=False), row(B)], evaluations(3), id="failed, then passed"),
    ],
)
def test_the_checks_that_ran_are_the_checks_that_were_compiled(
    gate: CompiledGate, rows: list[dict[str, Any]], reason: str
) -> None:
    assert reason in refused(gate, evidence(*rows))


@pytest.mark.parametrize("exit_code", [2, 3, 4, 5, -1])
def test_an_exit_code_of_pytest_that_is_no_verdict_is_none(gate: CompiledGate, exit_code: int) -> None:
    heard = evidence(row(A), row(B), exit_code=exit_code)
    assert refused(gate, heard) == message("pytest-exit-code", code=exit_code)


@pytest.mark.parametrize(("passes", "exit_code"), [(True, 1), (False, 0)])
def test_an_exit_code_that_disagrees_with_the_checks_is_no_verdict(
    gate: CompiledGate, passes: bool, exit_code: int
) -> None:
    heard = evidence(row(A), row(B, passes=passes), exit_code=exit_code)
    assert refused(gate, heard) == message("other-exit-code", code=exit_code, expected=1 - exit_code)


def test_without_a_report_there_is_no_verdict(gate: CompiledGate) -> None:
    heard = EventCollector(lambda text: None)
    heard.finds("GT", row(A))
    heard.finds("GT", row(B))
    assert refused(gate, heard) == message("no-report")


@pytest.mark.parametrize("outcome", ["failed", "skipped", "xfailed", "xpassed", "error", "rerun", "warned"])
def test_a_pass_that_pytest_reports_as_something_else_is_no_verdict(gate: CompiledGate, outcome: str) -> None:
    tests = {f"{PATH}::{A}": Reported.of("passed", row(A)), f"{PATH}::{B}": Reported.of(outcome, row(B))}
    heard = evidence(row(A), row(B), tests=tests)
    assert refused(gate, heard) == message("other-outcome", check=B, own="passed", reported=outcome)


def test_a_failure_that_pytest_reports_as_passed_is_no_verdict(gate: CompiledGate) -> None:
    failed = row(B, passes=False)
    tests = {f"{PATH}::{A}": Reported.of("passed", row(A)), f"{PATH}::{B}": Reported.of("passed", failed)}
    told = refused(gate, evidence(row(A), failed, tests=tests))
    assert told == message("other-outcome", check=B, own="failed", reported="passed")


@pytest.mark.parametrize("other", [None, {}, row(B, count=7)])
def test_a_row_in_the_report_that_is_not_the_checks_own_is_no_verdict(gate: CompiledGate, other: Any) -> None:
    tests = {f"{PATH}::{A}": Reported.of("passed", row(A)), f"{PATH}::{B}": Reported.of("passed", other)}
    assert refused(gate, evidence(row(A), row(B), tests=tests)).startswith(f"{B}: ")


@pytest.mark.parametrize("collected", [0, 1, 3])
def test_a_report_that_counts_other_than_the_checks_is_no_verdict(gate: CompiledGate, collected: int) -> None:
    told = refused(gate, evidence(row(A), row(B), collected=collected))
    assert told == message("other-count", collected=collected, reported=2, checks=2)


def test_a_report_with_a_test_of_somebody_elses_is_no_verdict(gate: CompiledGate) -> None:
    rows = [row(A), row(B)]
    tests = {f"{PATH}::{each['id']}": Reported.of("passed", each) for each in rows}
    heard = evidence(*rows, tests={**tests, "test_x.py::test_x": Reported.of("passed", None)})
    assert refused(gate, heard) == message("other-count", collected=2, reported=3, checks=2)
