"""Rolls forward after a crash between two writes: an attempt that has a file, though RUN.json does not say it finished.

A command writes the new RUN.json under a temporary name before it creates the file of an attempt. Where that temporary
file holds just this attempt, the command was interrupted before it renamed it. Any other such file is an
inconsistency: it may have been planted, and only a repair, which a person confirms, accepts it.
"""

from collections.abc import Iterable, Iterator, Sequence, Set
from typing import TYPE_CHECKING, Final, NamedTuple

from gate_tests.errors import DamagedRecord
from gate_tests.strict_json.document import Document
from gate_tests.workspace.layout import Workspace
from runner.models.attempt import MANUAL_AGENT, Attempt
from runner.models.gate import Gate
from runner.models.run import Run
from runner.models.status import GateStatus
from runner.models.timestamps import now, subtract_milliseconds
from runner.storage.attempt_file import (
    AttemptFile,
    is_reservation,
    list_attempt_numbers,
    list_gates_with_attempts,
)
from runner.storage.attempt_rules import check_attempt
from runner.storage.confined_paths import confined_path
from runner.storage.consistency import check_consistency

if TYPE_CHECKING:
    from runner.storage.interrupted_write import InterruptedWrite

_DAY_MS: Final = 24 * 60 * 60 * 1000
_UNCHANGED: Final = ("started_at", "agent", "prompt_sha256", "invocation_ids", "baseline")
"""Fields of an attempt that do not change between its start and its end."""


class Recovery(NamedTuple):
    """The run after recovery, and the attempts that were recovered, each with its gate."""

    run: Run
    recovered: tuple[tuple[str, Attempt], ...] = ()
    temporary: str | None = None
    """The name of the file that is yet to be renamed to RUN.json; None for records of the original."""

    def describe(self) -> str:
        """The message about what was recovered."""
        attempts = ", ".join(
            f"attempt {attempt.number} of gate {gate} ({attempt.status})" for gate, attempt in self.recovered
        )
        return f"recovered into RUN.json what an interrupted command had recorded: {attempts}"


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
    numbers = list(_find_unrecorded(workspace, run))
    if not numbers:
        return Recovery(run)
    empty = {each for each in numbers if _is_empty(workspace, run, *each)}
    files = list(_read_files(workspace, run, [each for each in numbers if each not in empty]))
    for gate, file in files:
        check_finished_attempt(workspace, run, gate, file.attempt, file.document)
    from runner.storage.interrupted_write import find_interrupted_writes  # only a recovery needs it

    for write in find_interrupted_writes(workspace, run):
        if _explains(workspace, write, run, files, empty):
            return Recovery(write.run, write.finished, write.temporary)
    for gate, file in _read_files(workspace, run, numbers):  # raises an error for an empty file
        raise _unexplained_error(gate, file.attempt, file.document)
    return Recovery(run)


def _explains(
    workspace: Workspace,
    write: "InterruptedWrite",
    run: Run,
    files: Sequence[tuple[str, AttemptFile]],
    empty: Set[tuple[str, int]],
) -> bool:
    """Whether the interrupted command created these files, perhaps not all that it was to create.

    One that is empty reserves the number of an attempt, where the file system has no hard links.
    """
    finished = {(gate, attempt.number): attempt for gate, attempt in write.finished}
    for gate, file in files:
        attempt = finished.pop((gate, file.attempt.number), None)
        if attempt is None or attempt.to_json() != file.document.data:
            return False
    document = Document.parse(write.temporary, b"{}")  # for messages that are not shown
    try:
        for (gate, _), attempt in finished.items():
            check_finished_attempt(workspace, run, gate, attempt, document)
    except DamagedRecord:
        return False
    return empty <= finished.keys()


def _recover_legacy(workspace: Workspace, run: Run) -> Recovery:
    """Add every file that follows the last finished attempt: records of the original need not be consistent."""
    recovery = Recovery(run)
    for gate in run.gates:
        number = gate.open_attempt.number if gate.open_attempt else gate.next_number
        if _is_reserved(workspace, run, gate.gate, number):
            continue
        while file := AttemptFile.read(workspace, run.run_id, gate.gate, number):
            recovery = _add(recovery, workspace, gate.gate, file)
            number += 1
    return recovery


def _find_unrecorded(workspace: Workspace, run: Run) -> Iterator[tuple[str, int]]:
    """The gate and number of every attempt that has a file, no mere reservation, and is missing or open in RUN.json."""
    for gate_id in list_gates_with_attempts(workspace, run.run_id):
        gate = run.find_gate(gate_id)
        finished = {attempt.number for attempt in gate.attempts if not attempt.is_open} if gate else set()
        for number in list_attempt_numbers(workspace, run.run_id, gate_id):
            if number not in finished and not _is_reserved(workspace, run, gate_id, number):
                yield gate_id, number


def _read_files(
    workspace: Workspace, run: Run, numbers: Iterable[tuple[str, int]]
) -> Iterator[tuple[str, AttemptFile]]:
    for gate, number in numbers:
        if file := AttemptFile.read(workspace, run.run_id, gate, number):
            yield gate, file


def _is_reserved(workspace: Workspace, run: Run, gate_id: str, number: int) -> bool:
    """Whether the attempt is open, and its file empty."""
    opened = gate.open_attempt if (gate := run.find_gate(gate_id)) else None
    return opened is not None and opened.number == number and _is_empty(workspace, run, gate_id, number)


def _is_empty(workspace: Workspace, run: Run, gate_id: str, number: int) -> bool:
    return is_reservation(confined_path(workspace, workspace.attempt_path(run.run_id, gate_id, number)))


def check_finished_attempt(workspace: Workspace, run: Run, gate_id: str, attempt: Attempt, document: Document) -> None:
    """Raises DamagedRecord for an attempt that no command could have finished. `document` is its file."""
    gate = run.find_gate(gate_id)
    if gate is None:
        raise DamagedRecord(f"{document.at(())}: RUN.json has no gate {gate_id}")
    check_attempt(document, (), attempt, run, not_after=_latest_end(run))
    from runner.storage.rule_agreement import check_attempts  # only a recovery needs it

    check_attempts(workspace, run, gate_id, [attempt])
    if run.finished_at is None and gate.open_attempt and gate.open_attempt.number == attempt.number:
        _check_unchanged(gate.open_attempt, attempt, document)
    elif run.finished_at is not None or not _is_manual_failure(gate, attempt):
        raise _unexplained_error(gate_id, attempt, document)


def _latest_end(run: Run) -> str:
    """No attempt that is taken in ends later: a day from now, or the newest time in the record if that is later."""
    from runner.models.transitions import monotonic_timestamp

    return monotonic_timestamp(run, subtract_milliseconds(now(), -_DAY_MS))


def _unexplained_error(gate_id: str, attempt: Attempt, document: Document) -> DamagedRecord:
    number = attempt.number
    message = f"RUN.json has no finished attempt {number} of gate {gate_id}, and no interrupted command left this one"
    return DamagedRecord(f"{document.at(('attempt',))}: {message}")


def _check_unchanged(opened: Attempt, attempt: Attempt, document: Document) -> None:
    for key in _UNCHANGED:
        if getattr(opened, key) != getattr(attempt, key):
            message = f"differs from the open attempt {opened.number} in RUN.json"
            raise DamagedRecord(f"{document.at((key,))}: {message}")


def _is_manual_failure(gate: Gate, attempt: Attempt) -> bool:
    """Whether `gate fail` adds such an attempt to a gate without an open one."""
    follows = gate.open_attempt is None and attempt.number == gate.next_number
    return follows and attempt.agent == MANUAL_AGENT and attempt.status is GateStatus.FAIL


def _add(recovery: Recovery, workspace: Workspace, gate: str, file: AttemptFile) -> Recovery:
    from gate_tests.compiler.loader import is_blocking  # imported here because only a recovery needs them
    from runner.models.transitions import recover_attempt

    file.check_artifacts()
    attempt = file.attempt
    blocking = attempt.blocking
    if blocking is None:
        blocking = is_blocking(workspace, gate, attempt.contract_sha256)
    run = recover_attempt(recovery.run, gate, attempt, blocking=blocking)
    return Recovery(run, (*recovery.recovered, (gate, attempt)))


def _read_again(workspace: Workspace, run_id: str) -> Run:
    document = workspace.read_record(run_id)
    run = Run.from_json(document)
    check_consistency(workspace, document, run)
    return run
