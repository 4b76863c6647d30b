"""Whether what follows `Next: ` is a command that can be pasted: every one that a test sees is looked at."""

import re
import shlex
import sys
from contextlib import redirect_stdout
from functools import cache
from io import StringIO
from unittest.mock import patch

from gate_tests.errors import DamagedRecord, InvalidFile, NewerRecord, NotReadable, NotWritten, NoVerdict
from runner.cli.app import app
from runner.cli.lazy_group import Command

ADVICE = (
    InvalidFile.advice, DamagedRecord.advice, NewerRecord.advice, NotWritten.advice, NotReadable.advice,
    NoVerdict.advice,
    "repeat the command", "fix that, ", "add them, ", "give ", "move ", "change to the root ", "clone it",
    "use `orch` rather than ", "activate the environment ", "install git",
    "start codex here, and ", "remove ", "raise the budget ", "add `", 'add "orch', "add orchestration",
    "name it in setup.cfg ", "name them in setup.cfg ", "install orch in an environment of its own: ",
)  # fmt: skip
"""How the words begin that stand where only a person can help."""
_PROGRAMS = (
    sys.executable,
    "pytest",
    "git",
    "cat",
    "kill",
    "ls",
    "mkdir",
    "mv",
    "echo",
    "export",
    "pip",
    "df",
    "diff",
    "cd",
    "unset",
    "printf",
)
_RUN = re.compile(r"run_[0-9]{8}T[0-9]{6,9}Z_\S+")


def find_next_steps(text: str) -> list[str]:
    """What is named after `Next: `, in the order of its lines."""
    lines = (line.strip() for line in text.splitlines())
    return [line.removeprefix("Next: ") for line in lines if line.startswith("Next: ")]


def check_next_commands(text: str) -> None:
    """Every next step in what was printed is advice in words, or a command line of known programs and options."""
    for step in find_next_steps(text):
        if not step.startswith(ADVICE):
            _check_line(_RUN.sub("run_20261122T093000Z_tea_abc123", step))


@cache
def _check_line(line: str) -> None:
    plain = line.removeprefix("(").removesuffix(")") if line.startswith("(cd ") else line
    words = shlex.split(plain)
    for command in _split(words):
        program, *arguments = command
        if program == "orch":
            _parse(arguments, line)
        else:
            assert program in _PROGRAMS, f"neither a command nor advice: {line!r}"


def _split(words: list[str]) -> list[list[str]]:
    commands: list[list[str]] = [[]]
    for word in words:
        if word in ("&&", "|"):
            commands.append([])
        else:
            commands[-1].append(word)
    return commands


def _parse(arguments: list[str], line: str) -> None:
    """Parses as `orch` would: groups, options and their values. No command is run."""
    with patch.object(Command, "invoke", lambda *_: None), redirect_stdout(StringIO()):
        try:
            app.main(arguments, prog_name="orch", standalone_mode=False)
        except Exception as error:
            raise AssertionError(f"not a command that can be pasted: {line!r}: {error!r}") from error
