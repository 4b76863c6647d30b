"""Notifications of a pipeline: a program of the user gets each as JSON on standard input.

{"schema_version": 1, "event": "person_awaited", "run_id": "run_…", "workflow": "visual-essay", "slug": "…",
"status": "RUNNING", "gate": "G2", "attempt": 1, "message": "paused at gate G2, …", "next_command": "orch …"}
"""

import json
from enum import StrEnum
from pathlib import Path
from tempfile import TemporaryFile
from typing import Final, NamedTuple

from gate_tests.errors import InvalidFile
from gate_tests.programs.execute import execute, read_last_lines
from gate_tests.programs.program import Program
from gate_tests.sanitize import sanitize_line
from gate_tests.strict_json.validation import format_errors
from runner.agents.commands.agents_file import AGENTS_FILE, AgentsFile
from runner.agents.commands.command_line import CommandLineError, parse_option, require_program
from runner.models.attempt import Json

OPTION: Final = "--notify"
TIMEOUT_S: Final = 30
_SCHEMA_VERSION: Final = 1
_MAX_OUTPUT: Final = 200
"""In characters, of what the program printed last."""


class Event(StrEnum):
    """What a notification reports."""

    PERSON_AWAITED = "person_awaited"
    GATE_FAILED = "gate_failed"
    RUN_ENDED = "run_ended"


class Notification(NamedTuple):
    """An event of a run. `gate` and `attempt` are those it is about, `status` is the run's.

    What is not known of a run that cannot be read is None.
    """

    event: Event
    run_id: str
    workflow: str | None
    slug: str | None
    status: str | None
    gate: str | None
    attempt: int | None
    message: str
    next_command: str | None

    def to_json(self) -> Json:
        """The document in the module's docstring."""
        return {"schema_version": _SCHEMA_VERSION, **self._asdict(), "event": str(self.event)}


class NotifyCommand(NamedTuple):
    """A program with its arguments, run in `root`, and what named it: an option or a file."""

    arguments: tuple[str, ...]
    root: Path
    named_by: str

    @classmethod
    def from_option(cls, text: str, root: Path) -> "NotifyCommand":
        """The value of `--notify`. Raises Refused, also where there is no such program."""
        return cls(parse_option(OPTION, text, root), root, OPTION)

    @classmethod
    def from_agents_file(cls, file: AgentsFile, root: Path) -> "NotifyCommand | None":
        """The member `notify` of the file; None if it has none. Raises InvalidFile for a missing program."""
        if file.notify is None:
            return None
        try:
            require_program(file.notify, root)
        except CommandLineError as error:
            problem = ("notify",), error.message.removeprefix(": ")
            raise InvalidFile(format_errors(file.document, [problem])) from None
        return cls(file.notify, root, f"{AGENTS_FILE}: notify")

    def send(self, notification: Notification) -> str | None:
        """Runs the program, at most 30 s; returns what is wrong, for people, None if it exited with 0.

        A signal raises KeyboardInterrupt; the program has ended then.
        """
        with TemporaryFile() as document, TemporaryFile() as output:
            document.write(json.dumps(notification.to_json()).encode() + b"\n")
            document.seek(0)
            result = execute(Program(self.arguments, TIMEOUT_S), self.root, output.fileno(), document.fileno())
            last_lines = read_last_lines(output.fileno())
        if result.succeeded:
            return None
        said = f": {sanitize_line(last_lines[-1], _MAX_OUTPUT)}" if last_lines else ""
        return f"{self.named_by}: {result.found}{said}"
