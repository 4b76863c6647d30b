"""Records that orch 0.1.0 wrote are read, shown and continued as it did, and lose nothing."""

import json
import shutil
from pathlib import Path

import pytest

from tests.support import records_0_1_0
from tests.support.repository import Repository

COMPLETED, OPEN, RESUMED, QUEUED = RUNS = (
    "run_20261129T081637Z_tea_8bd6xp",
    "run_20261129T081638Z_mate_hvguv2",
    "run_20261129T081639Z_cocoa_oj0l5l",
    "run_20261129T081639Z_water_7lsibn",
)


@pytest.fixture
def older(tmp_path: Path) -> Repository:
    """A root as orch 0.1.0 left it: a completed run, one with open attempts, one that was resumed, one just begun."""
    root = tmp_path / "older"
    shutil.copytree(records_0_1_0.ROOT, root, ignore=shutil.ignore_patterns("__pycache__", "*.py"))
    return Repository(root)


def test_every_record_is_consistent(older: Repository) -> None:
    assert older.orch("run", "check").code == 0


def test_a_list_shows_them(older: Repository) -> None:
    listed = {row["run_id"]: row["status"] for row in older.orch("run", "list", "--json").json}
    assert listed == {COMPLETED: "PASSED", OPEN: "RUNNING", RESUMED: "RUNNING", QUEUED: "QUEUED"}


@pytest.mark.parametrize("run_id", RUNS)
def test_one_is_shown_as_it_was_written(older: Repository, run_id: str) -> None:
    assert older.orch("run", "show", "--run", run_id, "--json").json == older.record(run_id)
    assert older.orch("status", "--run", run_id).code == 0


def test_reading_changes_nothing(older: Repository) -> None:
    before = older.snapshot()
    for run_id in RUNS:
        older.orch("status", "--run", run_id)
        older.orch("run", "show", "--run", run_id)
    older.orch("run", "list")
    assert older.snapshot() == before


@pytest.mark.slow
def test_an_open_attempt_is_finished_by_the_contract_it_was_started_with(older: Repository) -> None:
    for gate in ("G1", "G2"):
        assert older.orch("gate", "finish", "--run", OPEN, "--gate", gate).code == 0
    assert (older.attempt(OPEN, "G1")["status"], older.attempt(OPEN, "G2", 2)["status"]) == ("PASS", "PASS")
    assert older.record(OPEN)["schema_version"] == 1
    assert older.orch("run", "check").code == 0


def test_an_open_attempt_is_not_finished_by_another_contract(older: Repository) -> None:
    contract = older.root / "orchestration/gates/contracts/G1.contract.json"
    contract.write_text(contract.read_text("utf-8").replace('"quick": 1', '"quick": 0'), "utf-8")
    before = older.snapshot()
    assert older.orch("gate", "finish", "--run", OPEN, "--gate", "G1").code == 2
    assert older.snapshot() == before


@pytest.mark.slow
def test_a_run_goes_on_and_keeps_what_it_recorded(older: Repository) -> None:
    before = older.record(QUEUED)
    assert older.orch("gate", "start", "--run", QUEUED, "--gate", "G1", "--agent", "researcher").code == 0
    older.write("notes/water/SOURCES.md", "### Source 1\nBook\n### Source 2\nPaper\n")
    assert older.orch("gate", "finish", "--run", QUEUED, "--gate", "G1").code == 0
    after = older.record(QUEUED)
    assert list(after) == list(before)
    assert after["events"][:1] == before["events"]
    assert older.orch("run", "check").code == 0


def test_an_edited_file_of_an_attempt_is_damage(older: Repository) -> None:
    path = older.root / older.workspace.attempt_path(COMPLETED, "G1", 1)
    attempt = json.loads(path.read_text("utf-8"))
    path.write_text(json.dumps({**attempt, "status": "PASS"}, indent=2), "utf-8")
    assert older.orch("run", "show", "--run", COMPLETED).code == 4
