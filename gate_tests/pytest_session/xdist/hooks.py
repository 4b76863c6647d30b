"""pytest-xdist in a session that a user started: checks of one file in one worker, and all must read the same files."""

import argparse
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final

import pytest

from gate_tests.pytest_session.completeness import ReportedChecks
from gate_tests.pytest_session.evaluation import Evaluation
from gate_tests.pytest_session.selection import TypedSelection
from gate_tests.pytest_session.xdist.scheduler import FileGroups, FileSchedule
from gate_tests.pytest_session.xdist.seen_files import (
    NOTHING_SEEN,
    SEEN_FILES_KEY,
    SeenFiles,
    SeenFilesReporter,
    find_host,
)

if TYPE_CHECKING:
    from xdist.workermanage import WorkerController

_DESELECTED_KEY: Final = "orch_deselected"
"""The key of a worker's output that contains the node ids that pytest has deselected for an option of the user's."""


class UserController:
    """The hooks of the session that starts the workers. A --dist that the user gave is respected."""

    def __init__(
        self,
        evaluation: Evaluation,
        reported: ReportedChecks,
        selection: TypedSelection,
        options: argparse.Namespace,
    ) -> None:
        self._evaluation = evaluation
        self._reported = reported
        self._selection = selection
        self._has_dist_option = getattr(options, "distload", False) or getattr(options, "dist", "no") != "no"
        self._seen_files = SeenFiles()
        self._workers = 0

    def pytest_xdist_setupnodes(self, specs: Sequence[object]) -> None:
        """Gets the number of workers."""
        self._workers = len(specs)

    def pytest_xdist_make_scheduler(self, config: pytest.Config) -> FileSchedule | None:
        """Our scheduler, if the user gave -n alone."""
        if self._has_dist_option or config.getoption("dist") != "load":
            return None
        return FileSchedule(FileGroups(self._evaluation), self._workers, self._reported.invalidate)

    def pytest_testnodedown(self, node: "WorkerController", error: object) -> None:
        """A worker has ended; or it has died, and it is not known what it read."""
        if error:
            self._reported.invalidate(f"worker {node.gateway.id} died")
        else:
            self._selection.deselected.update(node.workeroutput.get(_DESELECTED_KEY, ()))
            seen = node.workeroutput.get(SEEN_FILES_KEY, NOTHING_SEEN)
            for contradiction in self._seen_files.add(seen, find_host(node.gateway)):
                self._reported.invalidate(contradiction)


class SelectionReporter:
    """The plugin of a worker that sends which checks the user has left out, since only workers collect."""

    def __init__(self, selection: TypedSelection) -> None:
        self._selection = selection

    def pytest_sessionfinish(self, session: Any) -> None:
        """Sends it with the last message."""
        session.config.workeroutput[_DESELECTED_KEY] = sorted(self._selection.deselected)


def register_xdist_hooks(
    config: pytest.Config,
    evaluation: Evaluation,
    reported: ReportedChecks,
    selection: TypedSelection,
    options: argparse.Namespace,
) -> None:
    """Registers the plugin of a worker or of its controller."""
    if hasattr(config, "workerinput"):
        config.pluginmanager.register(SeenFilesReporter(evaluation))
        config.pluginmanager.register(SelectionReporter(selection))
    else:
        config.pluginmanager.register(UserController(evaluation, reported, selection, options))
