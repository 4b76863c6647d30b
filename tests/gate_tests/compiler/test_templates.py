import pytest

from gate_tests.compiler.templates import UnknownVariable, expand
from tests.support.messages import meant, message

VALUES = {"slug": "the-word-robot", "artifact_path": "out/[slug]", "run_2": "{slug}"}


@pytest.mark.parametrize(
    ("template", "text"),
    [
        pytest.param("no variable", "no variable", id="none"),
        pytest.param("{artifact_path}/{slug}.md", "out/[slug]/the-word-robot.md", id="two"),
        pytest.param("{slug}{slug}", "the-word-robotthe-word-robot", id="the same twice"),
        pytest.param("{run_2}", "{slug}", id="a value that looks like a variable is not replaced again"),
        pytest.param("{{slug}}", "{the-word-robot}", id="braces around it stay"),
        pytest.param("{Slug} {2slug} {} {a-b} {2} { slug }", "{Slug} {2slug} {} {a-b} {2} { slug }", id="no variables"),
        pytest.param("{slug", "{slug", id="no closing brace"),
        pytest.param(r"\{slug}", r"\the-word-robot", id="there is no escape"),
    ],
)
def test_variables_are_replaced_once_and_literally(template: str, text: str) -> None:
    assert expand(template, VALUES) == text


@pytest.mark.parametrize(
    ("template", "variable", "hint"),
    [
        pytest.param("{slgu}", "slgu", meant("slug"), id="slip"),
        pytest.param("{x}", "x", message("known", names="slug, artifact_path, run_2"), id="far off"),
        pytest.param("{slug}/{x}", "x", message("known", names="slug, artifact_path, run_2"), id="the second"),
    ],
)
def test_an_unknown_variable_is_an_error_that_says_what_is_known(template: str, variable: str, hint: str) -> None:
    with pytest.raises(UnknownVariable) as unknown:
        expand(template, VALUES)
    assert str(unknown.value) == message("unknown-variable", variable=variable) + hint
