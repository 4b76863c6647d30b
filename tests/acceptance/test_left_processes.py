"""What an agent leaves running in a session of its own is told when the agent has ended, and is left alone."""

import os
import re
import signal

import pytest

from tests.support.messages import message
from tests.support.processes import is_running, wait_until
from tests.support.repository import Ended, Repository

LEAVE = "setsid sh -c 'echo $$ >> new; exec sleep 60' & "
LEAVES = LEAVE + "sleep 61 & while [ ! -s new ]; do sleep 0.02; done; mv new pid"
"""One process in a session of its own, and one in the group of the agent."""


def led(repository: Repository, source: str) -> Ended:
    repository.write_contract("GT", required_outputs={"all_of": [{"path": "agent.sh"}]})
    repository.write_workflow("GT")
    repository.write("agent.sh", source)
    return repository.installed_orch("run", "tests", "--slug", "tea", "--agent-command", "sh agent.sh")


@pytest.mark.slow
def test_a_process_in_a_session_of_its_own_is_told_with_its_command_and_left_alone(repository: Repository) -> None:
    ended = led(repository, LEAVES)
    (line,) = re.findall(r"^  agent   left running.*$", ended.out, re.MULTILINE)
    pid = int((repository.root / "pid").read_text())
    try:
        assert line == f"  agent   {message('left-running', pid=pid, command='sleep 60')}"
        assert is_running(pid)
    finally:
        os.kill(pid, signal.SIGKILL)
    assert ended.code == 0, ended.err


@pytest.mark.slow
def test_an_agent_that_leaves_nothing_behind_is_told_nothing_of(repository: Repository) -> None:
    ended = led(repository, "sleep 60 & sleep 61 & true")
    assert ended.code == 0, ended.err
    assert "left running" not in ended.out


@pytest.mark.slow
def test_no_more_than_ten_are_listed(repository: Repository) -> None:
    ended = led(repository, 12 * LEAVE + "while [ $(wc -l < new) -lt 12 ]; do sleep 0.02; done; sleep 0.05")
    pids = [int(line) for line in (repository.root / "new").read_text().split()]
    for pid in pids:
        os.kill(pid, signal.SIGKILL)
    wait_until(lambda: not any(map(is_running, pids)))
    assert ended.out.count("left running: process ") == 10
    assert message("more-left-running", count=2) in ended.out
