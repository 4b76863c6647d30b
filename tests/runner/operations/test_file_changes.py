"""What a verdict depends on is looked at, cheaply, and a change is seen when it is over."""

import os
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from gate_tests.workspace.layout import Workspace
from runner.operations.file_changes import compare_snapshots, take_snapshot, wait_for_changes
from runner.operations.watch import find_watched_paths
from runner.storage.store import Store
from tests.support.repository import Repository


def workspace_of(root: Path, files: int = 3) -> Workspace:
    (root / "work/below").mkdir(parents=True)
    for number in range(files):
        (root / f"work/below/{number}.md").write_text("a")
    return Workspace(root)


CHANGES: dict[str, Callable[[Path], object]] = {
    "written": lambda below: (below / "0.md").write_text("longer"),
    "of the same size, written by a rename": lambda below: _rename(below),
    "new": lambda below: (below / "new.md").write_text("a"),
    "gone": lambda below: (below / "1.md").unlink(),
    "a new folder": lambda below: (below / "folder").mkdir(),
    "a file in place of a folder": lambda below: _file_for_folder(below),
}


def _rename(below: Path) -> None:
    old = (below / "0.md").stat()
    (below / "other").write_text("b")
    os.utime(below / "other", ns=(old.st_atime_ns, old.st_mtime_ns))
    (below / "other").rename(below / "0.md")


def _file_for_folder(below: Path) -> None:
    below.rename(below.with_name("away"))
    below.write_text("a file")


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES.keys())
def test_a_change_below_the_folder_is_seen(tmp_path: Path, change: Callable[[Path], object]) -> None:
    workspace = workspace_of(tmp_path)
    before = take_snapshot(workspace, ["work"])
    assert compare_snapshots(before, take_snapshot(workspace, ["work"])) == []
    change(tmp_path / "work/below")
    assert compare_snapshots(before, take_snapshot(workspace, ["work"]))


@pytest.mark.parametrize("name", [".0.md.swp", "0.md~", "4913", ".#0.md", "node_modules", ".git"])
def test_what_editors_and_tools_put_there_is_no_change(tmp_path: Path, name: str) -> None:
    workspace = workspace_of(tmp_path)
    before = take_snapshot(workspace, ["work"])
    (tmp_path / "work" / name).write_text("a")
    assert compare_snapshots(before, take_snapshot(workspace, ["work"])) == []


def test_files_that_appear_where_there_was_no_folder_are_seen(tmp_path: Path) -> None:
    before = take_snapshot(Workspace(tmp_path), ["work", "work/below/0.md"])
    workspace_of(tmp_path)
    assert "work/below/0.md" in compare_snapshots(
        before, take_snapshot(Workspace(tmp_path), ["work", "work/below/0.md"])
    )


@pytest.mark.slow
def test_several_files_written_one_after_the_other_are_one_change(tmp_path: Path) -> None:
    workspace = workspace_of(tmp_path)

    def write() -> None:
        for number in range(3):
            (tmp_path / f"work/below/{number}.md").write_text("changed")
            time.sleep(0.05)

    before = take_snapshot(workspace, ["work"])
    writer = threading.Thread(target=write)
    writer.start()
    assert wait_for_changes(workspace, ["work"], before) == [f"work/below/{number}.md" for number in range(3)]
    writer.join()


@pytest.mark.slow
def test_to_look_at_a_thousand_files_takes_less_than_two_hundredths_of_a_processor(tmp_path: Path) -> None:
    workspace = workspace_of(tmp_path, files=1000)
    before = take_snapshot(workspace, ["work"])
    waiting = threading.Thread(target=wait_for_changes, args=(workspace, ["work"], before), daemon=True)
    began_s, used_s = time.monotonic(), time.process_time()
    waiting.start()
    time.sleep(2)
    share = (time.process_time() - used_s) / (time.monotonic() - began_s)
    (tmp_path / "work/below/0.md").write_text("the end")
    waiting.join(10)
    assert not waiting.is_alive()
    assert share < 0.04, "twice what is promised, for other work may go on here"


def test_what_the_contract_names_is_watched_and_its_sources_are_by_their_folders(repository: Repository) -> None:
    repository.write_workflow("GT")
    repository.write("schema.json", "{}")
    repository.write_contract(
        required_outputs={"all_of": [{"path": "elsewhere/b.md"}]},
        validations=[
            {"type": "json_schema", "target": "{artifact_path}/a.json", "schema": "schema.json"},
            {"type": "quotes_resolve", "target": "{artifact_path}/a.md", "sources": ["texts/{slug}/**/*.md", "*.md"]},
            {"type": "min_sources_any_of", "targets": ["x.md", "y.md"], "thresholds": {"default": 1}},
        ],
    )  # fmt: skip
    run_id = repository.start_run(workflow="tests")
    watched = find_watched_paths(Store(repository.workspace), run_id, ["GT"])
    assert not watched.runs_programs
    assert set(watched.paths) >= {
        repository.workspace.record_path(run_id), repository.workspace.contract_path("GT"), "out/the-word-robot",
        "elsewhere/b.md", "schema.json", "texts/the-word-robot", "x.md", "y.md",
    }  # fmt: skip
    assert "" not in watched.paths


def test_of_a_broken_contract_it_is_the_contract_that_is_watched(repository: Repository) -> None:
    repository.write_workflow("GT")
    repository.write_contract(required_outputs={"all_of": [{"path": "b.md"}]})
    run_id = repository.start_run(workflow="tests")
    repository.write("orchestration/gates/contracts/GT.contract.json", "{")
    watched = find_watched_paths(Store(repository.workspace), run_id, ["GT"])
    assert repository.workspace.contract_path("GT") in watched.paths
    assert "b.md" not in watched.paths
