"""Groups that import a command when it is called, and errors that name the next command."""

import sys
from pathlib import Path

import click
import pytest

from gate_tests.errors import InvalidFile, NoVerdict, OrchError, Refused
from runner.cli.app import COMMANDS, app
from runner.cli.context import CliContext
from runner.cli.lazy_group import Command, CommandGroup, LazyGroup
from tests.support.ci_systems import is_harmless

LAZY = {
    "broken": ("tests.no_such_module:command", "Cannot be imported."),
    "completion": ("runner.cli.commands.completion:completion", "Print something."),
}


@click.group(cls=LazyGroup, lazy_commands=LAZY)
def lazy() -> None:
    """A group that nothing but a call may import the commands of."""


@click.group(cls=LazyGroup, lazy_commands={})
def group() -> None:
    """A group."""


@group.command()
def eager() -> None:
    """Runs at once.

    And says more.
    """


@group.group(cls=CommandGroup)
def nested() -> None:
    """Another group."""


lazy.add_command(eager)


@nested.command()
@click.option("--name", callback=lambda _context, _option, name: name if name != "bad" else refuse(Refused("bad")))
@click.option("--raise", "kind", default="")
def deep(name: str | None, kind: str) -> None:
    """Raises what it is told to."""
    errors: dict[str, OrchError] = {
        "refused": Refused("no"),
        "named": Refused("no", next_command="orch run list"),
        "file": InvalidFile(["a.json:1: no"]),
        "verdict": NoVerdict("none", next_command="orch -C /x gate check"),
    }
    if kind:
        raise errors[kind]


def refuse(error: OrchError) -> str:
    raise error


def call(*arguments: str, directory: Path | None = None) -> object:
    return group.main(list(arguments), prog_name="orch", standalone_mode=False, obj=CliContext(directory))


def error_of(*arguments: str, directory: Path | None = None) -> OrchError:
    with pytest.raises(OrchError) as caught:
        call(*arguments, directory=directory)
    return caught.value


# Lazily


def test_commands_of_both_kinds_are_listed_sorted_and_none_is_imported() -> None:
    context = click.Context(lazy, info_name="orch")
    assert lazy.list_commands(context) == ["broken", "completion", "eager"]
    text = lazy.get_help(context)
    assert "Cannot be imported." in text
    assert "Runs at once." in text


def test_a_completing_shell_gets_them_with_their_help_and_imports_none() -> None:
    items = lazy.shell_complete(click.Context(lazy, info_name="orch"), "")
    assert ("broken", "Cannot be imported.") in [(item.value, item.help) for item in items]
    assert ("eager", "Runs at once.") in [(item.value, item.help) for item in items]
    assert [item.value for item in lazy.shell_complete(click.Context(lazy, info_name="orch"), "e")] == ["eager"]


@pytest.mark.parametrize("kind", [Command, CommandGroup])
def test_a_help_that_names_what_somebody_wrote_is_printed_harmlessly(
    kind: type[click.Command], capsys: pytest.CaptureFixture[str]
) -> None:
    kind("x", help="about ##vso[task.complete] \x9b\u202ex").main(["--help"], standalone_mode=False)
    printed = capsys.readouterr().out
    assert "about # #vso[task.complete]" in printed
    assert is_harmless(printed)


def test_a_lazy_command_is_imported_when_it_is_called() -> None:
    context = click.Context(lazy, info_name="orch")
    found = lazy.get_command(context, "completion")
    assert found is sys.modules["runner.cli.commands.completion"].completion
    with pytest.raises(ImportError):
        lazy.get_command(context, "broken")
    assert lazy.get_command(context, "unknown") is None


@pytest.mark.parametrize("name", COMMANDS)
def test_the_help_of_a_lazy_command_is_the_first_line_of_its_own(name: str) -> None:
    command = app.get_command(click.Context(app, info_name="orch"), name)
    assert command
    assert command.get_short_help_str(1000) == COMMANDS[name][1]


# What was meant


@pytest.mark.parametrize(
    ("typed", "next_command"),
    [
        (("eagre",), "orch eager --help"),
        (("deep",), "orch nested deep --help"),
        (("nested", "eager"), "orch eager --help"),
        (("nested", "dep"), "orch nested deep --help"),
        (("qqqqqq",), "orch --help"),
        (("nested", "qqqqqq"), "orch nested --help"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else "",
)
def test_an_unknown_command_is_refused_with_the_help_of_what_was_meant(
    typed: tuple[str, ...], next_command: str
) -> None:
    error = error_of(*typed)
    assert (type(error), error.next_command) == (Refused, next_command)


def test_that_command_is_given_for_the_current_directory() -> None:
    assert error_of("eagre", directory=Path("some where")).next_command == "orch -C 'some where' eager --help"


# The next command


@pytest.mark.parametrize(
    ("kind", "next_command"),
    [
        ("refused", "orch -C root nested deep --help"),
        ("named", "orch -C root run list"),
        ("file", None),
        ("verdict", "orch -C /x gate check"),
    ],
)
def test_an_error_gets_the_next_command_that_its_command_can_name(kind: str, next_command: str | None) -> None:
    assert error_of("nested", "deep", "--raise", kind, directory=Path("root")).next_command == next_command


def test_so_does_one_from_the_value_of_an_option() -> None:
    assert error_of("nested", "deep", "--name", "bad").next_command == "orch nested deep --help"


def test_an_error_of_the_parser_knows_its_command() -> None:
    with pytest.raises(click.UsageError) as caught:
        call("nested", "deep", "--unknown")
    assert caught.value.ctx
    assert caught.value.ctx.command_path == "orch nested deep"


@pytest.mark.parametrize("command", [group, nested, eager, deep])
def test_every_command_and_group_takes_q_and_v(command: click.Command) -> None:
    assert {"-q", "-v"} <= {option for parameter in command.params for option in parameter.opts}


def test_the_commands_of_a_group_are_commands_of_ours() -> None:
    assert isinstance(eager, Command)
    assert isinstance(deep, Command)
