"""The rules of a root as a commit would have them."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from gate_tests.workspace.layout import Workspace
from runner.git.export import export_files
from runner.git.isolated import IsolatedGit
from runner.git.object_reader import ObjectReader
from runner.git.staged_change import differs_from_index
from runner.git.tree import read_index
from runner.git.verification import open_for_verification, refuse_unmerged

_RULES: Final = tuple(f"orchestration/{name}/" for name in ("gates", "workflows", "prompts", "skills"))
_RUNS: Final = "orchestration/runs/"


@contextmanager
def open_staged_rules(workspace: Workspace) -> Iterator[Workspace]:
    """The workspace, or a copy of what is staged of it where the rules in the work tree are others. Raises Refused."""
    with ExitStack() as stack:
        git = stack.enter_context(open_for_verification(workspace.root))
        yield _export(git, stack) if differs_from_index(git, _RULES) else workspace


def _export(git: IsolatedGit, stack: ExitStack) -> Workspace:
    """All but the runs: a contract may name any file."""
    tree, reader = read_index(git), stack.enter_context(ObjectReader(git))
    refuse_unmerged(tree, (path for path in tree.unmerged if path.startswith(_RULES)))
    directory = Path(stack.enter_context(TemporaryDirectory(prefix="orch-lint-")))
    export_files(reader, tree, (path for path in tree.entries if not path.startswith(_RUNS)), directory)
    return Workspace(directory)
