import time

import pytest

from gate_tests.parsers.url_scan import scan_urls


def scan(text: str) -> list[str]:
    return [found.url for found in scan_urls(text) if not found.is_template]


@pytest.mark.quick("*")
@pytest.mark.parametrize(
    ("text", "urls"),
    [
        pytest.param("See http://a.example/b. Then", ["http://a.example/b"], id="a full stop"),
        pytest.param("(http://a.example/b), http://c.example!", ["http://a.example/b", "http://c.example"], id="()"),
        pytest.param("http://a.example/wiki/Foo_(bar)", ["http://a.example/wiki/Foo_(bar)"], id="balanced ()"),
        pytest.param("(see http://a.example/Foo_(bar)).", ["http://a.example/Foo_(bar)"], id="balanced in ()"),
        pytest.param("http://a.example/f_(b_(c))", ["http://a.example/f_(b_(c))"], id="() in ()"),
        pytest.param("**http://a.example/b**", ["http://a.example/b"], id="emphasis"),
        pytest.param("_http://a.example/b_ ~http://c.example/~", ["http://a.example/b", "http://c.example/"], id="_ ~"),
        pytest.param("http://a.example/b_", ["http://a.example/b_"], id="an underscore of its own"),
        pytest.param(
            "\u00abhttp://a.example/b\u00bb \u201ehttp://c.example/d\u201c",
            ["http://a.example/b", "http://c.example/d"],
            id="quotation marks",
        ),
        pytest.param("\u2018http://a.example/b\u2019", ["http://a.example/b"], id="single quotation marks"),
        pytest.param("\u89c1http://a.example/b\u3002\u7136\u540e", ["http://a.example/b"], id="Chinese around it"),
        pytest.param(
            "\uff08http://a.example/b\uff09\u300chttp://c.example\u300d",
            ["http://a.example/b", "http://c.example"],
            id="East Asian brackets",
        ),
        pytest.param("http://a.example\u306f", ["http://a.example"], id="a kana after the host"),
        pytest.param("http://a.example:80\u306f", ["http://a.example:80"], id="a kana after the port"),
        pytest.param("http://a.example/docs\uc5d0\uc11c", ["http://a.example/docs"], id="a particle after the path"),
        pytest.param(
            "http://a.example/\u6587\u68632\u5e74", ["http://a.example/\u6587\u68632\u5e74"], id="a Chinese path"
        ),
        pytest.param("http://ja.example/wiki/C\u8a00\u8a9e", ["http://ja.example/wiki/C\u8a00\u8a9e"], id="a title"),
        pytest.param(
            "http://\u4f8b\u3048.\u30c6\u30b9\u30c8/\u00e9", ["http://\u4f8b\u3048.\u30c6\u30b9\u30c8/\u00e9"], id="IDN"
        ),
        pytest.param(
            "http://m\u00fcnchen.example/\u00fc?\u00fc", ["http://m\u00fcnchen.example/\u00fc?\u00fc"], id="letters"
        ),
        pytest.param("|a|http://a.example/b|c|", ["http://a.example/b"], id="table cells without spaces"),
        pytest.param(
            "http://a.example\u2019s http://a.example/b\u2019s",
            ["http://a.example", "http://a.example/b"],
            id="\u2019s",
        ),
        pytest.param("http://a.example/a|b", ["http://a.example/a|b"], id="a bar of its own"),
        pytest.param("url={http://a.example/b},", ["http://a.example/b"], id="BibTeX"),
        pytest.param(
            "['http://a.example/1','http://a.example/2']", ["http://a.example/1", "http://a.example/2"], id="''"
        ),
        pytest.param(
            '["http://a.example/1","http://a.example/2"]', ["http://a.example/1", "http://a.example/2"], id='""'
        ),
        pytest.param("`http://a.example/b`", ["http://a.example/b"], id="a template literal"),
        pytest.param("http://a.example/Murphy's_law", ["http://a.example/Murphy's_law"], id="an apostrophe"),
        pytest.param(r'"x\nhttp://a.example/b\nc"', ["http://a.example/b"], id="escapes of a string"),
        pytest.param("href=http://a.example/b>b", ["http://a.example/b"], id="HTML"),
        pytest.param("http://a.example/b,c;d!e", ["http://a.example/b,c;d!e"], id="punctuation inside"),
        pytest.param(
            "http://a.example/a[1] [http://b.example][1]", ["http://a.example/a[1]", "http://b.example"], id="[]"
        ),
        pytest.param(
            "http://a.example/b... http://c.example\u2026", ["http://a.example/b", "http://c.example"], id="..."
        ),
        pytest.param(
            "http://a.example?q=1 http://b.example#c", ["http://a.example?q=1", "http://b.example#c"], id="no path"
        ),
        pytest.param("HTTPS://A.example/B", ["HTTPS://A.example/B"], id="letter case"),
        pytest.param("http://[::1]:80/b http://[::1]", ["http://[::1]:80/b", "http://[::1]"], id="IPv6"),
        pytest.param("http://amy:pw@a.example/b", ["http://amy:pw@a.example/b"], id="a user"),
        pytest.param("http://a_b.example/c", ["http://a_b.example/c"], id="an underscore in the host"),
        pytest.param("http://a.example/b\u00a0c", ["http://a.example/b"], id="a no-break space"),
        pytest.param("http://a.example/b\u200bc", ["http://a.example/bc"], id="a zero-width space is not seen"),
        pytest.param("http://a.example/b\u2192c", ["http://a.example/b"], id="an arrow"),
        pytest.param("README.md www.a.example a@b.example ftp://a.example //a.example", [], id="no http"),
        pytest.param("<svg xmlns='http://www.w3.org/2000/svg'>", [], id="an XML namespace"),
        pytest.param("git+https://a.example/b xhttp://c.example", [], id="another scheme"),
        pytest.param("http:// https://... http://) http://*.a.example", [], id="no host"),
    ],
)
def test_a_url_ends_where_a_reader_would_end_it(text: str, urls: list[str]) -> None:
    assert scan(text) == urls


@pytest.mark.parametrize(
    "text",
    [
        "https://${host}/b", "https://{sub}.a.example", "https://cdn.${n}.example", "http://a.example/${id}/x",
        "http://a.example/users/{id}", "http://a.example/{{ page }}", "http://a.example/<%= id %>",
        "http://a.example/<USER_ID>/x", "http://a.example/<id>/x", "http://localhost:${port}",
        "http://localhost:80XX/x", "http://localhost:PORT/", "http://a.example/*", "http://localhost:*",
        r"https://a\.example/[a-z]+",
    ],
)  # fmt: skip
def test_a_url_with_a_placeholder_is_a_template(text: str) -> None:
    assert [found.is_template for found in scan_urls(text)] == [True]


def test_offsets_are_those_of_the_text() -> None:
    text = "a (http://a.example/b), c"
    (found,) = scan_urls(text)
    assert text[found.start : found.end] == found.url


@pytest.mark.parametrize(
    "text",
    [
        "h" * 2**22, "https://" * 2**19, "https://" + "." * 2**22, "https://['" * 2**18, "https://[" + ":" * 2**22,
        "https://a@" * 2**18, "https://a/(" * 2**18, "https://a/" + "(" * 2**22, "https://a/" + "\u898b" * 2**21,
        ("https://a/" + "(" * 4000 + ")" * 4000 + " ") * 400, ("https://a/" + "!" * 9000 + " ") * 400,
        ("https://a" + "a\u898b" * 3000 + " ") * 400,
    ],
    ids=range(12),
)  # fmt: skip
def test_a_large_text_is_searched_in_little_time(text: str) -> None:
    began = time.process_time()
    scan(text)
    assert time.process_time() - began < 10
