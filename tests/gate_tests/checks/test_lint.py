"""Lint warnings about the parameters of one check."""

import pytest

from gate_tests.checks.lint import lint_glob, lint_literal
from gate_tests.checks.regex_rule import lint_regex
from gate_tests.checks.rule import Rule
from gate_tests.checks.types.contains_headings import ContainsHeadings
from gate_tests.checks.types.contains_text import ContainsText
from gate_tests.checks.types.file_exists import FileExists
from gate_tests.checks.types.frontmatter_status.rule import FrontmatterStatus
from gate_tests.checks.types.max_regex_count import MaxRegexCount
from gate_tests.checks.types.min_file_count import MinFileCount
from gate_tests.checks.types.min_regex_count import MinRegexCount
from gate_tests.checks.types.min_sources import MinSources
from gate_tests.checks.types.quotes_resolve import QuotesResolve
from gate_tests.checks.types.regex_match import RegexMatch
from gate_tests.checks.types.word_count import WordCount
from gate_tests.js_regex.pattern import compile_pattern
from gate_tests.parsers.sources import Heuristic
from gate_tests.workspace.names import Depth

ONE, ANY = compile_pattern("a"), compile_pattern("a*")


def min_sources(threshold: float) -> MinSources:
    return MinSources(threshold, Depth.STANDARD, Heuristic.HEADINGS_OR_URLS)


def min_files(glob: str, threshold: float = 1) -> MinFileCount:
    return MinFileCount(glob, threshold, Depth.STANDARD)


@pytest.mark.parametrize("text", ["a\r\nb", "a\0b"])
def test_a_literal_that_no_text_contains_matches_nothing(text: str) -> None:
    (warning,) = lint_literal(text)
    assert (warning.topic, warning.keys) == ("matches-nothing", ())
    assert repr(text) in warning.message


def test_any_other_literal_is_fine() -> None:
    assert list(lint_literal("{a}\n[TODO]*")) == []


@pytest.mark.parametrize(
    ("glob", "named"),
    [
        pytest.param("*.{md,mdx}", "'*.{md,mdx}'", id="a choice of a shell"),
        pytest.param("a/[z-a]/b", "'[z-a]'", id="an empty class"),
        pytest.param("{slgu}/*.md", "'{slgu}'", id="a misspelt variable"),
    ],
)
def test_a_glob_that_finds_no_file_is_named(glob: str, named: str) -> None:
    warning = lint_glob(glob, "sources", 2)
    assert warning is not None
    assert (warning.topic, warning.keys) == ("matches-nothing", ("sources", 2))
    assert named in warning.message


@pytest.mark.parametrize("glob", ["*.md", "**/[ab]?.md", "{{double}}", "{{a,b}}", "a,b"])
def test_a_glob_that_may_find_files_is_fine(glob: str) -> None:
    assert lint_glob(glob, "pattern") is None


@pytest.mark.parametrize(
    ("regex", "topics"),
    [
        pytest.param("a", [], id="fine"),
        pytest.param("a$b", ["matches-nothing"], id="never matches"),
        pytest.param("[\U0001f375x]", ["half-characters"], id="halves"),
        pytest.param("(a|a)*b", ["slow-regex"], id="slow"),
    ],
)
def test_a_regex_has_the_warnings_of_its_key(regex: str, topics: list[str]) -> None:
    found = list(lint_regex(compile_pattern(regex), "url_pattern"))
    assert [warning.topic for warning in found] == topics
    assert all(warning.keys == ("url_pattern",) for warning in found)


@pytest.mark.parametrize(
    ("rule", "path", "topics"),
    [
        pytest.param(ContainsText(("fine", "a\r")), "a.md", ["matches-nothing"], id="text"),
        pytest.param(RegexMatch(compile_pattern("a$b"), 2, False), "a.md", ["matches-nothing"], id="regex"),
        pytest.param(FrontmatterStatus({"status": {"not": "FAIL"}}), "a.md", ["all-but-one"], id="all but one value"),
        pytest.param(FrontmatterStatus({"status": {"not": "FAIL", "min": 1}}), "a.md", [], id="a number besides"),
        pytest.param(ContainsHeadings(("####### Deep",)), "a.md", ["matches-nothing"], id="no heading of Markdown"),
        pytest.param(ContainsHeadings(("####### Deep",)), "a.txt", [], id="a substring of a text"),
        pytest.param(min_files("a.md", 2), "notes", ["matches-nothing"], id="two files of one name"),
        pytest.param(min_files("a.md", 1), "notes", [], id="one file of one name"),
        pytest.param(QuotesResolve(("a.md", "b.md"), 6, 1), "a.md", ["matches-nothing"], id="the report as its source"),
    ],
)
def test_a_rule_warns_about_its_own_parameters(rule: Rule, path: str, topics: list[str]) -> None:
    assert [warning.topic for warning in rule.lint(path)] == topics


@pytest.mark.parametrize(
    ("trivial", "demanding"),
    [
        pytest.param(min_sources(0), min_sources(1), id="min_sources"),
        pytest.param(min_files("*", 0), min_files("*", 1), id="min_file_count"),
        pytest.param(MinRegexCount(ONE, 2, 0), MinRegexCount(ONE, 2, 1), id="min_regex_count"),
        pytest.param(WordCount(0, None), WordCount(0, 9), id="word_count"),
        pytest.param(RegexMatch(ANY, 2, False), RegexMatch(ANY, 2, True), id="regex_match"),
    ],
)
def test_a_rule_says_why_every_file_passes(trivial: Rule, demanding: Rule) -> None:
    assert trivial.explain_triviality()
    assert demanding.explain_triviality() is None


def test_a_rule_without_lint_rules_has_no_warnings_and_no_mutations() -> None:
    rule = FileExists()
    assert (list(rule.lint("a.md")), list(rule.generate_mutations("", "a.md")), rule.explain_triviality()) == (
        [],
        [],
        None,
    )
    assert MaxRegexCount(ONE, 2, 1).explain_triviality() is None
