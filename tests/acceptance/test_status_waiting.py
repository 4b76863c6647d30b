"""`orch status --waiting`: what waits for a person or an agent, of one run or of all."""

import re
import shlex
from collections.abc import Callable
from typing import Any

import pytest

from gate_tests.errors import Exit
from tests.support.messages import message, says
from tests.support.processes import running, wait_until
from tests.support.repository import BIN, Repository
from tests.support.terminal import at_a_terminal, end

WAITING = ("status", "--waiting", "--all")


@pytest.fixture
def two_gates(repository: Repository) -> Repository:
    """A workflow of two gates, each with one output below the artifact path."""
    for gate in ("G1", "G2"):
        repository.write_contract(gate, required_outputs={"all_of": [{"path": f"{{artifact_path}}/{gate}.md"}]})
    repository.write_workflow("G1", "G2")
    return repository


def start_run(repository: Repository, slug: str) -> str:
    return repository.start_run(workflow="tests", slug=slug, artifact_path=f"out/{slug}")


def finish(repository: Repository, run_id: str, gate: str, *, good: bool = True) -> None:
    repository.start_gate(run_id, gate)
    if good:
        slug = repository.record(run_id)["workflow"]["slug"]
        repository.write(f"out/{slug}/{gate}.md", f"tea of {gate}")
    assert repository.orch("gate", "finish", "--run", run_id, "--gate", gate).code == (0 if good else 1)


def wait_at_start(repository: Repository) -> str:
    return start_run(repository, "new")


def wait_open(repository: Repository) -> str:
    run_id = start_run(repository, "open")
    repository.start_gate(run_id, "G1", "writer")
    return run_id


def wait_failed(repository: Repository) -> str:
    run_id = start_run(repository, "failed")
    finish(repository, run_id, "G1")
    finish(repository, run_id, "G2", good=False)
    return run_id


def wait_between(repository: Repository) -> str:
    run_id = start_run(repository, "between")
    finish(repository, run_id, "G1")
    return run_id


def wait_passed(repository: Repository) -> str:
    run_id = wait_between(repository)
    finish(repository, run_id, "G2")
    return run_id


def wait_stale(repository: Repository) -> str:
    run_id = wait_passed(repository)
    repository.write("out/between/G1.md", "other tea")
    return run_id


CASES = [
    pytest.param(wait_at_start, ("gate_not_started", "G1", None, None), "gate G1: not started for", (), id="start"),
    pytest.param(wait_open, ("attempt_open", "G1", 1, "writer"), "gate G1: attempt 1 open for", (), id="open"),
    pytest.param(wait_failed, ("gate_failed", "G2", 1, "maker"), "gate G2: attempt 1 failed", (), id="failed"),
    pytest.param(wait_between, ("gate_not_started", "G2", None, None), "gate G2: not started for", (), id="between"),
    pytest.param(wait_passed, ("not_completed", None, None, None), "all gates passed", (), id="passed"),
    pytest.param(wait_stale, ("not_completed", None, None, None), "stale: G1", ("G1",), id="stale"),
]


@pytest.mark.slow
@pytest.mark.quick("start")
@pytest.mark.parametrize(("prepare", "expected", "said", "stale"), CASES)
def test_an_unfinished_run_is_a_line_that_says_where_it_waits_and_what_to_type(
    two_gates: Repository,
    prepare: Callable[[Repository], str],
    expected: tuple[Any, ...],
    said: str,
    stale: tuple[str, ...],
) -> None:
    run_id = prepare(two_gates)
    listed = two_gates.orch(*WAITING, "--json")
    (row,) = listed.json
    assert listed.code == Exit.OK
    assert (row["run_id"], row["reason"], row["gate"], row["attempt"], row["agent"]) == (run_id, *expected)
    assert row["stale"] == list(stale)
    assert row["age_s"] >= 0
    assert re.fullmatch(r"\d{4}-.*Z", row["since"])
    (line,) = two_gates.orch(*WAITING).out.splitlines()
    assert line.startswith(f"{run_id}  ")
    assert said in line
    assert line.endswith(f"  {row['next']}")
    assert two_gates.orch("status", "--waiting", run_id).out.splitlines() == [line]
    program, *arguments = shlex.split(row["next"])
    assert program == "orch"
    assert two_gates.orch(*arguments).code in (Exit.OK, Exit.FAIL, Exit.PAUSED)


@pytest.mark.slow
def test_runs_are_listed_newest_first_without_those_that_are_completed(two_gates: Repository) -> None:
    first, completed = wait_at_start(two_gates), wait_passed(two_gates)
    assert two_gates.orch("run", "complete", completed).code == 0
    last = wait_open(two_gates)
    rows = two_gates.orch(*WAITING, "--json").json
    assert sorted(row["run_id"] for row in rows) == sorted((first, last))
    assert [row["run_id"] for row in rows] == [
        row["run_id"] for row in two_gates.orch("run", "list", "--json").json if row["run_id"] != completed
    ]


def test_a_run_that_cannot_be_read_is_a_row_too(two_gates: Repository) -> None:
    good, corrupted = wait_at_start(two_gates), start_run(two_gates, "corrupted")
    two_gates.write(f"orchestration/runs/{corrupted}/record/RUN.json", "{")
    listed = two_gates.orch(*WAITING, "--json")
    assert listed.code == Exit.OK
    rows = {row["run_id"]: row for row in listed.json}
    assert (rows[corrupted]["reason"], rows[corrupted]["status"]) == ("unreadable", "DAMAGED")
    assert "RUN.json" in rows[corrupted]["error"]
    assert {*rows[corrupted]} - {"error"} == {*rows[good]}
    lines = two_gates.orch(*WAITING).out.splitlines()
    assert len(lines) == 2
    assert any(line.startswith(f"{corrupted}  DAMAGED: ") for line in lines)


@pytest.mark.slow
def test_a_run_whose_agent_is_at_work_waits_for_nobody(two_gates: Repository) -> None:
    agent = "sh -c 'touch begun; sleep 300'"
    command = (BIN / "orch", "run", "tests", "--slug", "tea", "--agent-command", agent)
    with running(*command, cwd=two_gates.root) as orch:
        wait_until((two_gates.root / "begun").exists)
        assert two_gates.orch(*WAITING, "--json").json == []
        assert two_gates.orch(*WAITING).out == f"{message('nothing-waits')}\n"
        orch.kill()
    (row,) = two_gates.orch(*WAITING, "--json").json
    assert (row["reason"], row["gate"], row["attempt"]) == ("attempt_open", "G1", 1)
    assert row["next"].startswith("orch run resume ")


def test_without_runs_nothing_waits(two_gates: Repository) -> None:
    for options in (WAITING, WAITING[:2]):
        ended = two_gates.orch(*options)
        assert (ended.code, ended.out) == (Exit.OK, f"{message('nothing-waits')}\n")
        assert two_gates.orch(*options, "--json").json == []


def test_through_a_pipe_nothing_is_cut(two_gates: Repository) -> None:
    run_id = start_run(two_gates, "tea")
    agent = "a-very-long-name-of-an-agent-" * 6
    two_gates.start_gate(run_id, "G1", agent)
    (line,) = two_gates.orch(*WAITING, env={"COLUMNS": "40"}).out.splitlines()
    assert f" by {agent}  orch gate finish --run {run_id} --gate G1" in line


@pytest.mark.slow
def test_at_a_terminal_the_command_is_on_a_line_of_its_own(two_gates: Repository) -> None:
    run_id = wait_open(two_gates)
    with at_a_terminal(two_gates, *WAITING) as child:
        child.expect(f"{run_id}  gate G1: attempt 1 open for [0-9]+ s by writer\r\n")
        child.expect(f"    orch gate finish --run {run_id} --gate G1\r\n")
        assert end(child) == 0


@pytest.mark.slow
def test_resume_takes_neither_of_two_unfinished_runs_and_names_both(two_gates: Repository) -> None:
    runs = {wait_open(two_gates), wait_failed(two_gates)}
    before = two_gates.snapshot()
    ended = two_gates.orch("run", "resume", "--agent-command", "true")
    assert ended.code == Exit.REFUSED
    assert says(ended.err, "run-required", count=2, condition="unfinished")
    assert all(run_id in ended.err for run_id in runs)
    assert ended.err.splitlines()[-1] == f"Next: orch {' '.join(WAITING)}"
    assert two_gates.snapshot() == before
