"""What git knows of a repository: its index, its commits and the earlier versions of its files."""

from collections.abc import Collection, Mapping
from contextlib import ExitStack
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Final

from gate_tests.errors import Refused
from runner import suggestions
from runner.verification.two_processes import leave_other_process

if TYPE_CHECKING:  # git is imported where something differs
    from runner.git.isolated import IsolatedGit
    from runner.git.object_reader import ObjectReader
    from runner.git.repository import GitUnavailable
    from runner.git.tree import GitTree

_SHORT_ID: Final = 12


class History:
    """What git knows, asked only where something differs. `stack` ends its processes."""

    def __init__(self, root: Path, stack: ExitStack) -> None:
        self.root, self._stack = root, stack
        self.problem: str | None = None
        """Why an earlier version of a file is not known, once one was looked for."""
        self.next_command: str | None = None
        """What brings it, if anything does."""

    @cached_property
    def git(self) -> "IsolatedGit":
        """The repository. Raises Refused."""
        from runner.git.verification import open_for_verification

        leave_other_process()  # what is found out about the history is kept here, and so are git's processes
        return self._stack.enter_context(open_for_verification(self.root))

    @cached_property
    def reader(self) -> "ObjectReader":
        """Reads its objects."""
        from runner.git.object_reader import ObjectReader

        return self._stack.enter_context(ObjectReader(self.git))

    @cached_property
    def index(self) -> "GitTree":
        """What is staged."""
        from runner.git.tree import read_index

        return read_index(self.git)

    def read_tree(self, revision: str | None) -> "GitTree":
        """The files of a commit; None: of the index. Raises Refused."""
        if revision is None:
            return self.index
        from runner.git.revision import resolve_commit
        from runner.git.tree import read_commit_tree

        commit = resolve_commit(self.git, revision)
        return read_commit_tree(self.git, commit)._replace(name=f"commit {commit[:_SHORT_ID]}")

    def find_versions(self, queried: Mapping[str, Collection[str]]) -> Mapping[str, bytes]:
        """The bytes, by SHA-256, of the versions of these files, given as hashes by path."""
        from runner.git.completeness import explain_lack
        from runner.git.file_history import find_versions
        from runner.git.repository import GitUnavailable

        found: Mapping[str, bytes] = {}
        try:
            found = find_versions(self.git, self.reader, queried)
            is_complete = found.keys() >= {sha256 for hashes in queried.values() for sha256 in hashes}
            if not is_complete:
                self._note(*explain_lack(self.git))
        except (Refused, GitUnavailable) as error:
            self._note(*self._explain(error))
        return found

    def _note(self, problem: str, next_command: str | None) -> None:
        self.problem, self.next_command = problem, next_command or self.next_command

    def _explain(self, error: "Refused | GitUnavailable") -> tuple[str, str | None]:
        """Why git has no answer, and what helps: to verify the work tree without git is what was tried."""
        from runner.git.verification import explain

        refused = error if isinstance(error, Refused) else explain(error, self.git)
        return refused.message, None if refused.next_command == suggestions.VERIFY else refused.next_command
