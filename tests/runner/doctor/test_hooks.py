"""What `orch doctor` says about the hooks of agents."""

import json
from pathlib import Path
from typing import Any

import pytest

from runner.agents.hooks.wiring.change import WiringRequest, install_hooks
from runner.agents.hooks.wiring.host_wiring import HookKind
from runner.doctor.diagnosis import Diagnosis, DiagnosisStatus
from runner.doctor.hooks import diagnose_hooks
from tests.support.repository import BIN

CLAUDE, LOCAL, CODEX = ".claude/settings.json", ".claude/settings.local.json", ".codex/hooks.json"
INSTALL = "orch hook install --target claude-code"


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A repository of somebody who has no settings of hosts and finds orch."""
    for name in ("repository/.git", "home"):
        (tmp_path / name).mkdir(parents=True)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.delenv("CODEX_HOME", raising=False)
    monkeypatch.setenv("PATH", f"{BIN}:/usr/bin:/bin")
    return tmp_path / "repository"


def wire(root: Path, path: str = CLAUDE, target: str = "claude-code", program: str = "orch") -> None:
    write(root / path, install_hooks(None, WiringRequest(target, (HookKind.STOP, HookKind.GUARD), (), program)))


def write(file: Path, content: bytes | str | dict[str, Any]) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    text = json.dumps(content) if isinstance(content, dict) else content
    file.write_bytes(text if isinstance(text, bytes) else text.encode())


def stop_hook(command: str, **more: Any) -> dict[str, Any]:
    return {"hooks": {"Stop": [{"hooks": [{"type": "command", "command": command, **more}]}]}}


def warning(root: Path) -> Diagnosis:
    """The only diagnosis, a warning that says what to do."""
    (found,) = diagnose_hooks(root)
    assert found.status is DiagnosisStatus.WARN
    assert found.next_command or found.advice
    return found


def test_without_a_directory_of_a_host_nothing_is_said(root: Path) -> None:
    assert [*diagnose_hooks(root)] == []


def test_hooks_as_we_install_them_are_fine(root: Path) -> None:
    wire(root)
    wire(root, ".cursor/hooks.json", "cursor")
    (root / ".gemini").mkdir()
    assert [(each.status, each.message) for each in diagnose_hooks(root)] == [
        ("ok", "Claude Code: stop and guard, in .claude/settings.json"),
        ("ok", "Gemini CLI: no hooks of orch in .gemini/settings.json"),
        ("ok", "Cursor: stop and guard, in .cursor/hooks.json"),
    ]


@pytest.mark.parametrize(
    ("entry", "what"),
    [
        (stop_hook('orch -C "$CLAUDE_PROJECT_DIR" hook stop'), "`-C` makes it judge no gate"),
        (stop_hook("orch hook stop", timeout=60), "its time limit is 60 s"),
        (stop_hook("orch hook stop --target codex"), "it answers as codex expects it"),
        (stop_hook("/no/such/orch hook stop"), "there is no program /no/such/orch"),
    ],
    ids=["-C", "time limit", "other host", "no program"],
)
def test_a_hook_that_does_not_do_what_it_is_for_is_named(root: Path, entry: dict[str, Any], what: str) -> None:
    write(root / CLAUDE, entry)
    found = warning(root)
    assert found.message.startswith(f"{CLAUDE}: Stop: `")
    assert what in found.message
    assert found.next_command == INSTALL


def test_in_the_file_of_one_person_the_command_names_that(root: Path) -> None:
    write(root / LOCAL, stop_hook("orch -C . hook stop"))
    assert warning(root).next_command == f"{INSTALL} --local"


def test_where_the_host_would_not_find_orch_it_is_said(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    wire(root)
    monkeypatch.setenv("PATH", "/usr/bin:/bin")
    assert "orch is not on the PATH" in warning(root).message
    wire(root, LOCAL, program=str(BIN / "orch"))
    (found,) = diagnose_hooks(root)
    assert found.status is DiagnosisStatus.OK


def test_hooks_in_two_files_are_named(root: Path) -> None:
    wire(root)
    wire(root, LOCAL, program=str(BIN / "orch"))
    assert warning(root).message == f"hooks of orch are in {CLAUDE} and {LOCAL}: each runs twice"


@pytest.mark.parametrize("path", [f"repository/{LOCAL}", "home/.claude/settings.json"])
def test_where_all_hooks_are_disabled_the_file_is_named(root: Path, path: str) -> None:
    wire(root)
    write(root.parent / path, {"disableAllHooks": True})
    assert "disableAllHooks is true: Claude Code runs no hook" in warning(root).message


def test_an_invalid_file_is_named_with_its_line(root: Path) -> None:
    write(root / CLAUDE, '{\n  "hooks": [\n')
    assert warning(root).message.startswith(f"{CLAUDE}:2: invalid JSON: ")


def trust(root: Path, level: str = "trusted", state: str = "") -> None:
    write(root.parent / "home/.codex/config.toml", f'[projects."{root}"]\ntrust_level = "{level}"\n{state}')


def hook_state(root: Path, event: str = "stop", line: str = 'trusted_hash = "sha256:1"') -> str:
    """What Codex 0.171 writes when a hook is trusted in `/hooks`."""
    return f'[hooks.state."{root / CODEX}:{event}:0:0"]\n{line}\n'


def test_a_codex_hook_that_is_not_trusted_is_named_with_what_exec_does(root: Path) -> None:
    wire(root, CODEX, "codex")
    found = warning(root)
    assert "Codex does not trust this directory and skips the hooks" in found.message
    assert "so does `codex exec`, without a word, unless it is given --dangerously-bypass-hook-trust" in found.message
    trust(root)
    assert "Codex does not trust the hooks of Stop and PreToolUse and skips them" in warning(root).message
    trust(root, state=hook_state(root))
    assert "Codex does not trust the hooks of PreToolUse and skips them" in warning(root).message
    trust(root, state=hook_state(root) + hook_state(root, "pre_tool_use"))
    (found,) = diagnose_hooks(root)
    assert found == Diagnosis.ok("hooks", f"Codex: stop and guard, in {CODEX}")
    disabled = hook_state(root, "pre_tool_use", 'trusted_hash = "sha256:1"\nenabled = false')
    trust(root, state=hook_state(root) + disabled)
    assert "the hooks of PreToolUse are disabled" in warning(root).message


def test_codex_hooks_in_its_toml_file_count_too(root: Path) -> None:
    trust(root, state="[[hooks.Stop]]\n")
    write(
        root / ".codex/config.toml",
        '[[hooks.Stop]]\n[[hooks.Stop.hooks]]\ntype = "command"\ncommand = "orch -C . hook stop --target codex"\n',
    )
    first, *_ = diagnose_hooks(root)
    assert first.message.startswith(".codex/config.toml: Stop: `orch -C . hook stop --target codex`: `-C` makes")
    assert first.advice == f"move the hook to {CODEX}"
