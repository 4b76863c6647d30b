"""The controller of a sealed session whose checks run in workers of pytest-xdist: starts them, hears them, compares.

Whatever goes wrong with a worker, and a file that was not the same for everybody, ends the session without a verdict.
"""

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING

import pytest

from gate_tests.checks.result import CheckResult
from gate_tests.isolated_pytest.events import EventSink
from gate_tests.isolated_pytest.launch import KEPT_VARIABLES, packages
from gate_tests.isolated_pytest.xdist import bootstrap as worker_start
from gate_tests.isolated_pytest.xdist.specs import Workers, xdist_arguments
from gate_tests.isolated_pytest.xdist.versions import versions
from gate_tests.isolated_pytest.xdist.worker import OUTCOMES, REQUEST, request_of
from gate_tests.pytest_session.evaluation import Evaluation
from gate_tests.pytest_session.xdist.scheduler import FileGroups, FileSchedule
from gate_tests.pytest_session.xdist.seen_files import SEEN, Sightings

if TYPE_CHECKING:
    import execnet
    from xdist.workermanage import WorkerController


class Controller:
    """The hooks of the controller's session."""

    def __init__(self, evaluation: Evaluation, sink: EventSink, workers: Sequence[str]) -> None:
        self._evaluation = evaluation
        self._sink = sink
        self._workers = [Workers.parse(spec) for spec in workers]
        self._sightings = Sightings()
        self._gates = {evaluation.workspace.contract_path(gate): gate for gate in evaluation.gates}

    @property
    def arguments(self) -> list[str]:
        """What to say to pytest; its workers are started with the same words, and must understand them."""
        plugins = ("xdist.plugin", "pytest_jsonreport.plugin", "gate_tests.isolated_pytest.xdist.worker")
        return [
            # An ini file of ours may lie elsewhere at another host. `reports` puts a report into a message.
            "-c", "/dev/null", "-preports",
            *(f"-p{plugin}" for plugin in plugins),
            *xdist_arguments(self._workers),
        ]  # fmt: skip

    def pytest_xdist_newgateway(self, gateway: "execnet.Gateway") -> None:
        """A new worker is made like a judging process, before anything is imported in it."""
        elsewhere = self._runs_elsewhere(gateway)
        channel = gateway.remote_exec(worker_start)
        channel.send({
            "root": str(self._evaluation.workspace.root),
            "packages": packages()[:1] if elsewhere else packages(),
            "variables": KEPT_VARIABLES,
            "contracts": self._contracts() if elsewhere else {},
            "compare": elsewhere,
        })  # fmt: skip
        answer = channel.receive()
        channel.waitclose()
        if fault := answer.get("fault") or _difference(answer):
            self._sink.refuses(f"worker {self._name(gateway)} {fault}")

    def pytest_configure_node(self, node: "WorkerController") -> None:
        """Tells a worker what to judge."""
        node.workerinput[REQUEST] = request_of(self._evaluation)

    def pytest_xdist_make_scheduler(self, config: pytest.Config) -> FileSchedule:
        """All checks of a file go to one worker."""
        workers = sum(each.count for each in self._workers)
        return FileSchedule(FileGroups(self._evaluation), workers, self._sink.refuses)

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_logstart(self, nodeid: str) -> None:
        """A check has begun somewhere."""
        self._sink.begins(*self._told_apart(nodeid))

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Hears what a check itself has come to, before another plugin sees the report."""
        carried = [value for key, value in report.user_properties if key == OUTCOMES]
        report.user_properties = [each for each in report.user_properties if each[0] != OUTCOMES]
        for gate, row in (each for text in carried for each in json.loads(str(text))):
            self._sink.finds(gate, CheckResult.from_json(row))

    def pytest_runtest_logfinish(self, nodeid: str) -> None:
        """It is over, whether or not it has come to anything."""
        self._sink.is_over(*self._told_apart(nodeid))

    def pytest_testnodedown(self, node: "WorkerController", error: object) -> None:
        """A worker has done its part, or has died."""
        if error:
            self._sink.refuses(f"worker {self._name(node.gateway)} died ({_in_one_line(error)})")
        for contradiction in self._sightings.add(node.workeroutput[SEEN]):
            self._sink.refuses(contradiction)

    def pytest_sessionfinish(self) -> None:
        """What no worker has read is left to be hashed by us."""
        for gate in self._evaluation.gates:
            self._evaluation.artifacts(gate).adopt(self._sightings.artifacts())

    @pytest.hookimpl(tryfirst=True)  # else the terminal shows a traceback of pytest-xdist
    def pytest_internalerror(self, excinfo: pytest.ExceptionInfo[BaseException]) -> None:
        """No worker could be started, or pytest-xdist broke."""
        servers = ", ".join(dict.fromkeys(each.server for each in self._workers if each.server))
        where = f" (at {servers})" if servers else ""
        self._sink.refuses(f"the workers{where} cannot run the checks ({_in_one_line(excinfo.value)})")

    def _contracts(self) -> dict[str, str]:
        documents = [self._evaluation.compiled(gate).contract.document for gate in self._evaluation.gates]
        return {document.path: document.sha256 for document in documents}

    def _runs_elsewhere(self, gateway: "execnet.Gateway") -> bool:
        """Whether it is another host, or another Python, which may have other packages."""
        return bool(gateway.spec.via) or any(each.python for each in self._workers if not each.server)

    def _name(self, gateway: "execnet.Gateway") -> str:
        if not gateway.spec.via:
            return str(gateway.id)
        return f"{gateway.id} at {self._workers[int(gateway.spec.via.removeprefix('host'))].server}"

    def _told_apart(self, nodeid: str) -> tuple[str, str]:
        path, _, check = nodeid.partition("::")
        return self._gates.get(path, ""), check


def _difference(answer: dict[str, str]) -> str | None:
    """In words, what a worker has in another version than we, if anything."""
    ours = versions() if answer else {}
    return next(
        (f"has {what} {answer[what]}, here it is {here}" for what, here in ours.items() if answer[what] != here), None
    )


def _in_one_line(error: object) -> str:
    """What somebody else raised or worded, which may hold a traceback."""
    lines = str(error).strip().splitlines()
    name = type(error).__name__ if isinstance(error, BaseException) else ""
    return ": ".join(part for part in (name, *lines[-1:]) if part)
