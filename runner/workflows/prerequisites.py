"""The prerequisites of a gate's start in its workflow: gates that must have passed, and independence of agents.

They may be overridden with --force, which is recorded with its reason; nothing else may be.
"""

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Final, NamedTuple

from gate_tests.errors import InvalidFile, LostFile, OrchError, Refused
from gate_tests.strict_json.document import Document
from gate_tests.strict_json.unreadable import UnreadableDocument
from gate_tests.workspace.layout import Workspace
from runner import suggestions
from runner.models.gate import Gate
from runner.models.run import Run
from runner.models.status import GateStatus
from runner.workflows.agent_names import is_same_agent
from runner.workflows.definition import WorkflowGate, is_workflow_name, parse_workflow
from runner.workflows.staleness import NOTHING_STALE, Staleness, describe_stale

if TYPE_CHECKING:
    from runner.models.rules import RuleFile

Suggest = Callable[[str, str], str]
"""(Gate id, agent) → the next command at the gate, where a start would be by the agent. The run may lack the gate."""

_KEYS: Final = (b"requires", b"independent_of", b"\\u")
"""Every workflow with prerequisites contains one of these: a key may be written with escapes."""


class Prerequisites(NamedTuple):
    """The gates of a run's workflow where it has prerequisites, or the error that keeps it from being read."""

    path: str
    """The path of the workflow's file."""
    document: Document | None = None
    gates: tuple[WorkflowGate, ...] = ()
    load_error: Refused | None = None
    problem: str | None = None
    """Why the workflow cannot be read: of `load_error`, the part that is about no gate."""

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
            message = f"run {run.run_id} has an invalid workflow name {name!r}"
            refusal = Refused(message, next_command=suggestions.LIST_RUNS)
            return cls(name, load_error=refusal, problem=message)
        path, document, rewrite = workspace.workflow_path(name), None, None
        try:
            document = workspace.read_document(path)
            if not any(key in document.content for key in _KEYS):
                return cls(path, document)
            return cls(path, document, parse_workflow(workspace, name, document).gates)
        except FileNotFoundError:
            problem, rewrite = f"{path}: file is missing", _suggest_rewrite(run)
        except UnreadableDocument as error:
            problem = str(error)
        except (InvalidFile, Refused) as error:
            problem = _first_line(error)
        return cls(path, document, load_error=_load_error(workspace, path, problem, rewrite), problem=problem)

    def find_violation(
        self, run: Run, gate_id: str, agent: str, suggest: Suggest, staleness: Staleness = NOTHING_STALE
    ) -> Refused | None:
        """Why this agent must not start an attempt at the gate now, and the next command; None where it may."""
        if self.load_error:
            return self.load_error
        return (
            self._find_unmet_requirement(run, gate_id, suggest)
            or self._find_stale_requirement(run, gate_id, suggest, staleness)
            or self._find_dependence(run, gate_id, agent, suggest)
        )

    def _find_unmet_requirement(self, run: Run, gate_id: str, suggest: Suggest) -> Refused | None:
        missing = [gate for gate in self._required_gates(gate_id) if not _has_passed(run, gate)]
        if not missing:
            return None
        states = ", ".join(f"{gate} ({_describe_state(run, gate)})" for gate in missing)
        return Refused(
            f"gate {gate_id} requires gates that have not passed: {states}",
            next_command=self._suggest_progress(run, missing[0], suggest),
        )

    def _find_stale_requirement(self, run: Run, gate_id: str, suggest: Suggest, staleness: Staleness) -> Refused | None:
        """Asks for stale gates only where the gate requires any: files are read for that."""
        stale = staleness.find_required(gate_id) if self._required_gates(gate_id) else []
        if not stale:
            return None
        first = run.gate(stale[0].gate)
        return Refused(
            f"gate {gate_id} requires gates that are stale: {describe_stale(stale)}",
            next_command=stale[0].restore
            or suggest(first.gate, first.last_agent or self._workflow_gate(first.gate).agent),
        )

    def _suggest_progress(self, run: Run, gate_id: str, suggest: Suggest) -> str:
        """The command to continue with the gate, or with the first gate that it requires itself."""
        for gate in self._required_gates(gate_id):
            if not _has_passed(run, gate):
                return self._suggest_progress(run, gate, suggest)
        known = run.find_gate(gate_id)
        return suggest(gate_id, (known and known.last_agent) or self._workflow_gate(gate_id).agent)

    def _find_dependence(self, run: Run, gate_id: str, agent: str, suggest: Suggest) -> Refused | None:
        """Of two independent gates, the one that is started second needs another agent."""
        for other, rule in self._list_independent_gates(gate_id):
            gate = run.find_gate(other)
            for number, worker in _list_workers(gate) if gate else ():
                if is_same_agent(agent, worker):
                    return Refused(
                        f"{rule}, but attempt {number} of gate {other} is by {worker}; name another agent",
                        next_command=suggest(gate_id, self._choose_another_agent(run, gate_id)),
                    )
        return None

    def _list_independent_gates(self, gate_id: str) -> Iterator[tuple[str, str]]:
        """The gates that must be by other agents, each with the rule in words."""
        for gate in self.gates:
            if gate.gate == gate_id:
                yield from ((other, f"gate {gate_id} is independent of {other}") for other in gate.independent_of)
            elif gate_id in gate.independent_of:
                yield gate.gate, f"gate {gate.gate} is independent of {gate_id}"

    def _choose_another_agent(self, run: Run, gate_id: str) -> str:
        """The gate's usual agent if that one may start it, else NAME."""
        usual = self._workflow_gate(gate_id).agent
        others = filter(None, (run.find_gate(other) for other, _ in self._list_independent_gates(gate_id)))
        workers = [worker for gate in others for _, worker in _list_workers(gate)]
        return "NAME" if any(is_same_agent(usual, worker) for worker in workers) else usual

    def _required_gates(self, gate_id: str) -> tuple[str, ...]:
        return next((gate.requires for gate in self.gates if gate.gate == gate_id), ())

    def _workflow_gate(self, gate_id: str) -> WorkflowGate:
        return next(gate for gate in self.gates if gate.gate == gate_id)


def _suggest_rewrite(run: Run) -> str | None:
    """For a record of the original runner, which had no workflow files: the command that writes one of its gates."""
    return suggestions.new_workflow(run.workflow.name, run_id=run.run_id) if run.schema_version is None else None


def _load_error(workspace: Workspace, path: str, problem: str, rewrite: str | None) -> Refused:
    from runner.git.review import suggest_review

    return Refused(
        f"{problem}; what this gate requires cannot be checked without its workflow",
        next_command=rewrite or suggest_review(workspace.root, path),
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
    return str(gate.status) if gate else "not in this run: the workflow changed after the run started"


def _list_workers(gate: Gate) -> Iterator[tuple[int, str]]:
    """(Attempt number, agent) of the newest attempt that passed and of the open one, which may yet pass."""
    passed = [attempt for attempt in gate.attempts if attempt.status is GateStatus.PASS]
    for attempt in (*passed[-1:], *filter(None, [gate.open_attempt])):
        yield attempt.number, attempt.agent
