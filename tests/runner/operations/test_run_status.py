"""Where a run stands: the facts of each gate, as far as a look at the files tells them."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from gate_tests.errors import DamagedRecord, NotReadable
from runner.cli.terminal.render import format_age
from runner.models.status import RunStatus
from runner.models.timestamps import elapsed_s
from runner.operations.run_status import StatusReport, build_status_report
from runner.storage.run_list import UnreadableRun, choose_newest
from runner.storage.run_summary import RunSummary
from tests.support.messages import message
from tests.support.repository import ARTIFACTS, Ended, Repository
from tests.support.sample_run import AT, LATER, fail, finish, new_run, start

Orch = Callable[..., Ended]
MUCH_LATER = "2026-11-22T12:30:00.000Z"


def head(run_id: str, *, is_completed: bool) -> RunSummary:
    return RunSummary(run_id, "tests", "tea", RunStatus.RUNNING, AT, is_completed, 0, 2)


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
    with pytest.raises(NotReadable, match="not allowed"):
        choose_newest(
            [UnreadableRun("newer", NotReadable("not allowed")), UnreadableRun("older", DamagedRecord("broken"))], print
        )


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0, "0 s"), (59, "59 s"), (60, "1 min"), (3599, "59 min"), (3600, "1 h"), (172_799, "47 h"), (172_800, "2 d")],
)
def test_an_age_is_told_in_the_unit_one_would_use(seconds: int, words: str) -> None:
    assert format_age(seconds) == words


def test_a_clock_that_was_set_back_makes_nothing_younger_than_new() -> None:
    assert elapsed_s(LATER, AT) == 0
    assert elapsed_s("yesterday", AT) is None


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
    passed = replace(run.gate("G1").attempts[0], contract=None)
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


def test_outputs_that_are_gone_or_of_another_size_are_told(shipped: Repository, passed: str) -> None:
    path = f"{ARTIFACTS}/research/CITATIONS.md"
    shipped.write(path, (shipped.root / path).read_text("utf-8") + "more\n")
    (changed,) = stand(shipped, passed).gates[1].changed
    assert changed == message("outputs-changed", path=path)


def test_a_contract_that_was_changed_since_is_told(shipped: Repository, orch: Orch, passed: str) -> None:
    orch("gate", "start", "--run", passed, "--gate", "G1", "--agent", "maker")
    for gate in ("G1", "G2"):
        contract = shipped.root / shipped.workspace.contract_path(gate)
        contract.write_bytes(contract.read_bytes() + b"\n")
    begun, judged, _ = stand(shipped, passed).gates
    assert begun.changed == (message("other-contract-than", when="begun with"),)
    assert judged.changed == (message("other-contract-than", when="judged by"),)


def test_each_check_that_failed_gives_its_reason(shipped: Repository, orch: Orch) -> None:
    run_id = shipped.start_run(ARTIFACTS)
    orch("gate", "start", "--run", run_id, "--gate", "G2", "--agent", "maker")
    assert orch("gate", "finish", "--run", run_id, "--gate", "G2").code == 1
    rows = shipped.attempt(run_id, "G2")["validations"]
    assert stand(shipped, run_id).gates[1].failed == tuple(row["reason"] for row in rows if not row["pass"])
