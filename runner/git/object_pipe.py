"""The protocol of `git cat-file --batch`: names of objects go in, and come out with their bytes.

git answers while names are still being written. Both pipes hold little, so who writes all before reading waits for
git, which waits for its answers to be read: here a name is only written when git can take it.
"""

import os
import re
import select
import subprocess
from collections.abc import Iterable, Iterator
from contextlib import suppress
from hashlib import sha1, sha256
from typing import Final, NamedTuple

from runner.git.command import describe_failure
from runner.git.repository import GitTimedOut, GitUnavailable

SILENCE_S: Final = 60.0
"""How long git may take for the next bytes."""
_BLOCK_BYTES: Final = 1 << 20
_MAX_MESSAGE_BYTES: Final = 1 << 16
_OBJECT_ID: Final = re.compile("[0-9a-f]{40}|[0-9a-f]{64}")
_SHA1_DIGITS: Final = 40


class MissingObject(GitUnavailable):
    """The repository does not have an object that a tree of it names."""

    def __init__(self, object_id: str) -> None:
        super().__init__(f"object {object_id} is missing from the repository")
        self.object_id = object_id


class CorruptObject(GitUnavailable):
    """An object cannot be read, or its bytes are not those that its id stands for."""

    def __init__(self, object_id: str) -> None:
        super().__init__(f"object {object_id} is corrupted")
        self.object_id = object_id


class GitStopped(GitUnavailable):
    """git ended before it had answered."""


class GitObject(NamedTuple):
    """An object of git; `blocks` are its bytes, which are read once, before the next object is asked for."""

    object_id: str
    size_bytes: int
    blocks: Iterator[bytes]


class ObjectPipe:
    """Talks to a process of `git cat-file --batch`, or `--batch-check`."""

    def __init__(self, process: "subprocess.Popen[bytes]", silence_s: float = SILENCE_S) -> None:
        assert process.stdin
        assert process.stdout
        assert process.stderr
        self._process, self._silence_s = process, silence_s
        self._to_git, self._from_git = process.stdin.fileno(), process.stdout.fileno()
        self._messages_from_git = process.stderr.fileno()
        os.set_blocking(self._to_git, False)
        os.set_blocking(self._messages_from_git, False)
        self._poll = select.poll()
        self._poll.register(self._from_git, select.POLLIN)
        self._poll.register(self._messages_from_git, select.POLLIN)
        self._unsent = memoryview(b"")
        self._received, self._position = b"", 0
        self._messages, self._is_silent = b"", False

    def request(self, object_ids: Iterable[str]) -> None:
        """Asks for objects, which are answered in this order."""
        names = [*object_ids]
        if not all(map(_OBJECT_ID.fullmatch, names)):
            raise GitUnavailable(f"not an object id: {next(each for each in names if not _OBJECT_ID.fullmatch(each))}")
        self._unsent = memoryview(b"".join((bytes(self._unsent), *(f"{name}\n".encode() for name in names))))
        self._poll.register(self._to_git, select.POLLOUT)

    def read_header(self, object_id: str) -> tuple[str, int]:
        """The type and the size in bytes of the object that is next. Raises MissingObject, GitUnavailable."""
        fields = self._read_line().split()
        if len(fields) == 2 and fields[1] == b"missing":
            raise CorruptObject(object_id) if self._has_message_about(object_id) else MissingObject(object_id)
        if len(fields) != 3 or fields[0] != object_id.encode():
            raise GitUnavailable(f"it has no answer about object {object_id}")
        return fields[1].decode(), int(fields[2])

    def read_object(self, object_id: str) -> GitObject:
        """The object that is next. Raises MissingObject, GitUnavailable."""
        kind, size_bytes = self.read_header(object_id)
        return GitObject(object_id, size_bytes, self._read_blocks(object_id, kind, size_bytes))

    def _read_blocks(self, object_id: str, kind: str, size_bytes: int) -> Iterator[bytes]:
        """The bytes of an object. Raises CorruptObject, after the last, if its id is that of others."""
        digest = sha1(usedforsecurity=False) if len(object_id) == _SHA1_DIGITS else sha256()
        digest.update(f"{kind} {size_bytes}\0".encode())
        left = size_bytes
        while left:
            try:
                block = self._take(left)
            except GitStopped:
                raise CorruptObject(object_id) from None
            left -= len(block)
            digest.update(block)
            yield block
        self._read_line()  # the line end after the object
        if digest.hexdigest() != object_id:
            raise CorruptObject(object_id)

    def _read_line(self) -> bytes:
        while (end := self._received.find(b"\n", self._position)) < 0:
            self._received = self._received[self._position :] + self._receive()
            self._position = 0
        line = self._received[self._position : end]
        self._position = end + 1
        return line

    def _take(self, at_most: int) -> bytes:
        if self._position == len(self._received):
            self._received, self._position = self._receive(), 0
        block = self._received[self._position : self._position + at_most]
        self._position += len(block)
        return block

    def _receive(self) -> bytes:
        """The next bytes, once there are some; names are sent and messages collected meanwhile."""
        while True:
            ready = dict(self._poll.poll(self._silence_s * 1000))
            if not ready:
                raise GitTimedOut(f"timed out after {self._silence_s:g} s")
            if self._to_git in ready:
                self._send()
            if self._messages_from_git in ready:
                self._collect_messages()
            if self._from_git in ready:
                return os.read(self._from_git, _BLOCK_BYTES) or self._fail()

    def _send(self) -> None:
        try:
            with suppress(BlockingIOError):
                self._unsent = self._unsent[os.write(self._to_git, self._unsent) :]
        except BrokenPipeError:
            self._unsent = memoryview(b"")
        if not self._unsent:
            self._poll.unregister(self._to_git)

    def _collect_messages(self) -> None:
        with suppress(BlockingIOError):
            if message := os.read(self._messages_from_git, _MAX_MESSAGE_BYTES):
                self._messages = (self._messages + message)[-_MAX_MESSAGE_BYTES:]
            elif not self._is_silent:
                self._is_silent = True
                self._poll.unregister(self._messages_from_git)

    def _has_message_about(self, object_id: str) -> bool:
        """Whether git, which calls it missing, has said before that it found it, and what is wrong with it."""
        self._collect_messages()
        return any(name.encode() in self._messages for name in (object_id, f"{object_id[:2]}/{object_id[2:]}"))

    def _fail(self) -> bytes:
        exit_code = self._process.wait()
        self._collect_messages()
        raise GitStopped(describe_failure(self._messages, exit_code))
