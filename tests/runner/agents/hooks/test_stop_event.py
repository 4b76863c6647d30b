"""What a stop hook learns from its input: all that it needs where that is as published, and never an error."""

import json
from pathlib import Path
from typing import Any

import pytest

from gate_tests.errors import Refused
from runner.agents.hooks.hosts import HOSTS
from runner.agents.hooks.stop_event import StopEvent
from tests.support.hook_payloads import PAYLOADS, compose_payload, stop

CLAUDE = HOSTS["claude-code"]
NO_VARIABLES: dict[str, str] = {}
SUBAGENTS = {
    "Claude Code SubagentStop": "a7154de3fc719065c", "Claude Code TaskCompleted": "researcher",
    "Claude Code TeammateIdle": "researcher", "Codex SubagentStop": "worker-1", "Copilot CLI subagentStop": "a1",
}  # fmt: skip


def parse(text: str | bytes, target: str = "claude-code", environ: dict[str, str] = NO_VARIABLES) -> StopEvent:
    host = HOSTS[target]
    sent = text.encode(errors="surrogatepass") if isinstance(text, str) else text
    return StopEvent.parse(sent, host, (*host.stop_events, *host.task_events), "hook stop", environ)


@pytest.mark.parametrize("name", PAYLOADS)
def test_each_published_input_names_session_directory_and_subagent(name: str, tmp_path: Path) -> None:
    event = parse(compose_payload(name, tmp_path, "one"), PAYLOADS[name][0])
    assert (event.session, event.directory, event.agent) == ("one", tmp_path, SUBAGENTS.get(name, ""))
    assert not event.futile


@pytest.mark.parametrize("text", [b"", b"  \n", b"[]", b"null", b'"x"', b"{", b'{"cwd": "/', b"\xff{}", b"[" * 100_000])
def test_what_is_no_json_object_is_a_stop_of_the_nameless_session_in_the_current_directory(text: bytes) -> None:
    assert parse(text) == StopEvent(directory=Path.cwd())


def test_one_byte_that_is_no_utf8_hides_nothing(tmp_path: Path) -> None:
    text = stop(tmp_path, last_assistant_message="BYTE").encode().replace(b"BYTE", b"\xff")
    assert parse(text)[:3] == ("one", "", tmp_path)


def test_a_byte_order_mark_hides_nothing(tmp_path: Path) -> None:
    assert parse(b"\xef\xbb\xbf" + stop(tmp_path).encode())[:3] == ("one", "", tmp_path)


ODD: tuple[dict[str, Any], ...] = (
    {"cwd": "/nowhere/at/all"}, {"cwd": 7}, {"cwd": "\0"}, {"session_id": ["one"]},
    {"hook_event_name": None}, {"hook_event_name": ["Stop"]}, {"hook_event_name": {}}, {"hook_event_name": ""},
)  # fmt: skip


@pytest.mark.parametrize("members", ODD)
def test_members_of_other_types_and_directories_that_do_not_exist_are_ignored(members: dict[str, Any]) -> None:
    assert parse(json.dumps(members)) == StopEvent(directory=Path.cwd())


@pytest.mark.parametrize("target", ["claude-code", "codex"])
def test_a_session_that_the_input_does_not_name_is_that_of_the_hosts_variable(target: str) -> None:
    variables = {"CLAUDE_CODE_SESSION_ID": "of claude-code", "CODEX_THREAD_ID": "of codex"}
    assert parse("{", target, variables).session == f"of {target}"


def test_another_event_than_a_stop_is_refused_and_named() -> None:
    with pytest.raises(Refused, match="PreToolUse"):
        parse('{"hook_event_name": "PreToolUse"}')


# A block that would change nothing

WAITING = {"background_tasks": [{"id": "bx4s43qvk", "type": "shell", "status": "running", "command": "sleep 25"}]}
FUTILE = {
    "waits for a background task": ("Claude Code Stop", WAITING),
    "a subagent's session waits": ("Claude Code SubagentStop", WAITING),
    "plan mode of Claude Code": ("Claude Code Stop", {"permission_mode": "plan"}),
    "plan mode of Codex": ("Codex Stop", {"permission_mode": "plan"}),
    "an agent that Claude Code uses itself": ("Claude Code SubagentStop", {"agent_type": ""}),
    "a person stopped it": ("Cursor stop", {"status": "aborted"}),
    "an error ended it": ("Cursor stop", {"status": "error"}),
}


@pytest.mark.parametrize(("name", "members"), FUTILE.values(), ids=FUTILE.keys())
def test_to_send_back_an_agent_that_could_do_nothing_is_futile(name: str, members: dict[str, Any]) -> None:
    assert parse(compose_payload(name, "/", **members), PAYLOADS[name][0]).futile


def test_a_subagent_in_the_background_does_not_wait_for_itself() -> None:
    itself = {"id": "a7154de3fc719065c", "type": "subagent", "status": "running", "agent_type": "general-purpose"}
    assert not parse(compose_payload("Claude Code SubagentStop", "/", background_tasks=[itself])).futile


@pytest.mark.parametrize("odd", [None, {}, "x", 7, []])
def test_background_tasks_that_are_none_are_ignored(odd: object) -> None:
    assert not parse(stop("/", background_tasks=odd)).futile


# One stop that is told twice


def test_two_tellings_of_one_stop_have_the_same_name() -> None:
    twice = {"last_assistant_message": "Done.", "session": "one"}
    assert parse(stop("/", **twice)).stop == parse(compose_payload("Claude Code SubagentStop", "/", **twice)).stop != ""


@pytest.mark.parametrize(
    "members",
    [{"prompt_id": "p2"}, {"last_assistant_message": "Really done."}, {"stop_hook_active": True}, {"session_id": "2"}],
    ids=lambda members: next(iter(members)),
)
def test_another_stop_has_another_name(members: dict[str, Any]) -> None:
    assert parse(stop("/")).stop != parse(stop("/", **members)).stop


def test_a_stop_of_which_too_little_is_told_has_none() -> None:
    assert parse(compose_payload("Copilot CLI agentStop", "/"), "copilot").stop == ""
