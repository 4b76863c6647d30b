"""`url_reachable`: the URLs in a file answer."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from heapq import nsmallest
from typing import TYPE_CHECKING, Any, Self

from gate_tests.checks.check_type import CheckType
from gate_tests.checks.lint import LintWarning
from gate_tests.checks.outcome import Outcome
from gate_tests.checks.rule import Scope, TextRule
from gate_tests.checks.truncation import MAX_RECORDED
from gate_tests.contract import Validation
from gate_tests.override import override
from gate_tests.sanitize import plain

if TYPE_CHECKING:
    from gate_tests.checks.types.url_reachable.probe import Answer
    from gate_tests.js_regex.pattern import Pattern

MOST_TOLD = 3
"""How many of them the reason names."""
SHARE_OF_TIME = 0.9
"""How much of the time of a check the asking may take: the rest is for saying what came of it."""


@dataclass(frozen=True)
class UrlReachable(TextRule):
    """At most `max_failures` of the distinct URLs do not answer 2xx; with `sample_size`, of so many of them.

    `draw` is what, besides the URL, decides which are in the sample: the same attempt asks for the same ones.
    """

    url_pattern: "Pattern | None"
    max_failures: int
    sample_size: int | None
    allow_hosts: tuple[str, ...]
    offline: bool
    draw: str
    regex_s: float
    check_s: float

    @classmethod
    def bind(cls, validation: Validation, scope: Scope) -> Self:
        """Replaces the known variables in the pattern. Refuses a host that is none."""
        keys, context = validation.keys, scope.context
        attempt = context.attempts.get(scope.gate, 0)
        return cls(
            url_pattern=_bind_pattern(validation, scope),
            max_failures=keys.get("max_failures", 0),
            sample_size=keys.get("sample_size"),
            allow_hosts=_checked_hosts(keys.get("allow_hosts", ()), validation, scope),
            offline=scope.offline,
            draw=f"{context.run_id}\n{scope.gate}\n{attempt}",
            regex_s=scope.limits.regex_s,
            check_s=scope.limits.check_s,
        )

    @override
    def describe(self) -> str:
        most = "all" if not self.max_failures else f"all but {self.max_failures}"
        sample = "" if self.sample_size is None else f" (of a sample of {self.sample_size})"
        return f"URLs that {most} answer 2xx{sample}"

    @override
    def lint(self, path: str) -> Iterable[LintWarning]:
        if self.url_pattern is None:
            return ()
        from gate_tests.checks.regex_rule import lint_regex

        return lint_regex(self.url_pattern, "url_pattern")

    @override
    def evaluate_text(self, text: str, path: str) -> Outcome:
        try:
            urls = self._urls(text)
        except TimeoutError:
            return self._too_slow()
        sample = self._sample(urls)
        if not sample:
            return Outcome(False, "no URL", _measured(0, {}))
        if self.offline:
            return self._offline(urls, sample)
        return self._outcome(len(urls), self._answers(sample))

    def _too_slow(self) -> Outcome:
        found = f"the url_pattern ran longer than {self.regex_s:g} s, its limit (limits.regex_s)"
        return Outcome(False, found, _measured(0, {}))

    def _urls(self, text: str) -> list[str]:
        """The distinct URLs in the order in which they stand first. Raises TimeoutError."""
        if self.url_pattern is None:
            return _distinct(_default_urls(text))
        return _distinct(_matches(self.url_pattern, text, self.regex_s))

    def _sample(self, urls: Sequence[str]) -> Sequence[str]:
        if self.sample_size is None or self.sample_size >= len(urls):
            return urls
        drawn = set(nsmallest(self.sample_size, urls, key=self._lot))
        return [url for url in urls if url in drawn]

    def _lot(self, url: str) -> bytes:
        return sha256(f"{self.draw}\n{url}".encode()).digest()

    def _offline(self, urls: Sequence[str], sample: Sequence[str]) -> Outcome:
        from gate_tests.checks.types.url_reachable.probe import Answer

        answers = dict.fromkeys(sample, Answer(why="offline"))
        return Outcome(False, f"offline: none of {_count(len(sample))} asked for", _measured(len(urls), answers))

    def _answers(self, sample: Sequence[str]) -> "Mapping[str, Answer]":
        from gate_tests.checks.types.url_reachable.pool import survey
        from gate_tests.checks.types.url_reachable.probe import Prober
        from gate_tests.checks.types.url_reachable.url import AllowedHosts

        prober = Prober(AllowedHosts.parse(self.allow_hosts))
        return survey(sample, prober.probe, self.check_s * SHARE_OF_TIME)

    def _outcome(self, total: int, answers: "Mapping[str, Answer]") -> Outcome:
        measured = _measured(total, answers)
        failed = {url: answer for url, answer in answers.items() if not answer.is_ok}
        if all(answer.no_network for answer in answers.values()):
            found = f"no network: none of {_count(len(answers))} leads to a host that can be found"
            return Outcome(False, found, measured)
        if not failed:
            return Outcome(True, f"{_count(len(answers))} that answer 2xx", measured)
        found = f"{len(failed)} of {len(answers)} that do not: {_told(failed)}"
        return Outcome(len(failed) <= self.max_failures, found, measured)


def _bind_pattern(validation: Validation, scope: Scope) -> "Pattern | None":
    if "url_pattern" not in validation.keys:
        return None
    from gate_tests.checks.regex_rule import bind_pattern

    return bind_pattern(validation, scope, "url_pattern")


def _checked_hosts(hosts: Sequence[str], validation: Validation, scope: Scope) -> tuple[str, ...]:
    from gate_tests.checks.types.url_reachable.url import NotAsked, parse_entry

    for index, host in enumerate(hosts):
        try:
            parse_entry(host)
        except NotAsked as reason:
            raise scope.refuse(validation, f"{reason} (got {host!r})", "allow_hosts", index) from None
    return tuple(hosts)


# An apostrophe belongs to a URL inside a word only: else it is the end of a string in source code.
_URL = re.compile(r"""https?://(?:\[[0-9a-f:.]+\])?(?:[^\s"'`<>)\]\\]++|'(?=\w))*+""", re.IGNORECASE)


def _default_urls(text: str) -> Iterable[str]:
    for match in _URL.finditer(text):
        url = match[0].rstrip(".,;:!?'\"")
        if not url.endswith("://"):
            yield url


def _distinct(urls: Iterable[str]) -> list[str]:
    """Each page once, as it stands first: what is behind `#` is not sent, so no server can answer otherwise to it."""
    first: dict[str, str] = {}
    for url in urls:
        first.setdefault(url.partition("#")[0], url)
    return list(first.values())


def _matches(pattern: "Pattern", text: str, limit_s: float) -> Iterable[str]:
    """Every whole match that is not empty, in order. Raises TimeoutError."""
    from gate_tests.js_regex.pattern import TooSlow

    try:
        yield from filter(None, pattern.matches(text, limit_s))
    except TooSlow:
        raise TimeoutError from None


def _measured(total: int, answers: "Mapping[str, Answer]") -> dict[str, Any]:
    failed = [_recorded(url, answer) for url, answer in answers.items() if not answer.is_ok]
    return {
        "total_urls": total,
        "checked": len(answers),
        "ok": len(answers) - len(failed),
        "failed": failed[:MAX_RECORDED],
    }


def _recorded(url: str, answer: "Answer") -> dict[str, Any]:
    recorded: dict[str, Any] = {"url": plain(url), "status": answer.status}
    return {**recorded, "error": plain(answer.why)} if answer.why else recorded


def _told(failed: "Mapping[str, Answer]") -> str:
    told = [
        f"{plain(url, 200)} ({answer.why or f'status {answer.status}'})"
        for url, answer in list(failed.items())[:MOST_TOLD]
    ]
    more = len(failed) - len(told)
    return ", ".join(told) + (f" and {more} more" if more else "")


def _count(urls: int) -> str:
    return "1 URL" if urls == 1 else f"{urls} URLs"


CHECK_TYPE = CheckType(
    name="url_reachable",
    summary=(
        "at most `max_failures` of the distinct URLs in the file do not answer 2xx, redirects followed; "
        "those that differ behind `#` only are one; they are asked for directly, through no proxy, and offline "
        "each of them fails"
    ),
    keys={
        "target": {"$ref": "#/definitions/path"},
        "url_pattern": {
            "type": "string",
            "minLength": 1,
            "description": "A regex; each whole match is a URL, as it stands. Without it, whatever begins with "
            "http:// or https://, up to white space, a quotation mark, `<`, `>`, `)`, `]` or a backslash, "
            "punctuation at its end taken off.",
        },
        "max_failures": {
            "type": "integer",
            "minimum": 0,
            "default": 0,
            "description": "How many of the URLs that are asked for may fail.",
        },
        "sample_size": {
            "type": "integer",
            "minimum": 1,
            "description": "Asks for so many of the URLs only. Which ones follows from run, gate and attempt: the "
            "next attempt asks for others.",
        },
        "allow_hosts": {
            "type": "array",
            "items": {"type": "string", "minLength": 1},
            "uniqueItems": True,
            "description": "Hosts, as `host` or `host:port`, an IPv6 address in brackets, that may be asked wherever "
            "they are. A URL of any other host that leads, itself or by a redirect, to a loopback, private, "
            "link-local or otherwise not public address is not asked for and fails.",
        },
    },
    required=("target",),
    measures={
        "total_urls": "how many distinct URLs the file holds, what is behind `#` aside",
        "checked": "how many of them were to be asked for",
        "ok": "how many of those answer 2xx",
        "failed": f"the first {MAX_RECORDED} of the others: url, status, and where there is no status (0) error",
    },
    example={
        "type": "url_reachable",
        "target": "{artifact_path}/images.ts",
        "url_pattern": "https://images\\.example\\.org/[^\"']+",
        "max_failures": 1,
        "sample_size": 10,
    },
    mend="Correct or replace each address that does not answer; open it before you write it down.",
    bind=UrlReachable.bind,
    not_mutated="it would ask the network",
)
