"""`orchestration/agents.local.json`: the commands of agents on this machine. Git ignores it."""

import json
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, Final, NamedTuple

from gate_tests.errors import InvalidFile, Refused, suggest
from gate_tests.strict_json.document import Document, JsonPath
from gate_tests.strict_json.unreadable import UnreadableDocument
from gate_tests.workspace.layout import Workspace
from gate_tests.workspace.names import check_text
from runner.agents.commands.agent_command import AgentCommand
from runner.agents.commands.command_line import CommandLineError, expand_program, require_program, split_command_line
from runner.workflows.agent_names import is_same_agent

AGENTS_FILE: Final = "orchestration/agents.local.json"
DEFAULT_AGENT: Final = "*"
"""The name of the entry for all agents that have none of their own."""


class AgentsFile(NamedTuple):
    """The file, as in its document. `commands` are by the agents' names, without DEFAULT_AGENT."""

    document: Document
    commands: Mapping[str, AgentCommand]
    default: AgentCommand | None
    notify: tuple[str, ...] | None
    """The program, with its arguments, that is run when a person is to be told."""

    def find_entry(self, agent: str) -> str | None:
        """The name of the entry for an agent, DEFAULT_AGENT for the default; None where there is none."""
        named = next((name for name in self.commands if is_same_agent(name, agent)), None)
        return named or (DEFAULT_AGENT if self.default else None)

    def command(self, entry: str) -> AgentCommand:
        """The command of an entry."""
        command = self.default if entry == DEFAULT_AGENT else self.commands[entry]
        assert command
        return command

    def find(self, agent: str) -> AgentCommand | None:
        """The command of an agent; None where it has none."""
        entry = self.find_entry(agent)
        return self.command(entry) if entry else None

    def find_unknown_agents(self, known: Iterable[str]) -> list[str]:
        """A message for each entry whose name is none of the agents that are known."""
        agents = [*known]
        return [
            f"{self.document.at(('agents', name))}: no workflow has an agent {name!r}{suggest(name, agents)}"
            for name in self.commands
            if not any(is_same_agent(name, agent) for agent in agents)
        ]

    def require_program(self, entry: str, root: Path) -> None:
        """Raises InvalidFile where the program of the entry does not exist."""
        from gate_tests.strict_json.validation import format_errors

        try:
            require_program(self.command(entry).arguments, root)
        except CommandLineError as error:
            problem = ("agents", entry, "command"), _format_problem(error)
            raise InvalidFile(format_errors(self.document, [problem])) from None


def read_agents_file(workspace: Workspace) -> AgentsFile | None:
    """Reads and validates the file; None where there is none. Raises InvalidFile. Programs need not exist."""
    try:
        document = workspace.read_document(AGENTS_FILE)
    except FileNotFoundError:
        return None
    except UnreadableDocument as error:
        raise InvalidFile([str(error)]) from None
    if errors := _find_errors(document):
        raise InvalidFile(errors)
    return _parse(document)


def _find_errors(document: Document) -> list[str]:
    """The errors of the file, each with its line; empty where it is valid."""
    from gate_tests.strict_json.validation import find_schema_errors, format_errors
    from runner.schemas import load_schema

    errors = find_schema_errors(document, load_schema("agents"))
    return errors or format_errors(document, _find_value_errors(document.data))


def _find_value_errors(data: Mapping[str, Any]) -> Iterator[tuple[JsonPath, str]]:
    """What the schema cannot express: names, and commands that cannot be run."""
    names: list[str] = []
    for name, entry in data.get("agents", {}).items():
        json_path = ("agents", name)
        yield from _find_text_error(json_path, name, "the name of an agent")
        if same := next((other for other in names if is_same_agent(other, name)), None):
            yield json_path, f"is the same agent as {same!r}"
        names.append(name)
        yield from _find_command_error((*json_path, "command"), entry["command"])
        if "model" in entry:
            yield from _find_text_error((*json_path, "model"), entry["model"], "the model")
    if "notify" in data:
        yield from _find_command_error(("notify",), data["notify"])


def _find_text_error(json_path: JsonPath, text: str, what: str) -> Iterator[tuple[JsonPath, str]]:
    try:
        check_text(text, what)
    except Refused as error:
        yield json_path, error.message


def _find_command_error(json_path: JsonPath, value: str | list[str]) -> Iterator[tuple[JsonPath, str]]:
    try:
        _split(value)
    except CommandLineError as error:
        yield json_path, _format_problem(error)


def _format_problem(error: CommandLineError) -> str:
    instead = f"; write {json.dumps(error.replacement, ensure_ascii=False)}" if error.replacement else ""
    return f"{error.message.lstrip(': ')}{instead}"


def _split(value: str | list[str]) -> tuple[str, ...]:
    """The arguments of a command in one string or in a list. Raises CommandLineError."""
    return split_command_line(value) if isinstance(value, str) else expand_program(tuple(value))


def _parse(document: Document) -> AgentsFile:
    data = document.data
    commands = {name: _parse_command(entry) for name, entry in data.get("agents", {}).items()}
    default = commands.pop(DEFAULT_AGENT, None)
    return AgentsFile(document, commands, default, _split(data["notify"]) if "notify" in data else None)


def _parse_command(entry: Mapping[str, Any]) -> AgentCommand:
    timeout_s = entry.get("timeout_s")
    return AgentCommand(_split(entry["command"]), None if timeout_s is None else float(timeout_s), entry.get("model"))
