"""How the work tree or the index differs from a commit. Each function raises GitUnavailable, OSError."""

import os
import re
from collections.abc import Iterable, Iterator
from typing import Final

from runner.git.isolated import IsolatedGit
from runner.git.tree import TreeChange, TreeEntry

UNKNOWN_ID: Final = "0"
"""The object id of a file in the work tree, which git has not read."""

_ROW: Final = re.compile(rb":([0-7]{6}) ([0-7]{6}) ([0-9a-f]+) ([0-9a-f]+) ([A-Z])")
_DIFF: Final = ("diff-index", "-z", "--raw", "--no-renames", "--no-abbrev", "--relative", "--ignore-submodules=dirty")


def compare_index(git: IsolatedGit, commit: str) -> Iterator[TreeChange]:
    """The paths whose entries in the index differ from those of the commit. One in conflict has the id UNKNOWN_ID."""
    yield from _parse(git.run(*_DIFF, "--cached", commit, "--"))


def compare_work_tree(git: IsolatedGit, commit: str) -> Iterator[TreeChange]:
    """The paths of which the work tree may have other files than the commit, without those that git does not track.

    As with `git diff`, a file with the size and the times that the index noted is unchanged. Another one has the id
    UNKNOWN_ID: only its bytes tell.
    """
    yield from _parse(git.run(*_DIFF, commit, "--"))


def list_tracked(git: IsolatedGit, pattern: str) -> Iterator[str]:
    """The files in the index, by a glob pattern relative to the root."""
    yield from _split(git.run("ls-files", "-z", "--", f":(glob){pattern}"))


def list_untracked(git: IsolatedGit, patterns: Iterable[str]) -> Iterator[str]:
    """The files that git does not track, ignored ones included, by glob patterns relative to the root."""
    yield from _split(git.run("ls-files", "--others", "-z", "--", *(f":(glob){pattern}" for pattern in patterns)))


def _split(output: bytes) -> Iterator[str]:
    return map(os.fsdecode, output.split(b"\0")[:-1])


def _parse(output: bytes) -> Iterator[TreeChange]:
    fields = output.split(b"\0")
    for row, path in zip(fields[:-1:2], fields[1::2], strict=True):
        match = _ROW.fullmatch(row)
        assert match
        before, after, before_id, after_id, status = match.groups()
        present = TreeEntry("100644", UNKNOWN_ID) if status == b"U" else _make_entry(after, after_id)
        yield TreeChange(os.fsdecode(path), _make_entry(before, before_id), present)


def _make_entry(mode: bytes, object_id: bytes) -> TreeEntry | None:
    is_known = bool(object_id.strip(b"0"))
    return TreeEntry(mode.decode(), object_id.decode() if is_known else UNKNOWN_ID) if mode.strip(b"0") else None
