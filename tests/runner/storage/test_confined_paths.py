"""No record is read or written through a planted link, wherever it leads."""

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from gate_tests.errors import DamagedRecord, NotWritten, Refused
from runner.models.run import Run
from runner.repair.plan import find_repair_command, plan_repair
from runner.storage.locks import agent_lock, gate_lock
from runner.storage.logs import write_log
from runner.storage.store import Store
from tests.support.messages import message, pattern
from tests.support.repository import Repository
from tests.support.sample_run import RUN_ID, finish, new_run, start

RUNS = "orchestration/runs"
RUN = f"{RUNS}/{RUN_ID}"


@pytest.fixture
def outside(tmp_path: Path) -> Path:
    """A directory outside of the root."""
    folder = tmp_path / "outside"
    folder.mkdir()
    return folder


def plant(repository: Repository, path: str, target: Path) -> None:
    """Replace `path` by a link to `target`, where its content is moved."""
    place = repository.root / path
    if place.exists():
        shutil.copytree(place, target, dirs_exist_ok=True)
        shutil.rmtree(place)
    place.parent.mkdir(parents=True, exist_ok=True)
    place.symlink_to(target)


def contents(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


OTHER = RUN_ID.replace("abc123", "zzz999")


def plant_outside(shipped: Repository, link: str) -> Path:
    return plant_elsewhere(shipped, link, shipped.root.parent / "outside")


def plant_inside(shipped: Repository, link: str) -> Path:
    return plant_elsewhere(shipped, link, shipped.root / "src")


def plant_elsewhere(shipped: Repository, link: str, target: Path) -> Path:
    target.mkdir(exist_ok=True)
    plant(shipped, link, target)
    return target


def plant_to_another_run(shipped: Repository, link: str) -> Path:
    target = shipped.root / link.replace(RUN_ID, OTHER)
    target.mkdir(parents=True, exist_ok=True)
    if (shipped.root / link).exists():
        shutil.rmtree(shipped.root / link)
    (shipped.root / link).parent.mkdir(parents=True, exist_ok=True)
    (shipped.root / link).symlink_to(target)
    return target


def plant_dangling(shipped: Repository, link: str) -> Path:
    return plant_to(shipped, link, "nowhere")


def plant_loop(shipped: Repository, link: str) -> Path:
    return plant_to(shipped, link, Path(link).name)


def plant_to(shipped: Repository, link: str, target: str) -> Path:
    path = shipped.root / link
    if path.exists():
        shutil.rmtree(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.symlink_to(target)
    return path.parent / "nowhere"


LINKS = {
    "out of the root": plant_outside,
    "inside the root": plant_inside,
    "to another run": plant_to_another_run,
    "dangling": plant_dangling,
    "to itself": plant_loop,
}
EVERY_LINK = pytest.mark.parametrize("make_link", LINKS.values(), ids=LINKS.keys())


@pytest.mark.quick("inside the root-a gate", "to another run-a gate")
@pytest.mark.parametrize("link", ["record", "record/gates", "record/gates/G1"], ids=["record", "gates", "a gate"])
@EVERY_LINK
def test_a_finish_through_a_planted_link_is_refused(
    store: Store, run: Run, shipped: Repository, link: str, make_link: Callable[[Repository, str], Path]
) -> None:
    store.create(new_run()._replace(run_id=OTHER))
    for run_id in (RUN_ID, OTHER):
        store.change(run_id, start)
    target = make_link(shipped, f"{RUN}/{link}")
    before, other = contents(target), store.read(OTHER)
    with pytest.raises(Refused, match=pattern("is-symlink", path=f"{RUN}/{link}")) as caught:
        store.change(RUN_ID, finish)
    assert caught.value.next_command == f"ls -ld {RUN}/{link}"
    assert (contents(target), store.read(OTHER)) == (before, other)


@EVERY_LINK
def test_a_run_directory_that_is_a_link_is_refused(
    store: Store, run: Run, shipped: Repository, make_link: Callable[[Repository, str], Path]
) -> None:
    store.create(new_run()._replace(run_id=OTHER))
    target = make_link(shipped, RUN)
    before = contents(target)
    with pytest.raises(Refused, match=pattern("is-symlink", path=RUN)):
        store.change(RUN_ID, start)
    assert contents(target) == before


def test_a_directory_that_becomes_a_link_after_it_was_checked_is_not_written_through(
    store: Store, run: Run, shipped: Repository
) -> None:
    store.change(RUN_ID, start)

    def swap(run: Run) -> Run:
        (shipped.root / "src").mkdir()
        (shipped.root / RUN / "record/gates").symlink_to(shipped.root / "src")
        return finish(run)

    with pytest.raises(Refused, match=pattern("is-symlink", path=f"{RUN}/record/gates")):
        store.change(RUN_ID, swap)
    assert contents(shipped.root / "src") == {}


def test_a_directory_that_becomes_a_link_after_it_was_opened_is_not_written_through(
    store: Store, run: Run, shipped: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    store.change(RUN_ID, start)
    link, gates = os.link, shipped.root / RUN / "record/gates"

    def swap_then_link(*names: str, **directories: int) -> None:
        gates.rename(gates.with_name("moved"))
        gates.symlink_to(shipped.root / "src")
        link(*names, **directories)  # type: ignore[arg-type]

    (shipped.root / "src/G1").mkdir(parents=True)
    monkeypatch.setattr(os, "link", swap_then_link)
    with pytest.raises(NotWritten, match=pattern("not-in-place", path=f"{RUN}/record/gates/G1")):
        store.change(RUN_ID, finish)
    assert contents(shipped.root / "src") == {}
    assert [path.name for path in gates.with_name("moved").rglob("*.json")] == ["attempt-1.json"]
    gates.unlink()
    assert store.read(RUN_ID).gate("G1").open_attempt


@pytest.mark.quick("*")
@pytest.mark.parametrize("change", [start, finish], ids=["an event", "an attempt"])
@pytest.mark.parametrize("moved", [RUN, f"{RUN}/record"], ids=["the run", "its record"])
def test_a_record_that_is_moved_away_and_linked_is_not_written_there(
    store: Store, run: Run, shipped: Repository, outside: Path, change: Callable[[Run], Run], moved: str
) -> None:
    if change is finish:
        store.change(RUN_ID, start)

    def move_and_link(run: Run) -> Run:
        (shipped.root / moved).rename(outside / "theirs")
        (shipped.root / moved).symlink_to(outside / "theirs")
        return change(run)

    before = (shipped.root / RUN / "record/RUN.json").read_bytes()
    with pytest.raises(Refused, match=pattern("is-symlink", path=moved)):
        store.change(RUN_ID, move_and_link)
    files = [path for path in outside.rglob("*") if path.is_file()]
    assert [(path.name, path.read_bytes()) for path in files] == [("RUN.json", before)]


def test_no_run_is_created_where_the_directory_of_runs_is_a_link(
    store: Store, shipped: Repository, outside: Path
) -> None:
    shutil.rmtree(shipped.root / "orchestration/runs")
    plant(shipped, "orchestration/runs", outside)
    with pytest.raises(Refused, match=pattern("record-leaves-root", path="orchestration/runs")):
        store.create(new_run())
    assert list(outside.iterdir()) == []


@pytest.mark.parametrize("link", ["logs", "logs/prompts"])
@EVERY_LINK
def test_no_log_is_written_through_a_planted_link(
    store: Store, run: Run, shipped: Repository, link: str, make_link: Callable[[Repository, str], Path]
) -> None:
    target = make_link(shipped, f"{RUN}/{link}")
    with pytest.raises(Refused, match=pattern("is-symlink", path=f"{RUN}/{link}")):
        write_log(store, RUN_ID, "prompts/original.txt", "tea")
    assert contents(target) == {}


@EVERY_LINK
def test_what_is_in_place_of_the_logs_does_not_concern_the_record(
    store: Store, run: Run, shipped: Repository, make_link: Callable[[Repository, str], Path]
) -> None:
    store.change(RUN_ID, start)
    target = make_link(shipped, f"{RUN}/logs")
    with gate_lock(store, RUN_ID, "G1"), agent_lock(store, RUN_ID):
        assert store.change(RUN_ID, finish).gate("G1").has_passed
    assert contents(target) == {}


def test_a_link_where_a_log_goes_is_replaced_and_never_followed(
    store: Store, run: Run, shipped: Repository, outside: Path
) -> None:
    (outside / "precious").write_text("mine")
    (shipped.root / RUN / "logs/packet.txt").symlink_to(outside / "precious")
    path = write_log(store, RUN_ID, "packet.txt", "tea")
    assert (outside / "precious").read_text() == "mine"
    assert not (shipped.root / path).is_symlink()
    assert (shipped.root / path).read_text() == "tea"


@pytest.mark.parametrize("folder", ["outside", "repo/kept"], ids=["out of the root", "inside the root"])
def test_a_link_in_place_of_run_json_is_neither_read_nor_written_through(
    store: Store, run: Run, shipped: Repository, folder: str
) -> None:
    record = shipped.commit().root / RUN / "record/RUN.json"
    content, theirs = record.read_bytes(), shipped.root.parent / folder / "theirs.json"
    theirs.parent.mkdir()
    theirs.write_bytes(content)
    record.unlink()
    record.symlink_to(theirs)
    with pytest.raises(DamagedRecord, match=pattern("is-symlink", path=f"{RUN}/record/RUN.json")) as caught:
        store.change(RUN_ID, start)
    assert caught.value.next_command == f"orch run repair --run {RUN_ID}"
    assert find_repair_command(shipped.workspace, RUN_ID) == f"git checkout HEAD -- {RUN}/record/RUN.json"
    with pytest.raises(DamagedRecord, match=pattern("lost-head")):
        plan_repair(store, RUN_ID)
    assert theirs.read_bytes() == content


def test_the_file_of_an_attempt_that_is_a_link_is_damage(store: Store, run: Run, shipped: Repository) -> None:
    store.change(RUN_ID, lambda run: finish(start(run)))
    file = shipped.root / shipped.workspace.attempt_path(RUN_ID, "G1", 1)
    file.rename(shipped.root / "kept.json")
    file.symlink_to(shipped.root / "kept.json")
    with pytest.raises(DamagedRecord, match=pattern("is-symlink")):
        store.read(RUN_ID)


@pytest.mark.parametrize("link", ["orchestration/runs", "orchestration"])
def test_the_directories_above_a_run_may_be_links_inside_the_root(
    store: Store, run: Run, shipped: Repository, link: str
) -> None:
    plant(shipped, link, shipped.root / "big-disk")
    with gate_lock(store, RUN_ID, "G1"), agent_lock(store, RUN_ID):
        store.change(RUN_ID, lambda run: finish(start(run)))
    write_log(store, RUN_ID, "packet.txt", "tea")
    store.create(new_run()._replace(run_id=OTHER))
    assert store.read(RUN_ID).gate("G1").has_passed
    written = {path.parent.parent.name for path in (shipped.root / "big-disk").rglob("RUN.json")}
    assert written == {RUN_ID, OTHER}


def test_a_hard_link_of_a_record_is_replaced_and_what_it_shares_with_stays(
    store: Store, run: Run, shipped: Repository
) -> None:
    record = shipped.root / RUN / "record/RUN.json"
    os.link(record, shipped.root / "copy.json")
    before = record.read_bytes()
    store.change(RUN_ID, start)
    assert (shipped.root / "copy.json").read_bytes() == before != record.read_bytes()


@pytest.mark.parametrize("path", ["orchestration/runs", "orchestration"])
def test_a_directory_above_a_run_that_cannot_be_opened_is_named_by_its_path(
    store: Store, run: Run, shipped: Repository, path: str
) -> None:
    shutil.rmtree(shipped.root / path)
    (shipped.root / path).write_text("in the way")
    with pytest.raises(NotWritten, match=f"^{pattern('could-not-be-written', path=RUNS, reason='Not a directory')}"):
        store.create(new_run())


@pytest.mark.slow
@pytest.mark.parametrize("link", [RUN, f"{RUN}/record"], ids=["the run", "its record"])
def test_pytest_reads_no_run_through_a_link_either(shipped: Repository, run: Run, link: str) -> None:
    command = ("-p", "no:cacheprovider", "-q", "--gate", "G1", "--run", RUN_ID)
    assert shipped.pytest(*command).code == 1  # it is judged, and there is no work yet
    plant_inside(shipped, link)
    ended = shipped.pytest(*command)
    assert ended.code == 4
    assert message("is-symlink", path=link) in ended.out + ended.err
