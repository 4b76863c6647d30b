"""`pytest --gate G2 --run ID`, started by a person or a CI job: the same checks, no record.

Such a session cannot be isolated from the host's configuration. So it compares the checks that ran with those that were
compiled, and says if it is no verdict.
"""

import argparse
import contextlib
import os
from collections.abc import Generator, Iterable
from pathlib import Path

import pytest

from gate_tests.compiler.loader import require_contract
from gate_tests.compiler.options import EvaluationOptions
from gate_tests.errors import DamagedRecord, InvalidFile, OrchError, format_message
from gate_tests.pytest_session.command_line import CommandLineArguments
from gate_tests.pytest_session.completeness import PhaseReport, ReportedChecks, UnverifiedChecks
from gate_tests.pytest_session.evaluation import Evaluation
from gate_tests.pytest_session.hooks import GateSession
from gate_tests.pytest_session.user_programs import UserPrograms
from gate_tests.sanitize import escape_text, flatten_line
from gate_tests.workspace.find_root import explain_root
from gate_tests.workspace.layout import Workspace
from gate_tests.workspace.run_context import RunContext


class UserSession:
    """Reports the checks that the session does not verify, and makes the exit code say the same."""

    def __init__(self, evaluation: Evaluation, reported: ReportedChecks, has_selection: bool) -> None:
        self._evaluation = evaluation
        self._has_selection = has_selection
        self._reported = reported
        self._pytest_code = 0
        self._has_started = False
        self._is_shown = False

    def pytest_report_header(self, start_path: Path) -> str | None:
        """The root, where another could have been meant."""
        return None if os.environ.get("ORCH_ROOT") else explain_root(self._evaluation.workspace.root, start_path)

    def pytest_sessionstart(self, session: pytest.Session) -> None:
        """An invalid contract ends the session before xdist starts its workers, whose errors are failed tests."""
        self._has_started = True
        if session.config.pluginmanager.hasplugin("dsession"):
            try:
                for gate in self._evaluation.gates:
                    self._evaluation.compiled(gate)
            except OrchError as error:
                pytest.exit(escape_text(error.message), returncode=pytest.ExitCode.INTERRUPTED)

    def pytest_deselected(self, items: Iterable[pytest.Item]) -> None:
        """Collects the items that pytest deselects; not called for those of xdist's workers."""
        self._reported.add_deselected(item.nodeid for item in items)

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Collects each report; under xdist it comes from a worker."""
        self._reported.add(report.nodeid, PhaseReport.from_report(report))

    @pytest.hookimpl(wrapper=True)
    def pytest_sessionfinish(self, session: pytest.Session, exitstatus: int) -> Generator[None, object, object]:
        """Sets the exit code before every other plugin reads it."""
        self._pytest_code = int(exitstatus)
        session.exitstatus = self.adjust_exit_code(exitstatus)
        return (yield)

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Shows which checks are not verified and why, and which pre_scripts were not run."""
        self._show_scripts(terminalreporter)
        unverified = self._reported.find_unverified()
        if unverified and not self._is_shown:
            self._is_shown = True
            self._show_unverified(terminalreporter, unverified)

    def _show_scripts(self, terminal: pytest.TerminalReporter) -> None:
        with contextlib.suppress(OrchError):  # an invalid contract has been reported already
            for gate in () if self._is_shown else self._evaluation.gates:
                if self._evaluation.compiled(gate).scripts:
                    terminal.line(f"the pre_scripts of {gate} were not run; orch gate finish runs them")

    def _show_unverified(self, terminal: pytest.TerminalReporter, unverified: list[UnverifiedChecks]) -> None:
        terminal.section("partial: not a verdict of the gate", red=True)
        for each in unverified:
            terminal.line(escape_text(flatten_line(each.describe())))
        if self.adjust_exit_code(self._pytest_code) != self._pytest_code:
            terminal.line("nothing typed here asks for that, so this is no success; the verdict comes from")
        for gate in dict.fromkeys(each.gate for each in unverified):
            terminal.line(f"  orch gate check --run {self._evaluation.context.run_id} --gate {gate}")

    def finish(self, config: pytest.Config, code: int) -> tuple[int, bool]:
        """The exit code of the process, where hooks of the host have left `code`. Shows what is not yet shown.

        And whether the session ended before it started, without a terminal reporter to show anything.
        """
        adjusted = self.adjust_exit_code(code)
        if adjusted == code:
            return code, False
        terminal = config.pluginmanager.get_plugin("terminalreporter")
        if terminal is not None:
            self.pytest_terminal_summary(terminal)
        return adjusted, terminal is None and not self._has_started

    def adjust_exit_code(self, code: int) -> int:
        """The exit code of a session that would end with `code`: a success only if every check is verified."""
        if not self._reported.has_failed and not self._reported.find_unverified():
            return code
        code = code or self._pytest_code
        if code in (1, 2, 3, 4) or (self._is_selection() and not self._reported.has_failed):
            return code
        return int(pytest.ExitCode.TESTS_FAILED)

    def _is_selection(self) -> bool:
        """Whether the user's selection would explain all checks that are not verified."""
        return self._has_selection and all(each.may_be_selection for each in self._reported.find_unverified())


def start_user_session(config: pytest.Config, options: argparse.Namespace) -> UserSession:
    """Registers the hooks that collect the gates and compare. Under xdist only the controller's answer counts."""
    arguments = CommandLineArguments.from_options(options, config.invocation_params.dir, config.invocation_params.args)
    programs = UserPrograms()
    evaluation = _make_evaluation(arguments, EvaluationOptions(bool(options.gate_offline), programs))
    session = GateSession(evaluation)
    _set_collected_paths(config, session, arguments)
    programs.register(evaluation, config)
    config.pluginmanager.register(session)
    reported = ReportedChecks(evaluation)
    if config.pluginmanager.hasplugin("xdist"):
        from gate_tests.pytest_session.xdist.hooks import register_xdist_hooks

        register_xdist_hooks(config, evaluation, reported, options)
    user_session = UserSession(evaluation, reported, arguments.leaves_out_checks(session.contracts.values()))
    config.pluginmanager.register(user_session)
    return user_session


def _make_evaluation(arguments: CommandLineArguments, options: EvaluationOptions) -> Evaluation:
    """Raises what ends a pytest session, with the message of any OrchError."""
    try:
        workspace = Workspace.find(arguments.directory)
        context = RunContext.read(workspace, arguments.find_run_id(workspace))
        gates = arguments.select_gates(workspace, context)
        for gate in gates:
            require_contract(workspace, gate)
    except InvalidFile as error:
        pytest.exit(escape_text(error.message), returncode=pytest.ExitCode.INTERRUPTED)
    except OrchError as error:
        check_records = "orch run check" if isinstance(error, DamagedRecord) else None
        message = format_message(error.message, error.next_command or check_records)
        raise pytest.UsageError(escape_text(message)) from None
    return Evaluation(workspace, context, gates, options=options)


def _set_collected_paths(config: pytest.Config, session: GateSession, arguments: CommandLineArguments) -> None:
    """Without a path of the user's only the contracts are collected; with --gate they are added to the paths."""
    contracts = [os.path.relpath(path, arguments.directory) for path in session.contracts.values()]
    if not arguments.arguments:
        config.args[:] = contracts  # those of the host's addopts or testpaths are not the user's
    elif arguments.gates:
        directory, paths = arguments.directory, arguments.paths
        config.args += [path for path in contracts if os.path.realpath(directory / path) not in paths]
