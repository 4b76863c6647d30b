"""Click commands whose errors name the next command, and groups whose commands are imported when they are called."""

import sys
from collections.abc import Mapping
from importlib import import_module
from typing import Any, Final

import click

from gate_tests.errors import LostFile, OrchError, Refused, find_closest, suggest
from gate_tests.sanitize import escape_text
from gate_tests.typing_compat import override
from runner import suggestions
from runner.cli.context import CliContext
from runner.cli.errors import suggest_next_command
from runner.cli.terminal.printer import echo
from runner.cli.terminal.verbosity import verbosity_options

_MAX_HELP_LENGTH: Final = 200  # characters of a command's line in the help, which is wrapped


class _WithHelpOption(click.Command):
    """Makes `--help` without looking for a translation of its description, which takes 2 ms in every command."""

    _own_help_option: click.Option | None = None

    @override
    def get_help_option(self, ctx: click.Context) -> click.Option | None:
        names = self.get_help_option_names(ctx)
        if self._own_help_option is None and names:
            text = "Show this message and exit."
            self._own_help_option = click.Option(
                names, is_flag=True, is_eager=True, expose_value=False, callback=_show_help, help=text
            )
        return self._own_help_option


def _show_help(context: click.Context, _: click.Parameter, is_set: bool) -> None:
    if is_set and not context.resilient_parsing:
        echo(context.get_help(), sys.stdout)
        context.exit()


class Command(_WithHelpOption):
    """Adds the next command to errors: its own --help where there is none; formatted for the current directory."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.params += verbosity_options()

    @override
    def get_help(self, context: click.Context) -> str:
        return escape_text(super().get_help(context))  # click prints it

    @override
    def make_context(
        self, info_name: str | None, args: list[str], parent: click.Context | None = None, **extra: Any
    ) -> click.Context:
        try:
            return super().make_context(info_name, args, parent, **extra)
        except OrchError as error:
            path = f"{parent.command_path} {info_name}" if parent else str(info_name)
            raise _add_next_command(error, path, parent.find_object(CliContext) if parent else None) from None
        except click.UsageError as error:  # click's parser does not say of which command it is
            error.ctx = error.ctx or click.Context(self, parent, info_name)
            raise

    @override
    def invoke(self, context: click.Context) -> Any:
        try:
            return super().invoke(context)
        except OrchError as error:
            raise _add_next_command(error, context.command_path, context.find_object(CliContext)) from None


class CommandGroup(_WithHelpOption, click.Group):
    """A group of `Command`s."""

    command_class = Command
    command_noun = "command"
    """What its commands are called in messages."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.params += verbosity_options()

    @override
    def get_help(self, context: click.Context) -> str:
        return escape_text(super().get_help(context))

    @override
    def invoke(self, context: click.Context) -> Any:
        try:
            return super().invoke(context)
        except KeyboardInterrupt:  # click would print a line, and wait for ever where nobody reads
            raise click.Abort from None

    def require_names(self, context: click.Context) -> None:
        """Raises Refused if names of commands are missing, which explains better why one is unknown."""

    def find_lost_file(self, context: click.Context, name: str) -> LostFile | None:
        """The file that would make `name` a command, if git has it."""
        return None

    @override
    def resolve_command(
        self, context: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        # Suggests a command of that name in another group, else a similar one of this group.
        name = args[0]
        if not context.resilient_parsing and not name.startswith("-") and self.get_command(context, name) is None:
            raise self._unknown_command_error(context, name)
        return super().resolve_command(context, args)

    def _unknown_command_error(self, context: click.Context, name: str) -> OrchError:
        known, cli = self.list_commands(context), context.find_object(CliContext)
        elsewhere, close = _find_in_other_groups(context, name), find_closest(name, known)
        here = f"{context.command_path} {close}" if close else context.command_path
        hint = f", did you mean {elsewhere!r}?" if elsewhere else suggest(name, known)
        error: OrchError = Refused(
            f"no {self.command_noun} {name!r}{hint}",
            next_command=suggestions.show_help((elsewhere or here).removeprefix("orch").strip()),
        )
        if not elsewhere and not close:
            try:
                self.require_names(context)
                error.lost_file = self.find_lost_file(context, name)
            except OrchError as missing:
                error = missing
        return _add_next_command(error, context.command_path, cli)


def _find_in_other_groups(context: click.Context, name: str) -> str | None:
    """The command of this name in the root or in another group, with its groups, as it is typed."""
    root = context.find_root()
    if not isinstance(root.command, click.Group):
        return None
    if name in root.command.list_commands(root):
        return f"{root.command_path} {name}"
    for group_name in root.command.list_commands(root):
        group = root.command.get_command(root, group_name)
        if isinstance(group, click.Group) and name in group.list_commands(root):
            return f"{root.command_path} {group_name} {name}"
    return None


class LazyGroup(CommandGroup):
    """A group that imports some of its commands only when they are called, as in click's documentation.

    Besides, its help and completion import none: `orch --help` would take about twice as long.

    `lazy_commands`: name → (`module:attribute`, short help).
    """

    def __init__(self, *arguments: Any, lazy_commands: Mapping[str, tuple[str, str]], **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._lazy_commands = lazy_commands

    @override
    def list_commands(self, context: click.Context) -> list[str]:
        return sorted((*super().list_commands(context), *self._lazy_commands))

    @override
    def get_command(self, context: click.Context, name: str) -> click.Command | None:
        if name not in self._lazy_commands:
            return super().get_command(context, name)
        module, _, attribute = self._lazy_commands[name][0].partition(":")
        command: click.Command = getattr(import_module(module), attribute)
        return command

    @override
    def shell_complete(self, context: click.Context, prefix: str) -> list[Any]:
        # Unlike click's, imports no command.
        from click.shell_completion import CompletionItem

        names = [name for name in self.list_commands(context) if name.startswith(prefix)]
        items = [CompletionItem(name, help=self._short_help(context, name)) for name in names]
        return [*items, *click.Command.shell_complete(self, context, prefix)]

    @override
    def format_commands(self, context: click.Context, formatter: click.HelpFormatter) -> None:
        # Unlike click's, imports no command.
        with formatter.section("Commands"):
            formatter.write_dl([(name, self._short_help(context, name)) for name in self.list_commands(context)])

    def _short_help(self, context: click.Context, name: str) -> str:
        if name in self._lazy_commands:
            return self._lazy_commands[name][1]
        command = self.get_command(context, name)
        return command.get_short_help_str(_MAX_HELP_LENGTH) if command else ""


def _add_next_command(error: OrchError, command_path: str, cli: CliContext | None) -> OrchError:
    error.next_command = suggest_next_command(error, cli)
    if error.next_command is None and error.advice is None and isinstance(error, Refused):
        error.next_command = suggestions.show_help(command_path.removeprefix("orch").strip())
    if error.next_command is not None and cli:
        error.next_command = cli.format_command(error.next_command)
    return error
