"""`orch init` and `orch demo`: for a repository, and a person, that are new here."""

from pathlib import Path
from shlex import quote

import click

from gate_tests.errors import Exit, Refused
from runner.cli.command import Command
from runner.cli.options import json_option
from runner.cli.printer import Printer
from runner.cli.site import Site, pass_site


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


@click.command(cls=Command)
@click.option("--folder", type=click.Path(path_type=Path), metavar="DIR", help="An empty folder to use.")
@json_option
@click.pass_context
def demo(context: click.Context, folder: Path | None, as_json: bool) -> None:
    """Play three gates over a small real example.

    In a scratch folder. One of them fails at first; at the end the record is shown.

    \b
    Example:
      orch demo
    """
    from runner.cli.demo import play

    printer = Printer(as_json)
    story = play(context.find_root().command, folder, printer)
    printer.document(story.to_json())
    context.exit(Exit.OK if story.ended_well else Exit.FAIL)
