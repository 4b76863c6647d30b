"""Prints for people and programs: the one place where text leaves for a terminal or a CI system, and is made harmless.

A closed pipe or a full disk loses lines, never a record or an exit code.
"""

import contextlib
import json
import os
import sys
from collections.abc import Callable, Iterable, Iterator
from typing import IO, TYPE_CHECKING, Any, Final, TextIO

import click

from gate_tests.sanitize import EscapedText, escape_for_terminal, escape_json, flatten_line, shorten_line
from gate_tests.wrap import wrap_line
from runner.cli.terminal.capabilities import MIN_COLUMNS, is_coloured, is_utf8, terminal_columns
from runner.cli.terminal.styles import render_text
from runner.cli.terminal.verbosity import Verbosity, current_verbosity

if TYPE_CHECKING:
    from gate_tests.isolated_pytest.display import Display
    from runner.cli.terminal.progress_line import ProgressLine

_NOTICE_TIMEOUT_S: Final = 0.5
_CLEAR_SCREEN: Final = "\x1b[H\x1b[2J"


class _JsonOutput:
    """What standard output has of the JSON document of this command."""

    is_begun = False


_printed_notices: Final[set[str]] = set()
"""The notices of this command that are printed once."""


def has_begun_document() -> bool:
    """Whether standard output has a JSON document, or a part of one: a second one would make both unreadable."""
    return _JsonOutput.is_begun


def begin_command() -> None:
    """Declares that nothing was printed yet for this command."""
    _JsonOutput.is_begun = False
    _printed_notices.clear()


class Printer:
    """Prints text for people; with --json, text goes to standard error and one JSON document to standard output."""

    def __init__(self, as_json: bool) -> None:
        self.as_json = as_json
        self.verbosity = current_verbosity()
        self._output_error: OSError | None = None
        self._row_count = 0

    @property
    def text_stream(self) -> TextIO:
        """The stream for people."""
        return sys.stderr if self.as_json else sys.stdout

    @property
    def is_at_terminal(self) -> bool:
        """Whether text for people goes to standard output, and that is a terminal."""
        return not self.as_json and bool(sys.stdout and sys.stdout.isatty())

    @property
    def columns(self) -> int | None:
        """The width of the terminal of `text_stream`; None where it is not a terminal."""
        return terminal_columns(self.text_stream)

    @property
    def wrap_columns(self) -> int | None:
        """Where long lines are wrapped: at the width of a terminal; None elsewhere, also if COLUMNS is set."""
        return self.columns if self.text_stream and self.text_stream.isatty() else None

    def print_line(self, line: str = "", *, newline: bool = True) -> None:
        """Prints a line for people; one with line breaks or of more than 2,000 characters is still one line."""
        self.print_text(shorten_line(line), newline=newline)

    def print_wrapped(self, line: str, hanging: int = 0) -> None:
        """Prints a line for people whole: wrapped at the width of a terminal, with this indent, else as one line."""
        self.print_text(wrap_line(flatten_line(line), self.wrap_columns, hanging))

    def print_text(self, text: str, *, newline: bool = True) -> None:
        """Prints lines for people."""
        error = echo(text, self.text_stream, newline=newline)
        if not self.as_json:  # else the document is what was asked for, and an error would be a second one
            self._output_error = error or self._output_error

    def print_hint(self, line: str = "") -> None:
        """Prints additional information, such as the next command; nothing with -q."""
        if not self.is_quiet:
            self.print_line(line)

    @property
    def is_quiet(self) -> bool:
        """Whether -q was given."""
        return self.verbosity is Verbosity.QUIET

    @property
    def is_verbose(self) -> bool:
        """Whether -v was given."""
        return self.verbosity is Verbosity.VERBOSE

    @property
    def verbosity_flags(self) -> tuple[str, ...]:
        """The options that give another command the same verbosity."""
        return {Verbosity.QUIET: ("-q",), Verbosity.VERBOSE: ("-v",)}.get(self.verbosity, ())

    def print_document(self, value: Any) -> None:
        """Prints the JSON document, with --json."""
        if self.as_json:
            _JsonOutput.is_begun = True
            self._output_error = echo_json(value, indent=2) or self._output_error

    def print_report(self, text: str) -> None:
        """Prints a report to standard output, as it was rendered: harmless, or commands that a CI system is to obey.

        In UTF-8, whatever the locale, as in a file; a terminal gets what it can show.
        """
        _JsonOutput.is_begun = True
        is_shown = sys.stdout is None or sys.stdout.isatty() or is_utf8(sys.stdout)
        self._output_error = _write(text if is_shown else text.encode(), sys.stdout) or self._output_error

    def print_document_line(self, value: Any) -> None:
        """Prints one of several JSON documents as a line, with --json."""
        if self.as_json:
            self._output_error = echo_json(value) or self._output_error

    def print_rendered(self, text: str) -> None:
        """Prints text for people that another printer has rendered."""
        self._output_error = _write(text, self.text_stream) or self._output_error

    def clear_screen(self) -> None:
        """Clears the screen of a terminal, without --json. Keeps the scrollback."""
        if self.is_at_terminal and os.environ.get("TERM", "dumb") != "dumb":
            self._output_error = _write(_CLEAR_SCREEN, self.text_stream) or self._output_error

    def print_rows(self, rows: Iterable[Any]) -> None:
        """Prints further rows of a document that is one long list, a line each, so that it can be streamed."""
        if self.as_json:
            texts = [_encode_json(row, sys.stdout) for row in rows]
            before = ",\n  " if self._row_count else "[\n  "
            self._row_count += len(texts)
            _JsonOutput.is_begun = True
            self._output_error = _write(before + ",\n  ".join(texts), sys.stdout) or self._output_error

    def end_rows(self) -> None:
        """Closes the list of `print_rows`."""
        if self.as_json:
            self._output_error = _write("\n]\n" if self._row_count else "[]\n", sys.stdout) or self._output_error

    def raise_output_error(self) -> None:
        """Raises the error that lost output, except a broken pipe: for commands that do nothing but print."""
        if self._output_error and not isinstance(self._output_error, BrokenPipeError):
            raise self._output_error

    @contextlib.contextmanager
    def open_display(self) -> "Iterator[Display]":
        """A display for pytest's output during judging; a thread prints it, so a slow reader delays nothing."""
        from queue import SimpleQueue
        from threading import Thread

        from gate_tests.isolated_pytest.display import Display

        stream, queue, patience_s = self.text_stream, SimpleQueue[str | None](), None
        line = self._create_progress_line()
        thread = Thread(target=_print_queue, args=(queue, stream, line), daemon=True)
        thread.start()
        progress = (lambda text: queue.put(_ProgressText(text))) if line else None
        try:
            show = _discard if self.is_quiet else queue.put
            yield Display(
                show, is_coloured(stream), terminal_columns(stream), progress, self.is_verbose, self.wrap_columns
            )
        except KeyboardInterrupt:
            patience_s = 1.0
            raise
        finally:
            queue.put(None)
            thread.join(patience_s)

    @contextlib.contextmanager
    def show_progress(self) -> Iterator[None]:
        """Shows the progress of long work in this process at a terminal, while the block lasts."""
        if (line := self._create_progress_line()) is None:
            yield
            return
        from gate_tests.progress import report_progress_to

        try:
            with report_progress_to(line.show):
                yield
        finally:
            line.erase()

    def _create_progress_line(self) -> "ProgressLine | None":
        """The progress line; None where none is shown."""
        from runner.cli.terminal.progress_line import ProgressLine, shows_progress

        return (
            ProgressLine(sys.stderr, terminal_columns(sys.stderr) or MIN_COLUMNS)
            if shows_progress(self.as_json or self.is_quiet)
            else None
        )


class _ProgressText(str):
    """A text for the progress line, which is erased later."""


def print_notice(lines: str) -> None:
    """Prints lines to standard error, unless -q was given. Gives up where they cannot be written in a moment."""
    if current_verbosity() is not Verbosity.QUIET:
        text = "\n".join(map(shorten_line, f"orch: {lines}".splitlines()))
        print_briefly(lambda: echo(text, sys.stderr))


def print_notice_once(line: str) -> None:
    """Prints a notice, unless this command has printed it already."""
    if line not in _printed_notices:
        _printed_notices.add(line)
        print_notice(line)


def print_briefly(action: Callable[[], object]) -> None:
    """Runs an action that prints, and waits for it for a moment only: where nobody reads, it never ends."""
    from threading import Thread

    thread = Thread(target=action, daemon=True)
    thread.start()
    thread.join(_NOTICE_TIMEOUT_S)


def echo(text: str, stream: IO[str] | None, *, newline: bool = True) -> OSError | None:
    """Prints lines; returns the error where that failed. All later output to the stream is discarded then."""
    return _write(render_text(text, is_coloured=is_coloured(stream)) + ("\n" if newline else ""), stream)


def echo_json(value: Any, *, indent: int | None = None) -> OSError | None:
    """Prints a JSON document to standard output, as `echo` prints text."""
    return _write(f"{_encode_json(value, sys.stdout, indent)}\n", sys.stdout)


def _encode_json(value: Any, stream: IO[str] | None, indent: int | None = None) -> str:
    """JSON that a terminal does not obey and that `stream` can encode."""
    return escape_json(json.dumps(value, indent=indent, ensure_ascii=not is_utf8(stream)))


def _write(text: str | bytes, stream: IO[str] | None) -> OSError | None:
    if stream is None:  # closed; click would take standard output for it, which may hold a document
        return None
    try:
        click.echo(text, file=stream, nl=False, color=True)  # what it would strip are our colours
    except OSError as error:
        _redirect_to_devnull(stream)
        return error
    return None


def _print_queue(queue: Any, stream: IO[str] | None, line: "ProgressLine | None") -> None:
    while (text := queue.get()) is not None:
        if isinstance(text, _ProgressText) and line:
            line.show(text)
        else:
            _print_text(text, stream, line)
    if line:
        line.erase()


def _print_text(text: str, stream: IO[str] | None, line: "ProgressLine | None") -> None:
    """Prints what pytest or an agent printed, with the progress line erased meanwhile."""
    try:
        if line:
            line.erase()
        if stream is not None:
            stream.write(text if isinstance(text, EscapedText) else escape_for_terminal(text))
            stream.flush()
        if line and stream and stream.isatty():
            line.note_printed(text)
    except OSError:
        _redirect_to_devnull(stream)


def _redirect_to_devnull(stream: IO[str] | None) -> None:
    """Discards all further output to the stream, including what is still buffered when the process ends."""
    with contextlib.suppress(OSError, AttributeError, ValueError):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, (stream or sys.stdout).fileno())
        os.close(nowhere)


def _discard(_: str) -> None:
    """Receives pytest's output with -q: failures are printed after the session."""
