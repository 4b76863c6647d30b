"""`orch init`: installs contracts and workflows in a repository."""

from pathlib import Path
from shlex import quote

import click

from gate_tests.errors import Refused
from runner.cli.context import CliContext, pass_cli_context
from runner.cli.lazy_group import Command
from runner.cli.options import json_option
from runner.cli.terminal.printer import Printer


@click.command(cls=Command)
@json_option
@pass_cli_context
def init(cli: CliContext, as_json: bool) -> None:
    """Put contracts and workflows into a repository.

    With the instructions of the workflows, the ignore rules and a page about each folder. Nothing is overwritten.

    \b
    Example:
      orch init
      orch -C ../other-repository init
    """
    from runner.workflows.bundled import install_orchestration

    printer, root = Printer(as_json), cli.directory or Path.cwd()
    if not root.is_dir():
        named = quote(str(root))
        make = f"mkdir -p {named} && orch -C {named} init"
        raise Refused(f"{root} is no folder", next_command=None if root.exists() else make)
    installed = install_orchestration(root)
    for path in installed.created:
        printer.print_line(f"created  {path}")
    for path in installed.kept:
        printer.print_line(f"kept     {path}")
    printer.print_hint(f"Next: {cli.format_command('orch run start --workflow visual-essay --slug the-word-robot')}")
    printer.print_document({"created": list(installed.created), "kept": list(installed.kept)})
