"""What a clone may lack of the history of its repository."""

import os

from runner import suggestions
from runner.git.isolated import IsolatedGit


def is_shallow(git: IsolatedGit) -> bool:
    """Whether the repository lacks the older part of its history. Raises OSError."""
    try:
        return os.stat(os.path.join(git.repository.common_directory, "shallow")).st_size > 0
    except FileNotFoundError:
        return False


def is_partial(git: IsolatedGit) -> bool:
    """Whether the repository was cloned with a filter, and lacks objects that its server has. Raises OSError."""
    try:
        names = os.listdir(os.path.join(git.repository.common_directory, "objects/pack"))
    except FileNotFoundError:
        return False
    return any(name.endswith(".promisor") for name in names)


def suggest_fetch(git: IsolatedGit) -> str | None:
    """The command that fetches what the clone lacks of its history; None for one that has all. Raises OSError."""
    if is_shallow(git):
        return suggestions.FETCH_HISTORY
    return suggestions.FETCH_OBJECTS if is_partial(git) else None


def explain_lack(git: IsolatedGit) -> tuple[str, str | None]:
    """Why git does not have a version of a file, and the command that gets it. Raises OSError."""
    where = " in this shallow clone" if is_shallow(git) else " in this partial clone" if is_partial(git) else ""
    return f"git has no such version{where}", suggest_fetch(git)
