"""One edit in each place of a repository that is as it was recorded: `orch verify` finds and names it, and no more."""

import json
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from copy import deepcopy
from pathlib import Path
from typing import Any, Final

import pytest

from runner.storage.store import Store
from runner.verification.report import RunReport
from runner.verification.sources import open_source
from runner.verification.verify import Verifier
from tests.support.repository import Repository
from tests.support.verified_repository import (
    ESSAY,
    FACTS,
    NOTES,
    OUT,
    REVIEW,
    SCHEMA,
    SOURCE,
    WORKFLOW,
    make_verified_repository,
)

pytestmark = pytest.mark.slow  # the repository takes more than a second

JsonPath = tuple[str | int, ...]

CONTRACTS: Final = [f"orchestration/gates/contracts/G{number}.contract.json" for number in (1, 2, 3)]

NOT_NOTICED: Final = {
    "prompt.file": "the file may be gone, or lie outside the root",
    "prompt.sha256": "a prompt may be edited for the next run",
    "invocations.model": "nothing else says which model it was",
    "invocations.program": "nothing else says which program it was",
    "invocations.usage.input_tokens": "only the host knows what was used",
    "invocations.usage.output_tokens": "only the host knows what was used",
    "invocations.usage.cost_usd": "only the host knows what was used",
    "invocations.usage.source": "nothing else says who reported it",
    "events.reason of FORCED": "what a person wrote",
    "events.message of FORCED": "its end says which gates had not passed then",
    "events.timestamp of RUN_COMPLETED": "nothing else says when a run was completed that was resumed",
    "events.timestamp of RUN_RESUMED": "nothing else says when",
    "events.timestamp of INVOCATION_RECORDED": "an invocation may be recorded after its end",
}
"""The members of RUN.json of which the record alone does not tell that one was edited, and why."""


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Repository, str]:
    """The repository that is copied for each test, and the id of its run."""
    return make_verified_repository(tmp_path_factory.mktemp("made"))


@pytest.fixture
def planted(made: tuple[Repository, str], tmp_path: Path) -> Repository:
    """A copy of it to edit."""
    return Repository(shutil.copytree(made[0].root, tmp_path / "planted", symlinks=True))


@pytest.fixture
def run_id(made: tuple[Repository, str]) -> str:
    return made[1]


def edit_byte(path: Path, place: int | None = None) -> None:
    """Change one byte: the middle one, or that at `place`."""
    content = bytearray(path.read_bytes())
    content[len(content) // 2 if place is None else place] ^= 1
    path.write_bytes(content)


def verify(repository: Repository, run_id: str) -> RunReport:
    with open_source(Store(repository.workspace)) as source:
        return Verifier(source).verify(run_id)


def list_lines(out: str) -> list[str]:
    """What is said of the run, without the advice that the test is quick."""
    lines = [line.strip() for line in out.splitlines() if line.startswith("  ")]
    return [line for line in lines if "within a second" not in line]


def test_what_was_not_edited_is_ok(planted: Repository) -> None:
    ended = planted.orch("verify")
    assert (ended.code, list_lines(ended.out), ended.err) == (0, [], "")
    assert "1 run: 9 files (9 ok)" in ended.out


READ_BY = {
    SOURCE: "G2 attempt 2, read by quotes_resolve[essay.md]",
    SCHEMA: "G2 attempt 2, read by json_schema[facts.json]",
}
OUTPUTS = {
    NOTES: "G1 attempt 3", f"{OUT}/extra.md": "G1 attempt 3", ESSAY: "G2 attempt 2", FACTS: "G2 attempt 2",
    REVIEW: "G3 attempt 2",
}  # fmt: skip


@pytest.mark.parametrize(("path", "where"), (OUTPUTS | READ_BY).items(), ids=[*OUTPUTS, *READ_BY])
def test_a_byte_of_a_file_is_found_and_nothing_else(planted: Repository, path: str, where: str) -> None:
    edit_byte(planted.root / path)
    ended = planted.orch("verify")
    lines = list_lines(ended.out)
    assert ended.code == 1
    # What a gate compares with the outputs of another is read by both.
    others = [f"changed: {path} (G3 attempt 2, read by unchanged_since[G2])"] if path in (ESSAY, FACTS) else []
    assert lines == [f"changed: {path} ({where})", *others]


@pytest.mark.parametrize("path", [*CONTRACTS, WORKFLOW], ids=["G1", "G2", "G3", "workflow"])
def test_a_byte_of_a_rule_is_found_and_nothing_else(planted: Repository, path: str) -> None:
    content = (planted.root / path).read_bytes()
    edit_byte(planted.root / path, content.index(b"Test" if path in CONTRACTS else b"Step") + 1)
    ended = planted.orch("verify")
    changed, *details = list_lines(ended.out)
    since = "the run started" if path == WORKFLOW else f"{Path(path).name[:2]} passed"
    kind = "workflow" if path == WORKFLOW else "contract"
    assert (ended.code, changed) == (1, f"{kind} changed since {since}: {path}")
    assert not [line for line in details if "changed since" in line]


def test_an_edit_of_the_file_of_an_attempt_is_found_in_every_member(planted: Repository, run_id: str) -> None:
    for gate, number in (("G1", 1), ("G1", 3), ("G2", 1), ("G2", 2), ("G3", 1), ("G3", 2)):
        path = planted.workspace.attempt_path(run_id, gate, number)
        for place, edited in list_edits(json.loads((planted.root / path).read_bytes())):
            with rewritten(planted.root / path, edited):
                error = verify(planted, run_id).error
            assert error, place
            assert error.exit_code == 4, place
            assert error.message.startswith(f"{path}:"), place
            assert str(place[0]).rstrip("x") in error.message, place


def test_an_edit_of_an_attempt_in_run_json_is_found_in_every_member(planted: Repository, run_id: str) -> None:
    path = planted.root / planted.workspace.record_path(run_id)
    places = [each for each in list_edits(planted.record(run_id)) if "attempts" in each[0]]
    assert len(places) > 500
    assert [place for place, edited in places if not find_error(planted, run_id, path, edited)] == []


def test_an_edit_of_anything_else_in_run_json_is_found_but_for_what_nothing_else_says(
    planted: Repository, run_id: str
) -> None:
    path = planted.root / planted.workspace.record_path(run_id)
    record = planted.record(run_id)
    places = [each for each in list_edits(record) if "attempts" not in each[0]]
    not_noticed = {describe(place, record) for place, edited in places if not find_error(planted, run_id, path, edited)}
    assert not_noticed == set(NOT_NOTICED)


def test_each_byte_of_run_json_that_is_no_such_text_is_found(planted: Repository, run_id: str) -> None:
    """Every 37th byte: what JSON means by it, or that it is no JSON any more."""
    path = planted.root / planted.workspace.record_path(run_id)
    content = path.read_bytes()
    for place in range(0, len(content), 37):
        edit_byte(path, place)
        report = verify(planted, run_id)
        is_noticed = report.error or has_news(report)
        assert is_noticed or is_same_or_excepted(content, path.read_bytes()), (place, content[place - 60 : place + 20])
        path.write_bytes(content)


FORGED: Final[dict[str, tuple[JsonPath, Any]]] = {
    "the severity of a check": (("validations", 1, "severity"), "warning"),
    "the type of a check": (("validations", 2, "type"), "file_exists"),
    "the target of a check": (("validations", 1, "path"), "{artifact_path}/extra.md"),
    "the description of a check": (("validations", 2, "description"), "Enough"),
    "the id of a check": (("validations", 2, "id"), "word_count[extra.md]"),
    "that a check passed": (("validations", 2, "pass"), False),
    "the outputs": (("required_outputs", 1), "out/{slug}/other.md"),
    "whether its failure fails the run": (("blocking",), False),
    "the hash of its contract": (("contract", "sha256"), "0" * 64),
    "the path of its contract": (("contract", "path"), "orchestration/gates/contracts/G2.contract.json"),
    "the artifact path": (("context", "artifact_path"), "out/coffee"),
    "an agent": (("agent",), "other"),
    "an end": (("finished_at",), "2026-01-01T00:00:00.000Z"),
    "the hash of an output": (("artifacts", 0, "sha256"), "0" * 64),
    "the template of an output": (("artifacts", 0, "path"), "{artifact_path}/other.md"),
}


@pytest.mark.parametrize(("place", "value"), FORGED.values(), ids=FORGED.keys())
def test_the_same_edit_of_an_attempt_and_of_run_json_is_found(
    planted: Repository, run_id: str, place: JsonPath, value: Any
) -> None:
    attempt, record = planted.attempt(run_id, "G1", 3), planted.record(run_id)
    for data in (attempt, record["gates"][0]["attempts"][2]):
        assert find(data, place) != value
        find(data, place[:-1])[place[-1]] = value
    planted.write(planted.workspace.attempt_path(run_id, "G1", 3), json.dumps(attempt, indent=2) + "\n")
    planted.write(planted.workspace.record_path(run_id), json.dumps(record, indent=2) + "\n")
    ended = planted.orch("verify")
    assert ended.code == 4
    assert "orchestration/runs/" in ended.out


def test_the_reason_of_a_failure_is_that_of_the_checks_that_failed(planted: Repository, run_id: str) -> None:
    attempt, record = planted.attempt(run_id, "G1", 1), json.dumps(planted.record(run_id), indent=2)
    reason = json.dumps(attempt["failure_reason"])
    planted.write(planted.workspace.record_path(run_id), record.replace(reason[1:-1], "something else") + "\n")
    attempt["failure_reason"] = "something else"
    path = planted.workspace.attempt_path(run_id, "G1", 1)
    planted.write(path, json.dumps(attempt, indent=2) + "\n")
    ended = planted.orch("verify")
    assert ended.code == 4
    assert f"{path}: $.failure_reason: is 'something else', but the reasons are 'out/tea/extra.md" in ended.out


REPAIRED: Final = {
    "an event of a gate": ('"message": "Gate G2 passed"', '"message": "Gate G2 pasted"'),
    "the index": ('"recorded_at": "2', '"recorded_at": "1'),
}
RESTORED: Final = {
    "the name of a gate": ('"name": "Step G1"', '"name": "Step G3"'),
    "a resumption": ("it was FAILED", "it was PASSED"),
    "a duration": ('"duration_ms": 1200', '"duration_ms": 1201'),
    "an acceptance": ("the change of orchestration", "the chance of orchestration"),
}


@pytest.mark.parametrize(
    ("old", "new", "command"),
    [(*edits, "orch run repair") for edits in REPAIRED.values()]
    + [(*edits, "git checkout HEAD --") for edits in RESTORED.values()],
    ids=[*REPAIRED, *RESTORED],
)
def test_the_next_command_mends_it(planted: Repository, run_id: str, old: str, new: str, command: str) -> None:
    path = planted.root / planted.workspace.record_path(run_id)
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), "utf-8")
    ended = planted.orch("verify")
    assert ended.code == 4
    (named,) = re.findall("Next: (.*)", ended.out)
    assert named.startswith(command)
    mended = planted.run("sh", "-c", named + (" --yes" if "repair" in named else ""))
    assert mended.code == 0, mended.err
    assert planted.orch("verify").code == 0
    assert path.read_text("utf-8") == text


def find_error(repository: Repository, run_id: str, path: Path, edited: Any) -> bool:
    """Whether the edit is found, and by an error about RUN.json, its attempts or workflow."""
    with rewritten(path, edited):
        report = verify(repository, run_id)
    assert report.error is None or "/record/" in report.error.message
    return report.error is not None or has_news(report)


def has_news(report: RunReport) -> bool:
    return report.has_differences or any("within a second" not in each for each in report.warnings)


def is_same_or_excepted(content: bytes, edited: bytes) -> bool:
    """Whether only a value has changed of which nothing else tells."""
    record, now = json.loads(content), json.loads(edited)
    changed = {describe(place, record) for place, value in list_leaves(record) if find(now, place) != value}
    return changed <= set(NOT_NOTICED)


@contextmanager
def rewritten(path: Path, edited: Any) -> Iterator[None]:
    """The file with other data, as `orch` writes it, for a while."""
    content = path.read_bytes()
    path.write_text(json.dumps(edited, indent=2, ensure_ascii=False) + "\n", "utf-8")
    try:
        yield
    finally:
        path.write_bytes(content)


def list_edits(data: Any) -> Iterator[tuple[JsonPath, Any]]:
    """The place of each value, and the data with this value edited; the same with each key."""
    for place, value in list_leaves(data):
        edited = deepcopy(data)
        find(edited, place[:-1])[place[-1]] = edit(value)
        yield place, edited
    for place in list_keys(data):
        edited = deepcopy(data)
        parent = find(edited, place[:-1])
        renamed = {f"{key}x" if key == place[-1] else key: value for key, value in parent.items()}
        parent.clear()
        parent.update(renamed)
        yield (*place[:-1], f"{place[-1]}x"), edited


def edit(value: Any) -> Any:
    """Another value of the same type, as little different as can be; something instead of nothing."""
    if isinstance(value, bool):
        return not value
    if isinstance(value, int | float):
        return value + 1
    if not isinstance(value, str) or not value:
        return "x"
    place = max((match.start() for match in re.finditer(r"\d|[a-z](?!.*\d)", value)), default=0)
    return value[:place] + chr(ord(value[place]) ^ 1) + value[place + 1 :]


def list_leaves(data: Any, place: JsonPath = ()) -> Iterator[tuple[JsonPath, Any]]:
    children = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else None
    if children is None:
        yield place, data
    for key, value in children or ():
        yield from list_leaves(value, (*place, key))


def list_keys(data: Any, place: JsonPath = ()) -> Iterator[JsonPath]:
    children = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ()
    for key, value in children:
        if isinstance(data, dict):
            yield (*place, key)
        yield from list_keys(value, (*place, key))


def find(data: Any, place: JsonPath) -> Any:
    for key in place:
        data = data[key]
    return data


def describe(place: JsonPath, record: Any) -> str:
    """`events.message of FORCED`."""
    name = ".".join(str(key) for key in place if isinstance(key, str))
    return f"{name} of {find(record, (*place[:2], 'type'))}" if place[0] == "events" else name
