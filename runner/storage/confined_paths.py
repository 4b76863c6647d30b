"""Where a record lies: never on the other side of a link that leads out of the root."""

from itertools import accumulate
from pathlib import Path
from shlex import quote

from gate_tests.errors import Refused
from gate_tests.files.regular_file import read_regular_file
from gate_tests.workspace.layout import Workspace


def confined_path(workspace: Workspace, path: str) -> Path:
    """The file `path`, whose folder lies below the root, planted symlinks followed. Raises Refused."""
    folders = list(accumulate(path.split("/")[:-1], "{}/{}".format))
    if not workspace.holds(folders[-1]):
        link = next(folder for folder in folders if not workspace.holds(folder))
        raise Refused(
            f"{link}: leaves the root through a symlink; no record is read or written there",
            next_command=f"rm {quote(link)}",
        )
    return workspace.root / path


def read_bytes_if_possible(workspace: Workspace, path: str) -> bytes:
    """The bytes at `path` as far as there are any: none of a link that leaves the root. Raises Refused."""
    file = confined_path(workspace, path)
    try:
        return read_regular_file(file) if workspace.holds(path) else b""
    except OSError:
        return b""
