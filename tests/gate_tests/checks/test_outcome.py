"""What was found as a list: on one line for the record, on several for people."""

import pytest

from gate_tests.checks.outcome import Outcome


def test_a_list_of_findings_is_one_line_and_several() -> None:
    outcome = Outcome.listing(False, "2 errors", ["line 1: a", "line 3: b"], {"errors": []})
    assert outcome.found == "2 errors: line 1: a; line 3: b"
    assert outcome.lines == ("2 errors:", "line 1: a", "line 3: b")
    assert (outcome.holds, outcome.measured) == (False, {"errors": []})


@pytest.mark.parametrize(
    ("given", "count", "more"),
    [
        pytest.param(10, None, None, id="ten are shown"),
        pytest.param(11, None, "and 1 more", id="one more than is shown"),
        pytest.param(12, 60, "and 50 more", id="of all, of which only the first are given"),
    ],
)
def test_of_many_the_first_ten_are_shown(given: int, count: int | None, more: str | None) -> None:
    items = [str(number) for number in range(given)]
    outcome = Outcome.listing(False, "errors", items, {}, count)
    assert outcome.found == "errors: " + "; ".join([*items[:10], *([more] if more else [])])
    assert outcome.lines == ("errors:", *items[:10], *([more] if more else []))


def test_long_items_are_cut_on_the_one_line_so_that_all_ten_and_the_rest_are_in_a_reason() -> None:
    outcome = Outcome.listing(False, "errors", ["x" * 500] * 12, {})
    assert len(outcome.found) < 1300
    assert outcome.found.count("x…; ") == 10
    assert outcome.found.endswith("and 2 more")
    assert outcome.lines[1] == "x" * 500
