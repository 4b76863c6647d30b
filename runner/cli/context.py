"""The context of a command: its root, its store, and how to format commands for messages."""

import os
from pathlib import Path
from shlex import quote
from typing import TYPE_CHECKING, NamedTuple

import click

from gate_tests.errors import OrchError, Refused
from runner.cli.terminal.printer import print_notice

if TYPE_CHECKING:  # the help needs neither
    from gate_tests.workspace.layout import Workspace
    from runner.storage.store import Store


class CliContext(NamedTuple):
    """`directory` is the value of -C. The root is searched for only when it is used."""

    directory: Path | None
    lock_timeout_s: float = 30

    @property
    def workspace(self) -> "Workspace":
        """The root: given by -C, else by ORCH_ROOT, else the nearest directory upwards that is one."""
        from gate_tests.workspace.layout import Workspace

        try:
            return Workspace.at(self.directory, "-C") if self.directory else Workspace.find(Path.cwd())
        except FileNotFoundError:
            raise Refused("the current folder has been removed", next_command="cd to the root") from None

    def format_command(self, command: str) -> str:
        """`command` as it works in the current directory: with this command's -C, run at the root if it has paths."""
        if " orchestration/" in command:
            return self._run_at_root(command)
        if self.directory in (None, Path()) or not command.startswith("orch ") or command.startswith("orch -C"):
            return command
        return f"orch -C {quote(str(self.directory))} {command.removeprefix('orch ')}"

    def _run_at_root(self, command: str) -> str:
        """Paths below orchestration/ are relative to the root: prepends a `cd` where that is another directory."""
        try:
            root = self.workspace.root
            is_here = os.path.samefile(root, os.curdir)
        except (OrchError, OSError):
            return command
        return command if is_here else f"(cd {quote(str(root))} && {command})"

    @property
    def store(self) -> "Store":
        """The records below the root."""
        from runner.storage.store import Store

        return Store(self.workspace, self.lock_timeout_s, print_notice)


def find_cli_context(context: click.Context) -> CliContext:
    """The context of a command; built from -C while a shell completes, since no command has run then."""
    directory = context.find_root().params.get("directory")
    return context.find_object(CliContext) or CliContext(directory.expanduser() if directory else None)


pass_cli_context = click.make_pass_decorator(CliContext)
