"""The command line of an agent's program, as it was given with `--agent-command`."""

import os
import shlex
from pathlib import Path
from shutil import which
from typing import NamedTuple

from gate_tests.errors import Refused
from runner.agents.shell_syntax import find_shell_operator, is_assignment


class AgentCommand(NamedTuple):
    """A program with its arguments, and its time limit for one gate (None: no limit)."""

    arguments: tuple[str, ...]
    timeout_s: float | None

    @property
    def program_name(self) -> str:
        """The program for the record: without a directory, which would be one of a machine."""
        return os.path.basename(self.arguments[0]) or self.arguments[0]

    @classmethod
    def parse(cls, text: str, timeout_s: float | None, root: Path) -> "AgentCommand":
        """Splits `text` as a shell would; expands only `~` of the program. Raises Refused, also where that is missing.

        Text that only a shell understands is refused too.
        """
        try:
            arguments = tuple(shlex.split(text))
        except ValueError as error:
            raise Refused(f"--agent-command {text!r} cannot be split into arguments: {error}") from None
        if not arguments or not arguments[0]:
            raise Refused("--agent-command is empty; name a program, such as 'claude -p'")
        if operator := find_shell_operator(text):
            raise Refused(
                f"--agent-command is run without a shell, so {operator!r} would be an argument",
                advice=f"give --agent-command {_quote(shlex.join(('sh', '-c', text)))}",
            )
        program = os.path.expanduser(arguments[0])
        if which(str(root / program) if "/" in program else program) is None:
            raise _missing_program_error(program, text)
        return cls((program, *arguments[1:]), timeout_s)


def _quote(command: str) -> str:
    """The command as one argument for a shell, in double quotes where that is easier to read."""
    return f'"{command}"' if "'" in command and not set(command) & set('"$`\\\\!') else shlex.quote(command)


def _missing_program_error(program: str, text: str) -> Refused:
    if is_assignment(program):
        return Refused(
            f"--agent-command is run without a shell, so it cannot begin with {program!r}",
            advice=f"give --agent-command {_quote(f'env {text}')}",
        )
    where = "below the root" if "/" in program and not os.path.isabs(program) else "on the PATH"
    return Refused(f"--agent-command: no program {program!r} {'' if os.path.isabs(program) else where}".rstrip())
