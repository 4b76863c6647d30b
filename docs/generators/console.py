"""The commands of a page, run in one shell, and what they print in place of what the page shows.

Such a page has two kinds of fenced blocks: `console` with lines `$ command` and their output, and any other block with
`title="PATH"`, a file that the reader writes.
"""

import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from docs.markdown.page import Block, parse

_END: Final = "-- end of command "
_VARYING: Final = (
    (re.compile(r"run_\d{8}T\d{6}Z_([a-z0-9-]+)_[a-z0-9]{6}\b"), r"run_20261201T090000Z_\1_k3x9ab"),
    (re.compile(r" in \d\.\d\ds\b"), " in 0.08s"),
)
"""What differs each time, and what a page has in its place. No replacement changes the width of a line."""


def play_page(page: str, directory: Path, is_skipped: Callable[[str], bool] = lambda _: False) -> str:
    """The page with the output of its commands, run in `directory`.

    A command for which `is_skipped` is true is not run and has no output.
    """
    lines, done, played = page.splitlines(keepends=True), 0, list[str]()
    with open_shell(directory) as shell:
        for block in parse(page).blocks:
            first, end = block.lines
            played += [*lines[done : first + 1], *_play_block(shell, block, is_skipped)]
            done = end - 1
    return "".join([*played, *lines[done:]])


def _play_block(shell: "Shell", block: Block, is_skipped: Callable[[str], bool]) -> Iterator[str]:
    if block.path is not None:
        shell.write_file(block.path, block.text)
    if block.language != "console":
        yield block.text
        return
    for command in block.commands:
        yield f"$ {command}\n{'' if is_skipped(command) else normalize(shell.run(command))}"


def normalize(output: str) -> str:
    """The output with an example's run ids and times."""
    for pattern, replacement in _VARYING:
        output = pattern.sub(replacement, output)
    return "".join(f"{line.rstrip()}\n" for line in output.splitlines())


class Shell:
    """A bash that runs commands one by one and keeps its directory, its variables and the last exit code."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self._process = process

    def run(self, command: str) -> str:
        """Standard output and standard error of a command that reads nothing."""
        self._send(f"{{ {command}\n}} </dev/null 2>&1; code=$?; echo '{_END}'; (exit $code)")
        return "".join(self._read_output())

    def write_file(self, path: str, text: str) -> None:
        """Writes a file below the shell's directory, with the directories above it."""
        self._send(f'mkdir -p "$(dirname {path})" && cat > {path} <<"{_END}"\n{text}{_END}')
        self.run("true")

    def _send(self, line: str) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(f"{line}\n")
        self._process.stdin.flush()

    def _read_output(self) -> Iterator[str]:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            before, ended, _ = line.partition(_END)
            yield before
            if ended:
                return
        raise RuntimeError("the shell has ended")


@contextmanager
def open_shell(directory: Path) -> Iterator[Shell]:
    """A new bash in `directory`, which is its home too."""
    process = subprocess.Popen(
        ("bash", "--norc"),
        cwd=directory,
        env=_build_environment(directory),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    with process:
        yield Shell(process)


def _build_environment(home: Path) -> dict[str, str]:
    """That of somebody at a new machine, with a name in git, and with the `orch` of this Python."""
    person = {f"GIT_{role}_{key}": value for role in ("AUTHOR", "COMMITTER") for key, value in _PERSON.items()}
    return {
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        "HOME": str(home),
        "LANG": "C.UTF-8",
        "COLUMNS": "80",
        "PIP_DISABLE_PIP_VERSION_CHECK": "1",
        **{name: value for name, value in os.environ.items() if name.startswith("PIP_")},
        **person,
    }


_PERSON: Final = {"NAME": "Ada", "EMAIL": "ada@example.org"}
