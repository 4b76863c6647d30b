"""How much memory a judging process takes of many files at the limit of `text_bytes`."""

import json
from pathlib import Path

from benchmarks.cases.repositories import Project, made_up
from benchmarks.measure.benchmark import Benchmark, Scale
from benchmarks.measure.memory import peak
from benchmarks.measure.table import Row

_FILES = 60
_TEXT_BYTES = 16 << 20
_MAX_MB = 512
_LINE = "a line of a source that is quoted and cited, and looked through\n"


def measure_memory(folder: Path, scale: Scale) -> list[Row]:
    """The largest process, where checks, sources and citations name that many files."""
    size_bytes = min(_TEXT_BYTES, scale.large_bytes // _FILES)
    project = made_up(folder, 1, 1)
    _write_texts(folder, size_bytes)
    _ask_for_them(project)
    check = project.again("gate", "check", "--run", project.run_id, "--gate", "C1")
    largest_mb = peak(check).largest_mb
    work = f"{_FILES} files of {size_bytes >> 20} MiB, peak memory of a process"
    return [Row(work, "the limit", largest_mb, _MAX_MB, largest_mb / _MAX_MB, 1, unit="MB")]


def _write_texts(folder: Path, size_bytes: int) -> None:
    """The files, and a report that quotes and cites them."""
    (folder / "in").mkdir()
    for number in range(_FILES):
        text = f"{number}\n" + _LINE * (size_bytes // len(_LINE) - 1)
        (folder / f"in/{number}.md").write_text(text, "utf-8")
    cited = "".join(f"in/{number}.md:9\n" for number in range(_FILES))
    (folder / "report.md").write_text(f'"a line of a source that is quoted"\n{cited}', "utf-8")


def _ask_for_them(project: Project) -> None:
    """Puts the checks into the contract."""
    path = project.root / "orchestration/gates/contracts/C1.contract.json"
    contract = json.loads(path.read_bytes())
    contract["validations"] += [
        {"type": "quotes_resolve", "target": "report.md", "sources": ["in/*.md"]},
        {"type": "citations_resolve", "target": "report.md"},
        *({"type": "not_contains", "target": f"in/{number}.md", "pattern": "TODO"} for number in range(_FILES)),
    ]
    path.write_text(json.dumps(contract), "utf-8")


BENCHMARKS = (Benchmark("memory", measure_memory),)
