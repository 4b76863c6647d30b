from typing import Any

import pytest

from gate_tests.checks.outcome import Outcome
from gate_tests.checks.types.frontmatter_status import FrontmatterStatus


def header(checks: dict[str, Any], *lines: str) -> Outcome:
    return FrontmatterStatus(checks).evaluate_text("\n".join(("---", *lines, "---", "body", "")), "a.md")


@pytest.mark.parametrize(
    ("wanted", "line"),
    [
        pytest.param("PASS", "a: PASS", id="text"),
        pytest.param("PASS", 'a: "PASS"', id="text in quotes"),
        pytest.param("true", "a: true", id="text that is a boolean"),
        pytest.param("007", "a: 007", id="text that is a number"),
        pytest.param(7, "a: 007", id="number with leading zeros"),
        pytest.param(3, "a: 3", id="number"),
        pytest.param(3, "a: 3.0", id="number, written otherwise"),
        pytest.param(-1.5, "a: -1.5", id="negative number"),
        pytest.param(True, "a: true", id="true"),
        pytest.param(False, "a: False", id="false"),
        pytest.param({"not": "FAIL"}, "a: PASS", id="not text"),
        pytest.param({"not": 5}, "a: 4", id="not number"),
        pytest.param({"min": 8}, "a: 8.0", id="just enough"),
        pytest.param({"min": 0}, "a: 3", id="at least none"),
        pytest.param({"not": 5, "min": 3}, "a: 4", id="both"),
    ],
)
def test_a_field_that_agrees_passes(wanted: Any, line: str) -> None:
    assert header({"a": wanted}, line).holds


@pytest.mark.parametrize(
    ("wanted", "line"),
    [
        pytest.param("PASS", "a: FAIL", id="another text"),
        pytest.param("PASS", "a: pass", id="another letter case"),
        pytest.param("PASS", "A: PASS", id="a key in another letter case"),
        pytest.param(1, "a: true", id="a boolean is no number"),
        pytest.param(True, "a: 1", id="a number is no boolean"),
        pytest.param({"not": "FAIL"}, "a: FAIL", id="not text"),
        pytest.param({"not": "FAIL"}, 'a: "FAIL"', id="not text, in quotes"),
        pytest.param({"not": "FAIL"}, "a: FAIL # no", id="not text, with a comment"),
        pytest.param({"not": "3"}, "a: 3", id="not text that is a number"),
        pytest.param({"not": 3}, 'a: "3.0"', id="not number, in quotes"),
        pytest.param({"not": True}, "a: TRUE", id="not true"),
        pytest.param({"not": "FAIL"}, "a:", id="no value"),
        pytest.param({"not": "FAIL"}, "a: null", id="null"),
        pytest.param({"not": "FAIL"}, 'a: ""', id="empty quotes"),
        pytest.param({"not": "FAIL"}, "b: x", id="no such field, negative"),
        pytest.param({"min": 0}, "b: x", id="no such field, at least"),
        pytest.param("x", "b: x", id="no such field"),
        pytest.param({"min": 8}, "a: 7.95", id="too little"),
        pytest.param({"min": 1}, "a: ten", id="no number"),
        pytest.param({"min": 1}, "a: 9/10", id="something like a number"),
        pytest.param({"min": 1}, "a: \u0663", id="digits of another script"),
        pytest.param({"min": 1}, "a: 9e9", id="an exponent"),
        pytest.param({"min": 1}, "a: " + "9" * 5000, id="more digits than a number has"),
        pytest.param({"min": 1}, "a: Infinity", id="infinite"),
        pytest.param({"not": 5, "min": 3}, "a: 1", id="both, too little"),
        pytest.param({"not": 5, "min": 3}, "a: 5", id="both, the forbidden"),
    ],
)
def test_a_field_that_does_not_agree_fails(wanted: Any, line: str) -> None:
    assert not header({"a": wanted}, line).holds


def test_of_the_header_only_what_the_contract_asks_for_is_recorded_and_what_does_not_agree() -> None:
    checks = {"status": "PASS", "score": {"min": 8}, "issues": {"not": 3, "min": 1}, "seal": {"not": "none"}}
    outcome = header(checks, "status: FAIL", "score: 9.0", "issues: 3", "api_key: s3cret")
    failures = [
        'status: wanted "PASS", found "FAIL"',
        'issues: wanted not 3 and at least 1, found "3"',
        'seal: wanted not "none", found no such field',
    ]
    fields = {"status": "FAIL", "score": 9, "issues": 3}
    assert outcome.measured == {"checks": checks, "fields": fields, "failures": failures}
    assert outcome.found == "; ".join(failures)


def test_a_header_that_agrees_is_told() -> None:
    outcome = header({"status": "PASS"}, "status: PASS", "score: 7.95")
    assert outcome.found == "status: PASS"
    assert outcome.measured["fields"] == {"status": "PASS"}


@pytest.mark.parametrize("line", ["api_key: [s3cret]", "  s3cret", "api_key:s3cret", "api_key: a\napi_key: s3cret"])
def test_why_a_header_cannot_be_read_is_said_without_its_values(line: str) -> None:
    outcome = header({"status": "PASS"}, "status: PASS", line)
    assert not outcome.holds
    assert "line " in outcome.found
    assert "s3cret" not in str(outcome)


def test_without_a_header_nothing_is_recorded_of_it_and_the_reason_says_so() -> None:
    outcome = FrontmatterStatus({"status": {"not": "FAIL"}}).evaluate_text("# Status: PASS\n", "a.md")
    assert (outcome.holds, outcome.found) == (False, "no front matter (`---` on the first line)")
    assert outcome.measured == {"checks": {"status": {"not": "FAIL"}}, "fields": {}, "failures": []}


def test_the_wish_is_told_in_words() -> None:
    rule = FrontmatterStatus({"status": {"not": "FAIL"}, "score": {"min": 8, "not": 9}, "ok": True})
    assert rule.describe() == 'front matter with status: not "FAIL", score: not 9 and at least 8, ok: true'
