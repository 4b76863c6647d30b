"""Where a verification reads from: records, contracts and workflows of one state of the repository, and its files."""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from functools import cached_property
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Final, NamedTuple

from gate_tests.errors import NotWritten, Refused
from gate_tests.workspace.layout import Workspace
from runner import suggestions
from runner.storage.store import Store
from runner.verification.lfs_pointer import IS_POINTER, MAX_POINTER_BYTES, is_pointer
from runner.verification.present_files import Copies, PresentFiles, WorkTreeFiles
from runner.verification.rule_versions import RuleVersions
from runner.verification.two_processes import leave_other_process

if TYPE_CHECKING:  # git is imported where something differs
    from runner.git.isolated import IsolatedGit
    from runner.git.object_reader import ObjectReader
    from runner.git.repository import GitUnavailable
    from runner.git.tree import GitTree
    from runner.verification.tree_files import TreeFiles

_RECORDS: Final = re.compile(r"orchestration/(?:gates|workflows|runs/([^/]+)/record)/.*", re.DOTALL)
_SHORT_ID: Final = 12
_FREE_SPACE: Final = "free disk space, or set TMPDIR to a directory that has some, then repeat the command"
_LEFT_OUT: Final = "a sparse checkout leaves it out"
_NOT_CHECKED_OUT: Final = "which is not checked out"
_REMEDIES: Final = {
    _NOT_CHECKED_OUT: suggestions.UPDATE_SUBMODULES,
    IS_POINTER: suggestions.PULL_LFS,
    _LEFT_OUT: suggestions.verify("HEAD"),
}
"""The command that helps, by the reason why a file is missing or another one."""


class Source(NamedTuple):
    """A state of the repository. `name` is for messages; empty for the work tree.

    `left_out`: which files of a commit or of the index were not exported for a replay, and why.
    """

    name: str
    store: Store
    files: PresentFiles
    rules: RuleVersions
    left_out: Mapping[str, str] = MappingProxyType({})


@contextmanager
def open_source(
    store: Store, revision: str | None = None, *, staged: bool = False, exports_all: bool = False
) -> Iterator[Source]:
    """The work tree, or the commit `revision`, or the index where `staged`. Raises Refused where git has no such.

    Of a commit or the index the records and rules are exported to a scratch directory, or all files if `exports_all`.
    """
    with ExitStack() as stack:
        history = History(store.workspace.root, stack)
        if revision is None and not staged:
            yield Source("", store, _TrackedWorkTree(history), RuleVersions(store.workspace, history))
            return
        yield open_tree(history, history.read_tree(revision), stack, exports_all=exports_all)


def open_tree(
    history: "History",
    tree: "GitTree",
    stack: ExitStack,
    runs: Collection[str] | None = None,
    *,
    exports_all: bool = False,
) -> Source:
    """A tree, of which rules and records are exported, of all runs or only `runs`, until the stack ends.

    All files are if `exports_all`. Raises Refused.
    """
    from runner.git.tree_links import RULE_DIRECTORIES, list_linked
    from runner.git.verification import refuse_unmerged
    from runner.verification.tree_files import TreeFiles

    matches = ((path, _RECORDS.fullmatch(path)) for path in tree.entries)
    records = [path for path, match in matches if match and (runs is None or match[1] is None or match[1] in runs)]
    refuse_unmerged(tree, filter(_RECORDS.fullmatch, tree.unmerged))
    if not records:
        raise Refused(f"{tree.name} has no orchestration/ at this root", next_command=suggestions.VERIFY)
    linked = [led for rules in RULE_DIRECTORIES for _, led in list_linked(tree, history.reader, rules)]
    exported = tree.entries if exports_all else {*records, *linked}
    directory, left_out = _export(history, tree, exported, stack)
    workspace = Workspace(directory)
    files = TreeFiles(tree, history.reader)
    return Source(tree.name, Store(workspace), files, RuleVersions(workspace, history), left_out)


def _export(
    history: "History", tree: "GitTree", paths: Iterable[str], stack: ExitStack
) -> tuple[Path, Mapping[str, str]]:
    """A scratch directory with these files, which the stack removes, and what was left out. Raises NotWritten."""
    from tempfile import TemporaryDirectory, gettempdir

    from runner.git.export import export_files

    scratch = None
    try:
        scratch = gettempdir()
        directory = Path(stack.enter_context(TemporaryDirectory(prefix="orch-verify-")))
        return directory, export_files(history.reader, tree, paths, directory)
    except OSError as error:
        where = f" to {scratch}" if scratch else ""
        raise NotWritten(
            f"{tree.name} cannot be exported{where}: {error.strerror or error}", advice=_FREE_SPACE
        ) from None


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


class _TrackedWorkTree(WorkTreeFiles):
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

        return TreeFiles(self._history.index, self._history.reader)
