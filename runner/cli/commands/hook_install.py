"""`orch hook install`: writes the hooks into the file of a host."""

import os
from pathlib import Path
from typing import Final

import click

from gate_tests.errors import Refused
from runner import suggestions
from runner.agents.hooks.hosts import HOSTS
from runner.agents.hooks.wiring.change import WiringRequest, install_hooks, parse_settings
from runner.agents.hooks.wiring.found_hooks import find_hooks
from runner.agents.hooks.wiring.host_wiring import WIRINGS, HookKind
from runner.agents.hooks.wiring.settings_file import (
    LOCAL_PATHS,
    SettingsFile,
    explain_missing_program,
    find_own_program,
    find_top,
)
from runner.cli.context import CliContext, pass_cli_context
from runner.cli.hooks.targets import choose_target, has_hooks, make_change, target_option
from runner.cli.lazy_group import Command
from runner.cli.options import json_option
from runner.cli.terminal.printer import Printer, print_notice

_TRUST_NOTES: Final = {
    "codex": "Codex runs them after you have trusted them: start codex here and type /hooks. Until then it skips them"
    " without a word, and so does `codex exec`, unless it is given --dangerously-bypass-hook-trust.",
}
"""What a person has to do in the host before it runs hooks of a repository."""


@click.command(cls=Command)
@target_option
@click.option(
    "--guard/--no-guard", "with_guard", default=True, help="Also the guard of contracts and records (default)."
)
@click.option("--tasks/--no-tasks", "with_tasks", default=None, help="Also those of agent teams (claude-code).")
@click.option("--local", "is_local", is_flag=True, help="Your own file, with the path of orch (claude-code).")
@click.option("--dry-run", "is_dry_run", is_flag=True, help="Only show the change.")
@json_option
@pass_cli_context
def install(
    cli: CliContext,
    target: str | None,
    with_guard: bool,
    with_tasks: bool | None,
    is_local: bool,
    is_dry_run: bool,
    as_json: bool,
) -> None:
    """Install the hooks in the file of a host.

    The stop hook (orch hook stop) keeps an agent from stopping while its gate fails; the guard (orch hook guard) denies
    writes to contracts, workflows and records. The change is shown as a diff. Everything else in the file stays as it
    is, and orch hook remove takes out exactly what was put in. An outdated hook of orch is replaced. Without --target,
    the host whose directory is in the repository, if it is the only one.

    \b
    Example:
      orch hook install --target claude-code
      orch hook install --target codex --dry-run
      orch hook install --target claude-code --local
    """
    printer, root = Printer(as_json), cli.workspace.root
    chosen = choose_target(target, find_top(root), "install")
    _validate_options(chosen, with_tasks=with_tasks, is_local=is_local)
    file = SettingsFile.of(root, chosen, is_local=is_local)
    before = file.read()
    if before is not None:
        parse_settings(file.path, before, chosen)
    request = _make_request(chosen, with_guard, with_tasks, is_local=is_local)
    is_changed = make_change(printer, chosen, file, install_hooks(before, request), is_dry_run=is_dry_run)
    _print_result(cli, printer, file, chosen, is_changed=is_changed, is_dry_run=is_dry_run)
    if not is_local:
        _warn_about_program(cli, chosen)
    _warn_about_doubles(cli, file.top, chosen)
    if not os.path.samefile(root, file.top):
        directory = os.path.relpath(root, file.top)
        print_notice(f"warning: an agent that works outside of {directory} is not sent back for its gates")
    printer.raise_output_error()


def _validate_options(target: str, *, with_tasks: bool | None, is_local: bool) -> None:
    for option, is_given, is_known in (
        ("--tasks", with_tasks, HookKind.TASK in WIRINGS[target].events),
        ("--local", is_local, target in LOCAL_PATHS),
    ):
        if is_given and not is_known:
            raise Refused(
                f"{option} is for claude-code only, not for {target}",
                next_command=suggestions.wire_hooks("install", target),
            )


def _make_request(target: str, with_guard: bool, with_tasks: bool | None, *, is_local: bool) -> WiringRequest:
    chosen = {HookKind.STOP: True, HookKind.GUARD: with_guard, HookKind.TASK: with_tasks}
    own_program = find_own_program()
    if is_local and own_program is None:
        raise Refused("this environment has no program orch", next_command=suggestions.DOCTOR)
    return WiringRequest(
        target,
        [kind for kind, is_wanted in chosen.items() if is_wanted],
        [kind for kind, is_wanted in chosen.items() if is_wanted is False],
        str(own_program) if is_local else "orch",
        is_program_fixed=is_local,
    )


def _print_result(
    cli: CliContext, printer: Printer, file: SettingsFile, target: str, *, is_changed: bool, is_dry_run: bool
) -> None:
    title = HOSTS[target].title
    if is_changed and is_dry_run:
        printer.print_line(f"{file.path} was not changed (--dry-run)")
    elif is_changed:
        printer.print_line(f"{title}: hooks installed in {file.path}")
    else:
        printer.print_line(f"{title}: hooks are already installed in {file.path}; nothing was changed")
    if is_dry_run:
        return
    if (note := _TRUST_NOTES.get(target)) and not printer.is_quiet:
        printer.print_wrapped(note)
    printer.print_hint(f"Next: {cli.format_command(suggestions.WIRING_STATUS)}")


def _warn_about_program(cli: CliContext, target: str) -> None:
    """The hook calls `orch` by its name: a committed file must not contain a path of one machine."""
    if problem := explain_missing_program():
        fix = suggestions.wire_hooks("install", target, "--local") if target in LOCAL_PATHS else suggestions.DOCTOR
        print_notice(f"warning: {problem}, and the hooks call it by its name; see {cli.format_command(fix)}")


def _warn_about_doubles(cli: CliContext, top: Path, target: str) -> None:
    """Hooks that the host finds in another file too. Copilot CLI also reads the file of Claude Code."""
    other = {"copilot": "claude-code", "claude-code": "copilot"}.get(target)
    if other and has_hooks(top, other):
        remove = cli.format_command(suggestions.wire_hooks("remove", "copilot"))
        print_notice(f"warning: Copilot CLI reads .claude/settings.json too, so hooks run twice; see {remove}")
    if target == "codex":
        from runner.doctor.codex_trust import CONFIG_FILE, read_toml

        if any(find_hooks(read_toml(top / CONFIG_FILE), target)):
            print_notice(f"warning: hooks of orch are in {CONFIG_FILE} too, and each runs twice; remove them there")
