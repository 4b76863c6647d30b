"""Commands that may not write a file are found, and those that we print are none of them."""

import re
import shlex
from pathlib import Path

import pytest

from runner.agents.commands.permissions import find_missing_permission
from tests.support import CHECKOUT

CLAUDE, CODEX = "--permission-mode acceptEdits --allowedTools 'Bash(orch *)'", "--sandbox workspace-write"


@pytest.mark.parametrize(
    ("command", "missing"),
    [
        ("claude -p", CLAUDE),
        ("claude --print --model opus", CLAUDE),
        ("/opt/bin/claude -p", CLAUDE),
        ("claude -p --permission-mode plan", CLAUDE),
        ("claude -p --permission-mode=manual", CLAUDE),
        ("claude -p --permission-mode dontAsk --allowedTools Read", CLAUDE),
        ("claude -p --allowedTools 'Bash(orch *)'", CLAUDE),
        ("claude -p --allowedTools Edit", CLAUDE),
        ("env A=b claude -p", CLAUDE),
        ("A=b claude -p", CLAUDE),
        ("npx -y @anthropic-ai/claude-code@2.1 -p", CLAUDE),
        ("sh -c 'claude -p < packet | tee log'", CLAUDE),
        ("timeout -k 5 600 claude -p", CLAUDE),
        ("nice -n 5 env -u X stdbuf -oL claude -p", CLAUDE),
        ("bash -lc 'cd work && cat \"$ORCH_PACKET\" | claude -p'", CLAUDE),
        ("sh -c 'exec claude -p'", CLAUDE),
        ("codex exec -", CODEX),
        ("codex exec -sread-only -", CODEX),
        ("codex e --json -", CODEX),
        ("codex exec -s read-only -", CODEX),
        ("codex exec -c model=o3 -", CODEX),
        ("codex exec --dangerously-bypass-hook-trust -", CODEX),
        ("npx @openai/codex exec -", CODEX),
    ],
)
def test_a_command_that_may_not_write_lacks_options(command: str, missing: str) -> None:
    assert find_missing_permission(shlex.split(command)) == missing


@pytest.mark.parametrize(
    "command",
    [
        f"claude -p {CLAUDE}",
        "claude -p --permission-mode=auto",
        "claude -p --permission-mode dontAsk --allowedTools Edit Write",
        "claude -p --allowedTools 'Bash(orch *),Write'",
        "claude -p --allowed-tools Bash",
        "claude -p --dangerously-skip-permissions",
        "claude -p --settings agent.json",
        "claude",
        f"codex exec {CODEX} -",
        "codex exec --sandbox=danger-full-access -",
        "codex -s workspace-write exec -",
        "codex exec -sworkspace-write -",
        f"timeout 600 claude -p {CLAUDE}",
        "sh -c",
        "sh",
        "bash -lc 'echo claude -p'",
        "codex exec --full-auto -",
        "codex exec -c sandbox_mode=workspace-write -",
        "codex exec --profile writer -",
        "codex",
        f"sh -c 'codex exec {CODEX} - | tee log'",
        "my-agent claude -p",
        'sh -c "\'"',
        "env",
        "cat -",
    ],
)
def test_one_that_may_write_or_is_not_known_lacks_none(command: str) -> None:
    assert find_missing_permission(shlex.split(command)) is None


PAGES = [
    "docs/how-to/run-a-workflow.md",
    "docs/how-to/agents.md",
    *(f"runner/cli/commands/{name}.py" for name in ("run_workflow", "run_resume")),
]


@pytest.mark.parametrize("page", PAGES)
def test_the_commands_that_we_print_may_write(page: str) -> None:
    text = re.sub(r"\\+\n", " ", Path(CHECKOUT, page).read_text("utf-8"))
    printed = re.findall(r"""(?:--agent-command|"command":)\s+(?:[\w-]+=)?('[^']*'|"(?:\\.|[^"\\])*")""", text)
    commands = [command[1:-1].replace('\\"', '"') for command in printed]
    assert any("claude" in command or "codex" in command for command in commands), page
    assert [command for command in commands if find_missing_permission(shlex.split(command))] == []
