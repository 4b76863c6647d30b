"""What a command leaves that is killed between creating an attempt's file and renaming the new RUN.json."""

from collections.abc import Callable
from pathlib import Path

from gate_tests.workspace.names import NEW_RECORD
from runner.models.run import Run
from runner.storage.store import Store
from tests.support.sample_run import RUN_ID


def undo_rename(record: Path, before: bytes) -> Path:
    """Put `before` back into RUN.json, and what it holds now under a temporary name beside it. Returns that path."""
    temporary = record.with_name(NEW_RECORD)
    record.rename(temporary)
    record.write_bytes(before)
    return temporary


def crash_between_the_writes(
    store: Store, before: Callable[[Run], Run], change: Callable[[Run], Run]
) -> tuple[Run, bytes]:
    """Be killed before the rename of the RUN.json that `change` writes. Returns the intended run, the old RUN.json."""
    store.change(RUN_ID, before)
    path = record(store)
    old = path.read_bytes()
    intended = store.change(RUN_ID, change)
    undo_rename(path, old)
    return intended, old


def temporary_of(store: Store) -> Path:
    """The RUN.json that the command did not rename."""
    return record(store).with_name(NEW_RECORD)


def record(store: Store) -> Path:
    """The RUN.json of the sample run."""
    return store.workspace.root / store.workspace.record_path(RUN_ID)
