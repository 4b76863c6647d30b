"""Reads the files under judgement, each of them once: the bytes a check saw are the bytes that were hashed."""

import errno
import os
import stat
from collections.abc import Collection, Iterable, Mapping
from enum import Enum
from pathlib import Path
from typing import NamedTuple

from gate_tests.errors import NoVerdict
from gate_tests.files.confined import Beneath, LeavesRoot
from gate_tests.files.filenames import Spelling
from gate_tests.files.glob import find_files
from gate_tests.files.hashing import Reader
from gate_tests.files.regular_file import OUT_OF_MEANS


class Kind(Enum):
    """What stands at a path."""

    FILE = "a file"
    MISSING = "nothing there"
    FOLDER = "a folder"
    SPECIAL = "a special file"
    UNREADABLE = "unreadable"
    OUTSIDE = "a way out of the root through a symlink"


class Artifact(NamedTuple):
    """What was found at `path`. `sha256`, `size_bytes` are a file's; `content` is kept where a check reads text."""

    path: str
    kind: Kind
    sha256: str = ""
    size_bytes: int = 0
    content: bytes | None = None
    detail: str = ""

    @property
    def is_file(self) -> bool:
        """Whether a regular file was found and read to its end."""
        return self.kind is Kind.FILE

    @property
    def is_missing(self) -> bool:
        """Whether nothing stands at the path: not a file, nor anything else."""
        return self.kind is Kind.MISSING

    @property
    def found(self) -> str:
        """In words, what stands at the path."""
        return f"{self.kind.value} ({self.detail})" if self.detail else self.kind.value


class NotText(Exception):
    """An artifact that cannot be read as text, and why."""


class Artifacts:
    """The files below `root` that one judgement reads.

    `text_paths` names the files that a check will want as text: their bytes are kept from the one read, up to
    `text_bytes` each; of all others only the hash is. `unnameable` are paths that no record can hold, with the reason.
    """

    def __init__(
        self,
        root: Path,
        text_paths: Collection[str],
        text_bytes: int,
        unnameable: Mapping[str, str] | None = None,
    ) -> None:
        self._root = root
        self._text_paths = set(text_paths)
        self._text_bytes = text_bytes
        self._read = {path: Artifact(path, Kind.UNREADABLE, detail=why) for path, why in (unnameable or {}).items()}
        self._found: dict[str, list[str]] = {}
        self._spelling = Spelling(root)
        self._beneath = Beneath(root)
        self._reader = Reader()

    def read(self, path: str) -> Artifact:
        """What stands at `path`; the second call gives what the first one saw."""
        if path not in self._read:
            self._read[path] = self._look(path)
        return self._read[path]

    def find(self, pattern: str) -> list[str]:
        """The paths of the files that match `pattern`; the second call gives what the first one saw. Raises TooMany."""
        if pattern not in self._found:
            try:
                self._found[pattern] = find_files(self._root, pattern)
            except OSError as error:
                raise NoVerdict(f"{pattern}: {error.strerror}") from None
        return self._found[pattern]

    @property
    def seen(self) -> Mapping[str, Artifact]:
        """What has been read so far, by path."""
        return self._read

    def adopt(self, artifacts: Iterable[Artifact]) -> None:
        """Takes over what another reader of the same files has seen: it is not read a second time."""
        self._read.update((artifact.path, artifact) for artifact in artifacts)

    def text(self, path: str) -> str:
        """The file as text: UTF-8, a byte order mark dropped, CRLF read as LF. Raises NotText."""
        artifact = self._with_content(path)
        if not artifact.is_file:
            raise NotText(artifact.found)
        if artifact.content is None:
            raise NotText(f"{artifact.size_bytes} bytes, more than the {self._text_bytes} that are read as text")
        try:
            text = artifact.content.decode("utf-8")
        except UnicodeDecodeError as error:
            byte = artifact.content[error.start]
            raise NotText(f"bytes that are not UTF-8 (0x{byte:02x} at offset {error.start})") from None
        if (nul := artifact.content.find(0)) >= 0:  # `TO\0DO` reads like TODO and does not contain it
            raise NotText(f"a NUL byte (at offset {nul}), which no text holds")
        return text.removeprefix("\ufeff").replace("\r\n", "\n")

    def _with_content(self, path: str) -> Artifact:
        """What stands at `path`; a file of which nobody knew that its text would be wanted is read once more."""
        seen = self.read(path)
        if not seen.is_file or seen.content is not None or seen.size_bytes > self._text_bytes:
            return seen
        self._text_paths.add(path)
        again = self._look(path)
        if again.sha256 != seen.sha256:
            again = Artifact(path, Kind.UNREADABLE, detail="it was changed while it was judged")
        self._read[path] = again
        return again

    def _look(self, path: str) -> Artifact:
        try:
            descriptor = self._beneath.open(path)
        except LeavesRoot:
            return Artifact(path, Kind.OUTSIDE)
        except OSError as error:
            return self._unopened(path, error)
        try:
            return self._read_open(path, descriptor)
        except OSError as error:
            return Artifact(path, Kind.UNREADABLE, detail=error.strerror or "")
        finally:
            os.close(descriptor)

    def _unopened(self, path: str, error: OSError) -> Artifact:
        if error.errno in OUT_OF_MEANS:
            raise NoVerdict(f"{path}: {error.strerror}") from None
        if error.errno in (errno.ENOENT, errno.ENOTDIR):
            return Artifact(path, Kind.MISSING, detail=self._spelling.look_alike(path))
        if error.errno in (errno.ENXIO, errno.ENODEV):
            return Artifact(path, Kind.SPECIAL)
        return Artifact(path, Kind.UNREADABLE, detail=error.strerror or "")

    def _read_open(self, path: str, descriptor: int) -> Artifact:
        before = os.fstat(descriptor)
        if not stat.S_ISREG(before.st_mode):
            return Artifact(path, Kind.FOLDER if stat.S_ISDIR(before.st_mode) else Kind.SPECIAL)
        if self._spelling.differs(path):
            return Artifact(path, Kind.MISSING, detail=self._spelling.look_alike(path))
        keep_bytes = self._text_bytes if path in self._text_paths else None
        read = self._reader.read(descriptor, before.st_size, keep_bytes, path)
        if changed := _changed(before, os.fstat(descriptor), read.size_bytes):
            return Artifact(path, Kind.UNREADABLE, detail=changed)
        return Artifact(path, Kind.FILE, read.sha256, read.size_bytes, read.kept)


def _changed(before: os.stat_result, after: os.stat_result, size_bytes: int) -> str:
    """What happened to the file while it was read, if anything did."""
    if not after.st_nlink:
        return "it was removed or replaced while it was read"
    unchanged = (before.st_size, before.st_mtime_ns) == (after.st_size, after.st_mtime_ns)
    return "" if unchanged and size_bytes == before.st_size else "it was changed while it was read"
