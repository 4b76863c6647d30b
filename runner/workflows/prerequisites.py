"""What a workflow makes the start of a gate depend on: gates that must have passed, and work of other hands.

A condition may be overridden by force, which is recorded with its reason; nothing else may be.
"""

from collections.abc import Iterator
from typing import NamedTuple

from gate_tests.errors import InvalidFile, OrchError, Refused
from gate_tests.sanitize import plain
from gate_tests.strict_json.document import UnreadableDocument
from gate_tests.workspace.layout import Workspace
from runner import suggestions
from runner.models.run import Gate, Run
from runner.models.status import GateStatus
from runner.workflows.agent_names import same_agent
from runner.workflows.definition import WorkflowGate, is_workflow_name, load_workflow

_KEYS = (b"requires", b"independent_of", b"\\u")
"""One of these stands in every workflow that makes conditions: a key may be written with escapes."""


class Prerequisites(NamedTuple):
    """The gates of a run's workflow as far as they make conditions, or why nobody can know them."""

    steps: tuple[WorkflowGate, ...] = ()
    unknown: Refused | None = None

    @classmethod
    def of(cls, workspace: Workspace, run: Run) -> "Prerequisites":
        """As the workflow's file has them now. One that cannot be read is an objection: it is never passed over."""
        name = run.workflow.name
        if not is_workflow_name(name):
            told = f"run {run.run_id} is of a workflow {plain(name)!r}, which none can be called"
            return cls(unknown=Refused(told, next_command=suggestions.show_run(run.run_id)))
        path = workspace.workflow_path(name)
        try:
            content = workspace.read_document(path).content
            if not any(key in content for key in _KEYS):
                return cls()
            return cls(load_workflow(workspace, name).gates)
        except FileNotFoundError:
            return cls(unknown=_unknown(path, f"{path}: is missing"))
        except UnreadableDocument as error:
            return cls(unknown=_unknown(path, str(error)))
        except (InvalidFile, Refused) as error:
            return cls(unknown=_unknown(path, _first_line(error)))

    def refusal(self, run: Run, gate_id: str, agent: str) -> Refused | None:
        """What speaks against this agent's starting an attempt at the gate now; None where nothing does."""
        if self.unknown:
            return self.unknown
        return self._order(run, gate_id) or self._independence(run, gate_id, agent)

    def _order(self, run: Run, gate_id: str) -> Refused | None:
        missing = [gate for gate in self._required(gate_id) if not _has_passed(run, gate)]
        if not missing:
            return None
        states = ", ".join(f"{gate} ({_state(run, gate)})" for gate in missing)
        return Refused(
            f"gate {gate_id} requires gates that have not passed: {states}", next_command=self._way_to(run, missing[0])
        )

    def _way_to(self, run: Run, gate_id: str) -> str:
        """The command that brings the gate on, or the first that it waits for itself."""
        for gate in self._required(gate_id):
            if not _has_passed(run, gate):
                return self._way_to(run, gate)
        known = run.find_gate(gate_id)
        if known is None:
            return suggestions.show_run(run.run_id)
        if known.open_attempt:
            return suggestions.finish_gates(run.run_id, gate_id)
        return _start(run, gate_id, known.last_agent or self._step(gate_id).agent)

    def _independence(self, run: Run, gate_id: str, agent: str) -> Refused | None:
        """Two gates of which one is independent of the other: whichever is started second wants another agent."""
        for other, rule in self._independent(gate_id):
            gate = run.find_gate(other)
            for number, worker in _workers(gate) if gate else ():
                if same_agent(agent, worker):
                    message = (
                        f"{rule}, and attempt {number} of gate {other} is the work of {worker}; name another agent"
                    )
                    return Refused(message, next_command=_start(run, gate_id, self._another(gate_id, agent)))
        return None

    def _independent(self, gate_id: str) -> Iterator[tuple[str, str]]:
        for step in self.steps:
            if step.gate == gate_id:
                yield from ((other, f"gate {gate_id} is independent of {other}") for other in step.independent_of)
            elif gate_id in step.independent_of:
                yield step.gate, f"gate {step.gate} is independent of {gate_id}"

    def _another(self, gate_id: str, agent: str) -> str:
        usual = self._step(gate_id).agent
        return "NAME" if same_agent(usual, agent) else usual

    def _required(self, gate_id: str) -> tuple[str, ...]:
        return next((step.requires for step in self.steps if step.gate == gate_id), ())

    def _step(self, gate_id: str) -> WorkflowGate:
        return next(step for step in self.steps if step.gate == gate_id)


def _unknown(path: str, fault: str) -> Refused:
    return Refused(
        f"{fault}; without the workflow nobody knows what this gate requires",
        next_command=suggestions.checkout_file(path),
    )


def _first_line(error: OrchError) -> str:
    first, *others = error.message.split("\n")
    return f"{first} (and {len(others)} more)" if others else first


def _has_passed(run: Run, gate_id: str) -> bool:
    gate = run.find_gate(gate_id)
    return gate is not None and gate.has_passed


def _state(run: Run, gate_id: str) -> str:
    gate = run.find_gate(gate_id)
    return str(gate.status) if gate else "no gate of this run: the workflow was changed after it began"


def _workers(gate: Gate) -> Iterator[tuple[int, str]]:
    """Whose work the gate stands on, by attempt: the newest that passed, and the open one, which may yet pass."""
    passed = [attempt for attempt in gate.attempts if attempt.status is GateStatus.PASS]
    for attempt in (*passed[-1:], *filter(None, [gate.open_attempt])):
        yield attempt.number, attempt.agent


def _start(run: Run, gate_id: str, agent: str) -> str:
    return suggestions.start_gate(run.run_id, gate_id, agent)
