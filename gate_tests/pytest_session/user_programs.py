"""The programs of `command` checks in a session of pytest that somebody typed: they run before the first check does.

Where pytest-xdist has workers judge, the controller runs them, once, and tells the workers what they came to.
"""

import json
import tempfile
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import pytest

from gate_tests.programs.program import NOT_RUN, KnownProgramResults, ProgramResult
from gate_tests.pytest_session.evaluation import Evaluation
from gate_tests.pytest_session.nodes import GateCheck
from gate_tests.sanitize import plain

if TYPE_CHECKING:
    from gate_tests.checks.types.command import Command

_TOLD = "orch_programs"
"""Under this key of its input a worker of pytest-xdist is told what the programs came to."""


class UserPrograms:
    """Runs those of the checks that were selected, and shows what they printed where one did not end well."""

    def __init__(self) -> None:
        self._ran: dict[tuple[str, int], ProgramResult] = {}
        self._printed: dict[tuple[str, int], str] = {}
        self._evaluation: Evaluation | None = None

    def serve(self, evaluation: Evaluation, config: pytest.Config) -> None:
        """Is a plugin of the session that makes this judgement."""
        self._evaluation = evaluation
        told = getattr(config, "workerinput", {}).get(_TOLD)
        if told:
            self._take(json.loads(told))
        if not (config.getoption("collectonly") or config.getoption("setuponly", False)):
            config.pluginmanager.register(self)
            if config.pluginmanager.hasplugin("xdist") and not told:
                config.pluginmanager.register(_InController(self))

    def result(self, gate: str, index: int) -> ProgramResult:
        """What the program came to."""
        return self._ran.get((gate, index), NOT_RUN)

    def to_json(self) -> dict[str, Any]:
        """What all of them came to."""
        return KnownProgramResults(self._ran).to_json()

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> None:
        """Before anything is read."""
        checks = [item.check for item in session.items if isinstance(item, GateCheck)]
        self.run(check.rule for check in checks if check.type.name == "command")

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(self, item: pytest.Item) -> Any:
        """A program that did not end well: how its output ends stands below what was wanted."""
        report = yield
        if isinstance(item, GateCheck) and item.check.type.name == "command" and report.failed:
            rule: Any = item.check.rule
            report.sections.append((f"output of {rule.subject()}", self._printed.get((rule.gate, rule.index), "")))
        return report

    def run(self, rules: Iterable[Any]) -> None:
        """Runs the programs of these `command` checks, one after the other; those that have run do not run again."""
        for rule in rules:
            if (rule.gate, rule.index) not in self._ran:
                self._run(rule)

    def _run(self, rule: "Command") -> None:
        from gate_tests.programs.execute import execute, read_last_lines

        assert self._evaluation is not None
        with tempfile.TemporaryFile() as file:
            place = (rule.gate, rule.index)
            self._ran[place] = execute(rule.program, self._evaluation.workspace.root, file.fileno())
            self._printed[place] = "\n".join(map(plain, read_last_lines(file.fileno())))

    def run_all(self) -> None:
        """Those of every check of the judgement's gates."""
        assert self._evaluation is not None
        for gate in self._evaluation.gates:
            self.run(rule for _, rule in self._evaluation.compiled(gate).commands)

    def told(self) -> str:
        """For a worker: what all of them came to, and how their output ends."""
        return json.dumps([self.to_json(), [[*place, lines] for place, lines in self._printed.items()]])

    def _take(self, told: Any) -> None:
        ran, printed = told
        self._ran.update(KnownProgramResults.from_json(ran).by_check)
        self._printed.update({(gate, index): lines for gate, index, lines in printed})


class _InController:
    """The hooks of the process that starts the workers: what they will select, it does not know."""

    def __init__(self, programs: UserPrograms) -> None:
        self._programs = programs

    @pytest.hookimpl(tryfirst=True, optionalhook=True)
    def pytest_xdist_setupnodes(self) -> None:
        """Before any worker is started."""
        self._programs.run_all()

    @pytest.hookimpl(optionalhook=True)
    def pytest_configure_node(self, node: Any) -> None:
        """Tells a worker."""
        node.workerinput[_TOLD] = self._programs.told()
