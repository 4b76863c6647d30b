"""The text of a host's file: our hooks are put in and taken out, and no other byte changes."""

import json
from typing import Any

import pytest

from gate_tests.errors import InvalidFile
from runner.agents.hooks.hosts import HOSTS
from runner.agents.hooks.wiring.change import WiringRequest, install_hooks, parse_settings, remove_hooks
from runner.agents.hooks.wiring.found_hooks import find_hooks
from runner.agents.hooks.wiring.host_wiring import WIRINGS, HookKind

BOTH = (HookKind.STOP, HookKind.GUARD)
FORMATTER = '{"type": "command", "command": "prettier --write ."}'
STOP = {"type": "command", "command": "orch", "args": ["hook", "stop"], "bash": "orch hook stop", "timeout": 900}
"""`bash` is for Copilot CLI, which reads the file too, but not `args`."""
FILES = {
    "an empty object": "{}",
    "an empty object with white space": "{\n}\n",
    "other settings": '{\n  "model": "opus",\n  "permissions": {"allow": ["Bash(git *)"]}\n}\n',
    "no newline at the end": '{\n  "model": "opus"\n}',
    "four spaces": '{\n    "model": "opus",\n    "env": {\n        "A": "1"\n    }\n}\n',
    "tabs": '{\n\t"model": "opus"\n}\n',
    "CRLF": '{\r\n  "model": "opus"\r\n}\r\n',
    "one line": '{"model": "opus", "x": [1, 2]}',
    "minified": '{"model":"opus","x":[1,2]}',
    "an odd layout": '{ "model" :"opus" ,\n\n     "z":1\n ,"a": [ ] }\n\n',
    "empty hooks": '{\n  "hooks": {},\n  "model": "opus"\n}\n',
    "empty hooks in one line": '{"hooks":{}}',
    "an empty event": '{\n  "hooks": {\n    "Stop": [],\n    "PreToolUse": [\n    ]\n  }\n}\n',
    "hooks of others": '{\n  "hooks": {\n    "Stop": [\n      {"hooks": [' + FORMATTER + "]}\n    ]\n  }\n}\n",
    "hooks of others in one line": '{"hooks": {"Stop": [{"hooks": [' + FORMATTER + ']}]}, "z": null}',
    "a byte order mark": '\ufeff{\n  "model": "opus"\n}\n',
    "other scripts and escapes": '{\n  "name": "\u00e4\\u00e4 \U0001f600 \\"}{[", "n": 1.50e+1\n}\n',
}


def request(target: str = "claude-code", *kinds: HookKind, **more: Any) -> WiringRequest:
    return WiringRequest(target, kinds or BOTH, more.pop("unwanted", ()), more.pop("program", "orch"), **more)


def commands(content: bytes | None, target: str = "claude-code") -> list[str]:
    assert content is not None
    return [hook.command for hook in find_hooks(json.loads(content.decode("utf-8-sig")), target)]


def settings(*entries: dict[str, Any], event: str = "Stop") -> bytes:
    return json.dumps({"hooks": {event: [{"hooks": [*entries]}]}}, indent=2).encode()


def typed(command: str, **more: Any) -> dict[str, Any]:
    return {"type": "command", "command": command, **more}


@pytest.mark.parametrize("text", FILES.values(), ids=FILES.keys())
def test_what_was_installed_is_removed_without_a_trace(text: str) -> None:
    before = text.encode()
    parse_settings("settings.json", before, "claude-code")
    after = install_hooks(before, request())
    assert commands(after) == ["orch hook stop", "orch hook guard"]
    assert remove_hooks(after, "claude-code") == before


@pytest.mark.parametrize("target", HOSTS)
def test_every_host_gets_its_former_bytes_back(target: str) -> None:
    for text in (*(each for each in FILES.values() if "Stop" not in each), "{}\n", '{"version":1}', '{"hooks": {}}\n'):
        assert remove_hooks(install_hooks(text.encode(), request(target)), target) == text.encode()


@pytest.mark.parametrize("text", FILES.values(), ids=FILES.keys())
def test_all_other_data_stays_and_installing_twice_changes_nothing(text: str) -> None:
    after = install_hooks(text.encode(), request())
    data, before = json.loads(after.decode("utf-8-sig")), json.loads(text.removeprefix("\ufeff"))
    assert {key: value for key, value in data.items() if key != "hooks"} == {
        key: value for key, value in before.items() if key != "hooks"
    }
    for event, groups in before.get("hooks", {}).items():
        assert data["hooks"][event][: len(groups)] == groups
    assert ("\r\n" in text) == (b"\r\n" in after)
    assert install_hooks(after, request()) == after


@pytest.mark.parametrize("target", HOSTS)
def test_a_file_that_only_we_made_is_removed(target: str) -> None:
    made = install_hooks(None, request(target))
    assert parse_settings("file.json", made, target)
    assert len(commands(made, target)) == len(BOTH)
    assert [hook.find_problem(target) for hook in find_hooks(json.loads(made), target)] == [None, None]
    assert install_hooks(made, request(target)) == made
    assert remove_hooks(made, target) is None


def test_there_is_a_wiring_for_each_host() -> None:
    assert WIRINGS.keys() == HOSTS.keys()
    assert all(set(BOTH) <= set(wiring.events) for wiring in WIRINGS.values())
    assert all(set(wiring.events[HookKind.STOP]) <= set(HOSTS[name].stop_events) for name, wiring in WIRINGS.items())


def test_claude_code_gets_the_exec_form_without_a_directory() -> None:
    data = json.loads(install_hooks(None, request()))
    assert data["hooks"]["Stop"] == [{"hooks": [STOP]}]
    assert data["hooks"]["PreToolUse"][0]["matcher"] == "Write|Edit|MultiEdit|NotebookEdit|Bash"


@pytest.mark.parametrize(
    ("target", "key", "limit"),
    [
        ("codex", "timeout", 900),
        ("copilot", "timeoutSec", 900),
        ("gemini", "timeout", 900_000),
        ("cursor", "timeout", 900),
    ],
)
def test_each_host_gets_its_time_limit_in_its_unit(target: str, key: str, limit: int) -> None:
    assert f'"{key}": {limit}' in install_hooks(None, request(target)).decode()


OUTDATED = {
    "with -C": typed('orch -C "$CLAUDE_PROJECT_DIR" hook stop', timeout=900),
    "with -C in the exec form": {**typed("orch"), "args": ["-C", "${CLAUDE_PROJECT_DIR}", "hook", "stop"]},
    "by a path": typed("/opt/venv/bin/orch -C . hook stop"),
    "as a module": typed("python3 -m runner hook stop", timeout=60),
    "for another host": typed("orch hook stop --target codex"),
    "with a variable": typed("ORCH_RUN=run_1 orch -C x hook stop"),
}


@pytest.mark.parametrize("entry", OUTDATED.values(), ids=OUTDATED.keys())
def test_an_outdated_hook_of_ours_is_replaced_in_its_place(entry: dict[str, Any]) -> None:
    before = settings(typed("first"), entry, typed("last"))
    data = json.loads(install_hooks(before, request("claude-code", HookKind.STOP)))
    (group,) = data["hooks"]["Stop"]
    assert [each["command"] for each in group["hooks"]] == ["first", "orch", "last"]
    assert group["hooks"][1] == STOP


def test_a_replaced_hook_keeps_its_options_and_a_longer_time_limit() -> None:
    before = settings(typed("orch -C . hook stop --max-blocks 5", timeout=3600))
    (hook,) = find_hooks(json.loads(install_hooks(before, request("claude-code", HookKind.STOP))), "claude-code")
    assert (hook.command, hook.timeout_s) == ("orch hook stop --max-blocks 5", 3600)


def test_a_hook_that_is_right_stays_as_somebody_wrote_it() -> None:
    before = settings(typed("orch hook stop --max-blocks 5", timeout=900))
    assert install_hooks(before, request("claude-code", HookKind.STOP)) == before


def test_of_two_hooks_of_ours_at_an_event_one_stays() -> None:
    before = settings(typed("orch hook stop"), typed("other"), typed("/usr/bin/orch hook stop"))
    assert commands(install_hooks(before, request("claude-code", HookKind.STOP))) == ["orch hook stop"]


def test_a_stop_hook_at_an_event_that_it_does_not_understand_moves() -> None:
    before = settings(typed("orch hook stop"), event="TaskCompleted")
    after = install_hooks(before, request("claude-code", HookKind.STOP))
    assert list(json.loads(after)["hooks"]) == ["Stop"]


FOREIGN = (
    "orch hook stop && notify-send done", "echo orch hook stop", "sh -c 'orch hook stop'", "orchestra hook stop",
    "orch gate check --run x --gate G1", "orch hook stop > log", "my-orch hook stop", "orch 'hook", "git hook stop",
)  # fmt: skip


@pytest.mark.parametrize("command", FOREIGN)
def test_a_similar_command_of_somebody_else_is_not_touched(command: str) -> None:
    before = settings(typed(command))
    assert remove_hooks(before, "claude-code") == before
    after = install_hooks(before, request("claude-code", HookKind.STOP))
    assert json.loads(after)["hooks"]["Stop"][0] == {"hooks": [typed(command)]}
    assert remove_hooks(after, "claude-code") == before


def test_what_others_put_behind_ours_stays_when_ours_go() -> None:
    after = json.loads(install_hooks(b'{\n  "a": 1\n}\n', request()))
    after["hooks"]["Stop"].append({"hooks": [typed("later")]})
    after["hooks"]["PreToolUse"][0]["hooks"].append(typed("beside"))
    left = json.loads(remove_hooks(json.dumps(after, indent=2).encode(), "claude-code") or b"")
    assert left["hooks"]["Stop"] == [{"hooks": [typed("later")]}]
    assert left["hooks"]["PreToolUse"][0]["hooks"] == [typed("beside")]


def test_the_guard_can_be_left_out_and_taken_out_and_the_hooks_of_tasks_stay_unless_they_are_named() -> None:
    all_kinds = install_hooks(None, request("claude-code", *HookKind))
    assert len(commands(all_kinds)) == 4
    assert install_hooks(all_kinds, request("claude-code", *BOTH)) == all_kinds
    without = install_hooks(all_kinds, request("claude-code", HookKind.STOP, unwanted=(HookKind.GUARD, HookKind.TASK)))
    assert commands(without) == ["orch hook stop"]


INVALID = {
    "comments": ('{\n  // mine\n  "a": 1\n}', 2, "invalid JSON"),
    "a comma too many": ('{\n  "a": 1,\n}', 2, "invalid JSON"),
    "nothing": ("", None, "is empty"),
    "a list": ("[]", 1, "must be an object"),
    "hooks as a list": ('{\n  "hooks": []\n}', 2, "$.hooks: must be an object"),
    "an event as an object": ('{"hooks": {\n"Stop": {}}}', 2, "$.hooks.Stop: must be a list"),
    "a group as a text": ('{"hooks": {\n"Stop": ["orch hook stop"]}}', 2, "$.hooks.Stop[0]: must be an object"),
    "a group without hooks": ('{"hooks": {"Stop": [\n{}]}}', 2, "$.hooks.Stop[0].hooks: must be a list"),
    "a key twice": ('{"hooks": {},\n"hooks": {}}', 2, "hooks"),
    "not UTF-8": (b'{"a": "\xff"}', 1, "is not UTF-8"),
}


@pytest.mark.parametrize(("text", "line", "what"), INVALID.values(), ids=INVALID.keys())
def test_a_file_that_is_not_valid_is_refused_with_its_line(text: str | bytes, line: int | None, what: str) -> None:
    with pytest.raises(InvalidFile) as refused:
        parse_settings(".claude/settings.json", text.encode() if isinstance(text, str) else text, "claude-code")
    assert refused.value.message.startswith(f".claude/settings.json:{line}: " if line else ".claude/settings.json: ")
    assert what in refused.value.message
