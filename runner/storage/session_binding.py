"""Which session of an agent's program opened which attempt: kept below the run's `logs/`, which git ignores.

`gate start` in an agent's shell writes it, the stop hook reads it (runner.agents.hooks.bound_attempts). Nothing depends
on it but whom a hook sends back. Imported at each start of a gate, so it is small.
"""

import os
from collections.abc import Mapping
from contextlib import suppress
from typing import TYPE_CHECKING, Final

from gate_tests.files.short_hash import hash_content

if TYPE_CHECKING:
    from gate_tests.workspace.layout import Workspace

SESSION_VARIABLES: Final = {"claude-code": "CLAUDE_CODE_SESSION_ID", "codex": "CODEX_THREAD_ID"}
"""By host, the environment variable of an agent's shell that surely equals the session of the hook's input."""

_BOUND_VARIABLES: Final = (*SESSION_VARIABLES.values(), "CODEX_SESSION_ID")
"""In the shell of a subagent of Codex, CODEX_THREAD_ID is the subagent, and CODEX_SESSION_ID its session."""

BINDINGS: Final = "logs/stop-hook/sessions"
"""The file in a run's directory: a line `SESSION GATE ATTEMPT` for each binding."""

_DIRECTORY: Final = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
_APPEND: Final = os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC


def hash_session(*names: str) -> str:
    """A short hash of a session's id, or of what else distinguishes agents. An id may be any text."""
    return hash_content("\0".join(names).encode(errors="surrogatepass"))[:16]


def bind_sessions(
    workspace: "Workspace", run_id: str, gate: str, attempt: int, environ: Mapping[str, str] = os.environ
) -> None:
    """Binds the attempt to the sessions of the environment, if any. A failure is ignored; nothing is synced."""
    sessions = {environ[name] for name in _BOUND_VARIABLES if environ.get(name)}
    if not sessions:
        return
    lines = "".join(f"{hash_session(session)} {gate} {attempt}\n" for session in sorted(sessions))
    with suppress(OSError):
        _append(f"{workspace.root}/{workspace.run_path(run_id)}", lines.encode())


def _append(run: str, content: bytes) -> None:
    """Appends to the file in one write, so that none is torn or lost among processes."""
    descriptor = os.open(run, _DIRECTORY)
    try:
        *directories, name = BINDINGS.split("/")
        for directory in directories:
            with suppress(FileExistsError):
                os.mkdir(directory, dir_fd=descriptor)
            inner = os.open(directory, _DIRECTORY, dir_fd=descriptor)
            os.close(descriptor)
            descriptor = inner
        file = os.open(name, _APPEND, 0o666, dir_fd=descriptor)
        try:
            os.write(file, content)
        finally:
            os.close(file)
    finally:
        os.close(descriptor)
