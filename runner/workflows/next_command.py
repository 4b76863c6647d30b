"""Which command comes next in a run: decided here only, from the record and the present state of its files.

A run that a pipeline leads continues with `orch run resume`; a run that is driven by hand continues with the command
for its current gate. No command given here would be refused because of the state of the run.
"""

from collections.abc import Callable

from gate_tests.workspace.layout import Workspace
from runner import suggestions
from runner.models.attempt import MANUAL_AGENT, Attempt
from runner.models.gate import Gate
from runner.models.run import Run
from runner.models.status import RunStatus
from runner.workflows.gate_command import GateCommands, choose_gate_command
from runner.workflows.staleness import NOTHING_STALE, Staleness

AgentLookup = Callable[[Gate], str]
"""A gate → the agent that works at it."""
AlternativeLookup = Callable[[Gate, str], str | None]
"""(Gate, agent) → the command to use instead, where going on with the gate would be refused, or None."""


def choose_next_command(
    run: Run,
    choose_agent: AgentLookup,
    after: str | None = None,
    find_alternative: AlternativeLookup = lambda _, __: None,
) -> str:
    """The next command; `after` is the gate that was just worked on: it comes first while it has not passed."""
    if run.finished_at is not None and run.status is RunStatus.PASSED:
        return suggestions.LIST_RUNS
    gate = run.first_gate_not_passed if run.finished_at else find_current_gate(run, after)
    if gate is None:
        return suggestions.resume_run(run.run_id) if run.finished_at else suggestions.complete_run(run.run_id)
    agent = choose_agent(gate)
    if alternative := find_alternative(gate, agent):
        return alternative
    if run.finished_at or is_led_by_pipeline(run):
        return suggestions.resume_run(run.run_id)
    return choose_gate_command(run, gate, agent)


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


def find_next_command(
    workspace: Workspace, run: Run, after: str | None = None, staleness: Staleness = NOTHING_STALE
) -> str:
    """The next command, as `choose_next_command` gives it, that the present state of the files does not refuse either.

    Where rules changed, it shows the change: only an error names the command that accepts it, to a person.
    """
    if run.finished_at:
        staleness = NOTHING_STALE  # a resume says so first
    commands = GateCommands(workspace, run, staleness=staleness)
    if run.first_gate_not_passed is None and (stale := staleness.find_changed()):
        return stale[0].restore or commands.choose(stale[0].gate)  # the run cannot be PASSED while a gate is stale
    return choose_next_command(run, commands.choose_agent, after, commands.find_alternative)
