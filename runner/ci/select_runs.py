"""Which runs `orch ci` is about, where none is named."""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from runner.models.status import RunStatus
from runner.storage.run_list import ListedRun, RunFilter, UnreadableRun, list_runs
from runner.storage.run_summary import RunSummary
from runner.storage.store import Store


class CurrentRuns(NamedTuple):
    """The runs that say something about the present files: each unfinished one, and the newest of an artifact path.

    Where that failed or was canceled, the newest that passed as well, unless one between them is unfinished.

    `unreadable`: those of which that is not known. Both newest first.
    """

    current: tuple[RunSummary, ...]
    unreadable: tuple[str, ...] = ()

    @property
    def run_ids(self) -> list[str]:
        """The ids of all these runs, newest first."""
        return sorted([*(run.run_id for run in self.current), *self.unreadable], reverse=True)


def find_current_runs(store: Store) -> CurrentRuns:
    """The current runs. Of each run only the head of its record is read, where that is enough."""
    listed = list(list_runs(store.workspace, store.read, RunFilter()))
    unreadable = tuple(each.run_id for each in listed if isinstance(each, UnreadableRun))
    return CurrentRuns(tuple(_filter_current(listed)), unreadable)


def _filter_current(listed: Iterable[ListedRun]) -> Iterator[RunSummary]:
    seen: set[str] = set()
    replaced: set[str] = set()
    for run in listed:
        if isinstance(run, UnreadableRun):
            continue
        path, has_passed = run.artifact_path, run.status is RunStatus.PASSED
        if not run.is_completed or path not in seen or (has_passed and path not in replaced):
            yield run
        seen.add(path)
        if has_passed or not run.is_completed:
            replaced.add(path)
