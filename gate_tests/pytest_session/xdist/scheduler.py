"""Hands checks to the workers of pytest-xdist so that those which read one file run in one worker, big files first."""

import os
from collections import deque
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from gate_tests.compiler.check import Check
from gate_tests.errors import OrchError
from gate_tests.pytest_session.evaluation import Evaluation

if TYPE_CHECKING:
    from xdist.workermanage import WorkerController

_AHEAD = 2
"""So many checks a worker must know of before it runs the first of them: pytest is told what comes next."""


class FileGroups:
    """Which checks read the same files, directly or through a third one, over all gates of a judgement."""

    def __init__(self, evaluation: Evaluation) -> None:
        self._root = evaluation.workspace.root
        self._parents: dict[str, str] = {}
        self._first_paths: dict[str, str] = {}
        for gate in evaluation.gates:
            try:
                compiled = evaluation.compiled(gate)
            except OrchError:
                continue  # it has no checks; that it has none is told elsewhere
            for check in compiled.checks:
                self._add(f"{compiled.contract.document.path}::{check.id}", check)

    def group(self, nodeid: str) -> str:
        """The name of the group; what is no check of ours goes with the rest of its file."""
        path = self._first_paths.get(nodeid)
        return nodeid.partition("::")[0] if path is None else self._find(path)

    def size_bytes(self, group: str) -> int:
        """How much there is to read, roughly: one file stands for its group."""
        try:
            return os.stat(self._root / group).st_size
        except (OSError, ValueError):
            return 0

    def _add(self, nodeid: str, check: Check) -> None:
        first, *others = check.reads
        self._first_paths[nodeid] = first
        self._parents.setdefault(first, first)
        for other in others:
            self._parents[self._find(other)] = self._find(first)

    def _find(self, path: str) -> str:
        while (parent := self._parents.setdefault(path, path)) != path:
            self._parents[path] = path = self._parents[parent]
        return path


class FileSchedule:
    """A scheduler of pytest-xdist (its protocol `Scheduling`): a whole group to one worker, the biggest first."""

    def __init__(self, groups: FileGroups, workers: int, refuse: Callable[[str], object]) -> None:
        self._groups = groups
        self._workers = workers
        self._refuse = refuse
        self._collections: dict[WorkerController, Sequence[str]] = {}
        self._pending: dict[WorkerController, list[int]] = {}
        self._waiting: deque[list[int]] = deque()
        self._at_big: set[WorkerController] = set()
        self._scheduled = False

    @property
    def nodes(self) -> "list[WorkerController]":
        """The workers that are up."""
        return list(self._pending)

    @property
    def collection_is_completed(self) -> bool:
        """Whether every worker has told what it has collected."""
        return len(self._collections) >= self._workers

    @property
    def tests_finished(self) -> bool:
        """Whether no worker has more to do than what it may run without knowing of another."""
        return self._scheduled and not self._waiting and all(len(each) < _AHEAD for each in self._pending.values())

    @property
    def has_pending(self) -> bool:
        """Whether anything is left to do."""
        return bool(self._waiting) or any(self._pending.values())

    def add_node(self, node: "WorkerController") -> None:
        """A worker is up."""
        self._pending[node] = []

    def add_node_collection(self, node: "WorkerController", collection: Sequence[str]) -> None:
        """It has collected this."""
        self._collections[node] = tuple(collection)

    def mark_test_complete(self, node: "WorkerController", item_index: int, duration: float = 0) -> None:
        """It has run this, and gets more."""
        self._pending[node].remove(item_index)
        self._feed(node)

    def mark_test_pending(self, item: str) -> None:
        """Somebody wants a check to run again: it counts once."""
        self._refuse(f"pytest-xdist was asked to run {item} again")

    def remove_pending_tests_from_node(self, node: "WorkerController", indices: Sequence[int]) -> None:
        """A worker has been made to give checks back, which nothing of ours asks for."""
        self._refuse("pytest-xdist has taken checks away from a worker")

    def remove_node(self, node: "WorkerController") -> str | None:
        """A worker is gone. What it leaves goes to another, but for the check it was at, whose id is returned."""
        pending = self._pending.pop(node)
        if not pending:
            return None
        at, *rest = pending
        if rest:
            self._waiting.appendleft(rest)
        for other in self.nodes:
            self._feed(other)
        return self._collections[node][at]

    def schedule(self) -> None:
        """Hands out checks, once all workers have collected the same."""
        first, *others = self._collections.values()
        if any(other != first for other in others):
            self._refuse("the workers have not collected the same checks")
        elif not self._scheduled:
            self._waiting.extend(self._in_groups(first))
        self._scheduled = True
        for node in self.nodes:
            self._feed(node)

    def _in_groups(self, collection: Sequence[str]) -> list[list[int]]:
        groups: dict[str, list[int]] = {}
        for index, nodeid in enumerate(collection):
            groups.setdefault(self._groups.group(nodeid), []).append(index)
        return [groups[name] for name in sorted(groups, key=self._groups.size_bytes, reverse=True)]

    def _feed(self, node: "WorkerController") -> None:
        """A big group and a small one in turn: what waits behind a big one should not be a big one."""
        if node.shutting_down:
            return
        while self._waiting and len(self._pending[node]) < _AHEAD:
            group = self._waiting.pop() if node in self._at_big else self._waiting.popleft()
            self._at_big ^= {node}
            self._pending[node] += group
            node.send_runtest_some(group)
        if not self._waiting:
            node.shutdown()
