"""`orchestration/agents.local.json`: what it may hold, and each error with its line and key."""

import json
from typing import Any

import pytest

from gate_tests.errors import InvalidFile
from runner.agents.commands.agent_command import AgentCommand
from runner.agents.commands.agents_file import AGENTS_FILE, AgentsFile, read_agents_file
from tests.support.messages import meant, message
from tests.support.repository import Repository


def read(repository: Repository, content: Any) -> AgentsFile:
    repository.write(AGENTS_FILE, content if isinstance(content, str) else json.dumps(content, indent=2))
    file = read_agents_file(repository.workspace)
    assert file
    return file


def agents(**entry: Any) -> Any:
    return {"agents": {"writer": entry}}


def test_without_the_file_there_is_none(repository: Repository) -> None:
    assert read_agents_file(repository.workspace) is None


def test_a_command_is_one_string_or_a_list_and_may_have_a_model_and_a_time_limit(repository: Repository) -> None:
    file = read(
        repository,
        {
            "$schema": "agents.schema.json",
            "agents": {
                "writer": {"command": "agent --tools 'a b' -", "model": "large", "timeout_s": 5},
                "*": {"command": ["agent", "a b", "$HOME", "|"]},
            },
            "notify": "notify-send 'it waits'",
        },
    )
    assert file.commands == {"writer": AgentCommand(("agent", "--tools", "a b", "-"), 5, "large")}
    assert file.default == AgentCommand(("agent", "a b", "$HOME", "|"), None, None)
    assert file.notify == ("notify-send", "it waits")


def test_an_empty_file_names_no_command(repository: Repository) -> None:
    file = read(repository, {})
    assert (file.commands, file.default, file.notify) == ({}, None, None)
    assert file.find_entry("writer") is None


def test_an_agent_has_its_entry_however_its_name_is_written_and_all_others_the_default(repository: Repository) -> None:
    file = read(repository, {"agents": {"writer": {"command": "a"}, "*": {"command": "b"}}})
    assert [file.find_entry(name) for name in ("writer", "Writer ", "auditor")] == ["writer", "writer", "*"]
    assert [file.command(entry).arguments for entry in ("writer", "*")] == [("a",), ("b",)]


@pytest.mark.parametrize(
    ("content", "key", "problem"),
    [
        ([], "$", "must be an object (found [])"),
        ({"agent": {}}, "$.agent", f"unknown key 'agent'{meant('agents')}"),
        ({"agents": []}, "$.agents", "must be an object (found [])"),
        ({"agents": {"writer": "cat"}}, "$.agents.writer", 'must be an object (found "cat")'),
        (agents(), "$.agents.writer", "missing key 'command'"),
        (agents(command="cat", modell="a"), "$.agents.writer.modell", f"unknown key 'modell'{meant('model')}"),
        (agents(command=3), "$.agents.writer.command", "must be a string or a list (found 3)"),
        (agents(command=["cat", 1]), "$.agents.writer.command[1]", "must be a string (found 1)"),
        (agents(command=[]), "$.agents.writer.command", "must not be empty (found [])"),
        (agents(command=[""]), "$.agents.writer.command", message("names-no-program-here")),
        (agents(command=" "), "$.agents.writer.command", message("names-no-program-here")),
        (
            agents(command=["cat", "a\0"]),
            "$.agents.writer.command",
            "contains a NUL character, which no argument of a program can have",
        ),
        (
            agents(command="cat | tee log"),
            "$.agents.writer.command",
            message("shell-operator-here", operator="|", command="\"sh -c 'cat | tee log'\""),
        ),
        (
            agents(command="MODEL=big cat"),
            "$.agents.writer.command",
            message("shell-assignment-here", assignment="MODEL=big", command='"env MODEL=big cat"'),
        ),
        (
            agents(command="'a"),
            "$.agents.writer.command",
            message("cannot-be-split-here", text="'a", reason="No closing quotation"),
        ),
        (agents(command="cat", timeout_s=0), "$.agents.writer.timeout_s", "must be more than 0 (found 0)"),
        (agents(command="cat", timeout_s="9"), "$.agents.writer.timeout_s", 'must be a number (found "9")'),
        (agents(command="cat", model=""), "$.agents.writer.model", 'must not be empty (found "")'),
        (
            agents(command="cat", model="a\nb"),
            "$.agents.writer.model",
            message("control-character", what="the model", text="a\nb"),
        ),
        ({"agents": {" ": {"command": "cat"}}}, "$.agents. ", message("empty-text", what="the name of an agent")),
        (
            {"agents": {"writer": {"command": "cat"}, "WRITER": {"command": "cat"}}},
            "$.agents.WRITER",
            message("same-agent-twice", agent="writer"),
        ),
        ({"notify": "a > b"}, "$.notify", message("shell-operator-here", operator=">", command="\"sh -c 'a > b'\"")),
        ({"notify": ""}, "$.notify", 'must not be empty (found "")'),
    ],
    ids=[
        "list", "unknown key", "agents list", "agent string", "no command", "unknown key of an agent", "command number",
        "argument number", "empty list", "empty program", "blank command", "NUL", "shell operator",
        "variable before it", "open quote", "no time", "time string", "empty model", "model of two lines", "blank name",
        "one agent twice", "notify with a redirection", "empty notify",
    ],
)  # fmt: skip
def test_what_is_wrong_is_refused_with_its_key(repository: Repository, content: Any, key: str, problem: str) -> None:
    with pytest.raises(InvalidFile) as caught:
        read(repository, content)
    (line,) = caught.value.problems
    assert line.startswith(f"{AGENTS_FILE}:")
    assert line.partition(": ")[2] == f"{key}: {problem}"
    assert caught.value.advice == InvalidFile.advice


@pytest.mark.parametrize(
    ("content", "line"),
    [
        ('{"agents": {\n"a": {"command": "cat"},\n"a": {"command": "cat"}}}', "3: duplicate key 'a' (first on line 2)"),
        ('{"agents": {\n"a": {"command": "cat",}}}', "2: "),
    ],
    ids=["duplicate key", "trailing comma"],
)
def test_it_must_be_strict_json(repository: Repository, content: str, line: str) -> None:
    with pytest.raises(InvalidFile, match=f"^{AGENTS_FILE}:") as caught:
        read(repository, content)
    assert caught.value.message.startswith(f"{AGENTS_FILE}:{line}")


def test_a_program_need_not_exist_until_its_entry_is_used(repository: Repository) -> None:
    file = read(repository, {"agents": {"writer": {"command": "no-such"}, "*": {"command": "./no-such"}}})
    for entry, program, where in (("writer", "no-such", "on the PATH"), ("*", "./no-such", "below the root")):
        with pytest.raises(InvalidFile) as caught:
            file.require_program(entry, repository.root)
        told = message("no-program-here", program=program, where=where)
        assert caught.value.message.endswith(f": $.agents.{entry}.command: {told}")
