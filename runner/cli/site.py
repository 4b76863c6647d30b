"""Where a command works and where it prints."""

import json
import sys
from dataclasses import dataclass
from pathlib import Path
from shlex import quote
from typing import Any, TextIO

import click

from gate_tests.workspace import Workspace
from runner.store import Store


@dataclass(frozen=True)
class Site:
    """The folder a command was given; the root is looked for only by commands that need one."""

    folder: Path | None
    lock_timeout_s: float = 30

    @property
    def workspace(self) -> Workspace:
        """The root: -C names it, else ORCH_ROOT, else the nearest folder upwards."""
        return Workspace.at(self.folder, "-C") if self.folder else Workspace.find(Path.cwd())

    def typed(self, command: str) -> str:
        """`command` as one would type it here: with the -C that this one was given."""
        if self.folder in (None, Path()) or not command.startswith("orch ") or command.startswith("orch -C"):
            return command
        return f"orch -C {quote(str(self.folder))} {command.removeprefix('orch ')}"

    @property
    def store(self) -> Store:
        """The records below the root."""
        return Store(self.workspace, self.lock_timeout_s, lambda line: click.echo(f"orch: {line}", err=True))


@dataclass(frozen=True)
class Printer:
    """Text for people; with --json it goes to standard error and one JSON document to standard output."""

    as_json: bool

    @property
    def people(self) -> TextIO:
        """Where people read."""
        return sys.stderr if self.as_json else sys.stdout

    def say(self, line: str = "", *, newline: bool = True) -> None:
        """Prints a line for people."""
        click.echo(line, file=self.people, nl=newline)

    def document(self, value: Any) -> None:
        """Prints the JSON document, if one is wanted."""
        if self.as_json:
            click.echo(json.dumps(value, indent=2, ensure_ascii=False))


pass_site = click.make_pass_decorator(Site)
