"""Which command does the work of which agent: how an agent is named, and what comes before what."""

import json
from pathlib import Path
from typing import Any

import pytest

from gate_tests.errors import InvalidFile, Refused
from runner.agents.commands.agent_command import AgentCommand
from runner.agents.commands.agent_commands import AgentCommands, split_agent_name
from runner.agents.commands.agents_file import AGENTS_FILE, AgentsFile, read_agents_file
from tests.support.messages import meant, message
from tests.support.repository import Repository

KNOWN = ("report-author", "report-auditor", "Big Model", "a=b")


@pytest.mark.parametrize(
    ("option", "agent", "command"),
    [
        ("report-author=cat -", "report-author", "cat -"),
        ("Report-Author =cat", "report-author", "cat"),
        ("Big Model=cat --x=y", "Big Model", "cat --x=y"),
        ("a=b=cat", "a=b", "cat"),
        ("report-author=", "report-author", ""),
        ("cat -", None, "cat -"),
        ("cat --mode=big -", None, "cat --mode=big -"),
        ("env MODEL=big cat", None, "env MODEL=big cat"),
        ("./x=y -", None, "./x=y -"),
        ("'report-author=cat'", None, "'report-author=cat'"),
        ("MODEL=big cat", None, "MODEL=big cat"),
        ("", None, ""),
    ],
    ids=[
        "name", "name in another form", "name with a blank", "name with an equals sign", "no command", "command",
        "option with a value", "variable after env", "path with an equals sign", "quoted", "variable", "empty",
    ],
)  # fmt: skip
def test_an_agent_is_named_by_a_known_name_before_an_equals_sign(option: str, agent: str | None, command: str) -> None:
    assert split_agent_name(option, KNOWN) == (agent, command)


@pytest.mark.parametrize(
    ("option", "end", "advice"),
    [
        ("report-auditr=cat", meant("report-auditor"), None),
        ("my-agent=cat", " (known: report-author, report-auditor, Big Model, a=b)", None),
        (
            "http_proxy=x cat",
            " (known: report-author, report-auditor, Big Model, a=b)",
            "give --agent-command 'env http_proxy=x cat' to set a variable",
        ),
    ],
    ids=["misspelt", "unknown", "perhaps a variable"],
)
def test_what_is_probably_a_name_but_not_known_is_refused(option: str, end: str, advice: str | None) -> None:
    with pytest.raises(Refused) as caught:
        split_agent_name(option, KNOWN)
    assert caught.value.message == message("unknown-agent", agent=option.partition("=")[0]) + end
    assert caught.value.advice == advice


def read_file(repository: Repository, **agents: Any) -> AgentsFile | None:
    repository.write(AGENTS_FILE, json.dumps({"agents": agents}))
    return read_agents_file(repository.workspace)


def choose(root: Path, *options: str, timeout_s: float | None = None, file: AgentsFile | None = None) -> AgentCommands:
    return AgentCommands.choose(options, timeout_s, KNOWN, KNOWN, file, root)


def found(commands: AgentCommands) -> list[str | None]:
    """The first argument of the commands of author, auditor and a third."""
    chosen = [commands.find(agent) for agent in ("report-author", "report-auditor", "another")]
    return [command.arguments[1] if command else None for command in chosen]


@pytest.mark.parametrize(
    ("options", "entries", "expected"),
    [
        ((), (), [None, None, None]),
        (("echo all",), (), ["all", "all", "all"]),
        (("report-author=echo one",), (), ["one", None, None]),
        (("report-author=echo one", "echo all"), (), ["one", "all", "all"]),
        ((), ("report-author",), ["report-author", None, None]),
        ((), ("report-author", "*"), ["report-author", "*", "*"]),
        (("report-author=echo one",), ("report-author", "*"), ["one", "*", "*"]),
        (("echo all",), ("report-author", "*"), ["all", "all", "all"]),
    ],
    ids=[
        "none", "one for all", "a name", "a name and one for all", "the file's name", "the file's default",
        "the command line before the file", "even its default",
    ],
)  # fmt: skip
def test_the_command_line_comes_before_the_file_and_a_name_before_the_default(
    repository: Repository, options: tuple[str, ...], entries: tuple[str, ...], expected: list[str | None]
) -> None:
    file = read_file(repository, **{entry: {"command": ["echo", entry]} for entry in entries}) if entries else None
    commands = choose(repository.root, *options, file=file)
    assert found(commands) == expected
    assert bool(commands) == any(expected)


def test_the_time_limit_of_the_command_line_replaces_that_of_the_file(repository: Repository) -> None:
    file = read_file(repository, **{"report-author": {"command": "cat", "model": "large", "timeout_s": 5}})
    commands = choose(repository.root, "report-auditor=cat -", file=file)
    assert commands.find("report-author") == AgentCommand(("cat",), 5, "large")
    assert commands.find("report-auditor") == AgentCommand(("cat", "-"), None)
    limited = choose(repository.root, "report-auditor=cat -", timeout_s=9, file=file)
    assert limited.find("report-author") == AgentCommand(("cat",), 9, "large")
    assert limited.find("report-auditor") == AgentCommand(("cat", "-"), 9)


def test_a_missing_program_is_refused_unless_nobody_needs_it(repository: Repository) -> None:
    other = read_file(repository, somebody={"command": "no-such"})
    assert not choose(repository.root, file=other).find("report-author")
    file = read_file(repository, **{"report-author": {"command": "no-such"}})
    with pytest.raises(InvalidFile, match=r"\$\.agents\.report-author\.command: no program 'no-such'"):
        choose(repository.root, file=file)
    assert found(choose(repository.root, "report-author=echo one", file=file)) == ["one", None, None]


def test_a_command_is_given_once_for_each_agent(tmp_path: Path) -> None:
    with pytest.raises(Refused) as caught:
        choose(tmp_path, "report-author=cat", "cat", "REPORT-AUTHOR=true")
    assert caught.value.message == message("agent-given-twice", agent="report-author")
    with pytest.raises(Refused) as caught:
        choose(tmp_path, "cat", "true")
    assert caught.value.message == message("default-given-twice", agents=", ".join(KNOWN))


def test_a_command_that_is_wrong_is_refused_with_the_name_of_its_agent(tmp_path: Path) -> None:
    with pytest.raises(Refused) as caught:
        choose(tmp_path, "report-author=cat | tee log")
    assert caught.value.message == (
        "--agent-command report-author= is run without a shell, so '|' would be an argument"
    )
    assert caught.value.advice == "give --agent-command report-author=\"sh -c 'cat | tee log'\""
