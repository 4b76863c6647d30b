"""What a commit is about to change. Each function raises GitUnavailable, OSError."""

import os
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Final, NamedTuple

from runner.git.isolated import IsolatedGit
from runner.git.repository import GitUnavailable
from runner.git.revision import find_merge_bases, resolve_commit

_COMMIT: Final = re.compile("[0-9a-f]{40}|[0-9a-f]{64}")
_MERGED: Final = "GITHEAD_"
"""The variable by which `git merge` names what it merges to its hooks, begins so: MERGE_HEAD does not exist yet."""
_PRE_COMMIT_RANGE: Final = ("PRE_COMMIT_FROM_REF", "PRE_COMMIT_TO_REF")
"""The variables by which pre-commit names the commits it was asked about: before a push, or with `--from-ref`."""


class ChangedPath(NamedTuple):
    """A path, relative to the top, that the index does not have as a commit has it. `is_new`: the commit has none."""

    path: str
    is_new: bool


def list_bases(git: IsolatedGit, environ: Mapping[str, str] = os.environ) -> list[str]:
    """The commits that the index is compared with: the parents of the next commit, or where a range begins.

    Raises Refused for an unknown revision, too.
    """
    first, last = map(environ.get, _PRE_COMMIT_RANGE)
    if not first or not last:
        return list_parents(git, environ)
    base = resolve_commit(git, first)
    return find_merge_bases(git, base, resolve_commit(git, last)) or [base]


def list_parents(git: IsolatedGit, environ: Mapping[str, str] = os.environ) -> list[str]:
    """The commits that the next one is made from: several while a merge is not committed, none before the first."""
    try:
        head = git.run("rev-parse", "--verify", "HEAD^{commit}").decode("ascii").strip()
    except GitUnavailable:
        return []
    return [head, *(_read_merged(git) or _find_merged(git, environ))]


def _find_merged(git: IsolatedGit, environ: Mapping[str, str]) -> list[str]:
    """What the `git merge` merges whose hook this is: commits of this repository."""
    named = [name.removeprefix(_MERGED) for name in environ if name.startswith(_MERGED)]
    commits = [each for each in named if _COMMIT.fullmatch(each)]
    rows = git.run("cat-file", "--batch-check", stdin="\n".join(commits).encode()).split(b"\n") if commits else []
    return [commit for commit, row in zip(commits, rows, strict=False) if b" commit " in row]


def diff_index(git: IsolatedGit, commit: str) -> Iterator[ChangedPath]:
    """The paths that the index has other than the commit."""
    command = ("diff-index", "--cached", "--name-status", "-z", "--no-renames", "--ignore-submodules=all", commit, "--")
    fields = git.run_at_top(*command).split(b"\0")
    for status, path in zip(fields[:-1:2], fields[1::2], strict=True):
        yield ChangedPath(os.fsdecode(path), is_new=status == b"A")


def differs_from_index(git: IsolatedGit, directories: Iterable[str]) -> bool:
    """Whether a tracked file of these directories, relative to the root, is not in the work tree as it is staged."""
    return bool(git.run("diff-files", "--name-only", "-z", "--ignore-submodules=all", "--", *directories))


def list_staged(git: IsolatedGit, pathspecs: Iterable[str] = ()) -> list[str]:
    """The paths of the index, relative to the top, that match one of the path specifications of git."""
    output = git.run_at_top("ls-files", "-z", "--full-name", "--", *pathspecs)
    return list(dict.fromkeys(os.fsdecode(path) for path in output.split(b"\0")[:-1]))


def list_staged_in(git: IsolatedGit, paths: Iterable[str]) -> list[str]:
    """The paths of the index that are these, or in one of these directories; `.` is the top."""
    pathspecs = [f":(top,literal){'' if path == os.curdir else path}" for path in paths]
    return list_staged(git, pathspecs) if pathspecs else []


def _read_merged(git: IsolatedGit) -> list[str]:
    try:
        with open(os.path.join(git.repository.directory, "MERGE_HEAD"), encoding="ascii") as file:
            return [each for each in file.read().split() if _COMMIT.fullmatch(each)]
    except FileNotFoundError:
        return []
