"""Which command comes next in a run: decided here only, from the record alone.

A run that a pipeline leads continues with `orch run resume`; a run that is driven by hand continues with the command
for its current gate. No command given here would be refused because of the state of the run.
"""

from collections.abc import Callable
from functools import partial

from gate_tests.errors import Refused
from gate_tests.workspace.layout import Workspace
from runner import suggestions
from runner.models.attempt import MANUAL_AGENT, Attempt
from runner.models.run import Gate, Run
from runner.models.status import RunStatus
from runner.workflows.agent_names import find_usual_agent
from runner.workflows.prerequisites import Prerequisites

AgentLookup = Callable[[str], str]
"""Gate id → the agent that usually works at the gate."""
AlternativeLookup = Callable[[str, str], str | None]
"""(Gate id, agent) → the command to use instead, where a start of the gate by the agent would be refused, or None."""


def choose_next_command(
    run: Run,
    find_usual_agent: AgentLookup,
    after: str | None = None,
    find_alternative: AlternativeLookup = lambda _, __: None,
) -> str:
    """The next command; `after` is the gate that was just worked on: it comes first while it has not passed."""
    if run.finished_at is not None:
        return suggestions.LIST_RUNS if run.status is RunStatus.PASSED else suggestions.resume_run(run.run_id)
    gate = find_current_gate(run, after)
    if gate is None:
        return suggestions.complete_run(run.run_id)
    if is_led_by_pipeline(run):
        return suggestions.resume_run(run.run_id)
    return choose_gate_command(run, gate, find_usual_agent, find_alternative)


def choose_gate_command(
    run: Run, gate: Gate, find_usual_agent: AgentLookup, find_alternative: AlternativeLookup = lambda _, __: None
) -> str:
    """The next command at one gate: finish its open attempt, or start the next one."""
    if gate.open_attempt:
        return suggestions.finish_gates(run.run_id, gate.gate)
    agent = gate.last_agent or find_usual_agent(gate.gate)
    start = suggestions.start_gate(run.run_id, gate.gate, agent)
    return find_alternative(gate.gate, agent) or start


def find_current_gate(run: Run, after: str | None = None) -> Gate | None:
    """The gate to work on: `after` unless it has passed, else one with an open attempt, else the first not passed."""
    if after is not None and not run.gate(after).has_passed:
        return run.gate(after)
    begun = [gate for gate in run.gates if gate.open_attempt and not gate.has_passed]
    return begun[0] if begun else run.first_gate_not_passed


def is_led_by_pipeline(run: Run) -> bool:
    """Whether the newest attempt has a prompt packet: those of `orch run <workflow>` and `orch run resume` have one."""
    opened = [attempt for gate in run.gates for attempt in gate.attempts if attempt.agent != MANUAL_AGENT]
    return bool(opened) and max(opened, key=_started_at).prompt_sha256 is not None


def _started_at(attempt: Attempt) -> str:
    return attempt.started_at


def find_next_command(workspace: Workspace, run: Run, after: str | None = None) -> str:
    """The next command, as `choose_next_command` gives it, with the prerequisites of the workflow respected."""

    def find_alternative(gate_id: str, agent: str) -> str | None:
        violation = Prerequisites.of(workspace, run).find_violation(run, gate_id, agent)
        return _suggest_way_out(violation) if violation else None

    return choose_next_command(run, partial(find_usual_agent, workspace, run.workflow.name), after, find_alternative)


def _suggest_way_out(violation: Refused) -> str | None:
    if violation.lost_file is None:
        return violation.next_command
    from runner.git.restore import suggest_restore  # few runs have lost their workflow

    return suggest_restore(violation.lost_file) or violation.next_command
