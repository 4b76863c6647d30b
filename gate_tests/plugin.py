"""The pytest plugin: `pytest --gate G2 --run ID`. Without those options it does nothing and imports nothing.

It is loaded in every pytest session of every environment it is installed in, so it keeps out of the way: an option
of ours exists only in a session whose arguments name it, and gives way to a host's option of the same name. It takes
effect only where it was typed: in a host's addopts it would turn every session of that host into one of ours.
"""

import argparse
import contextlib
import os
from collections.abc import Generator, Sequence
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from gate_tests.pytest_session.user_session import UserSession

_OPTIONS = {
    "--gate": {
        "dest": "gate_ids",
        "action": "append",
        "metavar": "GATE",
        "help": "judge this gate of the run; may be repeated",
    },
    "--run": {
        "dest": "gate_run",
        "metavar": "ID",
        "help": "the run whose gates are judged, all or those of --gate: its id, the beginning of it, or latest",
    },
    "--offline": {
        "dest": "gate_offline",
        "action": "store_true",
        "help": "with --gate or --run: ask no network; a check that would have to does not hold",
    },
    "--gate-run": {"dest": "gate_run", "metavar": "ID", "help": "the run, where --run is an option of the host's own"},
}

_ENDED_EARLY = (
    "this repository's conftest.py ended the session before a gate was judged; judge it with: orch gate check"
)


class CommandLine:
    """Knows what was typed. Registered only in a session whose arguments name an option of ours."""

    def __init__(self, parser: pytest.Parser) -> None:
        self._parser = parser
        self._direct: UserSession | None = None

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_cmdline_main(self, config: pytest.Config) -> Generator[None, Any, Any]:
        """Has the last word on the exit code: a hook of the host's conftest.py may have changed it anywhere."""
        try:
            code = yield
        except SystemExit as left:
            if not self._judges(self._typed(config)):
                raise
            code = left.code if isinstance(left.code, int) else int(left.code is not None)
        return self._settle(config, code)

    def pytest_configure(self, config: pytest.Config) -> None:
        """Turns the session into one that judges gates, if the command line says so."""
        typed = self._typed(config)
        if self._judges(typed):
            from gate_tests.pytest_session.user_session import start_user_session

            self._direct = start_user_session(config, typed)

    def _settle(self, config: pytest.Config, code: Any) -> Any:
        if self._direct is not None:
            code = self._direct.settle(config, code)
            ended_early = code is None
        else:
            ended_early = not code and self._judges(self._typed(config))
        if ended_early:
            raise pytest.UsageError(_ENDED_EARLY)
        return code

    def _judges(self, typed: argparse.Namespace) -> bool:
        return bool(typed.gate_ids) or typed.gate_run is not None

    def _typed(self, config: pytest.Config) -> argparse.Namespace:
        """The options that were typed, and the defaults of all others: nothing of addopts or PYTEST_ADDOPTS."""
        typed = argparse.Namespace(gate_ids=None, gate_run=None, gate_offline=False, file_or_dir=[])
        with contextlib.suppress(pytest.UsageError):  # a required option in addopts is missed after all is read
            self._parser.parse_known_args(config.invocation_params.args, typed)
        return typed


def pytest_addoption(parser: pytest.Parser, pluginmanager: pytest.PytestPluginManager) -> None:
    """Adds the options if a conftest.py asked for the plugin: pytest does not call the next hook then."""
    if any(_is_conftest(plugin) for plugin in pluginmanager.get_plugins()):
        _add_options(parser, pluginmanager, list(_OPTIONS))


@pytest.hookimpl(wrapper=True)
def pytest_load_initial_conftests(
    early_config: pytest.Config, parser: pytest.Parser, args: list[str]
) -> Generator[None, None, None]:
    """Adds the options that are named, once the host's conftest.py files have added theirs."""
    try:
        yield
    except SystemExit:
        if _named(parser, [os.fspath(arg) for arg in early_config.invocation_params.args]):
            raise pytest.UsageError(_ENDED_EARLY) from None
        raise
    if named := _named(parser, args):
        _add_options(parser, early_config.pluginmanager, named)


def _named(parser: pytest.Parser, args: Sequence[str]) -> list[str]:
    if "-h" in args or "--help" in args:
        return list(_OPTIONS)
    if any(arg.startswith("@") for arg in args):
        args = parser.parse_known_and_unknown_args(args)[1]  # has read the files that hold arguments
    named = [option for option in _OPTIONS if any(arg == option or arg.startswith(f"{option}=") for arg in args)]
    return [] if named == ["--offline"] else named


def _add_options(parser: pytest.Parser, pluginmanager: pytest.PytestPluginManager, options: Sequence[str]) -> None:
    for option in options:
        try:
            parser.getgroup("gates", "checks of a run's gates (orch)").addoption(option, **_OPTIONS[option])
        except (ValueError, argparse.ArgumentError):
            continue  # the host has an option of that name
    pluginmanager.register(CommandLine(parser))  # without a name that `-p no:…` in a host's addopts could block


def _is_conftest(plugin: object) -> bool:
    return os.path.basename(getattr(plugin, "__file__", None) or "") == "conftest.py"
