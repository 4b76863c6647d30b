"""How many matches there are, and on which lines they begin."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final

_MAX_LINES: Final = 10


@dataclass
class MatchLines:
    """The number of matches that were added, and the lines on which they begin: the first few, and how many more."""

    count: int = 0
    lines: list[int] = field(default_factory=list)
    more_lines: int = 0

    def add(self, text: str, starts: Iterable[int]) -> None:
        """Add the matches in `text` that begin at these offsets, which ascend; each part of the text is read once."""
        line, line_end, count = 0, -1, 0
        try:
            for start in starts:
                count += 1
                if start > line_end:
                    line += 1 + text.count("\n", line_end + 1, start)
                    line_end = text.find("\n", start)
                    line_end = len(text) if line_end < 0 else line_end
                    self._add_line(line)
        finally:  # the time may be over
            self.count += count

    def _add_line(self, line: int) -> None:
        if len(self.lines) < _MAX_LINES:
            self.lines.append(line)
        else:
            self.more_lines += 1

    def __str__(self) -> str:
        if not self.count:
            return "no match"
        where = f"line{'s' if len(self.lines) > 1 else ''} {', '.join(map(str, self.lines))}"
        more = f" and {self.more_lines} more" if self.more_lines else ""
        return f"{format_match_count(self.count)} on {where}{more}"


def format_match_count(count: int) -> str:
    """`1 match`, `2 matches`."""
    return "1 match" if count == 1 else f"{count} matches"
