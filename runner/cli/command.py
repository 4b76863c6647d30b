"""A click command whose refusals name the next command as one would type it here."""

from typing import Any

import click

from gate_tests.errors import OrchError, Refused
from runner.cli.site import Site


class Command(click.Command):
    """Completes the errors that pass through it: with its own --help, and with the -C it was called with."""

    def make_context(
        self, info_name: str | None, args: list[str], parent: click.Context | None = None, **extra: Any
    ) -> click.Context:
        """Parses; the value of an option may be refused here."""
        try:
            return super().make_context(info_name, args, parent, **extra)
        except OrchError as error:
            path = f"{parent.command_path} {info_name}" if parent else str(info_name)
            raise _completed(error, path, parent.find_object(Site) if parent else None) from None

    def invoke(self, context: click.Context) -> Any:
        """Runs."""
        try:
            return super().invoke(context)
        except OrchError as error:
            raise _completed(error, context.command_path, context.find_object(Site)) from None


class CommandGroup(click.Group):
    """A group of such commands."""

    command_class = Command


def _completed(error: OrchError, command_path: str, site: Site | None) -> OrchError:
    if error.next_command is None and isinstance(error, Refused):
        error.next_command = f"{command_path} --help"
    elif error.next_command is not None and site:
        error.next_command = site.typed(error.next_command)
    return error
