"""What a report cites."""

from enum import StrEnum
from typing import NamedTuple

Lines = tuple[int, int]
"""The first and the last cited line."""


class CitationKind(StrEnum):
    """How a file is cited."""

    LINES = "lines"  # a path with lines, in the text
    LINK = "link"  # or a path with lines in the text of a link to that file
    PATH = "path"  # a path in backticks, without lines


class Citation(NamedTuple):
    """A citation: its line in the report, the text as written, the cited path, and the cited lines if any.

    `paths` are the readings of the path, of which the first that exists is meant; `path` is the one to report. If it is
    not `is_certain`, it is a citation only where a file exists there. `anchor` is the part of a file that a link names,
    without `#`. The path is empty for a part of the report itself, and for a link to nothing.
    """

    line: int
    text: str
    path: str
    lines: Lines | None
    kind: CitationKind
    paths: tuple[str, ...]
    is_certain: bool = True
    anchor: str = ""

    @property
    def is_link(self) -> bool:
        """Whether it is a link, which starts at the report's directory."""
        return self.kind is CitationKind.LINK
