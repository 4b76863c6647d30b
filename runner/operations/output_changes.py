"""Which outputs of a gate that passed are not those that it passed with: decided by their hashes.

So for the files that its checks read besides. Sizes are compared first, because a file of another size need not be
read. Times prove nothing: they can be set, and a directory that is moved keeps those of its files.
"""

import os
import stat
from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from hashlib import sha256
from typing import TYPE_CHECKING, Final, NamedTuple

from gate_tests.files.confined import ConfinedRoot, LeavesRoot
from gate_tests.workspace.layout import Workspace
from runner.models.attempt import Attempt
from runner.models.gate import Gate
from runner.models.run import Run
from runner.operations.recorded_files import RecordedFile, find_later_outputs, list_recorded_files

if TYPE_CHECKING:
    from gate_tests.files.hashing import FileHasher

_LARGE_BYTES: Final = 16 << 20
"""A smaller file is hashed in a moment."""
_LIMIT_S: Final = 60.0
"""For all large outputs of a run: nobody waits longer for a report."""
_CHANGED: Final = "changed"
_MISSING: Final = "missing"
_NOT_COMPARED: Final = "not compared"


def has_large_outputs(run: Run) -> bool:
    """Whether a gate that passed has an output that takes a while to hash."""
    attempts = (gate.attempts[-1] for gate in run.gates if gate.has_passed)
    return any((artifact.size_bytes or 0) >= _LARGE_BYTES for attempt in attempts for artifact in attempt.artifacts)


class _TooSlow(Exception):
    """There was no time to hash a file."""


class OutputChange(NamedTuple):
    """An output that is not the one that passed, and what became of it: `changed`, `missing`, `not compared`."""

    path: str
    change: str

    @property
    def is_missing(self) -> bool:
        """Whether there is nothing at its path."""
        return self.change == _MISSING

    @property
    def is_certain(self) -> bool:
        """Whether it was compared."""
        return self.change != _NOT_COMPARED

    def describe(self) -> str:
        """The change in one line."""
        return f"{self.change} since it passed: {self.path}"


class OutputChanges:
    """Compares the present outputs of a run with those that were recorded. Reads each file once.

    Other runs are read only where a file has changed. `skips_large`: of a large file of the same size, that it was not
    compared is known at once. `other_runs`: how many of the newest are read, all by default.
    """

    def __init__(
        self, workspace: Workspace, run: Run, *, skips_large: bool = False, other_runs: int | None = None
    ) -> None:
        self._workspace = workspace
        self._run = run
        self._artifact_path = run.workflow.artifact_path
        self._skips_large, self._other_runs = skips_large, other_runs
        self._root = ConfinedRoot(workspace.root)
        self._hashes: dict[str, str | None] = {}
        self._found: dict[int, list[OutputChange]] = {}

    def describe(self, gate: Gate) -> Iterator[str]:
        """The changes of the outputs of a gate that passed, a line each."""
        return self.describe_changes(list(self.find_changes(gate.attempts[-1])))

    def describe_changes(self, changes: Sequence[OutputChange]) -> Iterator[str]:
        """The changes, a line each; one for all of an artifact directory that is gone."""
        if self._is_directory_gone(changes):
            yield f"artifacts directory {self._artifact_path} is gone"
            changes = [change for change in changes if not self._is_in_directory(change.path)]
        yield from map(OutputChange.describe, changes)

    def find_changes(self, attempt: Attempt) -> list[OutputChange]:
        """The files that differ from those of the attempt, and from outputs of all that passed later.

        Each attempt is compared once.
        """
        if id(attempt) not in self._found:
            self._found[id(attempt)] = self._compare(attempt)
        return self._found[id(attempt)]

    def _compare(self, attempt: Attempt) -> list[OutputChange]:
        changes = list(self._find_in_run(attempt))
        present = {each.path: self._hash_small(each.path) for each in changes if each.change == _CHANGED}
        if not present:
            return changes
        from runner.operations.later_runs import LaterRuns  # few files have changed

        later = LaterRuns(self._workspace, self._run.run_id, self._other_runs).find_recorded(
            present, attempt.finished_at or ""
        )
        return [each for each in changes if each.path not in later or self._find_change(each.path, later[each.path])]

    def _find_in_run(self, attempt: Attempt) -> Iterator[OutputChange]:
        later: dict[str, list[RecordedFile]] | None = None
        for file in list_recorded_files(attempt):
            change = self._find_change(file.path, [file])
            if change == _CHANGED:
                later = find_later_outputs(self._run, attempt) if later is None else later
                change = self._find_change(file.path, later.get(file.path, []))
            if change:
                yield OutputChange(file.path, change)

    def _find_change(self, path: str, recorded: Sequence[RecordedFile]) -> str | None:
        try:
            found = os.stat(self._workspace.root / path)
        except (OSError, ValueError):
            return _MISSING
        size_bytes, is_file = found.st_size, stat.S_ISREG(found.st_mode)
        expected = {each.sha256 for each in recorded if is_file and each.size_bytes in (None, size_bytes)}
        try:
            return None if expected and self._hash(path, size_bytes) in expected else _CHANGED
        except _TooSlow:
            return _NOT_COMPARED

    def _hash_small(self, path: str) -> str | None:
        """The hash of a file that may be read whether or not its size is a recorded one, else None."""
        try:
            found = os.stat(self._workspace.root / path)
            is_small = stat.S_ISREG(found.st_mode) and found.st_size < _LARGE_BYTES
            return self._hash(path, found.st_size) if is_small else self._hashes.get(path)
        except OSError:
            return None

    def _hash(self, path: str, size_bytes: int) -> str | None:
        """The hash of a file, None where it cannot be read. Raises _TooSlow."""
        if path not in self._hashes:
            self._hashes[path] = self._read(path, size_bytes)
        return self._hashes[path]

    def _read(self, path: str, size_bytes: int) -> str | None:
        if self._skips_large and size_bytes >= _LARGE_BYTES:
            raise _TooSlow
        try:
            with open(self._root.open(path), "rb") as file:
                if size_bytes < _LARGE_BYTES:
                    return sha256(file.read(size_bytes + 1)).hexdigest()  # one byte more, if the file has grown
                return self._hash_large(file.fileno(), size_bytes, path)
        except (LeavesRoot, OSError):
            return None

    def _hash_large(self, descriptor: int, size_bytes: int, path: str) -> str:
        from gate_tests.files.hashing import HashTimeout  # few files are large

        try:
            return self._hasher.hash_file(descriptor, size_bytes, None, path).sha256
        except HashTimeout:
            raise _TooSlow from None

    @cached_property
    def _hasher(self) -> "FileHasher":
        from gate_tests.files.hashing import FileHasher

        return FileHasher(_LIMIT_S)

    def _is_directory_gone(self, changes: Iterable[OutputChange]) -> bool:
        return any(self._is_in_directory(change.path) for change in changes) and not os.path.lexists(
            self._workspace.root / self._artifact_path
        )

    def _is_in_directory(self, path: str) -> bool:
        return path.startswith(f"{self._artifact_path}/")
