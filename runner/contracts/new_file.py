"""Writes a file that does not exist yet, below the root: a contract, a workflow."""

import errno
import os
from typing import Final

from gate_tests.errors import NotWritten, Refused
from gate_tests.files.directory import Directory
from gate_tests.workspace.layout import Workspace
from runner import suggestions
from runner.storage.atomic_files import create_file

_NO_SPACE: Final = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
"""Errors of which the directory shows nothing."""


def write_new_file(workspace: Workspace, path: str, text: str) -> None:
    """Writes it with its directories. Raises FileExistsError, Refused where it cannot be written or for a symlink."""
    directory, _, name = path.rpartition("/")
    try:
        with Directory.open(workspace.root) as root, root.open_below(directory, create=True) as parent:
            create_file(parent, name, text.encode())
    except FileExistsError:
        if os.path.lexists(workspace.root / path):
            raise
        raise _write_error(workspace, path, "a parent is a file, not a directory") from None
    except OSError as error:
        reason = error.strerror or str(error)
        if error.errno in _NO_SPACE:
            raise Refused(f"{path}: cannot be written ({reason})", advice=NotWritten.advice) from None
        raise _write_error(workspace, path, reason) from None


def _write_error(workspace: Workspace, path: str, reason: str) -> Refused:
    look = suggestions.list_path(workspace.root, os.path.dirname(path))
    return Refused(f"{path}: cannot be written ({reason})", next_command=look)
