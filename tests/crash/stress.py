"""Kills and races writers of records, and counts what was lost: `python -m tests.crash.stress [--quick]`.

Every function works in an empty folder of its own and gives a `Tally`; its second number must be 0.
"""

import json
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

from tests.crash.interrupts import can_trace, interrupt_at_random, interrupt_each_call
from tests.crash.scratch import GATE, Tally, begin, new_run, orch
from tests.support import CHECKOUT
from tests.support.hostile_environments import SURROUNDINGS, Surrounding
from tests.support.trial import Prepared, Work, try_out

_MANY = 50  # with --quick 10


def kill_each_step(folder: Path, *names: str) -> Tally:
    """Kills a process before each step of the writes called so, or of all: processes killed, records damaged."""
    command = [sys.executable, "-m", "tests.crash.kill_steps", str(folder), *names]
    done = subprocess.run(command, cwd=CHECKOUT, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(done.stderr)
    found = json.loads(done.stdout).values()
    return Tally(sum(killed for killed, _ in found), tuple(line for _, wrong in found for line in wrong))


def kill_at_random(folder: Path, times: int, seed: int = 0) -> Tally:
    """Kills `orch gate finish` at random moments: processes killed before they were through, records damaged."""
    run_id, moments = new_run(folder), random.Random(seed)
    longest_s = min(_seconds(lambda: _attempt(folder, run_id)) for _ in range(3))  # a busy machine adds to it
    killed, wrong = 0, []
    for _ in range(times):
        orch(folder, "gate", "start", "--run", run_id, "--gate", GATE, "--agent", "maker", "--abandon")
        process = begin(folder, "gate", "finish", "--run", run_id, "--gate", GATE)
        time.sleep(moments.uniform(0, longest_s))
        process.send_signal(signal.SIGKILL)
        killed += process.wait() == -signal.SIGKILL
        if orch(folder, "run", "show", "--run", run_id).returncode != 0:
            wrong.append(f"after {killed} kills the run cannot be shown")
    if _attempt(folder, run_id) != 0:
        wrong.append("the next attempt cannot be judged")
    return Tally(killed, tuple(wrong))


def record_at_once(folder: Path, writers: int) -> Tally:
    """Starts that many `orch invocation record` at once: writers, invocations that were lost."""
    run_id = new_run(folder)
    processes = [
        begin(folder, "invocation", "record", "--run", run_id, "--gate", GATE, "--agent", f"agent-{number}")
        for number in range(writers)
    ]
    failed = [f"agent-{n} ended with {code}" for n, process in enumerate(processes) if (code := process.wait())]
    recorded = [row["agent"] for row in _record(folder, run_id)["invocations"]]
    lost = [f"agent-{n} is not recorded once" for n in range(writers) if recorded.count(f"agent-{n}") != 1]
    return Tally(writers, (*failed, *lost))


def start_at_once(folder: Path, runs: int) -> Tally:
    """Starts that many runs at once: runs, runs that are not there."""
    new_run(folder)
    start = ("run", "start", "--workflow", "visual-essay", "--slug", "tea")
    processes = [begin(folder, *start) for _ in range(runs)]
    failed = [f"run {n} ended with {code}" for n, process in enumerate(processes) if (code := process.wait())]
    started = len(list(folder.glob("orchestration/runs/run_*_tea_*/record/RUN.json")))
    return Tally(runs, (*failed, *[f"{runs - started} runs are missing"] * (started != runs)))


def finish_at_once(folder: Path, rounds: int, processes: int = 2) -> Tally:
    """Lets several processes finish one attempt: rounds, rounds in which not exactly one recorded it."""
    run_id = new_run(folder)
    wrong = []
    for number in range(1, rounds + 1):
        orch(folder, "gate", "start", "--run", run_id, "--gate", GATE, "--agent", "maker")
        finish = ("gate", "finish", "--run", run_id, "--gate", GATE)
        codes = sorted(process.wait() for process in [begin(folder, *finish) for _ in range(processes)])
        files = len(list(folder.rglob("attempt-*.json")))
        if codes != [0, *[2] * (processes - 1)] or files != number:
            wrong.append(f"round {number}: exit codes {codes}, {files} attempts")
    return Tally(rounds, tuple(wrong))


def judge_bad_work(folder: Path, surroundings: Iterable[Surrounding]) -> Tally:
    """Finishes a gate whose work is bad in each: abuse cases tried, false PASSes."""
    return _judge_in(folder, [each for each in surroundings if each.is_abuse], Work.BAD, lambda code: code == 0)


def judge_good_work(folder: Path, surroundings: Iterable[Surrounding]) -> Tally:
    """Finishes a gate whose work is good in each: good work judged, good work refused."""
    return _judge_in(folder, list(surroundings), Work.GOOD, lambda code: code != 0)


def _judge_in(folder: Path, surroundings: list[Surrounding], work: Work, is_wrong: Callable[[int], bool]) -> Tally:
    prepared, wrong = Prepared.make(folder / "prepared"), []
    for number, surrounding in enumerate(surroundings):
        trial = try_out(surrounding, prepared, folder / str(number), work, "finish")
        says = {"PASS": 0, "FAIL": 1}.get(trial.status, 3)
        if is_wrong(trial.ended.code) or is_wrong(says):
            wrong.append(f"{surrounding}: exit code {trial.ended.code}, {trial.status}: {trial.ended.err}")
    return Tally(len(surroundings), tuple(wrong))


def _attempt(folder: Path, run_id: str) -> int:
    """The exit code of a whole attempt at the gate."""
    orch(folder, "gate", "start", "--run", run_id, "--gate", GATE, "--agent", "maker", "--abandon")
    return orch(folder, "gate", "finish", "--run", run_id, "--gate", GATE).returncode


def _record(folder: Path, run_id: str) -> Any:
    return json.loads((folder / f"orchestration/runs/{run_id}/record/RUN.json").read_text("utf-8"))


def _seconds(work: Callable[[], object]) -> float:
    began = time.monotonic()
    work()
    return time.monotonic() - began


def _tallies(folder: Path, many: int) -> Iterator[tuple[str, str, Tally]]:
    yield "processes killed before each step of a write", "records damaged", kill_each_step(folder / "steps")
    yield "processes killed at random", "records damaged", kill_at_random(folder / "random", 4 * many)
    for verdict, passes in (("PASS", True), ("FAIL", False)):
        tally = interrupt_at_random(folder / f"interrupted {verdict}", 10 * many, passes=passes)
        yield f"commands interrupted at random, {verdict}", "told wrongly", tally
    if can_trace():
        calls = interrupt_each_call(folder / "calls", passes=True)
        yield "commands interrupted at each system call", "told wrongly", calls
    yield "concurrent writers", "records lost", record_at_once(folder / "writers", 5 * many)
    yield "runs started at once", "runs lost", start_at_once(folder / "runs", many)
    yield "attempts finished by four at once", "judged not once", finish_at_once(folder / "finishers", many // 2, 4)
    surroundings = SURROUNDINGS if many >= _MANY else {each.family: each for each in SURROUNDINGS}.values()
    yield "abuse cases tried", "false PASSes", judge_bad_work(folder / "bad", surroundings)
    yield "good work judged in such surroundings", "refused", judge_good_work(folder / "good", surroundings)


def main() -> None:
    """Prints a pair of numbers for each; the exit code is 1 where a second one is not 0."""
    harmed = 0
    with tempfile.TemporaryDirectory(prefix="orch-stress-") as name:
        for tried, harm, tally in _tallies(Path(name), 10 if "--quick" in sys.argv[1:] else _MANY):
            print(f"{tried:46} {tally.tried:5}   {harm:16} {tally.harmed}", flush=True)
            for line in tally.wrong:
                print(f"  {line[:200]}")
            harmed += tally.harmed
    sys.exit(1 if harmed else 0)


if __name__ == "__main__":
    main()
