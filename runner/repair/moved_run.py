"""Notices a directory of a run that was renamed or copied: its files are those of a run of another id."""

import os

from gate_tests.errors import DamagedRecord
from gate_tests.workspace.layout import Workspace
from runner import suggestions
from runner.models.context import AttemptContext


def find_way_back(workspace: Workspace, run_id: str, context: AttemptContext | None) -> str | None:
    """The command after a directory was renamed or copied, of whose attempts `context` is; None if it was not.

    It renames the directory back, or where the run of that id exists, shows how the two differ.
    """
    if context is None or context.run_id == run_id:
        return None
    present, own = workspace.run_path(run_id), workspace.run_path(context.run_id)
    if os.path.lexists(workspace.root / own):
        return suggestions.compare_directories(own, present)
    return suggestions.rename(present, own)


def refuse_moved(workspace: Workspace, run_id: str, context: AttemptContext | None) -> None:
    """Raises DamagedRecord for such a directory: a repair would make attempts of another run its own."""
    if command := find_way_back(workspace, run_id, context):
        own = context.run_id if context else ""
        message = f"{workspace.run_path(run_id)}: has the attempts of {own}; nothing was written"
        raise DamagedRecord(message, next_command=command)
