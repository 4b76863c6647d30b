"""Finds the run that the user named: by id or a prefix of it, slug, path of its directory, or as `latest`."""

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import takewhile
from typing import Final, NamedTuple

from gate_tests import suggestions
from gate_tests.ages import describe_age
from gate_tests.errors import NotReadable, Refused, find_closest
from gate_tests.strict_json.fields import Fields
from gate_tests.workspace.layout import Workspace
from gate_tests.workspace.names import RUN_ID, RUN_ID_SECOND, start_order

LATEST: Final = "latest"
"""The name of the newest run."""

_MAX_LISTED_RUNS: Final = 10


def resolve_run_id(workspace: Workspace, named: str) -> str:
    """The id of the run `named`. A complete id is returned as it is, whether or not the run exists.

    In this order: id, `latest`, slug, path of the run's directory or of anything below it (relative to the current
    directory, else to the root), prefix of an id. Of several runs of a slug, the only unfinished one is meant.

    Raises Refused if no run matches, or several.
    """
    named = named.strip()
    if RUN_ID.fullmatch(named):
        return named  # without listing the runs
    if named == LATEST:
        return _find_newest(workspace)
    if same_slug := _filter_runs(workspace, lambda run_id: named in _slugs(run_id)):
        return _choose_unfinished(workspace, named, same_slug)
    if run_id := _find_by_path(workspace, named):
        return run_id
    matches = list_run_ids(workspace, named) if named else []
    if len(matches) == 1:
        return matches[0]
    raise _ambiguous_error(workspace, named, matches) if matches else _unknown_error(workspace, named)


def resolve_environment_run(workspace: Workspace, environ: Mapping[str, str] = os.environ) -> str | None:
    """The id of the run that ORCH_RUN names; None if it is not set. Raises Refused."""
    named = environ.get("ORCH_RUN", "").strip()
    try:
        return resolve_run_id(workspace, named) if named else None
    except Refused as error:
        raise Refused(f"ORCH_RUN: {error.message}", next_command=error.next_command) from None


def list_run_ids(workspace: Workspace, prefix: str = "") -> list[str]:
    """The ids of the runs with this prefix, newest first, without directories that are not named like a run."""
    return _filter_runs(workspace, lambda run_id: run_id.startswith(prefix))


def find_slug(run_id: str) -> str:
    """The slug in a run id, without a `--variant` (see FORMAT: identifiers)."""
    return _slugs(run_id)[1]


def describe_runs(workspace: Workspace, run_ids: Sequence[str]) -> str:
    """The first of these runs with status and age, and how many more there are."""
    listed = ", ".join(describe_run(workspace, run_id) for run_id in run_ids[:_MAX_LISTED_RUNS])
    more = len(run_ids) - _MAX_LISTED_RUNS
    return f"{listed} and {more} more" if more > 0 else listed


def describe_run(workspace: Workspace, run_id: str) -> str:
    """The id, the status and the age of a run, for a list of runs to choose from."""
    state = _RunState.read(workspace, run_id)
    age = describe_age(state.started_at) if state.started_at else None
    return f"{run_id} ({', '.join(filter(None, (state.status, age)))})"


class _RunState(NamedTuple):
    """What distinguishes runs; of a damaged one little is known."""

    status: str = "DAMAGED"
    started_at: str | None = None
    is_finished: bool = False

    @classmethod
    def read(cls, workspace: Workspace, run_id: str) -> "_RunState":
        try:
            record = Fields.of(workspace.read_record(run_id))
            status, started_at = record.optional_text("status"), record.optional_text("started_at")
            return cls(status or "DAMAGED", started_at, record.optional_text("finished_at") is not None)
        except NotReadable:
            return cls("UNREADABLE")
        except Exception:  # whatever is wrong with its record is reported by whoever reads the run that was meant
            return cls()


def _slugs(run_id: str) -> tuple[str, str]:
    """The slug in a run id with its variant, and without."""
    slug = run_id.split("_")[2]
    return slug, slug.partition("--")[0]


def _filter_runs(workspace: Workspace, matches: Callable[[str], bool]) -> list[str]:
    return [run_id for run_id in _list_names(workspace) if matches(run_id) and workspace.has_record(run_id)]


def _list_names(workspace: Workspace) -> list[str]:
    return [name for name in workspace.list_run_directories() if RUN_ID.fullmatch(name)]


def _find_newest(workspace: Workspace) -> str:
    """The first as `orch run list` sorts them: within a second, by their start."""
    runs = filter(workspace.has_record, _list_names(workspace))  # lazily: of thousands, few are looked at
    newest = next(runs, None)
    if newest is None:
        raise no_runs_error()
    rest = takewhile(lambda run_id: run_id[RUN_ID_SECOND] == newest[RUN_ID_SECOND], runs)
    same_second = [newest, *rest]
    if len(same_second) == 1:
        return newest
    return max(same_second, key=lambda run_id: start_order(run_id, _RunState.read(workspace, run_id).started_at))


def _choose_unfinished(workspace: Workspace, named: str, run_ids: list[str]) -> str:
    """The only run, or the only one that is not known to be finished. Raises Refused."""
    if len(run_ids) == 1:
        return run_ids[0]
    unfinished = [run_id for run_id in run_ids if not _RunState.read(workspace, run_id).is_finished]
    if len(unfinished) == 1:
        return unfinished[0]
    raise _ambiguous_error(workspace, named, run_ids)


def _find_by_path(workspace: Workspace, path: str) -> str | None:
    """The run whose directory, or anything below it, has this path."""
    if "/" not in path and not os.path.lexists(path):
        return None
    runs = os.path.realpath(workspace.root / "orchestration/runs")
    for absolute in _list_absolute_paths(workspace, os.path.expanduser(path)):
        name = os.path.relpath(absolute, runs).partition("/")[0]
        if RUN_ID.fullmatch(name):
            return name
    return None


def _list_absolute_paths(workspace: Workspace, path: str) -> Iterator[str]:
    """What the path may mean. A run's directory may be a symlink, and so may any above it."""
    for start in (os.curdir, workspace.root):
        try:
            absolute = os.path.abspath(os.path.join(start, path))
        except FileNotFoundError:  # the current directory has been removed
            continue
        yield absolute
        yield os.path.realpath(absolute)


def no_runs_error() -> Refused:
    """The error where a run is needed and there is none."""
    return Refused("no runs yet", next_command=suggestions.START_RUN_HELP)


def _ambiguous_error(workspace: Workspace, named: str, matches: list[str]) -> Refused:
    message = f"{named!r} is ambiguous: matches {len(matches)} runs: {describe_runs(workspace, matches)}"
    return Refused(message, next_command=suggestions.LIST_RUNS)


def _unknown_error(workspace: Workspace, named: str) -> Refused:
    """The error for an unknown name, with the slug or id that is most like it."""
    runs = list_run_ids(workspace)
    slug = find_closest(named, list(dict.fromkeys(map(find_slug, runs))))
    probably = slug or find_closest(os.path.basename(named), [LATEST, *runs])
    hint = f", did you mean {probably!r}?" if probably else ""
    return Refused(f"no run matches {named!r}{hint}", next_command=suggestions.LIST_RUNS)
