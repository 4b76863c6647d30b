import pytest

from gate_tests.parsers.url_identity import identify_page, identify_request

SAME_REQUEST = [
    ("http://a.example", "http://a.example/"),
    ("HTTP://A.Example:80/b", "http://a.example/b"),
    ("https://a.example:443/b#c", "https://a.example/b"),
    ("http://a.example/%c3%a9", "http://a.example/\u00e9"),
    ("http://a.example/%7eb", "http://a.example/~b"),
    ("http://m\u00fcnchen.example/", "http://xn--mnchen-3ya.example/"),
]
SAME_PAGE = [
    ("http://a.example/b", "https://a.example/b"),
    ("https://www.a.example/b", "https://a.example/b/"),
    ("http://a.example:80/b", "https://a.example/b"),
    ("https://doi.org/10.1000/X", "http://dx.doi.org/10.1000/x"),
    ("https://arxiv.org/abs/2210.03629v1", "https://arxiv.org/pdf/2210.03629v2"),
    ("https://a.example/b?utm_source=c&d=1&utm_medium=e", "https://a.example/b?d=1"),
    ("https://a.example/?utm_source=c", "https://a.example"),
    ("https://link.springer.example/content/pdf/10.1007/s11192-020-1.pdf", "https://doi.org/10.1007/s11192-020-1"),
    (
        "https://biorxiv.example/content/10.1101/2020.01.01.123456v2.full.pdf",
        "https://doi.org/10.1101/2020.01.01.123456",
    ),
    ("https://a.example/doi/10.1000/v1", "https://b.example/doi/full/10.1000/V1"),
]
DIFFERENT = [
    ("https://a.example/b", "https://a.example/B"),
    ("https://a.example/b?c=1", "https://a.example/b?c=2"),
    ("https://a.example:8080/", "https://a.example/"),
    ("https://a.example/", "https://b.a.example/"),
    ("https://a.example/downloads/10.1000/x", "https://doi.org/10.1000/x"),
    ("https://doi.org/a/10.1000/x", "https://doi.org/10.1000/x"),
    ("https://a.example/b%2Fc", "https://a.example/b/c"),
]


@pytest.mark.quick("*")
@pytest.mark.parametrize(("one", "other"), SAME_REQUEST)
def test_urls_that_send_the_same_request_are_one(one: str, other: str) -> None:
    assert identify_request(one) == identify_request(other)
    assert identify_page(one) == identify_page(other)


@pytest.mark.quick("*")
@pytest.mark.parametrize(("one", "other"), SAME_PAGE)
def test_urls_of_one_page_are_one_source_but_two_requests(one: str, other: str) -> None:
    assert identify_page(one) == identify_page(other)
    assert identify_request(one) != identify_request(other)


@pytest.mark.quick("*")
@pytest.mark.parametrize(("one", "other"), DIFFERENT)
def test_other_urls_are_different_sources(one: str, other: str) -> None:
    assert identify_page(one) != identify_page(other)


@pytest.mark.parametrize("url", ["http://[", "http://a.example:99999999/", "", "http://\ud800/", "http://a]b/"])
def test_what_is_no_url_is_what_it_is(url: str) -> None:
    assert identify_request(url) == identify_request(url)
    assert identify_page(url) == identify_page(url)
