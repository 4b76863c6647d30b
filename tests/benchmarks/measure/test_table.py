"""When a goal counts as met, and when as missed."""

import re

import pytest

from benchmarks.__main__ import BENCHMARKS
from benchmarks.cases.idle import row as idle_row
from benchmarks.cases.starting import further_row
from benchmarks.measure.benchmark import TINY, Benchmark
from benchmarks.measure.table import HEADINGS, LEAST_NOISE, Row, Shortfall, Standing, heading_lines, prefer
from benchmarks.measure.timer import Comparison, NotMeasured
from tests.support import CHECKOUT


def row(ratio: float, noise: float = 0.05, shortfall: Shortfall | None = None, work: str = "work") -> Row:
    return Row(work, "yardstick", 100 * ratio, 100, ratio, 0.8, noise, shortfall=shortfall)


@pytest.mark.parametrize(
    ("ratio", "standing", "is_missed"),
    [
        pytest.param(0.80, Standing.MET, False, id="at the goal"),
        pytest.param(0.83, Standing.WITHIN_NOISE, False, id="within the noise"),
        pytest.param(0.85, Standing.MISSED, True, id="beyond the noise"),
    ],
)
def test_a_goal_is_missed_only_beyond_the_noise(ratio: float, standing: Standing, is_missed: bool) -> None:
    assert (row(ratio).standing, row(ratio).is_missed) == (standing, is_missed)


def test_a_goal_that_cannot_be_met_is_told_with_its_reason_and_fails_nothing() -> None:
    known = row(0.95, shortfall=Shortfall(0.95, "pytest's own import"))
    assert (known.standing, known.is_missed) == (Standing.CANNOT, False)
    assert "cannot be met: pytest's own import" in known.cells()


def test_what_is_worse_than_the_known_shortfall_is_missed() -> None:
    assert row(1.0, shortfall=Shortfall(0.95, "pytest's own import")).is_missed


def test_a_shortfall_that_is_no_more_is_not_told() -> None:
    assert row(0.7, shortfall=Shortfall(0.95, "pytest's own import")).cells()[-1] == "met"


def test_work_that_was_not_done_is_missed() -> None:
    assert Row.not_measured("work", "it ended with exit code 2").is_missed


def test_every_row_has_a_cell_for_each_heading() -> None:
    assert {len(each.cells()) for each in (row(1), Row.not_measured("work", "why"))} == {len(HEADINGS)}


def test_no_row_is_told_more_closely_than_the_machine_allows() -> None:
    steady = Comparison(tuple((1.0, 2.0) for _ in range(30)))
    assert Row.of("work", "yardstick", 0.8, steady).noise == LEAST_NOISE


def test_the_noise_of_a_row_is_the_spread_of_its_rounds() -> None:
    unsteady = Comparison(((0.8, 1.0), (1.0, 1.0), (1.2, 1.0)))
    assert Row.of("work", "yardstick", 0.8, unsteady).noise == pytest.approx(0.25)


def test_the_idle_plugin_is_told_no_more_closely_than_a_command_beside_itself() -> None:
    idle, control = Comparison(((1.05, 1.0),) * 9), Comparison(((1.04, 1.0),) * 9)
    measured = idle_row("1 test", idle, control)
    assert measured.noise == pytest.approx(0.04)
    assert measured.standing is Standing.WITHIN_NOISE


def test_a_further_gate_is_what_all_took_beyond_the_first_for_each_of_the_others() -> None:
    measured = further_row("orch gate finish", [(0.2, 0.2 + 9 * 0.02)])
    assert measured.ratio == pytest.approx(0.1)


def test_only_what_was_missed_is_measured_again() -> None:
    first, second = [row(0.7, work="a"), row(1.0, work="b")], [row(0.75, work="a"), row(0.78, work="b")]
    assert prefer(first, second) == [first[0], second[1]]


def test_a_benchmark_that_misses_is_measured_twice_and_one_that_meets_its_goal_once() -> None:
    measured: list[float] = []

    def misses_at_first(*_: object) -> list[Row]:
        measured.append(1.0 if not measured else 0.7)
        return [row(measured[-1])]

    assert [each.standing for each in Benchmark("a", misses_at_first).run(TINY)] == [Standing.MET]
    assert measured == [1.0, 0.7]
    Benchmark("a", misses_at_first).run(TINY)
    assert measured == [1.0, 0.7, 0.7]


def test_a_benchmark_whose_command_fails_says_so_in_its_row() -> None:
    def fails(*_: object) -> list[Row]:
        raise NotMeasured("orch gate finish ended with exit code 3")

    (told,) = Benchmark("finish", fails).run(TINY)
    assert told.is_missed
    assert "exit code 3" in told.cells()[-1]


def test_the_page_has_the_names_and_the_rows_of_all_benchmarks() -> None:
    page = (CHECKOUT / "docs/explanation/performance.md").read_text("utf-8")
    told = page.partition("A `NAME` is one of ")[2].partition(".")[0]
    assert re.findall(r"`([a-z-]+)`", told) == [benchmark.name for benchmark in BENCHMARKS]
    table = page.partition("<!-- table: begin -->")[2].partition("<!-- table: end -->")[0].strip().splitlines()
    assert table[:2] == heading_lines()
    assert len(table) >= 2 + len(BENCHMARKS)
    assert not [line for line in table if "| missed" in line or "not measured" in line]
