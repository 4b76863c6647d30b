"""Click commands whose refusals name the next command as one would type it here, and which are imported when called."""

from collections.abc import Mapping
from importlib import import_module
from typing import Any

import click

from gate_tests.errors import OrchError, Refused, find_closest, suggest
from runner.cli.context import Site
from runner.cli.errors import next_command_of
from runner.cli.terminal.verbosity import verbosity_options

_LONGEST_LINE = 200  # characters of a command's line in the help, which is wrapped


class Command(click.Command):
    """Completes the errors that pass through it: with its own --help, and with the -C it was called with."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.params += verbosity_options()

    def make_context(
        self, info_name: str | None, args: list[str], parent: click.Context | None = None, **extra: Any
    ) -> click.Context:
        """Parses; the value of an option may be refused here."""
        try:
            return super().make_context(info_name, args, parent, **extra)
        except OrchError as error:
            path = f"{parent.command_path} {info_name}" if parent else str(info_name)
            raise _completed(error, path, parent.find_object(Site) if parent else None) from None
        except click.UsageError as error:  # click's parser does not say of which command it is
            error.ctx = error.ctx or click.Context(self, parent, info_name)
            raise

    def invoke(self, context: click.Context) -> Any:
        """Runs."""
        try:
            return super().invoke(context)
        except OrchError as error:
            raise _completed(error, context.command_path, context.find_object(Site)) from None


class CommandGroup(click.Group):
    """A group of such commands."""

    command_class = Command
    what = "command"
    """What its commands are, in words."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.params += verbosity_options()

    def resolve_command(
        self, context: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Says what was probably meant: a command of that name in another group, else one of this that is like it."""
        name = args[0]
        if not context.resilient_parsing and not name.startswith("-") and self.get_command(context, name) is None:
            known, site = self.list_commands(context), context.find_object(Site)
            elsewhere, close = _elsewhere(context, name), find_closest(name, known)
            here = f"{context.command_path} {close}" if close else context.command_path
            hint = f", did you mean {elsewhere!r}?" if elsewhere else suggest(name, known)
            help_command = f"{elsewhere or here} --help"
            raise Refused(
                f"no {self.what} {name!r}{hint}", next_command=site.typed(help_command) if site else help_command
            )
        return super().resolve_command(context, args)


def _elsewhere(context: click.Context, name: str) -> str | None:
    """The command of this name in another group, or of all groups: as it would be typed."""
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


class LateGroup(CommandGroup):
    """A group some of whose commands are imported when they are called: each loads what the others need not.

    `late` gives, by name, where a command stands (`module:attribute`) and its one line of help.
    """

    def __init__(self, *arguments: Any, late: Mapping[str, tuple[str, str]], **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._late = late

    def list_commands(self, context: click.Context) -> list[str]:
        """Their names, sorted."""
        return sorted((*super().list_commands(context), *self._late))

    def get_command(self, context: click.Context, name: str) -> click.Command | None:
        """The command, imported now if it is a late one."""
        if name not in self._late:
            return super().get_command(context, name)
        module, _, attribute = self._late[name][0].partition(":")
        command: click.Command = getattr(import_module(module), attribute)
        return command

    def shell_complete(self, context: click.Context, begun: str) -> list[Any]:
        """Its commands and their lines, importing none."""
        from click.shell_completion import CompletionItem

        names = [name for name in self.list_commands(context) if name.startswith(begun)]
        items = [CompletionItem(name, help=self._line(context, name)) for name in names]
        return [*items, *click.Command.shell_complete(self, context, begun)]

    def format_commands(self, context: click.Context, formatter: click.HelpFormatter) -> None:
        """Lists them without importing one."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, self._line(context, name)) for name in self.list_commands(context)])

    def _line(self, context: click.Context, name: str) -> str:
        if name in self._late:
            return self._late[name][1]
        command = self.get_command(context, name)
        return command.get_short_help_str(_LONGEST_LINE) if command else ""


def _completed(error: OrchError, command_path: str, site: Site | None) -> OrchError:
    if site:
        error.next_command = next_command_of(error, site)
    if error.next_command is None and isinstance(error, Refused):
        error.next_command = f"{command_path} --help"
    elif error.next_command is not None and site:
        error.next_command = site.typed(error.next_command)
    return error
