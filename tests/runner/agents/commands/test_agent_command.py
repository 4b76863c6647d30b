"""`--agent-command`: which commands are taken, and why others are refused."""

import shlex
import sys
from pathlib import Path

import pytest

from gate_tests.errors import Refused
from runner.agents.commands.agent_command import AgentCommand
from tests.support.messages import message

NOW = "2026-11-22T09:30:00.000Z"


# The command


def test_a_command_is_split_as_a_shell_would_and_nothing_is_expanded(tmp_path: Path) -> None:
    command = AgentCommand.parse(f"{shlex.quote(sys.executable)} -c 'a b' '$HOME' '' *", 5, tmp_path)
    assert command == AgentCommand((sys.executable, "-c", "a b", "$HOME", "", "*"), 5)


@pytest.mark.parametrize(
    ("program", "name"),
    [("/usr/bin/claude", "claude"), ("./my agent", "my agent"), ("./a\udcff\x1b[31m\nb", "a b")],
    ids=["a path", "a space", "no text"],
)
def test_the_record_names_the_program_as_a_line_of_text(program: str, name: str) -> None:
    assert AgentCommand((program, "-p"), None).program_name == name


@pytest.mark.parametrize(
    "text", ["", "  ", "''", "'' -p", "no-such-program-anywhere", "./no-such-program", "'unclosed"]
)
def test_what_names_no_program_is_refused(tmp_path: Path, text: str) -> None:
    with pytest.raises(Refused):
        AgentCommand.parse(text, None, tmp_path)


@pytest.mark.parametrize(
    ("text", "operator"),
    [
        ("cat | tee log", "|"),
        ("cat || true", "||"),
        ("cat && true", "&&"),
        ("cat &", "&"),
        ("cat ; true", ";"),
        ("cat; true", ";"),
        ("cat > log", ">"),
        ("cat >log", ">log"),
        ("cat >> log", ">>"),
        ("cat < log", "<"),
        ("cat 2>&1", "2>&1"),
        ("cat 2>/dev/null", "2>/dev/null"),
        ("cat &> log", "&>"),
        ("cat <<< word", "<<<"),
        ("cat $(cat log)", "$("),
        ("cat `cat log`", "`"),
        ("cat $ORCH_PACKET", "$ORCH_PACKET"),
        ('cat "$ORCH_PACKET"', "$ORCH_PACKET"),
        ("cat --file=${ORCH_PACKET}", "${ORCH_PACKET}"),
        ('cat "$HOME/.config"', "$HOME"),
        ("cat ~/.config", "~/.config"),
    ],
)
def test_what_only_a_shell_understands_is_refused(tmp_path: Path, text: str, operator: str) -> None:
    with pytest.raises(Refused) as caught:
        AgentCommand.parse(text, None, tmp_path)
    assert caught.value.message == message("shell-operator", operator=operator)
    (option, command) = shlex.split((caught.value.advice or "").removeprefix("give "))
    assert option == "--agent-command"
    assert AgentCommand.parse(command, None, tmp_path).arguments == ("sh", "-c", text)


@pytest.mark.parametrize(
    "text",
    [
        "cat '|' \"&&\" \\; '>log'",
        "cat a|b https://a/?b=1&c=2 -f=>x a;b",
        "cat '$HOME' \\$HOME \"costs $5 in $CITY\" $5 * ? [a] '{packet}' {x} ~ '~/x' # !",
        "sh -c 'cat | tee log; true > x'",
        'sh -c "echo $(cat) \'|\' \\" | \\""',
    ],
    ids=["quoted", "inside a word", "quoted variables and patterns", "in a shell", "in a shell with double quotes"],
)
def test_what_is_quoted_or_may_be_meant_so_is_an_argument(tmp_path: Path, text: str) -> None:
    assert AgentCommand.parse(text, None, tmp_path).arguments == tuple(shlex.split(text))


def test_a_variable_before_the_program_is_refused_with_env(tmp_path: Path) -> None:
    with pytest.raises(Refused) as caught:
        AgentCommand.parse("MODEL='big one' cat -", None, tmp_path)
    assert caught.value.message == message("shell-assignment", assignment="MODEL=big one")
    (_, command) = shlex.split((caught.value.advice or "").removeprefix("give "))
    assert AgentCommand.parse(command, None, tmp_path).arguments == ("env", "MODEL=big one", "cat", "-")


def test_a_placeholder_for_the_packet_is_refused_with_the_variable_that_names_its_file(tmp_path: Path) -> None:
    with pytest.raises(Refused) as caught:
        AgentCommand.parse("cat --file {packet}", None, tmp_path)
    assert caught.value.message == message("placeholder")
    (_, command) = shlex.split((caught.value.advice or "").removeprefix("give "))
    assert AgentCommand.parse(command, None, tmp_path).arguments == ("sh", "-c", 'cat --file "$ORCH_PACKET"')


def test_a_program_in_the_home_directory_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    program = tmp_path / "agent"
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)
    assert AgentCommand.parse("~/agent ~", None, tmp_path / "root").arguments == (str(program), "~")


def test_a_program_with_a_slash_is_looked_for_below_the_root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program = tmp_path / "tools/agent"
    program.parent.mkdir()
    program.write_text("#!/bin/sh\n")
    with pytest.raises(Refused):  # it may not be executed
        AgentCommand.parse("tools/agent", None, tmp_path)
    program.chmod(0o755)
    monkeypatch.chdir("/")
    assert AgentCommand.parse("tools/agent", None, tmp_path).arguments == ("tools/agent",)
