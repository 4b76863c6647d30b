from contextlib import suppress
from time import process_time

import pytest

from gate_tests.parsers.markdown.parse import parse_blocks
from gate_tests.parsers.quotations.matching import contains_parts
from gate_tests.parsers.quotations.quotation import Quotation
from gate_tests.parsers.quotations.report import Report
from gate_tests.parsers.quotations.wording import normalize_wording
from gate_tests.parsers.too_large import TooLargeToParse


def find_quotations(text: str) -> list[Quotation]:
    return list(Report(parse_blocks(text, "report.md", 1 << 21)).find_quotations())


def quoted(text: str) -> list[str]:
    return [" … ".join(each.parts) for each in find_quotations(text)]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        pytest.param('He said "a b c" twice.', ["a b c"], id="straight"),
        pytest.param("“a b” „c d“ „e f” «g h» ‹i j›", ["a b", "c d", "e f", "g h", "i j"], id="typographic"),
        pytest.param("»a b« ›c d‹ „e f“", ["a b", "c d", "e f"], id="German"),
        pytest.param("”a b” »c d»", ["a b", "c d"], id="Swedish"),
        pytest.param("他说「甲乙」和『丙丁』。", ["甲乙", "丙丁"], id="corner brackets"),
        pytest.param('他说"甲乙"丙"丁戊"', ["甲乙", "丁戊"], id="straight ones without spaces"),
        pytest.param('5" a 6"', [], id="inches again"),
        pytest.param("「甲『乙』丙」", ['甲"乙"丙'], id="nested"),
        pytest.param("Home » Products » All of it", [], id="a path"),
        pytest.param("« a\n\nb ! » — C, b » ! C « d »", ["a", "d"], id="a closing mark alone in its paragraph"),
        pytest.param("a»—b «c d»", ["c d"], id="or behind a letter"),
        pytest.param('( "a “b c” d', ["b c"], id="one that is behind a mark without a partner"),
        pytest.param('"a “b c” "d e"', ["b c", "d e"], id="or behind another"),
        pytest.param("»a “b c” d", ["b c"], id="of another kind"),
        pytest.param("« a b »", ["a b"], id="with spaces inside"),
        pytest.param("&ldquo;a b&rdquo; &quot;c d&#34; &#xab;e&raquo;", ["a b", "c d", "e"], id="entities"),
        pytest.param("&gt; a `&ldquo;b&rdquo;` &#10; &amp;quot;c&amp;quot;", [], id="entities of other kinds, in code"),
        pytest.param("“a\nb”", ["a b"], id="over a line end"),
        pytest.param('("a")—"b"', ["a", "b"], id="behind brackets and dashes"),
        pytest.param("“a “b” ‘c’ d”", ['a "b" "c" d'], id="nested, the outer one"),
        pytest.param("«a “b” c»", ['a "b" c'], id="nested in another kind"),
        pytest.param("*“a* _b_ `c`”", ["a b c"], id="emphasis and code are no words"),
        pytest.param('"a b," he said, "c."', ["a b", "c"], id="the report's comma and full stop"),
        pytest.param("“a?”", ["a?"], id="a question mark is the source's"),
        pytest.param('a 6" pipe and 12" more', [], id="inches"),
        pytest.param('a " b " c', ["b"], id="straight marks between spaces"),
        pytest.param('a 5 " b 6 " c', [], id="inches between spaces"),
        pytest.param('a "b c "d e"', ["d e"], id="a straight mark without a partner"),
        pytest.param('"a\n\nb"', [], id="straight marks of two paragraphs"),
        pytest.param("“a b\n\nc", ["a b"], id="a quotation that goes on in the next paragraph"),
        pytest.param("- “a\n- b", ["a"], id="or should end in this item"),
        pytest.param("a” b", [], id="a closing mark alone"),
        pytest.param("'a b c'", [], id="single straight marks are apostrophes"),
        pytest.param('`"a b c"`', [], id="in code"),
        pytest.param('```\n"a b c"\n```', [], id="in fenced code"),
        pytest.param('---\ntitle: "a b"\n---\n', [], id="in front matter"),
        pytest.param('<a title="a b">', [], id="in a tag"),
        pytest.param('[a](b "c d")', [], id="the title of a link"),
        pytest.param("> a\n> b", ["a b"], id="a block quote"),
        pytest.param("> a\n>\n> b", ["a", "b"], id="each of its paragraphs"),
        pytest.param("- > a\n  > b", ["a b"], id="in a list"),
        pytest.param("1. x\n   - > a\n   - > b", ["a", "b"], id="one for each item"),
        pytest.param("- a\n\n  > b\n", ["b"], id="below an item"),
        pytest.param("> - > a", ["a"], id="a list in it"),
        pytest.param("- > [!NOTE]\n  > b", [], id="an alert in a list"),
        pytest.param("> > a\n> > b", ["a b"], id="in another one"),
        pytest.param("> a b\n> — *Somebody*, 1920", ["a b"], id="who said it"),
        pytest.param("> a b\n>\n> -- Somebody", ["a b"], id="in a paragraph of its own"),
        pytest.param("> — a b", ["— a b"], id="what is said, behind a dash"),
        pytest.param("> — a b\n>\n> — Somebody", ["— a b"], id="and who said it"),
        pytest.param("> “a b” (1920)", ["a b"], id="with marks of its own"),
        pytest.param("> “a\n> b”\n> — Somebody", ["a b"], id="with marks over lines"),
        pytest.param("> [!NOTE]\n> a b", [], id="an alert"),
        pytest.param("> a\nb", ["a b"], id="a block quote that goes on without its mark"),
        pytest.param("“a … b [...] c (…) d ... e”", ["a … b … c … d … e"], id="ellipses"),
        pytest.param("“… a …”", ["a"], id="at the ends"),
    ],
)
def test_this_is_quoted(text: str, found: list[str]) -> None:
    assert quoted(text) == found


MADE_UP = "the bridge could easily carry it"


@pytest.mark.quick("*")
@pytest.mark.parametrize(
    "text",
    [
        "‘{}’ he said",
        "‘the dogs’ bones and {}’ he said",
        "so ‘90s and ‘{}’",
        "‘20 men said {}’",
        "‘Twas so: {}’",
        "the dogs’ bones ‘{}’",
        "‚{}‘",
        "‚{}’",
        '‘{}"',
        '«{}"',
        '"{}” x. "real words of six here now"',
        '“{}" x “real words of six here now”',
        '„{}"',
        '"{}“',
        '"{}»',
        "“{}“",
        "„{}”",
        "＂{}＂",
        "“‘{}’ he said”",
        '""{}""',
        '"{} ”and so"',
        "“{}”s",
        '"{}"s',
        "x“{}”",
        "« {} »",
        'said:"{}"',
        'said"{}"',
        '**"{}"**',
        '"`{}`"',
        '~~"{}"~~',
        '\\"{}\\"',
        "<q>{}</q>",
        'said "\n{}"',
        '" {} "',
        "<blockquote>{}</blockquote>",
        "<blockquote>\n\n{}\n\n</blockquote>",
        "<p>“{}”</p>",
        "&#8216;{}&#8217;",
        "<details>\n<summary>x</summary>\n\n“{}”\n\n</details>",
        "> [!quote] Name\n> {}",
        "> [!cite]\n> {}",
        "> [!quote] {}",
        "> **Notebook**: {}",
        "> It takes the option\n> `--so` {}",
        "> *Note*: {}",
        "> **Example 1**: {}",
        "> **{}**",
        "> x\n>\n> — {}\n>\n> y",
        "> “a” {}",
        "> x. — {}",
        "> x\n> ({})",
        "> x\n> (of 1920, {})",
        "> x. ({} 9)",
        "> `[!NOTE]` {}",
        "> x\n> [y](z) {}",
        '"x""{}"',
        '" and "{}"',
        '| 5" | "{}" |\n|---|---|',
        '# "{}"',
        '---\n\n"{}"\n\n---\n',
        '> ```\n> x\n\n"{}"',
        '- ```\n  x\n\n"{}"',
        '```\n- x\n```\n"{}"',
        '    ```\n\n"{}"',
        'x[^1]\n\n[^1]: "{}"',
        '"{}\n\n"and so on',
        'He said: "{}\n\n"and so on"',
        "‘{}\n\n‘and so on’",
        "so <blockquote>{}</blockquote>",
        "Text\n> {}",
        "> - {}",
        '<!-- x -->\n\n"{}"',
        '<pre>\n```\n</pre>\n\n"{}"',
    ],
)
def test_a_quotation_is_not_hidden(text: str) -> None:
    assert any(MADE_UP in each for each in quoted(text.format(MADE_UP)))


@pytest.mark.quick("*")
@pytest.mark.parametrize(
    "text",
    [
        "'{}'",
        "> [!note]- Title\n> {}",
        "> \\[!NOTE\\]\n> {}",
        "> **Note**: {}",
        "> **Note:** {}",
        "> ⚠️ **Warning** {}",
        "> **⚠️ Warning:** {}",
        "> __Goal__ {}",
        "> <b>Tip</b> {}",
        "> **Summary**\n>\n> {}",
        "`“{}”`",
        "<code>“{}”</code>",
        "```\n“{}”\n```",
        "    “{}”",
        "<!-- “{}” -->",
        "<pre>“{}”</pre>",
        '[a](b "{}")',
        '<a title="{}">x</a>',
        '[a]: b "{}"',
        "> ```\n> “{}”\n> ```",
        "it's {} isn't it",
        "don’t {} won’t",
        "‘tis so: {} or ‘not’",
        "> [![{}](x.png)](y) ![a](z.png)",
    ],
)
def test_this_is_no_quotation(text: str) -> None:
    assert not any(MADE_UP in each for each in quoted(text.format(MADE_UP)))


@pytest.mark.parametrize(
    "text",
    [
        "> {}\n> — Name, *Book*, p. 5",
        "> {}\n> -- Name",
        "> {}\n>\n> ― Name",
        "> “{}” (Smith, The annual report of a committee, 1920, p. 5)",
        "> “{}” — Name",
        "<blockquote>\n{}<br>\n– Name\n</blockquote>",
        "<blockquote>{}<footer>— Name</footer></blockquote>",
        "> {}\n> \\- Name",
        "> {}\n> ~ Name",
        "> {}\n> Source: [a.md](a.md)",
        "> {}\n> [The report of a committee](a.md)",
        "> {}\n> (Committee, 1920)",
        "> {} (a.md:3)",
        "> {} [a.md:3-5]",
        "> {} `a.md#L3`\n>\n> — Name",
        "> {} [1](#a)",
        "> {}.【F:a.md†L3】",
        "> {}. — Jan van Name, *Book* (1920)",
        "> *{}.* (Name & Name 1920, p. 5).",
    ],
)
def test_who_said_it_is_no_part_of_a_block_quote(text: str) -> None:
    assert quoted(text.format(MADE_UP)) == [MADE_UP]


def test_call_outs_are_counted() -> None:
    report = Report(parse_blocks("> [!NOTE]\n> a\n\nb\n\n> **Tip** c\n\n> d", "report.md", 1 << 21))
    assert ([each.text for each in report.find_quotations()], report.call_outs) == (["d"], 2)


def test_a_quotation_has_the_line_on_which_it_begins_and_its_words() -> None:
    text = "a\n\n> b c\n>\n> d — e … f\n\ng “\nh”\n"
    assert [(each.line, each.word_count) for each in find_quotations(text)] == [(3, 2), (5, 3), (7, 1)]


@pytest.mark.parametrize(
    ("text", "length"),
    [
        pytest.param("“well-known, isn’t it?”", 3, id="words"),
        pytest.param("“one…two...three—four”", 4, id="joined without spaces"),
        pytest.param("「人工智能很好。」", 6, id="Han characters"),
        pytest.param("“one&nbsp;two&#32;three<br>four”", 4, id="joined by what is seen as a space"),
        pytest.param("“one\u200btwo\u2060three\u2800four”", 4, id="or not seen at all"),
        pytest.param("“GPT 模型”", 3, id="both"),
        pytest.param("“— * … ”", 0, id="none"),
    ],
)
def test_a_quotation_is_as_long_as_its_words(text: str, length: int) -> None:
    assert [each.word_count for each in find_quotations(text)] == [length]


@pytest.mark.parametrize(
    ("text", "is_patched"),
    [
        pytest.param("“a b c d e f”", False, id="no ellipsis"),
        pytest.param("“a b … c d e f”", False, id="long enough on the average"),
        pytest.param("“… a b …”", False, id="one piece"),
        pytest.param("“a b … c d … e f”", True, id="three short ones"),
        pytest.param("“a…b…c…d…e…f”", True, id="word for word"),
    ],
)
def test_a_quotation_of_pieces_that_are_too_short_is_patched(text: str, is_patched: bool) -> None:
    assert [each.is_fragmented for each in find_quotations(text)] == [is_patched]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        pytest.param("a \n\t b\u00a0\u2003c", "a b c", id="white space"),
        pytest.param("“a” ‘b’ „c“ it’s «d»", '"a" \'b\' "c" it\'s "d"', id="quotation marks and apostrophes"),
        pytest.param("a&nbsp;b &amp; &#8220;c&#x201d;", 'a b & "c"', id="entities"),
        pytest.param("*a* __b__ `c`", "a b c", id="emphasis"),
    ],
)
def test_wording_is_the_same(one: str, other: str) -> None:
    assert normalize_wording(one) == normalize_wording(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        pytest.param("A", "a", id="letter case"),
        pytest.param("a - b", "a — b", id="dashes"),
        pytest.param("a, b", "a b", id="punctuation"),
        pytest.param("a b", "ab", id="a space or none"),
        pytest.param("a > b", "a b", id="a mark inside a line"),
        pytest.param("a &nbsp b", "a b", id="what is no entity"),
    ],
)
def test_wording_differs(one: str, other: str) -> None:
    assert normalize_wording(one) != normalize_wording(other)


def test_parts_stand_in_a_source_in_their_order_and_not_on_top_of_each_other() -> None:
    assert contains_parts(("a b", "c"), "a b c")
    assert not contains_parts(("c", "a b"), "a b c")
    assert not contains_parts(("a b", "b c"), "a b c")


@pytest.mark.parametrize(
    "piece",
    [
        "a",
        '"',
        '"a ',
        "“",
        "“a”",
        ">",
        "> a\n",
        ">\n",
        "> — a\n",
        " ",
        "\n",
        ".",
        "(",
        "<a",
        "»",
        " »",
        " »a",
        "»a«",
        "「",
        "- > ",
        "- > a\n",
        "-",
        ' "“ »',
    ],
)
@pytest.mark.parametrize("head", ["", "“", "> ", '"'])
def test_a_report_of_anything_takes_no_longer_than_its_size(head: str, piece: str) -> None:
    text = head + piece * (100_000 // len(piece))
    began = process_time()
    with suppress(TooLargeToParse):
        find_quotations(text)
    assert process_time() - began < 5


@pytest.mark.parametrize(
    ("quoted", "stands"),
    [
        pytest.param("untrue that it was good", True, id="whole words"),
        pytest.param("true that it was good", False, id="from the middle of a word"),
        pytest.param("untrue that it was go", False, id="up to the middle of a word"),
        pytest.param("that it", True, id="a later place where it is whole words"),
        pytest.param("in 192", False, id="part of a number"),
        pytest.param("好世", True, id="a script that does not part its words"),
    ],
)
def test_a_quotation_begins_and_ends_where_words_do(quoted: str, stands: bool) -> None:
    source = normalize_wording("It is untrue that it was good, so that its maker, in 1920, said 你好世界.")
    assert contains_parts([quoted], source) is stands


@pytest.mark.slow
def test_a_source_that_says_it_inside_words_only_is_soon_done_with() -> None:
    began = process_time()
    assert not contains_parts(["a" * 1_000_000], "a" * (8 << 20))
    assert process_time() - began < 5
