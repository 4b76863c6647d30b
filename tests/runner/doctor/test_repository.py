"""What doctor says of a root: git's rules for records and logs, the right to write, locks."""

import os
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from runner.doctor.diagnosis import Diagnosis, DiagnosisStatus
from runner.doctor.repository import diagnose_repository
from runner.storage.locks import agent_lock, gate_lock
from runner.storage.store import Store
from tests.support.messages import message
from tests.support.repository import Repository
from tests.support.sample_run import RUN_ID, new_run

OK, WARN, BAD = DiagnosisStatus.OK, DiagnosisStatus.WARN, DiagnosisStatus.BAD


@pytest.fixture
def committed(shipped: Repository) -> Repository:
    """A repository with all that ships, below git."""
    subprocess.run(["git", "init", "-q", str(shipped.root)], check=True)
    return shipped


def diagnose(repository: Repository, subject: str) -> list[Diagnosis]:
    return [each for each in diagnose_repository(repository.workspace, "named by -C") if each.subject == subject]


def only(repository: Repository, subject: str) -> Diagnosis:
    (one,) = diagnose(repository, subject)
    return one


def test_where_all_is_well_there_is_nothing_to_fix_and_nothing_left_behind(committed: Repository) -> None:
    before = sorted(committed.root.rglob("*"))
    diagnoses = list(diagnose_repository(committed.workspace, "named by -C"))
    assert [each.subject for each in diagnoses] == ["root", "git", "writing", "lock"]
    assert {(each.status, each.next_command) for each in diagnoses} == {(OK, None)}
    assert "named by -C" in diagnoses[0].message
    assert [path for path in sorted(committed.root.rglob("*")) if path not in before] == []


def test_a_root_without_contracts_and_workflows_can_be_filled(repository: Repository) -> None:
    root = only(repository, "root")
    assert (root.status, root.next_command) == (WARN, "orch init")


def test_where_a_file_is_in_place_of_the_runs_it_goes_no_further(committed: Repository) -> None:
    runs = committed.root / "orchestration/runs"
    (runs / ".gitkeep").unlink()
    runs.rmdir()
    runs.write_text("")
    first, *others = diagnose_repository(committed.workspace, "named by -C")
    assert (first.subject, first.status, first.next_command) == ("root", BAD, f"mv {runs} {runs}.old")
    assert {each.subject for each in others} == {"git"}


def test_a_contract_that_no_workflow_uses_is_a_warning(committed: Repository) -> None:
    assert diagnose(committed, "contracts") == []
    committed.write("orchestration/gates/contracts/X1.contract.json", "{}")
    unused = only(committed, "contracts")
    assert (unused.status, unused.next_command) == (WARN, "orch contract lint")
    assert unused.message == message("unused-contracts", gates="X1")


def test_where_a_workflow_is_invalid_that_is_the_warning(committed: Repository) -> None:
    committed.write("orchestration/gates/contracts/X1.contract.json", "{}")
    committed.write("orchestration/workflows/broken.json", "{")
    broken = only(committed, "contracts")
    assert (broken.status, broken.next_command) == (WARN, "orch contract lint")
    assert broken.message.startswith("orchestration/workflows/broken.json:")


# git


def test_without_git_or_a_repository_the_next_command_makes_one(
    shipped: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert only(shipped, "git")[1:2] == (WARN,)
    assert only(shipped, "git").next_command == f"git init {shipped.root}"
    monkeypatch.setenv("PATH", "/nowhere")
    assert only(shipped, "git")[3:] == (None, "install git")


def test_a_repository_that_git_refuses_is_not_made_again(shipped: Repository) -> None:
    (shipped.root / ".git").mkdir()
    assert only(shipped, "git").next_command == f"git -C {shipped.root} status"


@pytest.mark.parametrize(
    ("path", "content", "status", "next_command"),
    [
        (".gitignore", "runs/*/record/\nruns/*/logs/\n", BAD, "git check-ignore -v "),
        (".gitignore", "", WARN, "echo 'runs/*/logs/' >> orchestration/.gitignore"),
        (".gitattributes", "", WARN, "echo '* -text' >> orchestration/.gitattributes"),
    ],
    ids=["records are ignored", "logs are not", "line ends are converted"],
)
def test_a_rule_of_git_that_harms_records_comes_with_the_command_that_mends_or_shows_it(
    committed: Repository, path: str, content: str, status: DiagnosisStatus, next_command: str
) -> None:
    committed.write(f"orchestration/{path}", content)
    git = only(committed, "git")
    assert git.status is status
    assert str(git.next_command).startswith(next_command)


def test_several_such_rules_are_several_diagnoses(committed: Repository) -> None:
    committed.write("orchestration/.gitignore", "")
    committed.write("orchestration/.gitattributes", "")
    assert [each.status for each in diagnose(committed, "git")] == [WARN, WARN]


def test_the_commands_that_mend_do_mend(committed: Repository) -> None:
    for name in (".gitignore", ".gitattributes"):
        committed.write(f"orchestration/{name}", "")
    for each in diagnose(committed, "git"):
        subprocess.run(str(each.next_command), shell=True, cwd=committed.root, check=True)
    assert only(committed, "git").status is OK


# Writing and locks


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_where_nothing_may_be_written_it_is_said(committed: Repository) -> None:
    runs = committed.root / "orchestration/runs"
    runs.chmod(0o500)
    try:
        writing = only(committed, "writing")
        assert (writing.status, writing.next_command) == (BAD, f"ls -ld {runs}")
    finally:
        runs.chmod(0o700)


def test_little_room_is_worth_knowing(committed: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    class Usage:
        free = 5 << 20

    monkeypatch.setattr("runner.doctor.repository.shutil.disk_usage", lambda _: Usage)
    writing = only(committed, "writing")
    assert (writing.status, writing.next_command) == (WARN, f"df -h {committed.root / 'orchestration/runs'}")
    assert "5 MiB" in writing.message


def test_a_lock_that_excludes_nobody_is_bad(committed: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("runner.doctor.repository.is_locked", lambda _: False)
    assert only(committed, "lock").status is BAD


@pytest.mark.parametrize(
    "lock",
    [lambda store: gate_lock(store, RUN_ID, "G1"), lambda store: agent_lock(store, RUN_ID)],
    ids=["a gate is finished", "an agent works"],
)
def test_a_run_whose_lock_is_held_is_named(committed: Repository, lock: Callable[..., Any]) -> None:
    store = Store(committed.workspace)
    store.create(new_run())
    assert RUN_ID not in only(committed, "lock").message
    with lock(store):
        held = only(committed, "lock")
    assert (held.status, RUN_ID in held.message) == (OK, True)


def test_a_document_keeps_its_keys(tmp_path: Path) -> None:
    assert Diagnosis.warn("git", "no", "git init").to_json() == {
        "subject": "git", "status": "warn", "message": "no", "next": "git init", "advice": None,
    }  # fmt: skip
