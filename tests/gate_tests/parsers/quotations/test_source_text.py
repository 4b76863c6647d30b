from time import process_time

import pytest

from gate_tests.parsers.quotations.matching import contains_parts, join_spaced_hyphens
from gate_tests.parsers.quotations.quotation import Quotation
from gate_tests.parsers.quotations.source_text import normalize_source


def is_found(quotation: str, source: str, path: str) -> bool:
    parts = Quotation(1, quotation).parts
    wordings = normalize_source(source, path)
    return any(contains_parts(each, wording) for each in (parts, join_spaced_hyphens(parts)) for wording in wordings)


@pytest.mark.quick("*")
@pytest.mark.parametrize(
    ("path", "source", "quotation"),
    [
        pytest.param("a.md", "the ~~bridge~~ __could__ *mo*re `than`", "the bridge could more than", id="marks"),
        pytest.param("a.md", "_the_ my\\_name snake_case \\*x", "the my_name snake_case x", id="underscores"),
        pytest.param("a.md", "the bridge\\\ncould  \ncarry", "the bridge could carry", id="hard line ends"),
        pytest.param("a.md", "> the bridge\n> could\n>> carry", "the bridge could carry", id="block quotes"),
        pytest.param("a.md", "- > the\n  > bridge\n1. > could", "the bridge could", id="in lists"),
        pytest.param("a.md", "it is >5 and <6", "it is >5 and <6", id="signs"),
        pytest.param("a.md", '[a b](http://x.y/a_(b) "title") c ![d](x.png) e', "a b c d e", id="links, images"),
        pytest.param("a.md", "[a](x) [b](y) [c][d] e", "a b c e", id="links side by side"),
        pytest.param("a.md", "carry[12]: more [1–3], than [4]. x[^a][5]", "carry: more, than. x", id="references"),
        pytest.param("a.md", "carry [citation needed] it[nb 1] more", "carry it [sic] more", id="remarks of editors"),
        pytest.param("a.md", 'carry<sup id="x"><a href="#fn">12</a></sup> more', "carry more", id="a footnote of HTML"),
        pytest.param("a.md", "see <https://e.org/a_b> and", "see https://e.org/a_b and", id="an autolink"),
        pytest.param("a.md", "the <!-- x --> bridge<!-- y -->s", "the bridges", id="around comments"),
        pytest.param("a.md", "Use `<!--` as it could", "Use <!-- as it could", id="no comment"),
        pytest.param("a.md", "```\n<!-- a\n```\nthe bridge", "the bridge", id="nor in a fence"),
        pytest.param("a.html", "<p>the <b>bri</b>dge<br>is&nbsp;a</p><p>b</p>", "the bridge is a b", id="HTML"),
        pytest.param("a.html", "said <q>the</q> bridge", 'said "the" bridge', id="a quotation of HTML"),
        pytest.param("a.xml", "<a><![CDATA[the bridge]]></a>", "the bridge", id="character data of XML"),
        pytest.param("a.txt", "5 &lt; 6 tonnes", "5 < 6 tonnes", id="entities"),
        pytest.param("a.cpp", "a vector<int> is", "a vector<int> is", id="a type"),
        pytest.param("a.mdx", 'a {/* x */}b{" "}<Term id="x">c</Term>, d', "a b c, d", id="MDX"),
        pytest.param("a.json", '{"a":"\\"b\\" \\u00e9 \\ud83d\\ude00 c\\/d\\ne"}', "b” é 😀 c/d e", id="JSON"),
        pytest.param("a.jsonl", '{"a":"<p>the <i>bridge<\\/i>"}\n', "the bridge", id="HTML in JSON Lines"),
        pytest.param("a.JSON", '{"a":"x\\n> the\\n> bridge"}', "the bridge", id="a block quote in JSON"),
        pytest.param("a.md", "« le pont » ‘a’ 'b' „c“ it’s", "“le pont” \"a\" “b” 'c' it's", id="kinds of marks"),
        pytest.param("a.md", "e\u0301 ﬁre a\u2011b for\u00adty ze\u200bro", "é fire a-b forty zero", id="characters"),
        pytest.param("a.md", "C:\\\\a C:\\b \\\\c", "C:\\a C:\\b \\c", id="backslashes"),
        pytest.param("a.md", "costs $5 and\n10 \t more", "costs $5 and 10 more", id="white space"),
        pytest.param("a.md", "put a `\\` sign (`\\`) here", "put a \\ sign (\\) here", id="a backslash in code"),
        pytest.param("a.txt", "in winter.12 It fell¹ here.²", "in winter. It fell here.", id="raised numbers"),
        pytest.param("a.html", "in winter<sup>1</sup> it.<sup>2</sup> So", "in winter it. So", id="in HTML"),
        pytest.param("a.html", "it<a href='#1'><sup>1</sup></a> is", "it is", id="a footnote of pandoc"),
        pytest.param("a.md", "the bridge[a] could,[b] it【4†a.md†L1】 is", "the bridge could, it is", id="other marks"),
        pytest.param("a.md", "in [0,&nbsp;1] and [0, 1]", "in [0, 1] and [0,&nbsp;1]", id="a range is no reference"),
        pytest.param("a.md", "a\n[^1]: the bridge", "a [^1]: the bridge", id="a footnote"),
        pytest.param("a.txt", "inter-\nnational law", "international law", id="a word over a line end"),
        pytest.param("a.txt", "inter-\nnational law", "inter- national law", id="copied as it is"),
        pytest.param("a.txt", "a non-\n  profit law", "a non-profit law", id="a compound over a line end"),
        pytest.param("a.txt", "for\u00ad\nty tonnes", "forty tonnes", id="a soft hyphen at a line end"),
        pytest.param("a.md", "> in COVID-\n> 19 times", "in COVID-19 times", id="over lines of a block quote"),
        pytest.param("a.txt", "pre-\nand post-war", "and post-war", id="no word over a line end"),
        pytest.param(
            "a.srt",
            "1\n00:00:01,000 --> 00:00:02,000\nthe\n\n2\n0:00:03,000 --> 0:00:04,000\nice",
            "the ice",
            id="subtitles",
        ),
        pytest.param("a.vtt", "00:01.000 --> 00:02.000 line:0\n<v Bob>the <00:01.500>ice", "the ice", id="of the web"),
        pytest.param("a.md", "don\N{ACUTE ACCENT}t", "don't", id="an accent for an apostrophe"),
    ],
)
def test_a_source_is_compared_as_a_reader_sees_it(path: str, source: str, quotation: str) -> None:
    assert is_found(quotation, source, path)


@pytest.mark.quick("*")
@pytest.mark.parametrize(
    ("path", "source", "quotation"),
    [
        pytest.param("a.md", "text <!-- the bridge --> more", "the bridge", id="a comment"),
        pytest.param("a.md", "text\n\n<!-- the bridge\n\nmore", "the bridge", id="one that is not closed"),
        pytest.param("a.mdx", "the {/* bridge could */} x", "bridge could", id="a comment of MDX"),
        pytest.param("a.html", "<script>the bridge</script>", "the bridge", id="a script"),
        pytest.param("a.md", "<style>\n\nthe bridge\n</style>", "the bridge", id="a style sheet"),
        pytest.param("a.html", '<a title="the bridge">x</a>', "the bridge", id="an attribute"),
        pytest.param("a.md", '[x](http://x.y "the bridge")', "the bridge", id="the title of a link"),
        pytest.param("a.html", "<td>the</td><td>bridge</td>", "the bridge", id="over cells of HTML"),
        pytest.param("a.html", "<li>the</li><li>bridge</li>", "the bridge", id="over items of HTML"),
        pytest.param("a.md", "| the | bridge |", "the bridge", id="over cells"),
        pytest.param("a.md", "- the\n- bridge", "the bridge", id="over items"),
        pytest.param("a.json", '["the","bridge"]', "the bridge", id="over strings of JSON"),
        pytest.param("a.md", "Map<String> of", "Map of", id="a type"),
        pytest.param("a.md", "5*4 of", "54 of", id="a product"),
        pytest.param("a.md", "snake_case of", "snakecase of", id="an underscore"),
        pytest.param("a.txt", "a non-\nprofit law", "profit law", id="half a compound over a line end"),
        pytest.param("a.txt", "un\u00ad\nlikely to", "likely to", id="half a word behind a soft hyphen"),
        pytest.param("a.txt", "un- \nlikely to", "likely to", id="half a word behind a space"),
        pytest.param("a.txt", "in 1914-\n18 then", "in 191418 then", id="numbers over a line end"),
        pytest.param("a.md", "in [0, 1] of", "in of", id="a range"),
        pytest.param("a.md", "10² km² of", "10 km of", id="a power"),
        pytest.param("a.md", "section.3 of", "section. of", id="a number behind a dot"),
        pytest.param("a.txt", "1\n00:00:01,000 --> 00:00:02,000\nice", "1 ice", id="times of what is no subtitle"),
    ],
)
def test_what_no_reader_sees_is_not_found(path: str, source: str, quotation: str) -> None:
    assert not is_found(quotation, source, path)


def test_a_large_source_is_read_in_chunks_and_none_of_it_is_lost() -> None:
    words = " ".join(f"*word* number {number}" for number in range(40_000))
    for source in (words, words.replace("number ", "number\n"), words.replace("* number", "*\n\nnumber")):
        assert normalize_source(source, "a.md") == (words.replace("*", ""),)


@pytest.mark.quick("a-a.md")
@pytest.mark.parametrize("path", ["a.md", "a.json", "a.html", "a.mdx", "a.srt"])
@pytest.mark.parametrize(
    "piece",
    [
        "a",
        "<",
        "<a ",
        '<a "',
        "<sup><a>",
        "<!--",
        "<!---->",
        "<script>",
        "[",
        "](",
        "][",
        "[1]",
        "[1,",
        "[^a",
        "](x '",
        "](a(",
        "*",
        "_",
        "_a",
        "\\",
        "'",
        '"',
        ">",
        "> - ",
        "- >\n",
        "&#1",
        "{/*",
        "{ ",
        "`",
        "~~",
        " ",
        "\n",
        "« a",
        "\u0301\u0323",
        "<xx:",
        "<a@",
        "'a",
        "\\u",
        "a-\n",
        "【",
        "word.1 ",
        "a¹",
        "1\n",
    ],
)
def test_a_source_of_anything_takes_no_longer_than_its_size(piece: str, path: str) -> None:
    source = "a" + piece * (300_000 // len(piece))
    began = process_time()
    normalize_source(source, path)
    assert process_time() - began < 2
