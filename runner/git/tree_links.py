"""Where the paths of a tree lead, symlinks followed as in a checkout, but without one."""

import posixpath
from collections.abc import Iterable, Iterator
from typing import Final

from runner.git.object_reader import ObjectReader
from runner.git.tree import GitTree

RULE_DIRECTORIES: Final = ("orchestration/gates/contracts", "orchestration/workflows")
"""Where contracts and workflows are, which several roots may share through symlinks."""
_MAX_LINKS: Final = 40
_MAX_NESTED: Final = 4
"""Symlinks on one path that are followed backwards; a circle of them would make paths without end."""
_MAX_LINK_BYTES: Final = 1 << 16


class NotInTree(Exception):
    """The path leads to where the tree has no files."""


def find_file(tree: GitTree, reader: ObjectReader, path: str) -> str | None:
    """The path of the regular file that the path leads to; None if there is none. Raises NotInTree."""
    path = _follow_links(tree, reader, path)
    return path if path in tree.entries else None


def list_linked(tree: GitTree, reader: ObjectReader, directory: str) -> Iterator[tuple[str, str]]:
    """(Path, where it leads) of each file that the directory has through a symlink."""
    try:
        place = _follow_links(tree, reader, directory)
    except NotInTree:
        return
    start = f"{place}/"
    for path, entry in tree.entries.items():
        if path.startswith(start) and (entry.is_symlink or place != directory) and "/" not in path[len(start) :]:
            try:
                led = find_file(tree, reader, path)
            except NotInTree:
                continue
            if led:
                yield f"{directory}/{posixpath.basename(path)}", led


def list_aliases(tree: GitTree, reader: ObjectReader, paths: Iterable[str]) -> set[str]:
    """The paths that lead to one of these through a few symlinks."""
    links = [path for path, entry in tree.entries.items() if entry.is_symlink]
    known, added = set(paths), set(paths)
    for _ in range(_MAX_NESTED if links else 0):
        added = {alias for link in links for alias in _list_through(tree, reader, link, added)} - known
        if not added:
            break
        known |= added
    return known.difference(paths)


def _list_through(tree: GitTree, reader: ObjectReader, link: str, paths: Iterable[str]) -> Iterator[str]:
    """Those that have one of the paths behind this symlink."""
    try:
        place = _follow(tree, reader, link, link)
    except NotInTree:
        return
    yield from (link + path[len(place) :] for path in paths if path == place or path.startswith(f"{place}/"))


def _follow_links(tree: GitTree, reader: ObjectReader, path: str) -> str:
    """The path with each symlink on it followed."""
    for _ in range(_MAX_LINKS):
        entry = tree.entries.get(path)
        if entry and entry.is_file:
            return path
        link = path if entry else tree.find_enclosing(path)
        if link is None or tree.entries[link].is_file:  # a directory of the path is a file
            return path
        path = _follow(tree, reader, link, path)
    raise NotInTree("is a symlink loop")


def _follow(tree: GitTree, reader: ObjectReader, link: str, path: str) -> str:
    """The path that `path`, which is at or below the entry `link`, leads to."""
    entry = tree.entries[link]
    if entry.is_submodule:
        raise NotInTree(f"is in the submodule {link}, which is another repository")
    target = reader.read(entry.object_id, _MAX_LINK_BYTES).decode("utf-8", "surrogateescape")
    led = posixpath.normpath(posixpath.join(posixpath.dirname(link), target, path[len(link) + 1 :]))
    if led.startswith(("/", "../")) or led == "..":
        raise NotInTree("is outside the root (through a symlink)")
    return led
