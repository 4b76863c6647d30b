"""The page about formats: every key, type, status and code is on it, and its rules are those of the code."""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import pytest

from docs.generators.format_tables import TABLES, build_table
from gate_tests.checks.result import COMMON_KEYS
from gate_tests.checks.strictness import Effect
from gate_tests.contract import Severity
from gate_tests.errors import Exit
from gate_tests.workspace.names import Depth
from runner.agents.notification import Event as NotifiedEvent
from runner.agents.notification import Notification
from runner.models.event import EventType
from runner.models.invocation import Ended, Invocation, InvocationStatus, ProgramEnd
from runner.models.run import RUN_KEYS, SUPPORTED_VERSIONS
from runner.models.status import GateStatus, RunStatus
from runner.models.usage import Usage, UsageTotal
from runner.operations.run_status import GateStatusReport, StatusReport
from runner.schemas import load_schema
from runner.verification.changes.report import EditKind, RecordDifference, RuleChange, RuleEffect
from runner.verification.file_status import FileStatus
from runner.verification.replayed import GateReplay, ReplayOutcome
from runner.verification.report import RuleReport, RuleStatus, RunReport
from tests.support import CHECKOUT

PAGE = (CHECKOUT / "docs/formats.md").read_text("utf-8")
CODE = {" ".join(code.split()) for paragraph in PAGE.split("\n\n") for code in re.findall(r"`([^`]+)`", paragraph)}


def list_keys(fragment: object) -> Iterator[str]:
    """The keys that a schema, or a part of it, describes."""
    if isinstance(fragment, list):
        for each in fragment:
            yield from list_keys(each)
    elif isinstance(fragment, Mapping):
        yield from fragment.get("properties", {}) if isinstance(fragment.get("properties"), Mapping) else ()
        for key, value in fragment.items():
            if key not in ("examples", "default", "const", "enum"):
                yield from list_keys(value)


def find_missing(words: Iterable[str]) -> list[str]:
    """Those that the page does not have as code, by themselves or at the end of a path such as `pins.workflow`."""
    known = {part for code in CODE for part in (code, code.rpartition(".")[2])}
    return sorted({*words} - known)


def drop_definition(schema: dict[str, Any], *names: str) -> dict[str, Any]:
    kept = {name: each for name, each in schema["definitions"].items() if name not in names}
    return {**schema, "definitions": kept}


@pytest.mark.parametrize("kind", ["workflow", "run", "attempt", "agents"])
def test_every_key_of_a_schema_is_on_the_page(kind: str) -> None:
    assert find_missing(list_keys(load_schema(kind))) == []


def test_every_key_of_a_contract_is_on_the_page_those_of_check_types_on_theirs() -> None:
    schema = drop_definition(load_schema("contract"), "validation")
    assert find_missing(list_keys(schema)) == []


@pytest.mark.parametrize(
    "words",
    [
        pytest.param(EventType, id="event types"),
        pytest.param(RunStatus, id="statuses of runs"),
        pytest.param(GateStatus, id="statuses of gates"),
        pytest.param(InvocationStatus, id="statuses of invocations"),
        pytest.param(Ended, id="ends of programs"),
        pytest.param(Depth, id="depths"),
        pytest.param(Severity, id="severities"),
        pytest.param(FileStatus, id="verify: statuses of files"),
        pytest.param(RuleStatus, id="verify: statuses of rules"),
        pytest.param(Effect, id="verify: effects"),
        pytest.param(ReplayOutcome, id="verify: outcomes of a replay"),
        pytest.param(EditKind, id="verify --base: kinds of edits"),
        pytest.param(RuleEffect, id="verify --base: kinds of changes"),
        pytest.param(NotifiedEvent, id="events of notifications"),
    ],
)
def test_every_value_is_on_the_page(words: Iterable[str]) -> None:
    assert find_missing(map(str, words)) == []


@pytest.mark.parametrize(
    "keys",
    [
        pytest.param(RUN_KEYS, id="RUN.json"),
        pytest.param(COMMON_KEYS, id="row of a check"),
        pytest.param({*Invocation._fields, *ProgramEnd._fields} - {"odd_keys", "extra"}, id="invocation"),
        pytest.param(Usage._fields, id="usage"),
        pytest.param(UsageTotal._fields, id="status: usage"),
        pytest.param({*StatusReport._fields, "next"} - {"problem", "next_command"}, id="status"),
        pytest.param({*GateStatusReport._fields} - {"reasons"}, id="status: gate"),
        pytest.param(RunReport._fields, id="verify: run"),
        pytest.param(RuleReport._fields, id="verify: rule"),
        pytest.param({*RecordDifference._fields, "allowed"} - {"is_allowed"}, id="verify --base: record"),
        pytest.param({*RuleChange._fields, "allowed"} - {"is_allowed"}, id="verify --base: rule"),
        pytest.param(GateReplay._fields, id="verify --replay"),
        pytest.param({*Notification._fields, "schema_version"}, id="notification"),
    ],
)
def test_every_key_of_a_document_is_on_the_page(keys: Iterable[str]) -> None:
    assert find_missing(keys) == []


def test_the_exit_codes_are_those_of_the_code() -> None:
    codes = PAGE.partition("\n## Exit codes\n\n")[2].partition(". ")[0]
    assert [int(code.split()[0]) for code in codes.split(" · ")] == [*map(int, Exit)]


def test_the_versions_are_those_that_are_read() -> None:
    table = PAGE.partition("\n## Versions\n")[2].partition("\n\n**")[0]
    assert [int(version) for version in re.findall(r"^\| (\d+) \|", table, re.MULTILINE)] == [*SUPPORTED_VERSIONS]


def test_every_object_of_a_schema_has_a_table_or_is_in_one() -> None:
    headings = {"#" + line.lstrip("# ").casefold().replace(".", "").replace(" ", "-") for line in PAGE.splitlines()}
    assert [table.heading for table in TABLES if table.anchor not in headings] == []
    assert [
        link for table in TABLES for link in re.findall(r"\((#\S+)\)", build_table(table)) if link not in headings
    ] == []
