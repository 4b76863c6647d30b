"""Whether what a format of `orch ci` has written can be read, is valid, and commands no CI system."""

import json
from collections.abc import Callable
from typing import Final
from xml.etree import ElementTree

from markdown_it import MarkdownIt
from markdown_it.token import Token

from tests.support.ci_systems import find_command, is_harmless
from tests.support.github_runner import parse_commands
from tests.support.published_schemas import find_ctrf_errors, find_junit_errors

_ELEMENTS = ("bullet_list", "list_item", "heading", "paragraph", "strong", "table", "thead", "tbody", "tr", "th", "td")
_MARKDOWN_TOKENS = {"inline", "text", "code_inline"} | {
    f"{each}_{end}" for each in _ELEMENTS for end in ("open", "close")
}


def check_text(written: str) -> None:
    assert is_harmless(written)


def check_github(written: str) -> None:
    commands = parse_commands(written)
    assert {command.name for command in commands if command} <= {"error", "warning", "notice"}
    assert None not in commands
    assert all(set(command.properties) <= {"file", "line", "title"} for command in commands if command)


def check_markdown(written: str) -> None:
    """No text of an artifact is anything but code, and each row has all cells."""
    assert find_command(written) is None
    tokens = MarkdownIt("commonmark").enable("table").parse(written)
    kinds = {each.type for token in tokens for each in (token, *(token.children or ()))}
    assert kinds <= _MARKDOWN_TOKENS
    for table in written.split("\n### ")[1:]:
        rows = [line for line in table.split("\n") if line.startswith("| ")]
        parsed = MarkdownIt("commonmark").enable("table").parse("\n".join(rows))
        cells = [sum(token.type in ("td_open", "th_open") for token in row) for row in _split_rows(parsed)]
        assert len(set(cells)) == 1
        assert len(cells) == len(rows) - 1


def _split_rows(tokens: list[Token]) -> list[list[Token]]:
    rows: list[list[Token]] = []
    for token in tokens:
        if token.type == "tr_open":
            rows.append([])
        if rows:
            rows[-1].append(token)
    return rows


def check_junit(written: str) -> None:
    assert find_junit_errors(written) == []
    assert find_command(written) is None
    suites = ElementTree.fromstring(written)
    cases = list(suites.iter("testcase"))
    assert suites.get("tests") == str(len(cases))
    assert sum(int(suite.get("tests", "")) for suite in suites) == len(cases)
    assert not any("[[" in str(element.text) for element in suites.iter())


def check_code_quality(written: str) -> None:
    assert find_command(written) is None
    issues = json.loads(written)
    for issue in issues:
        assert set(issue) == {"description", "check_name", "fingerprint", "severity", "location"}
        assert issue["severity"] in ("info", "minor", "major", "critical", "blocker")
        assert issue["location"]["path"]
        assert issue["location"]["lines"]["begin"] >= 1
    assert len({issue["fingerprint"] for issue in issues}) == len(issues)


def check_ctrf(written: str) -> None:
    assert find_command(written) is None
    report = json.loads(written)
    assert find_ctrf_errors(report) == []
    summary, tests = report["results"]["summary"], report["results"]["tests"]
    statuses = ("passed", "failed", "skipped", "pending", "other")
    assert summary["tests"] == len(tests) == sum(summary[status] for status in statuses)


def check_json(written: str) -> None:
    assert find_command(written) is None
    json.loads(written)


CHECKS: Final[dict[str, Callable[[str], None]]] = {
    "text": check_text,
    "github": check_github,
    "github-summary": check_markdown,
    "markdown": check_markdown,
    "junit": check_junit,
    "code-quality": check_code_quality,
    "ctrf": check_ctrf,
    "json": check_json,
}
"""By the name of the format; each raises AssertionError."""
