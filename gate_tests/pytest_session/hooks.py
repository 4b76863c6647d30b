"""The hooks of a pytest session that judges gates. Registered only in such a session."""

import os
import time
from pathlib import Path
from typing import Any, Literal

import pytest

from gate_tests.pytest_session.evaluation import Evaluation
from gate_tests.pytest_session.nodes import ContractFile, ContractFolder, GateCheck, contract_file, contract_folder

METADATA_KEY = "orch"
"""Under this key a check's row stands in the metadata of its test in the JSON report."""


TestStatus = tuple[str, str, tuple[str, dict[str, bool]]]
"""A category, its letter, and its word with the markup of it: what pytest's hook wants."""


class GateSession:
    """Collects the contracts of a judgement's gates and shows their warnings."""

    def __init__(self, evaluation: Evaluation) -> None:
        workspace = evaluation.workspace
        self.evaluation = evaluation
        self.contracts = {gate: workspace.root / workspace.contract_path(gate) for gate in evaluation.gates}
        self._gates = {os.path.realpath(path): gate for gate, path in self.contracts.items()}

    def pytest_configure(self, config: pytest.Config) -> None:
        """Makes the mark known that -m "gate(id='G2')" selects by."""
        config.addinivalue_line("markers", "gate(id): the checks of the gate with this id")

    def pytest_collect_file(self, file_path: Path, parent: pytest.Collector) -> ContractFile | None:
        """A contract of a gate that is judged; of any other file, nothing."""
        gate = self._gates.get(os.path.realpath(file_path))
        return contract_file(parent, file_path, gate, self.evaluation) if gate else None

    def pytest_report_teststatus(self, report: pytest.TestReport) -> "TestStatus | None":
        """Shows a warning as `warned`: it has not failed its gate and has not simply passed."""
        if getattr(report, "when", None) == "call" and report.passed and _warning(report):
            return "warned", "w", ("WARNED", {"yellow": True})
        return None

    @pytest.hookimpl(optionalhook=True)
    def pytest_json_runtest_metadata(self, item: pytest.Item) -> dict[str, Any]:
        """A check's row goes into the JSON report."""
        if isinstance(item, GateCheck) and item.judged:
            return {METADATA_KEY: item.judged.result.to_json()}
        return {}

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Tells each warning; pytest itself shows failures only."""
        warned = terminalreporter.getreports("warned")
        if warned:
            terminalreporter.section("gate warnings", yellow=True)
            for report in warned:
                terminalreporter.line(_warning(report))


class SealedSession(GateSession):
    """Collects nothing but the contracts, and goes straight to them whatever lies beside the way."""

    _begun: ContractFile | None = None

    def pytest_collect_directory(self, path: Path, parent: pytest.Collector) -> ContractFolder:
        """A folder on the way."""
        return contract_folder(parent, path, self.evaluation)

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> "bool | None":
        """Judges a check in one step, with one report: it has neither fixtures nor marks that pytest would look at.

        pytest's own three steps take several times as long, and no plugin is here that they would be for. An item of
        another kind is left to pytest.
        """
        if not isinstance(item, GateCheck):
            return None
        self.begin(item)
        item.config.hook.pytest_runtest_logreport(report=_report(item))
        self.end(item)
        return True

    def begin(self, item: GateCheck) -> None:
        """The terminal is told once for each contract that it begins: nothing is printed of a check."""
        if item.parent is not self._begun:
            self._begun = item.parent
            item.config.hook.pytest_runtest_logstart(nodeid=item.nodeid, location=item.location)

    def end(self, item: GateCheck) -> None:
        """Nobody has to be told."""

    @pytest.hookimpl(optionalhook=True)
    def pytest_json_runtest_stage(self, report: pytest.TestReport) -> "dict[str, Any] | None":
        """What the JSON report says of a check: the outcome and the row that its report carries."""
        properties = dict(report.user_properties)
        return {"outcome": report.outcome, METADATA_KEY: properties[_ROW]} if _ROW in properties else None

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Tells why each check failed. pytest itself would look through all reports for each of those (--tb=no)."""
        if failed := [*terminalreporter.getreports("error"), *terminalreporter.getreports("failed")]:
            terminalreporter.section("FAILURES")
            for report in failed:
                terminalreporter.section(report.head_line or report.nodeid, sep="_", red=True, bold=True)
                terminalreporter.line(report.longreprtext)
        super().pytest_terminal_summary(terminalreporter)


_ROW = "row"
"""The property under which a check's report carries its row, also from a worker of xdist to its controller."""


def _report(item: GateCheck) -> pytest.TestReport:
    """Judges, and reports it; where our own code broke, with its traceback. Only what is told of it is in it."""
    start, began = time.time(), time.perf_counter()
    shown: Any = None
    properties: list[tuple[str, object]] = []
    try:
        judged = item.judge()
        result = judged.result
        properties = [(_ROW, result.to_json()), *(item.properties(judged) if result.has_warned else ())]
        shown = item.explanation(judged) if result.has_failed else None
    except (KeyboardInterrupt, pytest.exit.Exception):
        raise  # they end the session
    except BaseException:
        shown = item.repr_failure(pytest.ExceptionInfo.from_current())
    duration = time.perf_counter() - began
    outcome: Literal["passed", "failed"] = "passed" if shown is None else "failed"
    # To find a check's line takes longer than most checks do, and nobody is told that of one that passed.
    location = (item.parent.nodeid, None, item.name) if shown is None else item.location
    return pytest.TestReport(
        item.nodeid, location, {}, outcome, shown, "call", (), duration, start, start + duration, properties
    )


def _warning(report: pytest.TestReport) -> str:
    properties = dict(report.user_properties)
    return str(properties.get("warning", "")) if "gate" in properties else ""
