"""The files of a commit or of the index, by name, without a checkout. Each function raises GitUnavailable, OSError."""

import os
import re
from collections.abc import Iterable, Iterator, Mapping
from hashlib import sha1, sha256
from typing import Final, NamedTuple

from runner.git.history import literal
from runner.git.isolated import IsolatedGit

_ENTRY: Final = re.compile(
    rb"([0-7]{6}) (?:(?:blob|commit) )?([0-9a-f]{40}|[0-9a-f]{64})(?: ([0-3]))?\t(.*)", re.DOTALL
)
_CHANGE: Final = re.compile(rb":([0-7]{6}) ([0-7]{6}) ([0-9a-f]+) ([0-9a-f]+) [A-Z]", re.DOTALL)

_EMPTY_BLOBS: Final = frozenset(make(b"blob 0\0").hexdigest() for make in (sha1, sha256))
_EMPTY_TREES: Final = {len(digest): digest for digest in (make(b"tree 0\0").hexdigest() for make in (sha1, sha256))}


class TreeEntry(NamedTuple):
    """A file of a tree: its mode, as `100644`, and the id of its object."""

    mode: str
    object_id: str

    @property
    def is_file(self) -> bool:
        """Whether it is a regular file: neither a symlink nor a submodule."""
        return self.mode.startswith("100")

    @property
    def is_executable(self) -> bool:
        """Whether it is a file to be executed."""
        return self.mode == "100755"

    @property
    def is_symlink(self) -> bool:
        """Whether its content is the path that it leads to."""
        return self.mode == "120000"

    @property
    def is_submodule(self) -> bool:
        """Whether it is the commit of another repository, of which this one has no files."""
        return self.mode == "160000"


class TreeChange(NamedTuple):
    """A path whose entry differs; None where it has none."""

    path: str
    before: TreeEntry | None
    after: TreeEntry | None


class GitTree(NamedTuple):
    """The files of a commit or the index, by path relative to the root. `name` is for messages.

    A name that is not UTF-8 has surrogates, as of `os.fsdecode`.
    """

    name: str
    entries: Mapping[str, TreeEntry]
    unmerged: frozenset[str] = frozenset()
    """The paths that a merge has left in conflict, in the index. They have no entry."""

    def find_enclosing(self, path: str) -> str | None:
        """The submodule or symlink, a directory above the path, beyond which the tree has nothing; None if none."""
        end = path.find("/")
        while end >= 0:
            if path[:end] in self.entries:
                return path[:end]
            end = path.find("/", end + 1)
        return None


def read_commit_tree(git: IsolatedGit, commit: str, *paths: str) -> GitTree:
    """The files of the commit, all or those at or below `paths`."""
    output = git.run("ls-tree", "-r", "-z", commit, "--", *map(literal, paths or "."))
    return GitTree(commit, {path: entry for path, entry, _ in _parse_entries(output)})


def read_index(git: IsolatedGit, *paths: str) -> GitTree:
    """The files of the index, all or those at or below `paths`, as a commit of it would have them."""
    pathspec = [*map(literal, paths or ".")]
    rows = [*_parse_entries(git.run("ls-files", "-z", "--stage", "--", *pathspec))]
    merged = {path: entry for path, entry, stage in rows if stage == 0}
    if any(entry.object_id in _EMPTY_BLOBS for entry in merged.values()):
        for path in _list_intended(git, merged, pathspec):
            del merged[path]
    return GitTree("the index", merged, frozenset(path for path, _, stage in rows if stage))


def read_index_links(git: IsolatedGit) -> GitTree:
    """The symlinks of the index."""
    rows = git.run("ls-files", "-z", "--stage").split(b"\0")
    links = b"\0".join(row for row in rows if row.startswith(b"120000 "))
    return GitTree("the index", {path: entry for path, entry, _ in _parse_entries(links)})


def _list_intended(git: IsolatedGit, entries: Mapping[str, TreeEntry], pathspec: Iterable[str]) -> list[str]:
    """The paths of `git add --intent-to-add`, which look as if they were empty files: a commit does not have them."""
    suspects = [path for path, entry in entries.items() if entry.object_id in _EMPTY_BLOBS]
    empty_tree = _EMPTY_TREES[len(entries[suspects[0]].object_id)]
    options = ("--cached", "--ita-invisible-in-index", "-z", "--name-only", "--relative", empty_tree, "--")
    committed = {*map(os.fsdecode, git.run("diff-index", *options, *pathspec).split(b"\0"))}
    return [path for path in suspects if path not in committed]


def diff_trees(before: GitTree, after: GitTree) -> Iterator[TreeChange]:
    """The paths whose entries differ, in order."""
    old, new = before.entries, after.entries
    for path in sorted({path for path, _ in old.items() ^ new.items()}):
        yield TreeChange(path, old.get(path), new.get(path))


def diff_commits(git: IsolatedGit, before: str, after: str, *paths: str) -> Iterator[TreeChange]:
    """The paths whose entries differ between two commits, of all or of those at or below `paths`.

    git reads only the directories that differ.
    """
    command = ("diff-tree", "-r", "-z", "--raw", "--no-renames", "--no-abbrev", "--relative", before, after, "--")
    fields = git.run(*command, *map(literal, paths or ".")).split(b"\0")
    for change, path in zip(fields[:-1:2], fields[1::2], strict=True):
        match = _CHANGE.fullmatch(change)
        assert match
        modes, ids = match.group(1, 2), match.group(3, 4)
        yield TreeChange(os.fsdecode(path), *map(_make_entry, modes, ids))


def _make_entry(mode: bytes, object_id: bytes) -> TreeEntry | None:
    return TreeEntry(mode.decode(), object_id.decode()) if mode.strip(b"0") else None


def _parse_entries(output: bytes) -> Iterator[tuple[str, TreeEntry, int]]:
    for row in output.split(b"\0"):
        if match := _ENTRY.fullmatch(row):
            mode, object_id, stage, path = match.groups()
            yield os.fsdecode(path), TreeEntry(mode.decode(), object_id.decode()), int(stage or 0)
