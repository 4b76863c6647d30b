"""The pytest plugin: `pytest --gate G2 --run ID`. Without those options it does nothing and imports nothing.

It is loaded in every pytest session of every environment it is installed in.
"""

import os
from collections.abc import Generator

import pytest


def pytest_addoption(parser: pytest.Parser, pluginmanager: pytest.PytestPluginManager) -> None:
    """Adds --gate and --gate-run, and --run where no conftest.py can come after us."""
    group = parser.getgroup("gates", "checks of a run's gates (orch)")
    group.addoption(
        "--gate", action="append", metavar="GATE", default=[], help="judge this gate of the run; may be repeated"
    )
    group.addoption(
        "--gate-run", dest="gate_run", metavar="ID", help="the run, where --run belongs to someone else; else ORCH_RUN"
    )
    if _loaded_by_a_conftest(pluginmanager):
        _add_run_option(parser)


@pytest.hookimpl(wrapper=True)
def pytest_load_initial_conftests(parser: pytest.Parser) -> Generator[None, None, None]:
    """Adds --run once the host's conftest files are loaded: had we come first, a host that adds its own would die."""
    yield
    _add_run_option(parser)


def pytest_configure(config: pytest.Config) -> None:
    """Turns the session into one that judges gates, if the command line says so."""
    gates, run_id = config.getoption("gate"), config.getoption("gate_run")
    if gates or run_id:
        from gate_tests.direct import judge_directly

        judge_directly(config, gates, run_id or os.environ.get("ORCH_RUN"))


def _add_run_option(parser: pytest.Parser) -> None:
    _, unknown = parser.parse_known_and_unknown_args(["--run", "x"])
    if "--run" in unknown:
        group = parser.getgroup("gates")
        group.addoption("--run", dest="gate_run", metavar="ID", help="the run whose gates are judged (all, or --gate)")


def _loaded_by_a_conftest(pluginmanager: pytest.PytestPluginManager) -> bool:
    files = (getattr(plugin, "__file__", None) or "" for plugin in pluginmanager.get_plugins())
    return any(os.path.basename(file) == "conftest.py" for file in files)
