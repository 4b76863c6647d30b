"""What doctor says of the commands of agents on this machine."""

import json
import subprocess
from typing import Any

import pytest

from runner.agents.commands.agents_file import AGENTS_FILE
from runner.doctor.agents import diagnose_agents
from runner.doctor.diagnosis import DiagnosisStatus
from tests.support.messages import meant, message
from tests.support.repository import Repository

OK, WARN, BAD = DiagnosisStatus.OK, DiagnosisStatus.WARN, DiagnosisStatus.BAD


@pytest.fixture
def committed(shipped: Repository) -> Repository:
    subprocess.run(["git", "init", "-q", str(shipped.root)], check=True)
    return shipped


def diagnose(repository: Repository, content: Any) -> list[tuple[DiagnosisStatus, str, str | None]]:
    repository.write(AGENTS_FILE, json.dumps(content, indent=2))
    found = [*diagnose_agents(repository.workspace)]
    assert {each.subject for each in found} == {"agents"}
    return [(each.status, each.message, each.next_command or each.advice) for each in found]


def test_without_the_file_it_says_nothing(committed: Repository) -> None:
    assert [*diagnose_agents(committed.workspace)] == []


def test_a_good_file_is_counted(committed: Repository) -> None:
    content = {"agents": {"report-author": {"command": "cat"}, "*": {"command": "cat -"}}, "notify": "true"}
    ((status, told, next_step),) = diagnose(committed, content)
    assert (status, told, next_step) == (OK, f"{AGENTS_FILE}: commands of 1 agent and of all others", None)


@pytest.mark.parametrize(
    ("content", "status", "told", "next_step"),
    [
        ({"agent": {}}, BAD, f"2: $.agent: unknown key 'agent'{meant('agents')}", "fix the file"),
        (
            {"agents": {"report-author": {"command": "no-such"}}},
            WARN,
            f"4: $.agents.report-author.command: {message('no-program-here', program='no-such', where='on the PATH')}",
            "install the program, or change the command",
        ),
        (
            {"agents": {"report-authr": {"command": "cat"}}},
            WARN,
            f"3: $.agents.report-authr: {message('no-such-agent', agent='report-authr')}{meant('report-author')}",
            "correct the name, or remove the entry",
        ),
        (
            {"notify": "no-such"},
            WARN,
            f"2: $.notify: {message('no-program-here', program='no-such', where='on the PATH')}",
            "install the program, or change the command",
        ),
    ],
    ids=["unknown key", "no program", "unknown agent", "no program to notify"],
)
def test_what_is_wrong_is_named_with_its_line(
    committed: Repository, content: Any, status: DiagnosisStatus, told: str, next_step: str
) -> None:
    assert diagnose(committed, content) == [(status, f"{AGENTS_FILE}:{told}", next_step)]


@pytest.mark.parametrize(
    ("command", "options"),
    [
        ("claude -p", "add --permission-mode acceptEdits --allowedTools 'Bash(orch *)'"),
        ("codex exec -", "add --sandbox workspace-write"),
    ],
)
def test_a_command_that_may_not_write_is_named_with_what_it_lacks(
    committed: Repository, command: str, options: str
) -> None:
    program = command.split()[0]
    committed.write(f"bin/{program}", "#!/bin/sh\n").chmod(0o755)
    bare = f"bin/{command}"
    told = message("may-not-write", command=bare)
    assert diagnose(committed, {"agents": {"report-author": {"command": bare}}}) == [
        (WARN, f"{AGENTS_FILE}:4: $.agents.report-author.command: {told}", options)
    ]


def test_independent_gates_with_one_command_are_named(committed: Repository) -> None:
    ((status, told, next_step),) = diagnose(committed, {"agents": {"*": {"command": "cat"}}})
    shared = message("same-command", gate="D4", other_gate="D3", agent="report-auditor", other_agent="report-author")
    assert (status, told) == (WARN, f"workflow data-report: {shared} in {AGENTS_FILE}")
    assert next_step == "give report-auditor a command of its own"


def test_a_file_that_git_would_commit_is_named_with_the_command_that_keeps_it_out(committed: Repository) -> None:
    content = {"agents": {"report-author": {"command": "cat"}}}
    ignore = committed.root / "orchestration/.gitignore"
    ignore.write_text(ignore.read_text("utf-8").replace("/agents.local.json\n", ""))
    ((status, told, next_step),) = diagnose(committed, content)
    assert (status, told) == (WARN, message("agents-file-not-ignored", path=AGENTS_FILE))
    assert committed.run("sh", "-c", next_step or "").code == 0
    assert diagnose(committed, content)[0][0] is OK

    committed.run("git", "add", "--force", AGENTS_FILE)
    ((status, told, next_step),) = diagnose(committed, content)
    assert (status, told) == (WARN, message("agents-file-tracked", path=AGENTS_FILE))
    assert committed.run("sh", "-c", next_step or "").code == 0
    assert diagnose(committed, content)[0][0] is OK
