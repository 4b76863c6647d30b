"""Locks that are held for longer than a write: while a gate is judged, and while an agent works on it."""

import contextlib
from collections.abc import Iterator

from gate_tests.errors import NotWritten, Refused
from runner import suggestions
from runner.storage.confined_paths import confined_path
from runner.storage.file_lock import LockWait, acquire_lock
from runner.storage.store import Store


@contextlib.contextmanager
def gate_lock(store: Store, run_id: str, gate: str) -> Iterator[None]:
    """Held while a gate is judged, so that nobody else judges it. Raises Refused, DamagedRecord, NotWritten."""
    recovery = store.recover(run_id)
    recovery.run.gate(gate)  # an unknown gate is refused before a lock is created for it
    if recovery.recovered:
        store.complete_recovery(run_id)
    path = f"{store.workspace.run_path(run_id)}/logs/gates/{gate}/.lock"
    confined_path(store.workspace, path)
    with acquire_lock(store.workspace.root, path, f"judges gate {gate} of run {run_id}", store.lock_wait):
        yield


@contextlib.contextmanager
def agent_lock(store: Store, run_id: str, gate: str) -> Iterator[None]:
    """Held while an agent works on a gate, so that no second one is started for the same work. Raises Refused."""
    path = f"{store.workspace.run_path(run_id)}/logs/gates/{gate}/.agent.lock"
    what = f"has an agent at work at gate {gate} of run {run_id}"
    with contextlib.ExitStack() as stack:
        confined_path(store.workspace, path)
        try:
            stack.enter_context(acquire_lock(store.workspace.root, path, what, LockWait(0, store.lock_wait.say)))
        except NotWritten:
            message = f"another process {what}; wait for its end, or interrupt it"
            raise Refused(message, next_command=suggestions.show_status(run_id)) from None
        yield
