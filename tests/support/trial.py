"""One trial: work, good or bad, is judged in a surrounding, and what came of it."""

import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import Any

from tests.support.hostile_environments import Surrounding
from tests.support.repository import ARTIFACTS, Ended, Repository

GATE = "G2"
CITATIONS = f"{ARTIFACTS}/research/CITATIONS.md"


class Work(Enum):
    """What was done: of the eight sources that the gate wants, all or one too few."""

    GOOD = 8
    BAD = 7


@dataclass(frozen=True)
class Prepared:
    """A repository with good work for the gate and an open attempt, to be copied for each trial."""

    repository: Repository
    run_id: str

    @classmethod
    def make(cls, folder: Path) -> "Prepared":
        """Makes it in `folder`, which must not exist."""
        folder.mkdir(parents=True)
        repository = Repository(folder).install()
        repository.add_example(GATE)
        run_id = repository.start_run(ARTIFACTS)
        ended = repository.orch("gate", "start", "--run", run_id, "--gate", GATE, "--agent", "maker")
        assert ended.code == 0, ended.err
        return cls(repository, run_id)

    def copy(self, folder: Path, work: Work) -> Repository:
        """A copy in `folder`, with this work."""
        repository = Repository(folder / "repo")
        shutil.copytree(self.repository.root, repository.root, symlinks=True)
        citations = repository.root / CITATIONS
        kept, _, _ = citations.read_text("utf-8").partition(f"### Source {work.value + 1}")
        citations.write_text(kept, "utf-8")
        return repository


@dataclass(frozen=True)
class Trial:
    """How `orch gate finish` or `orch gate check` ended, and which paths outside the run changed (check: any)."""

    ended: Ended
    repository: Repository
    run_id: str
    changed: tuple[str, ...]

    @property
    def status(self) -> str:
        """The gate's status as RUN.json has it."""
        (gate,) = (gate for gate in self.repository.record(self.run_id)["gates"] if gate["gate"] == GATE)
        status: str = gate["status"]
        return status

    @property
    def attempt(self) -> dict[str, Any]:
        """The attempt as it was recorded."""
        return self.repository.attempt(self.run_id, GATE)


def try_out(surrounding: Surrounding, prepared: Prepared, folder: Path, work: Work, verb: str, *options: str) -> Trial:
    """Plants the surrounding in a copy below `folder` and judges the work there with `orch gate <verb> <options>`."""
    start = surrounding.plant(prepared.copy(folder, work))
    repository, run_id = start.repository, prepared.run_id
    spared = repository.root / "orchestration/runs" / run_id if verb == "finish" else None
    before = dict(_standing(folder, spared))
    command = (*start.command, "gate", verb, "--run", run_id, "--gate", GATE, *options)
    ended = Repository(repository.root / start.folder).run(*command, env=dict(start.environment))
    after = dict(_standing(folder, spared))
    changed = {path for path in before.keys() | after.keys() if before.get(path) != after.get(path)}
    return Trial(ended, repository, run_id, tuple(sorted(changed)))


def _standing(folder: Path, spared: Path | None) -> Iterator[tuple[str, bytes]]:
    """Everything below `folder` but what is `spared`, and what it holds."""
    for path, folders, names in os.walk(folder):
        folders[:] = [name for name in folders if Path(path, name) != spared]
        for name in (*folders, *names):
            entry = Path(path, name)
            yield str(entry.relative_to(folder)), _content(entry)


def _content(entry: Path) -> bytes:
    if entry.is_symlink():
        return os.fsencode(os.readlink(entry))
    return entry.read_bytes() if entry.is_file() else b""
