"""`kill -9` of orch: what it had started ends too, and the run goes on."""

import os
import signal

import pytest

from gate_tests.errors import Exit
from tests.support.messages import message
from tests.support.processes import descendants, is_running, is_supervisor, running, wait_until
from tests.support.repository import BIN, Repository

WAITS = "tools/waits.sh"
"""A program with a child in its process group, which ignores what could be ignored."""

WAITING = "trap '' TERM HUP INT\nsleep 300 &\necho $! > new\nmv new child\nwait\nsleep 300\n"
ENDED_WITHIN_S = 2


def open_attempt(repository: Repository, **contract: object) -> tuple[str, ...]:
    """The command that judges the open attempt by a program that goes on."""
    repository.write_contract("GT", required_outputs={"all_of": [{"path": WAITS}]}, **contract)
    repository.write_workflow("GT")
    run_id = repository.start_run(workflow="tests", slug="tea")
    repository.start_gate(run_id, "GT")
    return ("gate", "finish", "--run", run_id, "--gate", "GT")


def run_agent(repository: Repository) -> tuple[str, ...]:
    repository.write_contract("GT", required_outputs={"all_of": [{"path": WAITS}]})
    repository.write_workflow("GT")
    return ("run", "tests", "--slug", "tea", "--agent-command", f"sh {WAITS}")


def run_check(repository: Repository) -> tuple[str, ...]:
    return open_attempt(repository, validations=[{"type": "command", "command": ["sh", WAITS]}])


def run_pre_script(repository: Repository) -> tuple[str, ...]:
    return open_attempt(repository, pre_scripts=[{"path": WAITS}])


def kill(repository: Repository, *command: str) -> list[int]:
    """Kills orch while the program runs; returns the processes that there were."""
    child = repository.root / "child"
    with running(BIN / "orch", *command, cwd=repository.root) as orch:
        wait_until(child.exists)
        started = descendants(orch.pid)
        assert int(child.read_text()) in started
        os.kill(orch.pid, signal.SIGKILL)
    return started


@pytest.mark.slow
@pytest.mark.quick("agent")
@pytest.mark.parametrize(
    "prepare",
    [
        pytest.param(run_agent, id="agent"),
        pytest.param(run_check, id="command check"),
        pytest.param(run_pre_script, id="pre_script"),
    ],
)
def test_what_a_killed_orch_had_started_ends_within_two_seconds(repository: Repository, prepare: object) -> None:
    repository.write(WAITS, WAITING)
    assert callable(prepare)
    started = kill(repository, *prepare(repository))
    wait_until(lambda: not any(map(is_running, started)), ENDED_WITHIN_S)


@pytest.mark.slow
def test_after_that_the_run_is_resumed_and_no_second_agent_works_beside_the_first(repository: Repository) -> None:
    repository.write(WAITS, WAITING)
    kill(repository, *run_agent(repository))
    first = int((repository.root / "child").read_text())
    source = f"if grep -q '^State:.[^Z]' /proc/{first}/status 2>/dev/null; then touch beside; fi; touch resumed"
    resumed = repository.installed_orch("run", "resume", "--agent-command", f'sh -c "{source}"')
    assert resumed.code == 0, resumed.err
    assert (repository.root / "resumed").exists()
    assert not (repository.root / "beside").exists()


@pytest.mark.slow
def test_a_supervisor_that_somebody_ended_changes_nothing_else(repository: Repository) -> None:
    repository.write(WAITS, "touch begun\nwhile [ ! -e go ]; do sleep 0.02; done\n")
    command = run_agent(repository)
    with running(BIN / "orch", *command, cwd=repository.root) as orch:
        wait_until((repository.root / "begun").exists)
        (supervisor,) = filter(is_supervisor, descendants(orch.pid))
        os.kill(supervisor, signal.SIGKILL)
        (repository.root / "go").touch()
        assert orch.wait(20) == 0


@pytest.mark.slow
def test_beside_an_agent_that_outlived_its_orch_no_second_one_is_started(repository: Repository) -> None:
    """One in a session of its own; or any, where its supervisor was killed too."""
    repository.write(WAITS, "setsid sh -c 'echo $$ > new; mv new child; exec sleep 300' &\nwait\n")
    with running(BIN / "orch", *run_agent(repository), cwd=repository.root) as orch:
        wait_until((repository.root / "child").exists)
        os.kill(orch.pid, signal.SIGKILL)
    living = int((repository.root / "child").read_text())
    (run_id,) = repository.workspace.runs()
    for options in ((), ("--agent-command", "touch beside")):
        resumed = repository.orch("run", "resume", *options)
        assert resumed.code == Exit.REFUSED
        told = message("agent-living", run=run_id, processes=f"{living} (sleep 300)")
        assert resumed.err == f"orch: {told}\nNext: kill {living}\n"
    os.kill(living, signal.SIGTERM)
    assert repository.orch("run", "resume", "--agent-command", "touch beside").code == 0


@pytest.mark.slow
def test_a_process_that_an_agent_left_running_keeps_no_run_from_being_resumed(repository: Repository) -> None:
    repository.write(WAITS, "setsid sh -c 'echo $$ > new; mv new child; exec sleep 300' & sleep 300\n")
    with running(BIN / "orch", *run_agent(repository), cwd=repository.root) as orch:
        wait_until((repository.root / "child").exists)
        orch.send_signal(signal.SIGINT)
        out, _ = orch.communicate(timeout=20)
    left = int((repository.root / "child").read_text())
    try:
        assert message("left-running", pid=left, command="sleep 300") in out
        assert repository.orch("run", "resume", "--agent-command", "true").code == 0
    finally:
        os.kill(left, signal.SIGKILL)
