"""Sessions in which pytest loads no plugin by itself, and what the plugins that come with orch print."""

from collections.abc import Sequence

import pytest

from tests.support.repository import Repository

NO_AUTOLOAD = {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
NAMED = ("-p", "gate_tests.plugin")


@pytest.fixture
def passing(shipped: Repository) -> Repository:
    """A repository whose gate G1 passes in its only run."""
    shipped.add_example("G1")
    shipped.start_run()
    return shipped


def judge(repository: Repository, *arguments: str, env: dict[str, str] | None = None) -> tuple[int, bool]:
    ended = repository.pytest("--gate", "G1", "--run", "latest", *arguments, env=env)
    return ended.code, "4 passed" in ended.out


@pytest.mark.slow
def test_without_autoload_pytest_knows_no_option_gate_unless_the_plugin_is_named(passing: Repository) -> None:
    refused = passing.pytest("--gate", "G1", "--run", "latest", env=NO_AUTOLOAD)
    assert (refused.code, "unrecognized arguments: --gate" in refused.err) == (4, True)
    assert judge(passing, *NAMED, env=NO_AUTOLOAD) == (0, True)


@pytest.mark.parametrize(
    "arguments",
    [
        ("--disable-plugin-autoload", *NAMED),
        (*NAMED, "-p", "xdist.plugin", "-n", "2"),
        (*NAMED, "-p", "pytest_jsonreport.plugin", "--json-report", "--json-report-file=none"),
        (*NAMED, "--junitxml=report.xml"),
    ],
    ids=["by an option", "with workers", "with a report", "with JUnit"],
)
@pytest.mark.slow
def test_a_plugin_that_is_named_works_with_others(passing: Repository, arguments: Sequence[str]) -> None:
    env = {} if "--disable-plugin-autoload" in arguments else NO_AUTOLOAD
    assert judge(passing, *arguments, env=env) == (0, True)


@pytest.mark.parametrize("env", [NO_AUTOLOAD, {}], ids=["without autoload", "with it"])
@pytest.mark.parametrize(
    ("file", "content"),
    [
        ("pytest.ini", "[pytest]\naddopts = -p gate_tests.plugin\n"),
        ("conftest.py", 'pytest_plugins = ["gate_tests.plugin"]\n'),
    ],
    ids=["addopts", "conftest"],
)
@pytest.mark.slow
def test_the_repository_may_name_it(passing: Repository, file: str, content: str, env: dict[str, str]) -> None:
    passing.write(file, content)
    assert judge(passing, env=env) == (0, True)
    assert judge(passing, *NAMED, env=env) == (0, True)


@pytest.mark.slow
def test_pytest_metadata_prints_the_environment_unless_it_is_blocked(passing: Repository) -> None:
    passing.write("test_own.py", "def test_own(): pass\n")
    assert "metadata: {" in passing.pytest("-v", "test_own.py").out
    assert "metadata: {" not in passing.pytest("-v", "-p", "no:metadata", "test_own.py").out
    blocked = ("-p", "no:metadata", "-p", "no:pytest_jsonreport")
    assert judge(passing, *blocked) == (0, True)
    assert passing.orch("gate", "check", "--gate", "G1", env={"PYTEST_ADDOPTS": " ".join(blocked)}).code == 0
