"""A run is named by its id, by the beginning of it, or as `latest`."""

import json

import pytest

from gate_tests.errors import Refused
from gate_tests.workspace.find_run import resolve_run_id
from gate_tests.workspace.layout import Workspace
from tests.support.messages import meant, message, pattern
from tests.support.repository import Repository

OLD = "run_20261121T093000Z_tea_abc123"
FIRST = "run_20261122T093000Z_tea_zzz999"
SECOND = "run_20261122T093000Z_coffee_abc123"


@pytest.fixture
def runs(repository: Repository) -> Workspace:
    """Three runs, two of them begun within a second: the one whose id sorts first is the newer."""
    for run_id, moment in ((OLD, "21T09:30:00.000"), (FIRST, "22T09:30:00.100"), (SECOND, "22T09:30:00.900")):
        repository.write(
            repository.workspace.record_path(run_id), json.dumps({"run_id": run_id, "started_at": f"2026-11-{moment}Z"})
        )
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
    ],
)
def test_the_whole_id_is_found(runs: Workspace, named: str, run_id: str) -> None:
    assert resolve_run_id(runs, named) == run_id


@pytest.mark.parametrize(
    ("named", "told"),
    [
        pytest.param(
            "run_20261122",
            message("several-runs-begin-so", begin="run_20261122", count=2, runs=f"{FIRST}, {SECOND}"),
            id="ambiguous",
        ),
        pytest.param("tea", meant(FIRST), id="a slug means its newest run"),
        pytest.param("cofee", meant(SECOND), id="a slip in a slug"),
        pytest.param("lates", meant("latest"), id="a slip in latest"),
        pytest.param("run_20261121T093000Z_tee", meant(OLD), id="a slip in an id"),
        pytest.param("", message("no-run-begins-so", run=""), id="nothing"),
        pytest.param("../runs", message("no-run-begins-so", run="../runs"), id="a path"),
    ],
)
def test_what_names_no_run_or_several_is_refused_with_what_was_meant(runs: Workspace, named: str, told: str) -> None:
    with pytest.raises(Refused) as refused:
        resolve_run_id(runs, named)
    assert told in refused.value.message
    assert refused.value.next_command == "orch run list"


def test_a_damaged_record_does_not_hide_which_run_is_the_newest(runs: Workspace) -> None:
    (runs.root / runs.record_path(SECOND)).write_text("{")
    assert resolve_run_id(runs, "latest") == FIRST


def test_where_there_is_no_run_the_way_to_one_is_named(repository: Repository) -> None:
    with pytest.raises(Refused, match=pattern("no-run-yet")) as refused:
        resolve_run_id(repository.workspace, "latest")
    assert refused.value.next_command == "orch run start --help"


def test_a_whole_id_costs_no_look_at_the_folder_of_runs(runs: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Workspace, "runs", lambda _: pytest.fail("the runs were listed"))
    assert resolve_run_id(runs, OLD) == OLD
