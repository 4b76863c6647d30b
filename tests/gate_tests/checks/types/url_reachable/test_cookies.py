import pytest

from gate_tests.checks.types.url_reachable.cookies import MAX_COOKIES, Cookies


@pytest.mark.quick("*")
@pytest.mark.parametrize(
    ("header", "host", "sent"),
    [
        pytest.param("a=b", "www.a.example", "a=b", id="to its host"),
        pytest.param("a=b; Path=/x; Secure", "www.a.example", "a=b", id="without its attributes"),
        pytest.param("a=", "www.a.example", "a=", id="empty"),
        pytest.param("a=b", "a.example", "", id="to no other host"),
        pytest.param("a=b; Domain=.a.example", "login.a.example", "a=b", id="to its domain"),
        pytest.param("a=b; domain=a.example;", "a.example", "a=b", id="to the head of its domain"),
        pytest.param("a=b; Domain=a.example", "ba.example", "", id="to no other domain"),
        pytest.param("a=b; Domain=b.example", "b.example", "", id="not for another site"),
        pytest.param("a=b; Domain=example", "b.example", "", id="not for a top-level domain"),
        pytest.param("a=b\tc", "www.a.example", "", id="malformed"),
        pytest.param("no cookie", "www.a.example", "", id="none"),
        pytest.param("a=" + "b" * 5000, "www.a.example", "", id="too long"),
    ],
)
def test_a_cookie_is_sent_where_it_belongs(header: str, host: str, sent: str) -> None:
    cookies = Cookies()
    cookies.collect("www.a.example", [header])
    assert cookies.header_for(host) == sent


def test_a_later_cookie_replaces_one_of_its_name_and_there_are_so_many_at_most() -> None:
    cookies = Cookies()
    cookies.collect("a.example", ["a=b", "a=c"])
    assert cookies.header_for("a.example") == "a=c"
    cookies.collect("a.example", [f"a{n}=b" for n in range(99)])
    assert cookies.header_for("a.example").count("=") == MAX_COOKIES
