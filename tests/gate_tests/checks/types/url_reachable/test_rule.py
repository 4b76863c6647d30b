import time
from collections.abc import Iterator
from typing import Any

import pytest

from gate_tests.checks.outcome import Outcome
from gate_tests.checks.truncation import MAX_RECORDED
from gate_tests.checks.types.url_reachable import probe
from gate_tests.checks.types.url_reachable.rule import UrlReachable
from gate_tests.compiler.gate import compile_gate
from gate_tests.compiler.loader import load_contract
from gate_tests.compiler.options import EvaluationOptions
from gate_tests.errors import InvalidFile
from gate_tests.js_regex.pattern import compile_pattern
from tests.support.checks import evaluate_all, try_check
from tests.support.repository import Repository
from tests.support.web_site import Says, Site, serving


@pytest.fixture
def site() -> Iterator[Site]:
    """A site on which /1 to /9 are there and all else is not."""
    with serving({f"/{n}": 200 for n in range(1, 10)}) as site:
        yield site


def rule(*allow_hosts: str, sample_seed: str = "run\nGT\n1", **keys: Any) -> UrlReachable:
    usual = {"url_pattern": None, "max_failures": 0, "sample_size": None, "offline": False, "regex_s": 2, "check_s": 60}
    if "url_pattern" in keys:
        keys["url_pattern"] = compile_pattern(keys["url_pattern"])
    return UrlReachable(**{**usual, "allow_hosts": allow_hosts, "sample_seed": sample_seed, **keys})


def judged(site: Site, text: str, **keys: Any) -> Outcome:
    """What comes of a text in which {url} stands for the site."""
    return rule(site.host, **keys).evaluate_text(text.replace("{url}", site.url), "a.md")


def urls(text: str) -> list[str]:
    """The URLs of a text, as they would be asked for."""
    measured = rule(offline=True).evaluate_text(text, "a.md").measured
    return [failed["url"] for failed in measured["failed"]]


def drawn(sample_seed: str, size: int = 5, of: int = 40) -> list[str]:
    text = "".join(f"http://a.example/{n}\n" for n in range(of))
    measured = rule(sample_seed=sample_seed, sample_size=size, offline=True).evaluate_text(text, "a.md").measured
    assert (measured["total_urls"], measured["checked"]) == (of, size)
    return [failed["url"] for failed in measured["failed"]]


def test_urls_that_all_answer_pass_and_each_is_asked_for_once(site: Site) -> None:
    outcome = judged(site, 'a: "{url}/1",\nb: "{url}/2",\nc: "{url}/1"')
    assert outcome == Outcome(True, "2 URLs, all 2xx", {"total_urls": 2, "checked": 2, "ok": 2, "failed": []})
    assert sorted(site.asked) == [("HEAD", "/1"), ("HEAD", "/2")]


@pytest.mark.parametrize("keys", [{}, {"url_pattern": r"http\S+"}])
def test_urls_that_differ_behind_a_number_sign_only_are_asked_for_once_and_count_as_one(
    site: Site, keys: dict[str, Any]
) -> None:
    outcome = judged(site, "{url}/1#a {url}/gone#a {url}/1#b {url}/gone {url}/1", **keys)
    assert (outcome.measured["total_urls"], outcome.measured["ok"]) == (2, 1)
    assert outcome.measured["failed"] == [{"url": f"{site.url}/gone#a", "status": 404}]
    assert sorted(path for method, path in site.asked if method == "HEAD") == ["/1", "/gone"]


def test_one_that_does_not_answer_fails_with_its_status(site: Site) -> None:
    outcome = judged(site, "{url}/1 {url}/gone {url}/2")
    assert not outcome.holds
    assert outcome.found == f"1 of 3 URLs failing: {site.url}/gone (status 404)"
    failed = [{"url": f"{site.url}/gone", "status": 404}]
    assert outcome.measured == {"total_urls": 3, "checked": 3, "ok": 2, "failed": failed}


def test_one_that_is_not_asked_for_fails_with_the_reason(site: Site) -> None:
    outcome = judged(site, f"{{url}}/1 http://localhost:{site.port}/2")
    assert not outcome.holds
    error = "leads to a loopback address, which allow_hosts does not allow"
    assert outcome.measured["failed"] == [{"url": f"http://localhost:{site.port}/2", "status": 0, "error": error}]
    assert site.asked == [("HEAD", "/1")]


@pytest.mark.parametrize(("max_failures", "holds"), [(0, False), (1, False), (2, True), (3, True)])
def test_so_many_may_fail(site: Site, max_failures: int, holds: bool) -> None:
    outcome = judged(site, "{url}/1 {url}/a {url}/b", max_failures=max_failures)
    assert outcome.holds is holds
    assert [failed["status"] for failed in outcome.measured["failed"]] == [404, 404]


@pytest.mark.slow
def test_failures_are_told_in_the_order_of_the_text_whichever_came_first() -> None:
    with serving({"/a": Says(404, after_s=0.1), "/c": Says(404, after_s=0.05)}) as site:
        outcome = judged(site, "{url}/a {url}/b {url}/c {url}/d {url}/e")
    told = "; ".join(f"{site.url}/{name} (status 404)" for name in "abcde")
    assert outcome.found == f"5 of 5 URLs failing: {told}"
    assert [failed["url"][-1] for failed in outcome.measured["failed"]] == list("abcde")


@pytest.mark.parametrize("keys", [{}, {"url_pattern": r"\S+"}], ids=["found", "pattern"])
def test_neither_record_nor_reason_has_user_and_password_of_a_url(site: Site, keys: dict[str, Any]) -> None:
    address = site.url.removeprefix("http://")
    written = [
        f"http://amy:s3cret@{address}/1",
        f"http://amy:s3cret@@{address}/2",
        f"{site.url}/?u=ftp://amy:s3cret@x/y",
    ]
    outcome = judged(site, " ".join(written), **keys)
    assert not outcome.holds
    shown = [failed["url"] for failed in outcome.measured["failed"]]
    assert shown == [f"{site.url}/1", f"{site.url}/2", f"{site.url}/?u=ftp://x/y"]
    assert "s3cret" not in str(outcome)
    assert f"{site.url}/1 (contains user info, which is never sent)" in outcome.found


def test_an_at_sign_in_the_path_of_a_url_is_no_user(site: Site) -> None:
    outcome = judged(site, "{url}/@amy/a@b?c=@d")
    assert outcome.measured["failed"] == [{"url": f"{site.url}/@amy/a@b?c=@d", "status": 404}]


def test_a_record_names_fifty_that_failed_at_most(site: Site) -> None:
    text = " ".join(f"ftp{n}://a.example" for n in range(80))
    measured = judged(site, text, url_pattern=r"\S+").measured
    assert (measured["checked"], measured["ok"], len(measured["failed"])) == (80, 0, MAX_RECORDED)


def test_a_record_holds_no_url_of_any_length(site: Site) -> None:
    outcome = judged(site, "{url}/1 http://a.example/" + "a" * 100_000)
    assert len(str(outcome.measured)) < 1000
    assert len(outcome.found) < 500
    assert outcome.measured["failed"][0]["error"].startswith("is longer than")


NO_URL = "no URL: only link targets and http(s) URLs in text count"


@pytest.mark.parametrize("text", ["", "no URL here", "http:// https://... ftp://a.example www.a.example README.md"])
@pytest.mark.parametrize("max_failures", [0, 5])
def test_a_text_without_a_url_fails_whatever_may_fail(text: str, max_failures: int) -> None:
    outcome = rule(max_failures=max_failures).evaluate_text(text, "a.md")
    assert outcome == Outcome(False, NO_URL, {"total_urls": 0, "checked": 0, "ok": 0, "failed": []})


def test_a_text_without_a_url_fails_and_says_what_was_left_aside() -> None:
    text = "```\nhttp://a.example/1\n```\n<!-- http://a.example/2 -->\n\nhttp://a.example/${id}\n"
    found = f"{NO_URL}; 3 URLs in code, comments or with a placeholder not counted"
    assert rule().evaluate_text(text, "a.md").found == found
    assert rule(url_pattern="x+").evaluate_text("y", "a.md").found == "no URL: no match of the url_pattern"


def test_markdown_that_is_too_large_to_be_parsed_fails_unless_there_is_a_pattern(repository: Repository) -> None:
    validation = {"type": "url_reachable", "target": "a.md"}
    tried = try_check(repository, validation, "http://a.invalid/ " * 10, limits={"markdown_bytes": 99})
    assert "limits.markdown_bytes" in tried.outcome.found
    validation["url_pattern"] = "http://[^ ]+"
    tried = try_check(repository, validation, "http://a.invalid/ " * 10, limits={"markdown_bytes": 99})
    assert tried.outcome.measured["total_urls"] == 1


def test_offline_nothing_is_asked_for_and_all_fails_whatever_may_fail(site: Site) -> None:
    outcome = judged(site, "{url}/1 {url}/2", offline=True, max_failures=5)
    assert (outcome.holds, outcome.found) == (False, "2 URLs not requested: offline")
    failed = [{"url": f"{site.url}/{n}", "status": 0, "error": "offline"} for n in (1, 2)]
    assert outcome.measured == {"total_urls": 2, "checked": 2, "ok": 0, "failed": failed}
    assert site.asked == []


def test_where_no_host_can_be_found_the_network_is_missing_and_all_fails_whatever_may_fail() -> None:
    outcome = rule(max_failures=5).evaluate_text("http://a.invalid/ http://b.invalid/", "a.md")
    assert not outcome.holds
    assert outcome.found == "no network: no host of 2 URLs could be resolved"


def test_a_host_that_cannot_be_found_beside_one_that_can_is_one_failure(site: Site) -> None:
    outcome = judged(site, "{url}/1 http://a.invalid/", max_failures=1)
    assert outcome.holds
    assert outcome.measured["ok"] == 1


@pytest.mark.slow
def test_what_is_not_asked_for_in_the_time_of_a_check_has_failed() -> None:
    with serving({"/1": 200, "/slow": Says(after_s=20)}) as site:
        began = time.monotonic()
        outcome = judged(site, "{url}/1 {url}/slow", check_s=1)
        assert time.monotonic() - began < 15
    assert outcome.measured["failed"] == [{"url": f"{site.url}/slow", "status": 0, "error": "the check timed out"}]


def test_a_busy_server_is_asked_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(probe, "sleep", lambda seconds: None)
    with serving({"/1": [429, 429, 429, 200]}) as site:
        assert judged(site, "{url}/1").holds


def test_urls_are_found_as_a_reader_of_the_file_finds_them() -> None:
    text = "[x](http://a.example/Foo_(bar)), **http://b.example/c**; `http://d.example` http://b.example/c.\n"
    assert urls(text) == ["http://a.example/Foo_(bar)", "http://b.example/c", "http://d.example"]
    measured = rule(offline=True).evaluate_text("['http://a.example/1','http://a.example/2']", "a.ts").measured
    assert measured["total_urls"] == 2


def test_urls_that_send_the_same_request_are_asked_for_once() -> None:
    assert urls("http://A.example http://a.example/ http://a.example:80/#b") == ["http://A.example"]


def test_a_pattern_gives_urls_as_it_matches_them(site: Site) -> None:
    text = '"{url}/1" "{url}/gone" "{url}/2.,"'
    outcome = judged(site, text, url_pattern=r'http://(127)[^"]+/[0-9][^"]*|(?=x)|$')
    assert [failed["url"] for failed in outcome.measured["failed"]] == [f"{site.url}/2.,"]
    assert outcome.measured["total_urls"] == 2


def test_a_pattern_that_runs_too_long_fails_and_says_so() -> None:
    outcome = rule(url_pattern="(a|a)+$", regex_s=0.05).evaluate_text("a" * 5000 + "b", "a.md")
    assert (outcome.holds, outcome.found) == (
        False,
        "the url_pattern timed out after 0.05 s (limits.regex_s)",
    )


def test_half_a_character_is_no_url_and_no_harm() -> None:
    outcome = rule(url_pattern="http://a.example/.|[^]").evaluate_text("http://a.example/\U0001f375", "a.md")
    assert [failed["url"] for failed in outcome.measured["failed"]] == ["http://a.example/\ufffd", "\ufffd"]


def test_characters_above_the_first_plane_are_whole_in_a_url() -> None:
    outcome = rule(url_pattern="http://[^ ]+", offline=True).evaluate_text("x http://a.example/\U0001f375 y", "a.md")
    assert [failed["url"] for failed in outcome.measured["failed"]] == ["http://a.example/\U0001f375"]


def test_of_a_sample_only_so_many_are_asked_for(site: Site) -> None:
    outcome = judged(site, " ".join(f"{{url}}/{n}" for n in range(1, 10)), sample_size=3)
    assert outcome.holds
    assert len(site.asked) == 3
    assert (outcome.measured["total_urls"], outcome.measured["checked"], outcome.measured["ok"]) == (9, 3, 3)


def test_a_sample_larger_than_the_number_of_urls_is_all_of_them(site: Site) -> None:
    assert judged(site, "{url}/1 {url}/2", sample_size=3).measured["checked"] == 2


def test_the_same_attempt_draws_the_same_sample_and_the_next_one_another() -> None:
    assert drawn("run\nGT\n1") == drawn("run\nGT\n1")
    samples = [drawn(sample_seed) for sample_seed in ("run\nGT\n1", "run\nGT\n2", "run\nG2\n1", "other\nGT\n1")]
    assert len({tuple(sample) for sample in samples}) == 4


def test_in_the_end_every_url_is_drawn() -> None:
    assert len({url for attempt in range(60) for url in drawn(f"run\nGT\n{attempt}")}) == 40


def test_a_contract_that_says_little_means_no_failures_no_sample_and_no_open_host(repository: Repository) -> None:
    bound = from_contract(repository)
    assert bound == rule(sample_seed=f"{repository.context().run_id}\nGT\n0", check_s=600)


def test_a_contract_says_the_pattern_with_variables_and_how_many(repository: Repository) -> None:
    keys = {"url_pattern": "http://{slug}/a{2}", "max_failures": 1, "sample_size": 3, "allow_hosts": ["[::1]:80"]}
    bound = from_contract(repository, **keys)
    assert bound.url_pattern == compile_pattern("http://tea/a{2}")
    assert (bound.max_failures, bound.sample_size, bound.allow_hosts) == (1, 3, ("[::1]:80",))


def test_a_warning_that_fires_records_what_failed(repository: Repository, site: Site) -> None:
    validation = {"type": "url_reachable", "target": "a.md", "allow_hosts": [site.host], "severity": "warning"}
    row = try_check(repository, validation, f"{site.url}/1 {site.url}/gone").row
    assert (row["pass"], row["warning"], row["ok"]) == (True, True, 1)
    assert row["failed"] == [{"url": f"{site.url}/gone", "status": 404}]


def test_a_missing_file_fails_and_no_other_is_read_instead(repository: Repository, site: Site) -> None:
    repository.write("b.md", f"{site.url}/1")
    validation = {"type": "url_reachable", "target": "a.md", "allow_hosts": [site.host]}
    outputs = {"any_of": [{"path": "b.md"}]}
    tried = try_check(repository, validation, None, required_outputs=outputs)
    assert (tried.holds, tried.outcome.found) == (False, "file is missing")
    assert tried.outcome.measured == {"total_urls": 0, "checked": 0, "ok": 0, "failed": []}
    assert site.asked == []


def test_offline_is_a_circumstance_of_the_judgement(repository: Repository, site: Site) -> None:
    repository.write("a.md", f"{site.url}/1")
    validation = {"type": "url_reachable", "target": "a.md", "allow_hosts": [site.host]}
    (tried,) = evaluate_all(repository, options=EvaluationOptions(offline=True), validations=[validation])
    assert tried.outcome.found == "1 URL not requested: offline"
    assert site.asked == []


@pytest.mark.parametrize(
    ("keys", "fault"),
    [
        pytest.param({"url_pattern": "("}, "url_pattern", id="no regex"),
        pytest.param({"max_failures": -1}, "max_failures", id="less than no failures"),
        pytest.param({"sample_size": 0}, "sample_size", id="a sample of none"),
        pytest.param({"allow_hosts": "localhost"}, "allow_hosts", id="no list"),
        pytest.param({"allow_hosts": ["a.example", "::1"]}, "allow_hosts[1]", id="an address without brackets"),
    ],
)
def test_a_parameter_that_means_nothing_is_refused(repository: Repository, keys: dict[str, Any], fault: str) -> None:
    with pytest.raises(InvalidFile) as refused:
        from_contract(repository, **keys)
    assert fault in refused.value.message


def from_contract(repository: Repository, **keys: Any) -> UrlReachable:
    validation = {"type": "url_reachable", "target": "a.md", **keys}
    repository.write_contract(validations=[validation])
    contract = load_contract(repository.workspace, "GT")
    (check,) = compile_gate(repository.workspace, contract, repository.context(slug="tea")).checks
    assert isinstance(check.rule, UrlReachable)
    return check.rule


def test_what_is_wanted_is_said_in_words() -> None:
    assert rule().describe() == "all URLs to respond with 2xx"
    assert rule(max_failures=2).describe() == "all but 2 URLs to respond with 2xx"
    assert rule(sample_size=9).describe() == "all URLs to respond with 2xx (in a sample of 9)"
