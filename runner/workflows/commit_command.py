"""The command that commits a run: its record and its outputs."""

import os
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from gate_tests.workspace.layout import Workspace
from runner import suggestions
from runner.git.command import GitCommand
from runner.git.ignored import find_uncommitted
from runner.git.isolated import open_repository
from runner.git.repository import GitUnavailable
from runner.models.run import Run


def suggest_commit(workspace: Workspace, run: Run) -> str:
    """The command, for the root, that commits the record and the outputs of a run; else the one that lists runs.

    It names only what exists and git does not ignore. Outputs in the run's artifact path are named by that directory.
    """
    with suppress(GitUnavailable, OSError), open_repository(GitCommand(workspace.root)) as git:
        if git:
            record, outputs = workspace.record_path(run.run_id), list(_list_outputs(workspace, run))
            ignored = set(find_uncommitted(git, [record, *outputs]))
            if record not in ignored:
                committed = [os.path.dirname(record), *(path for path in outputs if path not in ignored)]
                paths = list(dict.fromkeys(_resolve(workspace.root, path, run) for path in committed))
                return suggestions.commit_paths(paths, f"{run.workflow.name} {run.workflow.slug}: {run.status}")
    return suggestions.LIST_RUNS


def _list_outputs(workspace: Workspace, run: Run) -> Iterator[str]:
    """The outputs that exist of the last attempt of each gate."""
    recorded = (artifact for gate in run.gates for attempt in gate.attempts[-1:] for artifact in attempt.artifacts)
    paths = dict.fromkeys(artifact.resolved_path for artifact in recorded)
    return (path for path in paths if os.path.isfile(workspace.root / path) and workspace.contains(path))


def _resolve(root: Path, path: str, run: Run) -> str:
    """The path as git has it, which follows no symlink; of an output in the artifact path, that directory."""
    inside = f"{run.workflow.artifact_path}/"
    named = run.workflow.artifact_path if path.startswith(inside) else path
    return os.path.relpath(os.path.realpath(root / named), os.path.realpath(root))
