"""The pytest plugin of a worker of pytest-xdist that judges for an isolated session in another process.

The controller sends the request; the worker makes the same evaluation from it. The result of a check is sent with its
report, the files that were read with the worker's last message.
"""

import json
import signal
import sys
from collections.abc import Mapping
from typing import Any, Final

import pytest

from gate_tests.checks.result import CheckResult
from gate_tests.isolated_pytest.events import CheckEventSink
from gate_tests.isolated_pytest.observed_evaluation import ObservedEvaluation
from gate_tests.pytest_session.evaluation import Evaluation
from gate_tests.pytest_session.hooks import IsolatedSession
from gate_tests.pytest_session.nodes import GateCheck
from gate_tests.pytest_session.xdist.seen_files import SeenFilesReporter
from gate_tests.typing_compat import override

REQUEST_KEY: Final = "orch_request"
RESULTS_KEY: Final = "orch_results"
"""Keys of a worker's input, and of the user properties of its reports."""

_GRACE_S: Final = 5
_packages = list(sys.path)


def pytest_configure(config: pytest.Config) -> None:
    """Registers the plugins of a worker. In the controller it does nothing."""
    request = getattr(config, "workerinput", {}).get(REQUEST_KEY)
    if request:
        sys.path[:] = _packages  # pytest-xdist has set the controller's, which is wrong on another host
        for plugin in Worker(json.loads(request)).plugins:
            config.pluginmanager.register(plugin)


def build_request(evaluation: Evaluation) -> str:
    """The request for the same evaluation, as JSON: the arguments of `ObservedEvaluation.from_request`."""
    documents = {gate: evaluation.compiled(gate).contract.document for gate in evaluation.gates}
    return json.dumps({
        "root": str(evaluation.workspace.root),
        "context": evaluation.context.to_json(),
        "contracts": {gate: (document.path, document.text) for gate, document in documents.items()},
        "options": evaluation.options.to_json(),
    })  # fmt: skip


class WorkerSession(IsolatedSession):
    """The session of a worker. It reports the start and end of every check: the controller tracks their time-outs."""

    @override
    def log_start(self, item: GateCheck) -> None:
        item.config.hook.pytest_runtest_logstart(nodeid=item.nodeid, location=item.location)

    @override
    def log_finish(self, item: GateCheck) -> None:
        item.config.hook.pytest_runtest_logfinish(nodeid=item.nodeid, location=item.location)


class Worker(CheckEventSink):
    """The event sink of a worker: sends the result of a check with its report."""

    def __init__(self, request: Mapping[str, Any]) -> None:
        self._evaluation = ObservedEvaluation.from_request(**request, sink=self)
        self.plugins = (WorkerSession(self._evaluation), self, SeenFilesReporter(self._evaluation))
        self._results: list[tuple[str, dict[str, Any]]] = []

    @override
    def on_task_started(self, gate: str, task: str, *, flush: bool = True) -> None:
        # The controller ends the session at the time-out; if the controller is gone, the system ends this process.
        limit_s = self._evaluation.compiled(gate).contract.limits.check_s
        signal.setitimer(signal.ITIMER_REAL, limit_s + _GRACE_S)  # SIGALRM, which has no handler

    @override
    def on_check_result(self, gate: str, result: CheckResult) -> None:
        self._results.append((gate, result.to_json()))

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Adds the results to the report, as text: execnet does not take every value that JSON has."""
        signal.setitimer(signal.ITIMER_REAL, 0)
        if self._results:
            report.user_properties.append((RESULTS_KEY, json.dumps(self._results)))
            self._results = []
