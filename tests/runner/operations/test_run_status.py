"""The status report of a run: the facts of each gate, and what changed since it passed."""

import json
import os
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

import pytest

from gate_tests.errors import DamagedRecord, NotReadable
from runner.models.artifact import Artifact
from runner.models.status import GateStatus, RunStatus
from runner.operations import output_changes
from runner.operations.output_changes import OutputChanges
from runner.operations.run_status import StatusReport, build_status_report
from runner.storage.locks import agent_lock
from runner.storage.run_list import UnreadableRun, choose_newest
from runner.storage.run_summary import RunSummary
from runner.storage.store import Store
from tests.support.messages import message
from tests.support.repository import ARTIFACTS, Ended, Repository
from tests.support.sample_run import AT, LATER, fail, finish, new_run, start

Orch = Callable[..., Ended]
TRAILING_COMMA = "trailing comma before '}'"
MUCH_LATER = "2026-11-22T12:30:00.000Z"


def head(run_id: str, *, is_completed: bool) -> RunSummary:
    return RunSummary(run_id, "tests", "tea", RunStatus.RUNNING, AT, is_completed, 0, 2, "out/tea")


@pytest.mark.parametrize(
    ("listed", "meant"),
    [
        ([], None),
        ([head("newer", is_completed=False), head("older", is_completed=False)], "newer"),
        ([head("newer", is_completed=True), head("older", is_completed=False)], "older"),
        ([head("newer", is_completed=True), head("older", is_completed=True)], "newer"),
        ([UnreadableRun("newest", DamagedRecord("broken")), head("older", is_completed=False)], "older"),
    ],
)
def test_the_newest_that_is_not_over_is_meant_else_the_newest(
    listed: list[RunSummary | UnreadableRun], meant: str
) -> None:
    said: list[str] = []
    found = choose_newest(listed, said.append)
    assert (found and found.run_id) == meant
    assert len(said) == sum(isinstance(each, UnreadableRun) for each in listed)


def test_where_nothing_is_known_of_any_run_the_newest_says_why() -> None:
    said: list[str] = []
    listed = [UnreadableRun("newer", NotReadable("not allowed")), UnreadableRun("older", DamagedRecord("broken"))]
    with pytest.raises(NotReadable, match="not allowed"):
        choose_newest(listed, said.append)
    assert said == []


def test_the_next_command_while_an_agent_is_at_work_is_one_that_works(repository: Repository) -> None:
    repository.write_contract("G1", required_outputs={"all_of": [{"path": "a.md"}]})
    repository.write_workflow("G1")
    run_id = repository.start_run(workflow="tests", slug="tea")
    repository.start_gate(run_id, "G1")
    store = Store(repository.workspace)
    with agent_lock(store, run_id):
        report = build_status_report(repository.workspace, store.read(run_id), MUCH_LATER)
    assert report.next_command == f"orch gate check --run {run_id} --gate G1"
    assert build_status_report(repository.workspace, store.read(run_id), MUCH_LATER).next_command.startswith(
        f"orch gate finish --run {run_id}"
    )


def test_ages_are_those_at_the_given_time(tmp_path: Path) -> None:
    report = build_status_report(Repository(tmp_path).workspace, start(fail(start(new_run())), "G2"), MUCH_LATER)
    assert report.age_s == 3 * 3600
    failed, is_open = report.gates
    assert (failed.age_s, failed.attempts, failed.failed) == (9000, 1, ("two leaves were made up",))
    assert (is_open.agent, is_open.finished_at) == ("maker", None)
    assert json.loads(json.dumps(report.to_json()))["gates"][0]["failed"] == ["two leaves were made up"]


def test_a_gate_that_was_never_started_has_no_age(tmp_path: Path) -> None:
    report = build_status_report(Repository(tmp_path).workspace, new_run(), MUCH_LATER)
    assert [gate.age_s for gate in report.gates] == [None, None]


def test_a_gate_that_passed_without_a_contract_known_is_not_called_changed(tmp_path: Path) -> None:
    run = finish(start(new_run()))
    passed = run.gate("G1").attempts[0]._replace(contract=None)
    run = run.with_gate(run.gate("G1")._replace(attempts=(passed,)))
    report = build_status_report(Repository(tmp_path).workspace, run, MUCH_LATER)
    assert report.gates[0].changed == ()


# With real records


def stand(repository: Repository, run_id: str) -> StatusReport:
    from runner.storage.store import Store

    return build_status_report(repository.workspace, Store(repository.workspace).read(run_id), MUCH_LATER)


@pytest.fixture
def passed(shipped: Repository, orch: Orch) -> str:
    """A run whose G2 has passed."""
    shipped.add_example("G1", "G2")
    run_id = shipped.start_run(ARTIFACTS)
    orch("gate", "start", "--run", run_id, "--gate", "G2", "--agent", "maker")
    assert orch("gate", "finish", "--run", run_id, "--gate", "G2").code == 0
    return run_id


def test_what_stands_as_it_was_judged_is_not_marked(shipped: Repository, passed: str) -> None:
    assert [gate.changed for gate in stand(shipped, passed).gates] == [(), (), ()]


def append(path: Path) -> None:
    path.write_bytes(path.read_bytes() + b"more")


def edit_and_set_time_back(path: Path) -> None:
    before = path.stat()
    path.write_bytes(path.read_bytes().replace(b"e", b"a"))
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert (path.stat().st_size, path.stat().st_mtime_ns) == (before.st_size, before.st_mtime_ns)


def replace_by_directory(path: Path) -> None:
    path.unlink()
    path.mkdir()


@pytest.mark.parametrize(
    ("change", "name"),
    [
        pytest.param(append, "output-changed", id="more in it"),
        pytest.param(edit_and_set_time_back, "output-changed", id="same size and time"),
        pytest.param(Path.unlink, "output-missing", id="removed"),
        pytest.param(replace_by_directory, "output-changed", id="a directory"),
    ],
)
def test_an_output_that_changed_since_it_passed_is_named(
    shipped: Repository, passed: str, change: Callable[[Path], object], name: str
) -> None:
    path = f"{ARTIFACTS}/research/CITATIONS.md"
    change(shipped.root / path)
    assert stand(shipped, passed).gates[1].changed == (message(name, path=path),)


@pytest.mark.slow
def test_an_output_that_was_written_again_as_it_was_has_not_changed(shipped: Repository, passed: str) -> None:
    path = shipped.root / ARTIFACTS / "research/CITATIONS.md"
    content = path.read_bytes()
    path.unlink()
    path.write_bytes(content)
    assert stand(shipped, passed).gates[1].changed == ()


def test_an_output_that_a_later_gate_wrote_again_has_not_changed(tmp_path: Path) -> None:
    repository = Repository(tmp_path)
    repository.write("out/tea.md", "second")

    def written(content: bytes) -> Artifact:
        return Artifact("tea.md", "out/tea.md", sha256(content).hexdigest(), len(content))

    run = finish(start(new_run()))
    second = run.gate("G1").attempts[0]
    first = second._replace(finished_at=AT, artifacts=(written(b"first!"),), finished_json=None)
    second = second._replace(finished_at=LATER, artifacts=(written(b"second"),), finished_json=None)
    run = run.with_gate(run.gate("G1")._replace(attempts=(first,)))
    overwritten = run.with_gate(run.gate("G2")._replace(status=GateStatus.PASS, attempts=(second,)))
    assert [*OutputChanges(repository.workspace, overwritten).describe(overwritten.gate("G1"))] == []
    assert [*OutputChanges(repository.workspace, run).describe(run.gate("G1"))] == [
        message("output-changed", path="out/tea.md")
    ]


def test_a_large_output_is_compared_by_its_hash_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(output_changes, "_LARGE_BYTES", 4)
    content = "tea\n" * 100_000
    repository = Repository(tmp_path)
    repository.write("out/tea.md", content)
    run = finish(start(new_run()))
    artifact = Artifact("tea.md", "out/tea.md", sha256(content.encode()).hexdigest(), len(content))
    last = run.gate("G1").attempts[0]._replace(artifacts=(artifact,), finished_json=None)
    run = run.with_gate(run.gate("G1")._replace(attempts=(last,)))
    assert output_changes.has_large_outputs(run)
    assert [*OutputChanges(repository.workspace, run).describe(run.gate("G1"))] == []
    repository.write("out/tea.md", content.replace("t", "T"))
    assert [*OutputChanges(repository.workspace, run).describe(run.gate("G1"))] == [
        message("output-changed", path="out/tea.md")
    ]
    monkeypatch.setattr(output_changes, "_LIMIT_S", -1)
    (described,) = OutputChanges(repository.workspace, run).describe(run.gate("G1"))
    assert described == message("output-not-compared", path="out/tea.md")


@pytest.mark.slow
def test_a_contract_that_was_changed_since_is_named(shipped: Repository, orch: Orch, passed: str) -> None:
    orch("gate", "start", "--run", passed, "--gate", "G1", "--agent", "maker")
    for gate in ("G1", "G2", "G3"):
        contract = shipped.root / shipped.workspace.contract_path(gate)
        contract.write_bytes(contract.read_bytes() + b"\n")
    events = ("attempt 1 started", "it passed", "the run started")
    assert [gate.changed for gate in stand(shipped, passed).gates] == [
        (message("contract-changed-since", event=event, path=shipped.workspace.contract_path(gate)),)
        for gate, event in zip(("G1", "G2", "G3"), events, strict=True)
    ]


@pytest.mark.slow
def test_a_contract_and_a_workflow_that_are_no_json_any_more_are_told_with_the_place(
    shipped: Repository, passed: str
) -> None:
    contract = shipped.workspace.contract_path("G2")
    (shipped.root / contract).write_text('{\n  "gate": "G2",\n}\n', "utf-8")
    found = stand(shipped, passed)
    assert found.problem is None
    assert found.gates[1].changed == (f"{contract}:2: {message('not-json', reason=TRAILING_COMMA)} (column 15)",)
    path = shipped.workspace.workflow_path("visual-essay")
    (shipped.root / path).write_text('{"gates": [],}\n', "utf-8")
    assert stand(shipped, passed).problem == f"{path}:1: {message('not-json', reason=TRAILING_COMMA)} (column 13)"
    (shipped.root / contract).unlink()
    assert stand(shipped, passed).gates[1].changed == (f"missing since it passed: {contract}",)


def test_each_check_that_failed_gives_its_reason(shipped: Repository, orch: Orch) -> None:
    run_id = shipped.start_run(ARTIFACTS)
    orch("gate", "start", "--run", run_id, "--gate", "G2", "--agent", "maker")
    assert orch("gate", "finish", "--run", run_id, "--gate", "G2").code == 1
    rows = shipped.attempt(run_id, "G2")["validations"]
    assert stand(shipped, run_id).gates[1].failed == tuple(row["reason"] for row in rows if not row["pass"])
