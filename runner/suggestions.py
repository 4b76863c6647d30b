"""The commands that messages name, each spelled once."""

from shlex import quote


def repair_run(run_id: str) -> str:
    """The command that rebuilds a damaged record, as far as enough of it can be read."""
    return f"orch run repair --run {run_id}"


def from_git(path: str) -> str:
    """The command that gets a file of a record back as it was committed."""
    return f"git checkout HEAD -- {quote(path)}"


def resume_command(run_id: str) -> str:
    """What goes on with a pipeline that stopped."""
    return f"orch run resume --run {run_id}"
