"""`orch hook guard`: answers each host as it expects it, fast, and never keeps an agent from going on by an error."""

import json
import sys
from compileall import compile_dir
from pathlib import Path
from resource import RUSAGE_CHILDREN, getrusage
from typing import Any

import pytest

from runner.agents.hooks.hosts import HOSTS
from tests.support import CHECKOUT
from tests.support.messages import message
from tests.support.repository import Repository

CONTRACT = "orchestration/gates/contracts/G1.contract.json"
REASON = f"orch: {message('guarded-contract', path=CONTRACT, what='a contract')}"
DENIED = {"permissionDecision": "deny", "permissionDecisionReason": REASON}
ANSWERS: dict[str, dict[str, Any]] = {
    "claude-code": {"hookSpecificOutput": {"hookEventName": "PreToolUse", **DENIED}},
    "codex": {"hookSpecificOutput": {"hookEventName": "PreToolUse", **DENIED}},
    "copilot": DENIED,
    "gemini": {"decision": "deny", "reason": REASON},
    "cursor": {"permission": "deny", "user_message": REASON, "agent_message": REASON},
}


def call(directory: Path, tool: str = "Write", **arguments: Any) -> str:
    """What hosts send, as far as it matters here (Claude Code: hooks.md, Codex: pre-tool-use.command.input)."""
    return json.dumps({
        "session_id": "one", "transcript_path": None, "cwd": str(directory), "hook_event_name": "PreToolUse",
        "permission_mode": "default", "tool_name": tool, "tool_input": arguments, "tool_use_id": "t",
    })  # fmt: skip


@pytest.mark.parametrize("target", HOSTS)
def test_each_host_is_told_in_its_way(shipped: Repository, target: str) -> None:
    write = call(shipped.root, file_path=CONTRACT)
    denied = shipped.orch("hook", "guard", "--target", target, stdin=write)
    assert (denied.code, denied.err, denied.json) == (0, "", ANSWERS[target])
    allowed = shipped.orch("hook", "guard", "--target", target, stdin=call(shipped.root, file_path="a.md"))
    assert (allowed.code, allowed.out, allowed.err) == (0, "{}\n", "")


ERRORS = {
    "no JSON": ((), "nothing"),
    "nothing": ((), ""),
    "half of it": ((), '{"tool_name": "Write", "tool_input": {"file_path": "orch'),
    "no object": ((), "[]"),
    "arguments of another shape": ((), '{"tool_name": "Bash", "tool_input": [1, {"a": null}]}'),
    "deep nesting": ((), "[" * 100_000),
    "an unknown option": (("--nope",), "{}"),
    "an unknown host": (("--target", "nope"), "{}"),
    "an argument too many": (("x",), "{}"),
}


@pytest.mark.parametrize(("arguments", "told"), ERRORS.values(), ids=ERRORS.keys())
def test_after_an_error_the_tool_goes_on(shipped: Repository, arguments: tuple[str, ...], told: str) -> None:
    ended = shipped.orch("hook", "guard", *arguments, stdin=told)
    assert (ended.code, ended.out, ended.err) == (0, "{}\n", "")


def test_an_input_with_a_byte_that_is_no_utf_8_is_judged(shipped: Repository) -> None:
    told = call(shipped.root, file_path=CONTRACT, content="x").encode().replace(b'"x"', b'"\xff"')
    file = shipped.write("told", told)
    ended = shipped.run("sh", "-c", f"orch hook guard < {file}")
    assert ended.json == ANSWERS["claude-code"]
    file.write_bytes(b"\xef\xbb\xbf" + told)  # a byte order mark
    assert shipped.run("sh", "-c", f"orch hook guard < {file}").json == ANSWERS["claude-code"]


def test_it_needs_no_root_and_is_for_the_root_of_the_path(tmp_path: Path) -> None:
    repository, below = Repository(tmp_path), Repository(tmp_path / "svc").install()
    assert repository.orch("hook", "guard", stdin=call(repository.root, file_path=CONTRACT)).out == "{}\n"
    for path in (f"svc/{CONTRACT}", str(below.root / CONTRACT)):
        assert repository.orch("hook", "guard", stdin=call(repository.root, file_path=path)).json != {}


HEAVY = ("pytest", "hashlib", "dataclasses", "subprocess", "tempfile", "runner.storage", "runner.models", "orjson")


def test_it_imports_nothing_heavy(shipped: Repository) -> None:
    told = call(shipped.root, "Bash", command=f"rm {CONTRACT}")
    ended = shipped.run(sys.executable, "-I", "-X", "importtime", "-m", "runner", "hook", "guard", stdin=told)
    rows = [line.rpartition("|")[2] for line in ended.err.partition("| runpy")[2].splitlines()]
    modules = {row.strip() for row in rows}
    assert "runner.agents.hooks.guard" in modules  # the report was read
    assert modules.isdisjoint(HEAVY)


@pytest.mark.slow
def test_it_takes_hardly_longer_than_the_version(shipped: Repository) -> None:
    """It runs before each tool call. Measured in turn, and in time of the processor: other load only adds to it."""
    for package in ("gate_tests", "runner"):  # as an installer does; PYTHONDONTWRITEBYTECODE may be set here
        compile_dir(CHECKOUT / package, quiet=2)
    told = call(shipped.root, "Bash", command=f"cat a | tee {CONTRACT}")
    guard_s = version_s = float("inf")
    for done in range(40):
        if done >= 5 and guard_s <= 1.2 * version_s:
            break
        guard_s = min(guard_s, _measure(shipped, "hook", "guard", stdin=told))
        version_s = min(version_s, _measure(shipped, "--version", stdin=told))
    assert guard_s <= 1.2 * version_s


def _measure(repository: Repository, *arguments: str, stdin: str) -> float:
    """The seconds of the processor that the command takes."""
    before = getrusage(RUSAGE_CHILDREN)
    assert repository.run("orch", *arguments, stdin=stdin).code == 0
    after = getrusage(RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
