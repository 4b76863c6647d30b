"""How the work tree or the index differs from a commit. Each function raises GitUnavailable, OSError."""

import os
import re
import stat
from collections.abc import Collection, Iterable, Iterator
from pathlib import Path
from typing import Final

from runner.git.isolated import IsolatedGit
from runner.git.tree import TreeChange, TreeEntry

UNKNOWN_ID: Final = "0"
"""The object id of a file in the work tree, which git has not read."""

_ROW: Final = re.compile(rb":([0-7]{6}) ([0-7]{6}) ([0-9a-f]+) ([0-9a-f]+) ([A-Z])")
_HIDDEN: Final = re.compile(rb"(?:\A|\0)([a-zS]) (100[0-7]{3}) ([0-9a-f]+) 0\t([^\0]*)")
_DIFF: Final = ("diff-index", "-z", "--raw", "--no-renames", "--no-abbrev", "--relative", "--ignore-submodules=dirty")


def compare_index(git: IsolatedGit, commit: str) -> Iterator[TreeChange]:
    """The paths whose entries in the index differ from those of the commit. One in conflict has the id UNKNOWN_ID."""
    yield from _parse(git.run(*_DIFF, "--cached", commit, "--"))


def compare_work_tree(git: IsolatedGit, commit: str) -> Iterator[TreeChange]:
    """The paths of which the work tree may have other files than the commit, without those that git does not track.

    As with `git diff`, a file with the size and the times that the index noted is unchanged. Another one has the id
    UNKNOWN_ID: only its bytes tell, also where the index is of another copy of the work tree.
    """
    yield from _parse(git.run(*_DIFF, commit, "--"))


def read_index_rows(git: IsolatedGit) -> "IndexRows":
    """The index, below the root."""
    return IndexRows(git.run("ls-files", "-v", "-s", "-z"))


class IndexRows:
    """The rows of the index as git prints them, of which few are asked for."""

    def __init__(self, rows: bytes) -> None:
        self._rows = rows

    def list_paths(self, pattern: bytes) -> Iterator[str]:
        """The paths that a regex matches, which must not match a NUL."""
        yield from map(os.fsdecode, re.findall(rb"\t(" + pattern + rb")(?=\0)", self._rows))

    def list_hidden(self, root: Path) -> Iterator[TreeChange]:
        """The regular files that `git diff` does not look at, as git was told to suppose that they are unchanged."""
        for tag, mode, object_id, path in _HIDDEN.findall(self._rows):
            before, after = TreeEntry(mode.decode(), object_id.decode()), _find_entry(os.fsencode(root) + b"/" + path)
            if after or tag == b"h":  # of the others, a sparse checkout has no file
                yield TreeChange(os.fsdecode(path), before, after)


def _find_entry(file: bytes) -> TreeEntry | None:
    try:
        mode = os.lstat(file).st_mode
    except OSError:
        return None
    if stat.S_ISREG(mode):
        return TreeEntry("100755" if mode & stat.S_IXUSR else "100644", UNKNOWN_ID)
    return TreeEntry("120000", UNKNOWN_ID) if stat.S_ISLNK(mode) else None


def hash_files(git: IsolatedGit, paths: Collection[str]) -> dict[str, str]:
    """The object ids that git would give these files; none of what is no regular file, or has a line end in its name.

    Line ends are converted as for a commit; no filter is run.
    """
    named = [path for path in paths if "\n" not in path and not path.startswith('"') and _is_file(git.root / path)]
    if not named:
        return {}
    prefix = git.root.resolve().relative_to(git.top)
    lines = b"".join(os.fsencode(prefix / path) + b"\n" for path in named)
    ids = git.run_at_top("hash-object", "--stdin-paths", stdin=lines).decode().split()
    return dict(zip(named, ids, strict=True))


def _is_file(path: Path) -> bool:
    return path.is_file() and not path.is_symlink()


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
