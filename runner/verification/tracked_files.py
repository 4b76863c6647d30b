"""The files of the work tree, and what git knows of them: copies elsewhere, and why they are missing."""

from collections.abc import Collection, Iterator, Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Final

from gate_tests.errors import Refused
from runner import suggestions
from runner.verification.history import History
from runner.verification.lfs_pointer import IS_POINTER, MAX_POINTER_BYTES, is_pointer
from runner.verification.present_files import Copies, WorkTreeFiles

if TYPE_CHECKING:  # git is imported where something differs
    from runner.verification.tree_files import TreeFiles

_LEFT_OUT: Final = "a sparse checkout leaves it out"
_NOT_CHECKED_OUT: Final = "which is not checked out"
_REMEDIES: Final = {
    _NOT_CHECKED_OUT: suggestions.UPDATE_SUBMODULES,
    IS_POINTER: suggestions.PULL_LFS,
    _LEFT_OUT: suggestions.verify("HEAD"),
}
"""The command that helps, by the reason why a file is missing or another one."""


class TrackedFiles(WorkTreeFiles):
    """The files of the work tree, some of which git tracks."""

    def __init__(self, history: History) -> None:
        super().__init__(history.root)
        self._history = history

    def find_copies(self, sizes_by_hash: Mapping[str, int | None]) -> Copies:
        """By the index; none where git cannot be asked."""
        from runner.git.repository import GitUnavailable

        try:
            return self._index.find_copies(sizes_by_hash)
        except (Refused, GitUnavailable):
            return {}

    def explain(self, paths: Collection[str]) -> Mapping[str, str]:
        """Which of the files a sparse checkout leaves out, are in a submodule that is not there, or pointers."""
        from runner.git.repository import GitUnavailable

        try:
            reasons = dict(self._explain(paths))
        except (Refused, GitUnavailable, OSError):
            return {}
        commands = (command for text, command in _REMEDIES.items() if any(text in each for each in reasons.values()))
        self._history.next_command = next(commands, self._history.next_command)
        return reasons

    def _explain(self, paths: Collection[str]) -> Iterator[tuple[str, str]]:
        for path in paths:
            if present := self.read(path):
                if present.size_bytes <= MAX_POINTER_BYTES and is_pointer((self._history.root / path).read_bytes()):
                    yield path, IS_POINTER
            elif path in self._left_out:
                yield path, _LEFT_OUT
            elif submodule := self._find_empty_submodule(path):
                yield path, f"is in the submodule {submodule}, {_NOT_CHECKED_OUT}"

    @cached_property
    def _left_out(self) -> set[str]:
        from runner.git.history import list_left_out

        return list_left_out(self._history.git)

    def _find_empty_submodule(self, path: str) -> str | None:
        index, root = self._history.index, self._history.root
        enclosing = index.find_enclosing(path)
        is_empty = enclosing and index.entries[enclosing].is_submodule and not (root / enclosing / ".git").exists()
        return enclosing if is_empty else None

    @cached_property
    def _index(self) -> "TreeFiles":
        from runner.verification.tree_files import TreeFiles

        return TreeFiles(self._history.index, self._history.reader, self._history.git)
