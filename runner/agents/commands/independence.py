"""Finds gates that must be independent of each other, but whose agents have the same command."""

from collections.abc import Callable, Iterator
from typing import NamedTuple

from runner.agents.commands.agent_command import AgentCommand
from runner.workflows.definition import Workflow


class SharedCommand(NamedTuple):
    """Two gates, the later one of which must be independent of the other, and their agents."""

    gate: str
    agent: str
    other_gate: str
    other_agent: str

    def describe(self) -> str:
        """The warning, in one line."""
        return (
            f"gate {self.gate} must be independent of {self.other_gate}, but their agents {self.agent} and"
            f" {self.other_agent} have the same command"
        )


def find_shared_commands(
    workflow: Workflow, find_command: Callable[[str], AgentCommand | None]
) -> Iterator[SharedCommand]:
    """The pairs of `independent_of` whose agents have the same program and arguments; unknown commands never agree."""
    agents = {gate.gate: gate.agent for gate in workflow.gates}
    for gate in workflow.gates:
        for other in gate.independent_of:
            one, another = find_command(gate.agent), find_command(agents[other])
            if one and another and one.arguments == another.arguments:
                yield SharedCommand(gate.gate, gate.agent, other, agents[other])
