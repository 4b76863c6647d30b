"""`url_reachable`: the URLs in a file respond with a status 2xx."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from heapq import nsmallest
from math import inf
from typing import TYPE_CHECKING, Any, Final, Self

from gate_tests.checks.check_type import CheckType
from gate_tests.checks.lint import LintWarning
from gate_tests.checks.outcome import Outcome
from gate_tests.checks.rule import Scope, TextRule
from gate_tests.checks.strictness import Effect, incomparable, lower_bound, names, never_tighter, upper_bound
from gate_tests.checks.truncation import MAX_RECORDED, MAX_SHOWN
from gate_tests.contract import Limits, Validation
from gate_tests.js_regex.nodes import BadRegex
from gate_tests.sanitize import sanitize_line
from gate_tests.typing_compat import override

if TYPE_CHECKING:
    from gate_tests.checks.types.url_reachable.probe import ProbeResult
    from gate_tests.js_regex.pattern import Pattern

MANY_FAILURES: Final = 100
"""More failed URLs than a file has by mistake."""
TIME_SHARE: Final = 0.9
"""The share of a check's time limit for all requests; the rest is for the outcome."""


@dataclass(frozen=True)
class UrlReachable(TextRule):
    """At most `max_failures` of the distinct URLs, or of a sample of them, do not respond with 2xx.

    `sample_seed` and a URL decide together whether it is in the sample, so that an attempt always draws the same one.
    """

    url_pattern: "Pattern | None"
    max_failures: int
    sample_size: int | None
    allow_hosts: tuple[str, ...]
    offline: bool
    sample_seed: str
    regex_s: float
    check_s: float
    markdown_bytes: int = Limits().markdown_bytes

    @classmethod
    def bind(cls, validation: Validation, scope: Scope) -> Self:
        """Replaces the known variables in the pattern. Refuses an invalid host."""
        keys, context = validation.keys, scope.context
        attempt = context.attempts.get(scope.gate, 0)
        return cls(
            url_pattern=_bind_url_pattern(validation, scope),
            max_failures=keys.get("max_failures", 0),
            sample_size=keys.get("sample_size"),
            allow_hosts=_validate_hosts(keys.get("allow_hosts", ()), validation, scope),
            offline=scope.offline,
            sample_seed=f"{context.run_id}\n{scope.gate}\n{attempt}",
            regex_s=scope.limits.regex_s,
            check_s=scope.limits.check_s,
            markdown_bytes=scope.limits.markdown_bytes,
        )

    @override
    def describe(self) -> str:
        which = "all" if not self.max_failures else f"all but {self.max_failures}"
        sample = "" if self.sample_size is None else f" (in a sample of {self.sample_size})"
        return f"{which} URLs to respond with 2xx{sample}"

    @override
    def lint(self, path: str) -> Iterator[LintWarning]:
        if self.url_pattern is not None:
            from gate_tests.checks.regex_rule import lint_regex

            yield from lint_regex(self.url_pattern, "url_pattern")
        most = MANY_FAILURES if self.sample_size is None else self.sample_size
        if self.max_failures >= most:
            which = f"{self.max_failures} URLs of a file" if self.sample_size is None else f"{most} of the sample"
            message = f"requires only that a URL exists: all {which} may fail"
            yield LintWarning("demands-nothing", ("max_failures",), message)

    @override
    def accepts_text(self, text: str, path: str) -> bool:
        return False  # without a URL it fails, and with one it would use the network

    @override
    def evaluate_text(self, text: str, path: str) -> Outcome:
        try:
            urls = self._find_urls(text, path)
        except TimeoutError:
            return self._fail_too_slow()
        except BadRegex as error:
            return Outcome(False, f"an invalid url_pattern: {error}", _measure(0, {}))
        sample = self._draw_sample(urls)
        if not sample:
            return Outcome(False, self._explain_no_url(text), _measure(0, {}))
        if self.offline:
            return self._fail_offline(urls, sample)
        return self._to_outcome(len(urls), self._probe(sample))

    def _fail_too_slow(self) -> Outcome:
        found = f"the url_pattern timed out after {self.regex_s:g} s (limits.regex_s)"
        return Outcome(False, found, _measure(0, {}))

    def _find_urls(self, text: str, path: str) -> list[str]:
        """The distinct URLs, in the order of their first occurrence. Raises TimeoutError, TooLargeToParse."""
        if self.url_pattern is not None:
            return _deduplicate(_find_matches(self.url_pattern, text, self.regex_s))
        from gate_tests.parsers.urls import find_parts, find_urls

        return _deduplicate(find_urls(find_parts(text, path, self.markdown_bytes)))

    def _explain_no_url(self, text: str) -> str:
        if self.url_pattern is not None:
            return "no URL: no match of the url_pattern"
        from gate_tests.parsers.source_references import find_urls_left_aside, format_references

        aside = find_urls_left_aside(text)
        found = "no URL: only link targets and http(s) URLs in text count"
        return (
            f"{found}; {format_references(aside)} in code, comments or with a placeholder not counted"
            if aside
            else found
        )

    def _draw_sample(self, urls: Sequence[str]) -> Sequence[str]:
        if self.sample_size is None or self.sample_size >= len(urls):
            return urls
        drawn = set(nsmallest(self.sample_size, urls, key=self._hash_with_seed))
        return [url for url in urls if url in drawn]

    def _hash_with_seed(self, url: str) -> bytes:
        return sha256(f"{self.sample_seed}\n{url}".encode()).digest()

    def _fail_offline(self, urls: Sequence[str], sample: Sequence[str]) -> Outcome:
        from gate_tests.checks.types.url_reachable.probe import ProbeResult

        measured = _measure(len(urls), dict.fromkeys(sample, ProbeResult(error="offline")))
        return Outcome(False, f"{_format_url_count(len(sample))} not requested: offline", measured)

    def _probe(self, sample: Sequence[str]) -> "Mapping[str, ProbeResult]":
        from gate_tests.checks.types.url_reachable.pool import probe_all
        from gate_tests.checks.types.url_reachable.probe import Prober
        from gate_tests.checks.types.url_reachable.url import AllowedHosts

        prober = Prober(AllowedHosts.parse(self.allow_hosts))
        return probe_all(sample, prober.probe, self.check_s * TIME_SHARE)

    def _to_outcome(self, total: int, results: "Mapping[str, ProbeResult]") -> Outcome:
        measured = _measure(total, results)
        failed = {url: result for url, result in results.items() if not result.is_ok}
        if all(result.no_network for result in results.values()):
            found = f"no network: no host of {_format_url_count(len(results))} could be resolved"
            return Outcome(False, found, measured)
        if not failed:
            return Outcome(True, f"{_format_url_count(len(results))}, all 2xx", measured)
        head = f"{len(failed)} of {_format_url_count(len(results))} failing"
        return Outcome.listing(len(failed) <= self.max_failures, head, _describe_failed(failed), measured, len(failed))


def _bind_url_pattern(validation: Validation, scope: Scope) -> "Pattern | None":
    if "url_pattern" not in validation.keys:
        return None
    from gate_tests.checks.regex_rule import bind_pattern

    return bind_pattern(validation, scope, "url_pattern")


def _validate_hosts(hosts: Sequence[str], validation: Validation, scope: Scope) -> tuple[str, ...]:
    from gate_tests.checks.types.url_reachable.url import UrlRejected, parse_allowed_host

    for index, host in enumerate(hosts):
        try:
            parse_allowed_host(host)
        except UrlRejected as error:
            raise scope.make_error(validation, f"{error} (found {host!r})", "allow_hosts", index) from None
    return tuple(hosts)


_USER_INFO: Final = re.compile(r"(?<=//)[^/?#\s]*@")


def _deduplicate(urls: Iterable[str]) -> list[str]:
    """The first URL of each page: a fragment (`#…`) is not sent, so it cannot change the response."""
    from gate_tests.parsers.url_identity import identify_request

    first: dict[str, str] = {}
    for url in urls:
        first.setdefault(identify_request(url), url)
    return list(first.values())


def _find_matches(pattern: "Pattern", text: str, limit_s: float) -> Iterable[str]:
    """The matches that are not empty, in order. Raises TimeoutError."""
    from gate_tests.js_regex.pattern import TooSlow

    try:
        yield from filter(None, pattern.matches(text, limit_s))
    except TooSlow:
        raise TimeoutError from None


def _measure(total: int, results: "Mapping[str, ProbeResult]") -> dict[str, Any]:
    failed = [_to_row(url, result) for url, result in results.items() if not result.is_ok]
    return {
        "total_urls": total,
        "checked": len(results),
        "ok": len(results) - len(failed),
        "failed": failed[:MAX_RECORDED],
    }


def _to_row(url: str, result: "ProbeResult") -> dict[str, Any]:
    row: dict[str, Any] = {"url": sanitize_line(_hide_user_info(url)), "status": result.status}
    return {**row, "error": sanitize_line(result.error)} if result.error else row


def _hide_user_info(url: str) -> str:
    """`url` without user names and passwords, also those of a URL inside of it."""
    return _USER_INFO.sub("", url)


def _describe_failed(failed: "Mapping[str, ProbeResult]") -> list[str]:
    return [
        f"{sanitize_line(_hide_user_info(url), 200)} ({result.error or f'status {result.status}'})"
        for url, result in list(failed.items())[:MAX_SHOWN]
    ]


def _format_url_count(urls: int) -> str:
    return "1 URL" if urls == 1 else f"{urls} URLs"


CHECK_TYPE: Final = CheckType(
    name="url_reachable",
    summary=(
        "at most `max_failures` of the distinct URLs in the file do not respond with 2xx, after redirects. URLs that "
        "differ only after `#` count as one. Requests use no proxy; offline every URL fails"
    ),
    keys={
        "target": {"$ref": "#/definitions/path"},
        "url_pattern": {
            "type": "string",
            "minLength": 1,
            "description": "A regex; each whole match in the file is a URL. By default, the http(s) URLs of the file: "
            "in Markdown the targets of links and images, and URLs in text, outside code blocks and comments (a code "
            "span that is a single URL counts); in other files those of the whole text. URLs with a placeholder "
            "(`${id}`, `{id}`) do not count. Punctuation, quotation marks, brackets and emphasis around a URL are not "
            "part of it.",
        },
        "max_failures": {
            "type": "integer",
            "minimum": 0,
            "default": 0,
            "description": "Maximum number of requested URLs that may fail.",
        },
        "sample_size": {
            "type": "integer",
            "minimum": 1,
            "description": "Request only a sample of this many URLs. Run, gate and attempt determine which: the next "
            "attempt uses another sample.",
        },
        "allow_hosts": {
            "type": "array",
            "items": {"type": "string", "minLength": 1},
            "uniqueItems": True,
            "description": "Hosts, as `host` or `host:port` (IPv6 in brackets), that may be requested at any address. "
            "A URL of any other host that leads, directly or by a redirect, to a loopback, private, link-local or "
            "other non-public address is not requested and fails.",
        },
    },
    required=("target",),
    measures={
        "total_urls": "number of distinct URLs in the file, without what follows `#`",
        "checked": "number of URLs checked",
        "ok": "number of URLs that respond with 2xx",
        "failed": f"the failed URLs: `url`, `status`, and `error` if the status is 0; the first {MAX_RECORDED}",
    },
    example={
        "type": "url_reachable",
        "target": "{artifact_path}/images.ts",
        "url_pattern": "https://images\\.example\\.org/[^\"']+",
        "max_failures": 1,
        "sample_size": 10,
    },
    fix="Correct or replace each URL that fails; open a URL before you cite it.",
    bind=UrlReachable.bind,
    strictness={
        "url_pattern": incomparable(),
        "max_failures": upper_bound(0),
        "sample_size": never_tighter(lower_bound(inf)),  # a URL whose host is found makes the failures of others count
        "allow_hosts": names(Effect.LOOSER),
    },
    not_mutated="it would use the network",
)
