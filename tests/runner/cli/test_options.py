"""The options that commands share: what a command gets of what was typed."""

from pathlib import Path
from typing import Any

import click
import pytest

from gate_tests.errors import OrchError, Refused
from runner.cli.context import CliContext, pass_cli_context
from runner.cli.lazy_group import Command
from runner.cli.options import (
    BoundedOption,
    Decorator,
    agent_option,
    complete_words,
    depth_option,
    lock_timeout_option,
    workers_options,
)


def values(option: Decorator, *arguments: str) -> dict[str, Any]:
    """What a command with this option is called with."""

    @click.command(cls=Command)
    @option
    def command(**given: Any) -> dict[str, Any]:
        return given

    found: dict[str, Any] = command.main(list(arguments), standalone_mode=False, obj=CliContext(None))
    return found


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


def test_the_bounds_of_a_number_are_in_the_error_and_not_in_the_help() -> None:
    command = click.Command("x", params=[BoundedOption(["--n"], type=click.IntRange(1, 9), help="Count.")])
    assert "9" not in command.get_help(click.Context(command))
    with pytest.raises(click.BadParameter, match="1<=x<=9"):
        command.main(["--n", "10"], standalone_mode=False)
