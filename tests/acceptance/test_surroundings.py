"""Whatever stands around the work, the verdict is that of the work, and nothing but the record is left behind."""

import sys
from hashlib import sha256
from pathlib import Path

import pytest

from gate_tests.compiler.gate import compile_gate
from gate_tests.compiler.loader import load_contract
from tests.support.hostile_environments import SURROUNDINGS, Start, Surrounding, canary
from tests.support.repository import BIN, Repository
from tests.support.trial import GATE, Prepared, Trial, Work, try_out

# The first of each family at once, the others with the slow tests.
FIRST_OF_FAMILY = {each.family: each for each in reversed(SURROUNDINGS)}
everywhere = pytest.mark.parametrize(
    "surrounding",
    [
        pytest.param(each, id=str(each), marks=() if each is FIRST_OF_FAMILY[each.family] else pytest.mark.slow)
        for each in SURROUNDINGS
    ],
)


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Prepared:
    """A repository with an open attempt."""
    return Prepared.make(tmp_path_factory.mktemp("prepared") / "repo")


def compiled_ids(trial: Trial) -> list[str]:
    workspace = trial.repository.workspace
    compiled = compile_gate(workspace, load_contract(workspace, GATE), trial.repository.context())
    return [check.id for check in compiled.checks]


def counted(trial: Trial) -> tuple[int, int, bool]:
    (row,) = (row for row in trial.attempt["validations"] if row["type"] == "min_sources")
    return row["count"], row["threshold"], row["pass"]


@pytest.mark.slow
@everywhere
def test_bad_work_fails(surrounding: Surrounding, prepared: Prepared, tmp_path: Path) -> None:
    trial = try_out(surrounding, prepared, tmp_path, Work.BAD, "finish")
    assert (trial.ended.code, trial.status) == (1, "FAIL"), trial.ended
    assert counted(trial) == (7, 8, False)
    assert "7 of 8" in trial.attempt["failure_reason"]
    assert trial.changed == ()


@pytest.mark.slow
@everywhere
def test_good_work_passes(surrounding: Surrounding, prepared: Prepared, tmp_path: Path) -> None:
    trial = try_out(surrounding, prepared, tmp_path, Work.GOOD, "finish")
    assert (trial.ended.code, trial.status) == (0, "PASS"), trial.ended
    assert counted(trial) == (8, 8, True)
    assert [row["id"] for row in trial.attempt["validations"]] == compiled_ids(trial)
    hashes = {artifact["resolved_path"]: artifact["sha256"] for artifact in trial.attempt["artifacts"]}
    assert len(hashes) == 6
    assert hashes == {path: sha256((trial.repository.root / path).read_bytes()).hexdigest() for path in hashes}
    assert trial.changed == ()


@pytest.mark.slow
@everywhere
def test_a_check_says_the_same_and_leaves_nothing(surrounding: Surrounding, prepared: Prepared, tmp_path: Path) -> None:
    for work, code in ((Work.BAD, 1), (Work.GOOD, 0)):
        (tmp_path / work.name).mkdir()
        trial = try_out(surrounding, prepared, tmp_path / work.name, work, "check")
        assert (trial.ended.code, trial.status) == (code, "RUNNING"), trial.ended
        assert trial.changed == ()


@pytest.mark.slow
@pytest.mark.parametrize("surrounding", SURROUNDINGS, ids=str)
def test_workers_of_xdist_are_sealed_off_as_well(surrounding: Surrounding, prepared: Prepared, tmp_path: Path) -> None:
    for work, code in ((Work.BAD, 1), (Work.GOOD, 0)):
        (tmp_path / work.name).mkdir()
        trial = try_out(surrounding, prepared, tmp_path / work.name, work, "check", "-n", "2")
        assert (trial.ended.code, trial.changed) == (code, ()), trial.ended


# What is planted is no scarecrow

PYTEST = (str(BIN / "pytest"), "--co", "-q")
UNGUARDED = {
    "conftest.py: drops items": PYTEST,
    "plugin: drops items": ("{venv}", "-m", "pytest", "--co", "-q"),
    "environment: PYTEST_PLUGINS with a planted plugin": PYTEST,
    "modules: in the folder": (sys.executable, "-c", "import json"),
    "modules: on PYTHONPATH": (sys.executable, "-c", "import json"),
    "modules: on PYTHONPATH, early ones too (-I)": (str(BIN / "orch"), "--version"),  # Python is quicker than we are
    "programs: in a folder of the root": (sys.executable, "-c", "import platform; platform.platform()"),
    "programs: in a relative folder": (sys.executable, "-c", "import ctypes.util; ctypes.util.find_library('nothing')"),
    "git: in the folder": ("sh", "-c", "git status"),
    "git: filters, hooks and monitor": ("git", "status"),
}


@pytest.mark.slow
@pytest.mark.parametrize(("name", "command"), UNGUARDED.items(), ids=UNGUARDED.keys())
def test_what_is_planted_runs_where_nothing_keeps_it_out(
    name: str, command: tuple[str, ...], prepared: Prepared, tmp_path: Path
) -> None:
    (surrounding,) = (each for each in SURROUNDINGS if str(each) == name)
    start = surrounding.plant(prepared.copy(tmp_path, Work.GOOD))
    assert not canary(start.repository).exists()
    program = [part.format(venv=start.command[0]) for part in command]
    start.repository.run(*program, env=dict(start.environment))
    assert canary(start.repository).exists()


def test_a_shell_may_still_complete(prepared: Prepared) -> None:
    ended = prepared.repository.orch(
        env={"_ORCH_COMPLETE": "bash_complete", "COMP_WORDS": "orch ga", "COMP_CWORD": "1"}
    )
    assert (ended.code, ended.out) == (0, "plain,gate\n")


def test_a_trial_sees_what_is_left_behind_and_what_was_changed(prepared: Prepared, tmp_path: Path) -> None:
    def plant(repository: Repository) -> Start:
        for path in ("changed", "removed"):
            repository.write(path, "one")
        return Start(repository, ("sh", "-c", "mkdir .cache; touch ../it-ran; echo two >changed; rm removed"))

    trial = try_out(Surrounding("none", "none", plant), prepared, tmp_path, Work.GOOD, "finish")
    assert trial.changed == ("it-ran", "repo/.cache", "repo/changed", "repo/removed")


def test_a_trial_of_a_check_sees_a_change_in_the_run_too(prepared: Prepared, tmp_path: Path) -> None:
    record = prepared.repository.workspace.record_path(prepared.run_id)

    def plant(repository: Repository) -> Start:
        return Start(repository, ("sh", "-c", f"echo >>{record}"))

    surrounding = Surrounding("none", "none", plant)
    (tmp_path / "finish").mkdir()
    (tmp_path / "check").mkdir()
    assert try_out(surrounding, prepared, tmp_path / "finish", Work.GOOD, "finish").changed == ()
    assert try_out(surrounding, prepared, tmp_path / "check", Work.GOOD, "check").changed == (f"repo/{record}",)
