"""Reads objects of git, many at a time and of any size. No filter is run and no line end converted."""

from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from hashlib import sha256
from typing import Literal

from gate_tests.files.regular_file import MAX_FILE_BYTES, format_limit
from runner.git.isolated import IsolatedGit
from runner.git.object_pipe import SILENCE_S, GitObject, MissingObject, ObjectPipe
from runner.git.repository import GitUnavailable

_Mode = Literal["--batch", "--batch-check"]


class ObjectReader:
    """Reads the objects of a repository. One git process serves all requests; it is started by the first.

    Each object's bytes are compared with its id. Each method raises MissingObject, CorruptObject, GitUnavailable,
    OSError.
    """

    def __init__(self, git: IsolatedGit, silence_s: float = SILENCE_S) -> None:
        self._git, self._silence_s = git, silence_s
        self._processes = ExitStack()
        self._idle: dict[_Mode, list[ObjectPipe]] = {"--batch": [], "--batch-check": []}

    def __enter__(self) -> "ObjectReader":
        return self

    def __exit__(self, *_: object) -> None:
        self._processes.close()

    def read(self, object_id: str, max_bytes: int = MAX_FILE_BYTES) -> bytes:
        """The bytes of an object of at most this size."""
        return next(self.read_all([object_id], max_bytes))

    def hash(self, object_id: str) -> tuple[str, int]:
        """The SHA-256 and the size in bytes of an object."""
        return next(self.hash_all([object_id]))

    def size(self, object_id: str) -> int:
        """The size of an object, in bytes."""
        if (size_bytes := next(self.list_sizes([object_id]))) is None:
            raise MissingObject(object_id)
        return size_bytes

    def read_all(self, object_ids: Iterable[str], max_bytes: int = MAX_FILE_BYTES) -> Iterator[bytes]:
        """The bytes of each object, in this order."""
        for each in self.stream(object_ids):
            if each.size_bytes > max_bytes:
                raise GitUnavailable(f"object {each.object_id} is larger than {format_limit(max_bytes)}")
            yield b"".join(each.blocks)

    def hash_all(self, object_ids: Iterable[str]) -> Iterator[tuple[str, int]]:
        """The SHA-256 and the size in bytes of each object, in this order."""
        for each in self.stream(object_ids):
            digest = sha256()
            for block in each.blocks:
                digest.update(block)
            yield digest.hexdigest(), each.size_bytes

    def list_sizes(self, object_ids: Iterable[str]) -> Iterator[int | None]:
        """The size of each object, in bytes, in this order; None of one that the repository does not have."""
        names = [*object_ids]
        pipe = self._take_pipe("--batch-check")
        pipe.request(names)
        for name in names:
            try:
                yield pipe.read_header(name)[1]
            except MissingObject:
                yield None
        self._idle["--batch-check"].append(pipe)

    def stream(self, object_ids: Iterable[str], *, skip_missing: bool = False) -> Iterator[GitObject]:
        """Each object, in this order; what of its blocks is left unread is skipped, and missing ones on request."""
        names = [*object_ids]
        pipe = self._take_pipe("--batch")
        pipe.request(names)
        for name in names:
            try:
                found = pipe.read_object(name)
            except MissingObject:
                if skip_missing:
                    continue
                raise
            yield found
            for _ in found.blocks:
                pass
        self._idle["--batch"].append(pipe)  # one that is left with answers unread is not used again

    def _take_pipe(self, mode: _Mode) -> ObjectPipe:
        if self._idle[mode]:
            return self._idle[mode].pop()
        process = self._processes.enter_context(self._git.open_process("cat-file", mode))
        return ObjectPipe(process, self._silence_s)
