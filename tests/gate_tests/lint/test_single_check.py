from typing import Any

import pytest

from gate_tests.lint.findings import Topic
from gate_tests.lint.single_check import lint_check
from tests.support.checks import compiled
from tests.support.repository import Repository


def lint(repository: Repository, **check: Any) -> list[tuple[Topic, tuple[str | int, ...], str]]:
    """What there is to say of this check of a.md."""
    (bound,) = compiled(repository, validations=[{"target": "a.md", **check}]).checks
    return list(lint_check(bound))


@pytest.mark.parametrize("pattern", ["{Slug}-*.md", "{ slug }/*.md", "x{}.md"])
def test_a_misspelt_variable_in_a_glob_is_no_choice_of_a_shell(repository: Repository, pattern: str) -> None:
    ((topic, keys, message),) = lint(
        repository, type="min_file_count", target="a", pattern=pattern, thresholds={"default": 1}
    )
    assert (topic, keys) == (Topic.MATCHES_NOTHING, ("pattern",))
    assert message.endswith("stands for itself: what a pattern knows is *, ?, [...] and **")


def test_braces_with_a_comma_in_a_glob_are_a_choice_of_a_shell(repository: Repository) -> None:
    ((topic, _, message),) = lint(
        repository, type="min_file_count", target="a", pattern="*.{md,mdx}", thresholds={"default": 1}
    )
    assert topic is Topic.MATCHES_NOTHING
    assert "{a,b} is no choice here" in message
