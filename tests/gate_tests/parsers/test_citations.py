from time import process_time

import pytest

from gate_tests.parsers.citations import find_citations


def cited(text: str) -> list[str]:
    """Paths, with their lines where any are cited."""
    return [
        f"{each.path}:{each.lines[0]}-{each.lines[1]}" if each.lines else each.path for each in find_citations(text)
    ]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        pytest.param("see src/a.py:10", "src/a.py:10-10", id="a line"),
        pytest.param("see src/a.py:10-20.", "src/a.py:10-20", id="lines, at the end of a sentence"),
        pytest.param("src/a.py:10–20", "src/a.py:10-20", id="with a typographic dash"),
        pytest.param("src/a.py:L10-L20", "src/a.py:10-20", id="with L"),
        pytest.param("src/a.py#L10", "src/a.py:10-10", id="an anchor"),
        pytest.param("src/a.py#L10-L20", "src/a.py:10-20", id="an anchor of lines"),
        pytest.param("src/a.py#L10-20", "src/a.py:10-20", id="a short one"),
        pytest.param("src/a.py#L10C5-L12C3", "src/a.py:10-12", id="with columns"),
        pytest.param("src/a.py:10:5-12:3", "src/a.py:10-12", id="a compiler's range"),
        pytest.param("src/a.py:10..20", "src/a.py:10-20", id="with two dots"),
        pytest.param("src/a.py:10\N{MINUS SIGN}20", "src/a.py:10-20", id="with another dash"),
        pytest.param("a.md:10,999", "a.md:10-10 a.md:999-999", id="several lines"),
        pytest.param("a.md:10-20,30,40-50.", "a.md:10-20 a.md:30-30 a.md:40-50", id="and ranges"),
        pytest.param("a.md:10:5,20:6", "a.md:10-10 a.md:20-20", id="with columns each"),
        pytest.param("a.md#L10,L20-L30", "a.md:10-10 a.md:20-30", id="several anchors"),
        pytest.param("(a.md:10, 20 and 30)", "a.md:10-10 a.md:20-20 a.md:30-30", id="several in words"),
        pytest.param("a.md:10, 20, and 30.", "a.md:10-10 a.md:20-20 a.md:30-30", id="a comma before the last"),
        pytest.param("a.md:10 to 20", "a.md:10-10 a.md:20-20", id="from to"),
        pytest.param("a.md:10; 20\nx", "a.md:10-10 a.md:20-20", id="at the end of a line"),
        pytest.param("a.md:10 & 20", "a.md:10-10 a.md:20-20", id="a sign for and"),
        pytest.param("a.md:10…20 b.md:10...20 c.md:1~2", "a.md:10-20 b.md:10-20 c.md:1-2", id="other signs for to"),
        pytest.param("a.md#L10,#L20 a.md#L1-#L2", "a.md:10-10 a.md:20-20 a.md:1-2", id="anchors with their sign"),
        pytest.param("a.md:10\N{IDEOGRAPHIC COMMA}20", "a.md:10-10 a.md:20-20", id="a comma of another script"),
        pytest.param("a.md:" + "0" * 5000 + "10", "a.md:10-10", id="many zeros"),
        pytest.param("a.md:" + "9" * 5000, f"a.md:{10**18}-{10**18}", id="a number of any length"),
        pytest.param("a.md:10, 20 apples", "a.md:10-10", id="a number of something"),
        pytest.param("a.md:10, 20, 30 apples", "a.md:10-10 a.md:20-20", id="behind a line"),
        pytest.param("a.md:10, b.md:20", "a.md:10-10 b.md:20-20", id="another file"),
        pytest.param("a.md:10,20abc", "a.md:10-10", id="a word that begins with a digit"),
        pytest.param("a.md:10, 2026-11-24", "a.md:10-10", id="a date"),
        pytest.param("[a](b.md#L3,L999)", "b.md:3-3 b.md:999-999", id="a link to several lines"),
        pytest.param("[a](b.md:3,5-9)", "b.md:3-3 b.md:5-9", id="and to ranges"),
        pytest.param("src/a.py:10:5: error", "src/a.py:10-10", id="a compiler's"),
        pytest.param("`src/a.py:10`", "src/a.py:10-10", id="in backticks"),
        pytest.param("**src/a.py:10**", "src/a.py:10-10", id="emphasised"),
        pytest.param("“src/a.py:10”", "src/a.py:10-10", id="in quotation marks"),
        pytest.param("(src/a.py:10)", "src/a.py:10-10", id="in brackets"),
        pytest.param("[(src/a.py:10)]", "src/a.py:10-10", id="in two"),
        pytest.param("in f(src/a.py:10)", "src/a.py:10-10", id="behind a bracket"),
        pytest.param("app/[slug]/(x)/page.tsx:3", "app/[slug]/(x)/page.tsx:3-3", id="brackets of its own"),
        pytest.param("([slug]/page.tsx:3)", "[slug]/page.tsx:3-3", id="both"),
        pytest.param("|a.md:1|", "a.md:1-1", id="in a table"),
        pytest.param("source:a.md:1", "a.md:1-1", id="behind a colon"),
        pytest.param("> - a.md:1", "a.md:1-1", id="in a block quote"),
        pytest.param("a.md:0", "a.md:0-0", id="line 0"),
        pytest.param("a.md:20-10", "a.md:20-10", id="reversed"),
        pytest.param("src/Makefile:3", "src/Makefile:3-3", id="a slash and no extension"),
        pytest.param(".gitignore:3", ".gitignore:3-3", id="a hidden name"),
        pytest.param(".env.local:3", ".env.local:3-3", id="that ends as a host does"),
        pytest.param("../a.md:1", "../a.md:1-1", id="out of its folder"),
        pytest.param("/src/a.md:1", "/src/a.md:1-1", id="absolute"),
        pytest.param("src\\a.md:1", "src\\a.md:1-1", id="backslashes"),
        pytest.param("résumé/日本.md:1", "résumé/日本.md:1-1", id="any script"),
        pytest.param("[a.md:3](https://example.com/b.md#L9)", "a.md:3-3", id="the words of a link"),
        pytest.param("[a](b.md)", "b.md", id="a link"),
        pytest.param("[a](b.md 'Title')", "b.md", id="with a title"),
        pytest.param('[a](b.md\n"Title")', "b.md", id="on the next line"),
        pytest.param("![a](img/b.png)", "img/b.png", id="an image"),
        pytest.param("[![a](b.png)](c.md)", "b.png c.md", id="an image in a link"),
        pytest.param("[a](<my file.md>)", "my file.md", id="in angle brackets"),
        pytest.param("[a](my%20file.md#top)", "my file.md", id="percent-escapes and an anchor"),
        pytest.param("[a](b\\_c.md)", "b_c.md", id="a backslash before a mark"),
        pytest.param("[a](b_(c).md)", "b_(c).md", id="brackets in it"),
        pytest.param("[a](b.md?raw=1)", "b.md", id="a query"),
        pytest.param("[a](b.md#L3-L4)", "b.md:3-4", id="a link to lines"),
        pytest.param("[a](b.md:3)", "b.md:3-3", id="a link to a line"),
        pytest.param("[a](b/c)", "b/c", id="a link to a folder perhaps"),
        pytest.param("[a]()", "", id="a link to nothing"),
        pytest.param("[a]: b.md", "b.md", id="a definition"),
        pytest.param('[a]: <b c.md> "Title"', "b c.md", id="a definition with a title"),
        pytest.param("<b/c.md>", "b/c.md", id="a path in angle brackets"),
        pytest.param("<b/c.md:3>", "b/c.md:3-3", id="with a line"),
        pytest.param("[^1]: See a.md:3", "a.md:3-3", id="a footnote"),
    ],
)
def test_this_is_a_citation(text: str, found: str) -> None:
    assert " ".join(cited(text)) == found


@pytest.mark.parametrize(
    "text",
    [
        "",
        "at 12:30",
        "2026-11-24T10:30:05",
        "http://host:80",
        "https://example.com/a/b.md:10",
        "https://github.com/a/b/blob/main/c.py#L10",
        "git+ssh://host.xz/a.git:1",
        "localhost:3000",
        "127.0.0.1:8080",
        "example.com:443",
        "redis.local:6379",
        "github.com/a/b.py#L10",
        "a.js:3000/path",
        "doi:10.1002/(SICI)1520-6505(1998)7:3<101::AID>3.0.CO;2-P",
        "C++:1",
        "key: value",
        "foo.bar:",
        "foo.bar: 12",
        "v1.2:3",
        "1/2:3",
        "org/image:1.2.3",
        "node/image:18-alpine",
        "a.py:10abc",
        "std::vec:1",
        "Genesis 1:1-3",
        "a.md",
        "src/a.md",
        "a.md#L",
        "a.md#10",
        "[a](#top)",
        "[a](https://example.com/b.md)",
        "[a](mailto:b@c.de)",
        "[a](tel:123)",
        "[a](//example.com/b.md)",
        "[Note]: something else",
        "[^1]: footnote",
        "- [ ] (todo)",
        "<div>",
        "<br/>",
        "</p>",
        "<motion.div>",
        "<https://example.com/b.md>",
        "<owner/name>",
        "`[a](b.md)`",
        "`` <b/c.md> ``",
        "```\na.md:3\n[a](b.md)\n```",
        "---\nsource: a.md:3\n---\n",
        f"{'x' * 2000}.md:3",
    ],
)
def test_this_is_none(text: str) -> None:
    assert cited(text) == []


def test_a_citation_has_the_line_of_the_report_and_its_own_words() -> None:
    text = "---\nx: y\n---\n\na `b.md:2`\n\n[c](d%20e.md#f)\n```\n\n```\ng.md#L7\n"
    assert [(each.line, each.text) for each in find_citations(text)] == [
        (5, "b.md:2"),
        (11, "g.md#L7"),
        (7, "d%20e.md#f"),
    ]


HOSTILE = [
    *("a", "`", "` ", "](", "](a", "](a(", "](<", "](a  ", "<", "<a/", "(", "[", "[x\n", "[a]: b\n", " ", "\n"),
    *("1,1", ":1-", "…1", ",#L1", ",1", ", 1", " and 1", ",1-1", ", and"),
    *("a:", "a.b:1 ", ":1", "://", "a.", "1", "[a](b)", "~", "\\"),
]


@pytest.mark.parametrize("piece", HOSTILE)
@pytest.mark.parametrize("head", ["", "](", "a.b:", "a.b:1", "](a.b:1", "<"])
def test_a_report_of_anything_takes_no_longer_than_its_size(head: str, piece: str) -> None:
    text = head + piece * (100_000 // len(piece))
    began = process_time()
    for _ in find_citations(text):
        pass
    assert process_time() - began < 5
