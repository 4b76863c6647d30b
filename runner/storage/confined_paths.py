"""Paths of records, which never lead out of the root through a symlink."""

from itertools import accumulate
from pathlib import Path
from shlex import quote

from gate_tests.errors import Refused
from gate_tests.files.regular_file import read_regular_file
from gate_tests.workspace.layout import Workspace


def confined_path(workspace: Workspace, path: str) -> Path:
    """The file `path`, after checking that its directory, symlinks followed, is below the root. Raises Refused."""
    directories = list(accumulate(path.split("/")[:-1], "{}/{}".format))
    if not workspace.contains(directories[-1]):
        link = next(directory for directory in directories if not workspace.contains(directory))
        raise Refused(
            f"{link}: leaves the root through a symlink; no record is read or written there",
            next_command=f"rm {quote(link)}",
        )
    return workspace.root / path


def read_bytes_if_possible(workspace: Workspace, path: str) -> bytes:
    """The bytes of the file `path`; none if it cannot be read, or is a link that leaves the root. Raises Refused."""
    file = confined_path(workspace, path)
    try:
        return read_regular_file(file) if workspace.contains(path) else b""
    except OSError:
        return b""
