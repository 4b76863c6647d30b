"""`orch hook remove`: takes the hooks out of the file of a host."""

import click

from runner.agents.hooks.hosts import HOSTS
from runner.agents.hooks.wiring.change import parse_settings, remove_hooks
from runner.agents.hooks.wiring.settings_file import LOCAL_PATHS, SettingsFile, find_top
from runner.cli.context import CliContext, pass_cli_context
from runner.cli.hooks.targets import choose_target, make_change, target_option
from runner.cli.lazy_group import Command
from runner.cli.options import json_option
from runner.cli.terminal.printer import Printer


@click.command(cls=Command)
@target_option
@click.option("--local", "is_local", is_flag=True, help="Your own file (claude-code).")
@click.option("--dry-run", "is_dry_run", is_flag=True, help="Only show the change.")
@json_option
@pass_cli_context
def remove(cli: CliContext, target: str | None, is_local: bool, is_dry_run: bool, as_json: bool) -> None:
    """Remove the hooks from the file of a host.

    Takes out the hooks that call orch, and nothing else; a file with nothing else in it is removed. The change is shown
    as a diff.

    \b
    Example:
      orch hook remove --target claude-code
      orch hook remove --target codex --dry-run
    """
    printer, root = Printer(as_json), cli.workspace.root
    chosen = choose_target(target, find_top(root), "remove")
    file = SettingsFile.of(root, chosen, is_local=is_local and chosen in LOCAL_PATHS)
    before, after = file.read(), None
    if before is not None:
        parse_settings(file.path, before, chosen)
        after = remove_hooks(before, chosen)
    is_changed = make_change(printer, chosen, file, after, is_dry_run=is_dry_run)
    printer.print_line(_describe(file, chosen, after, is_changed=is_changed, is_dry_run=is_dry_run))
    printer.raise_output_error()


def _describe(file: SettingsFile, target: str, after: bytes | None, *, is_changed: bool, is_dry_run: bool) -> str:
    if not is_changed:
        return f"{HOSTS[target].title}: no hooks of orch in {file.path}; nothing was changed"
    if is_dry_run:
        return f"{file.path} was not changed (--dry-run)"
    removed = f"{file.path} removed: nothing else was in it" if after is None else f"hooks removed from {file.path}"
    return f"{HOSTS[target].title}: {removed}"
