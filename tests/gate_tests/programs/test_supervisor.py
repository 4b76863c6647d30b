"""A supervised process ends with the process that started it, and costs little more than another."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from gate_tests.programs.supervisor import SupervisedProcess
from tests.support.processes import descendants, is_running, is_supervisor, wait_until

START_AND_WAIT = """
import os, sys
from gate_tests.programs.supervisor import SupervisedProcess
process = SupervisedProcess(("sh", "-c", "sleep 60 & echo $!; wait"))
sys.stdin.read()
os._exit(1)
"""


def kill(orch: "subprocess.Popen[str]") -> None:
    orch.kill()


def let_exit(orch: "subprocess.Popen[str]") -> None:
    assert orch.stdin
    orch.stdin.close()


@pytest.mark.parametrize("end", [kill, let_exit])
def test_its_whole_group_ends_with_the_process_that_started_it(end: Callable[["subprocess.Popen[str]"], None]) -> None:
    pipe = subprocess.PIPE
    with subprocess.Popen((sys.executable, "-c", START_AND_WAIT), stdin=pipe, stdout=pipe, text=True) as orch:
        assert orch.stdout
        child = int(orch.stdout.readline())
        started = descendants(orch.pid)
        assert child in started
        end(orch)
        orch.wait()
        wait_until(lambda: not any(map(is_running, started)), 2)


def test_when_its_group_is_killed_its_supervisor_ends_too_and_no_descriptor_is_left() -> None:
    before = set(os.listdir("/proc/self/fd"))
    assert SupervisedProcess(("true",)).kill_group() in (0, -9)
    assert set(os.listdir("/proc/self/fd")) == before
    assert not [each for each in descendants(os.getpid()) if is_supervisor(each)]


def test_a_program_that_cannot_be_started_leaves_no_supervisor() -> None:
    before = set(os.listdir("/proc/self/fd"))
    with pytest.raises(FileNotFoundError):
        SupervisedProcess(("/no/such/program",))
    assert set(os.listdir("/proc/self/fd")) == before


def test_without_a_shell_it_runs_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gate_tests.programs.supervisor._SHELL", "/no/such/shell")
    process = SupervisedProcess(("sh", "-c", "exit 7"))
    process.wait()
    assert process.kill_group() == 7


def test_it_inherits_no_end_of_the_pipe_that_tells_of_the_end(tmp_path: Path) -> None:
    listing = tmp_path / "descriptors"
    with listing.open("w") as output:
        process = SupervisedProcess(
            (sys.executable, "-c", "import os; print(os.listdir('/proc/self/fd'))"), stdout=output
        )
        process.wait()
        process.kill_group()
    assert len(listing.read_text().split()) <= 4  # the three standard ones, and that of the listing
