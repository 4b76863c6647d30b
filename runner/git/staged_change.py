"""What a commit is about to change. Each function raises GitUnavailable, OSError."""

import os
import re
from collections.abc import Iterable, Iterator
from typing import Final, NamedTuple

from runner.git.isolated import IsolatedGit
from runner.git.repository import GitUnavailable

_COMMIT: Final = re.compile("[0-9a-f]{40}|[0-9a-f]{64}")


class ChangedPath(NamedTuple):
    """A path, relative to the top, that the index does not have as a commit has it. `is_new`: the commit has none."""

    path: str
    is_new: bool


def list_parents(git: IsolatedGit) -> list[str]:
    """The commits that the next one is made from: several while a merge is not committed, none before the first."""
    try:
        head = git.run("rev-parse", "--verify", "HEAD^{commit}").decode("ascii").strip()
    except GitUnavailable:
        return []
    return [head, *_read_merged(git)]


def diff_index(git: IsolatedGit, commit: str) -> Iterator[ChangedPath]:
    """The paths that the index has other than the commit."""
    command = ("diff-index", "--cached", "--name-status", "-z", "--no-renames", "--ignore-submodules=all", commit, "--")
    fields = git.run_at_top(*command).split(b"\0")
    for status, path in zip(fields[:-1:2], fields[1::2], strict=True):
        yield ChangedPath(os.fsdecode(path), is_new=status == b"A")


def list_staged(git: IsolatedGit, pathspecs: Iterable[str] = ()) -> list[str]:
    """The paths of the index, relative to the top, that match one of the path specifications of git."""
    output = git.run_at_top("ls-files", "-z", "--full-name", "--", *pathspecs)
    return list(dict.fromkeys(os.fsdecode(path) for path in output.split(b"\0")[:-1]))


def _read_merged(git: IsolatedGit) -> list[str]:
    try:
        with open(os.path.join(git.repository.directory, "MERGE_HEAD"), encoding="ascii") as file:
            return [each for each in file.read().split() if _COMMIT.fullmatch(each)]
    except FileNotFoundError:
        return []
