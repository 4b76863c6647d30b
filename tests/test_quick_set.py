"""The mark `quick` leaves one row of a test, or those it names, among the tests that are not slow."""

import pytest

CONFTEST = "from tests.conftest import pytest_collection_modifyitems"
SETTINGS = "[pytest]\naddopts = -m 'not slow'\nmarkers =\n    slow\n    quick\n"
TEST = """
import pytest
@pytest.mark.quick({ids})
@pytest.mark.parametrize("word", ["a", "b", "c"])
def test_it(word): print(f"ran {{word}}")
def test_other(): pass
"""


@pytest.fixture
def host(pytester: pytest.Pytester) -> pytest.Pytester:
    pytester.makeconftest(CONFTEST)
    pytester.makeini(SETTINGS)
    return pytester


@pytest.mark.parametrize(
    ("ids", "quick"), [("", ["a"]), ("'b'", ["b"]), ("'c', 'a'", ["a", "c"])], ids=["the first", "one", "two"]
)
def test_the_named_rows_or_else_the_first_are_quick(host: pytest.Pytester, ids: str, quick: list[str]) -> None:
    host.makepyfile(TEST.format(ids=ids))
    result = host.runpytest_inprocess("-s")
    result.assert_outcomes(passed=len(quick) + 1, deselected=3 - len(quick))
    assert [line[-1] for line in result.outlines if "ran " in line] == quick


def test_all_rows_run_where_slow_ones_are_wanted(host: pytest.Pytester) -> None:
    host.makepyfile(TEST.format(ids=""))
    host.runpytest_inprocess("-m", "slow or not slow").assert_outcomes(passed=4)


def test_a_name_that_no_row_has_is_an_error(host: pytest.Pytester) -> None:
    path = host.makepyfile(TEST.format(ids="'d'"))
    result = host.runpytest_inprocess()
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    assert "has no rows ['d'], which its mark `quick` names" in "".join(result.errlines)
    host.runpytest_inprocess(f"{path}::test_it[b]", "-m", "slow").assert_outcomes(passed=1)
