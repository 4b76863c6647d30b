"""Errors as the command line shows them: a line for people, the next command, an exit code."""

import json
import os
import sys

import click

from gate_tests.errors import DamagedRecord, Exit, OrchError, sentence
from gate_tests.sanitize import plain
from runner import suggestions
from runner.cli.context import Site
from runner.cli.terminal.printer import echo

_LONGEST_LINE = 2000


def told(error: BaseException) -> tuple[str, str | None, Exit]:
    """What is said of an error: the message, the next command, the exit code."""
    match error:
        case OrchError():
            return error.message, error.next_command or error.advice, error.exit_code
        case click.UsageError() if error.ctx:
            help_command, site = f"{error.ctx.command_path} --help", error.ctx.find_object(Site)
            return error.format_message(), site.typed(help_command) if site else help_command, Exit.REFUSED
        case click.ClickException():
            return error.format_message(), "orch --help", Exit.REFUSED
        case click.Abort() | KeyboardInterrupt():
            return "interrupted", None, Exit.INTERRUPTED
        case OSError():
            message = f"{error.filename}: {error.strerror}" if error.filename else str(error.strerror or error)
            return message, "make it possible, then repeat the command", Exit.NO_VERDICT
        case _:
            if os.environ.get("ORCH_DEBUG"):
                from traceback import print_exception

                print_exception(error)
            message = f"a bug: {type(error).__name__}: {error}. Nothing was recorded as a verdict"
            return message, "repeat it with ORCH_DEBUG=1 for the traceback", Exit.NO_VERDICT


def tell(message: str, next_command: str | None, code: int, as_json: bool) -> int:
    """One line on standard error (one for each fault of a file); with --json a document on standard output too."""
    if as_json:
        error = {"message": message, "next": next_command, "exit_code": int(code)}
        echo(json.dumps({"error": error}, indent=2, ensure_ascii=False), sys.stdout)
    lines = f"orch: {sentence(message, next_command)}".splitlines()
    echo("\n".join(plain(line, _LONGEST_LINE) for line in lines), sys.stderr)
    return int(code)


def next_command_of(error: OrchError, site: Site) -> str | None:
    """The command that an error names; for a damaged record, one that helps: the store does not look into that."""
    if isinstance(error, DamagedRecord) and error.run_id and error.next_command == suggestions.repair_run(error.run_id):
        from runner.repair.plan import find_repair_command

        return find_repair_command(site.workspace, error.run_id)
    return error.next_command
