"""Printing that stops nothing: a closed pipe or a full disk loses lines, never a record or an exit code."""

import contextlib
import json
import os
import sys
from collections.abc import Iterable, Iterator
from typing import IO, TYPE_CHECKING, Any, TextIO

import click

from gate_tests.isolated_pytest.display import Display
from gate_tests.sanitize import escape_for_terminal
from runner.cli.terminal.verbosity import Verbosity, verbosity

if TYPE_CHECKING:
    from runner.cli.terminal.progress_line import ProgressLine

_MOMENT_S = 0.5
_CLEARED = "\x1b[H\x1b[2J"
_NARROWEST, _WIDEST = 40, 400  # columns; pytest draws its lines to the width it is given


class Printer:
    """Text for people; with --json it goes to standard error and one JSON document to standard output."""

    def __init__(self, as_json: bool) -> None:
        self.as_json = as_json
        self.verbosity = verbosity()
        self._lost: OSError | None = None
        self._rows = 0

    @property
    def people(self) -> TextIO:
        """Where people read."""
        return sys.stderr if self.as_json else sys.stdout

    @property
    def columns(self) -> int | None:
        """How wide the terminal of the people is, None where there is none."""
        return _columns(self.people)

    def say(self, line: str = "", *, newline: bool = True) -> None:
        """Prints a line for people."""
        self._lost = echo(escape_for_terminal(line), self.people, newline=newline) or self._lost

    def mention(self, line: str = "") -> None:
        """Prints what helps but was not asked for, such as the next command: not with -q."""
        if not self.is_quiet:
            self.say(line)

    @property
    def is_quiet(self) -> bool:
        """Whether only what was asked for is to be said."""
        return self.verbosity is Verbosity.QUIET

    @property
    def is_verbose(self) -> bool:
        """Whether all is to be said."""
        return self.verbosity is Verbosity.VERBOSE

    @property
    def flags(self) -> tuple[str, ...]:
        """What makes another command say as much."""
        return {Verbosity.QUIET: ("-q",), Verbosity.VERBOSE: ("-v",)}.get(self.verbosity, ())

    def document(self, value: Any) -> None:
        """Prints the JSON document, if one is wanted."""
        if self.as_json:
            text = json.dumps(value, indent=2, ensure_ascii=False)
            self._lost = echo(text, sys.stdout) or self._lost

    def document_line(self, value: Any) -> None:
        """Prints one of several JSON documents, each of them a line."""
        if self.as_json:
            self._lost = echo(json.dumps(value, ensure_ascii=False), sys.stdout) or self._lost

    def clear(self) -> None:
        """Empties the screen, where there is one that only people read. What had scrolled off it stays."""
        if not self.as_json and self.people.isatty() and os.environ.get("TERM", "dumb") != "dumb":
            self._lost = echo(_CLEARED, self.people, newline=False) or self._lost

    def rows(self, rows: Iterable[Any]) -> None:
        """Prints more of a document that is one long list, a line for each row: it can be read before it is whole."""
        if self.as_json:
            texts = [json.dumps(row, ensure_ascii=False) for row in rows]
            before = ",\n  " if self._rows else "[\n  "
            self._rows += len(texts)
            self._lost = echo(before + ",\n  ".join(texts), sys.stdout, newline=False) or self._lost

    def end_of_rows(self) -> None:
        """Ends that list."""
        if self.as_json:
            self._lost = echo("\n]" if self._rows else "[]", sys.stdout) or self._lost

    def insist(self) -> None:
        """For a command that only prints: raises what kept it from that, a reader who went away aside."""
        if self._lost and not isinstance(self._lost, BrokenPipeError):
            raise self._lost

    @contextlib.contextmanager
    def display(self) -> Iterator[Display]:
        """Where pytest's lines go while gates are judged. Nobody waits for them before the end of the block."""
        from queue import SimpleQueue
        from threading import Thread

        stream, waiting, patience_s = self.people, SimpleQueue[str | None](), None
        line = self._passing_line()
        thread = Thread(target=_print_all, args=(waiting, stream, line), daemon=True)
        thread.start()
        progress = (lambda text: waiting.put(_Passing(text))) if line else None
        try:
            show = _say_nothing if self.is_quiet else waiting.put
            yield Display(show, is_coloured(stream), _columns(stream), progress, self.is_verbose)
        except KeyboardInterrupt:
            patience_s = 1.0
            raise
        finally:
            waiting.put(None)
            thread.join(patience_s)

    @contextlib.contextmanager
    def progress(self) -> Iterator[None]:
        """Meanwhile a person at a terminal sees how far long work in this process has come."""
        if (line := self._passing_line()) is None:
            yield
            return
        from gate_tests.progress import report_progress_to

        try:
            with report_progress_to(line.show):
                yield
        finally:
            line.erase()

    def _passing_line(self) -> "ProgressLine | None":
        """Where it is shown how far something has come, if anywhere."""
        from runner.cli.terminal.progress_line import ProgressLine, is_wanted

        return (
            ProgressLine(sys.stderr, _columns(sys.stderr) or _NARROWEST)
            if is_wanted(self.as_json or self.is_quiet)
            else None
        )


class _Passing(str):
    """A text that is only shown for a while."""


def murmur(line: str) -> None:
    """Says on standard error what nobody asked for. Where it is not read or cannot be written, the line is lost."""
    if verbosity() is Verbosity.QUIET:
        return
    from threading import Thread

    thread = Thread(target=echo, args=(f"orch: {escape_for_terminal(line)}", sys.stderr), daemon=True)
    thread.start()
    thread.join(_MOMENT_S)


def echo(text: str, stream: IO[str] | None, *, newline: bool = True) -> OSError | None:
    """Prints; gives the error where that failed. What comes after it is lost as well, without an error."""
    try:
        click.echo(text, file=stream, nl=newline, color=is_coloured(stream))
    except OSError as error:
        _give_up(stream)
        return error
    return None


def _print_all(waiting: Any, stream: IO[str] | None, line: "ProgressLine | None") -> None:
    while (text := waiting.get()) is not None:
        if isinstance(text, _Passing) and line:
            line.show(text)
        else:
            _print(text, stream, line)
    if line:
        line.erase()


def _print(text: str, stream: IO[str] | None, line: "ProgressLine | None") -> None:
    """Prints, where the passing line may stand at the same terminal."""
    try:
        if line:
            line.erase()
        if stream is not None:
            stream.write(text)
            stream.flush()
        if line and stream and stream.isatty():
            line.comes_after(text)
    except OSError:
        _give_up(stream)


def _give_up(stream: IO[str] | None) -> None:
    """Whatever is written to the stream from now on goes nowhere, also what it still holds when the process ends."""
    with contextlib.suppress(OSError, AttributeError, ValueError):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, (stream or sys.stdout).fileno())
        os.close(nowhere)


def _say_nothing(_: str) -> None:
    """Where pytest's lines go with -q: what failed is told after them."""


def is_coloured(stream: IO[str] | None) -> bool:
    """Whether what is printed there has colours. As in pytest: NO_COLOR, then FORCE_COLOR, whatever their values."""
    if os.environ.get("NO_COLOR"):
        return False
    if os.environ.get("FORCE_COLOR"):
        return True
    return os.environ.get("TERM") != "dumb" and bool(stream and stream.isatty())


def _columns(stream: IO[str] | None) -> int | None:
    wanted = os.environ.get("COLUMNS", "")
    try:
        if wanted.isdecimal():
            columns = int(wanted)
        elif stream:
            columns = os.get_terminal_size(stream.fileno()).columns
        else:
            return None
    except (OSError, ValueError):
        return None
    return min(max(columns, _NARROWEST), _WIDEST)
