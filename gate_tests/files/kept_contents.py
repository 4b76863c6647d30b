"""The contents of the files that were read last, within a limit: all files of a gate together may be far larger."""

from typing import Final

_MAX_KEPT_BYTES: Final = 32 << 20


class KeptContents:
    """Contents by the state of their file. The newest is kept in any case until it is taken."""

    def __init__(self) -> None:
        self._contents: dict[tuple[int, ...], bytes] = {}
        self._size_bytes = 0

    def has(self, state: tuple[int, ...] | None) -> bool:
        """Whether the content is kept."""
        return state in self._contents

    def keep(self, state: tuple[int, ...], content: bytes) -> None:
        """Keeps a content. Those that were taken or kept longest ago make room for it."""
        self._remove(state)
        while self._contents and self._size_bytes + len(content) > _MAX_KEPT_BYTES:
            self._remove(next(iter(self._contents)))
        self._contents[state] = content
        self._size_bytes += len(content)

    def take(self, state: tuple[int, ...] | None) -> bytes | None:
        """The content, None if it is not kept. One over the limit is kept no longer."""
        if state is None or state not in self._contents:
            return None
        content = self._remove(state)
        if content is not None and len(content) <= _MAX_KEPT_BYTES:
            self.keep(state, content)
        return content

    def _remove(self, state: tuple[int, ...]) -> bytes | None:
        content = self._contents.pop(state, None)
        self._size_bytes -= len(content or b"")
        return content
