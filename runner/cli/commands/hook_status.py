"""`orch hook status`: shows in which files of hosts the hooks are installed."""

from pathlib import Path
from typing import Any

import click

from gate_tests.errors import OrchError
from runner import suggestions
from runner.agents.hooks.hosts import HOSTS
from runner.agents.hooks.wiring.change import parse_settings
from runner.agents.hooks.wiring.settings_file import LOCAL_PATHS, SettingsFile, find_top
from runner.cli.context import CliContext, pass_cli_context
from runner.cli.hooks.targets import list_hooks, target_option
from runner.cli.lazy_group import Command
from runner.cli.options import json_option
from runner.cli.terminal.printer import Printer
from runner.cli.terminal.styles import style


@click.command(cls=Command)
@target_option
@json_option
@pass_cli_context
def status(cli: CliContext, target: str | None, as_json: bool) -> None:
    """Show where the hooks are installed.

    Lists the file of each host, or of --target, the hooks of orch in it, and what is wrong with them. Changes nothing.

    \b
    Example:
      orch hook status
      orch hook status --target codex --json
    """
    printer, root = Printer(as_json), cli.workspace.root
    files = [
        (name, SettingsFile.of(root, name, is_local=is_local))
        for name in ([target] if target else HOSTS)
        for is_local in ((False, True) if name in LOCAL_PATHS else (False,))
    ]
    rows = [_examine(name, file) for name, file in files]
    rows = [row for row in rows if row["exists"] or row["path"] not in LOCAL_PATHS.values()]
    rows += _examine_codex_config(find_top(root)) if target in (None, "codex") else []
    rows.sort(key=lambda row: [*HOSTS].index(row["target"]))
    for row in rows:
        _print_row(printer, row)
    faulty = next((row for row in rows if _can_be_replaced(row)), None)
    if faulty:
        local = ["--local"] if faulty["path"] in LOCAL_PATHS.values() else []
        printer.print_hint(f"Next: {cli.format_command(suggestions.wire_hooks('install', faulty['target'], *local))}")
    printer.print_document(rows)
    printer.raise_output_error()


def _examine(target: str, file: SettingsFile) -> dict[str, Any]:
    """`{target, path, exists, hooks, problem}`."""
    row = {"target": target, "path": file.path, "exists": True, "hooks": [], "problem": None}
    try:
        content = file.read()
        if content is None:
            return {**row, "exists": False}
        return {**row, "hooks": list_hooks(parse_settings(file.path, content, target), target)}
    except OrchError as error:
        return {**row, "problem": error.message.splitlines()[0]}


def _examine_codex_config(top: Path) -> list[dict[str, Any]]:
    """A row for hooks in Codex's config.toml, which a person writes; none without such hooks."""
    from runner.doctor.codex_trust import CONFIG_FILE, read_toml

    hooks = list_hooks(read_toml(top / CONFIG_FILE), "codex")
    return [{"target": "codex", "path": CONFIG_FILE, "exists": True, "hooks": hooks, "problem": None}] if hooks else []


def _can_be_replaced(row: dict[str, Any]) -> bool:
    """Whether `hook install` repairs a hook of the file, which it does in JSON."""
    return row["path"].endswith(".json") and any(hook["problem"] for hook in row["hooks"])


def _print_row(printer: Printer, row: dict[str, Any]) -> None:
    hooks, place = row["hooks"], f"{row['target']:11}  {row['path']}"
    if row["problem"]:
        printer.print_wrapped(f"{row['target']:11}  {style('not read', 'red')}: {row['problem']}", 13)
    elif not hooks:
        printer.print_line(f"{place}: {'no hooks of orch' if row['exists'] else 'does not exist'}")
    else:
        printer.print_line(place)
    for hook in hooks:
        printer.print_line(f"{'':11}  {hook['event']}: {hook['command']}")
        if hook["problem"]:
            printer.print_wrapped(f"{'':11}    {style('warning', 'yellow')}: {hook['problem']}", len("warning: "))
