"""The next command at one gate of a run, which is not refused in the present state of the record and of the files."""

from typing import NamedTuple

from gate_tests.errors import InvalidFile, Refused
from gate_tests.workspace.layout import Workspace
from runner import suggestions
from runner.models.event import is_forced_start
from runner.models.gate import Gate
from runner.models.run import Run
from runner.workflows.agent_names import find_usual_agent
from runner.workflows.prerequisites import Prerequisites, Suggest
from runner.workflows.rule_changes import find_changed_rules
from runner.workflows.staleness import NOTHING_STALE, Staleness


class GateCommands(NamedTuple):
    """Chooses commands for the gates of a run.

    `may_accept`: where rules changed, name the command by which a person accepts that, instead of one that shows it.
    """

    workspace: Workspace
    run: Run
    may_accept: bool = False
    staleness: Staleness = NOTHING_STALE

    def choose(self, gate_id: str, agent: str | None = None) -> str:
        """Finish the open attempt, or start the next one by `agent`, by default the gate's; or what has to be first."""
        gate = self.run.gate(gate_id)
        agent = agent or self.choose_agent(gate)
        if alternative := self.find_alternative(gate, agent):
            return alternative
        return choose_gate_command(self.run, gate, agent)

    def abandon(self, gate_id: str) -> str:
        """Close the open attempt and start the next one; or what has to be first."""
        gate = self.run.gate(gate_id)
        agent = self.choose_agent(gate)
        first = self._find_missing_contract(gate) or self._find_rule_decision(gate, agent, abandon=True)
        return first or suggestions.abandon_attempt(self.run.run_id, gate_id, agent)

    def choose_agent(self, gate: Gate) -> str:
        """The last agent of the gate, else the one that its workflow names, else NAME."""
        return gate.last_agent or find_usual_agent(self.workspace, self.run.workflow.name, gate.gate)

    def find_alternative(self, gate: Gate, agent: str) -> str | None:
        """What has to be done first where a start by the agent, or a finish of the open attempt, would be refused."""
        if missing := self._find_missing_contract(gate):
            return missing
        prerequisites = Prerequisites.of(self.workspace, self.run)
        if prerequisites.load_error:
            return suggest_way_out(prerequisites.load_error)
        if _has_other_context(self.run, gate):
            return self.abandon(gate.gate)
        if decision := self._find_rule_decision(gate, agent):
            return decision
        if gate.open_attempt and is_forced_start(self.run.events, gate.gate, gate.open_attempt):
            return None
        worker = gate.open_attempt.agent if gate.open_attempt else agent
        staleness = NOTHING_STALE if gate.open_attempt else self.staleness  # a finish does not ask
        violation = prerequisites.find_violation(self.run, gate.gate, worker, self.beside(gate.gate), staleness)
        return suggest_way_out(violation) if violation else None

    def beside(self, gate_id: str) -> Suggest:
        """After a violation at a gate: the command at another one, or to start this one by another agent."""

        def choose(other: str, agent: str) -> str:
            gate = self.run.find_gate(other)
            if gate is None:  # the workflow names a gate that came after the run had started
                from runner.git.review import suggest_review

                return suggest_review(self.workspace.root, self.workspace.workflow_path(self.run.workflow.name))
            if other != gate_id:
                return self.choose(other, agent)
            decision = self._find_rule_decision(gate, agent, abandon=gate.open_attempt is not None)
            if decision or not gate.open_attempt:
                return decision or choose_gate_command(self.run, gate, agent)
            return suggestions.abandon_attempt(self.run.run_id, other, agent)

        return choose

    def _find_missing_contract(self, gate: Gate) -> str | None:
        if (self.workspace.root / self.workspace.contract_path(gate.gate)).exists():
            return None
        from gate_tests.compiler.loader import require_contract  # few gates have lost their contract

        try:
            require_contract(self.workspace, gate.gate)
        except Refused as error:
            return suggest_way_out(error)
        except InvalidFile:
            return suggestions.list_path(self.workspace.root, self.workspace.contract_path(gate.gate))
        return None

    def _find_rule_decision(self, gate: Gate, agent: str, *, abandon: bool = False) -> str | None:
        changed = find_changed_rules(self.workspace, self.run, gate)
        if not changed:
            return None
        if not self.may_accept:
            from runner.git.review import suggest_review

            return suggest_review(self.workspace.root, changed[0])
        if abandon:
            return suggestions.abandon_attempt(self.run.run_id, gate.gate, agent, accept_contract=True)
        if gate.open_attempt:
            return suggestions.finish_gates(self.run.run_id, gate.gate, accept_contract=True)
        return suggestions.start_gate(self.run.run_id, gate.gate, agent, accept_contract=True)


def choose_gate_command(run: Run, gate: Gate, agent: str) -> str:
    """As the record says: finish the open attempt, or start the next one by `agent`."""
    if gate.open_attempt:
        return suggestions.finish_gates(run.run_id, gate.gate)
    return suggestions.start_gate(run.run_id, gate.gate, agent)


def _has_other_context(run: Run, gate: Gate) -> bool:
    """Whether the run is not the one that the open attempt was started in: then no finish is possible."""
    baseline = gate.open_attempt.baseline if gate.open_attempt else None
    return bool(baseline and baseline.context and list(baseline.context.find_changes(run.attempt_context)))


def suggest_way_out(violation: Refused) -> str | None:
    """The command after a violation of prerequisites; where git has a lost workflow, to restore that."""
    if violation.lost_file is None:
        return violation.next_command
    from runner.git.restore import suggest_restore  # few runs have lost their workflow

    return suggest_restore(violation.lost_file) or violation.next_command
