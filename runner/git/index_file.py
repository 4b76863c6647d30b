"""Which index a commit is made from: `git commit -a` and `git commit FILE` make one, and name it to their hooks."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from runner.git.repository import GitRepository, find_repository, is_git_directory

_VARIABLE: Final = "GIT_INDEX_FILE"


def name_index(root: Path, environ: Mapping[str, str] = os.environ) -> dict[str, str]:
    """The variable that names git another index than that of the work tree; empty where there is none.

    That of another repository, whose hook has started this process, has no effect. Raises GitUnavailable, OSError.
    """
    named = environ.get(_VARIABLE)
    repository = find_repository(root) if named else None
    if not named or repository is None:
        return {}
    path = os.path.join(repository.top, named)
    return {} if _is_of_other_repository(path, repository) else {_VARIABLE: path}


def _is_of_other_repository(path: str, repository: GitRepository) -> bool:
    directory = os.path.dirname(os.path.realpath(path))
    if directory == os.path.realpath(repository.directory):
        return False
    return os.path.exists(f"{directory}/commondir") or is_git_directory(directory, directory)
