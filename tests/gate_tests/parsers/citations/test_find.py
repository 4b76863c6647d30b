import pytest

from gate_tests.parsers.citations.citation import Citation, CitationKind
from gate_tests.parsers.citations.find import find_citations
from gate_tests.parsers.markdown.parse import parse_blocks
from tests.support.timing import shortest_time


def find(text: str) -> list[Citation]:
    return list(find_citations(parse_blocks(text, "a.md", 1 << 24)))


def cited(text: str) -> list[str]:
    """The paths that certainly are cited, with their lines where any are."""
    return [
        f"{each.path}:{each.lines[0]}-{each.lines[1]}" if each.lines else each.path
        for each in find(text)
        if each.is_certain and each.kind is not CitationKind.PATH and (each.path or not each.anchor)
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
        pytest.param("a.md:10 to 20", "a.md:10-20", id="from to"),
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
        pytest.param("<b/c.md:3>", "b/c.md:3-3", id="with a line"),
        pytest.param("[^1]: See a.md:3", "a.md:3-3", id="a footnote"),
        pytest.param("a.md?plain=1#L3-L4", "a.md:3-4", id="GitHub's plain view"),
        pytest.param("[a](b.md?plain=1#L3)", "b.md:3-3", id="a link to it"),
        pytest.param("a.md:10\N{EM DASH}20", "a.md:10-20", id="an em dash"),
        pytest.param("a.md:1\N{HORIZONTAL BAR}2 b.md:1\N{FIGURE DASH}2", "a.md:1-2 b.md:1-2", id="other dashes"),
        pytest.param("a.md:10\N{EM DASH}the first", "a.md:10-10", id="an em dash before a word"),
        pytest.param("a.md:~90-99", "a.md:90-99", id="approximately"),
        pytest.param("a.md:12ff.", "a.md:12-12", id="and the following"),
        pytest.param("a.md:10/20", "a.md:10-10 a.md:20-20", id="a slash between lines"),
        pytest.param("a.md:10 to 20 apples", "a.md:10-10", id="to a number of something"),
        pytest.param("src/a.md:10-src/a.md:20", "src/a.md:10-20", id="with the path again"),
        pytest.param("a.md:`10` a.md:10\u00b2", "a.md:10-10 a.md:10-10", id="in backticks, and with a footnote"),
        pytest.param("`a.md` line 12", "a.md:12-12", id="in words"),
        pytest.param("`a.md` @ line 12, `b.md` @L3", "a.md:12-12 b.md:3-3", id="with an at sign"),
        pytest.param("`a.md` line:12, `b.md` line #3", "a.md:12-12 b.md:3-3", id="with other signs"),
        pytest.param("`a.md` 第12行、`b.md`の3~4行目", "a.md:12-12 b.md:3-4", id="in Chinese and Japanese"),
        pytest.param("`a.md` lines 12–20", "a.md:12-20", id="lines in words"),
        pytest.param("`a.md` ~lines 90–99", "a.md:90-99", id="about lines"),
        pytest.param("`a.md` (~line 12)", "a.md:12-12", id="about a line, in brackets"),
        pytest.param("`a.md` (lines 3-4)", "a.md:3-4", id="lines in brackets"),
        pytest.param("`a.md` (lines 3, 15 and 18)", "a.md:3-3 a.md:15-15 a.md:18-18", id="several in brackets"),
        pytest.param("`a.md` L12", "a.md:12-12", id="L in words"),
        pytest.param("`a.md` (L12-L20)", "a.md:12-20", id="L in brackets"),
        pytest.param("`a.md` `L12`", "a.md:12-12", id="L in backticks of its own"),
        pytest.param("`a.md`, around line 12", "a.md:12-12", id="around"),
        pytest.param("`a.md`, at line 12", "a.md:12-12", id="at"),
        pytest.param("`a.md` - lines `3-4`", "a.md:3-4", id="a dash, and the numbers in backticks"),
        pytest.param("`a.md` (Lines: 3-4)", "a.md:3-4", id="with a colon"),
        pytest.param("`a.md` between lines 3 and 4", "a.md:3-3 a.md:4-4", id="between"),
        pytest.param("`a.md` from line 3 to line 4", "a.md:3-4", id="from line to line"),
        pytest.param("`a.md`\nlines 3-4", "a.md:3-4", id="on the next line"),
        pytest.param("| `a.md` | lines 3-4 |", "a.md:3-4", id="in the next cell"),
        pytest.param(
            "`a.md` Zeile 12, `b.md` (Zeilen 3 bis 4), c.md:5 und 6",
            "a.md:12-12 b.md:3-4 c.md:5-5 c.md:6-6",
            id="in German",
        ),
        pytest.param("Zeile 3 in `a.md`, l. 4 of b.md", "a.md:3-3 b.md:4-4", id="and first"),
        pytest.param(
            "`a.md` 第 3 至 4 行, b.md\N{FULLWIDTH COLON}5, c.md:\N{FULLWIDTH DIGIT SIX}",
            "a.md:3-4 b.md:5-5 c.md:6-6",
            id="wide signs and digits",
        ),
        pytest.param(
            "`a.md`\N{FULLWIDTH LEFT PARENTHESIS}3行目\N{WAVE DASH}4行目) `b.md` 文件的第5行",
            "a.md:3-4 b.md:5-5",
            id="ranges in Japanese",
        ),
        pytest.param("`a.md` 12번째 줄, `b.md`의 3행, `c.md` 라인 4", "a.md:12-12 b.md:3-3 c.md:4-4", id="in Korean"),
        pytest.param("`a.md` บรรทัดที่ 12 `b.md` บรรทัด 3", "a.md:12-12 b.md:3-3", id="in Thai"),
        pytest.param("Line 3 (`a.md`), L40 of b.md", "a.md:3-3 b.md:40-40", id="the lines first, and brackets"),
        pytest.param("a.md, line 3 of b.md", "b.md:3-3", id="the lines of one file only"),
        pytest.param("line 3 (a.md), Zeile 4 der Datei b.md", "a.md:3-3 b.md:4-4", id="the file in brackets"),
        pytest.param("a.md第3行 b.md(L4) c.md의 5번째 줄", "a.md:3-3 b.md:4-4 c.md:5-5", id="without white space"),
        pytest.param("「a.md」3行目 《b.md》第4行", "a.md:3-3 b.md:4-4", id="behind other quotation marks"),
        pytest.param("`a.md` L10/L20; `b.md`; line 3", "a.md:10-10 a.md:20-20 b.md:3-3", id="other separators"),
        pytest.param("a.md:3、99个 b.md:4와 5개", "a.md:3-3 b.md:4-4", id="a number of something in Chinese"),
        pytest.param("a.md: line 12", "a.md:12-12", id="without backticks"),
        pytest.param('File "a.py", line 12, in f', "a.py:12-12", id="Python's traceback"),
        pytest.param("a.py:line 12", "a.py:12-12", id="PHP's"),
        pytest.param("[`a.md`](a.md) line 12", "a.md:12-12 a.md", id="behind a link"),
        pytest.param("line 12 of `a.md`.", "a.md:12-12", id="the lines first"),
        pytest.param("Lines 3-4 in a.md.", "a.md:3-4", id="the lines first, without backticks"),
        pytest.param("【F:src/a.py†L10-L99】", "src/a.py:10-99", id="in brackets of an agent"),
        pytest.param("【F:a.py†L1】【F:my file.py†L2-L3】", "a.py:1-1 my file.py:2-3", id="one behind the other"),
        pytest.param("【src/a.py†L10】", "src/a.py:10-10", id="without F"),
        pytest.param("`a.py:10`, `:99`", "a.py:10-10 a.py:99-99", id="another line of the same file"),
        pytest.param("`a.py:10`, `:20-30`, and `:99`", "a.py:10-10 a.py:20-30 a.py:99-99", id="several of them"),
        pytest.param("`a.py:10` (here); `:99` (there)", "a.py:10-10 a.py:99-99", id="with remarks between"),
        pytest.param("`a.py:1`/`:2`和`:3` und `:4`", "a.py:1-1 a.py:2-2 a.py:3-3 a.py:4-4", id="with other words"),
        pytest.param("`a.py:10` and `L99`", "a.py:10-10 a.py:99-99", id="with L for a colon"),
        pytest.param("根拠はsrc/a.py:99を参照", "src/a.py:99-99", id="Japanese around it"),
        pytest.param(
            "参见src/a.py:9\N{FULLWIDTH COMMA}src/b.py:8和c.py:7。", "src/a.py:9-9 src/b.py:8-8 c.py:7-7", id="Chinese"
        ),
        pytest.param("파일 src/a.py:9에서", "src/a.py:9-9", id="a Korean particle"),
        pytest.param("ดูsrc/a.py:9ที่นี่", "src/a.py:9-9", id="Thai"),
        pytest.param("`a.py` 行は a.py:3です。", "a.py:3-3", id="kana behind it"),
        pytest.param("名前.md:3", "名前.md:3-3", id="a name in kanji"),
        pytest.param("_src/a.py:10_ ~~b.py:3~~ *c.py:4*", "src/a.py:10-10 b.py:3-3 c.py:4-4", id="marks of emphasis"),
        pytest.param("**a.py**:5 `b.py`:6-7 [c.py](c.py):8", "a.py:5-5 b.py:6-7 c.py:8-8 c.py", id="only the path"),
        pytest.param(
            "src/__init__.py:3 __tests__/a.ts:4 src/__b__/c.py:5",
            "src/__init__.py:3-3 __tests__/a.ts:4-4 src/__b__/c.py:5-5",
            id="marks of emphasis that are part of a name",
        ),
        pytest.param("__src/a.py:3__ **b**/c.py:4", "src/a.py:3-3 b/c.py:4-4", id="and such that are not"),
        pytest.param("my\\_app.py:4 &#97;.py:5", "my_app.py:4-4 a.py:5-5", id="an escape and an entity"),
        pytest.param("s\u200brc/a.py\u2060:1\xad0 `b.py\ufeff`:3", "src/a.py:10-10 b.py:3-3", id="what nobody sees"),
        pytest.param("see`a.py:10`now", "a.py:10-10", id="backticks without white space"),
        pytest.param("@src/a.py:4", "@src/a.py:4-4", id="a mention"),
        pytest.param(
            "Makefile:5 docker/Dockerfile:3 LICENSE:2 README:1",
            "Makefile:5-5 docker/Dockerfile:3-3 LICENSE:2-2 README:1-1",
            id="well-known names",
        ),
        pytest.param(".gitignore:3 .eslintrc:4 config.ru:5", ".gitignore:3-3 .eslintrc:4-4 config.ru:5-5", id="others"),
        pytest.param(
            "config.yml.example:3 .cursorrules:4 config.h.in:5 Dockerfile-dev:6",
            "config.yml.example:3-3 .cursorrules:4-4 config.h.in:5-5 Dockerfile-dev:6-6",
            id="copies and such",
        ),
        pytest.param('<a href="b.md">x</a> <img src="c.png">', "b.md c.png", id="HTML"),
        pytest.param('<div>\n<a href="b.md#L3">x</a>\n</div>', "b.md:3-3", id="HTML in a block"),
        pytest.param("[x][y]\n\n[y]: b.md", "b.md b.md", id="a link by reference, and its definition"),
        pytest.param("> ```\n> x\n\na.py:9", "a.py:9-9", id="behind a fence that ends with its quotation"),
        pytest.param("<pre>\n```\n</pre>\n\na.py:9", "a.py:9-9", id="behind backticks in HTML"),
        pytest.param("<!--\n```\n-->\n\na.py:9", "a.py:9-9", id="behind backticks in a comment"),
        pytest.param("example.com/a.py b.rs:9", "b.rs:9-9", id="an ending that is a country's too"),
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
        "<b/c.md>",
        "redis:7 postgres:16-alpine node:18 nginx:1.27.1",
        "api.example.de:8443 redis.default.svc:6379 db.internal:5432 host.docker.internal:3000",
        "api.example.rs:8443",
        "gitlab.example.de/a/b.py:10",
        "Node.js:18 .NET:8",
        "TODO:3 Note:1 README.foo:2",
        "while `a.py` has 12 lines",
        "`a.py` (12 lines)",
        "`a.py` 有12行",
        "`a.py` 12行",
        "`a.py`는 12줄이다",
        "`a.py` มี 12 บรรทัด",
        "`a.py` hat 12 Zeilen",
        "`a.py` (Zeilen: 120)",
        "a.py\N{FULLWIDTH COLON}3个问题 b.py\N{FULLWIDTH COLON}4 个",
        "12 lines in a.py",
        "promoted to L3 in `a.py`",
        "pkg.Class:12 pkg.Config:3 total.sum:3 built.in:4 for.example:5 api.example:8080",
        "example.com:8080/app.py:3",
        "`a.py` (lines: 120)",
        "lines 3-4 of the story",
        "【4:0†source】【5†L10-L20】",
        "`:99`",
        "`a.py:x`, `:99`",
        "docs/<name>/a.md:3 `docs/<name>/a.md:3` src/*/a.py:4 ${dir}/a.py:5 {dir}/a.py:6",
        "*.md:3",
        "<!-- Cite as path/to/file.py:12 -->",
        "text <!-- a.py:12 --> text",
        "    a.py:12",
        "> ```\n> a.py:12\n> ```",
        "- ```\n  a.py:12\n  ```",
        "```text\n- ```\nsrc/nope.py:1\n```",
        "<pre>a.py:12</pre>",
        "[a]({{ site.url }}/b.md) [c](${d}/e.md) <a href={f}>g</a>",
        "[a](localhost:3000) [a](tel:123) [a](<%= url %>)",
        "[comment]: <> (a.py:12)",
        "[::1]:8080",
        "https://example.com/a.py:10、",
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
    assert [(each.line, each.text) for each in find(text)] == [
        (5, "b.md:2"),
        (7, "d%20e.md#f"),
        (11, "g.md#L7"),
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
    assert shortest_time(lambda: find(text), limit_s=5) < 5


def test_another_line_of_the_same_file_is_one_only_in_a_list() -> None:
    assert cited("`a.py:10`, while the server listens at `:8080`") == ["a.py:10-10"]
    assert cited("`a.py:10`\n\nand `:99`") == ["a.py:10-10"]


@pytest.mark.parametrize("text", ["redis:7", "Grammar/Tokens:33", "api.example.de:8443", "x:1", "`my tool:3`"])
def test_what_may_be_a_file_is_certain_only_if_it_exists(text: str) -> None:
    (citation,) = find(text)
    assert not citation.is_certain


@pytest.mark.parametrize(
    ("text", "paths"),
    [
        pytest.param("`my file.md:10`", ["my file.md", "file.md"], id="with a space"),
        pytest.param("`python b.py:3`", ["python b.py", "b.py"], id="behind a command"),
        pytest.param("`src/a b c.md:1`", ["src/a b c.md", "b c.md", "c.md"], id="with several spaces"),
        pytest.param("`my file.md` line 3", ["my file.md", "file.md"], id="with lines in words"),
        pytest.param("src/it's.md:3", ["src/it's.md", "s.md"], id="an apostrophe"),
        pytest.param("a&b.md:3", ["a&b.md", "b.md"], id="an ampersand"),
        pytest.param("src/c#.md:3", ["src/c#.md", ".md"], id="a sharp"),
        pytest.param("x=src/a.md:3", ["x=src/a.md", "src/a.md"], id="an equals sign"),
        pytest.param("見src/a.md:3", ["見src/a.md", "src/a.md"], id="a script without spaces"),
        pytest.param("+src/a.md:3", ["+src/a.md", "src/a.md"], id="a sign of a diff"),
        pytest.param("-src/a.md:3", ["-src/a.md", "src/a.md"], id="another"),
        pytest.param("@src/a.md:3", ["@src/a.md", "src/a.md"], id="an at sign"),
        pytest.param("src\\a.md:3", ["src\\a.md", "src/a.md"], id="backslashes"),
        pytest.param("line 3 of README", ["README", "README.md"], id="without its ending"),
        pytest.param("(src/a.md):3", ["src/a.md"], id="in brackets"),
    ],
)
def test_what_belongs_to_a_name_is_tried(text: str, paths: list[str]) -> None:
    (citation,) = (each for each in find(text) if each.lines)
    assert list(citation.paths) == paths


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        pytest.param("`My file.md:10`", "My file.md:10", id="a name with a space"),
        pytest.param("`python src/b.py:3`", "src/b.py:3", id="behind a command"),
        pytest.param("`cat a.py | b.py:3`", "b.py:3", id="behind another file"),
        pytest.param("根拠はsrc/a.md:3", "src/a.md:3", id="a script without spaces"),
        pytest.param("根拠は名前.md:3", "根拠は名前.md:3", id="a name in that script"),
        pytest.param("`src/it's.md:3`", "src/it's.md:3", id="an apostrophe"),
        pytest.param("`a.md` (~lines 3–4)", "a.md ~lines 3–4", id="in words"),
        pytest.param("【F:a.md†L3】", "【F:a.md†L3】", id="in brackets of an agent"),
        pytest.param("`a.md:1`, `:L3-L4`", "a.md:3-L4", id="another line"),
    ],
)
def test_the_most_likely_reading_is_shown(text: str, shown: str) -> None:
    assert [each.text for each in find(text) if each.lines][-1] == shown


@pytest.mark.parametrize(
    ("text", "found"),
    [
        pytest.param("`src/app.py` `README.md` `docs/`", "src/app.py README.md docs/", id="files and folders"),
        pytest.param("`tests/test_a.py::test_b`", "tests/test_a.py", id="a test"),
        pytest.param("`docs/a.md#part`", "docs/a.md", id="with a part"),
        pytest.param("`console.log` `process.env` `self.map`", "", id="attributes"),
        pytest.param("`docs/YYYY-MM-DD.md` `path/to/a.py` `.../a.py`", "", id="placeholders"),
        pytest.param("`*.md` `{slug}.md` `docs/<x>.md` `.md`", "", id="patterns"),
        pytest.param("`npm run build.js` `--config=a.json` `f(a.py)`", "", id="commands"),
        pytest.param("`and/or` `application/json` `feature/x` `Node.js`", "", id="words"),
        pytest.param("`/etc/hosts.conf` `~/.bashrc`", "", id="of the machine"),
        pytest.param("[`a.py`](https://example.org/a.py)", "", id="in a link"),
        pytest.param("`a.py:3` `b.py` line 4", "", id="with lines"),
    ],
)
def test_a_path_in_backticks_is_one(text: str, found: str) -> None:
    paths = [each.path for each in find(text) if each.kind is CitationKind.PATH and each.is_certain]
    assert " ".join(paths) == found
