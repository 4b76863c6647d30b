"""Opens a repository in order to verify it: what the repository could pretend has no effect."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from gate_tests.errors import Refused
from runner import suggestions
from runner.git.command import GitCommand
from runner.git.file_history import is_partial
from runner.git.isolated import IsolatedGit, open_repository
from runner.git.object_pipe import MissingObject
from runner.git.repository import GitUnavailable

_TIMEOUT_S: Final = 600.0
_SETTINGS: Final = {
    "core.usereplacerefs": "false",  # objects and parents of commits are what their ids say
    "core.commitgraph": "false",
}
_VARIABLES: Final = {"GIT_NO_REPLACE_OBJECTS": "1", "GIT_GRAFT_FILE": os.devnull}


@contextmanager
def open_for_verification(root: Path) -> Iterator[IsolatedGit]:
    """The repository around the root. Raises Refused where git cannot be asked, also in the context; OSError."""
    git: IsolatedGit | None = None
    try:
        with open_repository(GitCommand(root, _TIMEOUT_S), _SETTINGS, _VARIABLES) as git:
            if git is None:
                raise Refused(f"{root} is not in the work tree of a git repository", next_command=suggestions.VERIFY)
            yield git
    except MissingObject as error:
        next_command = suggestions.FETCH_OBJECTS if git and is_partial(git) else suggestions.CHECK_OBJECTS
        raise Refused(str(error), next_command=next_command) from None
    except GitUnavailable as error:
        raise Refused(f"git cannot read the repository: {error}", next_command=suggestions.CHECK_OBJECTS) from None
