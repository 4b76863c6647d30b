"""The present state of a repository that is compared with a base: a commit, the index or the work tree."""

import os
import re
import stat
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Final

from gate_tests.files.regular_file import read_regular_file
from gate_tests.workspace.layout import Workspace
from runner.git.isolated import IsolatedGit
from runner.git.object_reader import ObjectReader
from runner.git.revision import resolve_commit
from runner.git.tree import GitTree, read_commit_tree, read_index

if TYPE_CHECKING:
    from runner.verification.sources import Source

_SHORT_ID: Final = 12
_RECORD: Final = re.compile(r"orchestration/runs/(run_[^/]+)/record/.+", re.DOTALL)


@dataclass(frozen=True)
class PresentState:
    """Which state it is: that of `commit`, or what is staged, or the work tree."""

    commit: str | None
    is_staged: bool
    _workspace: Workspace
    _reader: ObjectReader
    _read_tree: Callable[[], GitTree] | None

    @cached_property
    def _tree(self) -> GitTree | None:
        return self._read_tree() if self._read_tree else None

    @cached_property
    def runs(self) -> frozenset[str]:
        """The ids of its runs."""
        if self._tree is None:
            return frozenset(self._workspace.runs())
        return frozenset(match[1] for path in self._tree.entries if (match := _RECORD.fullmatch(path)))

    def read_file(self, path: str) -> bytes | None:
        """The bytes of a regular file; None where there is none. Raises GitUnavailable, OSError."""
        if self._tree is None:
            return _read_file(self._workspace, path)
        entry = self._tree.entries.get(path)
        return self._reader.read(entry.object_id) if entry and entry.is_file else None

    def open_source(self, stack: ExitStack, run_ids: frozenset[str] | None) -> "Source":
        """What verifies its runs. Of a commit or the index only these runs are exported, all for None."""
        from runner.storage.store import Store
        from runner.verification.history import History
        from runner.verification.sources import open_source, open_tree

        if self._tree is None:
            return stack.enter_context(open_source(Store(self._workspace)))
        return open_tree(History(self._workspace.root, stack), self._tree, stack, run_ids)

    def list_records(self) -> list[str]:
        """The path of each RUN.json in the work tree."""
        paths = (f"orchestration/runs/{run_id}/record/RUN.json" for run_id in self.runs)
        return [path for path in paths if os.path.lexists(self._workspace.root / path)]


def read_present_state(
    git: IsolatedGit, reader: ObjectReader, workspace: Workspace, revision: str | None, *, staged: bool
) -> PresentState:
    """The commit `revision`, or the index where `staged`, or the work tree. Raises Refused, GitUnavailable, OSError."""
    if revision is not None:
        commit = resolve_commit(git, revision)
        name = f"commit {commit[:_SHORT_ID]}"
        return PresentState(commit, False, workspace, reader, lambda: read_commit_tree(git, commit)._replace(name=name))
    return PresentState(None, staged, workspace, reader, (lambda: read_index(git)) if staged else None)


def _read_file(workspace: Workspace, path: str) -> bytes | None:
    file = workspace.root / path
    try:
        if not workspace.contains(path) or not stat.S_ISREG(file.lstat().st_mode):
            return None
        return read_regular_file(file)
    except (FileNotFoundError, NotADirectoryError):
        return None
