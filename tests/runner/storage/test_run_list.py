"""The list of runs: its order, its filter, and what it reads."""

import pytest

from gate_tests.errors import DamagedRecord, NotReadable, Refused
from runner.models.run import Run
from runner.models.status import RunStatus
from runner.storage.run_list import (
    RunFilter,
    UnreadableRun,
    check_status,
    list_runs,
    parse_since,
)
from runner.storage.run_summary import RunSummary
from runner.storage.store import Store
from tests.support.repository import Repository
from tests.support.sample_run import LATER, RUN_ID, new_run

NOW = "2026-11-22T12:00:00.000Z"
EVERY_RUN = RunFilter()
SUMMARY = RunSummary.from_run(new_run())
DAMAGED = UnreadableRun(RUN_ID, DamagedRecord("broken"))


@pytest.fixture
def store(repository: Repository) -> Store:
    """A store without a run."""
    return Store(repository.workspace)


def create(store: Store, started_at: str, token: str = "abc123", *, finished: bool = False) -> str:
    compact = started_at[:19].replace("-", "").replace(":", "")
    run = new_run()._replace(run_id=f"run_{compact}Z_tea_{token}", started_at=started_at)
    store.create(run._replace(status=RunStatus.FAILED, finished_at=LATER) if finished else run)
    return run.run_id


def ids(store: Store, run_filter: RunFilter = EVERY_RUN) -> list[str]:
    return [listed.run_id for listed in list_runs(store.workspace, store.read, run_filter)]


def test_runs_are_listed_newest_first_within_a_second_by_their_start(store: Store) -> None:
    day_before = create(store, "2026-11-21T09:30:00.000Z")
    last = create(store, "2026-11-22T09:30:00.900Z", "aaaaaa")
    first = create(store, "2026-11-22T09:30:00.100Z", "zzzzzz")
    assert ids(store) == [last, first, day_before]


def test_the_limit_counts_the_runs_that_match(store: Store) -> None:
    create(store, "2026-11-22T09:30:00.000Z")
    finished = [create(store, f"2026-11-{day}T09:30:00.000Z", finished=True) for day in (21, 20, 19)]
    assert ids(store, RunFilter(status="FAILED", limit=2)) == finished[:2]


def test_runs_that_are_older_than_since_are_not_read(store: Store) -> None:
    create(store, "2026-11-20T09:30:00.000Z")
    recent = create(store, "2026-11-22T09:30:00.000Z")
    assert ids(store, RunFilter(since=parse_since("1d", NOW))) == [recent]


def test_a_run_whose_summary_can_be_read_is_not_read_completely(store: Store) -> None:
    def refuse(run_id: str) -> Run:
        pytest.fail(f"{run_id} was read")

    run_id = create(store, "2026-11-22T09:30:00.000Z")
    (listed,) = list_runs(store.workspace, refuse, RunFilter())
    assert listed == RunSummary.from_run(store.read(run_id))


def test_a_run_that_cannot_be_read_is_listed_with_its_error(store: Store, repository: Repository) -> None:
    run_id = create(store, "2026-11-22T09:30:00.000Z")
    repository.write(repository.workspace.record_path(run_id), "{")
    (listed,) = list_runs(store.workspace, store.read, RunFilter())
    assert isinstance(listed, UnreadableRun)
    assert listed.to_json().items() >= {"run_id": run_id, "status": "DAMAGED", "slug": None}.items()
    assert "invalid JSON: " in listed.to_json()["error"]


def test_without_a_directory_of_runs_the_list_is_empty(store: Store) -> None:
    assert ids(store) == []


def test_a_run_that_the_system_does_not_let_us_read_is_unreadable_not_damaged() -> None:
    assert UnreadableRun(RUN_ID, NotReadable("not allowed")).status == "UNREADABLE"
    assert DAMAGED.status == "DAMAGED"


@pytest.mark.parametrize(
    ("run_filter", "summary_matches", "damaged_matches"),
    [
        (RunFilter(), True, True),
        (RunFilter(status="QUEUED"), True, False),
        (RunFilter(status="DAMAGED"), False, True),
        (RunFilter(workflow="tests"), True, False),
        (RunFilter(workflow="others"), False, False),
        (RunFilter(status="QUEUED", workflow="others"), False, False),
    ],
)
def test_a_filter_matches_by_status_and_workflow(
    run_filter: RunFilter, summary_matches: bool, damaged_matches: bool
) -> None:
    assert (run_filter.matches(SUMMARY), run_filter.matches(DAMAGED)) == (summary_matches, damaged_matches)


@pytest.mark.parametrize(
    ("text", "second"),
    [
        ("2026-11-21", "20261121T000000"),
        ("2026-11-21T09:30", "20261121T093000"),
        ("2026-11-21T09:30+02:00", "20261121T073000"),
        ("90m", "20261122T103000"),
        ("12h", "20261122T000000"),
        ("3d", "20261119T120000"),
        ("2w", "20261108T120000"),
    ],
)
def test_since_is_a_date_a_time_or_an_age(text: str, second: str) -> None:
    assert parse_since(text, NOW) == second


@pytest.mark.parametrize("text", ["", "yesterday", "3y", "2026-13-01", "999999w", "-1d"])
def test_what_is_no_time_is_refused(text: str) -> None:
    with pytest.raises(Refused, match=r"invalid time .*: expected a date"):
        parse_since(text, NOW)


def test_an_unknown_status_is_refused_with_the_one_that_was_meant() -> None:
    assert [check_status(each) for each in ("UNREADABLE", "failed", "Passed")] == ["UNREADABLE", "FAILED", "PASSED"]
    with pytest.raises(Refused, match=r"unknown status 'faild', did you mean 'FAILED'\?"):
        check_status("faild")
