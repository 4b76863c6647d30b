"""What a reader sees of a Markdown text, and where it is in the file."""

import pytest

from gate_tests.parsers.markdown.block import Block, BlockKind, SpanKind
from gate_tests.parsers.markdown.parse import parse_blocks
from gate_tests.parsers.too_large import TooLargeToParse
from tests.support.timing import shortest_time, time_ratio

LIMIT = 10_000_000
NUMBERS = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine")


def parse(text: str, path: str = "a.md") -> list[Block]:
    return list(parse_blocks(text, path, LIMIT))


def texts(text: str, path: str = "a.md") -> list[str]:
    return [block.text.strip() for block in parse(text, path)]


@pytest.mark.parametrize(
    ("written", "seen"),
    [
        ("a *b* __c__ ~~d~~ ***e***", "a b c d e"),
        (r"my\_app.py \* \#", "my_app.py * #"),
        ("a&nbsp;b &amp; &#8220;c&#x201D;", "a\xa0b & “c”"),
        ("a<br>b", "a\nb"),
        ("a <b>c</b><!-- d --> <span title='e'>f</span>", "a c f"),
        ("a<!---->b<!-->c", "abc"),
        ("<q>said</q>", "“said”"),
        ("`` a ` b ``", "a ` b"),
        ("[text *em*](target 'title')", "text em"),
        ("![alt *text*](a.png 'title')", "alt text"),
        ("[text][label]\n\n[label]: target 'title'", "text"),
        ("2 * 3 * 4 and snake_case_name", "2 * 3 * 4 and snake_case_name"),
        ("a  \nb\\\nc\nd", "a\nb\nc\nd"),
        ("a\0b", "a\N{REPLACEMENT CHARACTER}b"),
        ("<a/b.md> <not a tag", "<a/b.md> <not a tag"),
        ("> > - 1. deep", "deep"),
        ("[^1]: Smith \"said so\"", '[^1]: Smith "said so"'),
    ],
)  # fmt: skip
def test_a_paragraph_is_read_without_its_marks(written: str, seen: str) -> None:
    assert texts(written)[0] == seen


@pytest.mark.parametrize(
    "written",
    [
        "```\nhidden\n```", "~~~~\n```\nhidden\n~~~~", "    hidden", "- ```\n  hidden", "> ```\n> hidden",
        "- a\n\n      hidden", "<!-- hidden -->", "<!--\n```\n\nhidden\n-->", "<pre>\n```\nhidden\n</pre>",
        "<script>\nhidden\n\nhidden\n</script>", "<style>hidden</style>", "<?hidden?>", "<!DOCTYPE hidden>",
        "---\ntitle: hidden\n---", '+++\ntitle = "hidden"\n+++', "[//]: # (hidden)",
        "<div>\n<pre>hidden</pre>\n<!-- hidden -->\n</div>", "```text\n- ```\nhidden\n```",
    ],
)  # fmt: skip
def test_code_comments_and_front_matter_are_left_out_and_hide_nothing_else(written: str) -> None:
    shown = "\n\nshown\n"
    seen = [text for text in texts(f"{written}\n{shown}") if text]
    assert "hidden" not in "".join(text for text in seen if text != "a")
    open_fence = written in ("~~~~\n```\nhidden\n~~~~",) or not written.endswith("hidden")
    assert seen[-1] == "shown" or not open_fence


@pytest.mark.parametrize(
    "written",
    [
        "---\n\nshown\n\n---\n", "    ```\n\nshown\n", "- ```\n  x\n\nshown", "> ```\n> x\n\nshown", "<!-- x --> shown",
        "<!--> shown", "<pre>```</pre>\n\nshown", "<details>\n<summary>shown</summary>\n</details>", "`` ` ``\n\nshown",
        "<div>\nshown\n</div>", "<table><tr><td>shown</td></tr></table>", "`a\n\nshown`", "text <!-- shown",
        "| a | b |\n|---|---|\n| `x | y` shown | z |", "[shown]", "[shown](", "\\<!-- shown -->", "<shown",
        "--\ntitle: x\n---\nshown", "<svg><text>shown</text></svg>", "[a]: b shown", "<http://shown.org>",
    ],
)  # fmt: skip
def test_what_only_looks_like_code_or_a_comment_hides_nothing(written: str) -> None:
    assert "shown" in "\n".join(texts(written))


def test_lines_are_those_of_the_file() -> None:
    text = "---\na: b\n---\n\none *two\nthree* `four\nfive` <i>six</i>\n> - seven\n\n<div>\neight\n<p>nine</p></div>\n"
    lines = text.split("\n")
    found = {
        word: block.line_at(block.text.index(word)) for block in parse(text) for word in NUMBERS if word in block.text
    }
    assert found == {word: number for number, line in enumerate(lines, 1) for word in NUMBERS if word in line}


def test_spans_have_the_targets_of_links_as_written_and_decoded() -> None:
    text = (
        "[a](<x y.md> 'title') ![b](c&amp;d.png) [e] <https://a.org/%41_(b)> `f` **g** <a href='h?a&amp;b'>i</a>"
        ' <img src="j.png"> <code>k</code>\n\n[e]: l%20m.md\n[E]: n.md\n'
    )
    spans = [
        (span.kind, block.text[span.start : span.end], span.target) for block in parse(text) for span in block.spans
    ]
    assert spans == [
        (SpanKind.LINK, "a", "x y.md"),
        (SpanKind.IMAGE, "b", "c&d.png"),
        (SpanKind.LINK, "e", "l%20m.md"),
        (SpanKind.LINK, "https://a.org/%41_(b)", "https://a.org/%41_(b)"),
        (SpanKind.CODE, "f", ""),
        (SpanKind.STRONG, "g", ""),
        (SpanKind.LINK, "i", "h?a&b"),
        (SpanKind.IMAGE, "", "j.png"),
        (SpanKind.CODE, "k", ""),
        (SpanKind.LINK, "", "l%20m.md"),
        (SpanKind.LINK, "", "n.md"),
    ]


def test_each_row_of_a_table_is_a_block() -> None:
    kinds = [(block.kind, block.text, block.line) for block in parse("text\n| a | `b` |\n|---|:-:|\n| c | d |\n")]
    assert kinds == [
        (BlockKind.PARAGRAPH, "text", 1),
        (BlockKind.TABLE_ROW, "| a | b |", 2),
        (BlockKind.TABLE_ROW, "|---|:-:|", 3),
        (BlockKind.TABLE_ROW, "| c | d |", 4),
    ]
    assert [block.kind for block in parse("a | b\n--|--\nc | d\n")] == [BlockKind.TABLE_ROW] * 3
    assert [block.kind for block in parse("either | or\n")] == [BlockKind.PARAGRAPH]


def test_block_quotes_are_numbered_in_markdown_and_in_html() -> None:
    text = "> a\n>\n> > b\n\nc\n\n> d\n\n<blockquote>\ne\n\nf\n\n</blockquote>\n\ng <b>h</b>\n"
    assert [(block.text.strip(), block.quote) for block in parse(text)] == [
        ("a", 1), ("b", 1), ("c", 0), ("d", 2), ("e", -1), ("f", -1), ("g h", 0),
    ]  # fmt: skip


def test_in_a_text_file_that_is_not_called_markdown_indented_text_is_no_code() -> None:
    assert texts("a\n\n    shown\n", "a.txt") == ["a", "shown"]
    assert texts("a\n\n    hidden\n", "a.md") == ["a"]
    assert texts("```\nhidden\n```\n", "a.txt") == []


@pytest.mark.parametrize(
    ("written", "seen"),
    [
        ("<Tab>\n# a\n\n*b*\n</Tab>", ["a", "b"]),
        ("<A b={() => 1} c={{d: 'e'}}\n  f=\"g\"\n/>\n*h*", ["h"]),
        ("a\n<Tab>\nb\n</Tab>\nc", ["a", "b", "c"]),
        ("<p>a</p>\n*b*", ["a", "b"]),
        ("<><b>a</b> *c*</>", ["<>a c</>"]),
        ("<http://a.org>", ["http://a.org"]),
        ("{a} and {b}", ["{a} and {b}"]),
        ("{list.map((each) => (\n  <A>{each}</A>\n))}\n\na", ["a"]),
        ("{\n\na", ["{", "a"]),
        ("import duties rise, exports fall\n\nexport of a", ["import duties rise, exports fall", "export of a"]),
        ("import A from 'a'\nimport B, { c } from \"b\"\nimport * as d from 'd'\nimport 'e'\n\na", ["a"]),
        ("import {\n  b\n} from 'b'\n\nimport type C from 'c'\n\nexport default ({ d }) => <E>{d}</E>\n\na", ["a"]),
    ],
)
def test_in_mdx_what_follows_a_line_of_tags_is_markdown(written: str, seen: list[str]) -> None:
    assert [text for text in texts(written, "a.mdx") if text] == seen


def test_what_is_too_large_or_nested_too_deeply_is_refused_before_the_first_block() -> None:
    with pytest.raises(TooLargeToParse, match=r"6 bytes of Markdown, more than the 5 .*markdown_bytes"):
        parse_blocks("ä\nbc\n", "a.md", 5)
    assert texts("> " * 90 + "shown") == ["shown"]
    for text in ("> " * 200 + "hidden", "- " * 200 + "hidden", "> - " * 60 + "hidden"):
        with pytest.raises(TooLargeToParse, match="nested too deeply to be parsed"):
            parse_blocks(text, "a.md", LIMIT)


@pytest.mark.parametrize(
    "unit",
    [
        "[", "[[]", "![", "](", "[a](", "*a ", "**_", "<", '<a "', "x <!-- ", "<div>", "&", "\\", "> a\n", "- a\n",
        "|a|\n", "[a]: b\n", "a\n-\n", "{/* ", "{/*\n", "import (\n\n", "<http://a ", "x <![CDATA[ ", "<blockquote>",
        "<b>", "`a``", "{\n", "{a\n}x\n", "<A b={\n", "> <A\n", "<A>x\n",
    ],
)  # fmt: skip
def test_the_time_of_a_hostile_text_grows_with_its_length(unit: str) -> None:
    def read(size: int) -> None:
        for _ in parse_blocks((unit * size)[:size], "a.mdx", LIMIT):
            pass

    if shortest_time(lambda: read(8_000), limit_s=0.02) > 0.02:
        # Four times as much text: 16 times as long if each part were parsed with all that follow.
        assert time_ratio(lambda: read(8_000), lambda: read(2_000), limit=8) < 8
