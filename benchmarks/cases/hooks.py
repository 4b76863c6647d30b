"""What a stop hook costs an agent that stops: little more than a look at the status, or than a check of its gate."""

import json
from collections.abc import Callable, Sequence
from pathlib import Path

from benchmarks.cases.repositories import ORCH, Project, quietly, shipped
from benchmarks.cases.starting import confirm_named
from benchmarks.measure.benchmark import Benchmark, Scale
from benchmarks.measure.table import Row
from benchmarks.measure.timer import Command, Comparison, NotMeasured, in_turn

GOAL = 1.2
_FILES_IN_A_FOLDER = 1000
_SESSION = {"session_id": "benchmark", "hook_event_name": "Stop", "permission_mode": "default", "prompt_id": "p"}
_WAITING = _SESSION | {"background_tasks": [{"id": "1", "type": "shell", "status": "running"}]}


def measure_stop_hook(folder: Path, scale: Scale) -> list[Row]:
    """Where the agent may go on, beside `orch status`; where its gate is judged, beside `orch gate check`."""
    files = 3 * scale.crowd
    idle, busy = crowd(shipped(folder / "idle"), files), crowd(shipped(folder / "busy"), files)
    idle.orch("gate", "fail", "--run", idle.run_id, "--gate", "G2", "--reason", "no attempt is open")
    status = Command("orch status", (ORCH, "status"), idle.root, confirm=_confirm(idle.run_id))
    nothing, waiting = stop(idle, _SESSION, "{}"), stop(busy, _WAITING, "{}")
    by_status, of_nothing, of_waiting = zip(*in_turn((status, nothing, waiting), scale.rounds), strict=True)
    check = Command(
        "orch gate check", (ORCH, "gate", "check", "--gate", "G2"), busy.root, confirm=confirm_named(["G2"])
    )
    of_judged, by_check = zip(*in_turn((stop(busy, _SESSION, "G2 "), check), scale.rounds), strict=True)
    named = f"beside {files:,} files"
    return [
        _row(f"orch hook stop, no attempt open, {named}", "orch status", of_nothing, by_status),
        _row(f"orch hook stop, the agent waits, {named}", "orch status", of_waiting, by_status),
        _row(f"orch hook stop, a gate is judged, {named}", "orch gate check", of_judged, by_check),
    ]


def stop(project: Project, input_json: object, printed: str) -> Command:
    """`orch hook stop` as Claude Code calls it, with `input_json` on standard input; it must print `printed`."""
    file = project.root / f"input-{len(json.dumps(input_json))}.json"
    file.write_text(json.dumps(input_json), "utf-8")
    line = f"exec '{ORCH}' hook stop < '{file}'"
    return Command("orch hook stop", ("sh", "-c", line), project.root, confirm=_confirm(printed))


def crowd(project: Project, files: int) -> Project:
    """The project in a git repository with that number of files, all committed."""
    for number in range(files):
        path = project.root / f"src/{number // _FILES_IN_A_FOLDER}/{number}.md"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"{number}\n", "utf-8")
    named = ("-c", "user.name=benchmark", "-c", "user.email=benchmark@example.org")
    quietly(project.root, "git", "init", "--quiet")
    quietly(project.root, "git", "add", "--all")
    quietly(project.root, "git", *named, "commit", "--quiet", "-m", "all")
    return project


def _row(what: str, yardstick: str, ours: Sequence[float], theirs: Sequence[float]) -> Row:
    return Row.of(what, yardstick, GOAL, Comparison(tuple(zip(ours, theirs, strict=True))))


def _confirm(expected: str) -> Callable[[str], None]:
    def confirm(printed: str) -> None:
        if expected not in printed:
            raise NotMeasured(f"expected {expected!r} in what was printed, found {printed[:200]!r}")

    return confirm


BENCHMARKS = (Benchmark("hook-stop", measure_stop_hook),)
