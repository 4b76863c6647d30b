import subprocess
import sys
from typing import Final

import pytest

from gate_tests.parsers.sources import HEURISTIC_SCHEMA, Heuristic, count_sources, explain_count

TEXT: Final = "The text of a source.\n\n"


def count(text: str, path: str = "a.md") -> tuple[int, int]:
    """By headings or URLs, and by the best of four ways."""
    return (
        count_sources(text, path, Heuristic.HEADINGS_OR_URLS, 10_000),
        count_sources(text, path, Heuristic.BEST_OF, 10_000),
    )


def explain(text: str, heuristic: Heuristic = Heuristic.HEADINGS_OR_URLS) -> str:
    return explain_count(text, "a.md", heuristic, 10_000)


@pytest.mark.quick("*")
@pytest.mark.parametrize(
    ("text", "counts"),
    [
        pytest.param("", (0, 0), id="nothing"),
        pytest.param("### Source 1\n### source 2\n### Sources\n", (2, 2), id="headings"),
        pytest.param("## Source 1\n#### Source 2\n", (0, 0), id="of the third level only"),
        pytest.param("```\n### Source 1\n```\n", (0, 0), id="not in code"),
        pytest.param("### A title\n### References\n", (0, 1), id="other headings, sections aside"),
        pytest.param("http://a.example/x https://b.example HTTP://A.example/x", (2, 2), id="different URLs"),
        pytest.param("<http://a.example> [a](http://a.example) http://a.example", (1, 1), id="one URL in many ways"),
        pytest.param("### Source 1\nhttp://a.example http://b.example", (1, 2), id="headings come before URLs"),
        pytest.param("- **URL**: x\n* **Source**: y\n- **Reference**: z\n", (0, 3), id="list entries"),
        pytest.param("- **URL:** x\n- **Source:** y\n", (0, 2), id="list entries with the colon inside"),
        pytest.param("- a bullet long enough\n- short\n", (0, 1), id="bullets of eleven characters"),
        pytest.param("```\n- a bullet long enough\n```\n", (0, 0), id="no bullets in code"),
        pytest.param("<!--\n- a bullet long enough\n-->\n- a <!-- long comment -->\n", (0, 0), id="nor in comments"),
    ],
)
def test_sources_are_counted_by_a_heuristic(text: str, counts: tuple[int, int]) -> None:
    assert count(text) == counts


@pytest.mark.quick("*")
@pytest.mark.parametrize(
    ("text", "sources"),
    [
        pytest.param("### Source 1\n\n" * 8, 1, id="eight times, no text"),
        pytest.param(("### Source\n\n" + TEXT) * 8, 1, id="eight times, the same text"),
        pytest.param(("### Source\n\n" + TEXT) * 7 + "### Source\n", 1, id="once without the text"),
        pytest.param("".join(f"### Source\n\nText {n}.\n\n" for n in range(8)), 8, id="eight texts"),
        pytest.param("".join(f"### Source\n\n[x](x:{n})\n\n" for n in "1234"), 4, id="targets"),
        pytest.param("".join(f"### Source\n\n<!-- {n} -->\n\n" for n in range(8)), 1, id="eight comments"),
        pytest.param("### Source 1\n### SOURCE 1:\n### **Source** 1.\n", 1, id="case, marks and punctuation"),
        pytest.param("### Source 1.1\n### Source 11\n", 2, id="other numbers"),
        pytest.param("### Source\n#### A\n### Source\n#### B\n", 2, id="headings of a lower level are text below"),
        pytest.param("### Source\n## A\n### Source\n## B\n", 1, id="those of a higher level are not"),
    ],
)
def test_equal_headings_count_once_unless_the_text_below_them_differs(text: str, sources: int) -> None:
    assert count(text)[0] == sources
    assert count(text, "a.txt")[0] == (8 if "<!--" in text else sources)


@pytest.mark.quick("*")
@pytest.mark.parametrize(
    ("title", "is_source"),
    [
        *((title, True) for title in ("Source", "Source 1", "Source: A", "Source #1", "Source (A)",
          "Source\u2014A", "Source I", "Source IV: A", "Source [1](b)", "Source_2", "Source \u2160", "Source\uff1a")),
        *((title, False) for title in ("Source Gaps Noted", "Sources", "Source code", "Source I read", "Sourcebook",
          "A source", "Source's words", "Source\u00e9")),
    ],
)  # fmt: skip
def test_a_heading_names_a_source_if_nothing_a_number_or_punctuation_follows(title: str, is_source: bool) -> None:
    assert count(f"### {title}\n")[0] == is_source


@pytest.mark.quick("*")
@pytest.mark.parametrize(
    "text",
    [
        "http://a.example/b https://www.a.example/b/ http://A.example/b#c [x](http://a.example/b).",
        '<a href="https://a.example/?b=1&amp;c=2">https://a.example/?b=1&amp;c=2</a>',
        "doi:10.1000/x 10.1000/X https://doi.org/10.1000/x [x](http://dx.doi.org/10.1000/x) doi.org/10.1000/x.",
        "arXiv:2210.03629v2 https://arxiv.org/abs/2210.03629 [x](https://arxiv.org/pdf/2210.03629v1)",
        "[https://a.example/short\u2026](https://a.example/short/b)",
        "https://a.example/1 `get('https://a.example/2')` <!-- https://a.example/3 doi:10.1000/x -->",
    ],
)
def test_a_source_that_is_named_in_several_ways_counts_once(text: str) -> None:
    assert count(text)[0] == 1


def test_a_doi_or_arxiv_id_alone_is_a_source() -> None:
    assert count("| [1] | A | arXiv:2210.03629 |\n| [2] | B | doi:10.1000/x |\n")[0] == 2
    assert count("@article{a, doi = {10.1000/x}}\n", "a.bib")[0] == 1


def test_an_explanation_says_what_was_counted_and_what_was_left_aside() -> None:
    urls = " ".join(f"http://a.example/{n}" for n in range(28))
    assert explain(f"### Source 1\n\n{urls}\n") == (
        "1 distinct heading `### Source \u2026`; 28 URLs not counted beside headings"
    )
    assert explain("### Source\n" * 8) == (
        "1 distinct heading `### Source \u2026`; 7 not counted: duplicate heading with the same text or none"
    )
    assert explain("http://a.example doi:10.1000/x `a http://b.example`") == (
        "2 URLs, DOIs and arXiv ids, each counted once; 1 URL in code, comments or with a placeholder not counted"
    )
    assert explain("## Sources:\n\nhttp://a.example\n") == "1 URL, each counted once"


def test_an_explanation_of_nothing_says_what_would_count() -> None:
    nothing = "no heading `### Source \u2026`, no http(s) URL, DOI or arXiv id"
    assert explain("") == nothing
    assert explain("## Source 1\n") == (
        f"{nothing}; `## Source 1` does not count: `### Source` must be followed by nothing, a number or punctuation"
    )
    assert explain("<!-- http://a.example -->\n") == (
        f"{nothing}; 1 URL in code, comments or with a placeholder not counted"
    )


def test_an_explanation_of_the_best_of_four_ways_tells_all_four() -> None:
    assert explain("### A\n\nhttp://a.example\n\n- **URL**: x\n", Heuristic.BEST_OF) == (
        "the largest of 1 headings `###` that open no section, 1 URLs, 1 entries `- **URL**:`, "
        "0 list items of more than ten characters"
    )


def test_where_headings_suffice_no_parser_is_imported() -> None:
    program = (
        "import sys; from gate_tests.parsers.sources import *;"
        "n = count_sources('### Source 1\\ntext\\n### Source 2\\n', 'a.md', Heuristic.HEADINGS_OR_URLS, 999);"
        "print(n, sorted({'markdown_it', 'linkify_it', 'yaml', 'html'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout == "2 []\n"


def test_a_contract_may_name_every_heuristic_and_the_default_is_one() -> None:
    assert HEURISTIC_SCHEMA["enum"] == [str(each) for each in Heuristic]
    assert HEURISTIC_SCHEMA["default"] in HEURISTIC_SCHEMA["enum"]
