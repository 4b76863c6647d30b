"""Finds unfinished runs that a new run may have been meant to continue, or whose files it would overwrite."""

from collections.abc import Iterator
from contextlib import suppress
from itertools import islice
from typing import Final, NamedTuple

from gate_tests.errors import OrchError
from runner.models.run import Run
from runner.storage.run_list import RunFilter, list_runs
from runner.storage.run_summary import RunSummary
from runner.storage.store import Store

_MAX_LISTED: Final = 300
_MAX_READ: Final = 50
"""How many of the newest runs are looked at, and how many unfinished ones are read for their artifact path."""


class RelatedRun(NamedTuple):
    """An unfinished run, and what it shares with another: `slug`, `artifact path`, or both."""

    run_id: str
    shared: tuple[str, ...]


def find_related_runs(store: Store, run: Run) -> Iterator[RelatedRun]:
    """The other unfinished runs that have the run's slug or artifact path, newest first."""
    listed = islice(list_runs(store.workspace, store.read, RunFilter()), _MAX_LISTED)
    unfinished = (each for each in listed if isinstance(each, RunSummary) and not each.is_completed)
    for other in islice((each for each in unfinished if each.run_id != run.run_id), _MAX_READ):
        with suppress(OrchError):
            path = store.read(other.run_id).workflow.artifact_path
            shares = {"slug": other.slug == run.workflow.slug, "artifact path": path == run.workflow.artifact_path}
            if any(shares.values()):
                yield RelatedRun(other.run_id, tuple(name for name, is_shared in shares.items() if is_shared))
