"""Times whole processes side by side, in turn, in one run: on a noisy machine only their ratio means something."""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from math import comb
from pathlib import Path
from statistics import median

BIN = Path(sys.executable).parent


class NotMeasured(Exception):
    """A command that did not do the work it was to be timed at."""


def _nothing() -> None:
    pass


def _anything(_: str) -> None:
    pass


@dataclass(frozen=True)
class Command:
    """A command line to time, one process or `times` of them one after the other.

    `prepare` runs before each round and is not timed. `confirm` gets what was printed and raises NotMeasured where
    the work was not done: a command that does nothing is quick.
    """

    name: str
    arguments: tuple[str, ...]
    folder: Path
    prepare: Callable[[], None] = _nothing
    confirm: Callable[[str], None] = _anything
    times: int = 1


@dataclass(frozen=True)
class Comparison:
    """What was measured of two commands, in seconds, a pair for each round."""

    rounds: tuple[tuple[float, float], ...]

    @property
    def ratio(self) -> float:
        """The median, over the rounds, of ours to the yardstick."""
        return median(self._ratios)

    @property
    def noise(self) -> float:
        """How much of the ratio may be noise: from it to the lower end of its 95 % confidence interval."""
        return self.ratio / lower_end(self._ratios) - 1

    @property
    def times_ms(self) -> tuple[float, float]:
        """The medians of each, in milliseconds."""
        ours, yardstick = zip(*self.rounds, strict=True)
        return 1000 * median(ours), 1000 * median(yardstick)

    @property
    def _ratios(self) -> list[float]:
        return [ours / yardstick for ours, yardstick in self.rounds]


def lower_end(values: Sequence[float]) -> float:
    """The lower end of the median's 95 % confidence interval, whatever the distribution: one of the values.

    The median lies below the k-th smallest of n with the probability that a coin shows fewer than k heads in n
    throws. Of fewer than six values it is the smallest.
    """
    ordered, below, rank = sorted(values), 0.0, 0
    while (below := below + comb(len(ordered), rank) / 2 ** len(ordered)) <= 0.025:
        rank += 1
    return ordered[max(rank - 1, 0)]


def compare(ours: Command, yardstick: Command, rounds: int) -> Comparison:
    """Runs both in turn. Raises NotMeasured."""
    return Comparison(tuple((first, second) for first, second in in_turn((ours, yardstick), rounds)))


def in_turn(commands: Sequence[Command], rounds: int) -> list[list[float]]:
    """The seconds each took, for each round. Raises NotMeasured.

    One round before the counted ones warms the file cache and writes the bytecode. Every second round goes
    backwards, so that none always stands behind the same other.
    """
    measured = []
    for number in range(rounds + 1):
        order = range(len(commands)) if number % 2 else reversed(range(len(commands)))
        took = {index: _seconds(commands[index]) for index in order}
        measured.append([took[index] for index in range(len(commands))])
    return measured[1:]


def _seconds(command: Command) -> float:
    command.prepare()
    started = time.perf_counter()
    for _ in range(command.times):
        done = _run(command)
    took = time.perf_counter() - started
    check(command, done.returncode, done.stdout, done.stderr)
    return took


def check(command: Command, exit_code: int, printed: str, complained: str) -> None:
    """Raises NotMeasured where the command failed, or did not do its work."""
    if exit_code != 0:
        last = (complained.strip() or printed.strip() or "no word").splitlines()[-1]
        raise NotMeasured(f"{command.name} ended with exit code {exit_code}: {last}")
    command.confirm(printed)


def _run(command: Command) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command.arguments,
        cwd=command.folder,
        env=environment(),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )


def environment() -> Mapping[str, str]:
    """The caller's, with bytecode written: without it every start compiles our modules again."""
    left_out = (
        "PYTHONDONTWRITEBYTECODE",
        "PYTHONUNBUFFERED",
        "PYTEST_ADDOPTS",
        "PYTEST_PLUGINS",
        "ORCH_ROOT",
        "ORCH_RUN",
    )
    return {name: value for name, value in os.environ.items() if name not in left_out}
