"""The controller of an isolated session whose checks run in workers of pytest-xdist.

It starts the workers, receives their results, and compares the files they read. Any error of a worker, and any file
that was not the same for all, ends the session without a verdict.
"""

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING

import pytest

from gate_tests.checks.result import CheckResult
from gate_tests.isolated_pytest.events import EventSink
from gate_tests.isolated_pytest.launch import KEPT_VARIABLES, NO_PROGRAMS, package_paths
from gate_tests.isolated_pytest.xdist import bootstrap
from gate_tests.isolated_pytest.xdist.specs import Workers, xdist_arguments
from gate_tests.isolated_pytest.xdist.versions import collect_versions
from gate_tests.isolated_pytest.xdist.worker import REQUEST_KEY, RESULTS_KEY, build_request
from gate_tests.pytest_session.evaluation import Evaluation
from gate_tests.pytest_session.xdist.scheduler import FileGroups, FileSchedule
from gate_tests.pytest_session.xdist.seen_files import SEEN_FILES_KEY, SeenFiles, find_host

if TYPE_CHECKING:
    import execnet
    from xdist.workermanage import WorkerController


class Controller:
    """The hooks of the controller's session."""

    def __init__(self, evaluation: Evaluation, sink: EventSink, workers: Sequence[str]) -> None:
        self._evaluation = evaluation
        self._sink = sink
        self._workers = [Workers.parse(spec) for spec in workers]
        self._seen_files = SeenFiles()
        self._gates = {evaluation.workspace.contract_path(gate): gate for gate in evaluation.gates}

    @property
    def arguments(self) -> list[str]:
        """Arguments of pytest. Its workers get the same, and must understand them."""
        plugins = ("xdist.plugin", "pytest_jsonreport.plugin", "gate_tests.isolated_pytest.xdist.worker")
        return [
            # On another host our ini file may have another path. `reports` serializes reports.
            "-c", "/dev/null", "-preports",
            *(f"-p{plugin}" for plugin in plugins),
            *xdist_arguments(self._workers),
        ]  # fmt: skip

    def pytest_xdist_newgateway(self, gateway: "execnet.Gateway") -> None:
        """Makes a new worker like a judging process, before anything is imported in it."""
        is_remote = self._is_remote(gateway)
        channel = gateway.remote_exec(bootstrap)
        channel.send({
            "root": str(self._evaluation.workspace.root),
            "packages": package_paths()[:1] if is_remote else package_paths(),
            "variables": KEPT_VARIABLES,
            "search_path": NO_PROGRAMS,
            "contracts": self._contract_hashes() if is_remote else {},
            "compare": is_remote,
        })  # fmt: skip
        answer = channel.receive()
        channel.waitclose()
        if error := answer.get("error") or _describe_difference(answer):
            self._sink.on_no_verdict(f"worker {self._describe_worker(gateway)} {error}")

    def pytest_configure_node(self, node: "WorkerController") -> None:
        """Sends a worker its request."""
        node.workerinput[REQUEST_KEY] = build_request(self._evaluation)

    def pytest_xdist_make_scheduler(self, config: pytest.Config) -> FileSchedule:
        """All checks of a file go to one worker."""
        workers = sum(each.count for each in self._workers)
        return FileSchedule(FileGroups(self._evaluation), workers, self._sink.on_no_verdict)

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_logstart(self, nodeid: str) -> None:
        """A check has started in a worker."""
        self._sink.on_task_started(*self._split_nodeid(nodeid))

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Takes the checks' own results out of the report, before another plugin sees it."""
        texts = [value for key, value in report.user_properties if key == RESULTS_KEY]
        report.user_properties = [each for each in report.user_properties if each[0] != RESULTS_KEY]
        for gate, row in (each for text in texts for each in json.loads(str(text))):
            self._sink.on_check_result(gate, CheckResult.from_json(row))

    def pytest_runtest_logfinish(self, nodeid: str) -> None:
        """A check has ended, with or without a result."""
        self._sink.on_task_ended(*self._split_nodeid(nodeid))

    def pytest_testnodedown(self, node: "WorkerController", error: object) -> None:
        """A worker has ended or died."""
        if error:
            self._sink.on_no_verdict(f"worker {self._describe_worker(node.gateway)} died ({_format_error(error)})")
        for contradiction in self._seen_files.add(node.workeroutput[SEEN_FILES_KEY], find_host(node.gateway)):
            self._sink.on_no_verdict(contradiction)

    def pytest_sessionfinish(self) -> None:
        """Adopts what the workers read, so that only outputs which none of them read are hashed here."""
        for gate in self._evaluation.gates:
            self._evaluation.artifacts(gate).adopt(self._seen_files.artifacts(), self._seen_files.matches)

    @pytest.hookimpl(tryfirst=True)  # else the terminal shows a traceback of pytest-xdist
    def pytest_internalerror(self, excinfo: pytest.ExceptionInfo[BaseException]) -> None:
        """No worker could be started, or pytest-xdist crashed."""
        servers = ", ".join(dict.fromkeys(each.server for each in self._workers if each.server))
        where = f" (at {servers})" if servers else ""
        self._sink.on_no_verdict(f"the workers{where} cannot run the checks ({_format_error(excinfo.value)})")

    def _contract_hashes(self) -> dict[str, str]:
        documents = [self._evaluation.compiled(gate).contract.document for gate in self._evaluation.gates]
        return {document.path: document.sha256 for document in documents}

    def _is_remote(self, gateway: "execnet.Gateway") -> bool:
        """Whether the worker is on another host, or of another Python, which may have other packages."""
        return bool(gateway.spec.via) or any(each.python for each in self._workers if not each.server)

    def _describe_worker(self, gateway: "execnet.Gateway") -> str:
        if not gateway.spec.via:
            return str(gateway.id)
        return f"{gateway.id} at {self._workers[int(gateway.spec.via.removeprefix('host'))].server}"

    def _split_nodeid(self, nodeid: str) -> tuple[str, str]:
        path, _, check = nodeid.partition("::")
        return self._gates.get(path, ""), check


def _describe_difference(answer: dict[str, str]) -> str | None:
    """The first version that a worker has and we do not, in words; None if there is none."""
    ours = collect_versions() if answer else {}
    return next(
        (f"has {name} {answer[name]}, expected {here}" for name, here in ours.items() if answer[name] != here), None
    )


def _format_error(error: object) -> str:
    """The last line of an error or message of another process, which may contain a traceback."""
    lines = str(error).strip().splitlines()
    name = type(error).__name__ if isinstance(error, BaseException) else ""
    return ": ".join(part for part in (name, *lines[-1:]) if part)
