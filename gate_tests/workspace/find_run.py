"""Finds the run that the user named: by id, by a prefix of an id, or as `latest`."""

from itertools import takewhile
from typing import Final

from gate_tests.errors import Refused, find_closest
from gate_tests.strict_json.fields import Fields
from gate_tests.workspace.layout import Workspace
from gate_tests.workspace.names import RUN_ID, RUN_ID_SECOND, start_order

LATEST: Final = "latest"
"""The name of the newest run."""

_MAX_LISTED_RUNS: Final = 4


def resolve_run_id(workspace: Workspace, named: str) -> str:
    """The id of the run `named`. A complete id is returned as it is, whether or not the run exists.

    Raises Refused if `named` is a prefix of no id or of several.
    """
    if RUN_ID.fullmatch(named):
        return named  # without listing the runs
    if named == LATEST:
        return _find_newest(workspace)
    matches = list_run_ids(workspace, named) if named else []
    if len(matches) == 1:
        return matches[0]
    raise _ambiguous_error(named, matches) if matches else _unknown_error(named, list_run_ids(workspace))


def list_run_ids(workspace: Workspace, prefix: str = "") -> list[str]:
    """The ids of the runs with this prefix, newest first, without directories that are not named like a run."""
    return [run_id for run_id in _list_names(workspace) if run_id.startswith(prefix) and workspace.has_record(run_id)]


def _list_names(workspace: Workspace) -> list[str]:
    return [name for name in workspace.list_run_directories() if RUN_ID.fullmatch(name)]


def _find_newest(workspace: Workspace) -> str:
    """The first as `orch run list` sorts them: within a second, by their start."""
    runs = filter(workspace.has_record, _list_names(workspace))  # lazily: of thousands, few are looked at
    newest = next(runs, None)
    if newest is None:
        raise Refused("there is no run yet", next_command="orch run start --help")
    rest = takewhile(lambda run_id: run_id[RUN_ID_SECOND] == newest[RUN_ID_SECOND], runs)
    same_second = [newest, *rest]
    if len(same_second) == 1:
        return newest
    return max(same_second, key=lambda run_id: start_order(run_id, _started_at(workspace, run_id)))


def _started_at(workspace: Workspace, run_id: str) -> str | None:
    try:
        return Fields.of(workspace.read_record(run_id)).text("started_at")
    except Exception:  # whatever is wrong with its record is reported by whoever reads the run that was meant
        return None


def _ambiguous_error(named: str, matches: list[str]) -> Refused:
    more = f" and {len(matches) - _MAX_LISTED_RUNS} more" if len(matches) > _MAX_LISTED_RUNS else ""
    return Refused(
        f"{named!r} begins the ids of {len(matches)} runs: {', '.join(matches[:_MAX_LISTED_RUNS])}{more}",
        next_command="orch run list",
    )


def _unknown_error(named: str, runs: list[str]) -> Refused:
    """The error for an unknown name. If it is a slug, it suggests the newest run with that slug."""
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
