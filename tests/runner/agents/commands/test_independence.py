"""Gates that must be independent, but whose agents have the same command."""

import json

import pytest

from runner.agents.commands.agent_command import AgentCommand
from runner.agents.commands.independence import SharedCommand, find_shared_commands
from runner.workflows.definition import Workflow, load_workflow
from tests.support.repository import Repository


@pytest.fixture
def workflow(repository: Repository) -> Workflow:
    """Of two gates, the second one independent of the first."""
    path = repository.write_workflow("G1", "G2")
    document = json.loads(path.read_text("utf-8"))
    document["gates"][1]["independent_of"] = ["G1"]
    path.write_text(json.dumps(document), "utf-8")
    return load_workflow(repository.workspace, "tests")


@pytest.mark.parametrize(
    ("one", "other", "is_shared"),
    [
        (("agent", "-p"), ("agent", "-p"), True),
        (("agent", "-p"), ("agent", "-p", "--model", "b"), False),
        (("agent",), None, False),
        (None, None, False),
    ],
    ids=["same", "other arguments", "one by a person", "both by a person"],
)
def test_they_share_a_command_if_program_and_arguments_are_the_same(
    workflow: Workflow, one: tuple[str, ...] | None, other: tuple[str, ...] | None, is_shared: bool
) -> None:
    arguments = {"agent-G1": one, "agent-G2": other}

    def find_command(agent: str) -> AgentCommand | None:
        found = arguments[agent]
        return AgentCommand(found, None, agent) if found else None

    shared = [*find_shared_commands(workflow, find_command)]
    assert shared == ([SharedCommand("G2", "agent-G2", "G1", "agent-G1")] if is_shared else [])
