"""Locks that are held for longer than a write: while a gate is judged, and while an agent works on it."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from functools import partial
from typing import Final

from gate_tests.errors import Refused
from gate_tests.files.directory import Directory
from runner import suggestions
from runner.storage.confined_paths import open_run
from runner.storage.file_lock import LockHeld, LockWait, acquire_lock
from runner.storage.store import Store

_PROBE_S: Final = 0.1
"""For longer than that, `is_locked` has no lock that it only looks at."""


@contextmanager
def gate_lock(store: Store, run_id: str, gate: str) -> Iterator[None]:
    """Held while a gate is judged, so that no other process judges it. Raises Refused, DamagedRecord, NotWritten."""
    recovery = store.recover(run_id)
    recovery.run.gate(gate)  # an unknown gate is refused before a lock is created for it
    if recovery.recovered:
        store.complete_recovery(run_id)
    path = f"record/gates/{gate}"
    with _hold(store, run_id, path, f"judging gate {gate} of run {run_id}", store.lock_wait):
        yield


@contextmanager
def agent_lock(store: Store, run_id: str) -> Iterator[None]:
    """Held while an agent works on a gate of the run, so that no second one is started for it. Raises Refused.

    It is on the directory of the run, which no `git clean` removes: an agent may well type that.
    """
    what = f"running an agent in run {run_id}"
    with ExitStack() as stack:
        try:
            stack.enter_context(_hold(store, run_id, "", what, LockWait(_PROBE_S, store.lock_wait.say)))
        except LockHeld:
            message = f"another process is {what}; wait until it ends, or interrupt it"
            raise Refused(message, next_command=suggestions.show_status(run_id)) from None
        yield


@contextmanager
def _hold(store: Store, run_id: str, path: str, what: str, wait: LockWait) -> Iterator[None]:
    """Hold the lock on a directory of the run. Raises Refused, NotWritten."""
    with ExitStack() as stack:
        run_path = store.workspace.run_path(run_id)
        with store.explain_os_errors(run_path):
            open_directory = partial(_open_directory, store, run_id, path)
            stack.enter_context(acquire_lock(store.workspace.root / run_path / path, open_directory, what, wait))
        yield


def _open_directory(store: Store, run_id: str, path: str) -> Directory:
    """Open a directory of the run, created if missing, or the run's own. Raises Refused for a symlink, OSError."""
    run = open_run(store.workspace, run_id)
    if not path:
        return run
    with run:
        return run.open_below(path, create=True)
