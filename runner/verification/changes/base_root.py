"""Whether a directory has the same root in the base as at present."""

import os
from collections.abc import Iterator
from pathlib import Path

from gate_tests.errors import Refused
from gate_tests.workspace.find_root import MARKERS, is_root
from runner import suggestions
from runner.git.isolated import IsolatedGit


def refuse_other_root(git: IsolatedGit, base: str, commit: str, start: Path) -> None:
    """Raises Refused where the root that is found from `start` is another one in the commit that is called `base`.

    Without that, a change that adds a root, or removes one, would have other rules compared.
    """
    directories = [*_list_directories(git, start.resolve())]
    if not directories:
        return
    named = [f"{directory}orchestration/{marker}" for directory in directories for marker in MARKERS]
    found = git.run_at_top("ls-tree", "-d", "-z", "--name-only", commit, "--", *named).split(b"\0")
    markers = set(map(os.fsdecode, found))
    roots = (each for each in directories if any(f"{each}orchestration/{marker}" in markers for marker in MARKERS))
    before = next(roots, None)
    if before is not None and Path(git.top, before) != git.root.resolve():
        raise _other_root(git, base, commit, Path(git.top, before))


def _list_directories(git: IsolatedGit, start: Path) -> Iterator[str]:
    """Those from `start` up to the top of the work tree, each as the beginning of a path in a commit."""
    for directory in (start, *start.parents):
        if not directory.is_relative_to(git.top):
            return
        relative = directory.relative_to(git.top).as_posix()
        yield "" if relative == "." else f"{relative}/"


def _other_root(git: IsolatedGit, base: str, commit: str, before: Path) -> Refused:
    message = f"the root is {git.root}, but {before} in {base!r}: other rules would be compared"
    if is_root(before):
        return Refused(message, next_command=suggestions.at_root(before, suggestions.verify_base(base)))
    return Refused(message, next_command=suggestions.diff_from_commit(commit, f"{before}/orchestration"))
