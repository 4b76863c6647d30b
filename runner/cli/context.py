"""Where a command works."""

import os
from pathlib import Path
from shlex import quote
from typing import TYPE_CHECKING, NamedTuple

import click

from gate_tests.errors import OrchError, Refused
from runner.cli.terminal.printer import murmur

if TYPE_CHECKING:  # the help needs neither
    from gate_tests.workspace.layout import Workspace
    from runner.storage.store import Store


class Site(NamedTuple):
    """The folder a command was given; the root is looked for only by commands that need one."""

    folder: Path | None
    lock_timeout_s: float = 30

    @property
    def workspace(self) -> "Workspace":
        """The root: -C names it, else ORCH_ROOT, else the nearest folder upwards."""
        from gate_tests.workspace.layout import Workspace

        try:
            return Workspace.at(self.folder, "-C") if self.folder else Workspace.find(Path.cwd())
        except FileNotFoundError:
            raise Refused("the current folder has been removed", next_command="cd to the root") from None

    def typed(self, command: str) -> str:
        """`command` as one would type it here: with the -C that this one was given, and paths of ours at the root."""
        if " orchestration/" in command:
            return self._at_the_root(command)
        if self.folder in (None, Path()) or not command.startswith("orch ") or command.startswith("orch -C"):
            return command
        return f"orch -C {quote(str(self.folder))} {command.removeprefix('orch ')}"

    def _at_the_root(self, command: str) -> str:
        """Paths of ours are relative to the root; where that is another folder, the command goes there, and no more."""
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

        return Store(self.workspace, self.lock_timeout_s, murmur)


def site_of(context: click.Context) -> Site:
    """The site of a command. While a shell completes, none has been made yet."""
    folder = context.find_root().params.get("folder")
    return context.find_object(Site) or Site(folder.expanduser() if folder else None)


pass_site = click.make_pass_decorator(Site)
