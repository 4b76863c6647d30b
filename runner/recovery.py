"""What a crash between two writes left: an attempt's file that RUN.json does not know yet. It is taken in.

The file comes first, so its attempt is finished, whatever RUN.json still says.
"""

from dataclasses import dataclass, replace

from gate_tests.workspace import Workspace
from runner import lifecycle
from runner.attempt import Attempt
from runner.attempt_file import AttemptFile
from runner.blocking import is_blocking
from runner.record import Run


@dataclass(frozen=True)
class Recovery:
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
    """The run with every attempt that has a file. Writes nothing. Raises DamagedRecord, Refused."""
    recovery = Recovery(run)
    for gate in run.gates:
        number = gate.open_attempt.number if gate.open_attempt else lifecycle.next_number(gate)
        while file := AttemptFile.read(workspace, run.run_id, gate.gate, number):
            recovery = _with(recovery, workspace, gate.gate, file)
            number += 1
    return recovery


def _with(recovery: Recovery, workspace: Workspace, gate: str, file: AttemptFile) -> Recovery:
    attempt = replace(file.attempt, artifacts=file.artifacts())
    run = lifecycle.adopt_attempt(recovery.run, gate, attempt, blocking=is_blocking(workspace, gate))
    return Recovery(run, (*recovery.adopted, (gate, attempt)))
