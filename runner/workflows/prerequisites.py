"""The prerequisites of a gate's start in its workflow: gates that must have passed, and independence of agents.

They may be overridden with --force, which is recorded with its reason; nothing else may be.
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final, NamedTuple

from gate_tests.errors import InvalidFile, LostFile, OrchError, Refused
from gate_tests.strict_json.document import Document
from gate_tests.strict_json.unreadable import UnreadableDocument
from gate_tests.workspace.layout import Workspace
from runner import suggestions
from runner.models.run import Gate, Run
from runner.models.status import GateStatus
from runner.workflows.agent_names import is_same_agent
from runner.workflows.definition import WorkflowGate, is_workflow_name, parse_workflow

if TYPE_CHECKING:
    from runner.models.rules import RuleFile

_KEYS: Final = (b"requires", b"independent_of", b"\\u")
"""Every workflow with prerequisites contains one of these: a key may be written with escapes."""


class Prerequisites(NamedTuple):
    """The gates of a run's workflow where it has prerequisites, or the error that keeps it from being read."""

    path: str
    """The path of the workflow's file."""
    document: Document | None = None
    gates: tuple[WorkflowGate, ...] = ()
    load_error: Refused | None = None

    @property
    def file(self) -> "RuleFile":
        """The workflow's file and its hash."""
        from runner.models.rules import RuleFile  # only a start and a finish ask for it

        return RuleFile(self.path, self.document.sha256 if self.document else None)

    @classmethod
    def of(cls, workspace: Workspace, run: Run) -> "Prerequisites":
        """Reads the workflow's file as it is now. A workflow that cannot be read violates the prerequisites."""
        name = run.workflow.name
        if not is_workflow_name(name):
            message = f"run {run.run_id} is of a workflow {name!r}, which none can be called"
            refusal = Refused(message, next_command=suggestions.show_run(run.run_id))
            return cls(name, load_error=refusal)
        path, document = workspace.workflow_path(name), None
        try:
            document = workspace.read_document(path)
            if not any(key in document.content for key in _KEYS):
                return cls(path, document)
            return cls(path, document, parse_workflow(workspace, name, document).gates)
        except FileNotFoundError:
            problem = f"{path}: is missing"
        except UnreadableDocument as error:
            problem = str(error)
        except (InvalidFile, Refused) as error:
            problem = _first_line(error)
        return cls(path, document, load_error=_load_error(workspace, run, path, problem))

    def find_violation(self, run: Run, gate_id: str, agent: str) -> Refused | None:
        """Why this agent must not start an attempt at the gate now; None where it may."""
        if self.load_error:
            return self.load_error
        return self._find_unmet_requirement(run, gate_id) or self._find_dependence(run, gate_id, agent)

    def _find_unmet_requirement(self, run: Run, gate_id: str) -> Refused | None:
        missing = [gate for gate in self._required_gates(gate_id) if not _has_passed(run, gate)]
        if not missing:
            return None
        states = ", ".join(f"{gate} ({_describe_state(run, gate)})" for gate in missing)
        return Refused(
            f"gate {gate_id} requires gates that have not passed: {states}",
            next_command=self._next_command_towards(run, missing[0]),
        )

    def _next_command_towards(self, run: Run, gate_id: str) -> str:
        """The command to continue with the gate, or with the first gate that it requires itself."""
        for gate in self._required_gates(gate_id):
            if not _has_passed(run, gate):
                return self._next_command_towards(run, gate)
        known = run.find_gate(gate_id)
        if known is None:
            return suggestions.show_run(run.run_id)
        if known.open_attempt:
            return suggestions.finish_gates(run.run_id, gate_id)
        return _start_command(run, gate_id, known.last_agent or self._workflow_gate(gate_id).agent)

    def _find_dependence(self, run: Run, gate_id: str, agent: str) -> Refused | None:
        """Of two independent gates, the one that is started second needs another agent."""
        for other, rule in self._list_independent_gates(gate_id):
            gate = run.find_gate(other)
            for number, worker in _list_workers(gate) if gate else ():
                if is_same_agent(agent, worker):
                    message = (
                        f"{rule}, and attempt {number} of gate {other} is the work of {worker}; name another agent"
                    )
                    return Refused(
                        message, next_command=_start_command(run, gate_id, self._choose_another_agent(gate_id, agent))
                    )
        return None

    def _list_independent_gates(self, gate_id: str) -> Iterator[tuple[str, str]]:
        """The gates that must be by other agents, each with the rule in words."""
        for gate in self.gates:
            if gate.gate == gate_id:
                yield from ((other, f"gate {gate_id} is independent of {other}") for other in gate.independent_of)
            elif gate_id in gate.independent_of:
                yield gate.gate, f"gate {gate.gate} is independent of {gate_id}"

    def _choose_another_agent(self, gate_id: str, agent: str) -> str:
        usual = self._workflow_gate(gate_id).agent
        return "NAME" if is_same_agent(usual, agent) else usual

    def _required_gates(self, gate_id: str) -> tuple[str, ...]:
        return next((gate.requires for gate in self.gates if gate.gate == gate_id), ())

    def _workflow_gate(self, gate_id: str) -> WorkflowGate:
        return next(gate for gate in self.gates if gate.gate == gate_id)


def _load_error(workspace: Workspace, run: Run, path: str, problem: str) -> Refused:
    return Refused(
        f"{problem}; without the workflow nobody knows what this gate requires",
        next_command=suggestions.show_run(run.run_id),
        lost_file=LostFile(workspace.root, path),
    )


def _first_line(error: OrchError) -> str:
    first, *others = error.message.split("\n")
    return f"{first} (and {len(others)} more)" if others else first


def _has_passed(run: Run, gate_id: str) -> bool:
    gate = run.find_gate(gate_id)
    return gate is not None and gate.has_passed


def _describe_state(run: Run, gate_id: str) -> str:
    gate = run.find_gate(gate_id)
    return str(gate.status) if gate else "no gate of this run: the workflow was changed after it began"


def _list_workers(gate: Gate) -> Iterator[tuple[int, str]]:
    """(Attempt number, agent) of the newest attempt that passed and of the open one, which may yet pass."""
    passed = [attempt for attempt in gate.attempts if attempt.status is GateStatus.PASS]
    for attempt in (*passed[-1:], *filter(None, [gate.open_attempt])):
        yield attempt.number, attempt.agent


def _start_command(run: Run, gate_id: str, agent: str) -> str:
    return suggestions.start_gate(run.run_id, gate_id, agent)
