"""Opens a repository in order to verify it: nothing that lies about its history has an effect."""

import os
import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from gate_tests.errors import Refused
from runner import suggestions
from runner.git.command import GitCommand
from runner.git.completeness import is_partial
from runner.git.index_file import name_index
from runner.git.isolated import IsolatedGit, open_repository
from runner.git.object_pipe import MissingObject
from runner.git.repository import (
    BareRepository,
    BrokenRepository,
    GitFailed,
    GitNotInstalled,
    GitTimedOut,
    GitUnavailable,
    find_repository,
)
from runner.git.tree import GitTree

_TIMEOUT_S: Final = 600.0
"""Of one command: a tree of 100,000 files, or the history of a file in 100,000 commits, takes seconds."""

_SETTINGS: Final = {
    "core.usereplacerefs": "false",  # an object is what its id stands for, and a commit has its own parents
    "core.commitgraph": "false",
    "core.bigfilethreshold": "4m",  # a larger object does not go through git's memory as a whole
}
_MAX_SHOWN_BYTES: Final = 1 << 16
_INDEX_ERROR: Final = re.compile(rb"index file (?:corrupt|smaller than expected)|bad index file|bad index version")
_VARIABLES: Final = {
    "GIT_NO_REPLACE_OBJECTS": "1",
    "GIT_GRAFT_FILE": os.devnull,
    "LC_ALL": "C",  # its messages are compared
}


@contextmanager
def open_for_verification(root: Path) -> Iterator[IsolatedGit]:
    """The repository around the root. Raises OSError, and Refused where git cannot be asked, also in the context."""
    git: IsolatedGit | None = None
    try:
        variables = {**_VARIABLES, **name_index(root)}
        with open_repository(GitCommand(root, _TIMEOUT_S), _SETTINGS, variables) as git:
            if git is None:
                raise _explain_none(root)
            yield git
    except GitUnavailable as error:
        raise explain(error, git) from None


def refuse_unmerged(tree: GitTree, paths: Iterable[str]) -> None:
    """Raises Refused if one of the paths has merge conflicts in the index."""
    for path in paths:
        if path in tree.unmerged:
            raise Refused(f"{path} has merge conflicts in {tree.name}", next_command=suggestions.GIT_STATUS)


def _explain_none(root: Path) -> Refused:
    repository = find_repository(root)
    if repository is None:
        return Refused(f"{root} is not in a git repository", next_command=suggestions.VERIFY)
    if os.path.isdir(os.path.join(repository.top, ".git")):
        message = f"{repository.directory} has its work tree elsewhere, or is a bare repository"
    else:
        message = f"{root} is not in the work tree of {repository.directory}"
    return Refused(message, next_command=suggestions.list_work_trees(repository.top))


def explain(error: GitUnavailable, git: IsolatedGit | None = None) -> Refused:
    """Why git cannot be asked, and what helps; `git` is the repository, if it could be opened."""
    if isinstance(error, GitNotInstalled):
        return Refused(str(error), advice="install git, then repeat the command")
    if isinstance(error, BareRepository):
        return Refused(f"{error}: it has no work tree", next_command=suggestions.use_work_tree(error.directory))
    message = str(error) if isinstance(error, MissingObject) else f"git cannot read the repository: {error}"
    if isinstance(error, GitTimedOut):
        return Refused(message, advice="repeat the command when the machine has less to do")
    return Refused(message, next_command=_find_next_command(error, git))


def _find_next_command(error: GitUnavailable, git: IsolatedGit | None) -> str:
    """The command that gets what the repository lacks, or shows what is wrong with it."""
    if isinstance(error, BrokenRepository):
        is_text = os.path.isfile(error.path) and os.path.getsize(error.path) <= _MAX_SHOWN_BYTES
        return suggestions.show_file(error.path) if is_text else suggestions.list_path(Path(), error.path)
    if isinstance(error, GitFailed) and _INDEX_ERROR.search(error.messages):
        return suggestions.REBUILD_INDEX
    return suggestions.FETCH_OBJECTS if git and is_partial(git) else suggestions.CHECK_OBJECTS
