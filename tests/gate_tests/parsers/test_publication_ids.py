import pytest

from gate_tests.parsers.publication_ids import find_id_in_url, find_ids


@pytest.mark.quick("*")
@pytest.mark.parametrize(
    ("text", "ids"),
    [
        pytest.param(
            "doi:10.1000/x, DOI: 10.1000/y. 10.1000/Z", ["doi:10.1000/x", "doi:10.1000/y", "doi:10.1000/z"], id="DOIs"
        ),
        pytest.param("doi.org/10.1000/x", ["doi:10.1000/x"], id="an address without scheme"),
        pytest.param("(10.1016/S0140-6736(20)30183-5).", ["doi:10.1016/s0140-6736(20)30183-5"], id="brackets"),
        pytest.param("10.0.0.0/8 110.1000/x 1.10.1000/x 10.1/x 10.1000", [], id="what is no DOI"),
        pytest.param(
            "arXiv:2210.03629v2 [cs.CL]; arXiv: 2302.04761.", ["arxiv:2210.03629", "arxiv:2302.04761"], id="arXiv ids"
        ),
        pytest.param(
            "arXiv:hep-th/9901001 arxiv.org/abs/math.GT/0309136",
            ["arxiv:hep-th/9901001", "arxiv:math.gt/0309136"],
            id="old ids",
        ),
        pytest.param("2210.03629 arXiv:22.1 arXiv:2210.0362", ["arxiv:2210.0362"], id="what is no arXiv id"),
        pytest.param("10.48550/arXiv.2210.03629", ["arxiv:2210.03629"], id="the DOI of an arXiv id"),
        pytest.param("\u89c1arXiv:2210.03629\u3002", ["arxiv:2210.03629"], id="Chinese around it"),
    ],
)
def test_publications_are_found_in_text(text: str, ids: list[str]) -> None:
    assert list(find_ids(text)) == ids


@pytest.mark.quick("*")
@pytest.mark.parametrize(
    ("url", "found"),
    [
        ("https://doi.org/10.1000/X", "doi:10.1000/x"),
        ("http://dx.doi.org/10.1000/x?a=b#c", "doi:10.1000/x"),
        ("https://doi.org/10.1000%2Fx", "doi:10.1000/x"),
        ("https://dl.acm.org/doi/abs/10.1145/1", "doi:10.1145/1"),
        ("https://arxiv.org/pdf/2210.03629v2.pdf", "arxiv:2210.03629"),
        ("https://www.arxiv.org/abs/hep-th/9901001", "arxiv:hep-th/9901001"),
        ("https://doi.org/10.48550/arXiv.2210.03629", "arxiv:2210.03629"),
        ("https://arxiv.org/list/cs.CL/recent", None),
        ("https://a.example/10.1000/x", None),
        ("http://[", None),
    ],
)
def test_the_url_of_a_publication_is_known(url: str, found: str | None) -> None:
    assert find_id_in_url(url) == found
