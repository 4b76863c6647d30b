"""`orch doctor`: whether this installation is as it should be."""

import fcntl
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.altered import AlteredProgram
from tests.repository import BIN, Ended, Repository


def test_it_needs_no_repository_and_says_how_the_byte_code_stands(repository: Repository) -> None:
    shutil.rmtree(repository.root / "orchestration", ignore_errors=True)
    ended = repository.orch("doctor", "--json", env={"PYTHONDONTWRITEBYTECODE": ""})
    assert ended.code == 0
    told = ended.json["byte_code"]
    assert told["modules"] > 250
    assert 0 <= told["compiled"] <= told["modules"]


def test_it_tells_a_program_without_byte_code_from_one_that_has_it(repository: Repository, tmp_path: Path) -> None:
    program = AlteredProgram.make(tmp_path / "altered")
    program.alter(
        "runner/bytecode.py",
        '"click", "jsonschema", "markdown_it", "orjson", "pytest", "_pytest", "pytest_jsonreport",\n'
        '    "regex", "urllib3",',
        "",
    )
    doctor = (str(program.folder / "venv/bin/python"), "-I", "-B", "-m", "runner", "doctor")
    slow = repository.run(*doctor)
    assert slow.out.startswith("slow  0 of "), slow.err
    assert repository.run("sh", "-c", slow.out.splitlines()[-1].removeprefix("Next: ")).code == 0
    assert repository.run(*doctor).out.startswith("ok  ")


def levels(ended: Ended) -> dict[str, str]:
    """How each thing stands."""
    return {each["what"]: each["level"] for each in ended.json["findings"]}


@pytest.fixture
def sound(shipped: Repository) -> Repository:
    """A root in a git repository of its own, with `orch` first on PATH."""
    assert shipped.run("git", "init", "--quiet").code == 0
    return shipped


def doctor(repository: Repository, *before: str, **env: str) -> Ended:
    path = {"PATH": f"{BIN}:{os.environ['PATH']}"}
    return repository.orch(*before, "doctor", "--json", env={**path, **env})


def test_where_all_is_well_it_says_so(sound: Repository) -> None:
    before = sound.snapshot()
    ended = doctor(sound)
    found = levels(ended)
    assert ended.code == 0
    assert set(found) == {
        "versions", "orch", "pytest", "plugin", "packages", "shadow", "root", "records", "disk", "lock", "git",
        "ignored", "line ends", "clock",
    }  # fmt: skip
    assert {found[what] for what in set(found) - {"disk", "packages"}} == {"ok"}, ended.err
    assert sound.snapshot() == before


def shadow(repository: Repository) -> None:
    repository.write("runner/__init__.py", "")


def ignore(repository: Repository) -> None:
    repository.write(".gitignore", "RUN.json\n")


def change_line_ends(repository: Repository) -> None:
    repository.write("orchestration/.gitattributes", "* text=auto\n")


def start_in_the_future(repository: Repository) -> None:
    repository.write(repository.workspace.record_path("run_20991122T093000Z_tea_abc123"), "{")


def leave_git(repository: Repository) -> None:
    shutil.rmtree(repository.root / ".git")


@pytest.mark.parametrize(
    ("spoil", "what"),
    [
        (shadow, "shadow"),
        (ignore, "ignored"),
        (change_line_ends, "line ends"),
        (start_in_the_future, "clock"),
        (leave_git, "git"),
    ],
)
def test_what_may_surprise_is_warned_of_with_the_command_that_mends_it(
    sound: Repository, spoil: Callable[[Repository], None], what: str
) -> None:
    spoil(sound)
    ended = doctor(sound)
    (finding,) = (each for each in ended.json["findings"] if each["what"] == what)
    assert (ended.code, finding["level"]) == (0, "warn")
    assert finding["next"]
    assert f"Next: {finding['next']}" in ended.err


def test_a_root_that_is_none_is_bad_and_no_root_at_all_is_not(sound: Repository, tmp_path: Path) -> None:
    ended = doctor(sound, ORCH_ROOT=str(tmp_path / "nowhere"))
    assert (ended.code, levels(ended)["root"]) == (3, "bad")
    shutil.rmtree(sound.root / "orchestration")
    ended = doctor(sound)
    assert (ended.code, levels(ended)["root"]) == (0, "warn")


def test_a_folder_of_runs_that_is_none_is_bad(sound: Repository) -> None:
    shutil.rmtree(sound.root / "orchestration/runs")
    sound.write("orchestration/runs", "mine")
    ended = doctor(sound)
    assert (ended.code, levels(ended)["records"]) == (3, "bad")


def test_who_holds_a_lock_is_named(sound: Repository) -> None:
    run_id = sound.start_run()
    lock = sound.write(f"orchestration/runs/{run_id}/logs/.lock", f"{os.getpid()}\n")
    with open(lock, "rb") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        ended = doctor(sound)
    assert levels(ended)["lock"] == "warn"
    assert f"process {os.getpid()} holds the lock in orchestration/runs/{run_id}/logs" in ended.err


def test_a_program_of_another_environment_is_warned_of(sound: Repository, tmp_path: Path) -> None:
    other = tmp_path / "bin/orch"
    other.parent.mkdir()
    other.write_text("#!/bin/sh\n")
    other.chmod(0o755)
    ended = doctor(sound, PATH=f"{other.parent}:{BIN}:{os.environ['PATH']}")
    assert levels(ended)["orch"] == "warn"
    assert str(other) in ended.err
