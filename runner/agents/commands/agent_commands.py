"""Which command does the work of which agent: those of the command line, then those of the agents file."""

import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Final, NamedTuple

from gate_tests.errors import Refused, find_closest, suggest
from runner.agents.commands.agent_command import OPTION, AgentCommand
from runner.agents.commands.agents_file import AgentsFile
from runner.agents.commands.command_line import quote_for_shell
from runner.agents.commands.shell_syntax import is_assignment
from runner.workflows.agent_names import is_same_agent

_NAME: Final = re.compile(r"([^\s/'\"=-][^\s/'\"=]*)=")
"""What may be meant as the name of an agent before a command."""


class AgentCommands(NamedTuple):
    """The commands, in order of precedence: `named` and `default` of the command line, then those of the file."""

    named: Mapping[str, AgentCommand] = {}
    default: AgentCommand | None = None
    file: AgentsFile | None = None
    timeout_s: float | None = None
    """The time limit of the command line, for every agent."""

    @classmethod
    def choose(
        cls,
        options: Sequence[str],
        timeout_s: float | None,
        known_agents: Sequence[str],
        awaited_agents: Iterable[str],
        file: AgentsFile | None,
        root: Path,
    ) -> "AgentCommands":
        """The commands for agents; `options` are the values of `--agent-command`, which may name those that are known.

        Raises Refused, InvalidFile, also where a program does not exist; in the file that of an agent that is awaited.
        """
        named: dict[str, AgentCommand] = {}
        default: AgentCommand | None = None
        for option in options:
            agent, text = split_agent_name(option, known_agents)
            if default if agent is None else agent in named:
                raise _given_twice_error(agent, known_agents)
            command = AgentCommand.parse(text, timeout_s, root, agent)
            if agent is None:
                default = command
            else:
                named[agent] = command
        chosen = cls(named, default, file, timeout_s)
        for agent in awaited_agents:
            if file and (entry := chosen.find_entry(agent)):
                file.require_program(entry, root)
        return chosen

    def find(self, agent: str) -> AgentCommand | None:
        """The command of an agent; None where it has none."""
        if command := self._find_on_command_line(agent):
            return command
        entry = self.find_entry(agent)
        if entry is None or self.file is None:
            return None
        command = self.file.command(entry)
        return command if self.timeout_s is None else command._replace(timeout_s=self.timeout_s)

    def find_entry(self, agent: str) -> str | None:
        """The entry of the file that has the command of an agent; None where another has it, or none."""
        return None if self._find_on_command_line(agent) or not self.file else self.file.find_entry(agent)

    def __bool__(self) -> bool:
        """Whether any agent has a command."""
        return bool(self.named or self.default or (self.file and (self.file.commands or self.file.default)))

    def _find_on_command_line(self, agent: str) -> AgentCommand | None:
        named = next((command for name, command in self.named.items() if is_same_agent(name, agent)), None)
        return named or self.default


def split_agent_name(option: str, known_agents: Iterable[str]) -> tuple[str | None, str]:
    """A value of `--agent-command` as its agent, None for all others, and the command.

    `NAME=` names an agent if it is one of those that are known. Raises Refused for what is probably a misspelt name;
    an upper-case word is rather a variable of the environment.
    """
    known = [*known_agents]
    for index in (index for index, character in enumerate(option) if character == "="):
        if agent := next((each for each in known if is_same_agent(each, option[:index])), None):
            return agent, option[index + 1 :]
    if not (written := _NAME.match(option)):
        return None, option
    name, is_variable = written[1], is_assignment(option)
    close = find_closest(name, known)
    if is_variable and name.isupper() and not close:
        return None, option
    advice = (
        f"give {OPTION} {quote_for_shell(f'env {option}')} to set a variable" if is_variable and not close else None
    )
    raise Refused(f"{OPTION}: unknown agent {name!r}{suggest(name, known)}", advice=advice)


def _given_twice_error(agent: str | None, known_agents: Iterable[str]) -> Refused:
    if agent:
        return Refused(f"{OPTION} is given twice for agent {agent!r}")
    names = ", ".join(known_agents)
    return Refused(f"{OPTION} is given twice without the name of an agent; write AGENT=COMMAND (known: {names})")
