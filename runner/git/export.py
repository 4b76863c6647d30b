"""Writes files of a tree into a scratch directory, as git has them. Nothing is written outside of it."""

import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

from runner.git.object_reader import ObjectReader
from runner.git.tree import GitTree

_MAX_LINK_BYTES: Final = 1 << 16
_NEW_FILE: Final = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC


def export_files(reader: ObjectReader, tree: GitTree, paths: Iterable[str], directory: Path) -> dict[str, str]:
    """Writes files of the tree into a new directory. Gives why some were left out, by path.

    Symlinks are made last, so that no file is written through one, and only those that lead into the directory.
    Raises GitUnavailable, OSError.
    """
    left_out: dict[str, str] = {}
    files: list[str] = []
    links: list[str] = []
    for path in paths:
        entry = tree.entries[path]
        if not _is_harmless(path):
            left_out[path] = "its name is not allowed"
        elif entry.is_submodule:
            left_out[path] = "it is a submodule"
        else:
            (links if entry.is_symlink else files).append(path)
    left_out.update(_write_files(reader, tree, files, str(directory)))
    left_out.update(_make_links(reader, tree, links, str(directory)))
    return left_out


def _write_files(reader: ObjectReader, tree: GitTree, paths: list[str], directory: str) -> Iterator[tuple[str, str]]:
    made = {""}
    objects = reader.stream(tree.entries[path].object_id for path in paths)
    for path, found in zip(paths, objects, strict=True):
        try:
            _make_parents(directory, path, made)
            descriptor = os.open(f"{directory}/{path}", _NEW_FILE, 0o755 if tree.entries[path].is_executable else 0o644)
        except (FileExistsError, NotADirectoryError):
            yield path, "another file has its name in other letter case"
            continue
        with open(descriptor, "wb", buffering=0) as file:
            for block in found.blocks:
                file.write(block)


def _make_links(reader: ObjectReader, tree: GitTree, paths: list[str], directory: str) -> Iterator[tuple[str, str]]:
    made = {""}
    targets = reader.read_all((tree.entries[path].object_id for path in paths), _MAX_LINK_BYTES)
    for path, target in zip(paths, map(os.fsdecode, targets), strict=True):
        if not _leads_inside(path, target):
            yield path, "it is a symlink that leads elsewhere"
            continue
        try:
            _make_parents(directory, path, made)
            os.symlink(target, f"{directory}/{path}")
        except (FileExistsError, NotADirectoryError):
            yield path, "another file has its name in other letter case"


def _make_parents(directory: str, path: str, made: set[str]) -> None:
    parent = path.rpartition("/")[0]
    if parent not in made:
        os.makedirs(f"{directory}/{parent}", exist_ok=True)
        made.add(parent)


def _is_harmless(path: str) -> bool:
    return "\0" not in path and all(
        part not in ("", ".", "..") and part.casefold() != ".git" for part in path.split("/")
    )


def _leads_inside(path: str, target: str) -> bool:
    """Whether a link leads into the directory: upwards first, if at all, through directories that are no links."""
    parts = target.split("/")
    levels = next((number for number, part in enumerate(parts) if part != ".."), len(parts))
    return levels <= path.count("/") and (levels == len(parts) or _is_harmless("/".join(parts[levels:])))
