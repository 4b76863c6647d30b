"""`orch init`: for a repository that is new here."""

from pathlib import Path
from shlex import quote

import click

from gate_tests.errors import Refused
from runner.cli.context import Site, pass_site
from runner.cli.lazy_group import Command
from runner.cli.options import json_option
from runner.cli.terminal.printer import Printer


@click.command(cls=Command)
@json_option
@pass_site
def init(site: Site, as_json: bool) -> None:
    """Put contracts and workflows into a repository.

    With the instructions of the workflows, the ignore rules and a page about each folder. Nothing is overwritten.

    \b
    Example:
      orch init
      orch -C ../other-repository init
    """
    from runner.workflows.bundled import install_orchestration

    printer, root = Printer(as_json), site.folder or Path.cwd()
    if not root.is_dir():
        named = quote(str(root))
        make = f"mkdir -p {named} && orch -C {named} init"
        raise Refused(f"{root} is no folder", next_command=None if root.exists() else make)
    installed = install_orchestration(root)
    for path in installed.created:
        printer.say(f"created  {path}")
    for path in installed.kept:
        printer.say(f"kept     {path}")
    printer.mention(f"Next: {site.typed('orch run start --workflow visual-essay --slug the-word-robot')}")
    printer.document({"created": list(installed.created), "kept": list(installed.kept)})
