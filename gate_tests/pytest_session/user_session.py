"""`pytest --gate G2 --run ID`, typed by a person or a CI job: the same checks, no record.

Such a session cannot be sealed off from the host's configuration. So it compares what ran with what was compiled, and
says where it is no verdict.
"""

import argparse
import contextlib
import os
from collections.abc import Generator, Iterable

import pytest

from gate_tests.compiler.loader import require_contract
from gate_tests.compiler.options import EvaluationOptions
from gate_tests.errors import DamagedRecord, InvalidFile, OrchError, sentence
from gate_tests.pytest_session.command_line import Typed
from gate_tests.pytest_session.completeness import Completeness, Gap, PhaseReport
from gate_tests.pytest_session.evaluation import Evaluation
from gate_tests.pytest_session.hooks import GateSession
from gate_tests.pytest_session.user_programs import UserPrograms
from gate_tests.workspace.layout import Workspace
from gate_tests.workspace.run_context import RunContext


class UserSession:
    """Tells where a session gives no verdict of its gates, and sees that the exit code tells it too."""

    def __init__(self, evaluation: Evaluation, completeness: Completeness, selected: bool) -> None:
        self._evaluation = evaluation
        self._selected = selected
        self._completeness = completeness
        self._pytest_code = 0
        self._started = False
        self._told = False

    def pytest_sessionstart(self, session: pytest.Session) -> None:
        """An invalid contract ends the session before xdist starts its workers, whose errors are failed tests."""
        self._started = True
        if session.config.pluginmanager.hasplugin("dsession"):
            try:
                for gate in self._evaluation.gates:
                    self._evaluation.compiled(gate)
            except OrchError as error:
                pytest.exit(error.message, returncode=pytest.ExitCode.INTERRUPTED)

    def pytest_deselected(self, items: Iterable[pytest.Item]) -> None:
        """Remembers what pytest says it leaves out; of xdist's workers nobody hears that."""
        self._completeness.deselect(item.nodeid for item in items)

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Remembers each report; under xdist it comes from a worker."""
        self._completeness.add(report.nodeid, PhaseReport.of(report))

    @pytest.hookimpl(wrapper=True)
    def pytest_sessionfinish(self, session: pytest.Session, exitstatus: int) -> Generator[None, object, object]:
        """Lets every other plugin see the exit code that the session will have."""
        self._pytest_code = int(exitstatus)
        session.exitstatus = self.exit_code(exitstatus)
        return (yield)

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Tells which checks are no part of a verdict, and why, and what no session of pytest runs."""
        self._tell_scripts(terminalreporter)
        gaps = self._completeness.gaps()
        if gaps and not self._told:
            self._told = True
            self._tell(terminalreporter, gaps)

    def _tell_scripts(self, terminal: pytest.TerminalReporter) -> None:
        with contextlib.suppress(OrchError):  # an invalid contract has been told
            for gate in () if self._told else self._evaluation.gates:
                if self._evaluation.compiled(gate).scripts:
                    terminal.line(f"the pre_scripts of {gate} were not run; orch gate finish runs them")

    def settle(self, config: pytest.Config, code: int) -> int | None:
        """The exit code of the process where the host's hooks leave `code`; what was not told yet is told now.

        None where the session was ended before it began, and with it whatever could have told.
        """
        settled = self.exit_code(code)
        if settled != code:
            terminal = config.pluginmanager.get_plugin("terminalreporter")
            if terminal is not None:
                self.pytest_terminal_summary(terminal)
            elif not self._started:
                return None
        return settled

    def _tell(self, terminal: pytest.TerminalReporter, gaps: list[Gap]) -> None:
        terminal.section("partial: not a verdict of the gate", red=True)
        for gap in gaps:
            terminal.line(gap.describe())
        if self.exit_code(self._pytest_code) != self._pytest_code:
            terminal.line("nothing typed here asks for that, so this is no success; the verdict comes from")
        for gate in dict.fromkeys(gap.gate for gap in gaps):
            terminal.line(f"  orch gate check --run {self._evaluation.context.run_id} --gate {gate}")

    def exit_code(self, code: int) -> int:
        """What a session ends with that would end with `code`: no success, unless it is one of every check."""
        if not self._completeness.failed and not self._completeness.gaps():
            return code
        code = code or self._pytest_code
        if code in (1, 2, 3, 4) or (self._explained() and not self._completeness.failed):
            return code
        return int(pytest.ExitCode.TESTS_FAILED)

    def _explained(self) -> bool:
        """Whether what was typed may be why checks are missing, and nothing is wrong with those that ran."""
        return self._selected and all(gap.may_be_selection for gap in self._completeness.gaps())


def start_user_session(config: pytest.Config, options: argparse.Namespace) -> UserSession:
    """Registers the hooks that collect the gates and compare. Under xdist only the controller's answer counts."""
    typed = Typed.of(options, config.invocation_params.dir, config.invocation_params.args)
    try:
        programs = UserPrograms()
        evaluation = _evaluation(typed, EvaluationOptions(bool(options.gate_offline), programs))
    except InvalidFile as error:
        pytest.exit(error.message, returncode=pytest.ExitCode.INTERRUPTED)
    except OrchError as error:
        mend_it = "orch run check" if isinstance(error, DamagedRecord) else None
        raise pytest.UsageError(sentence(error.message, error.next_command or mend_it)) from None
    session = GateSession(evaluation)
    _collect_contracts(config, session, typed)
    programs.serve(evaluation, config)
    config.pluginmanager.register(session)
    completeness = Completeness(evaluation)
    if config.pluginmanager.hasplugin("xdist"):
        from gate_tests.pytest_session.xdist.hooks import share_out

        share_out(config, evaluation, completeness, options)
    direct = UserSession(evaluation, completeness, typed.selects_in(session.contracts.values()))
    config.pluginmanager.register(direct)
    return direct


def _evaluation(typed: Typed, options: EvaluationOptions) -> Evaluation:
    workspace = Workspace.find(typed.folder)
    context = RunContext.read(workspace, typed.run(workspace))
    chosen = typed.chosen(workspace, context)
    for gate in chosen:
        require_contract(workspace, gate)
    return Evaluation(workspace, context, chosen, options=options)


def _collect_contracts(config: pytest.Config, session: GateSession, typed: Typed) -> None:
    """Where no path was typed, the contracts are all there is to collect; `--gate` adds to typed paths."""
    contracts = [os.path.relpath(path, typed.folder) for path in session.contracts.values()]
    if not typed.arguments:
        config.args[:] = contracts  # a path of the host's addopts or testpaths is none that was typed
    elif typed.gates:
        config.args += [path for path in contracts if os.path.realpath(typed.folder / path) not in typed.paths]
