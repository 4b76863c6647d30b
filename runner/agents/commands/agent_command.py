"""The command of an agent: the program that does its work."""

import os
from pathlib import Path
from typing import NamedTuple

from gate_tests.sanitize import sanitize_line
from runner.agents.commands.command_line import parse_option

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
        return cls(parse_option(option, text, root), timeout_s)
