"""The one place where errors become a line for people and an exit code."""

import json
import os
import sys
from io import TextIOWrapper
from typing import NoReturn

import click

from gate_tests.errors import Exit, OrchError
from runner.cli.app import app


def run_command_line() -> NoReturn:
    """Runs `orch` with the process's arguments and ends the process."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")  # what a terminal cannot show must not stop a command
    sys.exit(run(sys.argv[1:]))


def run(arguments: list[str]) -> int:
    """The exit code of `orch` with these arguments. What went wrong has been told."""
    as_json = "--json" in arguments
    try:
        code = app.main(arguments, prog_name="orch", standalone_mode=False)
    except OrchError as error:
        return tell(error.message, error.next_command or error.advice, error.exit_code, as_json)
    except click.exceptions.NoArgsIsHelpError as error:
        click.echo(error.format_message(), err=True)
        return Exit.REFUSED
    except click.ClickException as error:
        command = error.ctx.command_path if isinstance(error, click.UsageError) and error.ctx else "orch"
        return tell(error.format_message(), f"{command} --help", Exit.REFUSED, as_json)
    except (click.Abort, KeyboardInterrupt):
        return tell("interrupted", None, Exit.INTERRUPTED, as_json)
    except OSError as error:
        message = f"{error.filename}: {error.strerror}" if error.filename else str(error.strerror or error)
        return tell(message, "make it possible, then repeat the command", Exit.NO_VERDICT, as_json)
    except Exception as error:
        if os.environ.get("ORCH_DEBUG"):
            raise
        message = f"a bug: {type(error).__name__}: {error}. Nothing was recorded as a verdict"
        return tell(message, "repeat it with ORCH_DEBUG=1 for the traceback", Exit.NO_VERDICT, as_json)
    return code if isinstance(code, int) else Exit.OK


def tell(message: str, next_command: str | None, code: int, as_json: bool) -> int:
    """One line on standard error (one for each fault of a file); with --json a document on standard output too."""
    if as_json:
        error = {"message": message, "next": next_command, "exit_code": int(code)}
        print(json.dumps({"error": error}, indent=2, ensure_ascii=False))
    click.echo(f"orch: {sentence(message, next_command)}", err=True)
    return int(code)


def sentence(message: str, next_command: str | None) -> str:
    """The message and what to type now."""
    if next_command is None:
        return message
    return f"{message}{'' if message.endswith(('?', '.')) else '.'} Next: {next_command}"
