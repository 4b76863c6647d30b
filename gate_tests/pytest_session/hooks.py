"""The hooks of a pytest session that judges gates. Registered only in such a session."""

import os
import re
import time
from collections.abc import Generator, Iterator, Sequence
from pathlib import Path
from typing import Any, Final, Literal

import pytest

from gate_tests.checks.missing import describe_dependents, fold_missing
from gate_tests.checks.result import CheckResult
from gate_tests.pytest_session.evaluation import Evaluation
from gate_tests.pytest_session.nodes import (
    ContractDirectory,
    ContractFile,
    GateCheck,
    make_contract_directory,
    make_contract_file,
    read_properties,
)
from gate_tests.pytest_session.terminal import get_reports, show_section
from gate_tests.sanitize import escape_text
from gate_tests.typing_compat import override
from gate_tests.wrap import wrap_line

METADATA_KEY: Final = "orch"
"""The key of a check's result in the metadata of its test in the JSON report."""

_ROW: Final = "row"
"""The user property of a check's report that contains its result, also from a worker of xdist to its controller."""

TestStatus = tuple[str, str, tuple[str, dict[str, bool]]]
"""The result of pytest_report_teststatus: a category, its letter, and its word with markup."""


class GateSession:
    """Collects the contracts of the evaluation's gates and shows their warnings."""

    def __init__(self, evaluation: Evaluation) -> None:
        workspace = evaluation.workspace
        self.evaluation = evaluation
        self.contracts = {gate: workspace.root / workspace.contract_path(gate) for gate in evaluation.gates}
        self._gates = {os.path.realpath(path): gate for gate, path in self.contracts.items()}

    def pytest_configure(self, config: pytest.Config) -> None:
        """Registers the mark that -m "gate(id='G2')" selects by."""
        config.addinivalue_line("markers", "gate(id): the checks of the gate with this id")

    def pytest_collect_file(self, file_path: Path, parent: pytest.Collector) -> ContractFile | None:
        """The node of a contract of a judged gate; None for any other file."""
        gate = self._gates.get(os.path.realpath(file_path))
        return make_contract_file(parent, file_path, gate, self.evaluation) if gate else None

    def pytest_report_teststatus(self, report: pytest.TestReport) -> "TestStatus | None":
        """Shows a warning as `warned`: it has not failed its gate and has not simply passed."""
        if getattr(report, "when", None) == "call" and getattr(report, "passed", False) and _warning(report):
            return "warned", "w", ("WARNED", {"yellow": True})
        return None

    @pytest.hookimpl(optionalhook=True)
    def pytest_json_runtest_metadata(self, item: pytest.Item) -> dict[str, Any]:
        """Adds a check's result to the JSON report."""
        if isinstance(item, GateCheck) and item.evaluated:
            return {METADATA_KEY: item.evaluated.result.to_json()}
        return {}

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Shows each warning; pytest itself shows only failures."""
        if warned := get_reports(terminalreporter, "warned"):
            show_section(terminalreporter, "gate warnings", (_warning(report) or "" for report in warned), yellow=True)


class IsolatedSession(GateSession):
    """Collects nothing but the contracts, and goes straight to them whatever else is in their directories."""

    _current_contract: ContractFile | None = None

    def __init__(self, evaluation: Evaluation, wrap_columns: int | None = None) -> None:
        super().__init__(evaluation)
        self._wrap_columns = wrap_columns

    @pytest.hookimpl(wrapper=True)
    def pytest_collection(self, session: pytest.Session) -> Generator[None, object, object]:
        """Hides the number of the checks, which the last line shows; not with -v."""
        session.config.option.verbose -= 1
        try:
            return (yield)
        finally:
            session.config.option.verbose += 1

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> Generator[None]:
        """Shows the checks to no plugin: no option selects any, and pytest would group them by their fixtures."""
        checks = items[:]
        items.clear()
        yield
        items[:] = checks

    def pytest_collect_directory(self, path: Path, parent: pytest.Collector) -> ContractDirectory:
        """The node of a directory that leads to the contracts."""
        return make_contract_directory(parent, path, self.evaluation)

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> "bool | None":
        """Evaluates a check in one step, with one report: it has neither fixtures nor marks that pytest would look at.

        pytest's own three steps take several times as long, and no plugin is here that needs them. An item of another
        kind is left to pytest.
        """
        if not isinstance(item, GateCheck):
            return None
        self.log_start(item)
        item.config.hook.pytest_runtest_logreport(report=_make_report(item))
        self.log_finish(item)
        return True

    def log_start(self, item: GateCheck) -> None:
        """Calls pytest_runtest_logstart once for each contract: nothing is printed at the start of a check."""
        if item.parent is not self._current_contract:
            self._current_contract = item.parent
            item.config.hook.pytest_runtest_logstart(nodeid=item.nodeid, location=item.location)

    def log_finish(self, item: GateCheck) -> None:
        """Does nothing: no plugin needs pytest_runtest_logfinish."""

    @pytest.hookimpl(optionalhook=True)
    def pytest_json_runtest_stage(self, report: pytest.TestReport) -> "dict[str, Any] | None":
        """The outcome, the time and the result of a check in the JSON report, from its report."""
        properties = dict(report.user_properties)
        if _ROW not in properties:
            return None
        return {"outcome": report.outcome, "duration": report.duration, METADATA_KEY: properties[_ROW]}

    @override
    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        # Failures too: with --tb=no pytest shows none, and without it looks through all reports for each of them.
        reports = [*terminalreporter.getreports("error"), *terminalreporter.getreports("failed")]
        if reports:
            terminalreporter.section("FAILURES")
        for report, note in _fold_reports(reports, terminalreporter.getreports("warned")):
            terminalreporter.section(report.head_line or report.nodeid, sep="_", red=True, bold=True)
            if _ROW in read_properties(report):
                self._show_lines(terminalreporter, _add_to_found(report.longreprtext, note))
            else:
                terminalreporter.line(report.longreprtext)  # a traceback

    def _show_lines(self, terminal: pytest.TerminalReporter, text: str) -> None:
        for line in text.split("\n"):
            terminal.line(escape_text(wrap_line(line, self._wrap_columns)))


class LocalSession(IsolatedSession):
    """The same, where this process runs the checks itself: neither a worker nor the controller of workers."""

    def pytest_runtestloop(self, session: pytest.Session) -> "bool | None":
        """Runs the checks in the order of the contract, as pytest's own loop would, without a hook for each of them.

        Where there is anything but checks, or the collection failed, that loop decides.
        """
        if session.testsfailed or not all(type(item) is GateCheck for item in session.items):
            return None
        for item in session.items:
            self.pytest_runtest_protocol(item)
            if session.shouldfail:
                raise session.Failed(session.shouldfail)
            if session.shouldstop:
                raise session.Interrupted(session.shouldstop)
        return True


def _fold_reports(
    reports: Sequence[pytest.TestReport], warned: Sequence[pytest.TestReport]
) -> Iterator[tuple[pytest.TestReport, str]]:
    """The reports without those of other checks on the same missing file, each with a note on the number of those.

    The checks that `warned` count, but are not shown.
    """
    gates: dict[str, dict[str, CheckResult]] = {}
    for report in (*reports, *warned):
        if row := read_properties(report).get(_ROW):
            results = gates.setdefault(report.nodeid.partition("::")[0], {})
            results[report.nodeid] = CheckResult.from_json(row)
    dependents = {nodeid: count for results in gates.values() for nodeid, count in fold_missing(results).items()}
    for report in reports:
        if report.nodeid in dependents or not read_properties(report).get(_ROW):
            yield report, describe_dependents(dependents.get(report.nodeid, 0))


def _add_to_found(explanation: str, note: str) -> str:
    """The explanation of a failure with a note at the end of what was found."""
    return re.sub(r"^  found .*", lambda match: match[0] + note, explanation, count=1, flags=re.MULTILINE)


def _make_report(item: GateCheck) -> pytest.TestReport:
    """Evaluates the check and reports it, with a traceback if our own code crashed. Has only what a plugin reads."""
    start, began = time.time(), time.perf_counter()
    failure: Any = None
    properties: list[tuple[str, object]] = []
    try:
        evaluated = item.evaluate()
        result = evaluated.result
        properties = [(_ROW, result.to_json()), *(item.build_properties(evaluated) if result.has_warned else ())]
        failure = item.explain_failure(evaluated) if result.has_failed else None
    except (KeyboardInterrupt, pytest.exit.Exception):
        raise  # they end the session
    except BaseException:
        failure = item.repr_failure(pytest.ExceptionInfo.from_current())
    duration = time.perf_counter() - began
    outcome: Literal["passed", "failed"] = "passed" if failure is None else "failed"
    # To find a check's line takes longer than most checks do, and it is not shown for one that passed.
    location = (item.parent.nodeid, None, item.name) if failure is None else item.location
    return pytest.TestReport(
        item.nodeid, location, {}, outcome, failure, "call", (), duration, start, start + duration, properties
    )


def _warning(report: pytest.TestReport) -> str | None:
    """The reason of a check that warned; None for every other test."""
    if len(getattr(report, "user_properties", None) or ()) < 2:
        return None  # most reports: it takes the gate and the warning
    properties = read_properties(report)
    return str(properties["warning"]) if "gate" in properties and "warning" in properties else None
