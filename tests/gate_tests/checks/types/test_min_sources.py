from typing import Any

import pytest

from gate_tests.checks.types.min_sources import MinSources
from gate_tests.parsers.sources import Heuristic
from gate_tests.workspace.names import Depth
from tests.support.checks import Tried, try_check
from tests.support.repository import Repository


def count(repository: Repository, text: str | bytes, *, target: str = "a.md", **keys: Any) -> int:
    measured: int = count_against(repository, text, {"default": 1}, target=target, **keys).outcome.measured["count"]
    return measured


def count_against(repository: Repository, text: str | bytes | None, thresholds: dict[str, float], **keys: Any) -> Tried:
    validation = {"type": "min_sources", "target": "a.md", "thresholds": thresholds, **keys}
    return try_check(repository, validation, text)


@pytest.mark.parametrize(
    ("sources", "threshold", "holds"),
    [
        pytest.param(2, 3, False, id="one too few"),
        pytest.param(3, 3, True, id="just enough"),
        pytest.param(4, 3, True, id="more"),
        pytest.param(0, 0, True, id="none wanted"),
        pytest.param(0, 1, False, id="none there"),
        pytest.param(7, 7.5, False, id="below a fraction"),
        pytest.param(8, 7.5, True, id="above a fraction"),
    ],
)
def test_there_must_be_at_least_as_many_as_the_threshold_says(
    repository: Repository, sources: int, threshold: float, holds: bool
) -> None:
    text = "".join(f"### Source {number}\n\n" for number in range(sources))
    tried = count_against(repository, text, {"default": threshold})
    assert tried.holds is holds
    assert tried.outcome.measured == {"count": sources, "threshold": threshold, "depth": "standard"}


def test_a_failure_says_how_many_are_wanted_at_which_depth_and_how_many_there_are(repository: Repository) -> None:
    tried = count_against(repository, "### Source 1\n", {"standard": 8})
    assert tried.row["reason"] == (
        "a.md: expected at least 8 sources (depth standard), found 1 of 8 (1 distinct heading `### Source …`)"
    )


@pytest.mark.parametrize(
    ("threshold", "told"),
    [
        pytest.param(8, "8", id="whole"),
        pytest.param(7.5, "7.5", id="a half"),
        pytest.param(1_234_567, "1234567", id="large"),
        pytest.param(10**400, "1" + "0" * 400, id="larger than any float"),
    ],
)
def test_a_threshold_is_told_as_the_contract_writes_it(repository: Repository, threshold: float, told: str) -> None:
    tried = count_against(repository, "", {"default": threshold})
    wanted = f"a.md: expected at least {told} sources (depth standard), found 0 of {told} (no heading `### Source …`, "
    assert tried.row["reason"].startswith(wanted)


@pytest.mark.parametrize("threshold", [0, 8])
def test_a_missing_file_has_no_sources_and_fails_even_if_none_are_wanted(
    repository: Repository, threshold: int
) -> None:
    tried = count_against(repository, None, {"default": threshold})
    assert not tried.holds
    assert tried.outcome.found == "file is missing"
    assert tried.outcome.measured == {"count": 0, "threshold": threshold, "depth": "standard"}


def test_a_file_that_is_no_text_fails_and_says_so(repository: Repository) -> None:
    tried = count_against(repository, "### Source 1\n".encode("utf-16"), {"default": 0})
    assert not tried.holds
    assert tried.outcome.found.startswith("bytes that are not UTF-8")


@pytest.mark.parametrize(
    ("text", "sources"),
    [
        pytest.param("### Source 1\n\n### Source: Two\n\n### Source\n", 3, id="number, colon, nothing after it"),
        pytest.param("### SOURCE 1\n### source 2\n### sOuRcE 3\n", 3, id="any letter case"),
        pytest.param("### Source1\n### Source_2\n### Source-3\n### Source(4)\n", 4, id="no letter right after"),
        pytest.param("### Sources\n### Sourcebook\n### Source\u00e9\n### Source\u4f60\n", 0, id="a letter right after"),
        pytest.param("### A source\n### My Source 1\n", 0, id="not at the start of the heading"),
        pytest.param("### **Source** 1\n### [Source 2](b.md)\n", 2, id="with marks"),
        pytest.param("## Source 1\n#### Source 2\n# Source 3\n", 0, id="another level"),
        pytest.param("###   Source 1\n###\tSource 2\n", 2, id="more white space, a tab"),
        pytest.param("### Source 1 ###\n", 1, id="closed"),
        pytest.param("### Source 1\n### Source 1\n", 1, id="the same twice is one"),
        pytest.param(" ### Source 1\n   ### Source 2\n", 2, id="not quite at the start of the line"),
        pytest.param("    ### Source 1\n", 0, id="indented as code"),
        pytest.param("- ### Source 1\n> ### Source 2\n", 0, id="in a list, in a quotation"),
        pytest.param("text ### Source 1\n", 0, id="in a line"),
        pytest.param("```\n### Source 1\n```\n### Source 2\n", 1, id="in a fence"),
        pytest.param("~~~md\n### Source 1\n~~~\n", 0, id="in a fence of tildes"),
        pytest.param("```\n### Source 1\n", 0, id="in a fence without an end"),
        pytest.param("<!--\n### Source 1\n-->\n### Source 2\n", 1, id="in a comment"),
        pytest.param("Source 1\n---\nSource 2\n===\n", 0, id="underlined"),
        pytest.param("\ufeff### Source 1\n### Source 2\n", 2, id="after a byte order mark"),
        pytest.param("### Source 1\r\n\r\n### Source 2\r\n", 2, id="CRLF"),
        pytest.param("### Source 1\r\r### Source 2\r", 2, id="lone CR"),
        pytest.param("### Source 1\u2028### Source 2\n", 1, id="a line separator ends no line"),
        pytest.param("### Source 1", 1, id="no line end"),
        pytest.param("", 0, id="empty"),
    ],
)
def test_source_headings_are_counted(repository: Repository, text: str, sources: int) -> None:
    assert count(repository, text) == sources


@pytest.mark.parametrize(
    ("text", "sources"),
    [
        pytest.param("https://a.example/1 and http://a.example/2\n", 2, id="two"),
        pytest.param("https://a.example/1 https://a.example/1\n", 1, id="the same twice is one"),
        pytest.param("https://a.example/1 https://a.example/1/ https://a.example/1?x\n", 2, id="a slash is no other"),
        pytest.param("http://a.example https://www.a.example\n", 1, id="nor another scheme or www"),
        pytest.param("https://a.example/1. https://a.example/1\n", 1, id="a full stop does not belong to it"),
        pytest.param("https://a.example/1#b https://a.example/1#c\n", 1, id="nor does a fragment"),
        pytest.param("[a](https://a.example/1) [b](https://a.example/2)\n", 2, id="links"),
        pytest.param("<https://a.example/1><https://a.example/2>\n", 2, id="autolinks"),
        pytest.param("[https://a.example/1] [https://a.example/2]\n", 2, id="brackets"),
        pytest.param("https://a.example/b_(c) https://a.example/b_(c)_d\n", 2, id="parentheses"),
        pytest.param("HTTPS://a.example/1 Http://a.example/2\n", 2, id="the scheme in any letter case"),
        pytest.param("ftp://a.example/1 www.a.example //a.example mailto:a@a.example\n", 0, id="other schemes"),
        pytest.param("https:// https://) http://\n", 0, id="nothing after the scheme"),
        pytest.param("https://a.example/\u4f60 https://a.example/\u597d\n", 2, id="any script"),
        pytest.param("```\nhttps://a.example/1\n```\n<!-- https://a.example/2 -->\n", 0, id="not in code or comments"),
        pytest.param("doi:10.1000/x arXiv:2210.03629\n", 2, id="a DOI, an arXiv id"),
    ],
)
def test_where_there_is_no_source_heading_the_distinct_urls_are_counted(
    repository: Repository, text: str, sources: int
) -> None:
    assert count(repository, text) == sources


def test_one_source_heading_is_enough_that_no_url_counts(repository: Repository) -> None:
    assert count(repository, "### Source 1\nhttps://a.example/1 https://a.example/2\n") == 1


def test_a_file_that_is_no_markdown_is_counted_the_same_way(repository: Repository) -> None:
    assert count(repository, "### Source 1\n### Source 2\nhttps://a.example\n", target="sources.txt") == 2


ENDS_A_URL = {
    "tab": "\t",
    "line feed": "\n",
    "vertical tab": "\v",
    "form feed": "\f",
    "carriage return": "\r",
    "space": " ",
    "no-break space": "\u00a0",
    "ogham space": "\u1680",
    **{f"U+{point:04X}": chr(point) for point in range(0x2000, 0x200B)},
    "line separator": "\u2028",
    "paragraph separator": "\u2029",
    "narrow no-break space": "\u202f",
    "mathematical space": "\u205f",
    "ideographic space": "\u3000",
    "byte order mark": "\ufeff",
    "angle bracket": ">",
    "quotation mark": '"',
    "ideographic full stop": "\u3002",
}
BELONGS_TO_A_URL = {
    "zero-width space": "\u200b",
    "word joiner": "\u2060",
    "comma": ",",
    "colon": ":",
}


@pytest.mark.parametrize("character", ENDS_A_URL.values(), ids=ENDS_A_URL.keys())
def test_a_url_ends_at_white_space_and_quotation_marks(repository: Repository, character: str) -> None:
    assert count(repository, f"https://a.example/1{character}https://a.example/2") == 2


@pytest.mark.parametrize("character", BELONGS_TO_A_URL.values(), ids=BELONGS_TO_A_URL.keys())
def test_a_url_does_not_end_at_what_may_be_inside(repository: Repository, character: str) -> None:
    assert count(repository, f"https://a.example/1{character}https://a.example/2") == 1


def test_cut_off_where_its_sources_are_too_few_it_fails() -> None:
    rule = MinSources(3, Depth.STANDARD, Heuristic.HEADINGS_OR_URLS)
    text = "".join(f"### Source {number}\n\nhttps://a.example/{number}\n\n" for number in range(9))
    (mutation,) = rule.generate_mutations(text, "a.md")
    assert mutation.text == text[: text.index("### Source 2")]
    assert not rule.evaluate_text(mutation.text, "a.md").holds


def test_markdown_that_is_too_large_to_be_parsed_fails_and_says_so(repository: Repository) -> None:
    validation = {"type": "min_sources", "target": "a.md", "thresholds": {"default": 0}}
    tried = try_check(repository, validation, "https://a.example\n" * 10, limits={"markdown_bytes": 99})
    assert not tried.holds
    assert "limits.markdown_bytes" in tried.outcome.found


# best_of


@pytest.mark.parametrize(
    ("text", "sources"),
    [
        pytest.param("### Ada\n### Brecht\n### \u010capek\n", 3, id="third-level headings"),
        pytest.param("## Ada\n#### Brecht\n", 0, id="other levels"),
        pytest.param(
            "### Primary\n### secondary works\n### Tertiary\n### Tier 1\n### NOTES\n### References\n"
            "### Bibliography\n### Sources\n### Overview\n### Ada\n",
            1,
            id="headings that open a section do not count",
        ),
        pytest.param("### Notesworthy\n### Tiers\n### Sourcebook\n", 3, id="words that only begin so do"),
        pytest.param("```\n### Ada\n```\n", 0, id="headings in code do not"),
        pytest.param("https://a.example/1 https://a.example/2 https://a.example/1\n", 2, id="distinct URLs"),
        pytest.param("- **URL**: a\n- **Source**: b\n- **reference**: c\n", 3, id="entries"),
        pytest.param("- **URL** a\n- **Ref**: b\n- URL: c\n", 0, id="what only looks like an entry"),
        pytest.param("- 12345678901\n- 12345678901\n", 2, id="list items of eleven characters"),
        pytest.param("- 1234567890\n- short\n", 0, id="list items of ten and fewer"),
        pytest.param("-    1234567890\n", 0, id="white space before it does not make an item longer"),
        pytest.param("-\n\nA paragraph that is long enough\n", 0, id="a paragraph after an empty item is no item"),
        pytest.param("", 0, id="nothing"),
    ],
)
def test_best_of_counts_in_four_ways(repository: Repository, text: str, sources: int) -> None:
    assert count(repository, text, heuristic="best_of") == sources


def test_best_of_takes_the_largest_number(repository: Repository) -> None:
    text = "### Ada\n\nhttps://a.example/1 https://a.example/2\n\n- **URL**: x\n- **URL**: y\n- **URL**: z\n"
    assert count(repository, text, heuristic="best_of") == 3
    assert count(repository, text) == 2


def test_a_list_satisfies_only_who_asks_for_best_of(repository: Repository) -> None:
    text = "- a list item that says nothing\n" * 3
    assert count(repository, text) == 0
    assert count(repository, text, heuristic="count_source_headings_or_urls") == 0
    assert count(repository, text, heuristic="best_of") == 3
