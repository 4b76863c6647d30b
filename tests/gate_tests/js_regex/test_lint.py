import pytest

from gate_tests.js_regex.lint import explain_half_characters, explain_no_match, explain_slowness

DEFAULT_OPTIONS = [
    "Tier [1-4]",
    "import .*(d3|three|recharts|Canvas|useRef.*canvas|getContext)",
    r"width:\s*[`'\"]\$\{.*\}%[`'\"]",
    r">([^{<\"]*\\u[0-9a-fA-F]{4})",
    r"\bdelve\b|\btapestry\b",
    r"[\u{1F300}-\u{1F9FF}]",
    "^## .+$",
    "^$",
    r"a$\nb",
    "a|[]",
    "x*$",
]


@pytest.mark.parametrize("regex", DEFAULT_OPTIONS)
def test_an_ordinary_regex_may_match_and_shows_no_halves(regex: str) -> None:
    assert explain_no_match(regex) is None
    assert explain_half_characters(regex) is None


@pytest.mark.parametrize("regex", DEFAULT_OPTIONS[:8])
def test_an_ordinary_regex_is_not_slow(regex: str) -> None:
    assert explain_slowness(regex) is None


@pytest.mark.parametrize(
    ("regex", "reason"),
    [
        ("$a", "$ is followed by something that is not a line end"),
        ("x(a^b)+", "^ is preceded by something that is not a line end"),
        ("a[]|[]", "matches no character"),
        ("(?!)", "forbids every text"),
        (r"a\bb", r"\b is between letters"),
        (r"-\b ", r"\b is between no letters"),
        (r"a\r\nb", r"looks for \r\n, but line ends are read as \n"),
    ],
)
def test_why_a_regex_can_match_nothing_is_said(regex: str, reason: str) -> None:
    assert explain_no_match(regex) == reason


@pytest.mark.parametrize("regex", ["(a+)+$", "(a|a)*b", r"(\w|\d)+x", r"\s+$", r"^(?:[a-z]+\s?)+!"])
def test_a_regex_that_tries_the_same_again_and_again_is_slow(regex: str) -> None:
    assert "is slow: it takes more than linear time on a text that repeats" in (explain_slowness(regex) or "")


def test_a_character_of_two_halves_in_a_class_is_pointed_out() -> None:
    assert "two halves" in (explain_half_characters("[\U0001f680\U0001f389]") or "")
    assert explain_half_characters("\U0001f680") is None
