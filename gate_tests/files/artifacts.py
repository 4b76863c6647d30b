"""Reads the files that a gate is judged by: the bytes that a check saw are the bytes that were hashed.

A file is known by its device and inode, so all names of it (links, names through a linked directory) are one file. It
is read once, unless its content was given up since: then it is read and hashed again, and fails if the hash differs.
"""

import codecs
import errno
import gc
import os
import stat
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from enum import Enum
from pathlib import Path
from typing import Final, NamedTuple, TypeVar

from gate_tests.errors import NoVerdict
from gate_tests.files.confined import ConfinedRoot, LeavesRoot
from gate_tests.files.file_state import LONGEST_WRITE_NS, FileState, explain_change, read_file_state, wait_for_next_tick
from gate_tests.files.filenames import SimilarNames
from gate_tests.files.glob import FoundFiles, find_files
from gate_tests.files.hashing import FileHasher
from gate_tests.files.kept_contents import KeptContents
from gate_tests.files.memory import MAX_MEMORY_MIB, is_limited_by_system
from gate_tests.files.regular_file import RESOURCE_ERRNOS

_MUCH_GARBAGE: Final = 100_000
"""Objects, of a hundred bytes or so."""
_CHANGED_WHILE_JUDGED: Final = "it was changed while the gate was judged"


class PathKind(Enum):
    """What exists at a path; the value is how messages call it."""

    FILE = "a file"
    MISSING = "file is missing"
    DIRECTORY = "a directory"
    SPECIAL = "a special file"
    UNREADABLE = "an unreadable file"
    OUTSIDE = "a symlink that leads outside the root"


class Artifact(NamedTuple):
    """What exists at `path`.

    `sha256`, `size_bytes`, `state` and `is_blank`, whether nothing is to be seen in it, are those of a file. `detail`
    says why there is no file to read.
    """

    path: str
    kind: PathKind
    sha256: str = ""
    size_bytes: int = 0
    detail: str | None = None
    state: FileState | None = None
    is_blank: bool = False

    @property
    def is_file(self) -> bool:
        """Whether it is a regular file and was read to its end."""
        return self.kind is PathKind.FILE

    @property
    def is_missing(self) -> bool:
        """Whether nothing exists at the path."""
        return self.kind is PathKind.MISSING

    @property
    def found(self) -> str:
        """What exists at the path, for messages about a file."""
        return f"{self.kind.value} ({self.detail})" if self.detail else self.kind.value


class NotText(Exception):
    """The artifact cannot be read as text, or takes too much memory; the message says why."""


_NO_MATCHES: Final[Mapping[str, FoundFiles]] = {}
_Judged = TypeVar("_Judged")


class Artifacts:
    """The files below `root` that one evaluation reads.

    `text_paths` are the files that a check reads as text, up to `max_text_bytes` each: the bytes of those that were
    read last are kept, of all others only the hash. `unnameable` maps paths that no record can contain to the reason.
    `text_globs` match more such files.
    """

    def __init__(
        self,
        root: Path,
        text_paths: Collection[str],
        max_text_bytes: int,
        unnameable: Mapping[str, str] | None = None,
        text_globs: Collection[str] = (),
    ) -> None:
        self._root = root
        self._text_paths = set(text_paths)
        self._text_globs = text_globs
        self._max_text_bytes = max_text_bytes
        self._artifacts = {
            path: Artifact(path, PathKind.UNREADABLE, detail=why) for path, why in (unnameable or {}).items()
        }
        self._files: dict[FileState, Artifact] = {}
        self._contents = KeptContents()
        self._matches: dict[str, FoundFiles] = {}
        self._read_paths: set[str] = set()
        self._similar_names = SimilarNames(root)
        self._confined_root = ConfinedRoot(root)
        self._hasher = FileHasher()

    def read(self, path: str) -> Artifact:
        """What exists at `path`. Later calls return what the first one saw."""
        self._read_paths.add(path)
        artifact = self._artifacts.get(path)
        if artifact is None:
            artifact = self._artifacts[path] = self._read_once(path)
        return artifact

    def limit_time(self, limit_s: float) -> None:
        """From now on files are hashed for `limit_s` seconds in all; after that a large one is UNREADABLE."""
        self._hasher = FileHasher(limit_s)

    def track_reads(self) -> set[str]:
        """A new set, to which every path is added that is read from now on, also if it was read before."""
        self._read_paths = set()
        return self._read_paths

    def find(self, pattern: str) -> list[str]:
        """The paths that match the glob. Raises TooManyFiles, NoVerdict."""
        return self.find_files(pattern).paths

    def find_files(self, pattern: str) -> FoundFiles:
        """What matches the glob. Later calls return what the first one saw. Raises TooManyFiles, NoVerdict."""
        if pattern not in self._matches:
            try:
                self._matches[pattern] = find_files(self._root, pattern)
            except OSError as error:
                raise NoVerdict(f"{pattern}: {error.strerror}") from None
            if pattern in self._text_globs:
                self._text_paths.update(self._matches[pattern].paths)
        return self._matches[pattern]

    def find_by_name(self, names: Collection[str]) -> dict[str, list[str]]:
        """The paths of the files with these names, by name; of a large tree those that are found first."""
        from gate_tests.files.files_by_name import find_files_by_name  # imported only if needed

        return find_files_by_name(self._root, names)

    @property
    def matches(self) -> Mapping[str, FoundFiles]:
        """What has been found so far, by glob."""
        return self._matches

    @property
    def seen(self) -> Mapping[str, Artifact]:
        """What has been read so far, by path."""
        return self._artifacts

    def adopt(self, artifacts: Iterable[Artifact], matches: Mapping[str, FoundFiles] = _NO_MATCHES) -> None:
        """Take over what another process has read and found of the same files: they are not read again."""
        self._matches.update(matches)
        for artifact in artifacts:
            self._artifacts[artifact.path] = artifact
            if artifact.state:
                self._files[artifact.state[:2]] = artifact

    def judge_text(self, path: str, judge: Callable[[str], _Judged]) -> _Judged:
        """What `judge` says of the file as text. Raises NotText, also where that takes too much memory; NoVerdict."""
        for _ in range(2):
            try:
                return judge(self.text(path))
            except MemoryError:
                pass  # out of this block, so that the exception no longer keeps what took the memory
            if gc.collect() < _MUCH_GARBAGE:  # else checks before this one left it: a judging process has no collector
                break
        if is_limited_by_system():
            raise NoVerdict(f"{path}: not enough memory")
        size_bytes = self.read(path).size_bytes
        raise NotText(f"{size_bytes} bytes, for which the check needs more than {MAX_MEMORY_MIB} MiB of memory")

    def blocks(self, path: str) -> Iterator[bytes]:
        """The bytes of a file of any size, some at a time, as `read_blocks` gives them. Raises NotText, NoVerdict."""
        from gate_tests.files.file_blocks import FileChanged, read_blocks  # imported only if needed

        artifact = self.read(path)
        if not artifact.is_file:
            raise NotText(artifact.found)
        try:
            yield from read_blocks(self._confined_root, path, artifact.size_bytes, artifact.sha256)
        except FileChanged:
            raise NotText(_CHANGED_WHILE_JUDGED) from None

    def text(self, path: str) -> str:
        """The file as text: decoded as UTF-8, without byte order mark, CRLF as LF. Raises NotText."""
        return _decode(self._read_content(path))

    def _read_content(self, path: str) -> bytes:
        """The bytes of the file. Where they are not kept, it is read a second time. Raises NotText."""
        self._text_paths.add(path)
        artifact = self.read(path)
        if not artifact.is_file:
            raise NotText(artifact.found)
        if artifact.size_bytes > self._max_text_bytes:
            limit = f"the limit of {self._max_text_bytes} (limits.text_bytes)"
            raise NotText(f"{artifact.size_bytes} bytes, more than {limit}")
        content = self._contents.take(artifact.state)
        if content is None:
            self._artifacts[path] = again = self._read_again(path, artifact)
            content = self._contents.take(again.state)
        if content is None:
            raise NotText(self._artifacts[path].found)
        return content

    def _read_again(self, path: str, seen: Artifact) -> Artifact:
        again = self._read_once(path)
        if again.sha256 == seen.sha256:
            return again
        return Artifact(path, PathKind.UNREADABLE, detail=_CHANGED_WHILE_JUDGED)

    def _read_once(self, path: str) -> Artifact:
        try:
            descriptor = self._confined_root.open(path)
        except LeavesRoot:
            return Artifact(path, PathKind.OUTSIDE)
        except OSError as error:
            return self._explain_open_error(path, error)
        try:
            return self._read_open(path, descriptor)
        except OSError as error:
            return Artifact(path, PathKind.UNREADABLE, detail=error.strerror)
        finally:
            os.close(descriptor)

    def _explain_open_error(self, path: str, error: OSError) -> Artifact:
        if error.errno in RESOURCE_ERRNOS:
            raise NoVerdict(f"{path}: {error.strerror}") from None
        if error.errno in (errno.ENOENT, errno.ENOTDIR):
            return Artifact(path, PathKind.MISSING, detail=self._similar_names.describe_similar(path))
        if error.errno in (errno.ENXIO, errno.ENODEV):
            return Artifact(path, PathKind.SPECIAL)
        return Artifact(path, PathKind.UNREADABLE, detail=error.strerror)

    def _read_open(self, path: str, descriptor: int) -> Artifact:
        before = os.fstat(descriptor)
        if not stat.S_ISREG(before.st_mode):
            return Artifact(path, PathKind.DIRECTORY if stat.S_ISDIR(before.st_mode) else PathKind.SPECIAL)
        if self._similar_names.is_similar_only(path):
            return Artifact(path, PathKind.MISSING, detail=self._similar_names.describe_similar(path))
        return self._read_file(path, descriptor, before)

    def _read_file(self, path: str, descriptor: int, before: os.stat_result) -> Artifact:
        """Reads the file, unless all that is needed of it was read under another name."""
        state, size_bytes = read_file_state(before), before.st_size
        keep_bytes = self._max_text_bytes if path in self._text_paths else None
        known = self._files.get(state[:2])
        if known and known.state != state:
            return Artifact(path, PathKind.UNREADABLE, detail=_CHANGED_WHILE_JUDGED)
        if known and (keep_bytes is None or size_bytes > keep_bytes or self._contents.has(state)):
            return known._replace(path=path)
        age_ns = wait_for_next_tick(before.st_ctime_ns)
        hashed = self._hasher.hash_file(descriptor, size_bytes, keep_bytes, path)
        is_same = hashed.size_bytes == size_bytes
        if age_ns < LONGEST_WRITE_NS and hashed.content is not None:
            is_same = is_same and os.pread(descriptor, size_bytes + 1, 0) == hashed.content
        if changed := explain_change(state, os.fstat(descriptor), is_same):
            return Artifact(path, PathKind.UNREADABLE, detail=changed)
        artifact = Artifact(path, PathKind.FILE, hashed.sha256, hashed.size_bytes, None, state, hashed.is_blank)
        if known and known.sha256 != artifact.sha256:
            return Artifact(path, PathKind.UNREADABLE, detail=_CHANGED_WHILE_JUDGED)
        self._files[state[:2]] = artifact
        if hashed.content is not None:
            self._contents.keep(state, hashed.content)
        return artifact


def _decode(content: bytes) -> str:
    """Decodes before anything is replaced in the text: one character above U+FFFF makes it four times as large."""
    try:
        text = content.removeprefix(codecs.BOM_UTF8).replace(b"\r\n", b"\n").decode()
    except UnicodeDecodeError:
        raise NotText(_describe_wrong_byte(content)) from None
    if (nul := content.find(0)) >= 0:  # `TO\0DO` reads like TODO and does not contain it
        raise NotText(f"a NUL byte at offset {nul}, so it is not text")
    return text


def _describe_wrong_byte(content: bytes) -> str:
    try:
        content.decode()
    except UnicodeDecodeError as error:
        return f"bytes that are not UTF-8 (0x{content[error.start]:02x} at offset {error.start})"
    raise AssertionError("the bytes are UTF-8")
