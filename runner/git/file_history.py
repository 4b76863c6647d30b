"""Finds versions of a file by their hash, in git's history. Each function raises GitUnavailable, OSError."""

import os
import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Final

from runner.git.isolated import IsolatedGit
from runner.git.object_reader import ObjectReader

_VERSION: Final = re.compile(rb":[0-7]{6} 100[0-7]{3} [0-9a-f]+ ([0-9a-f]+) [A-Z]\0")
_STAGED: Final = re.compile(rb"(?:^|\0)100[0-7]{3} ([0-9a-f]+) [0-3]\t")


def find_version(git: IsolatedGit, reader: ObjectReader, path: str, sha256: str) -> bytes | None:
    """The bytes with this SHA-256 that the file has or had in the index or in a commit; None if it never had them."""
    return find_versions(git, reader, {path: [sha256]}).get(sha256)


def find_versions(
    git: IsolatedGit,
    reader: ObjectReader,
    wanted: Mapping[str, Collection[str]],
    revisions: Iterable[str] = (),
) -> dict[str, bytes]:
    """The bytes, by SHA-256, of the wanted versions of files, given by path; what none of them ever was is left out.

    They are looked for in the index, in `HEAD`, in all branches and tags and in `revisions` (ids of commits), the
    newest first, all in one walk.
    """
    missing = {sha256 for hashes in wanted.values() for sha256 in hashes}
    found: dict[str, bytes] = {}
    for list_versions in (_list_staged, _list_committed):
        object_ids = list(dict.fromkeys(list_versions(git, [*wanted], revisions))) if missing else []
        for object_id, (sha256, _) in zip(object_ids, reader.hash_all(object_ids), strict=False):
            if sha256 in missing:
                missing.discard(sha256)
                found[sha256] = reader.read(object_id)
            if not missing:
                return found
    return found


def is_shallow(git: IsolatedGit) -> bool:
    """Whether the repository lacks the older part of its history."""
    try:
        return os.stat(os.path.join(git.repository.common_directory, "shallow")).st_size > 0
    except FileNotFoundError:
        return False


def is_partial(git: IsolatedGit) -> bool:
    """Whether the repository was cloned with a filter, and lacks objects that its server has."""
    try:
        names = os.listdir(os.path.join(git.repository.common_directory, "objects/pack"))
    except FileNotFoundError:
        return False
    return any(name.endswith(".promisor") for name in names)


def _list_staged(git: IsolatedGit, paths: list[str], _: Iterable[str]) -> Iterator[str]:
    output = git.run("ls-files", "-z", "--stage", "--", *map(_literal, paths))
    return (object_id.decode() for object_id in _STAGED.findall(output))


def _list_committed(git: IsolatedGit, paths: list[str], revisions: Iterable[str]) -> Iterator[str]:
    """The versions that commits made, also those of a side branch that a merge did not take, and those of a merge."""
    options = ("--format=", "--raw", "--no-abbrev", "--no-renames", "-z", "-m", "--full-history", "--all")
    output = git.run("log", *options, *revisions, "--", *map(_literal, paths))
    return (object_id.decode() for object_id in _VERSION.findall(output))


def _literal(path: str) -> str:
    return f":(literal){path}"
