"""The installed `orch` at a real pseudo-terminal."""

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import pexpect

from tests.support.messages import message
from tests.support.repository import BIN, Repository

PAUSE = r"\[Enter\] check"
RETRY = r"\[Enter\] try again"


@contextmanager
def at_a_terminal(
    repository: Repository,
    *arguments: str,
    env: Mapping[str, str] = {},
    output: str | None = None,
    columns: int = 200,
) -> Iterator[Any]:
    """The process, as a person starts it, its standard output in the file `output` if one is given.

    It is ended by its process id if it has not ended by itself.
    """
    orch = [str(BIN / "orch"), *arguments]
    program, *rest = orch if output is None else ["/bin/sh", "-c", f'exec "$@" >{output}', "sh", *orch]
    inherited = {
        name: value
        for name, value in os.environ.items()
        if name != "CI" and not name.startswith(("CLAUDE", "CODEX", "ORCH"))
    }
    child = pexpect.spawn(
        program,
        rest,
        cwd=str(repository.root),
        env={**inherited, **env},
        encoding="utf-8",
        timeout=30,
        dimensions=(50, columns),
    )
    try:
        yield child
    finally:
        child.close(force=True)


def finish_unchanged(child: Any) -> None:
    """Presses Enter at a pause, and again, since nothing has changed since the packet was written."""
    child.send("\r")
    child.expect(message("unchanged"))
    child.expect(PAUSE)
    child.send("\r")


def end(child: Any) -> int:
    """Waits for the end of the process; gives its exit code."""
    child.expect(pexpect.EOF)
    child.close()
    assert child.signalstatus is None
    code: int = child.exitstatus
    return code
