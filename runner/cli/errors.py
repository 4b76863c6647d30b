"""How the command line reports errors: a line for people, the next command, an exit code."""

import os
import sys
from typing import Final, NamedTuple

import click

from gate_tests.errors import LOST_ROOT, DamagedRecord, DecisionNeeded, Exit, OrchError, format_message
from gate_tests.sanitize import shorten_line
from runner import suggestions
from runner.cli.context import CliContext
from runner.cli.terminal.printer import echo, echo_json, has_begun_document

_REPEAT = "fix that, then repeat the command"

_WRITES_FILES: Final = (suggestions.INIT, "orch contract new", "orch workflow new")


class ErrorReport(NamedTuple):
    """What is reported of an error. Where no command helps, `advice` says in words what a person can do."""

    message: str
    next_command: str | None
    exit_code: Exit
    advice: str | None = None

    @property
    def text(self) -> str:
        """The lines for people; the last one is `Next: …`, if there is one."""
        return f"orch: {format_message(self.message, self.next_command or self.advice)}"

    def to_json(self) -> dict[str, object]:
        """The JSON document of the error."""
        next_step = {"next": self.next_command, "advice": None if self.next_command else self.advice}
        return {"error": {"message": self.message, **next_step, "exit_code": int(self.exit_code)}}


def describe_error(error: BaseException) -> ErrorReport:
    """What to report of an error."""
    match error:
        case OrchError():
            next_command = error.next_command if error.next_command or error.advice else suggestions.HELP
            return ErrorReport(error.message, next_command, error.exit_code, error.advice)
        case click.UsageError() if error.ctx:
            help_command, cli = f"{error.ctx.command_path} --help", error.ctx.find_object(CliContext)
            next_command = cli.format_command(help_command) if cli else help_command
            return ErrorReport(_format_usage_error(error), next_command, Exit.REFUSED)
        case click.ClickException():
            return ErrorReport(_format_usage_error(error), suggestions.HELP, Exit.REFUSED)
        case click.Abort() | KeyboardInterrupt():
            return ErrorReport("interrupted", None, Exit.INTERRUPTED)
        case MemoryError() | RuntimeError(args=("can't start new thread",)):
            return ErrorReport("not enough memory", None, Exit.NO_VERDICT, _REPEAT)
        case OSError():
            message = f"{error.filename}: {error.strerror}" if error.filename else str(error.strerror or error)
            return ErrorReport(message, None, Exit.NO_VERDICT, _REPEAT)
        case _:
            if os.environ.get("ORCH_DEBUG"):
                from traceback import format_exception

                echo("".join(format_exception(error)), sys.stderr, newline=False)
            message = f"a bug: {type(error).__name__}: {error}. Nothing was recorded as a verdict"
            advice = "repeat the command with ORCH_DEBUG=1 in the environment for the traceback"
            return ErrorReport(message, None, Exit.NO_VERDICT, advice)


def _format_usage_error(error: click.ClickException) -> str:
    """The sentence of click, in the form of our messages."""
    if isinstance(error, click.NoSuchOption):
        meant = error.possibilities[0] if error.possibilities else None  # the closest one
        text = f"no such option {error.option_name!r}" + (f", did you mean {meant!r}?" if meant else "")
    else:
        text = error.format_message().replace(". Did you mean ", ", did you mean ").removesuffix(".")
    text = text.removesuffix(" range") if " is not a valid " in text else text
    return text[:1].lower() + text[1:]


def print_error(report: ErrorReport, as_json: bool) -> int:
    """Prints what is wrong (of a file, a line for each of its errors) and what to do next to standard error.

    With --json also a document.

    It is the only one: where an interrupted command has begun its own, that stays incomplete. Returns the exit code.
    """
    if as_json and not has_begun_document():
        echo_json(report.to_json(), indent=2)
    echo("\n".join(map(shorten_line, report.text.splitlines())), sys.stderr)
    return int(report.exit_code)


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
    from runner.git.repository import is_bare
    from runner.git.restore import find_lost_root, is_git_silent, suggest_restore

    is_root = error.lost_file.path == LOST_ROOT
    if is_root and is_bare(error.lost_file.root):
        error.advice = "clone it (it is a bare repository), and work in the clone"
        return None
    lost = find_lost_root(error.lost_file.root) if is_root else error.lost_file
    restore = suggest_restore(lost) if lost else None
    if lost and restore:
        return format_at(lost.root, restore)
    if (error.next_command or "").startswith(_WRITES_FILES) and is_git_silent(error.lost_file.root):
        error.advice = f"{DamagedRecord.advice}; git, which may have it, does not answer"
        return None
    return error.next_command
