"""The present state of a repository that is compared with a base: a commit, the index or the work tree."""

import re
import stat
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Final

from gate_tests.files.regular_file import read_regular_file
from gate_tests.workspace.layout import Workspace
from runner.git.object_reader import ObjectReader
from runner.git.revision import resolve_commit
from runner.git.tree import GitTree
from runner.storage.store import Store
from runner.verification.sources import History, Source, open_source, open_tree

_RECORD: Final = re.compile(r"orchestration/runs/(run_[^/]+)/record/.+", re.DOTALL)


@dataclass(frozen=True)
class PresentState:
    """Which state it is: that of `commit`, or what is staged, or the work tree. `runs` are the ids of its runs."""

    commit: str | None
    is_staged: bool
    read_file: Callable[[str], bytes | None]
    """The bytes of a regular file; None where there is none."""
    runs: frozenset[str]
    _history: History
    _store: Store
    _tree: GitTree | None

    def open_source(self, stack: ExitStack, run_ids: frozenset[str] | None) -> Source:
        """What verifies its runs. Of a commit or the index only these runs are exported, all for None."""
        if self._tree is None:
            return stack.enter_context(open_source(self._store))
        return open_tree(self._history, self._tree, stack, run_ids)


def read_present_state(history: History, store: Store, revision: str | None, *, staged: bool) -> PresentState:
    """The commit `revision`, or the index where `staged`, or the work tree. Raises Refused, GitUnavailable, OSError."""
    if revision is None and not staged:
        workspace = store.workspace
        runs = frozenset(workspace.runs())
        return PresentState(None, False, lambda path: _read_file(workspace, path), runs, history, store, None)
    commit = resolve_commit(history.git, revision) if revision is not None else None
    tree = history.read_tree(commit)
    runs = frozenset(match[1] for path in tree.entries if (match := _RECORD.fullmatch(path)))
    return PresentState(
        commit, staged, lambda path: _read_entry(tree, history.reader, path), runs, history, store, tree
    )


def _read_entry(tree: GitTree, reader: ObjectReader, path: str) -> bytes | None:
    entry = tree.entries.get(path)
    return reader.read(entry.object_id) if entry and entry.is_file else None


def _read_file(workspace: Workspace, path: str) -> bytes | None:
    """Raises OSError where a file cannot be read."""
    file = workspace.root / path
    try:
        if not workspace.contains(path) or not stat.S_ISREG(file.lstat().st_mode):
            return None
        return read_regular_file(file)
    except (FileNotFoundError, NotADirectoryError):
        return None
