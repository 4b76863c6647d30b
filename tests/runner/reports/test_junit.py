"""JUnit XML: what a reader finds of gates, checks, attempts, warnings and findings."""

from xml.etree import ElementTree

import pytest

from gate_tests.checks.result import CheckStatus
from gate_tests.errors import Exit
from runner.reports.ci_report import CiReport
from runner.reports.junit import render
from tests.support.sample_report import CONTRACT, FAILED, RUN, SAMPLE, make_check, make_gate, make_report


@pytest.fixture(scope="module")
def sample() -> ElementTree.Element:
    return ElementTree.fromstring(render(SAMPLE))


def find_case(root: ElementTree.Element, classname: str, name: str) -> ElementTree.Element:
    return next(
        case for case in root.iter("testcase") if (case.get("classname"), case.get("name")) == (classname, name)
    )


def read(report: CiReport) -> ElementTree.Element:
    return ElementTree.fromstring(render(report))


def test_there_is_a_suite_for_each_part_and_each_gate(sample: ElementTree.Element) -> None:
    assert [suite.get("name") for suite in sample] == [
        "orch.lint",
        "orch.verify",
        f"{RUN}.G1",
        f"{RUN}.G2",
        f"{RUN}.G3",
    ]
    assert (sample.get("tests"), sample.get("failures"), sample.get("errors")) == ("8", "4", "1")


def test_a_failed_check_has_the_reason_and_what_was_expected_and_found(sample: ElementTree.Element) -> None:
    failure = find_case(sample, f"{RUN}.G1", "min_sources[2]").find("failure")
    assert failure is not None
    assert failure.get("type") == "min_sources"
    assert failure.get("message") == FAILED.result.reason
    assert str(failure.text).splitlines() == [
        "expected  at least 8 sources",
        "found     3 (2 distinct headings)",
        "because   A claim needs sources",
        "artifact  src/tea/SOURCES.md:7",
        f"contract  {CONTRACT}:42",
    ]


@pytest.mark.parametrize("name", ["yaml", "symbol", "date", "file", "array"])
@pytest.mark.quick("*")
def test_a_check_type_of_a_package_is_none_that_rails_converts(name: str) -> None:
    """GitLab's reader refuses a file that has `yaml` or `symbol`, and reads the text of others as a date or number."""
    (failure,) = read(make_report(make_gate(make_check(CheckStatus.FAILED, type=name)))).iter("failure")
    assert failure.get("type") == f"{name} check"


def test_a_warned_check_has_passed_and_says_why_it_warned(sample: ElementTree.Element) -> None:
    case = find_case(sample, f"{RUN}.G2", "min_sources[2]")
    lines = str(case.findtext("system-out")).splitlines()
    assert case.find("failure") is None
    assert lines[:3] == ["severity: warning", "status: warned", f"reason: {FAILED.result.reason}"]


def test_what_was_measured_is_in_the_output_of_each_check(sample: ElementTree.Element) -> None:
    lines = str(find_case(sample, f"{RUN}.G1", "min_sources[1]").findtext("system-out")).splitlines()
    assert lines == ["severity: error", "status: passed", "count: 3", "min: 8", 'headings: ["A", "B"]']


def test_a_gate_has_its_run_result_attempts_and_warnings_as_properties(sample: ElementTree.Element) -> None:
    properties = [(each.get("name"), each.get("value")) for each in sample[3].iter("property")]
    assert properties == [
        ("run", RUN),
        ("gate", "G2"),
        ("name", "Synthesis"),
        ("result", "PASS"),
        ("attempts", "2"),
        ("warned", "min_sources[2]"),
    ]
    assert sample[3].get("file") == f"services/essays/{CONTRACT}"


def test_a_gate_without_a_verdict_is_an_error(sample: ElementTree.Element) -> None:
    error = find_case(sample, f"{RUN}.G3", "verdict").find("error")
    assert error is not None
    assert error.get("message") == "the program of a check could not be started"


def test_a_gate_that_fails_for_another_reason_than_a_check_is_a_failure() -> None:
    gate = make_gate(make_check(), exit_code=Exit.FAIL, problem="the record was changed")
    assert [each.get("message") for each in read(make_report(gate)).iter("failure")] == ["the record was changed"]


def test_errors_and_warnings_of_a_contract_are_those_of_its_test(sample: ElementTree.Element) -> None:
    case = find_case(sample, "orch.lint", CONTRACT)
    assert "unknown key 'mn', did you mean 'min'? [contract-error]" in str(case.findtext("failure"))
    assert "the output is only required to exist [only-existence]" in str(case.findtext("system-out"))


def test_no_two_tests_have_the_same_name(sample: ElementTree.Element) -> None:
    names = [(case.get("classname"), case.get("name")) for case in sample.iter("testcase")]
    assert len(set(names)) == len(names)


def test_names_that_are_the_same_once_they_are_cut_get_a_number() -> None:
    checks = [make_check(id=f"word_count[{'x' * 600}/{name}.md]") for name in "abc"]
    suite = read(make_report(make_gate(*checks)))[-1]
    names = [case.get("name", "") for case in suite.iter("testcase")]
    assert len({*names}) == 3
    assert [name[-4:] for name in names[1:]] == [" (2)", " (3)"]


def test_long_texts_get_shorter_the_more_there_are() -> None:
    long = make_check(description="x" * 10_000, measured={"rows": ["y" * 10_000]})
    one = len(render(make_report(make_gate(long))))
    assert one < 10_000
