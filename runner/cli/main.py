"""Runs the command line: the one place where errors become a line for people and an exit code."""

import contextlib
import os
import sys
from collections.abc import Mapping
from io import TextIOWrapper
from typing import NoReturn

import click

from gate_tests.errors import Exit, Interrupted
from gate_tests.programs.signals import exit_when_interrupted, handle_interrupts, is_interrupted
from runner.cli.app import app
from runner.cli.errors import ErrorReport, describe_error, print_error
from runner.cli.terminal.printer import begin_command, echo, print_briefly


def run_command_line() -> NoReturn:
    """Runs `orch` with the process's arguments and ends the process."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            _escape_unencodable(stream)
    if _is_completion_request(os.environ):
        _print_completions()
    os.environ.pop("_ORCH_COMPLETE", None)  # else click would complete instead of judging
    code: int = Exit.INTERRUPTED
    with contextlib.suppress(KeyboardInterrupt):  # another one, while the first is reported
        handle_interrupts()
        code = run(sys.argv[1:])
        exit_when_interrupted(code)
    with contextlib.suppress(KeyboardInterrupt):
        print_briefly(_flush_streams) if code == Exit.INTERRUPTED else _flush_streams()
    os._exit(code)  # the exit code is the verdict: no clean-up may change it


def _is_completion_request(environ: Mapping[str, str]) -> bool:
    """Whether a shell requests completions: it passes no arguments, but its line in COMP_WORDS."""
    return (
        len(sys.argv) < 2
        and environ.get("_ORCH_COMPLETE") in ("bash_complete", "zsh_complete", "fish_complete")
        and "COMP_WORDS" in environ
    )


def _print_completions() -> NoReturn:
    """Prints completions. Prints no errors, which would appear in the middle of the line being typed."""
    exit_when_interrupted(Exit.INTERRUPTED)
    handle_interrupts()
    with contextlib.suppress(BaseException):
        app.main([], prog_name="orch", standalone_mode=False)
    with contextlib.suppress(OSError, AttributeError):
        sys.stdout.flush()
    os._exit(0)


def _flush_streams() -> None:
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(OSError, AttributeError):
            stream.flush()


def _escape_unencodable(stream: TextIOWrapper) -> None:
    """Makes the stream escape what its encoding cannot represent, instead of raising."""
    try:
        "\N{BULLET}..".encode(stream.encoding, "backslashreplace")
        stream.reconfigure(errors="backslashreplace")
    except UnicodeError:  # PYTHONIOENCODING names an encoding of names, such as `idna`: not every text is one
        stream.reconfigure(encoding="utf-8", errors="backslashreplace")


def run(arguments: list[str]) -> int:
    """Runs `orch` with these arguments, prints errors; returns the exit code."""
    begin_command()
    try:
        code = app.main(arguments, prog_name="orch", standalone_mode=False)
    except SystemExit:  # click's way to say that a pipe broke: nobody reads its help any more, or it was another pipe
        if {"-h", "--help", "--version"} & {*arguments} or not arguments:
            return Exit.OK
        report = ErrorReport("a pipe to another process broke", None, Exit.NO_VERDICT, "repeat the command")
        return print_error(report, "--json" in arguments)
    except click.exceptions.NoArgsIsHelpError as error:
        echo(error.format_message(), sys.stderr)
        return Exit.REFUSED
    except (Exception, KeyboardInterrupt) as error:
        is_lost = is_interrupted() and not isinstance(error, Interrupted)  # it was made another error, or led to one
        report = describe_error(KeyboardInterrupt() if is_lost else error)
        if report.exit_code == Exit.INTERRUPTED:
            if isinstance(error, click.Abort) and sys.stderr and sys.stderr.isatty():
                print_briefly(lambda: echo("", sys.stderr))  # the line has `^C`
            return _print_interrupted(report, "--json" in arguments)
        return print_error(report, "--json" in arguments)
    if is_interrupted() and code != Exit.INTERRUPTED:
        return _print_interrupted(describe_error(KeyboardInterrupt()), as_json=False)
    return code if isinstance(code, int) else Exit.OK


def _print_interrupted(report: ErrorReport, as_json: bool) -> int:
    """Prints it, unless nobody reads: an interrupted command ends none the less."""
    print_briefly(lambda: print_error(report, as_json))
    return Exit.INTERRUPTED
