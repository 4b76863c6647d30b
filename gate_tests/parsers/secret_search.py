"""Finds credentials in a stream of bytes, with little memory."""

from collections.abc import Iterable, Iterator
from typing import Final, NamedTuple

from gate_tests.parsers.secret_shapes import MAX_SHAPE_BYTES, SHAPES

_OVERLAP_BYTES: Final = 2 * MAX_SHAPE_BYTES + 2
"""In UTF-16 a text takes twice as many. Even."""
_MAX_WINDOW_BYTES: Final = 1 << 20


class Secret(NamedTuple):
    """A credential: its kind, and the line on which it begins. Its text is never reported."""

    kind: str
    line: int


def find_secrets(blocks: Iterable[bytes]) -> Iterator[Secret]:
    """The credentials in the file with these blocks, in its order; of one kind, at most one for each line.

    The bytes are searched as they are, as text in UTF-8 or any other encoding with ASCII in it, and as UTF-16. A line
    ends with the byte of `\\n`.
    """
    line, last = 1, set[Secret]()
    for window in _read_windows(blocks):
        counted = window.first
        for offset, kind in window.find():
            line, counted = line + window.content.count(b"\n", counted, offset), offset
            secret = Secret(kind, line)
            if secret not in last:
                last = {each for each in last if each.line == line} | {secret}
                yield secret
        line += window.content.count(b"\n", counted, window.end)


class _Window(NamedTuple):
    """A part of a file: what begins at `first` and before `end` is looked for; the rest is there to decide on that."""

    content: bytes
    first: int
    end: int

    def find(self) -> list[tuple[int, str]]:
        """The offset and the kind of each credential, in order."""
        return sorted({(offset, kind) for offset, kind in self._search() if self.first <= offset < self.end})

    def _search(self) -> Iterator[tuple[int, str]]:
        content = self.content
        yield from ((offset, shape.kind) for shape in SHAPES for offset in shape.find(content))
        for start in (0, 1) if b"\0" in content else ():
            half = content[start::2]  # a text in UTF-16, without its upper bytes
            yield from ((start + 2 * offset, shape.kind) for shape in SHAPES for offset in shape.find(half))


def _read_windows(blocks: Iterable[bytes]) -> Iterator[_Window]:
    """Windows that overlap, so that each credential begins in the middle of one: two bytes before it are known."""
    content, first = b"", 0
    for block in blocks:
        for start in range(0, len(block), _MAX_WINDOW_BYTES):
            content += block[start : start + _MAX_WINDOW_BYTES]
            end = len(content) - _OVERLAP_BYTES
            if end > first:
                yield _Window(content, first, end)
                content, first = content[max(end - 4, 0) :], min(end, 4)
    yield _Window(content, first, len(content))
