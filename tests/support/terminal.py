"""The installed `orch` at a real pseudo-terminal."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pexpect

from tests.support.repository import BIN, Repository

PAUSE = "Press Enter"


@contextmanager
def at_a_terminal(repository: Repository, *arguments: str) -> Iterator[Any]:
    """The process; ended by its process id if it has not ended by itself."""
    child = pexpect.spawn(
        str(BIN / "orch"), list(arguments), cwd=str(repository.root), encoding="utf-8", timeout=30, dimensions=(50, 200)
    )
    try:
        yield child
    finally:
        child.close(force=True)


def end(child: Any) -> int:
    """Waits for the end of the process; gives its exit code."""
    child.expect(pexpect.EOF)
    child.close()
    assert child.signalstatus is None
    code: int = child.exitstatus
    return code
