"""No record is written through a planted link that leads out of the root."""

import shutil
from pathlib import Path

import pytest

from gate_tests.errors import DamagedRecord, OrchError, Refused
from runner.models.run import Run
from runner.repair.plan import find_repair_command, plan_repair
from runner.storage.locks import gate_lock
from runner.storage.logs import write_log
from runner.storage.store import Store
from tests.support.messages import pattern
from tests.support.repository import Repository
from tests.support.sample_run import RUN_ID, fail, finish, new_run, start

RUN = f"orchestration/runs/{RUN_ID}"


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


@pytest.mark.parametrize(
    "link", ["record", "record/gates", "record/gates/G1", "logs"], ids=["record", "gates", "a gate", "logs"]
)
def test_a_finish_through_a_planted_link_is_refused(
    store: Store, run: Run, shipped: Repository, outside: Path, link: str
) -> None:
    store.change(RUN_ID, start)
    plant(shipped, f"{RUN}/{link}", outside)
    before = contents(outside)
    with pytest.raises(OrchError, match=pattern("record-leaves-root")):
        store.change(RUN_ID, finish)
    assert contents(outside) == before


def test_the_refusal_names_the_link_and_how_to_be_rid_of_it(
    store: Store, run: Run, shipped: Repository, outside: Path
) -> None:
    plant(shipped, f"{RUN}/record/gates/G1", outside)
    with pytest.raises(Refused, match=pattern("record-leaves-root", path=f"{RUN}/record/gates/G1")) as caught:
        store.change(RUN_ID, fail)
    assert caught.value.next_command == f"rm {RUN}/record/gates/G1"


def test_a_run_directory_that_is_a_link_is_refused(store: Store, run: Run, shipped: Repository, outside: Path) -> None:
    plant(shipped, RUN, outside)
    before = contents(outside)
    with pytest.raises(OrchError, match=pattern("record-leaves-root")):
        store.change(RUN_ID, start)
    assert contents(outside) == before


def test_no_run_is_created_where_the_directory_of_runs_is_a_link(
    store: Store, shipped: Repository, outside: Path
) -> None:
    shutil.rmtree(shipped.root / "orchestration/runs")
    plant(shipped, "orchestration/runs", outside)
    with pytest.raises(Refused, match=pattern("record-leaves-root", path="orchestration/runs")):
        store.create(new_run())
    assert list(outside.iterdir()) == []


@pytest.mark.parametrize("link", ["logs", "logs/prompts"])
def test_no_log_is_written_through_a_planted_link(
    store: Store, run: Run, shipped: Repository, outside: Path, link: str
) -> None:
    plant(shipped, f"{RUN}/{link}", outside)
    with pytest.raises(Refused, match=pattern("record-leaves-root", path=f"{RUN}/{link}")):
        write_log(store, RUN_ID, "prompts/original.txt", "tea")
    assert not (outside / "original.txt").exists()
    assert not (outside / "prompts").exists()


def test_a_link_where_a_log_goes_is_replaced_and_never_followed(
    store: Store, run: Run, shipped: Repository, outside: Path
) -> None:
    (outside / "precious").write_text("mine")
    (shipped.root / RUN / "logs/packet.txt").symlink_to(outside / "precious")
    path = write_log(store, RUN_ID, "packet.txt", "tea")
    assert (outside / "precious").read_text() == "mine"
    assert not (shipped.root / path).is_symlink()
    assert (shipped.root / path).read_text() == "tea"


def test_a_link_in_place_of_run_json_is_never_written_through(
    store: Store, run: Run, shipped: Repository, outside: Path
) -> None:
    record = shipped.root / RUN / "record/RUN.json"
    content = record.read_bytes()
    (outside / "theirs.json").write_bytes(content)
    record.unlink()
    record.symlink_to(outside / "theirs.json")
    with pytest.raises(DamagedRecord, match=pattern("file-leaves-root", path=f"{RUN}/record/RUN.json")) as caught:
        store.change(RUN_ID, start)
    assert caught.value.next_command == f"orch run repair --run {RUN_ID}"
    assert find_repair_command(shipped.workspace, RUN_ID) == f"git checkout HEAD -- {RUN}/record/RUN.json"
    with pytest.raises(DamagedRecord, match=pattern("lost-head")):
        plan_repair(store, RUN_ID)
    assert (outside / "theirs.json").read_bytes() == content


def test_a_link_that_stays_below_the_root_is_no_harm(store: Store, run: Run, shipped: Repository) -> None:
    inside = shipped.root / "kept-logs"
    plant(shipped, f"{RUN}/logs", inside)
    write_log(store, RUN_ID, "packet.txt", "tea")
    assert (inside / "packet.txt").read_text() == "tea"


def test_the_locks_of_gates_are_not_made_through_a_planted_link(
    store: Store, run: Run, shipped: Repository, outside: Path
) -> None:
    plant(shipped, f"{RUN}/logs/gates", outside)
    refused = pattern("record-leaves-root", path=f"{RUN}/logs/gates")
    with pytest.raises(Refused, match=refused), gate_lock(store, RUN_ID, "G1"):
        pytest.fail("held")
    assert list(outside.iterdir()) == []
