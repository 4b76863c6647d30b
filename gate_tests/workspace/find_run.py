"""Which run is meant: by its id, by the beginning of one, or as `latest`."""

from typing import Final

from gate_tests.errors import Refused, find_closest
from gate_tests.strict_json.fields import Fields
from gate_tests.workspace.layout import Workspace
from gate_tests.workspace.names import RUN_ID, RUN_ID_SECOND, start_order

LATEST: Final = "latest"
"""What the newest run is called."""

_SHOWN: Final = 4  # candidates that are named


def full_run_id(workspace: Workspace, named: str) -> str:
    """The id of the run that is called `named`. Whether a whole id is one of a run shows when it is read.

    Raises Refused for what is no id, and begins none or more than one.
    """
    if RUN_ID.fullmatch(named):
        return named  # nothing is listed for it
    runs = known_runs(workspace)
    if named == LATEST:
        return _newest(workspace, runs)
    meant = [run_id for run_id in runs if named and run_id.startswith(named)]
    if len(meant) == 1:
        return meant[0]
    raise _ambiguous(named, meant) if meant else _unknown(named, runs)


def known_runs(workspace: Workspace) -> list[str]:
    """The ids of all runs, newest first; a folder that is called otherwise is none."""
    return [run_id for run_id in workspace.runs() if RUN_ID.fullmatch(run_id)]


def _newest(workspace: Workspace, runs: list[str]) -> str:
    """The first as `orch run list` sorts them: within a second, by their start."""
    if not runs:
        raise Refused("there is no run yet", next_command="orch run start --help")
    same_second = [run_id for run_id in runs if run_id[RUN_ID_SECOND] == runs[0][RUN_ID_SECOND]]
    if len(same_second) == 1:
        return runs[0]
    return max(same_second, key=lambda run_id: start_order(run_id, _started_at(workspace, run_id)))


def _started_at(workspace: Workspace, run_id: str) -> str | None:
    try:
        return Fields.of(workspace.read_record(run_id)).text("started_at")
    except Exception:  # whatever is wrong with its record is reported by whoever reads the run that was meant
        return None


def _ambiguous(named: str, meant: list[str]) -> Refused:
    more = f" and {len(meant) - _SHOWN} more" if len(meant) > _SHOWN else ""
    return Refused(
        f"{named!r} begins the ids of {len(meant)} runs: {', '.join(meant[:_SHOWN])}{more}",
        next_command="orch run list",
    )


def _unknown(named: str, runs: list[str]) -> Refused:
    """Somebody may have typed the slug for the run: then the newest with that slug is probably meant."""
    newest_of = {_slug(run_id): run_id for run_id in reversed(runs)}
    slug = named if named in newest_of else find_closest(named, list(newest_of))
    probably = newest_of[slug] if slug else find_closest(named, [LATEST, *runs])
    hint = f", did you mean {probably!r}?" if probably else ""
    return Refused(
        f"{named!r} is no run id, such as run_20261122T093000Z_the-word-robot_k3x9ab, and begins none{hint}",
        next_command="orch run list",
    )


def _slug(run_id: str) -> str:
    return run_id.split("_")[2]
