"""The option --run and the argument RUN: what they may name, and which run is meant without them."""

from collections.abc import Callable
from typing import Any

import click
import pytest

from gate_tests.errors import DamagedRecord, Refused
from runner.cli.context import CliContext
from runner.cli.lazy_group import Command
from runner.cli.options import Decorator
from runner.cli.run_option import (
    run_to_complete,
    run_to_explain,
    run_to_read,
    run_to_repair,
    run_to_report,
    run_to_resume,
    run_to_show,
    run_to_write,
)
from tests.support.messages import message, pattern
from tests.support.repository import Repository

READING, WRITING = (run_to_read, run_to_show, run_to_report), (run_to_write, run_to_complete, run_to_resume)
ALL = (*READING, *WRITING, run_to_repair)
WITH_ARGUMENT = (run_to_show, run_to_report, run_to_complete, run_to_resume, run_to_repair)


def choose(option: Decorator, repository: Repository, *arguments: str, **options: Any) -> str | None:
    """The run that a command with this option gets."""

    @click.command(cls=Command)
    @option
    def command(run_id: str | None) -> str | None:
        return run_id

    cli = CliContext(None if repository.root.exists() else repository.root)
    chosen: str | None = command.main(list(arguments), standalone_mode=False, obj=cli, **options)
    return chosen


@pytest.fixture(autouse=True)
def at_the_root(shipped: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    """And without a run in the environment."""
    monkeypatch.chdir(shipped.root)
    monkeypatch.delenv("ORCH_RUN", raising=False)


@pytest.fixture
def start(shipped: Repository) -> Callable[..., str]:
    """Starts a run of a slug, and completes it if that is asked for."""

    def start(slug: str, *, completed: bool = False) -> str:
        run_id: str = shipped.orch("run", "start", "--workflow", "visual-essay", "--slug", slug, "--json").json[
            "run_id"
        ]
        if completed:
            assert shipped.orch("run", "complete", "--run", run_id).code == 0
        return run_id

    return start


def damage(repository: Repository, run_id: str) -> None:
    repository.write(repository.workspace.record_path(run_id), "{")


# Where a run is named


@pytest.mark.parametrize("option", ALL)
def test_a_run_may_be_named_by_id_prefix_slug_path_or_latest(
    shipped: Repository, start: Callable[..., str], option: Decorator
) -> None:
    run_id = start("tea")
    for named in (run_id, run_id[:-1], "tea", f"orchestration/runs/{run_id}/", "latest", " latest "):
        assert choose(option, shipped, "--run", named) == run_id
        if option in WITH_ARGUMENT:
            assert choose(option, shipped, named) == run_id
            assert choose(option, shipped, named, "--run", run_id) == run_id


def test_a_full_id_is_taken_without_a_look_at_the_root(tmp_path: Any) -> None:
    run_id = "run_20261122T093000Z_tea_aaaaaa"
    assert choose(run_to_write, Repository(tmp_path / "nowhere"), "--run", run_id) == run_id


@pytest.mark.parametrize("named", ["run_", "nothing", ""], ids=["of two", "of none", "empty"])
def test_a_name_that_means_no_run_or_several_is_refused(
    shipped: Repository, start: Callable[..., str], named: str
) -> None:
    start("tea")
    start("cake")
    with pytest.raises(Refused):
        choose(run_to_read, shipped, "--run", named)


def test_argument_and_option_may_not_name_two_runs(shipped: Repository, start: Callable[..., str]) -> None:
    start("tea")
    start("cake")
    with pytest.raises(Refused, match=pattern("two-runs", argument="tea", option="cake")) as refused:
        choose(run_to_show, shipped, "tea", "--run", "cake")
    assert refused.value.next_command is not None


@pytest.mark.parametrize("option", ALL)
def test_the_environment_names_it_where_the_command_line_does_not(
    shipped: Repository, start: Callable[..., str], monkeypatch: pytest.MonkeyPatch, option: Decorator
) -> None:
    older, newer = start("tea"), start("cake")
    monkeypatch.setenv("ORCH_RUN", " tea ")
    assert choose(option, shipped) == older
    assert choose(option, shipped, "--run", newer) == newer
    monkeypatch.setenv("ORCH_RUN", "")
    assert choose(run_to_read, shipped) == newer
    monkeypatch.setenv("ORCH_RUN", "coffee")
    with pytest.raises(Refused, match=f"ORCH_RUN: {pattern('no-run-matches', run='coffee')}"):
        choose(option, shipped)


# Where none is named


@pytest.mark.parametrize("option", READING)
def test_a_command_that_reads_takes_the_newest_unfinished_run_else_the_newest(
    shipped: Repository, start: Callable[..., str], option: Decorator
) -> None:
    newest = start("tea", completed=True)
    assert choose(option, shipped) == newest
    unfinished = [start("cake"), start("coffee")]
    start("milk", completed=True)
    assert choose(option, shipped) == max(unfinished)


@pytest.mark.parametrize("option", WRITING)
def test_a_command_that_writes_takes_the_only_unfinished_run(
    shipped: Repository, start: Callable[..., str], option: Decorator
) -> None:
    unfinished = start("tea")
    start("cake", completed=True)
    assert choose(option, shipped) == unfinished
    other = start("coffee")
    with pytest.raises(Refused, match=pattern("run-required", count=2, condition="unfinished", runs="")) as refused:
        choose(option, shipped)
    assert f"{unfinished} (QUEUED, " in refused.value.message
    assert f"{other} (QUEUED, " in refused.value.message
    assert refused.value.next_command == "orch status --waiting --all"


@pytest.mark.parametrize(
    ("option", "name"), [(run_to_write, "all-runs-completed"), (run_to_resume, "nothing-unfinished")]
)
def test_where_all_runs_are_completed_the_newest_can_be_reopened(
    shipped: Repository, start: Callable[..., str], option: Decorator, name: str
) -> None:
    start("tea", completed=True)
    newest = start("cake", completed=True)
    with pytest.raises(Refused, match=pattern(name)) as refused:
        choose(option, shipped)
    assert refused.value.next_command == f"orch run resume --run {newest}"


@pytest.mark.parametrize("option", [each for each in ALL if each is not run_to_report])
def test_where_there_is_no_run_a_command_that_starts_one_is_named(shipped: Repository, option: Decorator) -> None:
    with pytest.raises(Refused, match=pattern("no-run-yet")) as refused:
        choose(option, shipped)
    assert refused.value.next_command == "orch run start --help"


def test_a_report_is_possible_without_a_run(shipped: Repository) -> None:
    assert choose(run_to_report, shipped) is None


def test_the_damaged_run_is_the_one_to_repair(shipped: Repository, start: Callable[..., str]) -> None:
    damaged, sound = start("tea"), start("cake")
    assert choose(run_to_repair, shipped) == sound
    damage(shipped, damaged)
    assert choose(run_to_repair, shipped) == damaged
    damage(shipped, sound)
    with pytest.raises(Refused, match=pattern("run-required", count=2, condition="damaged", runs="")):
        choose(run_to_repair, shipped)


@pytest.mark.parametrize("option", [*READING, *WRITING])
def test_where_no_run_can_be_read_that_is_the_error(
    shipped: Repository, start: Callable[..., str], option: Decorator
) -> None:
    damage(shipped, start("tea"))
    with pytest.raises(DamagedRecord):
        choose(option, shipped)


def test_a_gate_is_explained_for_the_newest_run_that_has_it(shipped: Repository, start: Callable[..., str]) -> None:
    def explain(*arguments: str) -> str | None:
        @click.command(cls=Command)
        @click.argument("gate_id")
        @click.option("--slug")
        @run_to_explain
        def command(gate_id: str, slug: str | None, run_id: str | None) -> str | None:
            return run_id

        chosen: str | None = command.main(list(arguments), standalone_mode=False, obj=CliContext(None))
        return chosen

    assert explain("G1") is None
    run_id = start("tea")
    assert explain("G1") == run_id
    assert explain("G9") is None
    assert explain("G1", "--slug", "cake") is None
    damage(shipped, run_id)
    assert explain("G1") is None


# What is said of it


@pytest.mark.parametrize(("arguments", "line"), [((), "Run {run}\n"), (("-q",), "")])
def test_a_chosen_run_is_named_on_a_line_of_its_own(
    shipped: Repository,
    start: Callable[..., str],
    capsys: pytest.CaptureFixture[str],
    arguments: tuple[str, ...],
    line: str,
) -> None:
    run_id = start("tea")
    choose(run_to_read, shipped, *arguments)
    assert capsys.readouterr().out == line.format(run=run_id)
    choose(run_to_read, shipped, "--run", "tea", *arguments)
    choose(run_to_show, shipped, *arguments)
    assert capsys.readouterr().out == ""


def test_with_json_it_is_named_on_standard_error(shipped: Repository, start: Callable[..., str]) -> None:
    run_id = start("tea")
    ended = shipped.orch("gate", "start", "--gate", "G1", "--agent", "maker", "--json")
    assert ended.json["attempt"] == 1
    assert ended.err.startswith(f"Run {run_id}\n")


def test_unreadable_runs_are_reported_and_skipped(shipped: Repository, start: Callable[..., str]) -> None:
    run_id, damaged = start("tea"), start("cake")
    damage(shipped, damaged)
    ended = shipped.orch("gate", "start", "--agent", "maker")
    assert f"Run {run_id}\n" in ended.out
    assert message("passed-over", run=damaged, status="DAMAGED") in ended.err
