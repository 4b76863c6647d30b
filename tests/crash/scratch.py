"""What the stress tests share: a repository to work in, `orch` as a process, and a tally of what was wrong."""

import json
import subprocess
from dataclasses import dataclass
from pathlib import Path

from benchmarks.measure.timer import BIN
from runner.workflows.bundled import copy_example, install_orchestration

GATE = "G1"


@dataclass(frozen=True)
class Tally:
    """How often something was tried, and what was wrong afterwards."""

    tried: int
    wrong: tuple[str, ...] = ()

    @property
    def harmed(self) -> int:
        """How often something was wrong."""
        return len(self.wrong)


def new_run(folder: Path) -> str:
    """The id of a run in a new repository in which the work of the gate is done."""
    (folder / "orchestration").mkdir(parents=True)
    install_orchestration(folder)
    copy_example(GATE, folder)
    started = orch(folder, "run", "start", "--workflow", "visual-essay", "--slug", "the-word-robot", "--json")
    run_id: str = json.loads(started.stdout)["run_id"]
    return run_id


def orch(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Runs `orch` to its end."""
    command = [str(BIN / "orch"), *arguments]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, stdin=subprocess.DEVNULL, check=False)


def begin(folder: Path, *arguments: str) -> subprocess.Popen[bytes]:
    """Starts `orch`, whose output nobody wants."""
    quiet = subprocess.DEVNULL
    return subprocess.Popen([str(BIN / "orch"), *arguments], cwd=folder, stdin=quiet, stdout=quiet, stderr=quiet)
