"""A run is named by its id or a prefix of it, its slug, the path of its directory, or as `latest`."""

import json
import os
from pathlib import Path

import pytest

from gate_tests.errors import Refused
from gate_tests.workspace.find_run import (
    describe_run,
    describe_runs,
    find_slug,
    resolve_environment_run,
    resolve_run_id,
)
from gate_tests.workspace.layout import Workspace
from tests.support.messages import meant, message, pattern
from tests.support.repository import Repository

OLD = "run_20261121T093000Z_tea_abc123"
FIRST = "run_20261122T093000Z_tea_zzz999"
SECOND = "run_20261122T093000Z_coffee_abc123"
VARIANT = "run_20261020T093000123Z_cake--iced_abc123"


def write_run(repository: Repository, run_id: str, started_at: str, finished_at: str | None = None) -> None:
    record = {"run_id": run_id, "status": "RUNNING", "started_at": started_at, "finished_at": finished_at}
    repository.write(repository.workspace.record_path(run_id), json.dumps(record))


@pytest.fixture
def runs(repository: Repository) -> Workspace:
    """Four runs, two of them started within a second: the one whose id sorts first is the newer."""
    write_run(repository, VARIANT, "2026-10-20T09:30:00.123Z")
    for run_id, moment in ((OLD, "21T09:30:00.000"), (FIRST, "22T09:30:00.100"), (SECOND, "22T09:30:00.900")):
        write_run(repository, run_id, f"2026-11-{moment}Z")
    return repository.workspace


@pytest.mark.parametrize(
    ("named", "run_id"),
    [
        pytest.param(OLD, OLD, id="its id"),
        pytest.param(OLD[:-1], OLD, id="all but the end"),
        pytest.param("run_20261121", OLD, id="the day"),
        pytest.param("run_20261122T093000Z_c", SECOND, id="the beginning of the slug"),
        pytest.param("latest", SECOND, id="the newest, within a second by its start"),
        pytest.param("run_20991122T093000Z_tea_abc123", "run_20991122T093000Z_tea_abc123", id="an id of no run"),
        pytest.param("coffee", SECOND, id="its slug"),
        pytest.param("cake", VARIANT, id="its slug without the variant"),
        pytest.param("cake--iced", VARIANT, id="its slug with the variant"),
        pytest.param(f" {OLD}\n", OLD, id="with white space around"),
        pytest.param(" latest ", SECOND, id="latest with white space around"),
    ],
)
def test_the_whole_id_is_found(runs: Workspace, named: str, run_id: str) -> None:
    assert resolve_run_id(runs, named) == run_id


PATHS = {
    "its directory": f"orchestration/runs/{OLD}",
    "with a slash at the end": f"orchestration/runs/{OLD}/",
    "with a dot": f"./orchestration/runs/{OLD}",
    "its record": f"orchestration/runs/{OLD}/record/RUN.json",
    "a file that does not exist": f"orchestration/runs/{OLD}/record/gates/G1/attempt-9.json",
}


@pytest.mark.parametrize("path", PATHS.values(), ids=PATHS.keys())
def test_a_path_may_be_absolute_or_relative_to_the_root(runs: Workspace, path: str) -> None:
    assert resolve_run_id(runs, path) == OLD
    assert resolve_run_id(runs, str(runs.root / path)) == OLD


@pytest.mark.parametrize(
    ("directory", "path"),
    [
        ("orchestration", f"runs/{OLD}"),
        ("orchestration/runs", f"{OLD}/"),
        ("src", f"../orchestration/runs/{OLD}/record"),
        ("src", f"orchestration/runs/{OLD}"),
        (f"orchestration/runs/{OLD}/record", "."),
        (f"orchestration/runs/{OLD}/record", "RUN.json"),
    ],
)
def test_a_path_is_relative_to_the_current_directory(
    runs: Workspace, monkeypatch: pytest.MonkeyPatch, directory: str, path: str
) -> None:
    (runs.root / directory).mkdir(exist_ok=True)
    monkeypatch.chdir(runs.root / directory)
    assert resolve_run_id(runs, path) == OLD


def test_a_path_may_lead_through_symlinks(runs: Workspace, tmp_path: Path) -> None:
    link = tmp_path / "link"
    link.symlink_to(runs.root)
    assert resolve_run_id(runs, f"{link}/orchestration/runs/{OLD}") == OLD
    assert resolve_run_id(Workspace(link), str(runs.root / "orchestration/runs" / OLD)) == OLD


def test_a_run_of_another_root_is_none_of_this_one(runs: Workspace, tmp_path: Path) -> None:
    other = tmp_path / "other/orchestration/runs" / OLD
    other.mkdir(parents=True)
    with pytest.raises(Refused, match=pattern("no-run-matches", run=str(other))):
        resolve_run_id(runs, str(other))


def test_in_a_directory_that_was_removed_a_path_of_the_root_is_found(
    runs: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    gone = tmp_path / "gone"
    gone.mkdir()
    monkeypatch.chdir(gone)
    gone.rmdir()
    assert resolve_run_id(runs, f"orchestration/runs/{OLD}") == OLD


@pytest.mark.parametrize(
    ("named", "reported"),
    [
        pytest.param("run_20261122", message("ambiguous-run", run="run_20261122", count=2, runs=FIRST), id="a prefix"),
        pytest.param("tea", message("ambiguous-run", run="tea", count=2, runs=f"{FIRST} (RUNNING, "), id="a slug"),
        pytest.param("cofee", meant("coffee"), id="a slip in a slug"),
        pytest.param("lates", meant("latest"), id="a slip in latest"),
        pytest.param("run_20261121T093000Z_tee", meant(OLD), id="a slip in an id"),
        pytest.param("", message("no-run-matches", run=""), id="nothing"),
        pytest.param("../runs", message("no-run-matches", run="../runs"), id="a path"),
        pytest.param("orchestration/runs", message("no-run-matches", run="orchestration/runs"), id="the runs"),
    ],
)
def test_what_names_no_run_or_several_is_refused_with_what_was_meant(
    runs: Workspace, named: str, reported: str
) -> None:
    with pytest.raises(Refused) as refused:
        resolve_run_id(runs, named)
    assert reported in refused.value.message
    assert refused.value.next_command == "orch run list"


def test_of_several_runs_of_a_slug_the_only_unfinished_one_is_meant(runs: Workspace, repository: Repository) -> None:
    write_run(repository, FIRST, "2026-11-22T09:30:00.100Z", "2026-11-22T09:31:00.000Z")
    assert resolve_run_id(runs, "tea") == OLD
    write_run(repository, OLD, "2026-11-21T09:30:00.000Z", "2026-11-22T09:31:00.000Z")
    with pytest.raises(Refused, match="is ambiguous"):
        resolve_run_id(runs, "tea")


def test_a_damaged_run_of_a_slug_may_be_meant_too(runs: Workspace, repository: Repository) -> None:
    write_run(repository, FIRST, "2026-11-22T09:30:00.100Z", "2026-11-22T09:31:00.000Z")
    repository.write(runs.record_path("run_20261119T093000Z_tea_aaaaaa"), "{")
    with pytest.raises(Refused, match=r"run_20261119T093000Z_tea_aaaaaa \(DAMAGED\)"):
        resolve_run_id(runs, "tea")


def test_a_directory_without_a_record_is_not_meant(runs: Workspace, repository: Repository) -> None:
    repository.write(f"{runs.run_path('run_20261123T093000Z_coffee_aaaaaa')}/logs/x", "")
    assert resolve_run_id(runs, "coffee") == SECOND


def test_a_slug_goes_before_a_prefix_and_before_a_path(
    repository: Repository, runs: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    named_run = "run_20261110T093000Z_run_abc123"
    write_run(repository, named_run, "2026-11-10T09:30:00.000Z")
    (runs.root / "run").mkdir()
    monkeypatch.chdir(runs.root)
    assert resolve_run_id(runs, "run") == named_run


def test_of_many_runs_the_first_are_described_and_the_others_counted(repository: Repository) -> None:
    runs = [f"run_20261121T0930{number:02}Z_tea_abc123" for number in range(12)]
    listed = describe_runs(repository.workspace, runs)
    assert listed.startswith(f"{runs[0]} (DAMAGED), {runs[1]} (DAMAGED), ")
    assert listed.endswith(f"{runs[9]} (DAMAGED) and 2 more")


@pytest.mark.parametrize(
    ("age", "described"), [(5, "5 s"), (125, "2 m"), (7300, "2 h"), (100_000, "27 h"), (200_000, "2 d")]
)
def test_a_run_is_described_by_its_status_and_age(repository: Repository, age: int, described: str) -> None:
    from datetime import UTC, datetime, timedelta

    started_at = datetime.now(UTC) - timedelta(seconds=age)
    write_run(repository, OLD, started_at.isoformat(timespec="milliseconds").replace("+00:00", "Z"))
    assert describe_run(repository.workspace, OLD) == f"{OLD} (RUNNING, {described} ago)"


@pytest.mark.parametrize("started_at", ["yesterday", "2026-11-22T09:30:00"])
def test_a_run_whose_time_is_damaged_is_described_without_its_age(repository: Repository, started_at: str) -> None:
    write_run(repository, OLD, started_at)
    assert describe_run(repository.workspace, OLD) == f"{OLD} (RUNNING)"


def test_the_environment_names_a_run_in_the_same_ways(runs: Workspace) -> None:
    assert resolve_environment_run(runs, {}) is None
    assert resolve_environment_run(runs, {"ORCH_RUN": " "}) is None
    assert resolve_environment_run(runs, {"ORCH_RUN": "coffee "}) == SECOND
    with pytest.raises(Refused, match=rf"ORCH_RUN: {pattern('no-run-matches', run='x')}") as refused:
        resolve_environment_run(runs, {"ORCH_RUN": "x"})
    assert refused.value.next_command == "orch run list"


def test_the_slug_in_an_id_is_without_its_variant() -> None:
    assert (find_slug(OLD), find_slug(VARIANT)) == ("tea", "cake")


def test_a_damaged_record_does_not_hide_which_run_is_the_newest(runs: Workspace) -> None:
    (runs.root / runs.record_path(SECOND)).write_text("{")
    assert resolve_run_id(runs, "latest") == FIRST


def test_where_there_is_no_run_the_way_to_one_is_named(repository: Repository) -> None:
    with pytest.raises(Refused, match=pattern("no-run-yet")) as refused:
        resolve_run_id(repository.workspace, "latest")
    assert refused.value.next_command == "orch run start --help"


def test_a_whole_id_costs_no_look_at_the_directory_of_runs(runs: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "scandir", lambda _: pytest.fail("the runs were listed"))
    assert resolve_run_id(runs, OLD) == OLD
