"""The agents of a pipeline: chooses the command of each, and reports them before the first one starts."""

import shlex
from collections.abc import Iterable, Iterator
from posixpath import basename
from typing import TYPE_CHECKING, Final

from gate_tests.errors import Refused
from gate_tests.sanitize import flatten_line
from runner.cli.context import CliContext
from runner.cli.pipeline.options import PipelineOptions
from runner.cli.terminal.printer import Printer, print_notice

if TYPE_CHECKING:
    from gate_tests.workspace.layout import Workspace
    from runner.agents.commands.agent_commands import AgentCommands
    from runner.agents.commands.agents_file import AgentsFile
    from runner.models.run import Run
    from runner.workflows.definition import Workflow

_INDENT: Final = 6
"""Of the further lines of a long command."""


def choose_commands(
    cli: CliContext, options: PipelineOptions, workflow: "Workflow", run: "Run | None" = None
) -> "AgentCommands":
    """The commands for the agents of a workflow, and those of open attempts of the run that is resumed.

    Raises Refused, InvalidFile, also for a missing program.
    """
    from runner.agents.commands.agent_commands import AgentCommands
    from runner.agents.commands.agents_file import AGENTS_FILE, read_agents_file

    workspace = cli.workspace
    file = None if options.ignores_agents_file else read_agents_file(workspace)
    awaited = dict(_list_agents(workflow, run)).values()
    known = [*dict.fromkeys((*(gate.agent for gate in workflow.gates), *awaited))]
    commands = AgentCommands.choose(
        options.agent_commands, options.agent_timeout_s, known, awaited, file, workspace.root
    )
    if options.agent_options and not commands:
        raise Refused(f"{options.agent_options[0]} requires --agent-command or {AGENTS_FILE}")
    return commands


def report_commands(
    cli: CliContext, printer: Printer, commands: "AgentCommands", workflow: "Workflow", run: "Run"
) -> None:
    """Prints which command does the work of which gate, unless one does them all, and what to expect of them."""
    if not commands:
        return
    if (commands.file or commands.named) and not printer.is_quiet:
        for line in _format_commands(commands, workflow, run):
            printer.print_wrapped(line, hanging=_INDENT)
    for warning in _find_warnings(cli, commands, workflow, run):
        print_notice(f"warning: {flatten_line(warning)}")


def _list_agents(workflow: "Workflow", run: "Run | None") -> Iterator[tuple[str, str]]:
    """Each gate that has not passed, with the agent of its open attempt or of its next one."""
    of_run = {gate.gate: gate for gate in run.gates} if run else {}
    for workflow_gate in workflow.gates:
        gate = of_run.get(workflow_gate.gate)
        if not (gate and gate.has_passed):
            yield workflow_gate.gate, gate.open_attempt.agent if gate and gate.open_attempt else workflow_gate.agent


def _format_commands(commands: "AgentCommands", workflow: "Workflow", run: "Run") -> Iterator[str]:
    """A line for each command, with its gates."""
    gates: dict[str, list[str]] = {}
    for gate, agent in _list_agents(workflow, run):
        gates.setdefault(_describe_command(commands, agent), []).append(gate)
    for description, of_command in gates.items():
        yield f"  {', '.join(of_command)}  {description}"


def _describe_command(commands: "AgentCommands", agent: str) -> str:
    command = commands.find(agent)
    if command is None:
        return f"no command for {agent}: a person does its work"
    source = f"  ({basename(commands.file.document.path)})" if commands.file and commands.find_entry(agent) else ""
    return f"{flatten_line(shlex.join(command.arguments))}{source}"


def _find_warnings(cli: CliContext, commands: "AgentCommands", workflow: "Workflow", run: "Run") -> Iterator[str]:
    from runner.agents.commands.independence import find_shared_commands
    from runner.agents.commands.permissions import find_missing_permission

    agents = dict.fromkeys(agent for _, agent in _list_agents(workflow, run))
    by_command = {command.arguments: agent for agent in agents if (command := commands.find(agent))}
    for arguments in by_command:
        if options := find_missing_permission(arguments):
            yield (f"{shlex.join(arguments)!r} may not write files, unless its settings allow it; add {options}")
    to_do = {gate for gate, _ in _list_agents(workflow, run)}
    for shared in find_shared_commands(workflow, commands.find):
        if not to_do.isdisjoint((shared.gate, shared.other_gate)):
            yield shared.describe()
    if commands.file:
        yield from _find_file_warnings(cli.workspace, commands.file, agents)


def _find_file_warnings(workspace: "Workspace", file: "AgentsFile", agents: Iterable[str]) -> Iterator[str]:
    from runner.agents.commands.agents_file_in_git import find_git_problem
    from runner.workflows.definition import list_agents

    if file.find_unknown_agents(agents):  # other workflows are read only then
        yield from file.find_unknown_agents((*agents, *list_agents(workspace)))
    if problem := find_git_problem(workspace):
        yield problem.message
