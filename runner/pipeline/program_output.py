"""The last lines that a failed program printed, for whoever fixes the work: quoted, because they are not trusted.

They are read from the logs of a run, which are not recorded: in another clone they are missing, and that is said.
"""

import os
from collections.abc import Sequence
from typing import Final, NamedTuple

from gate_tests.errors import Refused
from gate_tests.files.regular_file import open_regular_file
from gate_tests.plurals import format_count
from gate_tests.sanitize import sanitize_line
from gate_tests.workspace.layout import Workspace

MAX_LINES: Final = 30
_MAX_LINE_LENGTH: Final = 300  # characters
_TAIL_BYTES: Final = 1 << 16
_QUOTED: Final = " " * 9 + "| "
"""Below a list item: an indented code block of Markdown, which no line that begins so can end."""


class OutputReader(NamedTuple):
    """Reads logs below the root. A quotation has at most `max_bytes` of UTF-8; it begins later if it has more."""

    workspace: Workspace
    max_bytes: int = MAX_LINES * 4 * (_MAX_LINE_LENGTH + len(_QUOTED))

    def share(self, count: int) -> "OutputReader":
        """The reader for each of several programs, where `max_bytes` are for all of them."""
        return self._replace(max_bytes=self.max_bytes // max(count, 1))

    def quote(self, path: str) -> str:
        """The last lines of a log, as an item of a list in Markdown."""
        tail = self._read_tail(path)
        if tail is None:
            return f"   - its output is not available here, because logs are not recorded: `{path}`"
        lines = _split_lines(tail)
        if not lines and len(tail) < _TAIL_BYTES:
            return f"   - it printed nothing: `{path}`"
        kept = _keep_last(lines, self.max_bytes)
        if not kept:
            return f"   - its output: `{path}`"
        count = "line" if len(kept) == 1 else format_count(len(kept), "line")
        return "\n".join((f"   - the last {count} of its output, `{path}`:", "", *kept, ""))

    def _read_tail(self, path: str) -> bytes | None:
        """The end of a log; None where it cannot be read."""
        try:
            with open_regular_file(self.workspace.root / self.workspace.confine(path, "log")) as file:
                size_bytes = os.fstat(file.fileno()).st_size
                return os.pread(file.fileno(), _TAIL_BYTES, max(0, size_bytes - _TAIL_BYTES))
        except (OSError, Refused):
            return None


def _split_lines(tail: bytes) -> list[str]:
    """The last lines that are not blank, as a terminal shows them: of a progress bar, what overwrote the rest."""
    texts = (line.rstrip("\r").rpartition("\r")[2] for line in tail.decode("utf-8", "replace").split("\n"))
    lines = (sanitize_line(text.rstrip(), _MAX_LINE_LENGTH).rstrip() for text in texts)
    return [line for line in lines if line][-MAX_LINES:]


def _keep_last(lines: Sequence[str], max_bytes: int) -> list[str]:
    """As many of the last lines, quoted, as fit."""
    kept: list[str] = []
    for line in reversed(lines):
        quoted = f"{_QUOTED}{line}"
        max_bytes -= len(quoted.encode()) + 1
        if max_bytes < 0:
            break
        kept.append(quoted)
    return kept[::-1]
