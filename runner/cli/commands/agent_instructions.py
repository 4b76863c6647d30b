"""`orch agent instructions`: a section for AGENTS.md or CLAUDE.md."""

import os
from pathlib import Path
from typing import TYPE_CHECKING

import click

from gate_tests.errors import Refused
from runner.cli.context import CliContext, pass_cli_context
from runner.cli.lazy_group import Command
from runner.cli.options import json_option
from runner.cli.terminal.printer import Printer

if TYPE_CHECKING:
    from gate_tests.workspace.layout import Workspace
    from runner.workflows.definition import Workflow


@click.command(cls=Command)
@click.option(
    "--write", "file", type=click.Path(), metavar="FILE", help="Write it into FILE, in place of the section there."
)
@json_option
@pass_cli_context
def instructions(cli: CliContext, file: str | None, as_json: bool) -> None:
    """Print a section for AGENTS.md or CLAUDE.md.

    Markdown: what to do at a gate, with which commands, what the exit codes mean, and the workflows of the root, if
    any. With --json, the same text and its parts.

    --write replaces the section between the comments `orch: begin` and `orch: end` of FILE, or adds it at the end, and
    changes nothing else. FILE is created if it is missing; a symlink is followed.

    Codex and others read AGENTS.md. Claude Code reads CLAUDE.md; with the line `@AGENTS.md` in that, one section serves
    both.

    \b
    Example:
      orch agent instructions
      orch agent instructions --write AGENTS.md
    """
    from runner.agents.instructions import EXIT_MEANINGS, INSTRUCTIONS, compose_instructions

    printer = Printer(as_json)
    workflows = load_workflows(find_workspace(cli))
    text = compose_instructions(workflows)
    change = _write(Path(os.path.expanduser(require_path(file))), text) if file is not None else None
    if change:
        printer.print_line(f"{change:<9}  {file}")
    elif not as_json:
        printer.print_text(text, newline=False)
    printer.print_document({
        "markdown": text,
        "commands": [each.command for each in INSTRUCTIONS if each.command],
        "exit_codes": {str(int(code)): meaning for code, meaning in EXIT_MEANINGS.items()},
        "workflows": {workflow.name: [gate.gate for gate in workflow.gates] for workflow in workflows},
        **({"path": file, "change": change} if change else {}),
    })  # fmt: skip
    printer.raise_output_error()


def _write(path: Path, section: str) -> str:
    from runner.agents.marked_section import write_section
    from runner.storage.user_file import read_user_file, write_user_file

    content = read_user_file(path)
    return write_user_file(path, write_section(content or b"", section, str(path)), content)


def require_path(path: str) -> str:
    """The value of --write, unless it is empty, as that of `--write "$UNSET"` is, or `-`."""
    if not path:
        raise click.UsageError("--write is empty; name a path")
    if path == "-":
        raise click.UsageError("--write names a path; without it, the text is printed")
    return path


def find_workspace(cli: CliContext) -> "Workspace | None":
    """The workspace, if there is one. Raises Refused where a root was given and is none."""
    try:
        return cli.workspace
    except Refused:
        if cli.directory or os.environ.get("ORCH_ROOT"):
            raise
        return None


def load_workflows(workspace: "Workspace | None") -> "list[Workflow]":
    """The workflows of the root, if there is one. Raises InvalidFile."""
    from runner.workflows.definition import load_workflow

    return [load_workflow(workspace, name) for name in workspace.workflows()] if workspace else []
