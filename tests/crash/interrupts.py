"""Interrupts `orch gate finish`, which then has recorded nothing and exits with 130, or exits with its verdict."""

import os
import re
import shutil
import signal
import subprocess
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from random import Random

from benchmarks.measure.timer import BIN
from gate_tests.workspace.layout import Workspace
from runner.models.timestamps import now
from runner.operations.attempts import start_gate
from runner.operations.invocations import record_invocation
from runner.storage.store import Store
from tests.crash.scratch import GATE, Tally, new_run

SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
CALLS = ("openat", "write", "fsync", "close", "link", "unlink", "rename", "flock")
"""The system calls of a write; some systems have others of the same beginning, such as `renameat2`."""

_INTERRUPTED = 130


@dataclass(frozen=True)
class OpenAttempt:
    """An attempt that is open, with good or bad work. `verdict` is the exit code of its finish."""

    store: Store
    run_id: str
    verdict: int

    @classmethod
    def make(cls, folder: Path, *, passes: bool) -> "OpenAttempt":
        """Makes it in `folder`, which must not exist."""
        run_id = new_run(folder)
        if not passes:
            shutil.rmtree(folder / "src", ignore_errors=True)
            shutil.rmtree(folder / "orchestration/projects", ignore_errors=True)
        store = Store(Workspace(folder))
        start_gate(store, run_id, GATE, "maker", now())
        attempt = cls(store, run_id, 0 if passes else 1)
        shutil.copytree(attempt.run, folder / "kept")
        return attempt

    @property
    def folder(self) -> Path:
        """The root of the repository."""
        return self.store.workspace.root

    @property
    def run(self) -> Path:
        """The directory of the run."""
        return self.folder / self.store.workspace.run_path(self.run_id)

    @property
    def finish(self) -> list[str]:
        """The command that finishes it."""
        return [str(BIN / "orch"), "gate", "finish", "--run", self.run_id, "--gate", GATE]

    def begin(self, *before: str) -> "subprocess.Popen[str]":
        """Starts the finish of the attempt, which is open again. `before` are the words of a program that traces it."""
        shutil.rmtree(self.run)
        shutil.copytree(self.folder / "kept", self.run)
        pipe = subprocess.PIPE
        words = [*before, *self.finish]
        return subprocess.Popen(words, cwd=self.folder, stdin=subprocess.DEVNULL, stdout=pipe, stderr=pipe, text=True)

    def find_fault(self, process: "subprocess.Popen[str]") -> str | None:
        """Waits for the end of an interrupted finish. Returns what is wrong with it, or with what it left."""
        _, err = process.communicate(timeout=60)
        is_recorded = (self.run / f"record/gates/{GATE}/attempt-1.json").exists()
        wanted = self.verdict if is_recorded else _INTERRUPTED
        if process.returncode != wanted or "Traceback" in err:
            return f"exit code {process.returncode}, not {wanted}: {err.strip()}"
        if self.store.read(self.run_id).gate(GATE).attempts[0].is_open == is_recorded:
            return "RUN.json disagrees with the attempt's file"
        record_invocation(self.store, self.run_id, GATE, "maker", now())
        left = [path.name for path in self.run.rglob(".tmp-*")]
        return f"{', '.join(left)} is left" if left else None


def interrupt_at_random(folder: Path, times: int, *, passes: bool, seed: int = 0) -> Tally:
    """Interrupts it at random moments from its first line on: signals sent, records or exit codes that are wrong."""
    attempt, moments, wrong = OpenAttempt.make(folder, passes=passes), Random(seed), []
    longest_s = max(_measure(attempt) for _ in range(2))
    for _ in range(times):
        number, delay_s = moments.choice(SIGNALS), moments.uniform(0, longest_s)
        process = attempt.begin()
        _wait_for_first_line(process)
        time.sleep(delay_s)
        process.send_signal(number)
        if fault := attempt.find_fault(process):
            wrong.append(f"{number.name} after {1000 * delay_s:.0f} ms: {fault}")
    return Tally(times, tuple(wrong))


def interrupt_each_call(folder: Path, *names: str, passes: bool, number: signal.Signals = signal.SIGINT) -> Tally:
    """Interrupts it at each of these system calls from the lock of the run on: signals sent, what was wrong."""
    attempt, wrong, tried = OpenAttempt.make(folder, passes=passes), [], 0
    for name, occurrence in _list_calls(attempt, names or CALLS):
        inject = f"inject={name}:signal={number.name}:when={occurrence}"
        process = attempt.begin("strace", "-qq", "-o", os.devnull, "-e", f"trace={name}", "-e", inject)
        tried += 1
        if fault := attempt.find_fault(process):
            wrong.append(f"{number.name} at {name} {occurrence}: {fault}")
    return Tally(tried, tuple(wrong))


def can_trace() -> bool:
    """Whether there is a `strace` that may trace a process here."""
    command = ["strace", "-qq", "-o", os.devnull, "true"]
    return shutil.which("strace") is not None and subprocess.run(command, check=False).returncode == 0


def _measure(attempt: OpenAttempt) -> float:
    """The seconds that the finish takes from its first line on."""
    process = attempt.begin()
    _wait_for_first_line(process)
    began = time.monotonic()
    process.communicate()
    assert process.returncode == attempt.verdict
    return time.monotonic() - began


def _wait_for_first_line(process: "subprocess.Popen[str]") -> None:
    """Waits until the process handles SIGTERM, as Python by itself does not, or has ended."""
    while process.poll() is None:
        status = Path(f"/proc/{process.pid}/status").read_text()
        caught = re.search(r"SigCgt:\s*([0-9a-f]+)", status)
        if caught and int(caught[1], 16) >> (signal.SIGTERM - 1) & 1:
            return
        time.sleep(0.0005)


def _list_calls(attempt: OpenAttempt, names: tuple[str, ...]) -> Iterator[tuple[str, int]]:
    """The system calls of a whole finish from the lock of the run on, with their number by name.

    It locks the gate first.
    """
    trace = attempt.folder / "trace"
    process = attempt.begin("strace", "-qq", "-o", str(trace))
    process.communicate()
    assert process.returncode == attempt.verdict
    counts = Counter[str]()
    for line in trace.read_text("utf-8", "replace").splitlines():
        name = line.partition("(")[0]
        counts[name] += 1
        if counts["flock"] >= 2 and name.startswith(names):
            yield name, counts[name]
