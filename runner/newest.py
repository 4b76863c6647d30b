"""The run that somebody means who names none: the newest that is not over, else the newest."""

from collections.abc import Callable, Iterable

from gate_tests.errors import Refused
from gate_tests.workspace.layout import Workspace
from runner.head import Head
from runner.listing import ListedRun, MarkedRun, Wanted, list_runs
from runner.models.run import Run
from runner.models.status import RunStatus


def find_newest(listed: Iterable[ListedRun], say: Callable[[str], None]) -> Head | None:
    """Of runs, newest first, the one that is meant; None where there is no run.

    A run of which nothing is known is passed over, and said. Raises what is the matter with the newest where nothing is
    known of any.
    """
    newest: Head | None = None
    marked: MarkedRun | None = None
    for each in listed:
        if isinstance(each, MarkedRun):
            say(f"run {each.run_id} is {each.status} and was passed over")
            marked = marked or each
        elif not each.is_completed:
            return each
        else:
            newest = newest or each
    if newest is None and marked is not None:
        raise marked.damage
    return newest


def newest_run(workspace: Workspace, read: Callable[[str], Run], say: Callable[[str], None]) -> str | None:
    """The id of the run that is meant, None where there is none. Raises DamagedRecord, NotReadable."""
    found = find_newest(list_runs(workspace, read, Wanted()), say)
    return found.run_id if found else None


def newest_unfinished(workspace: Workspace, read: Callable[[str], Run], say: Callable[[str], None]) -> str:
    """The id of the newest run that is not over. Raises Refused where none is, DamagedRecord, NotReadable."""
    found = find_newest(list_runs(workspace, read, Wanted()), say)
    if found is None:
        raise Refused("there is no run", next_command="orch run --help")
    if found.is_completed:
        go_on = f"orch run resume --run {found.run_id}"
        raise Refused(
            "no run is unfinished; go on with a completed one by its id",
            next_command="orch run list" if found.status is RunStatus.PASSED else go_on,
        )
    return found.run_id
