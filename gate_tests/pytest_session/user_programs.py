"""The programs of `command` checks in a session of pytest that a user started: they run before the first check does.

If pytest-xdist has workers judge, the controller runs the programs, once, and sends the results to the workers.
"""

import json
import tempfile
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, Final

import pytest

from gate_tests.programs.program import NOT_RUN, KnownProgramResults, ProgramResult, ProgramResults
from gate_tests.pytest_session.evaluation import Evaluation
from gate_tests.pytest_session.nodes import GateCheck
from gate_tests.sanitize import sanitize_line
from gate_tests.typing_compat import override

if TYPE_CHECKING:
    from gate_tests.checks.types.command import Command

_PROGRAMS_KEY: Final = "orch_programs"
"""The key of a worker's input that contains the results of the programs."""


class UserPrograms(ProgramResults):
    """Runs the programs of the selected checks, and shows the output of one that failed."""

    def __init__(self) -> None:
        self._ran: dict[tuple[str, int], ProgramResult] = {}
        self._last_lines: dict[tuple[str, int], str] = {}
        self._evaluation: Evaluation | None = None

    def register(self, evaluation: Evaluation, config: pytest.Config) -> None:
        """Registers it as a plugin of the session of this evaluation."""
        self._evaluation = evaluation
        text = getattr(config, "workerinput", {}).get(_PROGRAMS_KEY)
        if text:
            self._decode(text)
        if not (config.getoption("collectonly") or config.getoption("setuponly", False)):
            config.pluginmanager.register(self)
            if config.pluginmanager.hasplugin("xdist") and not text:
                config.pluginmanager.register(_ControllerPrograms(self))

    @override
    def result(self, gate: str, index: int) -> ProgramResult:
        return self._ran.get((gate, index), NOT_RUN)

    @override
    def to_json(self) -> dict[str, Any]:
        return KnownProgramResults(self._ran).to_json()

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> None:
        """Runs the programs before any artifact is read."""
        checks = [item.check for item in session.items if isinstance(item, GateCheck)]
        self.run(check.rule for check in checks if check.type.name == "command")

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(self, item: pytest.Item) -> Any:
        """Adds the last lines that a failed program printed to the report."""
        report = yield
        if isinstance(item, GateCheck) and item.check.type.name == "command" and getattr(report, "failed", False):
            rule: Any = item.check.rule
            report.sections.append((f"output of {rule.subject}", self._last_lines.get((rule.gate, rule.index), "")))
        return report

    def run(self, rules: Iterable[Any]) -> None:
        """Runs the programs of these `command` checks, one after the other, each only once."""
        for rule in rules:
            if (rule.gate, rule.index) not in self._ran:
                self._run(rule)

    def _run(self, rule: "Command") -> None:
        from gate_tests.programs.execute import execute, read_last_lines

        assert self._evaluation is not None
        with tempfile.TemporaryFile() as file:
            key = (rule.gate, rule.index)
            self._ran[key] = execute(rule.program, self._evaluation.workspace.root, file.fileno())
            self._last_lines[key] = "\n".join(map(sanitize_line, read_last_lines(file.fileno())))

    def run_all(self) -> None:
        """Runs the programs of every check of the evaluation's gates."""
        assert self._evaluation is not None
        for gate in self._evaluation.gates:
            self.run(rule for _, rule in self._evaluation.compiled(gate).commands)

    def encode(self) -> str:
        """The results and last lines of all programs, as JSON for a worker."""
        return json.dumps([self.to_json(), [[*key, lines] for key, lines in self._last_lines.items()]])

    def _decode(self, text: str) -> None:
        ran, last_lines = json.loads(text)
        self._ran.update(KnownProgramResults.from_json(ran).by_check)
        self._last_lines.update({(gate, index): lines for gate, index, lines in last_lines})


class _ControllerPrograms:
    """The hooks of the process that starts the workers. It does not know which checks they will select."""

    def __init__(self, programs: UserPrograms) -> None:
        self._programs = programs

    @pytest.hookimpl(tryfirst=True, optionalhook=True)
    def pytest_xdist_setupnodes(self) -> None:
        """Runs the programs before any worker is started."""
        self._programs.run_all()

    @pytest.hookimpl(optionalhook=True)
    def pytest_configure_node(self, node: Any) -> None:
        """Sends the results to a worker."""
        node.workerinput[_PROGRAMS_KEY] = self._programs.encode()
