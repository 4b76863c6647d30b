"""Which files of a tree are pointers that Git LFS manages: their bytes are not in git, but their hash is."""

import os
import posixpath
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

from runner.git.attributes import read_attribute
from runner.git.isolated import IsolatedGit
from runner.git.object_reader import ObjectReader
from runner.git.repository import GitUnavailable
from runner.git.tree import GitTree

_ATTRIBUTES: Final = ".gitattributes"
_MENTIONS_LFS: Final = b"filter=lfs"
_MAX_BYTES: Final = 1 << 20


def may_have_lfs_files(git: IsolatedGit, reader: ObjectReader, tree: GitTree) -> bool:
    """Whether attributes of the tree, or of the directories above it, name the filter of Git LFS."""
    ids = [entry.object_id for path, entry in tree.entries.items() if posixpath.basename(path) == _ATTRIBUTES]
    return any(_MENTIONS_LFS in content for content in (*reader.read_all(ids), *_read_above(git)))


def list_lfs_files(git: IsolatedGit, paths: Iterable[str]) -> set[str]:
    """Those of the paths, relative to the root, that the attributes give to Git LFS; none if git cannot say."""
    try:
        filters = read_attribute(git.run, "filter", (os.fsencode(f"./{path}") for path in paths))
    except GitUnavailable:
        return set()
    return {os.fsdecode(path).removeprefix("./") for path, value in filters.items() if value == b"lfs"}


def _read_above(git: IsolatedGit) -> Iterator[bytes]:
    """The attributes of the work tree's directories above the root, and those of this clone alone."""
    directories = [each for each in git.root.resolve().parents if each.is_relative_to(git.top)]
    own = Path(git.repository.common_directory, "info/attributes")
    for path in (*(each / _ATTRIBUTES for each in directories), own):
        try:
            with open(path, "rb") as file:
                yield file.read(_MAX_BYTES)
        except OSError:
            continue
