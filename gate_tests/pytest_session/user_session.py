"""`pytest --gate G2 --run ID`, started by a person or a CI job: the same checks, no record.

Such a session cannot be isolated from the host's configuration. So it compares the checks that ran with those that were
compiled, and says if it is no verdict.
"""

import argparse
import contextlib
import os
from collections.abc import Generator, Iterable, Iterator
from pathlib import Path
from typing import Final

import pytest

from gate_tests import suggestions
from gate_tests.compiler.loader import require_contract
from gate_tests.compiler.options import EvaluationOptions
from gate_tests.errors import DamagedRecord, InvalidFile, OrchError, format_message
from gate_tests.pytest_session.command_line import CommandLineArguments
from gate_tests.pytest_session.completeness import ReportedChecks, UnverifiedChecks
from gate_tests.pytest_session.evaluation import Evaluation
from gate_tests.pytest_session.hooks import GateSession
from gate_tests.pytest_session.junit_xml import register_junit_properties
from gate_tests.pytest_session.nodes import GateCheck
from gate_tests.pytest_session.selection import TypedSelection
from gate_tests.pytest_session.terminal import get_reports, show_lines, show_section
from gate_tests.pytest_session.user_programs import UserPrograms
from gate_tests.sanitize import escape_text
from gate_tests.workspace.find_root import explain_root
from gate_tests.workspace.layout import Workspace
from gate_tests.workspace.run_context import RunContext

_KEPT: Final = (1, 2, 3, 4)
"""The exit codes of pytest that no reader takes for a success."""
_KEPT_WITH_FAILURES: Final = (1, 2, 4)
"""Those of them that say more than that a check has failed; 3 is a broken session."""


class UserSession:
    """Reports the checks that the session does not verify, and makes the exit code say the same."""

    def __init__(
        self, evaluation: Evaluation, reported: ReportedChecks, selection: TypedSelection, runs_nothing: bool
    ) -> None:
        self._evaluation = evaluation
        self._reported = reported
        self._selection = selection
        self._runs_nothing = runs_nothing
        self._checks: list[GateCheck] = []
        self._pytest_code = 0
        self._has_begun = False
        self._shown_failures: set[str] = set()
        self._is_shown = False

    def pytest_report_header(self, start_path: Path) -> str | None:
        """The root, where another could have been meant."""
        return None if os.environ.get("ORCH_ROOT") else explain_root(self._evaluation.workspace.root, start_path)

    def pytest_sessionstart(self, session: pytest.Session) -> None:
        """An invalid contract ends the session before xdist starts its workers, whose errors are failed tests."""
        if session.config.pluginmanager.hasplugin("dsession"):
            try:
                for gate in self._evaluation.gates:
                    self._evaluation.compiled(gate)
            except OrchError as error:
                pytest.exit(escape_text(error.message), returncode=pytest.ExitCode.INTERRUPTED)

    @pytest.hookimpl(tryfirst=True)
    def pytest_collection(self) -> None:
        """From here on checks may run."""
        self._has_begun = True

    def pytest_deselected(self, items: Iterable[object]) -> None:
        """Collects the items that are deselected; a plugin's own may have no node id."""
        nodeids = [str(getattr(item, "nodeid", "")) for item in items]
        self._reported.add_deselected(nodeids)
        self._selection.add_deselected(nodeids)

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        """Gets the checks that will be run."""
        self._checks = [item for item in session.items if isinstance(item, GateCheck)]
        self._selection.add_skipped_by_last_failed(session.config)

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Collects each report; under xdist it comes from a worker."""
        self._reported.add(str(getattr(report, "nodeid", "")), report)

    @pytest.hookimpl(wrapper=True)
    def pytest_sessionfinish(self, session: pytest.Session, exitstatus: int) -> Generator[None, object, object]:
        """Sets the exit code before every other plugin reads it."""
        self._pytest_code = int(exitstatus)
        session.exitstatus = self.adjust_exit_code(exitstatus)
        return (yield)

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
        """Shows which checks are not verified and why, and which pre_scripts were not run."""
        self._show_scripts(terminalreporter)
        self._shown_failures |= find_shown_failures(terminalreporter, config)
        self._show(terminalreporter)

    def _show_scripts(self, terminal: pytest.TerminalReporter) -> None:
        with contextlib.suppress(OrchError):  # an invalid contract has been reported already
            for gate in () if self._is_shown else self._evaluation.gates:
                if self._evaluation.compiled(gate).scripts:
                    show_lines(terminal, [f"the pre_scripts of {gate} were not run (orch gate finish runs them)"])

    def _show(self, terminal: pytest.TerminalReporter | None) -> None:
        """Shows, once, the failures that pytest does not show, and the checks that are not verified."""
        if self._is_shown:
            return
        failures = {nodeid: why for nodeid, why in self._find_failures().items() if nodeid not in self._shown_failures}
        unverified = self._reported.find_unverified()
        if failures:
            lines = (f"{nodeid.partition('::')[2]}: {why}" for nodeid, why in failures.items())
            show_section(terminal, "failed checks", lines, red=True)
        if unverified:
            show_section(terminal, "partial: not a verdict of the gate", self._describe(unverified), red=True)
        self._is_shown = bool(failures or unverified)

    def _show_broken(self, terminal: pytest.TerminalReporter | None) -> None:
        """Shows the same of a session that an error ended, and what judges the gates instead."""
        self._show(terminal)
        if not self._reported.find_unverified():  # else the commands have been shown
            commands = self._name_commands(self._evaluation.gates)
            show_section(terminal, "an error ended the session", commands, red=True)

    def _describe(self, unverified: list[UnverifiedChecks]) -> Iterator[str]:
        yield from (each.describe() for each in unverified)
        if self._pytest_code not in _KEPT and self.adjust_exit_code(self._pytest_code) != self._pytest_code:
            yield "no pytest option on the command line asks for this, so the session does not count as a success"
        yield from self._name_commands(each.gate for each in unverified)

    def _name_commands(self, gates: Iterable[str]) -> Iterator[str]:
        if named := dict.fromkeys(gates):
            yield f"Next: {suggestions.check_gates(self._evaluation.context.run_id, *named)}"

    def finish(self, config: pytest.Config, code: int) -> tuple[int, bool]:
        """The exit code of the process, where hooks of the host have left `code`. Shows what is not yet shown.

        And whether the session ended before it began, without a terminal reporter to show anything.
        """
        adjusted = self.adjust_exit_code(code)
        terminal = config.pluginmanager.get_plugin("terminalreporter")
        if self._has_begun and code == pytest.ExitCode.INTERNAL_ERROR:
            self._show_broken(terminal)
        elif self._has_begun or (adjusted != code and terminal is not None):
            self._show(terminal)
        return adjusted, adjusted != code and terminal is None and not self._has_begun

    def break_off(self, config: pytest.Config) -> None:
        """Shows what is not yet shown of a session that a hook of the host has ended with an exception."""
        if self._has_begun:
            self._show_broken(config.pluginmanager.get_plugin("terminalreporter"))

    def adjust_exit_code(self, code: int) -> int:
        """The exit code of a session that would end with `code`: a success only if every check is verified."""
        has_failed = bool(self._find_failures())
        unverified = self._reported.find_unverified()
        if not has_failed and not unverified:
            return code
        code = code or self._pytest_code
        if code in (_KEPT_WITH_FAILURES if has_failed else _KEPT):
            return code
        return int(pytest.ExitCode.TESTS_FAILED) if has_failed or not self._is_selection(unverified) else code

    def _is_selection(self, unverified: Iterable[UnverifiedChecks]) -> bool:
        """Whether the user has left out all checks that are not verified."""
        return all(each.has_not_run if self._runs_nothing else each.is_selection for each in unverified)

    def _find_failures(self) -> dict[str, str]:
        """The reason of each check that failed, by node id; of one whose report a hook has lost too."""
        evaluated = ((check.nodeid, check.evaluated.result) for check in self._checks if check.evaluated)
        lost = {nodeid: str(result.reason) for nodeid, result in evaluated if result.has_failed}
        return lost | self._reported.find_failures()


def find_shown_failures(terminal: pytest.TerminalReporter, config: pytest.Config) -> set[str]:
    """The node ids of the failures that pytest has shown with their reasons, when it calls pytest_terminal_summary."""
    if config.getoption("no_summary", False) or config.getoption("tbstyle", "auto") == "no":
        return set()
    reports = (report for category in ("failed", "error") for report in get_reports(terminal, category))
    return {str(getattr(report, "nodeid", "")) for report in reports}


def start_user_session(config: pytest.Config, options: argparse.Namespace) -> UserSession:
    """Registers the hooks that collect the gates and compare. Under xdist only the controller's answer counts."""
    typed = CommandLineArguments.from_options(options, config.invocation_params.dir, config.invocation_params.args)
    programs = UserPrograms()
    evaluation, arguments = _make_evaluation(config, typed, EvaluationOptions(bool(options.gate_offline), programs))
    located = dict(zip(typed.arguments, arguments.arguments, strict=True))
    config.args[:] = [located.get(argument, argument) for argument in config.args]
    session = GateSession(evaluation)
    _set_collected_paths(config, session, arguments)
    programs.register(evaluation, config)
    config.pluginmanager.register(session)
    selection = TypedSelection(evaluation, options, arguments, config.option)
    reported = ReportedChecks(evaluation, selection)
    if config.pluginmanager.hasplugin("xdist"):
        from gate_tests.pytest_session.xdist.hooks import register_xdist_hooks

        register_xdist_hooks(config, evaluation, reported, selection, options)
    user_session = UserSession(evaluation, reported, selection, arguments.runs_nothing)
    register_junit_properties(config, evaluation)
    config.pluginmanager.register(user_session)
    return user_session


def _make_evaluation(
    config: pytest.Config, arguments: CommandLineArguments, options: EvaluationOptions
) -> tuple[Evaluation, CommandLineArguments]:
    """And the arguments, located. Raises what ends a pytest session, with the message of any OrchError."""
    try:
        workspace = Workspace.find(arguments.directory)
        context = RunContext.read(workspace, arguments.find_run_id(workspace))
        arguments = arguments.locate_contracts(workspace, context, config.rootpath)
        gates = arguments.select_gates(workspace, context)
        for gate in gates:
            require_contract(workspace, gate)
    except InvalidFile as error:
        pytest.exit(escape_text(error.message), returncode=pytest.ExitCode.INTERRUPTED)
    except OrchError as error:
        message = format_message(error.message, _suggest_next_command(error))
        raise pytest.UsageError(escape_text(message)) from None
    return Evaluation(workspace, context, gates, options=options), arguments


def _suggest_next_command(error: OrchError) -> str | None:
    """The command after an error. Whether git has what was lost, only the commands of orch find out."""
    root = error.lost_file.root if error.lost_file else None
    if root and any((each / ".git").exists() for each in (root, *root.parents)):
        return error.lookup_command or error.next_command
    return error.next_command or (suggestions.CHECK_RECORDS if isinstance(error, DamagedRecord) else error.advice)


def _set_collected_paths(config: pytest.Config, session: GateSession, arguments: CommandLineArguments) -> None:
    """Without a path of the user's only the contracts are collected; with --gate they are added to the paths."""
    contracts = [os.path.relpath(path, arguments.directory) for path in session.contracts.values()]
    if not arguments.arguments:
        config.args[:] = contracts  # those of the host's addopts or testpaths are not the user's
    elif arguments.gates:
        directory, paths = arguments.directory, arguments.paths
        config.args += [path for path in contracts if os.path.realpath(directory / path) not in paths]
