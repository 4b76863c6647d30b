"""Whether the tracked files differ from the commit."""

import os
import re
import stat
from collections.abc import Iterable, Iterator
from typing import Final, NamedTuple

from runner.git.attributes import read_attribute
from runner.git.isolated import IsolatedGit

_STATUS: Final = (
    "status", "--porcelain=v2", "-z", "--branch", "--no-ahead-behind", "--no-renames", "--untracked-files=no",
    "--ignore-submodules=all",
)  # fmt: skip
_COMMIT: Final = re.compile(rb"# branch\.oid ([0-9a-f]+)")
_FIELDS: Final = {b"1": 8, b"u": 10}
"""The number of fields before the path, by the kind of a row of the status."""
_OWN_FILES: Final = re.compile(rb"orchestration/runs/[^/]+/(?:record|logs)/")
_INDEX_ENTRY: Final = re.compile(
    rb"([^\0]+)\0  ctime: .*\n  mtime: (\d+):(\d+)\n  dev: .*\n  uid: .*\n  size: (\d+)\tflags: .*\n"
)


class _Change(NamedTuple):
    """A path, relative to the top, that is not as in the commit; whether only its content in the work tree is not."""

    path: bytes
    is_content_only: bool


def read_status(git: IsolatedGit) -> tuple[str | None, bool]:
    """The commit, None before the first, and whether tracked files differ from it.

    A file that a configured filter converts, such as one of Git LFS, is compared without running that filter: it is
    unchanged if its bytes are those of the commit, or if it has the size and the time that the index noted when the
    filter last ran. In doubt it is changed. What `orch` itself writes, records and logs, is no change.
    """
    rows = git.run(*_STATUS).split(b"\0")
    commit = next((match[1].decode() for row in rows if (match := _COMMIT.fullmatch(row))), None)
    return commit, _is_dirty(git, list(_list_changes(git, rows)))


def _list_changes(git: IsolatedGit, rows: Iterable[bytes]) -> Iterator[_Change]:
    inner = os.path.relpath(os.path.realpath(git.root), git.top)
    root = b"" if inner == "." else os.fsencode(inner) + b"/"
    for row in rows:
        if row[:1] in _FIELDS:
            _, kind, *fields, path = row.split(b" ", _FIELDS[row[:1]])
            if not (path.startswith(root) and _OWN_FILES.match(path, len(root))):
                yield _Change(path, is_content_only=kind == b".M" and fields[2] == fields[3])


def _is_dirty(git: IsolatedGit, changes: list[_Change]) -> bool:
    if not changes or not git.filters or not all(change.is_content_only for change in changes):
        return bool(changes)
    paths = {change.path for change in changes}
    return not paths <= _find_filtered(git, paths) or not paths <= _find_unmodified(git, paths)


def _find_filtered(git: IsolatedGit, paths: set[bytes]) -> set[bytes]:
    """Those of `paths` that a configured filter converts."""
    filters = read_attribute(git.run_at_top, "filter", paths)
    return {path for path, value in filters.items() if os.fsdecode(value) in git.filters}


def _find_unmodified(git: IsolatedGit, paths: set[bytes]) -> set[bytes]:
    """Those of `paths` that have the size and the time that the index has."""
    entries = _INDEX_ENTRY.finditer(git.run_at_top("ls-files", "-z", "--debug"))
    top = os.fsencode(git.top)
    return {
        path for path, seconds, nanoseconds, size in (entry.groups() for entry in entries)
        if path in paths and _has_stat(os.path.join(top, path), int(seconds), int(nanoseconds), int(size))
    }  # fmt: skip


def _has_stat(path: bytes, seconds: int, nanoseconds: int, size: int) -> bool:
    try:
        found = os.lstat(path)
    except OSError:
        return False
    found_seconds, found_nanoseconds = divmod(found.st_mtime_ns, 1_000_000_000)
    # The index has the lower 32 bits of each number, and some programs that write it know no nanoseconds.
    return (
        stat.S_ISREG(found.st_mode)
        and (found.st_size & 0xFFFFFFFF, found_seconds & 0xFFFFFFFF) == (size, seconds)
        and nanoseconds in (0, found_nanoseconds)
    )
