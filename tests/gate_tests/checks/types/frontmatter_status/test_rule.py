from typing import Any

import pytest

from gate_tests.checks.outcome import Outcome
from gate_tests.checks.types.frontmatter_status.rule import FrontmatterStatus
from gate_tests.errors import InvalidFile
from tests.support.checks import compiled
from tests.support.repository import Repository


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
        pytest.param({"one_of": ["PASS", "OK"]}, "a: OK", id="one of"),
        pytest.param({"one_of": [1, 2]}, "a: 2.0", id="one of numbers"),
        pytest.param({"one_of": ["a", True]}, "a: true", id="one of, a boolean"),
        pytest.param({"one_of": [1, 2, 3], "min": 2, "not": 3}, "a: 2", id="one of, not and at least"),
        pytest.param({"has": "tea"}, "a: [milk, tea]", id="list in brackets with an item"),
        pytest.param({"has": "tea"}, "a:\n- milk\n- 'tea'", id="list of lines with an item"),
        pytest.param({"has": 3}, "a: [x, {y: z}, 3.0]", id="list with a number"),
        pytest.param({"has": "tea", "not": "milk"}, "a: [tea, sugar]", id="list with one item and not another"),
        pytest.param("NO", "a: NO", id="Norway"),
        pytest.param("2024-01-02", "a: 2024-01-02", id="a date"),
        pytest.param("so it", "a: >\n  so\n  it", id="folded text"),
        pytest.param("PASS", "a: |\n  PASS\n", id="literal text"),
        pytest.param(
            "\u0645\u06cc\u200c\u062e", "a: \u0645\u06cc\u200c\u062e", id="a joiner that the contract has too"
        ),
        pytest.param({"not": "FAIL"}, "a: |\n  PASS\n  well", id="lines of text"),
        pytest.param({"min": 0.9}, "a: .95", id="number without a digit before the point"),
        pytest.param(9, "a: +9.", id="number with a sign, without a digit behind the point"),
        pytest.param("caf\u00e9", "a: cafe\u0301", id="text composed otherwise"),
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
        pytest.param({"one_of": ["PASS", "OK"]}, "a: ok", id="one of, another letter case"),
        pytest.param({"one_of": ["PASS", "OK"]}, "a: [OK]", id="one of, a list"),
        pytest.param({"one_of": ["", "null"]}, "a: null", id="one of, null"),
        pytest.param({"one_of": ["x"]}, "b: x", id="one of, no such field"),
        pytest.param({"one_of": [1, 3], "min": 2}, "a: 1", id="one of, too little"),
        pytest.param({"has": "tea"}, "a: [Tea, milk tea]", id="list without the item"),
        pytest.param({"has": "tea"}, "a: tea", id="no list"),
        pytest.param({"has": "tea"}, "a: {tea: 1}", id="mapping"),
        pytest.param({"has": "tea"}, "a: [[tea]]", id="list in a list"),
        pytest.param({"has": "tea"}, "a: []", id="empty list"),
        pytest.param({"has": "tea"}, "b: [tea]", id="no such list"),
        pytest.param({"has": "tea", "not": "milk"}, "a: [tea, milk]", id="list with the forbidden item"),
        pytest.param({"has": "tea", "not": "milk"}, "a: [tea, mi\u200blk]", id="list with the forbidden item, hidden"),
        pytest.param({"not": "FAIL"}, "a: [FAIL]", id="not text, in a list"),
        pytest.param({"not": "FAIL"}, "a: {b: c}", id="not text, a mapping"),
        pytest.param({"not": "FAIL"}, "a: FAIL\u200b", id="not text, with a hidden character"),
        pytest.param({"not": "FAIL"}, 'a: "FAIL\\u200b"', id="not text, with an escaped hidden character"),
        pytest.param({"not": "FAIL"}, 'a: "FAIL\\n"', id="not text, with a line end"),
        pytest.param({"not": "FAIL"}, 'a: "FAIL "', id="not text, with a blank"),
        pytest.param({"not": "FAIL"}, "a: >\n  FAIL\n", id="not text, folded"),
        pytest.param({"not": "FAIL"}, "a: PASS\u2028", id="a line separator"),
        pytest.param({"not": "FAIL"}, 'a: "  "', id="blanks in quotes"),
        pytest.param("PASS", "a: &x PASS", id="an anchor"),
        pytest.param("PASS", "b: &x PASS\na: *x", id="an alias"),
        pytest.param("PASS", "a: FAIL\na: PASS", id="twice"),
    ],
)
def test_a_field_that_does_not_agree_fails(wanted: Any, line: str) -> None:
    assert not header({"a": wanted}, line).holds


def test_of_the_header_only_what_the_contract_asks_for_is_recorded_and_what_does_not_agree() -> None:
    checks = {"status": "PASS", "score": {"min": 8}, "issues": {"not": 3, "min": 1}, "seal": {"not": "none"}}
    outcome = header(checks, "status: FAIL", "score: 9.0", "issues: 3", "api_key: s3cret")
    failures = [
        'status: expected "PASS", found "FAIL"',
        'issues: expected not 3 and at least 1, found "3"',
        'seal: expected not "none", found no such field',
    ]
    fields = {"status": "FAIL", "score": 9, "issues": 3}
    assert outcome.measured == {"checks": checks, "fields": fields, "failures": failures}
    assert outcome.found == "; ".join(failures)


def test_a_header_that_agrees_is_told() -> None:
    outcome = header({"status": "PASS"}, "status: PASS", "score: 7.95")
    assert outcome.found == "status: PASS"
    assert outcome.measured["fields"] == {"status": "PASS"}


@pytest.mark.parametrize(
    "line", ["api_key: *s3cret*", "- s3cret", "api_key:s3cret", "api_key: a\napi_key: s3cret", "api_key: a: s3cret"]
)
def test_why_a_header_cannot_be_read_is_said_without_its_values(line: str) -> None:
    outcome = header({"status": "PASS"}, "status: PASS", line)
    assert not outcome.holds
    assert "line " in outcome.found
    assert "s3cret" not in str(outcome)


@pytest.mark.parametrize(
    "line",
    [
        "tags: [a, b]", "tags:\n- a\n- b", "author: {name: x}", "author:\n  name: x", "summary: a long\n  sentence",
        "summary: >-\n  a\n\n  b", "title: \u0645\u06cc\u200c\u062e", "title: \U0001f468\u200d\U0001f469",
        "title: a\u00adb", "title: \u2764\ufe0f", "title: a\u2028b", "title: \x07", "'quoted key': 1", "? [a]\n: b",
        "x: {{ y }}", "x: !include y", "x: 'it''s'", "x:\ta", "null: ~", "<: >", "\u540d\u524d: x",
    ],
)  # fmt: skip
def test_what_another_field_holds_does_not_matter(line: str) -> None:
    assert header({"status": "PASS"}, line, "status: PASS").holds
    assert header({"status": "PASS"}, "status: PASS", line).holds


def test_a_header_of_toml_is_compared_alike() -> None:
    text = "+++\ntitle = 'x'\nscore = 8.50\nok = true\ntags = ['a', 'b']\nday = 2024-01-02\n[params]\nx = 1\n+++\n"
    checks = {"score": {"min": 8}, "ok": True, "tags": {"has": "b"}, "day": "2024-01-02"}
    outcome = FrontmatterStatus(checks).evaluate_text(text, "a.md")
    assert outcome.holds
    assert outcome.measured["fields"] == {"score": 8.5, "ok": "true", "tags": ["a", "b"], "day": "2024-01-02"}
    assert not FrontmatterStatus({"params": {"not": "x"}}).evaluate_text(text, "a.md").holds


def test_a_value_that_wants_quotes_is_shown_in_them_if_the_contract_asks_for_it() -> None:
    line = "title: Robots: a history"
    problem = "line 2 of the front matter is not YAML: the value of 'title' needs quotes, "
    assert header({"title": {"not": "x"}}, line).found == problem + 'title: "Robots: a history"'
    assert header({"status": "PASS"}, line).found == problem + 'title: "\u2026"'


def test_what_kind_of_value_was_found_is_said() -> None:
    checks = dict.fromkeys("abcd", "x")
    outcome = header(checks, "a: [1, b]", "b: {c: d}", "c: FA\u200bIL", "d:")
    assert outcome.measured["failures"] == [
        'a: expected "x", found the list ["1", "b"]',
        'b: expected "x", found a mapping',
        'c: expected "x", found "FA\u200bIL" with the hidden character \'\\u200b\'',
        'd: expected "x", found no value',
    ]
    assert outcome.measured["fields"] == {"a": [1, "b"], "b": None, "c": "FA\u200bIL", "d": ""}


@pytest.mark.parametrize(
    "text",
    [
        "---\na: 1\nstatus: PASS\n---\n", "---\nstatus: >\n  PASS\nb: 1\n---\n", '---\n"status": PASS\n---\n',
        "---\n{status: PASS}\n---\n", "+++\nstatus = 'PASS'\n+++\n",
        "---\na:\n  status: 1\nstatus: PASS\n...\nstatus: x\n",
    ],
)  # fmt: skip
def test_a_text_without_the_field_fails(text: str) -> None:
    rule = FrontmatterStatus({"status": "PASS"})
    assert rule.evaluate_text(text, "a.md").holds
    (mutation,) = rule.generate_mutations(text, "a.md")
    assert not rule.evaluate_text(mutation.text, "a.md").holds


@pytest.mark.parametrize(
    ("written", "problem"),
    [
        pytest.param({"has": "a", "one_of": ["a"]}, "`has` requires a list, `one_of` a single value", id="one_of"),
        pytest.param({"has": "a", "min": 1, "one_of": ["a"]}, "`min` and `one_of` a single value", id="min and one_of"),
        pytest.param({"one_of": []}, "one_of", id="one of nothing"),
        pytest.param(
            {"one_of": [1, "x"], "min": 2}, 'no value can be one of 1, "x" and at least 2', id="one of too little"
        ),
        pytest.param({"one_of": [[1]]}, "one_of", id="one of a list"),
        pytest.param({"has": ["a"]}, "has", id="a list of items"),
        pytest.param({"oneof": ["a"]}, "unknown key 'oneof', did you mean 'one_of'?", id="a misspelling"),
    ],
)
def test_what_no_value_can_meet_is_refused(written: Any, problem: str, repository: Repository) -> None:
    validation = {"type": "frontmatter_status", "target": "a.md", "checks": {"status": written}}
    with pytest.raises(InvalidFile) as refused:
        compiled(repository, validations=[validation])
    assert problem in str(refused.value)
    assert "validations[0].checks.status" in str(refused.value)


def test_without_a_header_nothing_is_recorded_of_it_and_the_reason_says_so() -> None:
    outcome = FrontmatterStatus({"status": {"not": "FAIL"}}).evaluate_text("# Status: PASS\n", "a.md")
    assert (outcome.holds, outcome.found) == (False, "no front matter (`---` on the first line)")
    assert outcome.measured == {"checks": {"status": {"not": "FAIL"}}, "fields": {}, "failures": []}


def test_the_wish_is_told_in_words() -> None:
    checks = {"status": {"not": "FAIL"}, "score": {"min": 8, "not": 9}, "ok": True, "kind": {"one_of": ["a", 1]}}
    wish = 'front matter with status: not "FAIL", score: not 9 and at least 8, ok: true, kind: one of "a", 1'
    assert FrontmatterStatus(checks).describe() == wish
    assert FrontmatterStatus({"tags": {"has": "a"}}).describe() == 'front matter with tags: a list with "a"'
