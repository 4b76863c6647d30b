import pytest

from gate_tests.js_regex.pattern import compile_pattern
from gate_tests.js_regex.samples import generate_matches


@pytest.mark.parametrize(
    ("regex", "texts"),
    [
        pytest.param("TODO", ["TODO"], id="a word"),
        pytest.param(r"delve|tap(?:e)stry|\d{3}", ["delve", "tapestry", "111"], id="one for each branch"),
        pytest.param("[^a]x?", ["1x"], id="a preferred character that is in the class"),
        pytest.param("a{0}b", ["b"], id="what is repeated no times"),
        pytest.param("^#+ .+$", ["# a"], id="assertions match the empty string"),
        pytest.param(r"\s+", [], id="blank texts are left out"),
        pytest.param("$a|b", ["b"], id="so are those that turn out not to match"),
    ],
)
def test_a_text_is_generated_for_each_branch(regex: str, texts: list[str]) -> None:
    assert list(generate_matches(compile_pattern(regex), 1)) == texts


@pytest.mark.parametrize("regex", ["[\u4e00-\u9fff]+", r"\p{Lu}\p{Ll}*", "(?<=a)b", "[\\u{1F300}-\\u{1F5FF}]"])
def test_what_is_generated_matches(regex: str) -> None:
    pattern = compile_pattern(regex)
    for text in generate_matches(pattern, 1):
        assert next(pattern.starts(text, 1), None) is not None
