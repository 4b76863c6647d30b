"""The list of runs, newest first: each is read when the list has come to it, and no more of it than the list shows."""

import os
import re
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import groupby, islice, takewhile
from typing import TYPE_CHECKING, Any, NamedTuple

from gate_tests.errors import DamagedRecord, NotReadable, OrchError, Refused, suggest
from gate_tests.workspace.layout import Workspace
from gate_tests.workspace.names import RUN_ID_SECOND, start_order
from runner import suggestions
from runner.models.status import RunStatus
from runner.storage.run_summary import RunSummary, read_summary

if TYPE_CHECKING:
    from runner.models.run import Run

DAMAGED, UNREADABLE = "DAMAGED", "UNREADABLE"
STATUSES = (*map(str, RunStatus), DAMAGED, UNREADABLE)
"""What can stand in the place of a status."""

_AGE = re.compile(r"([0-9]{1,6})([mhdw])")
_UNITS = {"m": "minutes", "h": "hours", "d": "days", "w": "weeks"}


class UnreadableRun(NamedTuple):
    """A run of which nothing can be listed, and why."""

    run_id: str
    damage: OrchError

    @property
    def status(self) -> str:
        """What stands in place of a status: not being allowed to read is no damage."""
        return UNREADABLE if isinstance(self.damage, NotReadable) else DAMAGED

    def to_json(self) -> dict[str, Any]:
        """As of any run, all of it unknown, and `error`."""
        unknown = dict.fromkeys(("workflow", "slug", "started_at", "gates_passed", "gates_total"))
        return {"run_id": self.run_id, "status": self.status, **unknown, "error": str(self.damage)}


ListedRun = RunSummary | UnreadableRun


class RunFilter(NamedTuple):
    """Which runs to list. `since` is `YYYYMMDDTHHMMSS`, as in a run's id; a marked run is of no known workflow."""

    status: str | None = None
    workflow: str | None = None
    since: str = ""
    limit: int | None = None

    def holds(self, listed: ListedRun) -> bool:
        """Whether the run is of the wanted status and workflow."""
        if self.status and listed.status != self.status:
            return False
        return self.workflow is None or (isinstance(listed, RunSummary) and listed.workflow == self.workflow)


def check_status(status: str) -> str:
    """`status` as it is, if a run can be listed with it. Raises Refused."""
    if status not in STATUSES:
        raise Refused(f"unknown status {status!r}{suggest(status.upper(), STATUSES)}")
    return status


def parse_since(text: str, now: str) -> str:
    """The second, as in a run's id, that a date, a time (UTC) or an age such as `3d` means. Raises Refused."""
    try:
        if age := _AGE.fullmatch(text):
            moment = datetime.fromisoformat(now) - timedelta(**{_UNITS[age[2]]: int(age[1])})
        else:
            moment = datetime.fromisoformat(text)
        moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
        return moment.astimezone(UTC).strftime("%Y%m%dT%H%M%S").rjust(15, "0")
    except (ValueError, OverflowError):
        raise Refused(
            f"{text!r} is no time: a date such as 2026-11-22, a time such as 2026-11-22T09:30 (UTC), or an age"
            " such as 90m, 12h, 3d, 2w"
        ) from None


def list_runs(workspace: Workspace, read: "Callable[[str], Run]", wanted: RunFilter) -> Iterator[ListedRun]:
    """The wanted runs, newest first by their ids, within a second by their start. `read` reads a whole run.

    Of a record the head is looked at, and whether the file ends as one does. What looks odd, and what an interrupted
    command may have left, is read as a whole, and marked where that fails. Whether the rest of a record is sound, and
    agrees with its attempts' files, is not looked at: `run show` does that.
    """
    return islice(filter(wanted.holds, _newest_first(workspace, read, wanted.since)), wanted.limit)


def _newest_first(workspace: Workspace, read: "Callable[[str], Run]", since: str) -> Iterator[ListedRun]:
    try:
        runs = os.open(workspace.root / "orchestration/runs", os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    except FileNotFoundError:
        return
    try:
        linked = _linked(runs) if workspace.holds("orchestration/runs") else workspace.runs()
        recent = takewhile(lambda run_id: run_id[RUN_ID_SECOND] >= since, workspace.runs())
        for _, run_ids in groupby(recent, lambda run_id: run_id[RUN_ID_SECOND]):
            same_second = [_look_at(runs, run_id, read, run_id in linked) for run_id in run_ids]
            yield from sorted(same_second, key=_start_order, reverse=True) if len(same_second) > 1 else same_second
    finally:
        os.close(runs)


def _linked(runs: int) -> list[str]:
    """The names in the folder that are symlinks: they may lead out of the root."""
    with os.scandir(runs) as entries:
        return [entry.name for entry in entries if entry.is_symlink()]


def _look_at(runs: int, run_id: str, read: "Callable[[str], Run]", is_linked: bool) -> ListedRun:
    if not is_linked and (head := read_summary(runs, run_id)):
        return head
    try:
        return RunSummary.of(read(run_id))
    except (DamagedRecord, NotReadable, Refused) as damage:
        return UnreadableRun(run_id, damage)


def _start_order(listed: ListedRun) -> tuple[str, str]:
    return start_order(listed.run_id, listed.started_at if isinstance(listed, RunSummary) else None)


def choose_newest(listed: Iterable[ListedRun], say: Callable[[str], None]) -> RunSummary | None:
    """Of runs, newest first, the one that is meant; None where there is no run.

    A run of which nothing is known is passed over, and said. Raises what is the matter with the newest where nothing is
    known of any.
    """
    newest: RunSummary | None = None
    marked: UnreadableRun | None = None
    for each in listed:
        if isinstance(each, UnreadableRun):
            say(f"run {each.run_id} is {each.status} and was passed over")
            marked = marked or each
        elif not each.is_completed:
            return each
        else:
            newest = newest or each
    if newest is None and marked is not None:
        raise marked.damage
    return newest


def find_newest_run(workspace: Workspace, read: "Callable[[str], Run]", say: Callable[[str], None]) -> str | None:
    """The id of the run that is meant, None where there is none. Raises DamagedRecord, NotReadable."""
    found = choose_newest(list_runs(workspace, read, RunFilter()), say)
    return found.run_id if found else None


def find_newest_unfinished_run(workspace: Workspace, read: "Callable[[str], Run]", say: Callable[[str], None]) -> str:
    """The id of the newest run that is not over. Raises Refused where none is, DamagedRecord, NotReadable."""
    found = choose_newest(list_runs(workspace, read, RunFilter()), say)
    if found is None:
        raise Refused("there is no run", next_command="orch run --help")
    if found.is_completed:
        go_on = suggestions.resume_run(found.run_id)
        raise Refused(
            "no run is unfinished; go on with a completed one by its id",
            next_command=suggestions.LIST_RUNS if found.status is RunStatus.PASSED else go_on,
        )
    return found.run_id
