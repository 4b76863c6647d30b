"""`orch init`: installs contracts and workflows in a repository."""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from shlex import quote
from typing import TYPE_CHECKING

import click

from gate_tests.errors import Refused
from gate_tests.plurals import format_count
from runner import suggestions
from runner.cli.context import CliContext, find_current_directory, pass_cli_context
from runner.cli.lazy_group import Command
from runner.cli.options import json_option
from runner.cli.terminal.printer import Printer, print_notice

if TYPE_CHECKING:
    from runner.workflows.bundled import InstallResult


@click.command(cls=Command)
@click.option("--bare", "is_bare", is_flag=True, help="Only ignore rules and READMEs; no contract, no workflow.")
@json_option
@pass_cli_context
def init(cli: CliContext, is_bare: bool, as_json: bool) -> None:
    """Install contracts and workflows in a repository.

    Includes their prompts, ignore rules, and a README in each directory. Nothing is overwritten.

    \b
    Example:
      orch init
      orch init --bare
      orch -C ../other-repository init
    """
    from gate_tests.workspace.find_root import is_root
    from runner.workflows.bundled import install_orchestration

    printer, root = Printer(as_json), cli.directory or find_current_directory()
    if not root.is_dir():
        named = quote(str(root))
        make = f"mkdir -p {named} && orch -C {named} init"
        raise Refused(f"{root} is not a directory", next_command=None if root.exists() else make)
    is_new = not is_root(root)
    installed = install_orchestration(root, is_bare=is_bare)
    for line in _format_files(installed, is_verbose=printer.is_verbose):
        printer.print_line(line)
    for note in (*_list_notes(root.absolute(), is_new=is_new), *_warn_about_packaging(cli, root.absolute())):
        print_notice(note)
    start = suggestions.start_workflow("visual-essay", "the-word-robot")
    printer.print_hint(f"Next: {cli.format_command(_suggest_workflow(root) if is_bare else start)}")
    printer.print_document(
        {"created": list(installed.created), "updated": list(installed.updated), "kept": list(installed.kept)}
    )


def _suggest_workflow(root: Path) -> str:
    from gate_tests.workspace.layout import Workspace
    from runner.contracts.workflow_template import choose_new_name

    return suggestions.new_workflow(choose_new_name(Workspace(root)))


def _format_files(installed: "InstallResult", *, is_verbose: bool) -> Iterator[str]:
    """A line for each directory, or for each file."""
    for label, paths in (("created", installed.created), ("kept", installed.kept)):
        if is_verbose:
            yield from (f"{label:7}  {path}" for path in paths)
        else:
            counts = Counter(path.rpartition("/")[0] for path in paths)
            width = max(map(len, counts), default=0) + 1
            yield from (
                f"{label:7}  {f'{name}/':<{width}}  {format_count(count, 'file')}" for name, count in counts.items()
            )
    for path in installed.updated:
        yield f"updated  {path}: missing rules were added at its top"
    if installed.created or installed.updated:
        yield "commit orchestration/ with git; its .gitignore excludes the logs of runs"


def _list_notes(root: Path, *, is_new: bool) -> Iterator[str]:
    """What may surprise about the root."""
    from gate_tests.workspace.find_root import is_root, list_other_roots

    if outer := next(filter(is_root, root.parents), None):
        yield f"warning: another root is above it: {outer}; below {root}, commands use the new root"
    elif is_new and (others := list_other_roots(root)):
        yield f"warning: this repository has other roots: {others}; each command uses the nearest one upwards"
    if (root / "orchestration/__init__.py").exists():
        yield f"{root / 'orchestration'} is a Python package; its modules were not changed"


def _warn_about_packaging(cli: CliContext, root: Path) -> Iterator[str]:
    """What `pip install .` does with the new directory."""
    from runner.doctor.packaging import find_packaging_problem

    if problem := find_packaging_problem(root):
        fix = cli.format_command(problem.next_command) if problem.next_command else problem.advice
        yield f"warning: {problem.message}\n  to fix it: {fix}"
