"""Times whole processes side by side, in turn, in one run: on a noisy machine only their ratio means something."""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import mean, median

BIN = Path(sys.executable).parent


@dataclass(frozen=True)
class Command:
    """A command line to time. `prepare` runs before each round and is not timed."""

    name: str
    arguments: tuple[str, ...]
    folder: Path
    prepare: Callable[[], None] = lambda: None


@dataclass(frozen=True)
class Comparison:
    """What was measured of two commands, in seconds, a pair for each round."""

    ours: Command
    yardstick: Command
    rounds: tuple[tuple[float, float], ...]

    @property
    def ratio(self) -> float:
        """The median, over the rounds, of ours to the yardstick."""
        return median(ours / yardstick for ours, yardstick in self.rounds)

    @property
    def difference_ms(self) -> float:
        """How much longer ours takes, in milliseconds: between the faster halves of the rounds, for noise only adds."""
        ours, yardstick = zip(*self.rounds, strict=True)
        return 1000 * (_faster_half(ours) - _faster_half(yardstick))

    @property
    def times_ms(self) -> tuple[float, float]:
        """The medians of each, in milliseconds."""
        ours, yardstick = zip(*self.rounds, strict=True)
        return 1000 * median(ours), 1000 * median(yardstick)


def compare(ours: Command, yardstick: Command, rounds: int) -> Comparison:
    """Runs both in turn; one round before the counted ones warms the file cache and writes the byte-code."""
    pairs = [(_seconds(ours), _seconds(yardstick)) for _ in range(rounds + 1)]
    return Comparison(ours, yardstick, tuple(pairs[1:]))


def _faster_half(seconds: Sequence[float]) -> float:
    return mean(sorted(seconds)[: (len(seconds) + 1) // 2])


def _seconds(command: Command) -> float:
    command.prepare()
    started = time.perf_counter()
    done = subprocess.run(
        command.arguments,
        cwd=command.folder,
        env=_environment(),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    took = time.perf_counter() - started
    if done.returncode != 0:
        sys.exit(f"{command.name} ended with exit code {done.returncode}:\n{done.stdout}{done.stderr}")
    return took


def _environment() -> Mapping[str, str]:
    """The caller's, with byte-code written: without it every start compiles our modules again."""
    left_out = ("PYTHONDONTWRITEBYTECODE", "PYTHONUNBUFFERED", "PYTEST_ADDOPTS", "PYTEST_PLUGINS", "ORCH_ROOT")
    return {name: value for name, value in os.environ.items() if name not in left_out}
