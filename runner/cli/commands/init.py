"""`orch init`: installs contracts and workflows in a repository."""

from collections.abc import Iterator
from pathlib import Path
from shlex import quote
from typing import Final

import click

from gate_tests.errors import Refused
from runner import suggestions
from runner.cli.context import CliContext, find_current_directory, pass_cli_context
from runner.cli.lazy_group import Command
from runner.cli.options import json_option
from runner.cli.terminal.printer import Printer, print_notice

_START: Final = "orch run start --workflow visual-essay --slug the-word-robot"


@click.command(cls=Command)
@click.option("--bare", "is_bare", is_flag=True, help="Only ignore rules and READMEs; no contract, no workflow.")
@json_option
@pass_cli_context
def init(cli: CliContext, is_bare: bool, as_json: bool) -> None:
    """Install contracts and workflows in a repository.

    Also their prompts, ignore rules, and a README in each directory. Nothing is overwritten.

    \b
    Example:
      orch init
      orch init --bare
      orch -C ../other-repository init
    """
    from runner.workflows.bundled import install_orchestration

    printer, root = Printer(as_json), cli.directory or find_current_directory()
    if not root.is_dir():
        named = quote(str(root))
        make = f"mkdir -p {named} && orch -C {named} init"
        raise Refused(f"{root} is no folder", next_command=None if root.exists() else make)
    installed = install_orchestration(root, is_bare=is_bare)
    for path in installed.created:
        printer.print_line(f"created  {path}")
    for path in installed.updated:
        printer.print_line(f"updated  {path}: rules that it lacked were added at its top")
    for path in installed.kept:
        printer.print_line(f"kept     {path}")
    for note in _list_notes(root.absolute()):
        print_notice(note)
    printer.print_hint(f"Next: {cli.format_command(_suggest_workflow(root) if is_bare else _START)}")
    printer.print_document(
        {"created": list(installed.created), "updated": list(installed.updated), "kept": list(installed.kept)}
    )


def _suggest_workflow(root: Path) -> str:
    from gate_tests.workspace.layout import Workspace
    from runner.contracts.workflow_template import choose_new_name

    return suggestions.new_workflow(choose_new_name(Workspace(root)))


def _list_notes(root: Path) -> Iterator[str]:
    """What may surprise about the new root."""
    from gate_tests.workspace.find_root import explain_root

    if explanation := explain_root(root, root):
        yield explanation
    if (root / "orchestration/__init__.py").exists():
        yield f"{root / 'orchestration'} is a Python package; its modules were left as they are"
