"""Command lines that are run without a shell: how they are split, and which are refused."""

import os
import shlex
from pathlib import Path
from shutil import which
from typing import Final

from gate_tests.errors import Refused
from runner.agents.commands.shell_syntax import find_shell_operator, has_unquoted, is_assignment

_PLACEHOLDER: Final = "{packet}"
"""What other programs replace by the file of a prompt."""


class CommandLineError(Exception):
    """A command line that cannot be run. `message` continues the name of what has it: ` is empty`, `: no program …`.

    `replacement` is the command line that was probably meant; None where there is none.
    """

    def __init__(self, message: str, replacement: str | None = None) -> None:
        self.message, self.replacement = message, replacement
        super().__init__(message)


def split_command_line(text: str) -> tuple[str, ...]:
    """Splits `text` as a shell would; only `~` of the program is expanded. Raises CommandLineError.

    Text that only a shell understands is an error.
    """
    try:
        arguments = tuple(shlex.split(text))
    except ValueError as error:
        raise CommandLineError(f" {text!r} cannot be split into arguments: {error}") from None
    if arguments and (operator := find_shell_operator(text)):
        message = f" is run without a shell, so {operator!r} would be an argument"
        raise CommandLineError(message, shlex.join(("sh", "-c", text)))
    if has_unquoted(text, _PLACEHOLDER):
        script = text.replace(_PLACEHOLDER, '"$ORCH_PACKET"')
        raise CommandLineError(
            f" replaces nothing, so {_PLACEHOLDER!r} would be an argument", shlex.join(("sh", "-c", script))
        )
    if arguments and is_assignment(arguments[0]):
        raise CommandLineError(f" is run without a shell, so it cannot begin with {arguments[0]!r}", f"env {text}")
    return expand_program(arguments)


def expand_program(arguments: tuple[str, ...]) -> tuple[str, ...]:
    """The arguments with `~` of the program expanded. Raises CommandLineError where there is no program."""
    if not arguments or not arguments[0]:
        raise CommandLineError(" is empty; name a program")
    if any("\0" in argument for argument in arguments):
        raise CommandLineError(" contains a NUL character, which no argument of a program can have")
    return (os.path.expanduser(arguments[0]), *arguments[1:])


def require_program(arguments: tuple[str, ...], root: Path) -> None:
    """Raises CommandLineError where the program does not exist; one with a slash is looked for below `root`."""
    program = arguments[0]
    if which(str(root / program) if "/" in program else program) is None:
        where = "below the root" if "/" in program and not os.path.isabs(program) else "on the PATH"
        raise CommandLineError(f": no program {program!r} {'' if os.path.isabs(program) else where}".rstrip())


def parse_option(option: str, text: str, root: Path) -> tuple[str, ...]:
    """The arguments of a command line that was given as the value of `option`, as that is written before the value.

    Raises Refused, also where the program does not exist.
    """
    try:
        arguments = split_command_line(text)
        require_program(arguments, root)
    except CommandLineError as error:
        separator = "" if option.endswith("=") else " "
        advice = error.replacement and f"give {option}{separator}{quote_for_shell(error.replacement)}"
        raise Refused(f"{option}{error.message}", advice=advice) from None
    return arguments


def quote_for_shell(command: str) -> str:
    """The command as one argument for a shell, in double quotes where that is easier to read."""
    return f'"{command}"' if "'" in command and not set(command) & set('"$`\\\\!') else shlex.quote(command)
