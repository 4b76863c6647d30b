"""Builds the text of a block from its parts."""

from gate_tests.parsers.markdown.block import Span, SpanKind


class TextBuilder:
    """Collects parts, each on the `line` of the file that is set before it is added, and spans around them."""

    def __init__(self) -> None:
        self.line = 0
        self._parts: list[str] = []
        self._length = 0
        self._lines: list[tuple[int, int]] = []
        self._spans: list[Span] = []
        self._open: list[tuple[SpanKind, int, str]] = []

    def add(self, text: str) -> None:
        """Append a part of the text."""
        if not text:
            return
        if not self._lines or self.line != self._lines[-1][1]:
            self._lines.append((self._length, self.line))
        self._parts.append(text)
        self._length += len(text)

    def open(self, kind: SpanKind, target: str = "") -> None:
        """Begin a span."""
        self._open.append((kind, self._length, target))

    def close(self, kind: SpanKind) -> None:
        """End the innermost span of this kind that is open, if there is one."""
        for index in range(len(self._open) - 1, max(len(self._open) - 1 - _MAX_OPEN, -1), -1):
            opened, start, target = self._open[index]
            if opened is kind:
                self._spans.append(Span(kind, start, self._length, target))
                del self._open[index]
                return

    def build(self, first_line: int) -> tuple[str, tuple[tuple[int, int], ...], tuple[Span, ...]]:
        """The text, its lines and its spans, as `Block` has them; spans that are still open end with the text."""
        for kind, _, _ in self._open[::-1]:
            self.close(kind)
        return "".join(self._parts), tuple(self._lines) or ((0, first_line),), tuple(self._spans)


_MAX_OPEN = 100
"""How many open spans are looked through for the one that is closed: a hostile text may open any number."""
