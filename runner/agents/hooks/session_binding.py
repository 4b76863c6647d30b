"""Which session of an agent's program opened which attempt: kept below the run's `logs/`, which git ignores.

`gate start` in an agent's shell writes it, the stop hook reads it. Nothing depends on it but whom a hook sends back.
"""

import os
from collections.abc import Iterator, Mapping
from contextlib import suppress
from typing import TYPE_CHECKING, Final, NamedTuple

from gate_tests.errors import OrchError
from gate_tests.files.short_hash import hash_content

if TYPE_CHECKING:
    from gate_tests.workspace.layout import Workspace

SESSION_VARIABLES: Final = {"claude-code": "CLAUDE_CODE_SESSION_ID", "codex": "CODEX_THREAD_ID"}
"""By host, the environment variable of an agent's shell that surely equals the session of the hook's input."""

_DIRECTORIES: Final = ("logs", "stop-hook")
_NAME: Final = "sessions"
_DIRECTORY: Final = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
_APPEND: Final = os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC


class Binding(NamedTuple):
    """An attempt, and the hash of the session that opened it."""

    session: str
    gate: str
    attempt: int


def hash_session(*names: str) -> str:
    """A short hash of a session's id, or of what else tells agents apart. An id may be any text."""
    return hash_content("\0".join(names).encode(errors="surrogatepass"))[:16]


def bind_sessions(
    workspace: "Workspace", run_id: str, gate: str, attempt: int, environ: Mapping[str, str] = os.environ
) -> None:
    """Binds the attempt to the sessions of the environment, if any. A failure is ignored; nothing is synced."""
    sessions = {environ[name] for name in SESSION_VARIABLES.values() if environ.get(name)}
    if not sessions:
        return
    lines = "".join(f"{hash_session(session)} {gate} {attempt}\n" for session in sorted(sessions))
    with suppress(OSError):
        _append(f"{workspace.root}/{workspace.run_path(run_id)}", lines.encode())


def _append(run: str, content: bytes) -> None:
    """Appends to the file in one write, so that none is torn or lost among processes."""
    descriptor = os.open(run, _DIRECTORY)
    try:
        for name in _DIRECTORIES:
            with suppress(FileExistsError):
                os.mkdir(name, dir_fd=descriptor)
            inner = os.open(name, _DIRECTORY, dir_fd=descriptor)
            os.close(descriptor)
            descriptor = inner
        file = os.open(_NAME, _APPEND, 0o666, dir_fd=descriptor)
        try:
            os.write(file, content)
        finally:
            os.close(file)
    finally:
        os.close(descriptor)


def read_bindings(workspace: "Workspace", run_id: str) -> tuple[Binding, ...]:
    """The bindings of a run, oldest first; none where they cannot be read."""
    from runner.storage.confined_paths import read_bytes_if_possible

    path = "/".join((workspace.run_path(run_id), *_DIRECTORIES, _NAME))
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
    runs, suffix = f"{workspace.root}/orchestration/runs", "/".join((*_DIRECTORIES, _NAME))
    hashed = hash_session(session)
    with_bindings = (name for name in names if os.access(f"{runs}/{name}/{suffix}", os.F_OK))
    return [name for name in with_bindings if any(each.session == hashed for each in read_bindings(workspace, name))]
