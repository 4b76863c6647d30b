"""The pytest plugin: `pytest --gate G2 --run ID`. Without those options it does nothing and imports nothing.

It is loaded in every pytest session of every environment it is installed in, so it keeps out of the way: an option
of ours exists only in a session whose command line names it, and gives way to a host's option of the same name.
"""

import argparse
import os
from collections.abc import Generator, Sequence

import pytest

_OPTIONS = {
    "--gate": {
        "dest": "gate_ids",
        "action": "append",
        "metavar": "GATE",
        "help": "judge this gate of the run; may be repeated",
    },
    "--run": {"dest": "gate_run", "metavar": "ID", "help": "the run whose gates are judged: all, or those of --gate"},
    "--gate-run": {"dest": "gate_run", "metavar": "ID", "help": "the run, where --run is an option of the host's own"},
}


def pytest_addoption(parser: pytest.Parser, pluginmanager: pytest.PytestPluginManager) -> None:
    """Adds the options if a conftest.py asked for the plugin: pytest does not call the next hook then."""
    if any(_is_conftest(plugin) for plugin in pluginmanager.get_plugins()):
        _add_options(parser, list(_OPTIONS))


@pytest.hookimpl(wrapper=True)
def pytest_load_initial_conftests(parser: pytest.Parser, args: list[str]) -> Generator[None, None, None]:
    """Adds the options that were typed, once the host's conftest.py files have added theirs."""
    yield
    _add_options(parser, _typed(args))


def pytest_configure(config: pytest.Config) -> None:
    """Turns the session into one that judges gates, if the command line says so."""
    gates, run_id = config.getoption("gate_ids", None) or [], config.getoption("gate_run", None)
    if gates or run_id is not None:
        from gate_tests.direct import judge_directly

        judge_directly(config, gates, os.environ.get("ORCH_RUN") if run_id is None else run_id)


def _typed(args: Sequence[str]) -> list[str]:
    if "-h" in args or "--help" in args:
        return list(_OPTIONS)
    return [option for option in _OPTIONS if any(arg == option or arg.startswith(f"{option}=") for arg in args)]


def _add_options(parser: pytest.Parser, options: Sequence[str]) -> None:
    for option in options:
        try:
            parser.getgroup("gates", "checks of a run's gates (orch)").addoption(option, **_OPTIONS[option])
        except (ValueError, argparse.ArgumentError):
            continue  # the host has an option of that name


def _is_conftest(plugin: object) -> bool:
    return os.path.basename(getattr(plugin, "__file__", None) or "") == "conftest.py"
