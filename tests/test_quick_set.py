"""Of each parametrized test one row is quick, or those that its mark `quick` names; the others are slow."""

import pytest

CONFTEST = "from tests.conftest import pytest_collection_modifyitems"
OTHER_ITEMS = """
import pytest
class Check(pytest.Item):
    def runtest(self): pass
class Contract(pytest.File):
    def collect(self): return [Check.from_parent(self, name=f"file_exists[{name}]") for name in "abc"]
def pytest_collect_file(file_path, parent):
    return Contract.from_parent(parent, path=file_path) if file_path.suffix == ".contract" else None
"""
SETTINGS = "[pytest]\naddopts = -m 'not slow'\nmarkers =\n    slow\n    quick\n"
TEST = """
import pytest
{mark}
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
    ("mark", "quick"),
    [
        pytest.param("", ["a"], id="no mark"),
        pytest.param("@pytest.mark.quick('b')", ["b"], id="one"),
        pytest.param("@pytest.mark.quick('c', 'a')", ["a", "c"], id="two"),
        pytest.param("@pytest.mark.quick('*')", ["a", "b", "c"], id="all"),
    ],
)
@pytest.mark.quick("*")
def test_the_named_rows_or_else_the_first_are_quick(host: pytest.Pytester, mark: str, quick: list[str]) -> None:
    host.makepyfile(TEST.format(mark=mark))
    result = host.runpytest_inprocess("-s")
    result.assert_outcomes(passed=len(quick) + 1, deselected=3 - len(quick))
    assert [line[-1] for line in result.outlines if "ran " in line] == quick


def test_all_rows_run_where_slow_ones_are_wanted(host: pytest.Pytester) -> None:
    host.makepyfile(TEST.format(mark=""))
    host.runpytest_inprocess("-m", "slow or not slow").assert_outcomes(passed=4)


def test_a_row_that_is_named_on_the_command_line_runs(host: pytest.Pytester) -> None:
    path = host.makepyfile(TEST.format(mark=""))
    host.runpytest_inprocess(f"{path}::test_it[b]").assert_outcomes(passed=1)


def test_a_name_that_no_row_has_is_an_error(host: pytest.Pytester) -> None:
    host.makepyfile(TEST.format(mark="@pytest.mark.quick('d')"))
    result = host.runpytest_inprocess()
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    assert "has no rows ['d'], which its mark `quick` names" in "".join(result.errlines)


def test_checks_of_a_contract_are_not_rows_of_a_test(host: pytest.Pytester) -> None:
    host.makeconftest(f"{CONFTEST}\n{OTHER_ITEMS}")
    host.makefile(".contract", "")
    host.runpytest_inprocess().assert_outcomes(passed=3)
