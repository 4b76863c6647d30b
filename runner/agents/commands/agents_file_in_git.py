"""Whether git would commit the agents file, which is meant for one machine."""

from contextlib import suppress
from typing import NamedTuple

from gate_tests.workspace.layout import Workspace
from runner import suggestions
from runner.agents.commands.agents_file import AGENTS_FILE
from runner.git.command import GitCommand
from runner.git.ignored import find_ignored
from runner.git.isolated import open_repository
from runner.git.repository import GitUnavailable


class GitProblem(NamedTuple):
    """A warning, and the command after which git leaves the file alone."""

    message: str
    next_command: str


def find_git_problem(workspace: Workspace) -> GitProblem | None:
    """What is wrong; None where git ignores the file, or there is no repository."""
    with suppress(GitUnavailable, OSError), open_repository(GitCommand(workspace.root)) as git:
        if git and git.run("ls-files", "-z", "--", AGENTS_FILE):
            message = f"git tracks {AGENTS_FILE}, which is meant for one machine"
            return GitProblem(message, suggestions.stop_tracking(AGENTS_FILE))
        if git and AGENTS_FILE not in find_ignored(git, [AGENTS_FILE]):
            message = f"git does not ignore {AGENTS_FILE}: a commit would contain the commands of this machine"
            return GitProblem(message, suggestions.IGNORE_AGENTS_FILE)
    return None
