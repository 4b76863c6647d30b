"""Queries git while a gate is judged."""

from collections.abc import Iterable
from pathlib import Path
from threading import Thread
from typing import Any, NamedTuple

from runner.git.changes import read_status
from runner.git.command import GitCommand
from runner.git.ignored import find_ignore_rule, find_uncommitted
from runner.git.isolated import open_repository
from runner.git.repository import GitUnavailable


class GitState(NamedTuple):
    """The commit (None before the first), whether tracked files differ from it, and which queried paths are ignored."""

    commit: str | None
    dirty: bool
    ignored: tuple[str, ...] = ()
    record_ignored_by: str | None = None
    """The rule by which git ignores the record, as `FILE:LINE: PATTERN`."""

    def to_json(self) -> dict[str, Any]:
        """`{commit, dirty}`, as recorded in an attempt."""
        return {"commit": self.commit, "dirty": self.dirty}


class GitQuery:
    """Runs in a thread from its construction on, so that judging need not wait for git.

    `paths`, relative to the root, are those to check against git's ignore rules, and so are those of the `record`.
    """

    def __init__(self, root: Path, paths: Iterable[str] = (), record: Iterable[str] = ()) -> None:
        self.problem: str | None = None
        """Why git gave no answer on a repository that exists; known after `wait`."""
        self._command = GitCommand(root)
        self._state: GitState | None = None
        self._thread = Thread(target=self._query, args=(tuple(paths), tuple(record)), daemon=True)
        self._thread.start()

    def __enter__(self) -> "GitQuery":
        return self

    def __exit__(self, *_: object) -> None:
        self._command.stop()
        self._thread.join()

    def wait(self) -> GitState | None:
        """Blocks until git has answered; None outside a work tree, or where there is a `problem`."""
        self._thread.join()
        return self._state

    def _query(self, paths: tuple[str, ...], record: tuple[str, ...]) -> None:
        try:
            with open_repository(self._command) as git:
                if git:
                    commit, dirty = read_status(git)
                    ignored = tuple(find_uncommitted(git, [*paths, *record]))
                    rules = (find_ignore_rule(git, path) for path in record if path in ignored)
                    self._state = GitState(commit, dirty, ignored, next(rules, None))
        except (GitUnavailable, OSError) as error:
            self.problem = str(error)
