"""Where a verification reads from: records, contracts and workflows of one state of the repository, and its files."""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Final, NamedTuple

from gate_tests.errors import NotWritten, Refused
from gate_tests.workspace.layout import Workspace
from runner import suggestions
from runner.storage.store import Store
from runner.verification.history import History
from runner.verification.present_files import PresentFiles
from runner.verification.rule_versions import RuleVersions
from runner.verification.tracked_files import TrackedFiles

if TYPE_CHECKING:  # git is imported where something differs
    from runner.git.tree import GitTree

_RECORDS: Final = re.compile(r"orchestration/(?:gates|workflows|runs/([^/]+)/record)/.*", re.DOTALL)
_FREE_SPACE: Final = "free disk space, or set TMPDIR to a directory that has some, then repeat the command"


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
            yield Source("", store, TrackedFiles(history), RuleVersions(store.workspace, history))
            return
        yield open_tree(history, history.read_tree(revision), stack, exports_all=exports_all)


def open_tree(
    history: History,
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
    files = TreeFiles(tree, history.reader, history.git)
    return Source(tree.name, Store(workspace), files, RuleVersions(workspace, history), left_out)


def _export(
    history: History, tree: "GitTree", paths: Iterable[str], stack: ExitStack
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
