"""A command that finds the record locked says so, waits, and gives up in time; one that reads does not wait."""

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from tests.support import CHECKOUT
from tests.support.messages import message, pattern, says
from tests.support.processes import running
from tests.support.repository import BIN, Repository

HOLDING = """
import sys, time
from pathlib import Path
from gate_tests.files.directory import Directory
from runner.storage.file_lock import LockWait, acquire_lock
root, path, what, seconds = Path(sys.argv[1]), *sys.argv[2:]
with acquire_lock(root / path, lambda: Directory.open(root).open_below(path, create=True), what, LockWait(0, print)):
    print("held", flush=True)
    time.sleep(float(seconds))
"""
LOCKS = {"run": "record", "gate": "record/gates/G1"}


@contextmanager
def held(shipped: Repository, run_id: str, what: str, seconds: float) -> Iterator[int]:
    """The process that holds the lock of the run, or of its gate G1."""
    path = f"{shipped.workspace.run_path(run_id)}/{LOCKS[what]}"
    command = [sys.executable, "-c", HOLDING, str(shipped.root), path, what, str(seconds)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=CHECKOUT) as process:
        try:
            assert process.stdout
            assert process.stdout.readline() == "held\n"
            yield process.pid
        finally:
            process.kill()


WRITERS = {
    "gate start": ("gate", "start", "--run", "{run}", "--gate", "G2", "--agent", "maker"),
    "gate fail": ("gate", "fail", "--run", "{run}", "--gate", "G2", "--reason", "bad"),
    "invocation record": ("invocation", "record", "--run", "{run}", "--gate", "G2", "--agent", "maker"),
    "run complete": ("run", "complete", "--run", "{run}"),
    "run repair": ("run", "repair", "--run", "{run}"),
}


@pytest.mark.parametrize("arguments", WRITERS.values(), ids=WRITERS.keys())
def test_a_command_that_writes_gives_up_in_time_and_names_who_holds_the_record(
    shipped: Repository, run_id: str, arguments: tuple[str, ...]
) -> None:
    with held(shipped, run_id, "run", 60) as pid:
        before = shipped.snapshot()
        ended = shipped.orch(*(word.format(run=run_id) for word in arguments), "--lock-timeout", "0")
        assert shipped.snapshot() == before
    assert ended.code == 3
    held_by = {"holder": f"process {pid}", "what": f"writing the record of run {run_id}"}
    assert ended.err.startswith(f"orch: {message('lock-held', **held_by, seconds=0)}")
    assert "--lock-timeout" in ended.err
    assert len(ended.err.splitlines()) == 2


@pytest.mark.slow
def test_a_finish_waits_for_another_of_the_same_gate_and_says_so(shipped: Repository, run_id: str) -> None:
    gate = ("--run", run_id, "--gate", "G1")
    shipped.orch("gate", "start", *gate, "--agent", "maker")
    with held(shipped, run_id, "gate", 60) as pid:
        ended = shipped.orch("gate", "finish", *gate, "--lock-timeout", "0")
        assert (ended.code, ended.out) == (3, "")
        held_by = {"holder": f"process {pid}", "what": f"judging gate G1 of run {run_id}"}
        assert ended.err.startswith(f"orch: {message('lock-held', **held_by, seconds=0)}")
    with (
        held(shipped, run_id, "gate", 60) as pid,
        running(BIN / "orch", "gate", "finish", *gate, cwd=shipped.root) as it,
    ):
        assert it.stderr
        told = it.stderr.readline()
        os.kill(pid, signal.SIGKILL)
        _, more = it.communicate(timeout=60)
    assert (it.returncode, more) == (1, ""), "it has judged the work, which is not done"
    held_by = {"holder": f"process {pid}", "what": f"judging gate G1 of run {run_id}"}
    assert re.fullmatch(f"orch: {pattern('waiting', **held_by, seconds=30)}", told.strip())


@pytest.mark.slow
def test_a_second_finish_waits_then_is_refused(shipped: Repository, run_id: str) -> None:
    gate = ("--run", run_id, "--gate", "G1")
    shipped.add_example("G1")
    shipped.orch("gate", "start", *gate, "--agent", "maker")
    command = [sys.executable, "-m", "runner", "gate", "finish", *gate]
    processes = [
        subprocess.Popen(command, cwd=shipped.root, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
        for _ in range(2)
    ]
    told = {process.communicate(timeout=60)[1]: process.returncode for process in processes}
    assert sorted(told.values()) == [0, 2]
    (refusal,) = [line for line, code in told.items() if code == 2]
    assert says(refusal, "attempt-finished", attempt=1, gate="G1", status="PASS")
    assert "Next: orch gate start" in refusal
    assert [attempt["status"] for attempt in shipped.record(run_id)["gates"][0]["attempts"]] == ["PASS"]


def test_commands_that_read_do_not_wait(shipped: Repository, run_id: str) -> None:
    with held(shipped, run_id, "run", 60):
        assert shipped.orch("run", "show", "--run", run_id).code == 0
        assert shipped.orch("run", "list").code == 0


@pytest.mark.parametrize("seconds", ["-1", "soon", "1e9", "nan"])
def test_a_timeout_that_is_none_is_refused(shipped: Repository, run_id: str, seconds: str) -> None:
    ended = shipped.orch("run", "complete", "--run", run_id, "--lock-timeout", seconds)
    assert ended.code == 2
    assert "--lock-timeout" in ended.err
