"""The summary of a run: what its head says, and when that is not enough."""

import os
from collections.abc import Callable

import pytest

from gate_tests.workspace.names import NEW_RECORD, Depth
from runner.models.context import Pins
from runner.models.run import Prompt, Run
from runner.models.status import RunStatus
from runner.storage.logs import write_log
from runner.storage.run_summary import RunSummary, read_summary
from runner.storage.store import Store
from tests.support.legacy_records import early_failed, write_original
from tests.support.repository import Repository
from tests.support.sample_run import LATER, RUN_ID, new_run

_WORKFLOW = new_run().workflow
RUNS: dict[str, Run] = {
    "new": new_run(),
    "completed": new_run()._replace(status=RunStatus.CANCELED, finished_at=LATER),
    "with a prompt": new_run()._replace(prompt=Prompt("topic.txt", "0" * 64)),
    "with variables": new_run()._replace(workflow=_WORKFLOW._replace(variables={"colour": "gr\u00fcn", "size": ""})),
    "deep": new_run()._replace(depth=Depth.DEEP),
    "with pins": new_run()._replace(pins=Pins("0" * 64, {f"G{number}": "0" * 64 for number in range(1, 20)})),
    "of orch 0.1.0": new_run()._replace(schema_version=1, pins=None, absent=frozenset({"pins"})),
}
ODD_RUNS: dict[str, Run] = {
    "a text with escapes": new_run()._replace(workflow=_WORKFLOW._replace(name='te"a')),
    "a head that is too long": new_run()._replace(workflow=_WORKFLOW._replace(version="1" * 5000)),
    "an unknown member of the workflow": new_run()._replace(workflow=_WORKFLOW._replace(extra={"team": "tea"})),
}


@pytest.fixture
def store(repository: Repository) -> Store:
    """A store without a run."""
    return Store(repository.workspace)


def read(store: Store, run_id: str = RUN_ID) -> RunSummary | None:
    runs = os.open(store.workspace.root / "orchestration/runs", os.O_RDONLY)
    try:
        return read_summary(runs, run_id)
    finally:
        os.close(runs)


@pytest.mark.parametrize("run", RUNS.values(), ids=RUNS.keys())
def test_the_summary_that_is_read_is_that_of_the_run(store: Store, run: Run) -> None:
    store.create(run)
    assert read(store) == RunSummary.from_run(run)


@pytest.mark.parametrize("run", ODD_RUNS.values(), ids=ODD_RUNS.keys())
def test_a_head_that_may_be_ours_but_is_not_usual_is_not_enough(store: Store, run: Run) -> None:
    store.create(run)
    assert read(store) is None
    assert RunSummary.from_run(store.read(RUN_ID)) == RunSummary.from_run(run)


def test_the_head_of_a_record_of_the_original_is_not_enough(store: Store, repository: Repository) -> None:
    assert read(store, write_original(repository, early_failed())) is None


DAMAGE: dict[str, Callable[[str], str]] = {
    "no end": lambda text: text[:-2],
    "nothing": lambda text: "",
    "an unknown status": lambda text: text.replace('"QUEUED"', '"QUEUE"', 1),
    "an impossible month": lambda text: text.replace("2026-11-22T", "2026-13-22T", 1),
    "another run": lambda text: text.replace("abc123", "abc124", 1),
    "a newer version": lambda text: text.replace('"schema_version": 2', '"schema_version": 3', 1),
}


@pytest.mark.parametrize("damage", DAMAGE.values(), ids=DAMAGE.keys())
def test_the_head_of_a_damaged_record_is_not_enough(store: Store, damage: Callable[[str], str]) -> None:
    store.create(new_run())
    path = store.workspace.root / store.workspace.record_path(RUN_ID)
    path.write_text(damage(path.read_text("utf-8")), "utf-8")
    assert read(store) is None


@pytest.mark.parametrize(("is_completed", "is_enough"), [(False, False), (True, True)])
def test_what_an_interrupted_command_left_matters_for_a_run_under_way(
    store: Store, is_completed: bool, is_enough: bool
) -> None:
    store.create(RUNS["completed"] if is_completed else RUNS["new"])
    record = store.workspace.root / store.workspace.record_path(RUN_ID)
    record.with_name(NEW_RECORD).touch()
    assert (read(store) is not None) is is_enough


def test_a_prompt_packet_and_an_agent_s_output_leave_the_head_enough(store: Store) -> None:
    store.create(new_run())
    for name in ("prompts/G1-attempt-1.txt", "agents/inv_1.txt"):
        write_log(store, RUN_ID, name, "tea")
        assert read(store) == RunSummary.from_run(new_run())


def test_a_directory_of_the_record_that_is_a_link_is_not_followed(store: Store) -> None:
    store.create(new_run())
    record = (store.workspace.root / store.workspace.record_path(RUN_ID)).parent
    record.rename(record.with_name("other"))
    record.symlink_to("other")
    assert read(store) is None


def test_a_link_in_place_of_the_record_is_not_followed(store: Store) -> None:
    store.create(new_run())
    path = store.workspace.root / store.workspace.record_path(RUN_ID)
    path.rename(path.with_name("other.json"))
    path.symlink_to("other.json")
    assert read(store) is None


def test_a_run_without_a_record_has_no_summary(store: Store) -> None:
    (store.workspace.root / "orchestration/runs").mkdir()
    assert read(store) is None
