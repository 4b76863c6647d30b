"""The command of an agent: the program that does its work."""

import os
from pathlib import Path
from typing import NamedTuple

from gate_tests.errors import Refused
from gate_tests.sanitize import sanitize_line
from runner.agents.commands.command_line import CommandLineError, quote_for_shell, require_program, split_command_line

OPTION = "--agent-command"


class AgentCommand(NamedTuple):
    """A program with its arguments, its time limit for one gate (None: no limit), and its model where it is known."""

    arguments: tuple[str, ...]
    timeout_s: float | None
    model: str | None = None

    @property
    def program_name(self) -> str:
        """The program for the record, as one line of text: without a directory, which would be one of a machine."""
        return sanitize_line(os.path.basename(self.arguments[0]) or self.arguments[0]) or "unknown"

    @classmethod
    def parse(cls, text: str, timeout_s: float | None, root: Path, agent: str | None = None) -> "AgentCommand":
        """A value of `--agent-command`, without the `NAME=` of its agent. Raises Refused, also for a missing program.

        `agent` is that name, for messages.
        """
        option = f"{OPTION} {agent}=" if agent else OPTION
        try:
            arguments = split_command_line(text)
            require_program(arguments, root)
        except CommandLineError as error:
            advice = error.replacement and f"give {option}{'' if agent else ' '}{quote_for_shell(error.replacement)}"
            raise Refused(f"{option}{error.message}", advice=advice) from None
        return cls(arguments, timeout_s)
