"""The runs that a change touches: their record was changed, or a file that they recorded."""

import json
import re
from collections.abc import Iterator, Set
from typing import Final

from gate_tests.errors import OrchError
from runner.storage.store import Store
from runner.verification.changes.change_set import ChangeSet
from runner.verification.changes.present_state import PresentState
from runner.verification.recorded_files import list_passing_attempts

_OWN: Final = ("orchestration/runs/", "orchestration/workflows/", "orchestration/gates/contracts/")
"""Where no file is recorded that a gate passed with."""

_PATH: Final = re.compile(rb'"(?:resolved_)?path": ("(?:[^"\\]|\\.)*")')
_OWN_FORMAT: Final = b'"schema_version"'


def list_work(changes: ChangeSet) -> Set[str]:
    """The paths of changed files other than rules and records, also those that lead to one through a symlink."""
    changed = {path for path in changes.changes if not path.startswith(_OWN)}
    return changed | changes.links.list_aliases(changed) if changed else changed


def list_mentioning_runs(state: PresentState, work: Set[str]) -> Iterator[str]:
    """The runs whose RUN.json has the path of a changed file, or need not have paths as they are, being older.

    No record is read unless other files than rules and records were changed.
    """
    paths = {json.dumps(path, ensure_ascii=False).encode(errors="surrogateescape") for path in work}
    for run_id in state.runs if paths else ():
        content = state.read_file(f"orchestration/runs/{run_id}/record/RUN.json") or b""
        if _OWN_FORMAT not in content or not paths.isdisjoint(_PATH.findall(content)):
            yield run_id


def has_recorded(store: Store, run_id: str, work: Set[str]) -> bool:
    """Whether a gate of the run passed with a changed file. A damaged record is not of this change."""
    try:
        run = store.read(run_id)
    except OrchError:
        return False
    return any(file.path in work for attempt in list_passing_attempts(run) for file in attempt.files)
