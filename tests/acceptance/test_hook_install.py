"""`orch hook install`, `status`, `remove`: our hooks in the files of hosts, and nothing else changed there."""

import json
from pathlib import Path
from typing import Any

import pytest

from runner.agents.hooks.hosts import HOSTS
from tests.support.git_checkout import git
from tests.support.messages import says
from tests.support.repository import BIN, Ended, Repository
from tests.support.terminal import at_a_terminal, end

SETTINGS = ".claude/settings.json"
CLAUDE = ("--target", "claude-code")
OTHER = """{
    "model": "opus",
    "hooks": {
        "Stop": [{"hooks": [{"type": "command", "command": "x"}]}]
    }
}"""


@pytest.fixture
def checkout(shipped: Repository) -> Repository:
    return shipped.commit()


def files(repository: Repository) -> dict[str, bytes]:
    """Every file outside of orchestration/ and .git."""
    return {
        str(path.relative_to(repository.root)): path.read_bytes()
        for path in sorted(repository.root.rglob("*"))
        if path.is_file() and not {".git", "orchestration"} & {*path.relative_to(repository.root).parts}
    }


def wire(repository: Repository, *arguments: str, code: int = 0) -> Ended:
    ended = repository.orch("hook", *arguments)
    assert ended.code == code, ended
    return ended


def read(repository: Repository, path: str = SETTINGS) -> Any:
    return json.loads((repository.root / path).read_text("utf-8"))


@pytest.mark.parametrize("target", HOSTS)
def test_the_hooks_are_installed_shown_and_removed_and_nothing_is_left(checkout: Repository, target: str) -> None:
    before = files(checkout)
    installed = wire(checkout, "install", "--target", target)
    path = HOSTS[target].settings_path
    assert f"+++ b/{path}" in installed.out
    assert f"{HOSTS[target].title}: hooks installed in {path}\n" in installed.out
    (row,) = [row for row in wire(checkout, "status", "--json").json if row["exists"]]
    assert (row["target"], row["path"]) == (target, path)
    assert [(hook["hook"], hook["problem"]) for hook in row["hooks"]] == [("stop", None), ("guard", None)]
    again = wire(checkout, "install", "--target", target)
    assert f"{HOSTS[target].title}: hooks are already installed in {path}; nothing was changed\n" in again.out
    assert f"{path} removed: nothing else was in it" in wire(checkout, "remove", "--target", target).out
    assert files(checkout) == before
    assert not (checkout.root / path).parent.exists()
    assert "nothing was changed" in wire(checkout, "remove", "--target", target).out


def test_what_else_is_in_the_file_stays_byte_for_byte(checkout: Repository) -> None:
    file = checkout.write(SETTINGS, OTHER)
    file.chmod(0o640)
    wire(checkout, "install", *CLAUDE)
    assert file.stat().st_mode & 0o777 == 0o640
    assert read(checkout)["hooks"]["Stop"][0]["hooks"][0]["command"] == "x"
    assert "hooks removed from .claude/settings.json" in wire(checkout, "remove", *CLAUDE).out
    assert file.read_text() == OTHER
    assert file.stat().st_mode & 0o777 == 0o640


@pytest.mark.slow
def test_a_dry_run_only_shows_the_change(checkout: Repository) -> None:
    checkout.write(SETTINGS, OTHER)
    shown = wire(checkout, "install", *CLAUDE, "--dry-run", "--json")
    assert (shown.json["changed"], shown.json["written"]) == (True, False)
    assert '"args": ["hook", "guard"],\n' in shown.json["diff"]
    assert says(shown.err, "dry-run", path=SETTINGS)
    assert (checkout.root / SETTINGS).read_text() == OTHER
    wire(checkout, "install", *CLAUDE)
    assert says(wire(checkout, "remove", *CLAUDE, "--dry-run").out, "dry-run", path=SETTINGS)
    assert len(read(checkout)["hooks"]["Stop"]) == 2


@pytest.mark.slow
def test_with_q_only_the_result_is_printed(checkout: Repository) -> None:
    ended = wire(checkout, "install", "--target", "codex", "-q")
    assert ended.out == "Codex: hooks installed in .codex/hooks.json\n"


@pytest.mark.slow
def test_with_one_host_in_the_repository_it_needs_no_name(checkout: Repository) -> None:
    (checkout.root / ".gemini").mkdir()
    assert wire(checkout, "install", "--json").json["target"] == "gemini"
    (checkout.root / ".codex").mkdir()
    refused = wire(checkout, "remove", code=2)
    assert says(refused.err, "which-target", found="codex and gemini have a directory here")


@pytest.mark.slow
def test_an_old_wiring_is_named_by_status_and_replaced(checkout: Repository) -> None:
    old = {"type": "command", "command": 'orch -C "$CLAUDE_PROJECT_DIR" hook stop', "timeout": 900}
    checkout.write(SETTINGS, json.dumps({"hooks": {"Stop": [{"hooks": [old]}]}}))
    status = wire(checkout, "status")
    assert '  Stop: orch -C "$CLAUDE_PROJECT_DIR" hook stop\n' in status.out
    assert "`-C` makes it judge no gate" in status.out
    assert status.out.endswith("Next: orch hook install --target claude-code\n")
    wire(checkout, "install", *CLAUDE, "--no-guard")
    entry = {"type": "command", "command": "orch", "args": ["hook", "stop"], "bash": "orch hook stop", "timeout": 900}
    assert read(checkout) == {"hooks": {"Stop": [{"hooks": [entry]}]}}
    assert "warning" not in wire(checkout, "status").out


@pytest.mark.slow
def test_at_a_terminal_what_is_wrong_is_wrapped_below_itself(checkout: Repository) -> None:
    checkout.write(
        SETTINGS, json.dumps({"hooks": {"Stop": [{"hooks": [{"command": "orch hook stop", "timeout": 9}]}]}})
    )
    with at_a_terminal(checkout, "hook", "status", columns=80, env={"NO_COLOR": "1"}) as child:
        child.expect(r"\n {15}warning: its time limit is 9 s, [^\r\n]*\r\n {24}\w[^\r\n]* can take longer\r\n")
        assert end(child) == 0


@pytest.mark.slow
def test_the_hooks_of_agent_teams_are_for_claude_code_only(checkout: Repository) -> None:
    wire(checkout, "install", *CLAUDE, "--tasks", "--no-guard")
    assert list(read(checkout)["hooks"]) == ["Stop", "TaskCompleted", "TeammateIdle"]
    refused = wire(checkout, "install", "--target", "gemini", "--tasks", code=2)
    assert says(refused.err, "for-claude-code-only", option="--tasks", target="gemini")


@pytest.mark.slow
def test_only_the_file_of_one_person_names_a_path_of_the_machine(checkout: Repository) -> None:
    wire(checkout, "install", *CLAUDE)
    assert str(BIN) not in (checkout.root / SETTINGS).read_text()
    wire(checkout, "install", *CLAUDE, "--local")
    (group,) = read(checkout, ".claude/settings.local.json")["hooks"]["Stop"]
    assert group["hooks"][0]["command"] == str(BIN / "orch")
    assert len(wire(checkout, "status", *CLAUDE, "--json").json) == 2
    wire(checkout, "remove", *CLAUDE, "--local")
    assert list(files(checkout)) == [SETTINGS]


@pytest.mark.slow
def test_where_the_host_would_not_find_orch_it_says_so(checkout: Repository) -> None:
    bare = {"PATH": "/usr/bin:/bin"}
    ended = checkout.orch("hook", "install", *CLAUDE, env=bare)
    assert ended.code == 0
    assert "warning: orch is not on the PATH, and the hooks call it by its name" in ended.err
    assert "orch hook install --target claude-code --local" in ended.err


@pytest.mark.slow
def test_below_the_top_of_the_work_tree_the_file_is_at_the_top(repository: Repository) -> None:
    below = Repository(repository.root / "svc").install()
    git(repository.root, "init", "--quiet")
    assert below.orch("hook", "install", *CLAUDE).code == 0
    assert (repository.root / SETTINGS).is_file()


@pytest.mark.slow
def test_without_git_the_file_is_at_the_root(shipped: Repository) -> None:
    assert wire(shipped, "install", *CLAUDE, "--json").json["written"]
    assert (shipped.root / SETTINGS).is_file()


INVALID = {"a comment": "{ // mine\n}", "a list": '{"hooks": []}', "half a file": '{"hooks": {'}


@pytest.mark.parametrize("content", INVALID.values(), ids=INVALID.keys())
@pytest.mark.parametrize("command", ["install", "remove"])
def test_a_file_that_is_not_valid_is_left_alone(checkout: Repository, command: str, content: str) -> None:
    checkout.write(SETTINGS, content)
    refused = wire(checkout, command, *CLAUDE, code=2)
    assert refused.err.startswith(f"orch: {SETTINGS}:")
    assert len(refused.err.splitlines()) == 2
    assert (checkout.root / SETTINGS).read_text() == content
    (row,) = wire(checkout, "status", *CLAUDE, "--json").json
    assert row["problem"].startswith(f"{SETTINGS}:")


@pytest.mark.slow
def test_a_symlink_a_read_only_file_and_a_directory_are_left_alone(checkout: Repository) -> None:
    file = checkout.root / SETTINGS
    elsewhere = checkout.write("elsewhere.json", "{}")
    file.parent.mkdir()
    file.symlink_to(elsewhere)
    refused = wire(checkout, "install", *CLAUDE, code=2)
    assert says(refused.err, "settings-symlink", path=SETTINGS, target=str(elsewhere))
    assert refused.err.endswith(f"Next: ls -ld {file}\n")
    file.unlink()
    file.mkdir()
    assert says(wire(checkout, "install", *CLAUDE, code=2).err, "settings-no-file", path=SETTINGS)
    file.rmdir()
    file.write_text("{}")
    file.chmod(0o444)
    assert says(wire(checkout, "install", *CLAUDE, code=2).err, "settings-read-only", path=SETTINGS)
    assert (file.read_text(), elsewhere.read_text()) == ("{}", "{}")


@pytest.mark.slow
def test_a_directory_that_is_none_or_a_symlink_is_left_alone(checkout: Repository) -> None:
    checkout.write(".claude", "no directory")
    refused = wire(checkout, "install", *CLAUDE, code=2)
    assert says(refused.err, "settings-no-file", path=".claude", what="is not a directory")
    assert refused.err.endswith(f"Next: ls -ld {checkout.root / '.claude'}\n")
    (checkout.root / ".claude").unlink()
    (checkout.root / ".claude").symlink_to("/tmp")
    refused = wire(checkout, "install", *CLAUDE, code=2)
    assert says(refused.err, "settings-symlink", path=".claude", target="/tmp")


def test_a_failed_write_is_reported_and_leaves_the_file(checkout: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    checkout.write(SETTINGS, OTHER)

    def fail(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("runner.agents.hooks.wiring.settings_file.replace_file", fail)
    refused = wire(checkout, "install", *CLAUDE, code=3)
    assert says(refused.err, "settings-not-written", path=SETTINGS, reason="No space left on device")
    assert (checkout.root / SETTINGS).read_text() == OTHER


def test_the_installed_stop_hook_is_what_the_host_would_run(checkout: Repository, tmp_path: Path) -> None:
    wire(checkout, "install", *CLAUDE)
    for event in ("Stop", "PreToolUse"):
        (group,) = read(checkout)["hooks"][event]
        (entry,) = group["hooks"]
        ended = checkout.run(entry["command"], *entry["args"], stdin=json.dumps({"cwd": str(checkout.root)}))
        assert (ended.code, ended.out) == (0, "{}\n")


@pytest.mark.slow
def test_hooks_that_a_host_finds_in_another_file_too_are_told_and_an_empty_directory_is_not(
    checkout: Repository,
) -> None:
    (checkout.root / ".claude").mkdir()
    assert "twice" not in wire(checkout, "install", "--target", "copilot").err
    assert says(wire(checkout, "install", *CLAUDE).err, "copilot-runs-twice")
    assert wire(checkout, "remove", "--target", "copilot").code == 0
    assert "twice" not in wire(checkout, "install", *CLAUDE).err
    checkout.write(
        ".codex/config.toml", '[[hooks.Stop]]\n[[hooks.Stop.hooks]]\ncommand = "orch hook stop --target codex"\n'
    )
    assert says(wire(checkout, "install", "--target", "codex").err, "codex-runs-twice")
    shown = [(row["path"], len(row["hooks"])) for row in wire(checkout, "status", "--json").json]
    assert shown[:3] == [(SETTINGS, 2), (".codex/hooks.json", 2), (".codex/config.toml", 1)]
