"""The runs that somebody names by files of their records, as git and its hooks do."""

from collections.abc import Iterable
from pathlib import Path

from gate_tests.errors import Refused
from gate_tests.workspace import Workspace


def runs_of(workspace: Workspace, paths: Iterable[Path]) -> tuple[str, ...]:
    """The ids of the runs that the paths lie in, each once. Raises Refused for a path that lies in none."""
    return tuple(dict.fromkeys(_run_of(workspace, path) for path in paths))


def _run_of(workspace: Workspace, path: Path) -> str:
    runs = workspace.root.resolve() / "orchestration/runs"
    try:
        return path.resolve().relative_to(runs).parts[0]
    except (ValueError, IndexError):
        raise Refused(f"{path} lies in no run: a path below orchestration/runs/<run id> is wanted") from None
