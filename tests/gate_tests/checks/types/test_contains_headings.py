import pytest

from gate_tests.checks.types.contains_headings import ContainsHeadings
from gate_tests.errors import InvalidFile
from tests.support.checks import Tried, try_check
from tests.support.repository import Repository


def look_for(repository: Repository, text: str | bytes | None, *wanted: str, target: str = "a.md") -> Tried:
    return try_check(
        repository, {"type": "contains_headings", "target": target, "required_headings": list(wanted)}, text
    )


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        pytest.param("## Layer 1\n", "## Layer 1", id="the same"),
        pytest.param("## Layer 1: Base\n", "## Layer 1", id="continued by a colon"),
        pytest.param("## Layer 1 Base\n", "## Layer 1", id="continued by a space"),
        pytest.param("## Layer 1_a\n", "## Layer 1", id="continued by an underscore"),
        pytest.param("## Layer 1 ##\n", "## Layer 1", id="closed"),
        pytest.param("##   Layer 1\n", "## Layer 1", id="more white space"),
        pytest.param("   ## Layer 1\n", "## Layer 1", id="indented by three"),
        pytest.param("## Layer 1", "## Layer 1", id="without a line end"),
        pytest.param("## Layer 1\r\n", "## Layer 1", id="CRLF"),
        pytest.param("a\r\r## Layer 1\r", "## Layer 1", id="lone CR"),
        pytest.param("\ufeff## Layer 1\n", "## Layer 1", id="after a byte order mark"),
        pytest.param("text\n## Layer 1\ntext\n", "## Layer 1", id="between lines of text"),
        pytest.param("---\ntitle: x\n---\n## Layer 1\n", "## Layer 1", id="after front matter"),
        pytest.param("---\n---\n## Layer 1\n\n---\n", "## Layer 1", id="after empty front matter"),
        pytest.param("----\n\n## Layer 1\n\n---\n", "## Layer 1", id="between lines of hyphens"),
        pytest.param("--- x\n\n---\n\n## Layer 1\n\n---\n", "## Layer 1", id="between breaks"),
        pytest.param("## [`code`](x) *and* more\n", "## [`code`](x) *and* more", id="as it is written"),
        pytest.param("## \u5c64\u4e00\n", "## \u5c64\u4e00", id="any script"),
        pytest.param("###### Deep\n", "###### Deep", id="the sixth level"),
        pytest.param("# Layer 1\n", "Layer 1", id="any level, the first"),
        pytest.param("##### Layer 1\n", "Layer 1", id="any level, the fifth"),
        pytest.param("## Layer 1\n", "##Layer 1", id="asked for without a space"),
        pytest.param("## Layer  1\n", "## Layer 1", id="two spaces inside"),
        pytest.param("## Layer\u00a01\n", "## Layer 1", id="no-break space"),
        pytest.param("## Cafe\u0301\n", "## Caf\u00e9", id="composed otherwise"),
        pytest.param("## Caf\u00e9\n", "## Cafe\u0301", id="asked for composed otherwise"),
        pytest.param("Layer 1\n-------\n", "## Layer 1", id="underlined"),
        pytest.param("Layer 1\n=======\n", "# Layer 1", id="underlined twice"),
        pytest.param("Layer 1\n=======\n", "Layer 1", id="underlined, any level"),
        pytest.param("Layer\n1\n---\n", "## Layer 1", id="underlined, in two lines"),
        pytest.param("## **Layer** 1\n", "## Layer 1", id="emphasis"),
        pytest.param("## **Layer 1:** Base\n", "## Layer 1", id="emphasis around more"),
        pytest.param("## __Layer__ ~~1~~\n", "## Layer 1", id="underscores and strikethrough"),
        pytest.param("## `Layer` 1\n", "## Layer 1", id="code marks"),
        pytest.param("## [Layer 1](x.md)\n", "## Layer 1", id="a link"),
        pytest.param("## 1\\. Scope\n", "## 1. Scope", id="an escape"),
        pytest.param("## R&amp;D\n", "## R&D", id="an entity"),
        pytest.param("## Layer 1 <a id='x'></a>\n", "## Layer 1", id="an anchor"),
        pytest.param("## Layer <!-- x -->1\n", "## Layer 1", id="a comment in it"),
        pytest.param("## a_b_c\n", "## a_b_c", id="underscores in a word"),
        pytest.param("## 2 * 3 * 4\n", "## 2 * 3 * 4", id="stars that mark nothing"),
        pytest.param("---\n\n## Layer 1\n\n---\n", "## Layer 1", id="a report that begins with a rule"),
        pytest.param("## Layer 1. Base\n", "## Layer 1", id="continued by a full stop"),
        pytest.param("## Layer 1 - 2 parts\n", "## Layer 1", id="continued by a dash"),
        pytest.param("<details>\n\n## Layer 1\n\n</details>\n", "## Layer 1", id="in an HTML element"),
        pytest.param("## \u200bLay\u00ader 1\ufeff\n", "## Layer 1", id="characters of no width"),
        pytest.param("## \u26a0\ufe0f Risks\n", "## \u26a0 Risks", id="an emoji drawn otherwise"),
        pytest.param("## Layer 1\n", " ## Layer 1 ", id="asked for between blanks"),
        pytest.param("## Layer 1\n", "## Layer 1 ##", id="asked for closed"),
    ],
)
def test_a_heading_is_found(repository: Repository, text: str, wanted: str) -> None:
    assert look_for(repository, text, wanted).holds


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        pytest.param("", "## Layer 1", id="empty file"),
        pytest.param("## Layer 10\n", "## Layer 1", id="continued by a digit"),
        pytest.param("## Layer 1a\n", "## Layer 1", id="continued by a letter"),
        pytest.param("## Layer 1\u00e9\n", "## Layer 1", id="continued by an accented letter"),
        pytest.param("## Layer 1.5\n", "## Layer 1", id="continued by a fraction"),
        pytest.param("## Layer 1,5\n", "## Layer 1", id="continued by a fraction with a comma"),
        pytest.param("## Layer 1-2\n", "## Layer 1", id="continued by a range"),
        pytest.param("## Layer\n", "## Layer 1", id="shorter"),
        pytest.param("## \u0915\u093e\u0930\u0923\n", "## \u0915", id="continued by a vowel of Devanagari"),
        pytest.param("## Layer x\u0302\n", "## Layer x", id="continued by an accent"),
        pytest.param("## \u0645\u06cc\u200c\u062e\n", "## \u0645\u06cc", id="continued by a joiner"),
        pytest.param("## The Layer 1\n", "## Layer 1", id="further in the heading"),
        pytest.param("## layer 1\n", "## Layer 1", id="other letter case"),
        pytest.param("### Layer 1\n", "## Layer 1", id="one level deeper"),
        pytest.param("# Layer 1\n", "## Layer 1", id="one level higher"),
        pytest.param("## Layer 1\n", "# Layer 1", id="one level below the first"),
        pytest.param("##Layer 1\n", "## Layer 1", id="no space after the signs"),
        pytest.param("####### Layer 1\n", "Layer 1", id="a seventh level"),
        pytest.param("It has ## Layer 1 somewhere.\n", "## Layer 1", id="in a line"),
        pytest.param("Layer 1\n", "Layer 1", id="a paragraph"),
        pytest.param("\\## Layer 1\n", "## Layer 1", id="escaped"),
        pytest.param("    ## Layer 1\n", "## Layer 1", id="indented by four"),
        pytest.param("\t## Layer 1\n", "## Layer 1", id="indented by a tab"),
        pytest.param("```\n## Layer 1\n```\n", "## Layer 1", id="in a fence"),
        pytest.param("````\n```\n## Layer 1\n````\n", "## Layer 1", id="in a longer fence"),
        pytest.param("~~~\n## Layer 1\n~~~\n", "## Layer 1", id="in a fence of tildes"),
        pytest.param("<!-- \n## Layer 1\n-->\n", "## Layer 1", id="in a comment"),
        pytest.param("---\na: b\n## Layer 1\n---\n", "## Layer 1", id="a comment in front matter"),
        pytest.param('+++\na = "b"\n# Layer 1\n+++\n', "# Layer 1", id="a comment in TOML front matter"),
        pytest.param("<pre>\n## Layer 1\n</pre>\n", "## Layer 1", id="in pre"),
        pytest.param("> ## Layer 1\n", "## Layer 1", id="in a block quote"),
        pytest.param("- ## Layer 1\n", "## Layer 1", id="in a list"),
        pytest.param("Layer 1\n\n---\n", "## Layer 1", id="above a rule"),
    ],
)
def test_a_heading_is_missed(repository: Repository, text: str, wanted: str) -> None:
    tried = look_for(repository, text, wanted)
    assert not tried.holds
    assert tried.outcome.measured == {"missing": [wanted], "short": []}


@pytest.mark.parametrize("target", ["a.md", "a.markdown", "a.mdown", "a.mdx", "a.qmd", "a.Rmd"])
def test_markdown_is_told_by_the_ending_of_the_name(repository: Repository, target: str) -> None:
    assert not look_for(repository, "It has ## Layer 1 somewhere.\n", "## Layer 1", target=target).holds


@pytest.mark.parametrize("target", ["a.tsx", "a.txt", "md", "a"])
def test_in_other_files_a_heading_is_a_substring(repository: Repository, target: str) -> None:
    assert look_for(repository, "It has ## Layer 10 somewhere.\n", "## Layer 1", target=target).holds
    assert not look_for(repository, "It has Layer 1 somewhere.\n", "## Layer 1", target=target).holds


def test_all_that_is_missing_is_told_in_the_order_of_the_contract(repository: Repository) -> None:
    tried = look_for(repository, "# B\n", "# C", "# B", "# A")
    assert tried.outcome.measured == {"missing": ["# C", "# A"], "short": []}
    assert tried.row["reason"] == "a.md: expected all 3 headings: # C, # B, # A, found 1 of 3, missing: # C, # A"


def test_one_heading_is_spoken_of_as_one(repository: Repository) -> None:
    tried = look_for(repository, "", "# A")
    assert tried.row["reason"] == "a.md: expected the heading # A, found 0 of 1, missing: # A"


def test_a_pass_is_recorded_as_fully_as_a_failure(repository: Repository) -> None:
    tried = look_for(repository, "# A\n# B\n", "# B", "# A")
    assert (tried.holds, tried.outcome.found, tried.row["missing"]) == (True, "2 of 2", [])


def test_the_order_of_the_headings_is_free_and_one_may_meet_two(repository: Repository) -> None:
    assert look_for(repository, "## B: the end\n# A\n", "# A", "## B", "B: the end").holds


def test_in_a_missing_file_all_are_missing(repository: Repository) -> None:
    tried = look_for(repository, None, "# A", "# B")
    assert (tried.holds, tried.outcome.found) == (False, "file is missing")
    assert tried.outcome.measured == {"missing": ["# A", "# B"], "short": []}


def test_a_file_that_is_no_text_fails_and_says_so(repository: Repository) -> None:
    tried = look_for(repository, b"# A\n\xff\n", "# A")
    assert (tried.holds, tried.outcome.found) == (False, "bytes that are not UTF-8 (0xff at offset 4)")


def test_a_suffix_in_capitals_is_markdown_too(repository: Repository) -> None:
    validation = {"type": "contains_headings", "target": "SPEC.MD", "required_headings": ["## Layer 1"]}
    assert not try_check(repository, validation, "```\n## Layer 1\n```\n").holds


@pytest.mark.parametrize(
    ("text", "wanted", "nearest"),
    [
        ("# A\n## 1. Summary\n", "## Summary", "## '1. Summary' on line 2"),
        ("### Summary\n", "## Summary", "### 'Summary' on line 1"),
        ("x\n\nsummary\n-------\n", "## Summary", "## 'summary' on line 3"),
        ("## Sumary of it\n", "Summary of it", "## 'Sumary of it' on line 1"),
    ],
)
def test_the_nearest_heading_is_named(repository: Repository, text: str, wanted: str, nearest: str) -> None:
    assert look_for(repository, text, wanted).outcome.found == f"0 of 1, missing: {wanted} (nearest: {nearest})"


@pytest.mark.parametrize(
    "text",
    [
        "```\n## A\n```\n", "<x>\n## A\n</x>\n", "<!--\n## A\n-->\n", "x\n\n    ## A\n",
        "---\n## A\nx: y\n---\n", "> x\n> ## A\n", "- x\n- ## A\n",
    ],
)  # fmt: skip
def test_where_a_heading_does_not_count_is_said(repository: Repository, text: str) -> None:
    line = 1 + text[: text.index("## A")].count("\n")
    where = f"(on line {line} inside code, a comment, HTML, front matter, a list or a quotation)"
    assert look_for(repository, text, "## A").outcome.found == f"0 of 1, missing: ## A {where}"


@pytest.mark.parametrize("line", ["**A b:**", "##A b", "<h2 id='x'>A b</h2>", "__A b__"])
def test_a_line_that_only_looks_like_the_heading_is_shown(repository: Repository, line: str) -> None:
    found = look_for(repository, f"x\n\n{line}\n\ny\n", "## A b").outcome.found
    assert found == f"0 of 1, missing: ## A b (line 3, {line!r}, is not a heading)"


def test_of_many_headings_and_many_missing_ones_only_so_many_are_compared(repository: Repository) -> None:
    wanted = [f"# Part {number}" for number in range(20)]
    text = "".join(f"## Parts {number}\n" for number in range(900)) + "## Part 19\n"
    assert look_for(repository, text, *wanted).outcome.found.count("(nearest: ## 'Parts ") == 10
    assert look_for(repository, text, "# Part 19").outcome.found.endswith("(nearest: ## 'Part 19' on line 901)")


@pytest.mark.parametrize(
    ("text", "is_left_out"),
    [
        ("{/*\n\n## Layer 1\n\n*/}\n", True),
        ("a\n{/* ## x\n## Layer 1 */}\n", True),
        ("export const text = `\n\n## Layer 1\n`\n", True),
        ("import x from 'y'\n\n## Layer 1\n", False),
        ("{/* said */}\n\n## Layer 1\n", False),
        ("export const a = {\n\n## Layer 1\n", False),
        ("{`\n## Layer 1\n`}\n", True),
        ("{a} is\n## Layer 1\n", False),
        ("<Tab title='x' on={() => {\n}}>\n## Layer 1\n</Tab>\n", False),
        ("<div>\n  <p>x</p>\n    ## Layer 1\n</div>\n", False),
        ("<pre>\n## Layer 1\n</pre>\n", True),
    ],
)
def test_in_mdx_comments_and_javascript_have_no_headings(repository: Repository, text: str, is_left_out: bool) -> None:
    assert look_for(repository, text, "## Layer 1", target="a.mdx").holds is not is_left_out


def look_for_sections(repository: Repository, text: str, words: int = 3) -> Tried:
    return try_check(
        repository,
        {"type": "contains_headings", "target": "a.md", "required_headings": ["## A"], "min_section_words": words},
        text,
    )


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("## A\n\none two three\n", id="just enough"),
        pytest.param("## A\n\n- one\n- *two*\n\n> three\n", id="in a list and a quote"),
        pytest.param("## A\n\n### B\n\none two\n", id="in a section of a deeper level, with its heading"),
        pytest.param("## A\n\none\n\n## A\n\none two three\n", id="below the second of two"),
        pytest.param("## A\n\n| one | two |\n|---|---|\n| three | |\n", id="in a table"),
        pytest.param("## A\n\n|one|two|\n|---|---|\n|three||\n", id="in a table without blanks"),
        pytest.param("<h1>x</h1>\n\n## A\n<p>one two three</p>\n", id="in HTML"),
    ],
)
def test_a_section_has_enough_words(repository: Repository, text: str) -> None:
    assert look_for_sections(repository, text).holds


@pytest.mark.parametrize(
    ("text", "words"),
    [
        pytest.param("## A\n", 0, id="empty"),
        pytest.param("## A\n\none two\n\n## B\n\nthree\n", 2, id="up to the next of its level"),
        pytest.param("## A\n\none two\n\n# B\n\nthree\n", 2, id="up to the next of a higher level"),
        pytest.param("## A\n\none two\n\n```\nthree\n```\n", 2, id="code"),
        pytest.param("## A\n\none two <!-- three -->\n\n<!--\nfour\n-->\n", 2, id="comments"),
        pytest.param("## A: one two three\n\nfour\n", 1, id="the words of the heading itself"),
        pytest.param("## A\n\n" + "## A\n" * 8, 0, id="one heading many times"),
    ],
)
def test_a_section_with_too_few_words_fails(repository: Repository, text: str, words: int) -> None:
    tried = look_for_sections(repository, text)
    assert not tried.holds
    assert tried.outcome.measured == {"missing": [], "short": [{"heading": "## A", "words": words}]}
    assert tried.outcome.found == f"1 of 1, too short: ## A ({words} words)"


def test_words_below_a_heading_are_counted_in_markdown_only(repository: Repository) -> None:
    validation = {
        "type": "contains_headings", "target": "a.txt", "required_headings": ["## A"], "min_section_words": 3
    }  # fmt: skip
    with pytest.raises(InvalidFile, match="requires a Markdown target"):
        try_check(repository, validation, "## A\n\none two three\n")


def test_an_output_that_is_no_markdown_does_not_stand_in_where_words_are_counted(repository: Repository) -> None:
    validation = {
        "type": "contains_headings", "target": "a.md", "required_headings": ["## A"], "min_section_words": 3
    }  # fmt: skip
    repository.write("b.txt", "## A\n\none two three\n")
    outputs = {"any_of": [{"path": "a.md"}, {"path": "b.txt"}]}
    tried = try_check(repository, validation, None, required_outputs=outputs)
    assert (tried.holds, tried.outcome.measured["missing"]) == (False, ["## A"])


@pytest.mark.parametrize(
    ("headings", "described"),
    [
        (("## A", "## B"), "both headings: ## A, ## B"),
        (("## A",), "the heading ## A"),
        (("## A", "## B", "## C"), "all 3 headings: ## A, ## B, ## C"),
    ],
    ids=["two", "one", "three"],
)
def test_what_it_expects_is_said_in_words(headings: tuple[str, ...], described: str) -> None:
    assert ContainsHeadings(headings).describe() == described
