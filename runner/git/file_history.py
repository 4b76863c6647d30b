"""Finds versions of a file by their hash, in git's history. Each function raises GitUnavailable, OSError."""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from hashlib import sha256
from typing import Final

from gate_tests.files.regular_file import MAX_FILE_BYTES
from runner.git.history import literal
from runner.git.isolated import IsolatedGit
from runner.git.object_reader import ObjectReader

_VERSION: Final = re.compile(rb":[0-7]{6} 100[0-7]{3} [0-9a-f]+ ([0-9a-f]+) [A-Z]\0")
_STAGED: Final = re.compile(rb"(?:^|\0)100[0-7]{3} ([0-9a-f]+) [0-3]\t")


def find_version(git: IsolatedGit, reader: ObjectReader, path: str, digest: str) -> bytes | None:
    """The bytes with this SHA-256 that the file has or had in the index or in a commit; None if it never had them."""
    return find_versions(git, reader, {path: [digest]}).get(digest)


def find_versions(
    git: IsolatedGit,
    reader: ObjectReader,
    requested: Mapping[str, Collection[str]],
    revisions: Iterable[str] = (),
) -> dict[str, bytes]:
    """The bytes, by SHA-256, of the requested versions of files, given by path; what none of them ever was is left out.

    They are looked for in the index, in `HEAD`, in all branches and tags and in `revisions` (ids of commits), the
    newest first, all in one walk. What a partial clone does not have is skipped: see `completeness`.
    """
    missing = {digest for digests in requested.values() for digest in digests}
    found: dict[str, bytes] = {}
    for list_versions in (_list_staged, _list_committed):
        if missing:
            object_ids = dict.fromkeys(list_versions(git, [*requested], revisions))
            found |= _read_requested(reader, object_ids, missing)
            missing -= found.keys()
    return found


def _read_requested(reader: ObjectReader, object_ids: Iterable[str], requested: Collection[str]) -> dict[str, bytes]:
    """The bytes, by SHA-256, of those objects that are requested; none is read once all are found."""
    found: dict[str, bytes] = {}
    for each in reader.stream(object_ids, skip_missing=True):
        if len(found) == len(requested):
            break
        content = b"".join(each.blocks) if each.size_bytes <= MAX_FILE_BYTES else b""
        digest = sha256(content).hexdigest()
        if digest in requested:
            found[digest] = content
    return found


def _list_staged(git: IsolatedGit, paths: list[str], _: Iterable[str]) -> Iterator[str]:
    output = git.run("ls-files", "-z", "--stage", "--", *map(literal, paths))
    return (object_id.decode() for object_id in _STAGED.findall(output))


def _list_committed(git: IsolatedGit, paths: list[str], revisions: Iterable[str]) -> Iterator[str]:
    """The versions that commits made, also those of a side branch that a merge did not take, and those of a merge."""
    options = ("--format=", "--raw", "--no-abbrev", "--no-renames", "-z", "-m", "--full-history", "--all")
    output = git.run("log", *options, *revisions, "--", *map(literal, paths))
    return (object_id.decode() for object_id in _VERSION.findall(output))
