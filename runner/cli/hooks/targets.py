"""What the commands that wire hooks share: which host they are for, and how a change is shown and made."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click

from gate_tests.errors import NotWritten, OrchError, Refused
from runner import suggestions
from runner.agents.hooks.hosts import HOSTS
from runner.agents.hooks.wiring.change import parse_settings
from runner.agents.hooks.wiring.found_hooks import find_hooks
from runner.agents.hooks.wiring.settings_file import SettingsFile, list_evident_targets
from runner.cli.terminal.printer import Printer
from runner.cli.terminal.styles import style

target_option = click.option(
    "--target",
    type=click.Choice([*HOSTS]),
    metavar="TARGET",
    help=f"{', '.join([*HOSTS][:-1])} or {[*HOSTS][-1]}.",
)


def choose_target(named: str | None, top: Path, command: str) -> str:
    """The named host, else the only one with a directory in the repository. Raises Refused."""
    if named is not None:
        return named
    evident = list_evident_targets(top)
    if len(evident) == 1:
        return evident[0]
    found = f"{' and '.join(evident)} have a directory here" if evident else "no host has a directory here"
    raise Refused(
        f"name the host with --target ({', '.join(HOSTS)}): {found}",
        next_command=suggestions.wire_hooks(command, (evident or [*HOSTS])[0]),
    )


def has_hooks(top: Path, target: str) -> bool:
    """Whether the file of the host has hooks of orch; an invalid file has none."""
    file = SettingsFile(top, HOSTS[target].settings_path)
    try:
        content = file.read()
        return content is not None and any(find_hooks(parse_settings(file.path, content, target), target))
    except OrchError:
        return False


def make_change(printer: Printer, target: str, file: SettingsFile, after: bytes | None, *, is_dry_run: bool) -> bool:
    """Shows how the file changes and, unless `is_dry_run`, changes it; False where nothing does. Raises NotWritten."""
    before = file.read()
    for line in () if printer.is_quiet else _format_diff(file.path, before, after):
        printer.print_text(line)
    is_changed = before != after
    if is_changed and not is_dry_run:
        try:
            file.write(after) if after is not None else file.remove()
        except OSError as error:
            raise NotWritten(f"{file.path}: cannot be written: {error.strerror}") from None
    printer.print_document(
        {
            "target": target,
            "path": file.path,
            "changed": is_changed,
            "written": is_changed and not is_dry_run,
            "removed": is_changed and after is None,
            "hooks": [] if after is None else list_hooks(json.loads(after.decode("utf-8-sig")), target),
            "diff": "\n".join(_diff(file.path, before, after)),
        }
    )
    return is_changed


def list_hooks(data: Any, target: str) -> list[dict[str, Any]]:
    """Our hooks in the data of a file: `{event, hook, command, timeout_s, problem}`."""
    return [
        {
            "event": hook.event,
            "hook": str(hook.kind),
            "command": hook.command,
            "timeout_s": hook.timeout_s,
            "problem": hook.find_problem(target),
        }
        for hook in find_hooks(data, target)
    ]


def _format_diff(path: str, before: bytes | None, after: bytes | None) -> Iterator[str]:
    colours = {"+": "green", "-": "red"}
    for line in _diff(path, before, after):
        yield style(line, colours[line[0]]) if line[:1] in colours else line


def _diff(path: str, before: bytes | None, after: bytes | None) -> list[str]:
    """The change as a unified diff."""
    from difflib import unified_diff

    old, new = ("" if each is None else each.decode("utf-8", "replace") for each in (before, after))
    names = ("/dev/null" if before is None else f"a/{path}", "/dev/null" if after is None else f"b/{path}")
    return [*unified_diff(old.splitlines(), new.splitlines(), *names, lineterm="")]
