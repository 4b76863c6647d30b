"""`orch demo`: three gates for a newcomer, one failing first, and the record it wrote."""

import json
import re
from pathlib import Path

import pytest

from tests.support.messages import message
from tests.support.repository import Ended, Repository

pytestmark = pytest.mark.slow  # README's first block runs the demo


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> tuple[Ended, Repository]:
    """The demo, played once in a folder of its own, and that folder."""
    folder = tmp_path_factory.mktemp("demo")
    return Repository(folder).orch("demo", "--directory", str(folder / "scratch")), Repository(folder / "scratch")


def test_the_demo_ends_well(demo: tuple[Ended, Repository]) -> None:
    ended, _ = demo
    assert ended.code == 0, ended.err
    assert ended.err == ""


def test_one_gate_fails_first_and_then_all_three_pass(demo: tuple[Ended, Repository]) -> None:
    _, scratch = demo
    (run_id,) = scratch.workspace.runs()
    record = scratch.record(run_id)
    told = [[attempt["status"] for attempt in gate["attempts"]] for gate in record["gates"]]
    assert told == [["PASS"], ["FAIL", "PASS"], ["PASS"]]
    assert record["status"] == "PASSED"
    assert record["finished_at"]


def test_it_shows_every_command_it_runs_and_what_pytest_printed(demo: tuple[Ended, Repository]) -> None:
    out = demo[0].out
    commands = re.findall(r"^\$ orch (\S+(?: \S+)?)", out, re.MULTILINE)
    assert commands[:2] == ["init", "run start"]
    assert commands.count("gate finish") == 4
    assert commands[-2:] == ["contract test", "run complete"]
    assert re.search(r"=+ 1 failed, 24 passed in ", out)
    assert re.search(r"=+ 25 passed in ", out)
    assert out.index("\nFAIL  G2") < out.index("\nPASS  G2") < out.index("# The record")
    assert f"\n{message('every-check-can-fail')}\n" in out


def test_it_fits_on_a_few_screens(demo: tuple[Ended, Repository]) -> None:
    assert len(demo[0].out.splitlines()) < 60


def test_it_says_where_the_record_lies_and_what_to_look_at(demo: tuple[Ended, Repository]) -> None:
    ended, scratch = demo
    (run_id,) = scratch.workspace.runs()
    *_, directory, run, attempt, last = ended.out.splitlines()
    assert directory.strip() == f"{scratch.workspace.run_path(run_id)}/record/"
    for line in (run, attempt):
        assert (scratch.root / directory.strip() / line.split()[0]).is_file()
    assert last.startswith(f"Next: orch -C {scratch.root} run show ")
    assert Repository(scratch.root.parent).orch(*last.split()[2:]).code == 0


@pytest.mark.slow
def test_with_v_it_prints_all_that_its_commands_print(repository: Repository, tmp_path: Path) -> None:
    out = repository.orch("demo", "-v", "--directory", str(tmp_path / "scratch")).out
    emptied = out.partition("\noutput ")[2].partition("\nevery tested")[0].splitlines()[1:]
    assert [line.split()[1:] for line in emptied] == [["killed", "killed"]] * 6
    assert emptied[0].split()[0].endswith("/CITATIONS.md")
    assert out.count("\n  sha256  ") >= 14


@pytest.mark.slow
def test_without_a_folder_it_plays_in_a_new_one_and_says_which(repository: Repository, tmp_path: Path) -> None:
    before = sorted(repository.root.rglob("*"))
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    ended = repository.installed_orch("demo", "--json", env={"TMPDIR": str(scratch)})
    assert ended.code == 0, ended.err
    story = ended.json
    assert Path(story["directory"]).parent == scratch
    assert {step["exit_code"] for step in story["steps"]} == {0, 1}
    assert [step["exit_code"] for step in story["steps"]].count(1) == 1
    printed = {step["command"]: step["output"] for step in story["steps"]}
    assert message("every-check-can-fail") in printed["orch contract test G2"]
    assert all(line.isprintable() for lines in printed.values() for line in lines)
    assert sorted(repository.root.rglob("*")) == before
    assert json.loads((Repository(Path(story["directory"])).root / _record(story)).read_text("utf-8"))


def _record(story: dict[str, str]) -> str:
    return f"orchestration/runs/{story['run_id']}/record/RUN.json"


@pytest.mark.slow
def test_a_root_that_the_surroundings_name_is_left_alone(shipped: Repository, tmp_path: Path) -> None:
    before = shipped.snapshot()
    ended = shipped.orch("demo", "--directory", str(tmp_path / "new"), env={"ORCH_ROOT": str(shipped.root)})
    assert ended.code == 0
    assert shipped.snapshot() == before


@pytest.mark.parametrize("what", ["a full folder", "a file"])
def test_it_wants_an_empty_folder_of_its_own(repository: Repository, tmp_path: Path, what: str) -> None:
    full = tmp_path / "full"
    full.mkdir()
    (full / "mine.txt").write_text("mine")
    named = full if what == "a full folder" else full / "mine.txt"
    ended = repository.orch("demo", "--directory", str(named))
    assert ended.code == 2, ended.err
    assert ended.err == f"orch: {named} is not an empty directory\nNext: orch demo\n"
    assert [path.name for path in full.iterdir()] == ["mine.txt"]
