"""The list of runs, newest first. Runs are read lazily, and of each only what the list shows."""

import os
import re
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import groupby, islice, takewhile
from operator import itemgetter
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from gate_tests.errors import DamagedRecord, NotReadable, OrchError, Refused, suggest
from gate_tests.workspace.layout import Workspace
from gate_tests.workspace.names import RUN_ID_SECOND, match_name, start_order
from runner.models.status import RunStatus
from runner.storage.run_summary import RunSummary, read_summary

if TYPE_CHECKING:
    from runner.models.run import Run

DAMAGED: Final = "DAMAGED"
UNREADABLE: Final = "UNREADABLE"
STATUSES: Final = (*map(str, RunStatus), DAMAGED, UNREADABLE)
"""The statuses that a listed run can have."""

_AGE: Final = re.compile(r"([0-9]{1,6})([mhdw])")
_second: Final = itemgetter(RUN_ID_SECOND)
_UNITS: Final = {"m": "minutes", "h": "hours", "d": "days", "w": "weeks"}


class UnreadableRun(NamedTuple):
    """A run that cannot be read, and why."""

    run_id: str
    error: OrchError

    @property
    def status(self) -> str:
        """DAMAGED if it was read and is; UNREADABLE if the system did not allow that, or a symlink is in its place."""
        return DAMAGED if isinstance(self.error, DamagedRecord) else UNREADABLE

    def to_json(self) -> dict[str, Any]:
        """The members of a summary, null except for the id and the status, and `error`."""
        unknown = dict.fromkeys(("workflow", "slug", "started_at", "gates_passed", "gates_total"))
        return {"run_id": self.run_id, "status": self.status, **unknown, "error": str(self.error)}


ListedRun = RunSummary | UnreadableRun


class RunFilter(NamedTuple):
    """Which runs to list. `since` is `YYYYMMDDTHHMMSS`, as in a run id; an unreadable run has no workflow."""

    status: str | None = None
    workflow: str | None = None
    since: str = ""
    limit: int | None = None

    def matches(self, listed: ListedRun) -> bool:
        """Whether the run has this status and workflow."""
        if self.status and listed.status != self.status:
            return False
        return self.workflow is None or (isinstance(listed, RunSummary) and listed.workflow == self.workflow)


def check_status(status: str) -> str:
    """The status of a listed run that `status` names, in any letter case. Raises Refused."""
    if found := match_name(status.strip(), STATUSES):
        return found
    raise Refused(f"unknown status {status!r}{suggest(status.upper(), STATUSES)}")


def parse_since(text: str, now: str) -> str:
    """Parse a date, a time (UTC) or an age such as `3d` to a second as in a run id. Raises Refused."""
    try:
        if age := _AGE.fullmatch(text):
            time = datetime.fromisoformat(now) - timedelta(**{_UNITS[age[2]]: int(age[1])})
        else:
            time = datetime.fromisoformat(text)
        time = time if time.tzinfo else time.replace(tzinfo=UTC)
        return time.astimezone(UTC).strftime("%Y%m%dT%H%M%S").rjust(15, "0")
    except (ValueError, OverflowError):
        raise Refused(
            f"invalid time {text!r}: expected a date (2026-11-22), a time (2026-11-22T09:30, UTC) or an age"
            " (90m, 12h, 3d, 2w)"
        ) from None


def list_runs(workspace: Workspace, read: "Callable[[str], Run]", run_filter: RunFilter) -> Iterator[ListedRun]:
    """The runs that match, newest first. `read` reads a run completely.

    Only the summary of a run is read, if it can be; the rest of a record is not validated. Otherwise the run is read
    completely, and is an UnreadableRun if that fails.
    """
    return islice(filter(run_filter.matches, _newest_first(workspace, read, run_filter.since)), run_filter.limit)


def _newest_first(workspace: Workspace, read: "Callable[[str], Run]", since: str) -> Iterator[ListedRun]:
    try:
        runs = os.open(workspace.root / "orchestration/runs", os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    except FileNotFoundError:
        return

    def read_listed(run_id: str) -> ListedRun | None:
        """The run; None if the directory is not a run, which is examined only if the summary cannot be read."""
        if not (is_linked[run_id] or all_linked) and (summary := read_summary(runs, run_id)):
            return summary
        try:
            return RunSummary.from_run(read(run_id))
        except (DamagedRecord, NotReadable, Refused) as error:
            return UnreadableRun(run_id, error) if workspace.has_record(run_id) else None

    try:
        is_linked = workspace.find_run_directories()
        all_linked = not workspace.contains("orchestration/runs")
        names = sorted(is_linked, reverse=True)
        recent = takewhile(lambda run_id: _second(run_id) >= since, names) if since else names
        for _, run_ids in groupby(recent, _second):
            listed = [each for run_id in run_ids if (each := read_listed(run_id))]
            yield from sorted(listed, key=_start_order, reverse=True) if len(listed) > 1 else listed
    finally:
        os.close(runs)


def _start_order(listed: ListedRun) -> tuple[str, str]:
    return start_order(listed.run_id, listed.started_at if isinstance(listed, RunSummary) else None)


def choose_newest(listed: Iterable[ListedRun], say: Callable[[str], None]) -> RunSummary | None:
    """The newest run that is not completed, else the newest; None if there is no run. `listed` is newest first.

    Unreadable runs are skipped and reported. Raises the error of the newest one if no run is readable.
    """
    chosen: RunSummary | None = None
    unreadable: list[UnreadableRun] = []
    for each in listed:
        if isinstance(each, UnreadableRun):
            unreadable.append(each)
            continue
        if not each.is_completed:
            chosen = each
            break
        chosen = chosen or each
    report_skipped(unreadable, say, is_any_readable=chosen is not None)
    return chosen


def report_skipped(unreadable: list[UnreadableRun], say: Callable[[str], None], *, is_any_readable: bool) -> None:
    """Reports each unreadable run as skipped. Raises the error of the newest one if no run is readable."""
    if unreadable and not is_any_readable:
        raise unreadable[0].error
    for each in unreadable:
        say(f"run {each.run_id} is {each.status} and was skipped")
