"""`attempt-<n>.json`: the file of a finished attempt, which is the authoritative record of it."""

import os
import re
from pathlib import Path
from stat import S_ISREG
from typing import Final, NamedTuple

from gate_tests.errors import NotReadable, Refused
from gate_tests.strict_json.document import Document
from gate_tests.strict_json.fields import Fields
from gate_tests.workspace.layout import Workspace
from gate_tests.workspace.names import check_gate_id
from runner.models.artifact import Artifact
from runner.models.attempt import Attempt
from runner.models.json_encoding import is_encoding
from runner.storage.confined_paths import confined_path, list_in_place, read_in_place

_NAME: Final = re.compile(r"attempt-([1-9][0-9]{0,8})\.json")


def list_attempt_numbers(workspace: Workspace, run_id: str, gate: str) -> list[int]:
    """The numbers of a gate's attempts that have a file, sorted. Raises NotReadable, Refused."""
    names = _list_directory(workspace, workspace.attempt_path(run_id, gate, 1).rpartition("/")[0])
    return sorted(int(match[1]) for match in map(_NAME.fullmatch, names) if match)


def list_gates_with_attempts(workspace: Workspace, run_id: str) -> list[str]:
    """The gates that have a directory for the files of their attempts, sorted. Raises NotReadable, Refused."""
    names = _list_directory(workspace, f"{workspace.run_path(run_id)}/record/gates")
    return sorted(name for name in names if _is_gate_id(name))


def is_reservation(file: Path | str, directory: int | None = None) -> bool:
    """Whether the file of an attempt is empty, so that it only reserves the attempt's number."""
    try:
        found = os.stat(file, dir_fd=directory, follow_symlinks=False)
    except OSError:
        return False
    return S_ISREG(found.st_mode) and found.st_size == 0


def _is_gate_id(name: str) -> bool:
    try:
        return check_gate_id(name) == name
    except Refused:
        return False


def _list_directory(workspace: Workspace, directory: str) -> list[str]:
    if (names := list_in_place(workspace, directory)) is not None:
        return names
    try:
        return os.listdir(confined_path(workspace, f"{directory}/…").parent)
    except (FileNotFoundError, NotADirectoryError):
        return []
    except OSError as error:
        raise NotReadable(f"{directory}: cannot be read: {error.strerror}") from None


def is_file_of(workspace: Workspace, run_id: str, gate: str, attempt: Attempt) -> bool:
    """Whether the attempt has a file with just the bytes that are written for it. False proves nothing."""
    content = read_in_place(workspace, workspace.attempt_path(run_id, gate, attempt.number))
    return content is not None and is_encoding(content, attempt.to_json())


class AttemptFile(NamedTuple):
    """A finished attempt and the document that it was read from."""

    attempt: Attempt
    document: Document

    @classmethod
    def read(cls, workspace: Workspace, run_id: str, gate: str, number: int) -> "AttemptFile | None":
        """Read the file of this attempt, None if there is none. Raises DamagedRecord, NotReadable, Refused."""
        path = workspace.attempt_path(run_id, gate, number)
        content = read_in_place(workspace, path)
        if content is None:
            confined_path(workspace, path)
        try:
            document = workspace.read_recorded(path, content=content)
        except FileNotFoundError:
            return None
        fields = Fields.of(document)
        attempt = Attempt.from_json(fields)
        if attempt.number != number:
            raise fields.error("attempt", f"is {attempt.number}, but the file is of attempt {number}")
        if attempt.is_open:
            raise fields.error("status", "is RUNNING, but the file is of a finished attempt")
        return cls(attempt, document)

    def check_artifacts(self) -> None:
        """Raises DamagedRecord unless every row of `artifacts` is as we write it."""
        Fields.of(self.document).objects("artifacts", Artifact.from_json)
