"""pytest-xdist in a session that a person typed: checks of one file in one worker, and all must have seen the same."""

import argparse
from collections.abc import Sequence
from typing import TYPE_CHECKING

import pytest

from gate_tests.pytest_session.completeness import Completeness
from gate_tests.pytest_session.evaluation import Evaluation
from gate_tests.pytest_session.xdist.scheduler import FileGroups, FileSchedule
from gate_tests.pytest_session.xdist.seen_files import SEEN, Sightings, Teller

if TYPE_CHECKING:
    from xdist.workermanage import WorkerController


class UserController:
    """The hooks of the session that starts the workers. Where somebody typed another --dist, that is how it is done."""

    def __init__(self, evaluation: Evaluation, completeness: Completeness, options: argparse.Namespace) -> None:
        self._evaluation = evaluation
        self._completeness = completeness
        self._chosen = getattr(options, "distload", False) or getattr(options, "dist", "no") != "no"
        self._sightings = Sightings()
        self._workers = 0

    def pytest_xdist_setupnodes(self, specs: Sequence[object]) -> None:
        """So many workers there will be."""
        self._workers = len(specs)

    def pytest_xdist_make_scheduler(self, config: pytest.Config) -> FileSchedule | None:
        """Ours, where -n alone was typed."""
        if self._chosen or config.getoption("dist") != "load":
            return None
        return FileSchedule(FileGroups(self._evaluation), self._workers, self._completeness.void)

    def pytest_testnodedown(self, node: "WorkerController", error: object) -> None:
        """A worker has done its part, or has died: then nobody knows what it read."""
        if error:
            self._completeness.void(f"worker {node.gateway.id} died")
        else:
            for contradiction in self._sightings.add(node.workeroutput.get(SEEN, "[]")):
                self._completeness.void(contradiction)


def share_out(
    config: pytest.Config, evaluation: Evaluation, completeness: Completeness, options: argparse.Namespace
) -> None:
    """Registers what a worker or its controller needs."""
    if hasattr(config, "workerinput"):
        config.pluginmanager.register(Teller(evaluation))
    else:
        config.pluginmanager.register(UserController(evaluation, completeness, options))
