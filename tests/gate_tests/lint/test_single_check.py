from typing import Any

import pytest

from gate_tests.lint.findings import WarningTopic
from gate_tests.lint.single_check import lint_check
from tests.support.checks import compiled
from tests.support.repository import Repository


def lint(repository: Repository, **check: Any) -> list[tuple[WarningTopic, tuple[str | int, ...], str]]:
    """What there is to say of this check of a.md."""
    (bound,) = compiled(repository, validations=[{"target": "a.md", **check}]).checks
    return list(lint_check(bound))


@pytest.mark.parametrize("pattern", ["{Slug}-*.md", "{ slug }/*.md", "x{}.md"])
def test_a_misspelt_variable_in_a_glob_is_no_choice_of_a_shell(repository: Repository, pattern: str) -> None:
    ((topic, keys, message),) = lint(
        repository, type="min_file_count", target="a", pattern=pattern, thresholds={"default": 1}
    )
    assert (topic, keys) == (WarningTopic.MATCHES_NOTHING, ("pattern",))
    assert message.endswith("is literal: a glob supports *, ?, [...] and **")


def test_braces_with_a_comma_in_a_glob_are_a_choice_of_a_shell(repository: Repository) -> None:
    ((topic, _, message),) = lint(
        repository, type="min_file_count", target="a", pattern="*.{md,mdx}", thresholds={"default": 1}
    )
    assert topic is WarningTopic.MATCHES_NOTHING
    assert "{a,b} is not supported" in message


def topics(repository: Repository, **check: Any) -> list[str]:
    return [str(topic) for topic, _, _ in lint(repository, **check)]


@pytest.mark.parametrize("target", ["{Slug}/a.md", "{ slug }.md", "{}.md"])
def test_a_target_is_a_literal_path(repository: Repository, target: str) -> None:
    assert topics(repository, type="file_exists", target=target) == ["matches-nothing"]


@pytest.mark.parametrize("target", ["[a].md", "{{project.name}}/a.md", "{slug}.md", "a.md"])
def test_other_signs_in_a_target_are_no_warning(repository: Repository, target: str) -> None:
    assert topics(repository, type="file_exists", target=target) == []


@pytest.mark.parametrize(
    ("regex", "expected"),
    [
        pytest.param("a+", [], id="ordinary"),
        pytest.param("$a", ["matches-nothing"], id="impossible"),
        pytest.param("[x\U0001f300]", ["half-characters"], id="half characters"),
        pytest.param("(a+)+!", ["slow-regex"], id="slow"),
    ],
)
def test_every_type_with_a_regex_is_linted_alike(repository: Repository, regex: str, expected: list[str]) -> None:
    assert topics(repository, type="regex_match", regex=regex) == expected
    assert topics(repository, type="min_regex_count", regex=regex) == expected
    assert topics(repository, type="max_regex_count", regex=regex, max_count=1) == expected
    assert topics(repository, type="url_reachable", url_pattern=regex) == expected


def test_variables_have_their_values_when_a_check_is_linted(repository: Repository) -> None:
    check = {"type": "min_file_count", "target": "a", "thresholds": {"default": 2}}
    assert topics(repository, **check, pattern="{slug}*.md") == []
    assert topics(repository, **check, pattern="{slug}.md") == ["matches-nothing"], "one file cannot be two"


@pytest.mark.parametrize("pattern", ["[z-a].md", "a/[z-a]/b.md"])
def test_a_glob_with_an_empty_class_matches_nothing(repository: Repository, pattern: str) -> None:
    ((topic, keys, _),) = lint(repository, type="quotes_resolve", sources=["b.md", pattern])
    assert (topic, keys) == (WarningTopic.MATCHES_NOTHING, ("sources", 1))


@pytest.mark.parametrize("text", ["a\r\nb", "a\0b"])
def test_a_text_that_no_file_contains_is_a_warning(repository: Repository, text: str) -> None:
    assert topics(repository, type="contains_text", patterns=["a", text]) == ["matches-nothing"]
    assert topics(repository, type="not_contains", pattern=text) == ["matches-nothing"]


@pytest.mark.parametrize(
    ("target", "heading", "expected"),
    [
        ("a.md", "###### six", []),
        ("a.MDX", "####### seven", ["matches-nothing"]),
        ("a.md", "# a\n# b", ["matches-nothing"]),
        ("a.txt", "####### seven", []),
    ],
)
def test_a_heading_of_markdown_is_one_line_of_at_most_six_levels(
    repository: Repository, target: str, heading: str, expected: list[str]
) -> None:
    assert topics(repository, type="contains_headings", target=target, required_headings=[heading]) == expected


@pytest.mark.parametrize(
    ("expected", "warned"), [({"not": "FAIL"}, ["all-but-one"]), ({"not": 0}, []), ({"not": "n/a", "min": 1}, [])]
)
def test_a_field_that_may_be_anything_but_a_word_is_a_warning(
    repository: Repository, expected: dict[str, Any], warned: list[str]
) -> None:
    assert topics(repository, type="frontmatter_status", checks={"verdict": expected}) == warned
