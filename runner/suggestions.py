"""The commands that messages name, each spelled once."""

from shlex import quote


def from_git(path: str) -> str:
    """The command that gets a file of a record back as it was committed."""
    return f"git checkout HEAD -- {quote(path)}"
