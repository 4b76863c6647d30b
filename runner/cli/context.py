"""The context of a command: its root, its store, and how to format commands for messages."""

import os
import re
from pathlib import Path
from shlex import quote
from typing import TYPE_CHECKING, Final, NamedTuple

import click

from gate_tests.errors import Refused
from runner import suggestions
from runner.cli.terminal.printer import print_notice, print_notice_once

if TYPE_CHECKING:  # the help needs neither
    from gate_tests.workspace.layout import Workspace
    from runner.storage.store import Store


_AT_ROOT: Final = r".* orchestration/|git (?:add|checkout|check-ignore|diff|log) |cat |printf |ls -ld (?!'?/)"
"""A command with paths that are relative to the root. Compiled where it is used: most commands name none."""
_IN_REPOSITORY: Final = r"git (?:branch|fetch|fsck|lfs|read-tree|rev-parse|show-ref|status|submodule)\b"
"""A command without paths, which works in every directory of the repository."""


class CliContext(NamedTuple):
    """`directory` is the value of -C. The root is searched for only when it is used."""

    directory: Path | None
    lock_timeout_s: float = 30

    @property
    def workspace(self) -> "Workspace":
        """The root, as `find_workspace` finds it. Reports which one that is where another could have been meant."""
        workspace = self.find_workspace()
        if explanation := self.explain_root(workspace):
            print_notice_once(explanation)
        return workspace

    def explain_root(self, workspace: "Workspace", start: Path | None = None) -> str | None:
        """Which root was found from `start` and why that may surprise; None where it does not, or where it was named.

        `start` None: the current directory.
        """
        from gate_tests.workspace.find_root import explain_root

        return None if self.is_root_named else explain_root(workspace.root, start or Path.cwd())

    @property
    def is_root_named(self) -> bool:
        """Whether the root is named, and not searched for from the current directory upwards."""
        return bool(self.directory or os.environ.get("ORCH_ROOT"))

    def find_workspace(self) -> "Workspace":
        """The root: given by -C, else by ORCH_ROOT, else the nearest directory upwards that is one."""
        from gate_tests.workspace.layout import Workspace

        return Workspace.at(self.directory, "-C") if self.directory else Workspace.find(find_current_directory())

    def search_workspace(self) -> "Workspace | None":
        """The same, or None, without a search for the reason. Raises OSError in a directory that was removed."""
        from gate_tests.workspace.find_root import is_root, search_root
        from gate_tests.workspace.layout import Workspace

        named = self.directory or os.environ.get("ORCH_ROOT")
        root = search_root(Path.cwd()) if not named else Path(named).resolve() if is_root(named) else None
        return Workspace(root) if root else None

    def format_command(self, command: str) -> str:
        """`command` as it works in the current directory: with this command's -C, run at the root if it has paths."""
        if command.startswith("(cd "):
            return command
        if re.match(_AT_ROOT, command):
            return self._run_at_root(command)
        if re.match(_IN_REPOSITORY, command):
            return self._run_at_root(command, is_fine_below=True)
        if command == suggestions.INIT:
            return self._init_at_root()
        if self._is_found_without_option or not command.startswith("orch ") or command.startswith("orch -C"):
            return command
        return suggestions.at_root(self.directory or Path(), command)

    @property
    def _is_found_without_option(self) -> bool:
        """Whether the next command finds the root without -C. ORCH_ROOT would come before the current directory."""
        return self.directory is None or (self.directory == Path() and not os.environ.get("ORCH_ROOT"))

    def _run_at_root(self, command: str, *, is_fine_below: bool = False) -> str:
        try:
            workspace = self.search_workspace()
            is_below = workspace and workspace.root.resolve() in Path.cwd().parents
        except OSError:
            return command
        return format_at(workspace.root, command) if workspace and not (is_fine_below and is_below) else command

    def _init_at_root(self) -> str:
        """`orch init` for the root, where there is one: in a directory below it, that would make a second one.

        Where git has what is missing of a root, the command that restores it.
        """
        from runner.git.restore import find_lost_root, suggest_restore

        try:
            workspace = self.search_workspace()
            root = workspace.root if workspace else (self.directory or Path()).absolute()
            is_here = os.path.samefile(root, os.curdir)
        except OSError:
            return suggestions.INIT
        if (lost := find_lost_root(root)) and (restore := suggest_restore(lost)):
            return format_at(lost.root, restore)
        return suggestions.INIT if is_here else suggestions.at_root(self.directory or root, suggestions.INIT)

    @property
    def store(self) -> "Store":
        """The records below the root."""
        from runner.storage.store import Store

        return Store(self.workspace, self.lock_timeout_s, print_notice)


def find_current_directory() -> Path:
    """The current directory, absolute. Raises Refused if it has been removed."""
    try:
        return Path.cwd()
    except FileNotFoundError:
        message, advice = "the current directory has been removed", "change to the root (cd), then repeat the command"
        raise Refused(message, advice=advice) from None


def format_at(root: Path, command: str) -> str:
    """A command with paths that are relative to the root, with a `cd` where that is another directory than this one."""
    try:
        is_here = os.path.samefile(root, os.curdir)
    except OSError:
        is_here = False
    return command if is_here else f"(cd {quote(str(root))} && {command})"


def find_cli_context(context: click.Context) -> CliContext:
    """The context of a command; built from -C while a shell completes, since no command has run then."""
    directory = context.find_root().params.get("directory")
    return context.find_object(CliContext) or CliContext(Path(directory).expanduser() if directory else None)


pass_cli_context = click.make_pass_decorator(CliContext)
