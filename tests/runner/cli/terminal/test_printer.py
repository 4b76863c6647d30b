"""Printing: who reads what, with and without --json, -q and -v, and what a lost output means."""

import errno
import io
import json
import os
import sys
from typing import IO

import click
import pytest

from runner.agents.worker.terminal_output import TerminalOutput
from runner.cli.terminal.capabilities import is_coloured
from runner.cli.terminal.printer import Printer, echo, print_notice
from runner.cli.terminal.styles import style
from runner.cli.terminal.verbosity import Verbosity, verbosity_options
from tests.support.ci_systems import COMMANDS, is_harmless


class Failing(io.StringIO):
    """A stream whose reader has gone, or whose disk is full."""

    def __init__(self, number: int) -> None:
        super().__init__()
        self.error = OSError(number, os.strerror(number))

    def write(self, _: str) -> int:
        raise self.error


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.fixture(autouse=True)
def plain_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("NO_COLOR", "FORCE_COLOR", "COLUMNS"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TERM", "xterm")


def printer(option: str | None = None, *, as_json: bool = False) -> Printer:
    """The printer of a command that was given this option."""
    command = click.Command("x", params=[*verbosity_options()], callback=lambda: Printer(as_json))
    made: Printer = command.main([option] if option else [], standalone_mode=False)
    return made


def test_text_goes_to_standard_output_and_there_is_no_document(capsys: pytest.CaptureFixture[str]) -> None:
    one = printer()
    one.print_line("a")
    one.print_hint("b")
    one.print_document({"c": 1})
    assert capsys.readouterr() == ("a\nb\n", "")


def test_with_json_the_document_is_alone_on_standard_output(capsys: pytest.CaptureFixture[str]) -> None:
    one = printer(as_json=True)
    one.print_line("a")
    one.print_document({"ü": 1})
    printed = capsys.readouterr()
    assert (json.loads(printed.out), printed.err) == ({"ü": 1}, "a\n")


@pytest.mark.parametrize(
    ("option", "verbosity", "hint", "flags"),
    [
        (None, Verbosity.NORMAL, "hint\n", ()),
        ("-q", Verbosity.QUIET, "", ("-q",)),
        ("-v", Verbosity.VERBOSE, "hint\n", ("-v",)),
    ],
    ids=["as usual", "-q", "-v"],
)
def test_hints_are_left_out_with_q_and_another_command_can_be_given_the_same_option(
    option: str | None, verbosity: Verbosity, hint: str, flags: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    one = printer(option)
    one.print_hint("hint")
    assert (one.verbosity, capsys.readouterr().out, one.verbosity_flags) == (verbosity, hint, flags)


@pytest.mark.parametrize("counts", [[], [0], [1], [1, 200], [2, 0, 1]])
def test_rows_that_are_printed_in_parts_are_one_document(counts: list[int], capsys: pytest.CaptureFixture[str]) -> None:
    one = printer(as_json=True)
    expected: list[dict[str, int]] = []
    for count in counts:
        rows = [{"row": len(expected) + number} for number in range(count)]
        expected += rows
        if rows:
            one.print_rows(rows)
    one.end_rows()
    assert json.loads(capsys.readouterr().out) == expected


def test_a_document_line_is_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    one = printer(as_json=True)
    one.print_document_line({"a": [1, 2]})
    one.print_document_line({"b": "\n"})
    assert [json.loads(line) for line in capsys.readouterr().out.splitlines()] == [{"a": [1, 2]}, {"b": "\n"}]


def test_what_could_harm_a_terminal_is_printed_harmlessly(capsys: pytest.CaptureFixture[str]) -> None:
    printer().print_line("\x1b]0;title\x07")
    assert "\x07" not in capsys.readouterr().out


@pytest.mark.quick("*")
@pytest.mark.parametrize("text", COMMANDS.values(), ids=COMMANDS.keys())
def test_no_text_acts_on_a_terminal_or_a_ci_system(text: str, capsys: pytest.CaptureFixture[str]) -> None:
    one, with_json = printer(), printer(as_json=True)
    one.print_line(text)
    one.print_hint(text)
    one.print_text(text)
    print_notice(text)
    echo(text, sys.stderr)
    with one.open_display() as display:
        display.show(text)
    with_json.print_document({text: text})
    with_json.print_document_line([text])
    with_json.print_rows([text, text])
    with_json.end_rows()
    printed = capsys.readouterr()
    assert is_harmless(printed.out + printed.err, is_coloured=True)


def test_a_line_stays_a_line(capsys: pytest.CaptureFixture[str]) -> None:
    printer().print_line("PASS\nFAIL\r\n\u2028x")
    assert capsys.readouterr().out == "PASS FAIL x\n"
    printer().print_line("x" * 10_000)
    assert len(capsys.readouterr().out) == 2001


def test_only_our_own_colours_are_printed_and_only_where_colours_are(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    foreign = "\x1b[32mPASS\x1b[0m"
    line = f"{style('FAIL', 'red', bold=True)} {foreign}"
    printer().print_line(line)
    monkeypatch.setenv("FORCE_COLOR", "1")
    printer().print_line(line)
    written_out = r"\x1b[32mPASS\x1b[0m"
    assert capsys.readouterr().out.splitlines() == [
        f"FAIL {written_out}",
        f"\x1b[31m\x1b[1mFAIL\x1b[0m {written_out}",
    ]


def test_a_piece_of_a_line_of_an_agent_is_printed_as_it_came(capsys: pytest.CaptureFixture[str]) -> None:
    with printer().open_display() as display:
        output = TerminalOutput(display)
        output.show(b"std")
        output.show(b"::vector\n")
        output.end()
    assert capsys.readouterr().out == "std::vector\n"


# What is lost


@pytest.fixture
def lost(monkeypatch: pytest.MonkeyPatch) -> type[Failing]:
    monkeypatch.setattr("runner.cli.terminal.printer._redirect_to_devnull", lambda _: None)
    return Failing


@pytest.mark.parametrize("as_json", [False, True])
def test_a_full_disk_is_an_error_of_a_command_that_only_prints(
    lost: type[Failing], as_json: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stdout", lost(errno.ENOSPC))
    one = printer(as_json=as_json)
    one.print_line("a")
    one.print_document({})
    with pytest.raises(OSError, match="No space left"):
        one.raise_output_error()


def test_a_reader_who_went_away_is_no_error(lost: type[Failing], monkeypatch: pytest.MonkeyPatch) -> None:
    redirected: list[object] = []
    monkeypatch.setattr("runner.cli.terminal.printer._redirect_to_devnull", redirected.append)
    stream = lost(errno.EPIPE)
    stream.error = BrokenPipeError(errno.EPIPE, "Broken pipe")
    monkeypatch.setattr(sys, "stdout", stream)
    one = printer()
    one.print_line("a")
    one.raise_output_error()
    assert redirected, "the output was lost, and nothing was raised"


def test_without_any_loss_there_is_no_error(capsys: pytest.CaptureFixture[str]) -> None:
    one = printer()
    one.print_line("a")
    one.raise_output_error()
    assert capsys.readouterr().out == "a\n"


def test_echo_gives_the_error_instead_of_raising_it(lost: type[Failing]) -> None:
    stream = lost(errno.ENOSPC)
    assert echo("a", stream) is stream.error
    assert echo("a", io.StringIO()) is None


def test_after_a_loss_the_stream_takes_everything_and_keeps_nothing() -> None:
    reader, writer = os.pipe()
    os.close(reader)
    with os.fdopen(writer, "w") as stream:
        assert isinstance(echo("a", stream), BrokenPipeError)
        assert echo("b", stream) is None


def test_a_notice_goes_to_standard_error_but_not_with_q(capsys: pytest.CaptureFixture[str]) -> None:
    print_notice("note")
    assert capsys.readouterr() == ("", "orch: note\n")
    click.Command("x", params=[*verbosity_options()], callback=lambda: print_notice("note")).main(
        ["-q"], standalone_mode=False
    )
    assert capsys.readouterr() == ("", "")


# The terminal


@pytest.mark.parametrize(
    ("environment", "stream", "coloured"),
    [
        ({}, Terminal(), True),
        ({}, io.StringIO(), False),
        ({}, None, False),
        ({"TERM": "dumb"}, Terminal(), False),
        ({"NO_COLOR": "0"}, Terminal(), False),
        ({"FORCE_COLOR": "0"}, io.StringIO(), True),
        ({"NO_COLOR": "1", "FORCE_COLOR": "1"}, Terminal(), False),
        ({"NO_COLOR": ""}, Terminal(), True),
    ],
    ids=["terminal", "pipe", "closed", "dumb", "NO_COLOR", "FORCE_COLOR", "both", "empty NO_COLOR"],
)
def test_there_are_colours_where_pytest_would_have_them(
    environment: dict[str, str], stream: IO[str] | None, coloured: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert is_coloured(stream) is coloured


@pytest.mark.parametrize(("columns", "width"), [("100", 100), ("1", 40), ("9999", 400), ("wide", None), ("", None)])
def test_the_width_is_that_of_columns_within_limits(
    columns: str, width: int | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", columns)
    monkeypatch.setattr(sys, "stdout", io.StringIO())
    assert printer().columns == width


@pytest.mark.parametrize(
    ("stream", "printed"),
    [(Terminal(), "  note    word word\n          word word\n"), (io.StringIO(), "  note    word word word word\n")],
    ids=["terminal", "pipe"],
)
def test_a_line_is_wrapped_at_a_terminal_only(
    stream: io.StringIO, printed: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "40")
    monkeypatch.setattr(sys, "stdout", stream)
    printer().print_wrapped("  note    " + " ".join(["a" * 12] * 4))
    assert stream.getvalue().replace("a" * 12, "word") == printed


def test_a_wrapped_line_is_never_cut(capsys: pytest.CaptureFixture[str]) -> None:
    printer().print_wrapped("x" * 10_000)
    assert len(capsys.readouterr().out) == 10_001


def test_only_the_screen_of_a_person_is_cleared(monkeypatch: pytest.MonkeyPatch) -> None:
    for stream, as_json, cleared in (
        (Terminal(), False, True),
        (io.StringIO(), False, False),
        (Terminal(), True, False),
    ):
        monkeypatch.setattr(sys, "stdout", stream)
        monkeypatch.setattr(sys, "stderr", stream)
        printer(as_json=as_json).clear_screen()
        assert bool(stream.getvalue()) is cleared


# While gates are judged


@pytest.mark.parametrize(("option", "text"), [(None, "line\n"), ("-q", "")])
def test_the_lines_of_pytest_are_printed_when_the_block_has_ended(
    option: str | None, text: str, capsys: pytest.CaptureFixture[str]
) -> None:
    one = printer(option)
    with one.open_display() as display:
        display.show("line\n")
    assert capsys.readouterr().out == text


def test_the_display_knows_the_width_and_the_verbosity(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "90")
    with printer("-v").open_display() as display:
        assert (display.columns, display.verbose, display.color, display.progress) == (90, True, False, None)
        assert display.wrap_columns is None, "nobody reads it at a terminal"
