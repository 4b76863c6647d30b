"""`--notify`: a program is told, as JSON on its standard input, when somebody has to look at a run."""

import json
import os
import signal
from pathlib import Path
from typing import Any

import pytest

from gate_tests.errors import Exit
from tests.support.messages import message
from tests.support.processes import is_running, running, wait_until
from tests.support.repository import BIN, Ended, Repository
from tests.support.terminal import PAUSE, RETRY, at_a_terminal, end, finish_unchanged

PIPELINE = ("run", "tests", "--slug", "tea")
KEEP = "sh keep.sh"
"""Keeps what it is told in a file."""

HANGS = "sh -c 'echo $$ > new; mv new pid; sleep 300'"


@pytest.fixture
def two_gates(repository: Repository) -> Repository:
    """A workflow of two gates, each with one output."""
    repository.write("keep.sh", "cat >> told\n")
    for gate in ("G1", "G2"):
        repository.write_contract(gate, required_outputs={"all_of": [{"path": f"{gate}.md"}]})
    repository.write_workflow("G1", "G2")
    return repository


def told(repository: Repository) -> list[dict[str, Any]]:
    path = repository.root / "told"
    return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []


def agent(*outputs: str) -> tuple[str, ...]:
    return "--agent-command", f"sh -c 'for f in {' '.join(outputs)}; do echo tea > $f; done'"


def pipeline(repository: Repository, *options: str, notify: str = KEEP) -> Ended:
    return repository.orch(*PIPELINE, "--notify", notify, *options)


def only_run(repository: Repository) -> str:
    (run_id,) = repository.workspace.runs()
    return run_id


def test_a_person_who_is_awaited_is_told_where_and_what_to_type(two_gates: Repository) -> None:
    ended = pipeline(two_gates)
    run_id = only_run(two_gates)
    assert ended.code == Exit.PAUSED
    resume = f"orch run resume --run {run_id} --notify '{KEEP}'"
    assert told(two_gates) == [
        {
            "schema_version": 1,
            "event": "person_awaited",
            "run_id": run_id,
            "workflow": "tests",
            "slug": "tea",
            "status": "RUNNING",
            "gate": "G1",
            "attempt": 1,
            "message": message("paused", gate="G1", attempt=1),
            "next_command": resume,
        }
    ]
    assert f"Next: {resume}\n" in ended.err


@pytest.mark.slow
def test_the_end_of_a_run_is_told_once_with_its_status(two_gates: Repository) -> None:
    assert pipeline(two_gates, *agent("G1.md", "G2.md")).code == 0
    (end,) = told(two_gates)
    assert (end["event"], end["status"], end["gate"], end["next_command"]) == ("run_ended", "PASSED", None, None)
    assert end["message"] == message("told-end", status="PASSED", passed=2, count=2)


@pytest.mark.slow
def test_a_gate_that_failed_is_told_after_the_last_retry_only(two_gates: Repository) -> None:
    assert pipeline(two_gates, *agent("G1.md"), "--retry", "1").code == 1
    (failed,) = told(two_gates)
    assert (failed["event"], failed["status"], failed["gate"]) == ("gate_failed", "FAILED", "G2")
    attempt = len(two_gates.record(only_run(two_gates))["gates"][1]["attempts"])
    assert failed["attempt"] == attempt
    assert failed["message"].startswith(message("told-failure", gate="G2", attempt=attempt))
    assert failed["next_command"].startswith("orch run resume ")


@pytest.mark.slow
def test_a_decision_that_only_a_person_can_make_is_told(two_gates: Repository) -> None:
    """And so is every other error that stops the pipeline after its start."""
    contract = "orchestration/gates/contracts/G1.contract.json"
    source = f"""sh -c 'sed -i "s/G1.md/keep.sh/" {contract}'"""
    ended = pipeline(two_gates, "--agent-command", source)
    assert ended.code == Exit.REFUSED
    (decision,) = told(two_gates)
    assert (decision["event"], decision["gate"]) == ("person_awaited", "G1")
    assert contract in decision["message"]
    assert "--accept-contract" not in decision["next_command"]


@pytest.mark.slow
def test_the_member_notify_of_the_agents_file_is_used_unless_the_option_names_another(two_gates: Repository) -> None:
    two_gates.write("orchestration/agents.local.json", json.dumps({"notify": KEEP}))
    assert two_gates.orch(*PIPELINE).code == Exit.PAUSED
    assert [each["event"] for each in told(two_gates)] == ["person_awaited"]
    assert pipeline(two_gates, notify="true").code == Exit.PAUSED
    assert len(told(two_gates)) == 1


@pytest.mark.parametrize("command", ["no-such", "cat | tee log", ""])
def test_a_program_that_cannot_be_run_is_refused_before_there_is_a_run(two_gates: Repository, command: str) -> None:
    assert pipeline(two_gates, notify=command).code == Exit.REFUSED
    assert not list(two_gates.workspace.runs())


@pytest.mark.parametrize(
    ("command", "name", "values"),
    [
        pytest.param("sh -c 'echo oh; echo no >&2; exit 3'", "notify-failed", {"found": "exit code 3: no"}, id="fails"),
        pytest.param("sh -c 'kill -9 $$'", "notify-failed", {"found": "killed by SIGKILL"}, id="killed"),
        pytest.param("sh -c 'sleep 300'", "notify-failed", {"found": "timed out after 0.2 s"}, id="hangs"),
        pytest.param("true", None, {}, id="reads nothing"),
    ],
)
def test_its_failure_is_one_line_and_changes_no_exit_code(
    two_gates: Repository, command: str, name: str | None, values: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("runner.agents.notification.TIMEOUT_S", 0.2)
    ended = pipeline(two_gates, notify=command)
    assert ended.code == Exit.PAUSED
    lines = [line for line in ended.err.splitlines() if "warning: --notify" in line]
    assert lines == ([f"orch: warning: {message(name, **values)}"] if name else [])


@pytest.mark.slow
def test_a_signal_while_it_runs_ends_it_and_says_where_the_run_is(two_gates: Repository) -> None:
    pid = two_gates.root / "pid"
    with running(BIN / "orch", *PIPELINE, "--notify", HANGS, cwd=two_gates.root) as process:
        wait_until(pid.exists)
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=20)
    assert process.returncode == Exit.INTERRUPTED
    assert f"orch: interrupted; {message('paused', gate='G1', attempt=1)}\n" in err
    assert f"Next: orch run resume --run {only_run(two_gates)} " in err
    assert not is_running(int(pid.read_text()))


@pytest.mark.slow
def test_at_a_terminal_it_is_told_when_the_wait_for_a_key_begins_and_not_again_when_the_person_quits(
    two_gates: Repository,
) -> None:
    with at_a_terminal(two_gates, *PIPELINE, "--notify", KEEP) as child:
        child.expect(PAUSE)
        assert [(each["event"], each["gate"]) for each in told(two_gates)] == [("person_awaited", "G1")]
        child.send("v")
        child.expect(PAUSE)
        finish_unchanged(child)
        child.expect(RETRY)
        assert [each["event"] for each in told(two_gates)] == ["person_awaited", "gate_failed"]
        child.send("q")
        assert end(child) == 1
    assert len(told(two_gates)) == 2


@pytest.mark.slow
def test_it_runs_in_the_root_without_our_terminal_or_output(two_gates: Repository) -> None:
    two_gates.write("keep.sh", "pwd -P > where; tty > terminal; echo noise; echo noise >&2\n")
    ended = pipeline(two_gates)
    assert "noise" not in ended.out + ended.err
    assert Path((two_gates.root / "where").read_text().strip()) == Path(os.path.realpath(two_gates.root))
    assert (two_gates.root / "terminal").read_text() == "not a tty\n"
