"""A page of docs/how-to as its reader uses it: its files are written and its commands typed, in their order."""

import os
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Final, NamedTuple

from docs.markdown.page import read
from tests.support import CHECKOUT
from tests.support.repository import BIN

_EXPECTED: Final = re.compile(r"# exit code (\d+)")


class Command(NamedTuple):
    """A command of a page, and the exit code that the page says it has."""

    typed: str
    expected: int


class File(NamedTuple):
    """A file of a page: a block with `title="PATH"`."""

    path: str
    content: str


def read_steps(page: str) -> Iterator[Command | File]:
    """The commands and files of a page, in order. Commands are those of `console` blocks."""
    for block in read(CHECKOUT / "docs/how-to" / page).blocks:
        if block.path is not None:
            yield File(block.path, block.text)
        for command in block.commands if block.language == "console" else ():
            expected = _EXPECTED.search(command)
            yield Command(command, int(expected[1]) if expected else 0)


class Failure(NamedTuple):
    """A command that did not end as its page says."""

    command: Command
    code: int
    output: str


def follow(page: str, directory: Path, skip: str = "(?!)") -> list[Failure]:
    """Does what the page says in `directory`, in one shell. Commands that match the regex `skip` are left out.

    Exit codes are noted in a file beside the directory, where no command of the page sees it.
    """
    script = list[str]()
    steps = [step for step in read_steps(page) if isinstance(step, File) or not re.match(skip, step.typed)]
    commands = [step for step in steps if isinstance(step, Command)]
    for step in steps:
        script += _write(step) if isinstance(step, File) else _type(step)
    codes_file = directory.parent / "exit-codes.txt"
    ended = _run(directory, codes_file, "\n".join(script))
    codes = [int(code) for code in codes_file.read_text("utf-8").split()]
    assert len(codes) == len(commands), ended.stdout
    outputs = ended.stdout.split("\0")[1:]
    results = zip(commands, codes, outputs, strict=True)
    return [Failure(*result) for result in results if result[0].expected != result[1]]


def _write(file: File) -> list[str]:
    return [
        f"mkdir -p '{os.path.dirname(file.path)}'",
        f"cat > '{file.path}' <<'END OF FILE'\n{file.content}END OF FILE",
    ]


def _type(command: Command) -> list[str]:
    return ["printf '\\0'", command.typed, 'echo $? >> "$CODES"']


def _run(directory: Path, codes: Path, script: str) -> "subprocess.CompletedProcess[str]":
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(_OTHERS)}
    names = {f"GIT_{who}_{what}": "reader" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}
    environment = {**inherited, **names, "PATH": f"{BIN}{os.pathsep}{os.environ['PATH']}", "CODES": str(codes)}
    return subprocess.run(
        ["bash", "--noprofile", "--norc", "-c", script], cwd=directory, env=environment, stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=300, check=False,
    )  # fmt: skip


_OTHERS: Final = ("GIT_", "ORCH_", "PYTEST_", "CLAUDE", "CODEX_")
