"""Timing commands in turn, and looking at their memory."""

import sys
from pathlib import Path

import pytest

from benchmarks.measure.memory import Peak, peak
from benchmarks.measure.timer import Command, Comparison, NotMeasured, in_turn, lower_end


def python(folder: Path, program: str) -> Command:
    return Command("python", (sys.executable, "-I", "-c", program), folder)


def test_the_ratio_is_the_median_of_the_rounds_ratios() -> None:
    assert Comparison(((1, 2), (3, 3), (9, 1))).ratio == 1


@pytest.mark.parametrize(
    ("count", "expected"),
    [pytest.param(1, 1), pytest.param(5, 1), pytest.param(6, 1), pytest.param(9, 2), pytest.param(25, 8)],
)
def test_the_lower_end_is_the_value_of_the_sign_test(count: int, expected: int) -> None:
    assert lower_end(range(count, 0, -1)) == expected


def test_commands_take_turns_after_a_round_that_does_not_count(tmp_path: Path) -> None:
    order: list[str] = []
    quick = (sys.executable, "-I", "-S", "-c", "pass")
    commands = [Command(name, quick, tmp_path, lambda name=name: order.append(name)) for name in "ab"]  # type: ignore[misc]
    assert len(in_turn(commands, 2)) == 2
    assert order == ["b", "a", "a", "b", "b", "a"]


def test_a_command_that_fails_is_not_measured(tmp_path: Path) -> None:
    with pytest.raises(NotMeasured, match="exit code 3: it broke"):
        in_turn([python(tmp_path, "import sys; print('it broke', file=sys.stderr); sys.exit(3)")], 1)


def test_a_command_that_did_nothing_is_not_measured(tmp_path: Path) -> None:
    def confirm(printed: str) -> None:
        if "done" not in printed:
            raise NotMeasured("nothing was done")

    idle = Command("idle", (sys.executable, "-I", "-c", "pass"), tmp_path, confirm=confirm)
    with pytest.raises(NotMeasured, match="nothing was done"):
        in_turn([idle], 1)


@pytest.mark.slow
def test_the_memory_of_a_command_is_that_of_all_its_processes(tmp_path: Path) -> None:
    child = "import time; kept = b'x' * (60 << 20); time.sleep(0.5)"
    whole = f"import subprocess, sys; subprocess.run([sys.executable, '-I', '-c', {child!r}], start_new_session=True)"
    seen = peak(python(tmp_path, whole))
    assert len(seen.processes_mb) == 2
    assert seen.largest_mb > 60
    assert seen.sum_mb == Peak(seen.processes_mb).sum_mb > seen.largest_mb


def test_memory_of_a_command_that_fails_is_not_measured(tmp_path: Path) -> None:
    with pytest.raises(NotMeasured, match="exit code 3"):
        peak(python(tmp_path, "raise SystemExit(3)"))
