"""What grows with the records: a list of many runs, an invocation added to many."""

import json
import os
import shutil
import sys
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from benchmarks.cases.repositories import AGENT, ORCH, Project, invoked, made_up
from benchmarks.measure.benchmark import Benchmark, Scale
from benchmarks.measure.table import Row, Shortfall
from benchmarks.measure.timer import Command, NotMeasured, compare

RECORD_BYTES = 48_000
_GATES = ("C1", "C2", "C3")
_FIRST_START = datetime(2026, 1, 1, tzinfo=UTC)
_RUNNING_ONE_IN = 5

_READ_ALL = """\
import glob, json
paths = glob.glob("orchestration/runs/*/record/RUN.json")
print(sum(len(json.loads(open(path, "rb").read())["gates"]) for path in paths))
"""
_REWRITE = """\
import json, sys
record = json.loads(open(sys.argv[1], "rb").read())
record["invocations"].append({"invocation_id": "inv_1_aaaa"})
open(sys.argv[1] + ".new", "w").write(json.dumps(record, indent=2))
"""


@dataclass(frozen=True)
class Template:
    """A run that the program made: its RUN.json, and the folder with the rest of its record."""

    run_id: str
    run_json: str
    gates: Path


def list_runs(root: Path, runs: int) -> Command:
    """`orch run list` in a repository whose runs are made by `write_runs`."""

    def confirm(printed: str) -> None:
        if "DAMAGED" in printed or printed.count("_growth_") < runs:
            raise NotMeasured(f"orch run list does not list {runs:,} good runs")

    return Command("orch run list", (ORCH, "run", "list"), root, confirm=confirm)


def read_all(root: Path) -> Command:
    """The yardstick: reads the same files with json.loads."""
    return Command("json.loads", (sys.executable, "-c", _READ_ALL), root)


def record(folder: Path, number: int) -> Command:
    """The `number`-th `orch invocation record` of a run."""
    project = invoked(made_up(folder, 1, 1).start("C1"), number - 1)
    return project.again("invocation", "record", "--run", project.run_id, "--gate", "C1", "--agent", AGENT)


def rewrite(folder: Path, number: int) -> Command:
    """A yardstick: Python's json reads the same record, adds a row and writes it, without making it safe."""
    project = invoked(made_up(folder, 1, 1), number - 1)
    return Command("json.dumps", (sys.executable, "-c", _REWRITE, str(project.record)), folder)


def write_runs(root: Path, runs: int) -> None:
    """Fills a repository with that many runs of 48 KB, most of them passed, some under way."""
    project = made_up(root, len(_GATES), 6).start(*_GATES)
    for gate in _GATES:
        project.orch("gate", "finish", "--run", project.run_id, "--gate", gate)
    _fill(project)
    running = _template(project, root / "running")
    project.orch("run", "complete", "--run", project.run_id)
    passed = _template(project, root / "passed")
    shutil.rmtree(project.run_folder)
    for number in range(runs):
        _copy(running if number % _RUNNING_ONE_IN == 0 else passed, root / "orchestration/runs", number)


def _fill(project: Project) -> None:
    """Adds invocations until the record is large enough."""
    size_bytes = project.record.stat().st_size
    invoked(project, 1)
    one_bytes = project.record.stat().st_size - size_bytes
    invoked(project, max(0, (RECORD_BYTES - size_bytes) // one_bytes - 1))


def _template(project: Project, kept: Path) -> Template:
    shutil.copytree(project.run_folder / "record/gates", kept)
    return Template(project.run_id, project.record.read_text("utf-8"), kept)


def _copy(template: Template, runs: Path, number: int) -> None:
    """One more run: another id, another start. The attempts' files name no run, so they can be links to the same."""
    started = _FIRST_START + timedelta(minutes=number)
    run_id = f"run_{started:%Y%m%dT%H%M%SZ}_growth_{number:06}"
    data = json.loads(template.run_json[: template.run_json.index(',\n  "gates"')] + "}")
    run_json = template.run_json.replace(template.run_id, run_id)
    run_json = run_json.replace(data["started_at"], f"{started:%Y-%m-%dT%H:%M:%S}.000Z", 1)
    record = runs / run_id / "record"
    shutil.copytree(template.gates, record / "gates", copy_function=os.link)
    (record / "RUN.json").write_text(run_json, "utf-8")


def measure_list(folder: Path, scale: Scale) -> list[Row]:
    """A list of many runs, beside reading all of them."""
    write_runs(folder, scale.runs)
    compared = compare(list_runs(folder, scale.runs), read_all(folder), scale.slow_rounds)
    row = Row.of(f"orch run list, {scale.runs:,} runs of 48 KB", "json.loads of each", 0.12, compared)
    reason = "of each run the record directory is opened before RUN.json, so that no link in its place is followed"
    return [replace(row, shortfall=Shortfall(0.145, reason))]


def measure_record(folder: Path, scale: Scale) -> list[Row]:
    """An invocation recorded after many, beside the first."""
    compared = compare(record(folder / "many", scale.invocations), record(folder / "first", 1), scale.rounds)
    row = Row.of(f"the {scale.invocations:,}th orch invocation record", "the first of a run", 2.0, compared)
    reason = "6 MB of JSON are read, validated and written again; the first is little more than the start of Python"
    return [replace(row, shortfall=Shortfall(2.4, reason))]


BENCHMARKS = (Benchmark("list", measure_list), Benchmark("record", measure_record))
