import pytest

from gate_tests.parsers.too_large import TooLargeToParse
from gate_tests.parsers.urls import find_parts, find_urls


def urls(text: str, path: str = "a.md") -> list[str]:
    return list(find_urls(find_parts(text, path, 1 << 20)))


@pytest.mark.quick("*")
@pytest.mark.parametrize(
    ("text", "found"),
    [
        pytest.param("[x](http://a.example/Foo_(bar))", ["http://a.example/Foo_(bar)"], id="a link"),
        pytest.param("<http://a.example/Foo_(bar)>", ["http://a.example/Foo_(bar)"], id="an autolink"),
        pytest.param(
            "[x][1]\n\n[1]: http://a.example/b 'http://c.example'\n", ["http://a.example/b"] * 2, id="a definition"
        ),
        pytest.param("x[^1]\n\n[^1]: http://a.example/b.\n", ["http://a.example/b"], id="a footnote"),
        pytest.param("![x](http://a.example/b.png)", ["http://a.example/b.png"], id="an image"),
        pytest.param(
            "[![x](http://a.example/1)](http://a.example/2)",
            ["http://a.example/1", "http://a.example/2"],
            id="an image in a link",
        ),
        pytest.param(
            "[http://a.example/1](http://a.example/2)", ["http://a.example/2"], id="the text of a link is none"
        ),
        pytest.param("[http://a.example/1](b.md)", ["http://a.example/1"], id="but that of a link to a file is"),
        pytest.param(
            '<a href="http://a.example/1?b=1&amp;c">http://a.example/1</a>', ["http://a.example/1?b=1&c"], id="HTML"
        ),
        pytest.param("http://a.example/?b=1&amp;c=2", ["http://a.example/?b=1&c=2"], id="an entity"),
        pytest.param(r"http://a.example/ok\_nope", ["http://a.example/ok_nope"], id="an escape"),
        pytest.param("**A: http://a.example/ok**", ["http://a.example/ok"], id="strong"),
        pytest.param("_http://a.example/ok_", ["http://a.example/ok"], id="emphasis"),
        pytest.param("~~http://a.example/ok~~", ["http://a.example/ok"], id="struck through"),
        pytest.param("http://a.example/a/__init__.py", ["http://a.example/a/__init__.py"], id="underscores inside"),
        pytest.param("|a|http://a.example/ok|\n", ["http://a.example/ok"], id="a row without a table"),
        pytest.param(
            "|a|b|\n|-|-|\n|http://a.example/1|[x](http://a.example/p\\|q)|\n",
            ["http://a.example/1", "http://a.example/p|q"],
            id="a table",
        ),
        pytest.param("> - http://a.example/1\n", ["http://a.example/1"], id="a list in a quotation"),
        pytest.param("`http://a.example/1`", ["http://a.example/1"], id="a code span that is a URL"),
        pytest.param(
            "`curl http://a.example/1` `get('http://a.example/2')` `http://a.example/<id>` `http://a.example/...`",
            [],
            id="a code span with other code",
        ),
        pytest.param("```\nhttp://a.example/1\n```\n\n    http://a.example/2\n", [], id="code blocks"),
        pytest.param("> ```\n> http://a.example/1\n> ```\n", [], id="a code block in a quotation"),
        pytest.param("<pre>http://a.example/1</pre>\n", [], id="pre"),
        pytest.param("<!-- http://a.example/1 -->\n\nb <!-- http://a.example/2 --> c\n", [], id="comments"),
        pytest.param(
            "---\nurl: http://a.example/1 # http://a.example/2\n# http://a.example/3\n---\n",
            ["http://a.example/1", "http://a.example/2"],
            id="front matter, its comment lines aside",
        ),
        pytest.param(
            "<details><summary>http://a.example/1</summary>http://a.example/2</details>",
            ["http://a.example/1", "http://a.example/2"],
            id="a summary and what it opens",
        ),
        pytest.param(
            '<section>\n<my-card href="http://a.example/1">x</my-card>\n<link href="http://a.example/2">\n</section>\n',
            ["http://a.example/1"],
            id="a block of HTML that points at one",
        ),
        pytest.param("http://a.example/{id} http://b.example/1", ["http://b.example/1"], id="placeholders are none"),
        pytest.param("[x](//a.example/1) [y](mailto:a@b.example) [z](#http://a.example)", [], id="links without http"),
    ],
)
def test_in_markdown_urls_are_targets_of_links_and_stand_in_text(text: str, found: list[str]) -> None:
    assert urls(text) == found


@pytest.mark.quick("*")
@pytest.mark.parametrize(
    ("path", "text", "found"),
    [
        pytest.param(
            "a.ts", "x = ['http://a.example/1', `http://a.example/2`] // http://a.example/3", "123", id="TypeScript"
        ),
        pytest.param("a.json", r'{"a": "http:\/\/a.example\/1", "b": "http://a.example/2\n\u0026"}', "12", id="JSON"),
        pytest.param("a.json", r'["http://a.example/?a\u0026b"]', ["?a&b"], id="JSON's escapes"),
        pytest.param(
            "a.bib", "url={http://a.example/1},note={\\url{http://a.example/a\\_b}.}", ["1", "a_b"], id="BibTeX"
        ),
        pytest.param(
            "a.tex",
            "\\href{http://a.example/a\\%20b}{b} \\url{http://a.example/\\~{}c}\n% http://a.example/d",
            ["a%20b", "~c"],
            id="LaTeX",
        ),
        pytest.param(
            "a.html",
            '<a href="http://a.example/?a&amp;b">x</a><!-- http://a.example/c -->http://a.example/&lt;d&gt;',
            ["?a&b"],
            id="HTML",
        ),
        pytest.param("a.csv", 'b,http://a.example/1,"http://a.example/2,3"\n', ["1", "2,3"], id="CSV"),
        pytest.param("a.adoc", "http://a.example/1[b] link:http://a.example/2[c]", "12", id="AsciiDoc"),
        pytest.param("a.txt", "```\nhttp://a.example/1\n``` **http://a.example/2**", "12", id="text"),
        pytest.param("README", "<http://a.example/1>", "1", id="no suffix"),
    ],
)
def test_in_other_files_they_stand_in_the_whole_text(path: str, text: str, found: list[str]) -> None:
    assert urls(text, path) == [f"http://a.example/{name}" for name in found]


def test_markdown_that_is_too_large_is_not_parsed_and_other_text_need_not_be() -> None:
    with pytest.raises(TooLargeToParse):
        find_parts("x" * 10, "a.md", 9)
    assert [part.text for part in find_parts("x" * 10, "a.txt", 9)] == ["x" * 10]
