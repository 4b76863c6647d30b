"""`orch ci` of many runs beside one: the start is paid once."""

from pathlib import Path

from benchmarks.cases.repositories import AGENT, ORCH, WORKFLOW, Project, quietly, with_contracts, write_outputs
from benchmarks.measure.benchmark import Benchmark, Scale
from benchmarks.measure.table import Row
from benchmarks.measure.timer import Command, NotMeasured, compare

_RUNS = 10
_GATES = ("C1", "C2", "C3")
_OUTPUTS = 5
_GOAL = 3.0


def run_ci(root: Path, runs: int) -> Command:
    """`orch ci`. It must say that it verified that many runs and checked their gates."""

    def confirm(printed: str) -> None:
        gates = runs * len(_GATES)
        if f"{gates} gates passed" not in printed:
            raise NotMeasured(f"orch ci did not check {gates} gates: {printed.strip()[-200:]}")

    return Command("orch ci", (ORCH, "ci"), root, confirm=confirm)


def passed_runs(root: Path, runs: int) -> None:
    """Fills a repository with runs of three gates that passed, each with its own artifacts."""
    project = with_contracts(root, {gate: _contract(gate) for gate in _GATES})
    _pass(project, "out")
    for number in range(1, runs):
        path = f"out-{number}"
        start = ("run", "start", "--workflow", WORKFLOW, "--slug", f"growth-{number}", "--artifact-path", path)
        existing = _list_runs(root)
        quietly(root, ORCH, *start)
        (run_id,) = _list_runs(root) - existing
        _pass(Project(root, run_id), path)


def _list_runs(root: Path) -> set[str]:
    return {path.name for path in (root / "orchestration/runs").glob("run_*")}


def _pass(project: Project, path: str) -> None:
    for gate in _GATES:
        project.orch("gate", "start", "--run", project.run_id, "--gate", gate, "--agent", AGENT)
        write_outputs(project.root / path / gate, _OUTPUTS)
    project.orch("gate", "finish", "--run", project.run_id, *(word for gate in _GATES for word in ("--gate", gate)))


def _contract(gate: str) -> dict[str, object]:
    paths = [f"{{artifact_path}}/{gate}/{number}.md" for number in range(_OUTPUTS)]
    checks = [
        {"type": "min_sources", "target": paths[0], "thresholds": {"default": 1}},
        {"type": "contains_headings", "target": paths[1], "required_headings": ["### Source"]},
        {"type": "word_count", "target": paths[2], "min": 2},
    ]
    outputs = {"all_of": [{"path": path} for path in paths]}
    return {"gate": gate, "name": f"Made up {gate}", "required_outputs": outputs, "validations": checks}


def measure_ci(folder: Path, scale: Scale) -> list[Row]:
    """Ten runs of three gates, beside one."""
    passed_runs(folder / "many", _RUNS)
    passed_runs(folder / "one", 1)
    compared = compare(run_ci(folder / "many", _RUNS), run_ci(folder / "one", 1), scale.rounds)
    return [Row.of(f"orch ci, {_RUNS} runs of {len(_GATES)} gates", "orch ci of one run", _GOAL, compared)]


BENCHMARKS = (Benchmark("ci", measure_ci),)
