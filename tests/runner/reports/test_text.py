"""Plain text: what a log shows."""

import pytest

from gate_tests.errors import Exit
from runner.reports.ci_report import CiReport
from runner.reports.text import render
from tests.support.sample_report import CONTRACT, EMPTY, PASSED, RUN, SAMPLE, make_large_report


def test_a_pass_is_a_line_for_each_gate_and_part() -> None:
    assert render(PASSED).splitlines() == [
        f"PASS  G1 Research ({RUN}): 1 check",
        "lint    1 contract: no errors",
        "verify  1 run: no errors",
        "check   1 gate passed",
        "PASS: 1 gate passed, no errors",
    ]


def test_a_failure_shows_notes_then_findings_then_checks_with_their_reasons() -> None:
    lines = render(SAMPLE).splitlines()
    assert lines[0] == "note     compared with main (0123456789ab)"
    assert lines[1] == f"error    {CONTRACT}:41: unknown key 'mn', did you mean 'min'? [contract-error]"
    assert f"FAIL  G1 Research ({RUN}): 2 of 3 checks failed" in lines
    at = lines.index("  failed  src/tea/SOURCES.md: expected at least 8 sources, found 3")
    assert lines[at + 1] == f"    contract  {CONTRACT}:42"
    assert f"no verdict  G3 Build ({RUN}): the program of a check could not be started" in lines


def test_what_a_gate_s_own_line_says_is_no_finding_besides() -> None:
    assert render(SAMPLE).count("the program of a check could not be started") == 1


@pytest.mark.parametrize(
    ("report", "last"),
    [
        pytest.param(EMPTY, "OK: no gate was checked, no errors", id="nothing to check"),
        pytest.param(
            PASSED._replace(exit_code=Exit.DAMAGED), "FAIL (exit code 4): 1 gate passed, no errors", id="damaged"
        ),
        pytest.param(make_large_report(20), "FAIL: 1 of 1 gate failed, 20 errors", id="many"),
    ],
)
@pytest.mark.quick("*")
def test_the_last_line_is_the_result(report: CiReport, last: str) -> None:
    assert render(report).splitlines()[-1] == last


@pytest.mark.slow
def test_long_lists_are_cut_and_counted() -> None:
    text = render(make_large_report(1200))
    assert "\nand 200 more\n" in text
    assert "\n  and 1,100 more\n" in text
