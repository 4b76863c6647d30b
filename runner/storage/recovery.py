"""Rolls forward after a crash between two writes: an attempt that has a file is added to the run if RUN.json lacks it.

The file is written first, so its attempt is finished whatever RUN.json says. A file that no interrupted command leaves
is damage: it may have been planted, and only a repair, which a person confirms, accepts it.
"""

from collections.abc import Iterator
from typing import Final, NamedTuple

from gate_tests.errors import DamagedRecord
from gate_tests.workspace.layout import Workspace
from runner.models import transitions
from runner.models.attempt import MANUAL_AGENT, Attempt
from runner.models.run import Gate, Run
from runner.models.status import GateStatus
from runner.storage.attempt_file import AttemptFile, list_attempt_numbers, list_gates_with_attempts
from runner.storage.consistency import check_attempt_times, check_consistency

_UNCHANGED: Final = ("started_at", "agent", "prompt_sha256", "invocation_ids", "baseline")
"""Fields of an attempt that do not change between its start and its end."""


class Recovery(NamedTuple):
    """The run after recovery, and the attempts that were recovered, each with its gate."""

    run: Run
    recovered: tuple[tuple[str, Attempt], ...] = ()

    def describe(self) -> str:
        """The message about what was recovered."""
        attempts = ", ".join(
            f"attempt {attempt.number} of gate {gate} ({attempt.status})" for gate, attempt in self.recovered
        )
        return f"taken over into RUN.json what an interrupted command had recorded: {attempts}"


def roll_forward(workspace: Workspace, run: Run) -> Recovery:
    """Add the attempts that an interrupted command recorded. Writes nothing. Raises DamagedRecord, Refused."""
    if run.schema_version is None:
        return _recover_legacy(workspace, run)
    try:
        return _recover_checked(workspace, run)
    except DamagedRecord:
        newer = _read_again(workspace, run.run_id)
        if newer == run:
            raise
    return roll_forward(workspace, newer)  # readers hold no lock: RUN.json was replaced after it was read


def _recover_checked(workspace: Workspace, run: Run) -> Recovery:
    recovery = Recovery(run)
    for gate_id, number in _unrecorded(workspace, run):
        if file := AttemptFile.read(workspace, run.run_id, gate_id, number):
            _check_unrecorded(run, gate_id, file)
            recovery = _add(recovery, workspace, gate_id, file)
    return recovery


def _recover_legacy(workspace: Workspace, run: Run) -> Recovery:
    """Add every file that follows the last finished attempt: records of the original need not be consistent."""
    recovery = Recovery(run)
    for gate in run.gates:
        number = gate.open_attempt.number if gate.open_attempt else gate.next_number
        while file := AttemptFile.read(workspace, run.run_id, gate.gate, number):
            recovery = _add(recovery, workspace, gate.gate, file)
            number += 1
    return recovery


def _unrecorded(workspace: Workspace, run: Run) -> Iterator[tuple[str, int]]:
    """The gate and number of every attempt that has a file and is missing or open in RUN.json."""
    for gate_id in list_gates_with_attempts(workspace, run.run_id):
        gate = run.find_gate(gate_id)
        finished = {attempt.number for attempt in gate.attempts if not attempt.is_open} if gate else set()
        for number in list_attempt_numbers(workspace, run.run_id, gate_id):
            if number not in finished:
                yield gate_id, number


def _check_unrecorded(run: Run, gate_id: str, file: AttemptFile) -> None:
    """Raises DamagedRecord for a file that no interrupted command leaves."""
    check_attempt_times(file.document, (), file.attempt)
    gate = run.find_gate(gate_id)
    if gate is None:
        raise DamagedRecord(f"{file.document.at(())}: RUN.json knows no gate {gate_id}")
    number = file.attempt.number
    if run.finished_at is None and gate.open_attempt and gate.open_attempt.number == number:
        _check_unchanged(gate.open_attempt, file)
    elif run.finished_at is not None or not _is_manual_failure(gate, file.attempt):
        message = f"RUN.json knows no finished attempt {number} of gate {gate_id}, nor does a crash leave this one"
        raise DamagedRecord(f"{file.document.at(('attempt',))}: {message}")


def _check_unchanged(opened: Attempt, file: AttemptFile) -> None:
    for key in _UNCHANGED:
        if getattr(opened, key) != getattr(file.attempt, key):
            message = f"differs from attempt {opened.number} as RUN.json holds it open"
            raise DamagedRecord(f"{file.document.at((key,))}: {message}")


def _is_manual_failure(gate: Gate, attempt: Attempt) -> bool:
    """Whether `gate fail` adds such an attempt to a gate without an open one."""
    follows = gate.open_attempt is None and attempt.number == gate.next_number
    return follows and attempt.agent == MANUAL_AGENT and attempt.status is GateStatus.FAIL


def _add(recovery: Recovery, workspace: Workspace, gate: str, file: AttemptFile) -> Recovery:
    from gate_tests.compiler.loader import is_blocking  # imported here because only a recovery needs it

    file.check_artifacts()
    attempt = file.attempt
    blocking = is_blocking(workspace, gate, attempt.contract_sha256)
    run = transitions.recover_attempt(recovery.run, gate, attempt, blocking=blocking)
    return Recovery(run, (*recovery.recovered, (gate, attempt)))


def _read_again(workspace: Workspace, run_id: str) -> Run:
    document = workspace.read_record(run_id)
    run = Run.from_json(document)
    check_consistency(workspace, document, run)
    return run
