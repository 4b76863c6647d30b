"""What is missing is excused only where pytest itself left it out for what the user typed."""

import pytest

from tests.gate_tests.conftest import Host
from tests.support.messages import message

PARTIAL = message("partial")
G2 = "orchestration/gates/contracts/G2.contract.json"
SYNTHESIS = "file_exists[research/SYNTHESIS.md]"
OTHER = f"{G2}::file_exists[research/QUOTES.md]"
DROP = "def pytest_collection_modifyitems(items): items[:] = [each for each in items if 'SYNTHESIS' not in each.name]\n"
DESELECT = f"""
def pytest_collection_modifyitems(config, items):
    config.hook.pytest_deselected(items=[each for each in items if 'SYNTHESIS' in each.name])
    {DROP.partition(": ")[2]}
"""
NAMED_LIKE_PYTEST = f"""
__name__ = "_pytest.mark"
def deselect_by_keyword(config, items):
    config.hook.pytest_deselected(items=[each for each in items if 'SYNTHESIS' in each.name])
    {DROP.partition(": ")[2]}
def pytest_collection_modifyitems(config, items): deselect_by_keyword(config, items)
"""
MARK_SLOW = """
import pytest
def pytest_itemcollected(item):
    if 'SYNTHESIS' in item.name: item.add_marker(pytest.mark.slow)
def pytest_configure(config):
    config.addinivalue_line('markers', 'slow: takes long')
"""
CHANGE_OPTION = MARK_SLOW + "    config.option.markexpr = f'({config.option.markexpr}) and not slow'\n"
OWN_OPTION = f"""
def pytest_addoption(parser): parser.addoption('--picked', action='store_true')
def pytest_collection_modifyitems(config, items):
    if config.getoption('picked'): {DROP.partition(": ")[2]}
"""
DID_NOT_RUN = f"G2: {message('did-not-run')}: {SYNTHESIS}"
DESELECTED = f"G2: {message('deselected')}: {SYNTHESIS}"


@pytest.mark.parametrize(
    "typed",
    [
        ["-m", "gate"],
        ["--ignore=build"],
        ["--ignore-glob=*.txt"],
        ["--sw"],
        ["--sw-skip"],
        ["--lf"],
        ["--deselect", OTHER],
        ["--deselect", "test_own.py"],
        ["-k", "file_exists"],
        [f"{G2}::file_exists"],
        ["-n", "2", "-m", "gate"],
        ["-n", "2", "--deselect", OTHER],
    ],
    ids=" ".join,
)
@pytest.mark.quick("-m gate", f"--deselect {OTHER}")
def test_a_check_that_a_conftest_drops_is_not_excused_by_what_was_typed(host: Host, typed: list[str]) -> None:
    host.repository.write("conftest.py", DROP)
    ended = host.judge(*typed)
    assert (ended.code, DID_NOT_RUN in ended.out) == (1, True), ended.out
    assert message("not-asked-for") in ended.out
    assert f"Next: orch gate check --run {host.run_id} --gate G2" in ended.out


@pytest.mark.parametrize("typed", [["-k", "file_exists"], ["-m", "gate"], ["-v"]], ids=" ".join)
def test_a_check_that_a_conftest_reports_as_deselected_is_not_excused_by_what_was_typed(
    host: Host, typed: list[str]
) -> None:
    host.repository.write("conftest.py", DESELECT)
    ended = host.judge(*typed)
    assert (ended.code, DESELECTED in ended.out) == (1, True), ended.out


@pytest.mark.parametrize(
    ("conftest", "typed"),
    [
        pytest.param(NAMED_LIKE_PYTEST, ["-k", "file_exists"], id="function named like pytest's"),
        pytest.param(CHANGE_OPTION, ["-m", "gate"], id="option"),
        pytest.param(CHANGE_OPTION, ["-n", "2", "-m", "gate"], id="option under xdist"),
    ],
)
@pytest.mark.quick("option")
def test_a_conftest_that_selects_in_pytest_s_name_is_not_excused_by_what_was_typed(
    host: Host, conftest: str, typed: list[str]
) -> None:
    host.repository.write("conftest.py", conftest)
    ended = host.judge(*typed)
    assert ended.code == 1, ended.out
    assert message("not-asked-for") in ended.out


@pytest.mark.slow
@pytest.mark.parametrize("more", [(), ("-n", "2")], ids=["alone", "xdist"])
def test_a_mark_that_the_host_gives_a_check_can_be_typed(host: Host, more: tuple[str, ...]) -> None:
    host.repository.write("conftest.py", MARK_SLOW)
    ended = host.judge("-m", "not slow", *more)
    assert ended.code == 0, ended.out
    assert f"G2: {message('not-selected')}: {SYNTHESIS}" in ended.out


@pytest.mark.slow
def test_an_option_of_a_plugin_is_no_selection_of_pytest_s(host: Host) -> None:
    host.repository.write("conftest.py", OWN_OPTION)
    assert host.judge("--picked").code == 1
    assert host.judge().code == 0


@pytest.mark.parametrize(
    ("addopts", "typed"),
    [
        pytest.param("-m 'not gate'", ["-k", "file_exists"], id="-m with -k"),
        pytest.param(f"--deselect {G2}::{SYNTHESIS}", ["--deselect", OTHER], id="--deselect with --deselect"),
        pytest.param("-k CITATIONS", ["-m", "gate"], id="-k with -m"),
    ],
)
def test_what_the_host_s_addopts_deselect_is_not_excused_by_another_option(
    host: Host, addopts: str, typed: list[str]
) -> None:
    host.repository.write("pytest.ini", f"[pytest]\naddopts = {addopts}\n")
    ended = host.judge(*typed)
    assert (ended.code, PARTIAL in ended.out) == (1, True), ended.out


@pytest.mark.parametrize(
    "typed",
    [
        ["--deselect", f"{G2}::{SYNTHESIS}"],
        ["-k", "not SYNTHESIS"],
        [OTHER, f"{G2}::min_sources"],
        ["-n", "2", "-k", "not SYNTHESIS"],
        ["-n", "2", OTHER],
    ],
    ids=" ".join,
)
def test_what_the_user_leaves_out_is_excused(host: Host, typed: list[str]) -> None:
    ended = host.judge(*typed)
    assert ended.code == 0
    assert f"G2: {message('not-selected')}: " in ended.out
    assert message("not-asked-for") not in ended.out


def test_what_the_user_leaves_out_and_what_the_host_drops_are_told_apart(host: Host) -> None:
    host.repository.write("conftest.py", DROP)
    ended = host.judge("-k", "file_exists")
    assert ended.code == 1
    assert f"G2: {message('not-selected')}: min_sources[research/CITATIONS.md]" in ended.out
    assert DID_NOT_RUN in ended.out
