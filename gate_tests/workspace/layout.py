"""The repository root and the paths of contracts, workflows and records below it."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Final, NamedTuple

from gate_tests import suggestions
from gate_tests.errors import CorruptedRecord, LostFile, NotReadable, Refused, suggest
from gate_tests.files.confined import is_inside_root
from gate_tests.strict_json.document import Document
from gate_tests.strict_json.unreadable import InaccessibleDocument, UnreadableDocument
from gate_tests.workspace.find_root import find_root, is_root, not_a_root_error
from gate_tests.workspace.names import check_encodable, check_gate_id, check_run_id, normal_path
from gate_tests.workspace.run_directory import has_record

CONTRACT_SUFFIX: Final = ".contract.json"


class Workspace(NamedTuple):
    """A repository root (see `is_root`). All paths that it returns are relative to it."""

    root: Path

    @classmethod
    def find(cls, start: Path, environ: Mapping[str, str] = os.environ) -> "Workspace":
        """The root that ORCH_ROOT names, else the nearest one from `start` upwards. Raises Refused."""
        named = environ.get("ORCH_ROOT")
        return cls.at(Path(named), "ORCH_ROOT") if named else cls(find_root(start.absolute()))

    @classmethod
    def at(cls, directory: Path, named_by: str) -> "Workspace":
        """The root `directory`, symlinks followed. Raises Refused if it is not a root; `named_by` says who named it.

        pytest, to which contracts are given, knows no other path of a file than the real one.
        """
        if not is_root(directory):
            raise not_a_root_error(directory, named_by)
        return cls(directory.resolve())

    def contract_path(self, gate: str) -> str:
        """The path of the gate's contract, whether or not it exists."""
        return f"orchestration/gates/contracts/{check_gate_id(gate)}{CONTRACT_SUFFIX}"

    def gates_with_contract(self) -> list[str]:
        """The ids of the gates that have a contract, sorted."""
        return self._list_names("orchestration/gates/contracts", CONTRACT_SUFFIX)

    def workflow_path(self, workflow: str) -> str:
        """The path of the workflow, whether or not it exists."""
        return f"orchestration/workflows/{workflow}.json"

    def workflows(self) -> list[str]:
        """The names of the workflows, sorted."""
        return self._list_names("orchestration/workflows", ".json")

    def run_path(self, run_id: str) -> str:
        """The directory of a run, whether or not it exists."""
        return f"orchestration/runs/{check_run_id(run_id)}"

    def record_path(self, run_id: str) -> str:
        """The path of the run's RUN.json, whether or not it exists."""
        return f"{self.run_path(run_id)}/record/RUN.json"

    def attempt_path(self, run_id: str, gate: str, number: int) -> str:
        """The path of a finished attempt, whether or not it exists."""
        return f"{self.run_path(run_id)}/record/gates/{check_gate_id(gate)}/attempt-{number}.json"

    def runs(self) -> list[str]:
        """The ids of all runs, newest first."""
        return [run_id for run_id in self.list_run_directories() if self.has_record(run_id)]

    def list_run_directories(self) -> list[str]:
        """The names of directories that may be runs, newest first, also without a record (see `has_record`)."""
        return sorted(self.find_run_directories(), reverse=True)

    def find_run_directories(self) -> dict[str, bool]:
        """The names of directories that may be runs, and of each whether it is a symlink."""
        try:
            with os.scandir(self.root / "orchestration/runs") as entries:
                named = (entry for entry in entries if entry.name.startswith("run_"))
                return {entry.name: entry.is_symlink() for entry in named if entry.is_dir()}
        except FileNotFoundError:
            return {}

    def has_record(self, run_id: str) -> bool:
        """Whether the directory is a run (see `run_directory.has_record`)."""
        return has_record(self.root / "orchestration/runs" / run_id)

    def read_document(self, path: str, cached: Document | None = None) -> Document:
        """The JSON document at `path`, or `cached` if that has the same bytes.

        Raises FileNotFoundError, UnreadableDocument.
        """
        if not self.contains(path):
            raise UnreadableDocument(path, "is outside the root (through a symlink)")
        return Document.read(self.root, path, cached)

    def read_record(self, run_id: str, cached: Document | None = None) -> Document:
        """The run's RUN.json. Raises Refused for an unknown run or a symlink, CorruptedRecord, NotReadable."""
        from gate_tests.files.directory import refuse_symlink  # imported here because a list of runs can do without

        path = self.record_path(run_id)
        for directory in (self.run_path(run_id), os.path.dirname(path)):
            refuse_symlink(f"{self.root}/{directory}", directory)
        try:
            return self.read_recorded(path, cached)
        except FileNotFoundError:
            if self.has_record(run_id):
                raise CorruptedRecord(f"{self.record_path(run_id)}: file is missing") from None
            raise self.unknown_run(run_id) from None

    def read_recorded(self, path: str, cached: Document | None = None, content: bytes | None = None) -> Document:
        """A file of a record. `content`: its bytes, if they have been read in place, without following a symlink.

        Raises FileNotFoundError, CorruptedRecord if it is a symlink or no JSON, NotReadable.
        """
        if content is None and os.path.islink(self.root / path):
            raise CorruptedRecord(f"{path}: is a symlink, and symlinks are not followed here")
        try:
            if content is not None:
                return Document.read(self.root, path, cached, content)
            return self.read_document(path, cached)
        except InaccessibleDocument as error:
            raise NotReadable(str(error)) from None
        except UnreadableDocument as error:
            raise CorruptedRecord(str(error)) from None

    def unknown_run(self, run_id: str) -> Refused:
        """The error for a run that does not exist, with the run that was probably meant."""
        if os.path.isdir(self.root / self.run_path(run_id)):
            error = Refused(
                f"unknown run {run_id!r}: its directory has no record, only files that git ignores",
                next_command=suggestions.LIST_RUNS,
                lost_file=LostFile(self.root, self.record_path(run_id)),
            )
            error.lookup_command = suggestions.show_run(run_id)
            return error
        return Refused(f"unknown run {run_id!r}{suggest(run_id, self.runs())}", next_command=suggestions.LIST_RUNS)

    def confine(self, path: str, what: str) -> str:
        """`path` normalized. Raises Refused if it leaves the root, as written or through a symlink."""
        normal = check_encodable(normal_path(path, what))
        if not self.contains(normal):
            look = suggestions.list_path(self.root, self._find_link_outside(normal))
            raise Refused(f"{what} {path!r} is outside the root (through a symlink)", next_command=look)
        return normal

    def _find_link_outside(self, path: str) -> str:
        """The first part of the path, from the root on, that leads out of the root."""
        parts = path.split("/")
        leading = ("/".join(parts[:count]) for count in range(1, len(parts) + 1))
        return next((part for part in leading if not self.contains(part)), path)

    def contains(self, path: str) -> bool:
        """Whether `path`, with symlinks resolved, is the root or below it."""
        return is_inside_root(self.root, path)

    def _list_names(self, directory: str, suffix: str) -> list[str]:
        try:
            names = os.listdir(self.root / directory)
        except (FileNotFoundError, NotADirectoryError):
            return []
        return sorted(name.removesuffix(suffix) for name in names if name.endswith(suffix) and name != suffix)
