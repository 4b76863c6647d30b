"""Makes the repositories that are measured in, with the installed `orch` wherever it is quick enough."""

import json
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.measure.timer import BIN, Command, NotMeasured, environment
from runner.workflows.bundled import copy_example

ORCH = str(BIN / "orch")
PYTEST = str(BIN / "pytest")
WORKFLOW = "made-up"
AGENT = "benchmark"


@dataclass(frozen=True)
class Project:
    """A repository root and the run that is measured in it."""

    root: Path
    run_id: str

    @property
    def run_folder(self) -> Path:
        """Where the run's files lie."""
        return self.root / "orchestration/runs" / self.run_id

    @property
    def record(self) -> Path:
        """The run's RUN.json."""
        return self.run_folder / "record/RUN.json"

    def orch(self, *arguments: str) -> str:
        """What the command prints; it must not fail."""
        return quietly(self.root, ORCH, *arguments)

    def start(self, *gates: str) -> "Project":
        """Opens an attempt at each."""
        for gate in gates:
            self.orch("gate", "start", "--run", self.run_id, "--gate", gate, "--agent", AGENT)
        return self

    def finish(self, *gates: str) -> Command:
        """`orch gate finish` of these gates in one command, each time on the same attempts, just started."""
        return self.again("gate", "finish", "--run", self.run_id, *flags(gates), confirm_pass=gates)

    def again(self, *arguments: str, confirm_pass: Sequence[str] = ()) -> Command:
        """An `orch` command, each time on the run as it is now; each gate of `confirm_pass` must stand at PASS then."""
        kept = self.root / f"kept-{arguments[0]}-{len(arguments)}"
        shutil.copytree(self.run_folder, kept)

        def prepare() -> None:
            shutil.rmtree(self.run_folder)
            shutil.copytree(kept, self.run_folder)

        def confirm(_: str) -> None:
            passed = {
                gate["gate"] for gate in json.loads(self.record.read_bytes())["gates"] if gate["status"] == "PASS"
            }
            if lacking := set(confirm_pass) - passed:
                raise NotMeasured(f"orch {' '.join(arguments[:2])} left {len(lacking)} of its gates unjudged")

        return Command(f"orch {' '.join(arguments[:2])}", (ORCH, *arguments), self.root, prepare, confirm)


def flags(gates: Sequence[str]) -> tuple[str, ...]:
    """`--gate G1 --gate G2`."""
    return tuple(word for gate in gates for word in ("--gate", gate))


def shipped(root: Path, *, whole: bool = False) -> Project:
    """The shipped workflow with good work for G2 and an attempt at it just started.

    Unless the contract is wanted whole, it keeps seven checks, for which no Markdown has to be parsed.
    """
    root.mkdir(parents=True)
    quietly(root, ORCH, "-C", str(root), "init")
    copy_example("G2", root)
    if not whole:
        _keep_checks(root / "orchestration/gates/contracts/G2.contract.json", "file_exists", "min_sources")
    return Project(root, _started(root, "visual-essay", "the-word-robot")).start("G2")


def _keep_checks(contract: Path, *types: str) -> None:
    """Removes the contract's checks of other types: what is measured does not grow with what is shipped."""
    content = json.loads(contract.read_text("utf-8"))
    content["validations"] = [check for check in content["validations"] if check["type"] in types]
    contract.write_text(json.dumps(content, indent=2, ensure_ascii=False), "utf-8")


def made_up(root: Path, gates: int, outputs: int) -> Project:
    """A workflow of `gates` gates C1, C2, …, with good work for each, no attempt started.

    A contract asks for that many outputs of 220 bytes and for a source in the first: one check more than outputs.
    """
    names = [f"C{number}" for number in range(1, gates + 1)]
    for gate in names:
        write_outputs(root / "out" / gate, outputs)
    return with_contracts(root, {gate: _contract(gate, outputs) for gate in names})


def with_contracts(root: Path, contracts: Mapping[str, Any]) -> Project:
    """A workflow of gates with these contracts and a run of it, no attempt started."""
    for gate, contract in contracts.items():
        _write(root / f"orchestration/gates/contracts/{gate}.contract.json", contract)
    _write(root / f"orchestration/workflows/{WORKFLOW}.json", _workflow(list(contracts)))
    (root / "orchestration/runs").mkdir()
    return Project(root, _started(root, WORKFLOW, "growth", "--artifact-path", "out"))


def write_outputs(folder: Path, outputs: int) -> None:
    """Writes that many files of 220 bytes, 0.md, 1.md, …, each different."""
    folder.mkdir(parents=True)
    for number in range(outputs):
        (folder / f"{number}.md").write_text(f"### Source {number}\n".ljust(219, "x") + "\n", "utf-8")


def invoked(project: Project, invocations: int) -> Project:
    """The run as it is when that many invocations more have been recorded, at the time of its last event."""
    record = json.loads(project.record.read_bytes())
    now, gate = record["events"][-1]["timestamp"], record["gates"][0]["gate"]
    for number in range(invocations):
        row = {"invocation_id": f"inv_{1_700_000_000_000 + number}_made", "gate": gate, "agent": AGENT}
        more = {"model": "unknown", "started_at": now, "finished_at": now, "duration_ms": None, "status": "SUCCESS"}
        record["invocations"].append({**row, **more, "input_refs": [], "output_refs": []})
        record["events"].append({"timestamp": now, "type": "INVOCATION_RECORDED", **row})
    project.record.write_text(json.dumps(record, indent=2, ensure_ascii=False) + "\n", "utf-8")
    return project


def quietly(folder: Path, *command: str) -> str:
    """What the command prints. Raises NotMeasured where it fails."""
    done = subprocess.run(
        command, cwd=folder, env=environment(), capture_output=True, text=True, stdin=subprocess.DEVNULL, check=False
    )
    if done.returncode != 0:
        raise NotMeasured(f"{Path(command[0]).name} ended with exit code {done.returncode}: {done.stderr.strip()}")
    return done.stdout


def _started(root: Path, workflow: str, slug: str, *more: str) -> str:
    printed = quietly(root, ORCH, "run", "start", "--workflow", workflow, "--slug", slug, *more, "--json")
    run_id: str = json.loads(printed)["run_id"]
    return run_id


def _contract(gate: str, outputs: int) -> Any:
    paths = [f"{{artifact_path}}/{gate}/{number}.md" for number in range(outputs)]
    return {
        "gate": gate,
        "name": f"Made up {gate}",
        "required_outputs": {"all_of": [{"path": path} for path in paths]},
        "validations": [{"type": "min_sources", "target": paths[0], "thresholds": {"default": 1}}],
    }


def _workflow(gates: Sequence[str]) -> Any:
    steps = [
        {
            "gate": gate,
            "name": f"Made up {gate}",
            "agent": AGENT,
            "contract": f"orchestration/gates/contracts/{gate}.contract.json",
            "prompt_template": f"orchestration/prompts/{gate}.md",
        }
        for gate in gates
    ]
    return {"workflow": WORKFLOW, "version": "1", "description": "For benchmarks.", "gates": steps}


def _write(path: Path, data: Any) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(data, indent=2) + "\n", "utf-8")
