"""How the command line reports errors: a line for people, the next command, an exit code."""

import os
import sys

import click

from gate_tests.errors import DamagedRecord, DecisionNeeded, Exit, OrchError, format_message
from runner.cli.context import CliContext
from runner.cli.terminal.printer import echo, echo_json, has_begun_document, shorten_line


def describe_error(error: BaseException) -> tuple[str, str | None, Exit]:
    """(Message, next command, exit code) of an error."""
    match error:
        case OrchError():
            return error.message, error.next_command or error.hint, error.exit_code
        case click.UsageError() if error.ctx:
            help_command, cli = f"{error.ctx.command_path} --help", error.ctx.find_object(CliContext)
            return error.format_message(), cli.format_command(help_command) if cli else help_command, Exit.REFUSED
        case click.ClickException():
            return error.format_message(), "orch --help", Exit.REFUSED
        case click.Abort() | KeyboardInterrupt():
            return "interrupted", None, Exit.INTERRUPTED
        case MemoryError() | RuntimeError(args=("can't start new thread",)):
            return "not enough memory", "make it possible, then repeat the command", Exit.NO_VERDICT
        case OSError():
            message = f"{error.filename}: {error.strerror}" if error.filename else str(error.strerror or error)
            return message, "make it possible, then repeat the command", Exit.NO_VERDICT
        case _:
            if os.environ.get("ORCH_DEBUG"):
                from traceback import format_exception

                echo("".join(format_exception(error)), sys.stderr, newline=False)
            message = f"a bug: {type(error).__name__}: {error}. Nothing was recorded as a verdict"
            return message, "repeat it with ORCH_DEBUG=1 for the traceback", Exit.NO_VERDICT


def print_error(message: str, next_command: str | None, code: int, as_json: bool) -> int:
    """Prints a line (of a file, one for each of its errors) to standard error; with --json also a document.

    It is the only one: where an interrupted command has begun its own, that stays incomplete. Returns the exit code.
    """
    if as_json and not has_begun_document():
        error = {"message": message, "next": next_command, "exit_code": int(code)}
        echo_json({"error": error}, indent=2)
    lines = f"orch: {format_message(message, next_command)}".splitlines()
    echo("\n".join(map(shorten_line, lines)), sys.stderr)
    return int(code)


def suggest_next_command(error: OrchError, cli: CliContext | None = None) -> str | None:
    """The command that an error names. How a file can be restored or a record be repaired is examined only here."""
    if isinstance(error, DecisionNeeded):
        from runner.cli.decisions import suggest_after

        return suggest_after(error, cli)
    if isinstance(error, DamagedRecord) and error.root and error.run_id:
        from gate_tests.workspace.layout import Workspace
        from runner.repair.plan import find_repair_command

        return find_repair_command(Workspace(error.root), error.run_id)
    if error.lost_file is None:
        return error.next_command
    from runner.cli.context import format_at
    from runner.git.restore import suggest_restore

    restore = suggest_restore(error.lost_file)
    return format_at(error.lost_file.root, restore) if restore else error.next_command
