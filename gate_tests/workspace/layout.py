"""The root, and where contracts, workflows and records lie below it."""

import os
import shlex
from collections.abc import Mapping
from pathlib import Path
from typing import Final, NamedTuple

from gate_tests.errors import DamagedRecord, NotReadable, Refused, suggest
from gate_tests.files.confined import is_inside_root
from gate_tests.strict_json.document import Document, UnreadableDocument, WithheldDocument
from gate_tests.workspace.names import check_gate_id, check_run_id, normal_path

CONTRACT_SUFFIX: Final = ".contract.json"


class Workspace(NamedTuple):
    """A repository root: a folder that holds `orchestration/`. Every path it gives out is relative to it."""

    root: Path

    @classmethod
    def find(cls, start: Path, environ: Mapping[str, str] = os.environ) -> "Workspace":
        """The root named by ORCH_ROOT, else the nearest folder from `start` upwards. Raises Refused."""
        named = environ.get("ORCH_ROOT")
        if named:
            return cls.at(Path(named), "ORCH_ROOT")
        start = start.absolute()
        for folder in (start, *start.parents):
            if (folder / "orchestration").is_dir():
                return cls(folder)
        raise Refused(f"no orchestration/ in {start} or any folder above it", next_command="orch init")

    @classmethod
    def at(cls, folder: Path, named_by: str) -> "Workspace":
        """The root `folder` itself. Raises Refused if it holds no `orchestration/`."""
        if not (folder / "orchestration").is_dir():
            raise _no_root(folder, named_by)
        return cls(folder.absolute())

    def contract_path(self, gate: str) -> str:
        """Where the contract of `gate` lies, whether or not it exists."""
        return f"orchestration/gates/contracts/{check_gate_id(gate)}{CONTRACT_SUFFIX}"

    def gates_with_contract(self) -> list[str]:
        """The gates that have a contract, sorted."""
        return self._names("orchestration/gates/contracts", CONTRACT_SUFFIX)

    def workflow_path(self, workflow: str) -> str:
        """Where the workflow called `workflow` lies, whether or not it exists."""
        return f"orchestration/workflows/{workflow}.json"

    def workflows(self) -> list[str]:
        """The names of the workflows, sorted."""
        return self._names("orchestration/workflows", ".json")

    def run_path(self, run_id: str) -> str:
        """The folder of a run, whether or not it exists."""
        return f"orchestration/runs/{check_run_id(run_id)}"

    def record_path(self, run_id: str) -> str:
        """The run's RUN.json, whether or not it exists."""
        return f"{self.run_path(run_id)}/record/RUN.json"

    def attempt_path(self, run_id: str, gate: str, number: int) -> str:
        """The file of a finished attempt."""
        return f"{self.run_path(run_id)}/record/gates/{check_gate_id(gate)}/attempt-{number}.json"

    def runs(self) -> list[str]:
        """The ids of all runs, newest first."""
        try:
            with os.scandir(self.root / "orchestration/runs") as entries:
                names = [entry.name for entry in entries if entry.name.startswith("run_") and entry.is_dir()]
        except FileNotFoundError:
            return []
        return sorted(names, reverse=True)

    def read_document(self, path: str, known: Document | None = None) -> Document:
        """The JSON document at `path`. Raises FileNotFoundError, else UnreadableDocument.

        `known` is what was read there before; where that has not changed, it is given again.
        """
        if not self.holds(path):
            raise UnreadableDocument(path, "leaves the root through a symlink")
        return Document.read(self.root, path, known)

    def read_record(self, run_id: str, known: Document | None = None) -> Document:
        """The run's RUN.json. Raises Refused for an unknown run, DamagedRecord for one that is no JSON, NotReadable."""
        try:
            return self.read_recorded(self.record_path(run_id), known)
        except FileNotFoundError:
            if (self.root / self.run_path(run_id)).is_dir():
                raise DamagedRecord(f"{self.record_path(run_id)}: is missing") from None
            raise self.unknown_run(run_id) from None

    def read_recorded(self, path: str, known: Document | None = None) -> Document:
        """The file of a record. Raises FileNotFoundError, DamagedRecord for what is no JSON, NotReadable."""
        try:
            return self.read_document(path, known)
        except WithheldDocument as error:
            raise NotReadable(str(error)) from None
        except UnreadableDocument as error:
            raise DamagedRecord(str(error)) from None

    def unknown_run(self, run_id: str) -> Refused:
        """The refusal for a run that does not exist, with the run that was probably meant."""
        return Refused(f"unknown run {run_id!r}{suggest(run_id, self.runs())}", next_command="orch run list")

    def confine(self, path: str, what: str) -> str:
        """`path`, normal, if neither it nor a symlink on it leaves the root. Raises Refused."""
        normal = normal_path(path, what)
        if not self.holds(normal):
            raise Refused(
                f"{what} {path!r} leaves the root through a symlink", next_command=f"ls -ld {shlex.quote(normal)}"
            )
        return normal

    def holds(self, path: str) -> bool:
        """Whether `path`, symlinks followed, lies below the root."""
        return is_inside_root(self.root, path)

    def _names(self, folder: str, suffix: str) -> list[str]:
        try:
            names = os.listdir(self.root / folder)
        except (FileNotFoundError, NotADirectoryError):
            return []
        return sorted(name.removesuffix(suffix) for name in names if name.endswith(suffix) and name != suffix)


def _no_root(folder: Path, named_by: str) -> Refused:
    """Nothing can be put into a folder that is none."""
    if folder.exists() and not folder.is_dir():
        parent = shlex.quote(str(folder.parent))
        return Refused(f"{named_by} names {folder}, which is no folder", next_command=f"orch -C {parent} status")
    named = shlex.quote(str(folder))
    make = "" if folder.is_dir() else f"mkdir -p {named} && "
    told = "holds no orchestration/" if folder.is_dir() else "does not exist"
    return Refused(f"{named_by} names {folder}, which {told}", next_command=f"{make}orch -C {named} init")
