"""The options that commands share: what a command gets of what was typed."""

from pathlib import Path
from typing import Any

import click
import pytest

from gate_tests.errors import OrchError, Refused
from runner.cli.context import CliContext, pass_cli_context
from runner.cli.lazy_group import Command
from runner.cli.options import (
    Decorator,
    agent_option,
    complete_words,
    depth_option,
    gates_option,
    lock_timeout_option,
    optional_run_option,
    run_option,
    workers_options,
)
from tests.support.repository import Repository

OLDER, NEWER = "run_20261122T093000Z_tea_aaaaaa", "run_20261123T093000Z_tea_bbbbbb"


@pytest.fixture
def runs(repository: Repository) -> Repository:
    for run_id in (OLDER, NEWER):
        repository.write(repository.workspace.record_path(run_id), "{}")
    return repository


def values(option: Decorator, *arguments: str, root: Path | None = None) -> dict[str, Any]:
    """What a command with this option is called with."""

    @click.command(cls=Command)
    @option
    def command(**given: Any) -> dict[str, Any]:
        return given

    found: dict[str, Any] = command.main(list(arguments), standalone_mode=False, obj=CliContext(root))
    return found


@pytest.mark.parametrize("option", [run_option, optional_run_option("The run.")], ids=["required", "optional"])
@pytest.mark.parametrize(
    ("named", "run_id"), [(OLDER, OLDER), ("latest", NEWER), ("run_20261122", OLDER)], ids=["id", "latest", "beginning"]
)
def test_a_run_may_be_named_in_three_ways(runs: Repository, option: Decorator, named: str, run_id: str) -> None:
    assert values(option, "--run", named, root=runs.root) == {"run_id": run_id}


def test_a_whole_id_is_taken_without_a_look_at_the_runs(tmp_path: Path) -> None:
    assert values(run_option, "--run", OLDER, root=tmp_path / "nowhere") == {"run_id": OLDER}


@pytest.mark.parametrize("named", ["run_2026112", "nothing", ""], ids=["of two", "of none", "empty"])
def test_a_name_that_means_no_run_or_several_is_refused(runs: Repository, named: str) -> None:
    with pytest.raises(Refused):
        values(run_option, "--run", named, root=runs.root)


def test_only_where_it_is_optional_the_run_may_be_left_out() -> None:
    assert values(optional_run_option("The run.")) == {"run_id": None}
    with pytest.raises(click.MissingParameter):
        values(run_option)


def test_a_gate_that_is_named_twice_is_judged_once_in_the_order_that_was_typed() -> None:
    assert values(gates_option, "--gate", "G2", "--gate", "G1", "--gate", "G2") == {"gates": ["G2", "G1"]}


def test_a_text_for_the_record_is_checked() -> None:
    assert values(agent_option, "--agent", "Mary Ann") == {"agent": "Mary Ann"}
    with pytest.raises(OrchError):
        values(agent_option, "--agent", "a\nb")


def test_the_depth_has_a_default() -> None:
    assert values(depth_option) == {"depth": "standard"}


def test_the_lock_timeout_goes_into_the_context_of_the_command(tmp_path: Path) -> None:
    @click.command(cls=Command)
    @lock_timeout_option
    @pass_cli_context
    def command(cli: CliContext) -> CliContext:
        return cli

    def called(*arguments: str) -> CliContext:
        cli: CliContext = command.main(list(arguments), standalone_mode=False, obj=CliContext(tmp_path))
        return cli

    assert called() == CliContext(tmp_path, 30)
    assert called("--lock-timeout", "0") == CliContext(tmp_path, 0)
    with pytest.raises(click.BadParameter):
        called("--lock-timeout", "-1")


def test_workers_are_local_ones_then_others_in_one_way_of_writing() -> None:
    assert values(workers_options) == {"workers": ()}
    assert values(workers_options, "--tx", "popen", "-n", "2") == {"workers": ("2*popen", "1*popen")}
    for arguments in (("-n", "0"), ("-n", "1000")):
        with pytest.raises(click.BadParameter):
            values(workers_options, *arguments)
    with pytest.raises(Refused):
        values(workers_options, "--tx", "nonsense")


def test_words_are_completed_from_their_beginning() -> None:
    complete = complete_words(["quick", "standard", "deep"])
    context, option = click.Context(click.Command("x")), click.Option(["--depth"])
    assert complete(context, option, "") == ["quick", "standard", "deep"]
    assert complete(context, option, "s") == ["standard"]
