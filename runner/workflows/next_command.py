"""The command that goes on with a run. The one place that decides it, from the record alone.

Who is led through a run, and was given a packet, goes on with `orch run resume`; who types each step goes on with the
step that comes now. No command that is named here would be refused for the state of the run.
"""

from collections.abc import Callable
from functools import partial

from gate_tests.workspace.layout import Workspace
from runner import suggestions
from runner.models.attempt import MANUAL_AGENT, Attempt
from runner.models.run import Gate, Run
from runner.models.status import RunStatus
from runner.workflows.agent_names import usual_agent
from runner.workflows.prerequisites import Prerequisites

AgentOf = Callable[[str], str]
"""Who usually does the work of a gate, by the gate's id."""
Instead = Callable[[str, str], str | None]
"""What to type instead of a start at a gate for an agent that would be refused."""


def next_step(run: Run, usual_agent: AgentOf, after: str | None = None, instead: Instead = lambda _, __: None) -> str:
    """What to type now; `after` is the gate that somebody has just been busy with, which matters where it failed."""
    if run.finished_at is not None:
        return suggestions.LIST_RUNS if run.status is RunStatus.PASSED else suggestions.resume_run(run.run_id)
    waiting = gate_that_waits(run, after)
    if waiting is None:
        return suggestions.complete_run(run.run_id)
    if is_led(run):
        return suggestions.resume_run(run.run_id)
    return step_by_hand(run, waiting, usual_agent, instead)


def step_by_hand(run: Run, gate: Gate, usual_agent: AgentOf, instead: Instead = lambda _, __: None) -> str:
    """What brings one gate on: the end of its open attempt, or its next one."""
    if gate.open_attempt:
        return suggestions.finish_gates(run.run_id, gate.gate)
    agent = gate.last_agent or usual_agent(gate.gate)
    start = suggestions.start_gate(run.run_id, gate.gate, agent)
    return instead(gate.gate, agent) or start


def gate_that_waits(run: Run, after: str | None = None) -> Gate | None:
    """The gate that comes now: `after` where that has not passed, else an open one, else the first that has not."""
    if after is not None and not run.gate(after).has_passed:
        return run.gate(after)
    begun = [gate for gate in run.gates if gate.open_attempt and not gate.has_passed]
    return begun[0] if begun else run.first_gate_not_passed


def is_led(run: Run) -> bool:
    """Whether the newest attempt that was opened was given a packet: so does `orch run <workflow>`, and its resume."""
    opened = [attempt for gate in run.gates for attempt in gate.attempts if attempt.agent != MANUAL_AGENT]
    return bool(opened) and max(opened, key=_began).prompt_sha256 is not None


def _began(attempt: Attempt) -> str:
    return attempt.started_at


def next_command(workspace: Workspace, run: Run, after: str | None = None) -> str:
    """What to type now to go on with the run, as `next_step` has it; no start that a condition speaks against."""

    def instead(gate_id: str, agent: str) -> str | None:
        refusal = Prerequisites.of(workspace, run).refusal(run, gate_id, agent)
        return refusal.next_command if refusal else None

    return next_step(run, partial(usual_agent, workspace, run.workflow.name), after, instead)
