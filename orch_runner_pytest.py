"""What pytest loads of orch in every session: the options `--gate` and `--run` of the plugin `gate_tests.plugin`.

It is loaded in every pytest session of every environment that it is installed in, so it interferes as little as it
can: its options exist only in a session whose arguments name them, and a host's option of the same name wins. They have
an effect only if the user gives them: in a host's addopts they would make every session of that host judge gates.

It imports no package of orch before that, and is in none: a host may have a package `gate_tests` or `runner` of its
own, which pytest would import in their place, or they in its place.
"""

import argparse
import contextlib
import os
import sys
from collections.abc import Generator, Sequence
from typing import TYPE_CHECKING, Any, Final

import pytest

if TYPE_CHECKING:
    from gate_tests.pytest_session.user_session import UserSession

_OPTIONS: Final = {
    "--gate": {
        "dest": "gate_ids",
        "action": "append",
        "metavar": "GATE",
        "help": "judge this gate, or several: G1,G2 (repeatable)",
    },
    "--run": {
        "dest": "gate_run",
        "metavar": "ID",
        "help": "judge the gates of this run (id, prefix, slug, path or latest); all gates without --gate",
    },
    "--offline": {
        "dest": "gate_offline",
        "action": "store_true",
        "help": "with --gate or --run: do not use the network; checks that need it fail",
    },
    "--gate-run": {
        "dest": "gate_run",
        "metavar": "ID",
        "help": "--run, where the repository has its own --run",
    },
}

_ENDED_EARLY: Final = (
    "this repository's conftest.py ended the session before a gate was judged; orch gate check judges without it\n"
    "Next: orch status"
)

_NOT_OWN: Final = (
    "%s was imported, which has the name of a package of orch; orch gate check judges without it\nNext: orch status"
)


class CommandLinePlugin:
    """Starts a user session if the user gave --gate or --run. Registered only if the arguments name our options."""

    def __init__(self, parser: pytest.Parser) -> None:
        self._parser = parser
        self._user_session: UserSession | None = None

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_cmdline_main(self, config: pytest.Config) -> Generator[None, Any, Any]:
        """Sets the exit code last: a hook of the host's conftest.py may have changed it anywhere."""
        try:
            code = yield
        except SystemExit as error:
            if not _selects_gates(self._parse_arguments(config)):
                raise
            code = error.code if isinstance(error.code, int) else int(error.code is not None)
        except BaseException as error:
            if self._user_session is not None and not isinstance(error, pytest.UsageError):
                self._user_session.break_off(config)
            raise
        return self._finish(config, code)

    def pytest_configure(self, config: pytest.Config) -> None:
        """Makes the session judge gates, if the user asked for it."""
        options = self._parse_arguments(config)
        if _selects_gates(options):
            _import_own_package()
            from gate_tests.pytest_session.user_session import start_user_session

            self._user_session = start_user_session(config, options)

    def _finish(self, config: pytest.Config, code: Any) -> Any:
        if self._user_session is not None:
            code, ended_early = self._user_session.finish(config, code)
        else:
            ended_early = not code and _selects_gates(self._parse_arguments(config))
        if ended_early:
            raise pytest.UsageError(_ENDED_EARLY)
        return code

    def _parse_arguments(self, config: pytest.Config) -> argparse.Namespace:
        """The user's own arguments, with defaults for all others: nothing of addopts or PYTEST_ADDOPTS."""
        options = argparse.Namespace(gate_ids=None, gate_run=None, gate_offline=False, file_or_dir=[])
        with contextlib.suppress(pytest.UsageError):  # raised, at the end, for a required option that is in addopts
            self._parser.parse_known_args(config.invocation_params.args, options)
        return options


def _import_own_package() -> None:
    """Imports the `gate_tests` beside this module, even if Python would find a host's first.

    Raises UsageError where the host's has been imported, unless it is a checkout of orch.
    """
    directory = os.path.dirname(os.path.abspath(__file__))
    sys.path.insert(0, directory)
    try:
        import gate_tests
    finally:
        sys.path.remove(directory)
    package = next(iter(gate_tests.__path__), "gate_tests")
    if not os.path.isfile(os.path.join(os.path.dirname(package), os.path.basename(__file__))):
        raise pytest.UsageError(_NOT_OWN % package)


def _selects_gates(options: argparse.Namespace) -> bool:
    return bool(options.gate_ids) or options.gate_run is not None


def pytest_addoption(parser: pytest.Parser, pluginmanager: pytest.PytestPluginManager) -> None:
    """Adds the options if a conftest.py has loaded the plugin: then pytest does not call the next hook."""
    if any(_is_conftest(plugin) for plugin in pluginmanager.get_plugins()):
        _add_options(parser, pluginmanager, list(_OPTIONS))


@pytest.hookimpl(wrapper=True)
def pytest_load_initial_conftests(
    early_config: pytest.Config, parser: pytest.Parser, args: list[str | os.PathLike[str]]
) -> Generator[None, None, None]:
    """Adds the options that the arguments name, after the host's conftest.py files have added theirs."""
    try:
        yield
    except SystemExit:
        if _find_named_options(parser, early_config.invocation_params.args):
            raise pytest.UsageError(_ENDED_EARLY) from None
        raise
    if named := _find_named_options(parser, args):
        _add_options(parser, early_config.pluginmanager, named)


def _find_named_options(parser: pytest.Parser, arguments: Sequence[str | os.PathLike[str]]) -> list[str]:
    args = [os.fspath(argument) for argument in arguments]  # pytest.main takes paths too
    if "-h" in args or "--help" in args:
        return list(_OPTIONS)
    if any(arg.startswith("@") for arg in args):
        args = parser.parse_known_and_unknown_args(args)[1]  # reads the @files of arguments
    named = [option for option in _OPTIONS if any(arg == option or arg.startswith(f"{option}=") for arg in args)]
    return [] if named == ["--offline"] else named


def _add_options(parser: pytest.Parser, pluginmanager: pytest.PytestPluginManager, options: Sequence[str]) -> None:
    for option in options:
        try:
            parser.getgroup("gates", "checks of a run's gates (orch)").addoption(option, **_OPTIONS[option])
        except (ValueError, argparse.ArgumentError):
            continue  # the host has an option of that name
    pluginmanager.register(CommandLinePlugin(parser))  # no name: `-p no:NAME` in a host's addopts would block it


def _is_conftest(plugin: object) -> bool:
    return os.path.basename(getattr(plugin, "__file__", None) or "") == "conftest.py"
