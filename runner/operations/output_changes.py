"""Which outputs of a gate that passed are not those that it passed with: decided by their hashes.

Sizes are compared first, because a file of another size need not be read. Times prove nothing: they can be set, and a
directory that is moved keeps those of its files.
"""

import os
import stat
from collections.abc import Iterable, Iterator
from functools import cached_property
from hashlib import sha256
from typing import TYPE_CHECKING, Final, NamedTuple

from gate_tests.files.confined import ConfinedRoot, LeavesRoot
from gate_tests.workspace.layout import Workspace
from runner.models.artifact import Artifact
from runner.models.attempt import Attempt
from runner.models.run import Gate, Run

if TYPE_CHECKING:
    from gate_tests.files.hashing import FileHasher

_LARGE_BYTES: Final = 16 << 20
"""A smaller file is hashed in a moment."""
_LIMIT_S: Final = 60.0
"""For all large outputs of a run: nobody waits longer for a report."""


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

    def describe(self) -> str:
        """The change in one line."""
        return f"{self.change} since it passed: {self.path}"


class OutputChanges:
    """Compares the present outputs of a run with those that were recorded. Reads each file once."""

    def __init__(self, workspace: Workspace, run: Run) -> None:
        self._workspace = workspace
        self._artifact_path = run.workflow.artifact_path
        self._passed = [gate.attempts[-1] for gate in run.gates if gate.has_passed]
        self._root = ConfinedRoot(workspace.root)
        self._hashes: dict[str, str | None] = {}

    def describe(self, gate: Gate) -> Iterator[str]:
        """The changes of the outputs of a gate that passed, a line each."""
        changes = list(self.find_changes(gate.attempts[-1]))
        if self._is_directory_gone(changes):
            yield f"artifacts directory {self._artifact_path} is gone"
            changes = [change for change in changes if not self._is_in_directory(change.path)]
        yield from map(OutputChange.describe, changes)

    def find_changes(self, attempt: Attempt) -> Iterator[OutputChange]:
        """The outputs that differ from those of the attempt, and of all that passed later and wrote them again."""
        later = [other for other in self._passed if (other.finished_at or "") > (attempt.finished_at or "")]
        for artifact in attempt.artifacts:
            if artifact.size_bytes is None:
                continue  # the original recorded neither sizes nor the paths of these
            path = artifact.resolved_path
            rewritten = (each for other in later for each in other.artifacts if each.resolved_path == path)
            if change := self._find_change(path, [artifact, *rewritten]):
                yield OutputChange(path, change)

    def _find_change(self, path: str, recorded: list[Artifact]) -> str | None:
        try:
            found = os.stat(self._workspace.root / path)
        except (OSError, ValueError):
            return "missing"
        size_bytes, is_file = found.st_size, stat.S_ISREG(found.st_mode)
        expected = {each.sha256 for each in recorded if is_file and each.size_bytes == size_bytes}
        try:
            return None if expected and self._hash(path, size_bytes) in expected else "changed"
        except _TooSlow:
            return "not compared"

    def _hash(self, path: str, size_bytes: int) -> str | None:
        """The hash of a file, None where it cannot be read. Raises _TooSlow."""
        if path not in self._hashes:
            self._hashes[path] = self._read(path, size_bytes)
        return self._hashes[path]

    def _read(self, path: str, size_bytes: int) -> str | None:
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
