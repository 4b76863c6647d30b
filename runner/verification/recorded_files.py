"""The files that a gate passed with: its outputs, and what its checks read besides."""

from collections.abc import Iterator, Mapping
from typing import Any, Final, NamedTuple

from gate_tests.workspace.names import normal_path
from runner.models.attempt import Attempt
from runner.models.gate import Gate
from runner.models.run import Run
from runner.operations.recorded_files import RecordedFile, list_passed_attempts, list_read_files

_UNKNOWN_VARIABLE: Final = "{"


class PassingAttempt(NamedTuple):
    """An attempt that passed."""

    run_id: str
    gate: str
    number: int
    started_at: str
    finished_at: str
    files: tuple[RecordedFile, ...]
    contract_sha256: str | None


def list_passing_attempts(run: Run) -> Iterator[PassingAttempt]:
    """The last attempt at each gate that has passed. A gate that was started again since claims nothing."""
    for gate in run.gates:
        if gate.has_passed:
            yield _describe(run, gate, gate.attempts[-1])


def list_all_passing_attempts(run: Run) -> Iterator[PassingAttempt]:
    """Every attempt that passed, also those that were followed by another."""
    yield from (_describe(run, gate, attempt) for gate, attempt in list_passed_attempts(run))


def _describe(run: Run, gate: Gate, attempt: Attempt) -> PassingAttempt:
    return PassingAttempt(
        run_id=run.run_id,
        gate=gate.gate,
        number=attempt.number,
        started_at=attempt.started_at,
        finished_at=attempt.finished_at or attempt.started_at,
        files=tuple(_list_files(run, attempt)),
        contract_sha256=attempt.contract_sha256,
    )


def _list_files(run: Run, attempt: Attempt) -> Iterator[RecordedFile]:
    """Each file once: what a check read that is an output as well is an output."""
    outputs = {output.path: output for output in _list_outputs(run, attempt)}
    yield from outputs.values()
    yield from list_read_files(attempt, outputs)


def _list_outputs(run: Run, attempt: Attempt) -> Iterator[RecordedFile]:
    """Also those of the original runner, unlike `operations.recorded_files`: here it is said which of them changed."""
    rows = (attempt.finished_json or {}).get("artifacts")
    for row in rows if isinstance(rows, list) else ():
        if isinstance(row, dict):
            path, size_bytes = _find_path(run, row), row.get("size_bytes")
            known_size = size_bytes if type(size_bytes) is int else None
            yield RecordedFile(path, str(row.get("sha256")), known_size)


def _find_path(run: Run, row: Mapping[str, Any]) -> str:
    """The path of an output; the original recorded templates, and absolute paths on the machine of a developer."""
    if "resolved_path" in row:
        return str(row["resolved_path"])
    workflow = run.workflow
    path = str(row.get("path"))
    values = {"artifact_path": workflow.artifact_path, "slug": workflow.slug, "run_id": run.run_id, "depth": run.depth}
    for name, value in values.items():
        path = path.replace(f"{{{name}}}", str(value))
    absolute = str(row.get("absolute_path"))
    start = absolute.find(f"/{workflow.artifact_path}/")
    if _UNKNOWN_VARIABLE in path and start >= 0:
        path = absolute[start + 1 :]
    return normal_path(path, "path") if _is_normal(path) else path


def _is_normal(path: str) -> bool:
    from gate_tests.errors import Refused

    try:
        normal_path(path, "path")
    except Refused:
        return False
    return True
