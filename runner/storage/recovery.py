"""What a crash between two writes left: an attempt's file that RUN.json does not know yet. It is taken in.

The file comes first, so its attempt is finished, whatever RUN.json still says. What no command of ours leaves is
damage: it may have been planted, and a repair shows it to a person before it counts.
"""

from collections.abc import Iterator
from dataclasses import replace
from typing import NamedTuple

from gate_tests.errors import DamagedRecord
from gate_tests.workspace.layout import Workspace
from runner.models import transitions
from runner.models.attempt import MANUAL_AGENT, Attempt
from runner.models.run import Gate, Run
from runner.models.status import GateStatus
from runner.storage.attempt_file import AttemptFile, attempt_numbers, gates_with_folder
from runner.storage.consistency import check_agreement, check_times_of

_SAME = ("started_at", "agent", "prompt_sha256", "invocation_ids", "baseline")
"""What an attempt has when it is opened and keeps when it is closed."""


class Recovery(NamedTuple):
    """The run as it stands, and the attempts, each with its gate, that its RUN.json does not know as finished."""

    run: Run
    adopted: tuple[tuple[str, Attempt], ...] = ()

    def sentence(self) -> str:
        """What was adopted, for people."""
        attempts = ", ".join(
            f"attempt {attempt.number} of gate {gate} ({attempt.status})" for gate, attempt in self.adopted
        )
        return f"taken over into RUN.json what an interrupted command had recorded: {attempts}"


def roll_forward(workspace: Workspace, run: Run) -> Recovery:
    """The run with what an interrupted command had recorded. Writes nothing. Raises DamagedRecord, Refused."""
    if run.schema_version is None:
        return _with_all_that_follow(workspace, run)
    try:
        return _with_what_was_left(workspace, run)
    except DamagedRecord:
        newer = _read_again(workspace, run.run_id)
        if newer == run:
            raise
    return roll_forward(workspace, newer)  # a reader waits for nobody: RUN.json was replaced after it was read


def _with_what_was_left(workspace: Workspace, run: Run) -> Recovery:
    recovery = Recovery(run)
    for gate_id, number in _unknown(workspace, run):
        if file := AttemptFile.read(workspace, run.run_id, gate_id, number):
            _check_left(run, gate_id, file)
            recovery = _with(recovery, workspace, gate_id, file)
    return recovery


def _with_all_that_follow(workspace: Workspace, run: Run) -> Recovery:
    """The original's records were never kept to anything."""
    recovery = Recovery(run)
    for gate in run.gates:
        number = gate.open_attempt.number if gate.open_attempt else transitions.next_number(gate)
        while file := AttemptFile.read(workspace, run.run_id, gate.gate, number):
            recovery = _with(recovery, workspace, gate.gate, file)
            number += 1
    return recovery


def _unknown(workspace: Workspace, run: Run) -> Iterator[tuple[str, int]]:
    """The gate and number of every attempt that has a file and is not finished in RUN.json."""
    gates = {gate.gate: gate for gate in run.gates}
    for gate_id in gates_with_folder(workspace, run.run_id):
        attempts = gates[gate_id].attempts if gate_id in gates else ()
        finished = {attempt.number for attempt in attempts if not attempt.is_open}
        for number in attempt_numbers(workspace, run.run_id, gate_id):
            if number not in finished:
                yield gate_id, number


def _check_left(run: Run, gate_id: str, file: AttemptFile) -> None:
    """Raises DamagedRecord for a file that no interrupted command leaves."""
    check_times_of(file.document, (), file.attempt)
    gate = next((gate for gate in run.gates if gate.gate == gate_id), None)
    if gate is None:
        raise DamagedRecord(f"{file.document.at(())}: RUN.json knows no gate {gate_id}")
    number = file.attempt.number
    if run.finished_at is None and gate.open_attempt and gate.open_attempt.number == number:
        _check_same(gate.open_attempt, file)
    elif run.finished_at is not None or not _is_by_hand(gate, file.attempt):
        told = f"RUN.json knows no finished attempt {number} of gate {gate_id}, nor does a crash leave this one"
        raise DamagedRecord(f"{file.document.at(('attempt',))}: {told}")


def _check_same(opened: Attempt, file: AttemptFile) -> None:
    for key in _SAME:
        if getattr(opened, key) != getattr(file.attempt, key):
            told = f"differs from attempt {opened.number} as RUN.json holds it open"
            raise DamagedRecord(f"{file.document.at((key,))}: {told}")


def _is_by_hand(gate: Gate, attempt: Attempt) -> bool:
    """Whether it is what `gate fail` adds to a gate of which no attempt is open."""
    follows = gate.open_attempt is None and attempt.number == transitions.next_number(gate)
    return follows and attempt.agent == MANUAL_AGENT and attempt.status is GateStatus.FAIL


def _with(recovery: Recovery, workspace: Workspace, gate: str, file: AttemptFile) -> Recovery:
    from gate_tests.compiler.loader import is_blocking  # reads contracts, which nothing else here needs

    attempt = replace(file.attempt, artifacts=file.artifacts())
    blocking = is_blocking(workspace, gate, attempt.contract_sha256)
    run = transitions.adopt_attempt(recovery.run, gate, attempt, blocking=blocking)
    return Recovery(run, (*recovery.adopted, (gate, attempt)))


def _read_again(workspace: Workspace, run_id: str) -> Run:
    document = workspace.read_record(run_id)
    run = Run.from_json(document)
    check_agreement(workspace, document, run)
    return run
