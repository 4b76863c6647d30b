"""Shows the output of a program at a terminal while it runs."""

from codecs import getincrementaldecoder

from gate_tests.isolated_pytest.display import Display
from gate_tests.sanitize import RESET_COLOURS, EscapedText, StreamEscaper


class TerminalOutput:
    """Decodes chunks of output and shows them as text that is harmless to a terminal and to a CI system."""

    def __init__(self, display: Display) -> None:
        self._show, self._decode = display.show, getincrementaldecoder("utf-8")("replace").decode
        self._escaper, self._last_character = StreamEscaper(), "\n"

    def show(self, chunk: bytes) -> None:
        """Shows the chunk, except what may be harmful together with the next one."""
        self._write(self._escaper.feed(self._decode(chunk)))

    def end(self) -> None:
        """Shows what was held back, ends the last line, and resets the colours."""
        self._write(self._escaper.feed(self._decode(b"", True)) + self._escaper.flush())
        self._write("" if self._last_character == "\n" else "\n")
        self._write(RESET_COLOURS if self._escaper.is_coloured else "")

    def _write(self, text: str) -> None:
        if text:
            self._show(EscapedText(text))
            self._last_character = text[-1]
