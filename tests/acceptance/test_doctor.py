"""`orch doctor`: whether this installation and its surroundings are as they should be."""

import fcntl
import os
import shutil
import sys
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest

from gate_tests.files.directory import Directory
from runner.doctor.repository import diagnose_repository
from tests.support.messages import message, says
from tests.support.patched_install import PatchedInstall
from tests.support.repository import BIN, Repository

QUICK = {"PYTHONDONTWRITEBYTECODE": ""}
HERE = {**QUICK, "PATH": f"{BIN}:{os.environ['PATH']}"}


def findings(repository: Repository, *arguments: str, **env: str) -> dict[str, dict[str, Any]]:
    """What is found, by what it is about; of several the worst."""
    ended = repository.installed_orch(*arguments, "doctor", "--json", env={**HERE, **env})
    assert ended.code == 0, ended.err
    order = ["ok", "warn", "bad"]
    return {row["subject"]: row for row in sorted(ended.json, key=lambda row: order.index(row["status"]))}


@pytest.fixture
def committed(shipped: Repository) -> Repository:
    shipped.run("git", "init", "-q")
    return shipped


def test_in_good_surroundings_everything_is_fine(committed: Repository) -> None:
    found = findings(committed)
    assert {name: row["message"] for name, row in found.items() if row["status"] != "ok"} == {}
    assert list(found) == [
        "versions", "orch", "pytest", "plugin", "shadow", "bytecode", "root", "git", "writing", "lock",
    ]  # fmt: skip


@pytest.mark.slow
def test_it_says_which_versions_there_are_and_where_they_come_from(committed: Repository) -> None:
    found = findings(committed)
    assert f"pytest {pytest.__version__}" in found["versions"]["message"]
    assert str(BIN / "orch") in found["orch"]["message"]
    assert "orch-runner" in found["plugin"]["message"]
    assert str(committed.root) in found["root"]["message"]


def test_it_leaves_nothing_behind(committed: Repository) -> None:
    before = sorted(committed.root.rglob("*"))
    findings(committed)
    assert sorted(committed.root.rglob("*")) == before


@pytest.mark.slow
def test_it_needs_no_repository(repository: Repository) -> None:
    shutil.rmtree(repository.root / "orchestration", ignore_errors=True)
    found = findings(repository)
    assert (found["root"]["status"], found["root"]["next"]) == ("warn", "orch init")
    assert found["versions"]["status"] == "ok"


def test_where_no_lock_can_be_taken_it_says_why_and_where_to_look(committed: Repository) -> None:
    runs = committed.root / "orchestration/runs"
    with patch("runner.doctor.repository.acquire_lock", side_effect=PermissionError(13, "Permission denied", "a file")):
        *_, lock = diagnose_repository(committed.workspace, "named by -C")
    assert (lock.status, lock.next_command) == ("bad", f"ls -ld {runs}")
    assert lock.message == message("no-lock", path=runs, reason="Permission denied")


@pytest.mark.slow
def test_a_folder_of_runs_that_is_none_is_bad_and_the_doctor_goes_on(committed: Repository) -> None:
    runs = committed.root / "orchestration/runs"
    shutil.rmtree(runs)
    runs.write_text("no folder")
    found = findings(committed)
    assert (found["root"]["status"], found["git"]["status"]) == ("bad", "ok")
    assert found["root"]["next"] == f"mv {runs} {runs}.old"


@pytest.mark.slow
def test_a_folder_among_the_runs_that_is_called_otherwise_is_none(committed: Repository) -> None:
    committed.write("orchestration/runs/run_of_the_mill/record/RUN.json", "{}")
    found = findings(committed)
    assert found["lock"]["status"] == "ok"
    assert "0 runs" in found["root"]["message"]


@pytest.mark.slow
def test_where_git_refuses_the_repository_git_itself_says_why(committed: Repository) -> None:
    (committed.root / ".git/HEAD").write_text("nonsense")
    found = findings(committed)["git"]
    assert (found["status"], found["next"]) == ("warn", f"git -C {committed.root} status")


@pytest.mark.slow
def test_it_works_in_a_folder_that_has_been_removed(committed: Repository) -> None:
    ended = committed.run("sh", "-c", f"mkdir gone; cd gone; rmdir ../gone; exec {BIN}/orch doctor")
    assert ended.code == 0, ended.err
    assert says(ended.out, "cwd-removed")


def test_for_people_each_line_that_wants_something_done_is_followed_by_a_command(shipped: Repository) -> None:
    lines = shipped.installed_orch("doctor", env=HERE).out.splitlines()
    assert lines[0].split()[:2] == ["warning", "git"]
    assert lines[1] == f"         Next: git init {shipped.root}"
    assert [line.split()[0] for line in lines[2:-1]] == ["ok"] * 9
    assert lines[-1] == message("doctor-summary", counts="1 warning")


@pytest.mark.slow
def test_the_worst_comes_first_and_the_last_line_counts(committed: Repository) -> None:
    committed.write("runner/__init__.py", "")
    committed.write("orchestration/gates/contracts/X1.contract.json", "{}")
    committed.write(".gitignore", "orchestration/\n")
    lines = committed.installed_orch("doctor", env=HERE).out.splitlines()
    labels = [line.split()[0] for line in lines[:-1] if not line.startswith(" ")]
    assert labels == ["error", "warning", "warning", *["ok"] * 8]
    assert lines[-1] == message("doctor-summary", counts="1 error, 2 warnings")


@pytest.mark.slow
def test_with_q_only_what_is_wrong_is_printed_and_the_last_line(committed: Repository) -> None:
    assert committed.installed_orch("doctor", "-q", env=HERE).out == f"{message('doctor-fine')}\n"


@pytest.mark.slow
def test_where_all_is_well_the_last_line_says_so(committed: Repository) -> None:
    assert committed.installed_orch("doctor", env=HERE).out.splitlines()[-1] == message("doctor-fine")


def test_a_runner_in_the_current_folder_is_named(committed: Repository) -> None:
    committed.write("runner/__init__.py", "")
    found = findings(committed)["shadow"]
    assert found["status"] == "warn"
    assert str(committed.root / "runner") in found["message"]


@pytest.mark.slow
def test_a_folder_of_that_name_without_python_in_it_is_nobody_elses_runner(committed: Repository) -> None:
    committed.write("runner/run.mjs", "")
    assert findings(committed)["shadow"]["status"] == "ok"


@pytest.mark.slow
def test_one_that_pythonpath_leads_to_is_named(committed: Repository, tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere/gate_tests.py").write_text("")
    found = findings(committed, PYTHONPATH=str(tmp_path / "elsewhere"))["shadow"]
    assert "elsewhere/gate_tests.py" in found["message"]


@pytest.mark.slow
def test_another_orch_first_on_the_path_is_named(committed: Repository, tmp_path: Path) -> None:
    other = tmp_path / "bin/orch"
    other.parent.mkdir()
    other.write_text("#!/bin/sh\n")
    other.chmod(0o755)
    found = findings(committed, PATH=f"{other.parent}:{HERE['PATH']}")["orch"]
    assert found["status"] == "warn"
    assert str(other) in found["message"]
    assert found["next"].startswith("export PATH=")


@pytest.mark.slow
def test_a_plugin_that_pytest_does_not_load_is_told(committed: Repository) -> None:
    assert "autoload" in findings(committed, PYTEST_DISABLE_PLUGIN_AUTOLOAD="1")["plugin"]["message"].lower()


def test_records_that_git_ignores_are_bad(committed: Repository) -> None:
    committed.write(".gitignore", "orchestration/\n")
    found = findings(committed)["git"]
    assert found["status"] == "bad"
    assert "git ignores records" in found["message"]


@pytest.mark.slow
def test_logs_that_git_takes_and_line_ends_that_it_converts_are_told_with_what_mends_it(committed: Repository) -> None:
    for name in (".gitignore", ".gitattributes"):
        (committed.root / "orchestration" / name).unlink()
    told = [row for row in committed.installed_orch("doctor", "--json", env=HERE).json if row["subject"] == "git"]
    assert [row["status"] for row in told] == ["warn", "warn"]
    for row in told:
        assert committed.run("sh", "-c", row["next"]).code == 0
    assert findings(committed)["git"]["status"] == "ok"


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_that_cannot_be_written_is_bad(committed: Repository) -> None:
    runs = committed.root / "orchestration/runs"
    runs.chmod(0o555)
    try:
        assert findings(committed)["writing"]["status"] == "bad"
    finally:
        runs.chmod(0o755)


@pytest.mark.slow
def test_a_lock_that_is_held_is_named_with_its_run(committed: Repository) -> None:
    run_id = committed.start_run()
    committed.orch("gate", "start", "--run", run_id, "--gate", "G1", "--agent", "a")
    with Directory.open(committed.root / f"orchestration/runs/{run_id}/record") as record:
        fcntl.flock(record.descriptor, fcntl.LOCK_EX)
        assert findings(committed)["lock"]["message"] == message("locks-held", count=1, runs=run_id)
    assert findings(committed)["lock"]["message"] == message("no-lock-held")


@pytest.mark.slow
def test_it_says_how_the_root_was_found(committed: Repository) -> None:
    assert "upwards" in findings(committed)["root"]["message"]
    assert "-C" in findings(committed, "-C", str(committed.root))["root"]["message"]
    assert "ORCH_ROOT" in findings(committed, ORCH_ROOT=str(committed.root))["root"]["message"]


@pytest.mark.slow
def test_it_tells_a_program_without_byte_code_from_one_that_has_it(repository: Repository, tmp_path: Path) -> None:
    program = PatchedInstall.make(tmp_path / "altered")
    for cache in [*program.folder.rglob("__pycache__")]:
        shutil.rmtree(cache)
    program.replace("runner.doctor.bytecode:PACKAGES", "('runner', 'gate_tests')")
    doctor = (str(program.folder / "venv/bin/python"), "-I", "-B", "-m", "runner", "doctor", "--json")

    def found() -> dict[str, Any]:
        ended = repository.run(*doctor)
        return next(row for row in ended.json if row["subject"] == "bytecode")

    slow = found()
    assert slow["status"] == "warn"
    assert slow["message"].startswith("0 of ")
    assert repository.run("sh", "-c", slow["next"]).code == 0
    assert found()["status"] == "ok"
    assert sys.prefix not in slow["next"]
