import re
from types import SimpleNamespace
from typing import Any, cast

import pytest

from gate_tests.checks.types.max_regex_count import MaxRegexCount
from gate_tests.checks.types.min_regex_count import MinRegexCount
from gate_tests.checks.types.regex_match import RegexMatch
from gate_tests.contract import Severity, Validation
from gate_tests.js_regex.pattern import compile_pattern
from tests.support.limited_memory import LINUX_ONLY, run_with_little_memory
from tests.support.messages import message

SLOW, SLOW_TEXT = "(a+)+$", "a" * 20_000 + "!"


def match(regex: str, text: str, must_not_match: bool = False, limit_s: float = 2) -> Any:
    return RegexMatch(compile_pattern(regex), limit_s, must_not_match).evaluate_text(text, "a.md")


@pytest.mark.parametrize(
    ("text", "forbidden", "holds", "found"),
    [
        pytest.param("Tier 0", False, False, "no match", id="wanted, none"),
        pytest.param("\n\nTier 1 Tier 2", False, True, "a match on line 3", id="wanted, there"),
        pytest.param("Tier 0", True, True, "no match", id="forbidden, none"),
        pytest.param("\U0001f600\nTier 1", True, False, "1 match on line 2", id="forbidden, there"),
    ],
)
def test_a_regex_matches_or_must_not(text: str, forbidden: bool, holds: bool, found: str) -> None:
    outcome = match("Tier [1-4]", text, forbidden)
    assert (outcome.holds, outcome.found) == (holds, found)
    matched = found != "no match"
    assert outcome.measured == {"regex": "Tier [1-4]", "must_not_match": forbidden, "matched": matched}


@pytest.mark.parametrize(
    ("text", "least_holds", "most_holds", "found"),
    [
        pytest.param("a", False, True, "1 match on line 1", id="fewer"),
        pytest.param("aaaaa", True, True, "2 matches on line 1", id="just as many, which do not overlap"),
        pytest.param("aa\n\naa aa", True, False, "3 matches on lines 1, 3", id="more"),
    ],
)
def test_matches_are_counted(text: str, least_holds: bool, most_holds: bool, found: str) -> None:
    compiled = compile_pattern("aa|^a$")
    least = MinRegexCount(compiled, 2, 2).evaluate_text(text, "a.md")
    most = MaxRegexCount(compiled, 2, 2).evaluate_text(text, "a.md")
    assert (least.holds, most.holds, least.found, most.found) == (least_holds, most_holds, found, found)
    count = int(found.split()[0])
    assert least.measured == {"regex": "aa|^a$", "min_count": 2, "actual_count": count}
    assert most.measured == {"regex": "aa|^a$", "max_count": 2, "actual_count": count}


def test_none_may_be_wanted() -> None:
    assert MinRegexCount(compile_pattern("x"), 2, 0).evaluate_text("", "a.md").holds
    assert not MaxRegexCount(compile_pattern("x"), 2, 0).evaluate_text("x", "a.md").holds


def test_what_is_wanted_is_said_as_it_was_written() -> None:
    compiled = compile_pattern(r"\bx\b")
    assert RegexMatch(compiled, 2, False).describe() == r"a match of /\bx\b/"
    assert RegexMatch(compiled, 2, True).describe() == r"no match of /\bx\b/"
    assert MinRegexCount(compiled, 2, 1).describe() == r"at least 1 match of /\bx\b/"
    assert MaxRegexCount(compiled, 2, 3).describe() == r"at most 3 matches of /\bx\b/"


def test_a_regex_that_runs_too_long_fails_even_where_it_must_not_match() -> None:
    outcome = match(SLOW, SLOW_TEXT, must_not_match=True, limit_s=0.05)
    assert not outcome.holds
    assert outcome.found == "the regex timed out after 0.05 s (limits.regex_s)"
    assert outcome.measured["matched"] is None
    for rule in (MinRegexCount(compile_pattern(SLOW), 0.05, 0), MaxRegexCount(compile_pattern(SLOW), 0.05, 9)):
        counted = rule.evaluate_text(SLOW_TEXT, "a.md")
        assert (counted.holds, counted.measured["actual_count"]) == (False, None)


COMPILE_WITH_LITTLE_MEMORY = """
from gate_tests.checks.types.regex_match import RegexMatch
from gate_tests.js_regex.pattern import compile_pattern

for regex in (r"(?:a{1000}){1000}", "a"):
    outcome = RegexMatch(compile_pattern(regex), 2, must_not_match=True).evaluate_text("b", "a.md")
    print(outcome.holds, outcome.found)
"""


@LINUX_ONLY
def test_a_regex_that_takes_too_much_memory_to_be_compiled_fails_and_the_next_one_is_matched() -> None:
    lines = run_with_little_memory(COMPILE_WITH_LITTLE_MEMORY)
    assert lines == [f"False {message('regex-too-much-memory')}", "True no match"]


def test_what_was_found_until_the_time_was_over_is_told() -> None:
    text = "a\n" * 2_000_000
    forbidden = match("a", text, must_not_match=True, limit_s=0.01)
    assert not forbidden.holds
    assert forbidden.measured["matched"] is True
    assert re.fullmatch(r"at least \d+ matches on lines 1, 2, 3, 4, 5, 6, 7, 8, 9, 10 and \d+ more", forbidden.found)
    counted = MaxRegexCount(compile_pattern("a"), 0.01, 3).evaluate_text(text, "a.md")
    assert not counted.holds
    assert counted.measured["actual_count"] is None
    assert "(limits.regex_s), with " in counted.found


def test_flags_are_part_of_what_is_wanted_and_looked_for() -> None:
    compiled = compile_pattern("to.do", "is")
    assert RegexMatch(compiled, 2, True).evaluate_text("\nTO\nDO", "a.md").found == "1 match on line 2"
    assert RegexMatch(compiled, 2, True).describe() == "no match of /to.do/is"
    assert MinRegexCount(compiled, 2, 1).evaluate_text("to do TO\nDO", "a.md").measured["actual_count"] == 2
    assert MaxRegexCount(compiled, 2, 0).describe() == "no match of /to.do/is"


def bind(rule: Any, **keys: Any) -> Any:
    scope = SimpleNamespace(
        limits=SimpleNamespace(regex_s=2),
        regex=lambda template, validation, *keys: template,
        make_error=lambda validation, message, *keys: ValueError(f"{keys}: {message}"),
    )
    validation = Validation("a_regex_rule", {"target": "a.md", **keys}, "", Severity.ERROR, False, ())
    return rule.bind(validation, cast("Any", scope))


def test_the_parameters_have_their_defaults() -> None:
    assert bind(RegexMatch, regex="x") == RegexMatch(compile_pattern("x"), 2, False)
    assert bind(MinRegexCount, regex="x") == MinRegexCount(compile_pattern("x"), 2, 1)
    assert bind(MaxRegexCount, regex="x", max_count=0) == MaxRegexCount(compile_pattern("x"), 2, 0)


@pytest.mark.parametrize("rule", [RegexMatch, MinRegexCount, MaxRegexCount])
def test_every_regex_type_takes_flags(rule: Any) -> None:
    assert bind(rule, regex="x", max_count=1, flags="si").pattern == compile_pattern("x", "si")
    assert bind(rule, regex="x", max_count=1, flags="").pattern == compile_pattern("x")


@pytest.mark.quick("*")
@pytest.mark.parametrize(
    ("flags", "fault"),
    [
        pytest.param("x", "unknown flag 'x' (known: i, s; g and m are always on", id="unknown"),
        pytest.param("gi", "unknown flag 'g'", id="one that is always on"),
        pytest.param("I", "unknown flag 'I'", id="in upper case"),
        pytest.param("isi", "duplicate flag 'i'", id="twice"),
    ],
)
def test_other_flags_are_refused(flags: str, fault: str) -> None:
    with pytest.raises(ValueError, match=re.escape(f"('flags',): {fault}")):
        bind(RegexMatch, regex="x", flags=flags)


def test_a_bad_regex_is_refused_when_it_is_bound() -> None:
    with pytest.raises(ValueError, match=r"\('regex',\): invalid regex: nothing to repeat at offset 2"):
        bind(RegexMatch, regex="a++")


def test_a_least_number_of_matches_of_the_empty_text_is_refused() -> None:
    with pytest.raises(ValueError, match="matches the empty text"):
        bind(MinRegexCount, regex="a*")
    assert bind(MaxRegexCount, regex="^", max_count=200)
