import pytest

from gate_tests.parsers.sources import HEURISTIC_SCHEMA, Heuristic, count_sources


def count(text: str) -> tuple[int, int]:
    """By headings or URLs, and by the best of four ways."""
    return count_sources(text, Heuristic.HEADINGS_OR_URLS, 1000), count_sources(text, Heuristic.BEST_OF, 1000)


@pytest.mark.parametrize(
    ("text", "counts"),
    [
        pytest.param("", (0, 0), id="nothing"),
        pytest.param("### Source 1\n### source 2\n### Sources\n", (2, 2), id="headings"),
        pytest.param("## Source 1\n#### Source 2\n", (0, 0), id="of the third level only"),
        pytest.param("```\n### Source 1\n```\n", (0, 0), id="not in code"),
        pytest.param("### A title\n### References\n", (0, 1), id="other headings, sections aside"),
        pytest.param("http://a.example/x https://b.example HTTP://A.example/x", (3, 3), id="different URLs"),
        pytest.param("<http://a.example> [a](http://a.example) http://a.example", (1, 1), id="what ends a URL"),
        pytest.param("### Source 1\nhttp://a.example http://b.example", (1, 2), id="headings come before URLs"),
        pytest.param("- **URL**: x\n* **Source**: y\n- **Reference**: z\n", (0, 3), id="list entries"),
        pytest.param("- a bullet long enough\n- short\n", (0, 1), id="bullets of eleven characters"),
    ],
)
def test_sources_are_counted_by_a_heuristic(text: str, counts: tuple[int, int]) -> None:
    assert count(text) == counts


def test_a_contract_may_name_every_heuristic_and_the_default_is_one() -> None:
    assert HEURISTIC_SCHEMA["enum"] == [str(each) for each in Heuristic]
    assert HEURISTIC_SCHEMA["default"] in HEURISTIC_SCHEMA["enum"]
