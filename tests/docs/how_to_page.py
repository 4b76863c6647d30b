"""A page of docs/how-to as its reader uses it: its files are written and its commands typed, in their order."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final, NamedTuple

from docs.generators.console import open_shell
from docs.markdown.page import read
from tests.support import CHECKOUT

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


def follow(page: str, directory: Path) -> list[Failure]:
    """Does what the page says in `directory`, in one shell."""
    failures = list[Failure]()
    with open_shell(directory.parent) as shell:
        shell.run(f"cd '{directory}'")
        for step in read_steps(page):
            if isinstance(step, File):
                shell.write_file(step.path, step.content)
            else:
                output = shell.run(step.typed)
                code = int(shell.run("echo $?"))
                failures += [Failure(step, code, output)] if code != step.expected else []
    return failures
