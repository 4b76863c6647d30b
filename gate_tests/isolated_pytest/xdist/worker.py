"""The pytest plugin of a worker of pytest-xdist that judges for a sealed session elsewhere.

The controller hands over what is to be judged; the worker makes the same judgement of it. What a check came to travels
with its report, what was read with the worker's last message.
"""

import json
import signal
import sys
from collections.abc import Mapping
from typing import Any

import pytest

from gate_tests.checks.result import CheckResult
from gate_tests.isolated_pytest.observed_evaluation import ObservedEvaluation
from gate_tests.pytest_session.evaluation import Evaluation
from gate_tests.pytest_session.hooks import SealedSession
from gate_tests.pytest_session.nodes import GateCheck
from gate_tests.pytest_session.xdist.seen_files import Teller

REQUEST, OUTCOMES = "orch_request", "orch_outcomes"
"""Keys of a worker's input and of what its reports carry."""

_GRACE_S = 5
_packages = list(sys.path)


def pytest_configure(config: pytest.Config) -> None:
    """Makes a worker one of ours. In the controller it does nothing."""
    request = getattr(config, "workerinput", {}).get(REQUEST)
    if request:
        sys.path[:] = _packages  # the controller's, which pytest-xdist has set, mean nothing at another host
        for plugin in Worker(json.loads(request)).plugins:
            config.pluginmanager.register(plugin)


def request_of(evaluation: Evaluation) -> str:
    """What a worker must know of a judgement, as JSON."""
    documents = {gate: evaluation.compiled(gate).contract.document for gate in evaluation.gates}
    return json.dumps({
        "root": str(evaluation.workspace.root),
        "context": evaluation.context.to_json(),
        "contracts": {gate: (document.path, document.text) for gate, document in documents.items()},
        "options": evaluation.options.to_json(),
    })  # fmt: skip


class WorkerSession(SealedSession):
    """The session of a worker: the controller counts the time of each check, so it is told of each."""

    def begin(self, item: GateCheck) -> None:
        """A check begins."""
        item.config.hook.pytest_runtest_logstart(nodeid=item.nodeid, location=item.location)

    def end(self, item: GateCheck) -> None:
        """It is over, whether or not it has come to anything."""
        item.config.hook.pytest_runtest_logfinish(nodeid=item.nodeid, location=item.location)


class Worker:
    """The witness of a worker: what the checks come to, it sends along with their reports."""

    def __init__(self, request: Mapping[str, Any]) -> None:
        self._evaluation = ObservedEvaluation.requested(**request, sink=self)
        self.plugins = (WorkerSession(self._evaluation), self, Teller(self._evaluation))
        self._found: list[tuple[str, dict[str, Any]]] = []

    def begins(self, gate: str, what: str, *, at_once: bool = True) -> None:
        """The controller hears of it from pytest-xdist, and ends it in time; where it is gone, the system does."""
        limit_s = self._evaluation.compiled(gate).contract.limits.check_s
        signal.setitimer(signal.ITIMER_REAL, limit_s + _GRACE_S)  # SIGALRM, which nobody handles

    def finds(self, gate: str, result: CheckResult) -> None:
        """Keeps it for the next report."""
        self._found.append((gate, result.to_json()))

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """The report takes along what was found, as text: not everything JSON holds gets through otherwise."""
        signal.setitimer(signal.ITIMER_REAL, 0)
        if self._found:
            report.user_properties.append((OUTCOMES, json.dumps(self._found)))
            self._found = []
