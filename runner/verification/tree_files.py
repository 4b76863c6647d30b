"""The files of a commit or of the index, read from git's objects."""

import posixpath
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from functools import cached_property

from runner.git.isolated import IsolatedGit
from runner.git.lfs_files import list_lfs_files, may_have_lfs_files
from runner.git.object_reader import ObjectReader
from runner.git.tree import GitTree, TreeEntry
from runner.git.tree_links import NotInTree, find_file
from runner.verification.lfs_pointer import IS_POINTER, MAX_POINTER_BYTES, Pointer, is_pointer, parse_pointer
from runner.verification.present_files import Copies, PresentFile


class TreeFiles:
    """The files of a tree. Each object is hashed once."""

    def __init__(self, tree: GitTree, reader: ObjectReader, git: IsolatedGit) -> None:
        self._tree, self._reader, self._git = tree, reader, git
        self._hashes: dict[str, tuple[str, int]] = {}
        self._pointers: dict[str, Pointer | None] = {}

    def prepare(self, paths: Iterable[str]) -> None:
        """Hash these files together, which is faster than one by one."""
        entries = {path: entry for path in paths if (entry := self._tree.entries.get(path)) and entry.is_file}
        self._hash_all(entry.object_id for entry in entries.values())
        if self._may_have_pointers:
            self._read_pointers([path for path in entries if path not in self._pointers])

    def read(self, path: str) -> PresentFile | None:
        """The file at the path, symlinks followed; None if there is none."""
        if path in self._tree.unmerged:
            return PresentFile(None, problem="has merge conflicts")
        try:
            found = find_file(self._tree, self._reader, path)
        except NotInTree as error:
            return PresentFile(None, problem=str(error))
        if found is None:
            return PresentFile(None, problem="is not a file") if self._is_directory(path) else None
        self.prepare([found])
        return PresentFile(*(self._pointers.get(found) or self._hashes[self._tree.entries[found].object_id]))

    def find_copies(self, sizes_by_hash: Mapping[str, int | None]) -> Copies:
        """For each SHA-256 the paths of the files with these bytes, sorted. Sizes as far as known.

        Where the size is known, only files of this size are read.
        """
        candidates = list(self._select_sizes(sizes_by_hash))
        self._hash_all(candidates)
        hashes = ((object_id, self._hashes[object_id][0]) for object_id in candidates)
        return {sha256: self._paths[object_id] for object_id, sha256 in hashes if sha256 in sizes_by_hash}

    def explain(self, paths: Collection[str]) -> Mapping[str, str]:
        """Which of the files are pointers that no attribute gives to Git LFS: git has no more of them."""
        entries = {path: self._find(path) for path in paths if not self._pointers.get(path)}
        ids = {path: entry.object_id for path, entry in entries.items() if entry}
        small = {path: each for path, each in ids.items() if self._hashes[each][1] <= MAX_POINTER_BYTES}
        contents = zip(small, self._reader.read_all(small.values()), strict=True)
        return {path: f"{IS_POINTER}, git does not have its content" for path, each in contents if is_pointer(each)}

    @cached_property
    def _paths(self) -> dict[str, list[str]]:
        """The paths of each object, sorted."""
        paths: dict[str, list[str]] = {}
        for path, entry in sorted(self._tree.entries.items()):
            if entry.is_file:
                paths.setdefault(entry.object_id, []).append(path)
        return paths

    @cached_property
    def _sizes(self) -> dict[str, int | None]:
        """The size of each object, in bytes; None of one that a partial clone lacks."""
        return dict(zip(self._paths, self._reader.list_sizes(self._paths), strict=True))

    def _select_sizes(self, sizes_by_hash: Mapping[str, int | None]) -> Iterator[str]:
        """The objects that have a size that is looked for."""
        wanted = set(sizes_by_hash.values())
        for object_id, size_bytes in self._sizes.items():
            if size_bytes is not None and (None in wanted or size_bytes in wanted):
                yield object_id

    def _hash_all(self, object_ids: Iterable[str]) -> None:
        missing = list(dict.fromkeys(each for each in object_ids if each not in self._hashes))
        self._hashes.update(zip(missing, self._reader.hash_all(missing), strict=True))

    @cached_property
    def _may_have_pointers(self) -> bool:
        return may_have_lfs_files(self._git, self._reader, self._tree)

    def _read_pointers(self, paths: Sequence[str]) -> None:
        """Find out for which of the files Git LFS has the bytes: they have the hash that their pointer says."""
        ids = {path: self._tree.entries[path].object_id for path in paths}
        small = [path for path, object_id in ids.items() if self._hashes[object_id][1] <= MAX_POINTER_BYTES]
        contents = zip(small, self._reader.read_all(map(ids.__getitem__, small)), strict=True)
        pointers = {path: pointer for path, content in contents if (pointer := parse_pointer(content))}
        managed = list_lfs_files(self._git, pointers) if pointers else ()
        self._pointers.update((path, pointers[path] if path in managed else None) for path in paths)

    def _find(self, path: str) -> TreeEntry | None:
        """The regular file at the path. Raises NotInTree where the path leads out of the tree."""
        found = find_file(self._tree, self._reader, path)
        return self._tree.entries[found] if found else None

    def _is_directory(self, path: str) -> bool:
        return path in self._directories

    @cached_property
    def _directories(self) -> set[str]:
        directories: set[str] = set()
        for path in self._tree.entries:
            while (path := posixpath.dirname(path)) and path not in directories:
                directories.add(path)
        return directories
