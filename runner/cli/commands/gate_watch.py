"""`orch gate check --watch`: judged again whenever a file changes, until somebody presses Ctrl-C."""

import gc
from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from gate_tests.errors import Exit, Interrupted, OrchError
from gate_tests.sanitize import plain
from runner.cli.commands.gate_check import CheckRequest, check_once, documents_of, verdict_code
from runner.cli.context import CliContext
from runner.cli.terminal.printer import Printer
from runner.models.timestamps import now
from runner.operations.file_changes import Snapshot, take_snapshot, wait_for_changes
from runner.operations.watch import find_watched_paths

if TYPE_CHECKING:
    from runner.models.attempt import Json

_MAX_NAMED = 3
"""So many of the files that changed are named."""


def watch_gates(cli: CliContext, printer: Printer, wanted: CheckRequest) -> Exit:
    """Never comes to an end by itself. An unknown run or gate is refused; what breaks later is told, and watched on."""
    gc.enable()  # this command is long
    run = cli.store.read(wanted.run_id)
    for gate in wanted.gates:
        run.gate(gate)
    try:
        _Watch(cli, printer, wanted).run()
    except (KeyboardInterrupt, Interrupted):
        printer.print_hint("\nStopped watching; nothing was recorded")
    return Exit.INTERRUPTED


class _Watch:
    def __init__(self, cli: CliContext, printer: Printer, wanted: CheckRequest) -> None:
        self._cli, self._printer, self._wanted = cli, printer, wanted
        self._workspace = cli.workspace

    def run(self) -> None:
        """Turn after turn."""
        changed: list[str] = []
        while True:
            paths, runs_programs = find_watched_paths(self._cli.store, self._wanted.run_id, self._wanted.gates)
            before = take_snapshot(self._workspace, paths)
            self._print_changes(changed)
            self._judge()
            after = take_snapshot(self._workspace, paths)
            self._printer.print_hint(f"Watching {self._count_files(after)}; Ctrl-C stops")
            # What programs of the contract have written must not start another turn, for that would have no end.
            changed = wait_for_changes(self._workspace, paths, after if runs_programs else before)

    def _print_changes(self, changed: Sequence[str]) -> None:
        if not changed:
            return
        self._printer.clear_screen()
        named = ", ".join(plain(path) for path in changed[:_MAX_NAMED])
        more = f" and {len(changed) - _MAX_NAMED} more" if len(changed) > _MAX_NAMED else ""
        self._printer.print_line(f"--- {now()} {named}{more} changed")

    def _judge(self) -> None:
        """One turn, told."""
        turn: dict[str, Json | str | int] = {"at": now()}
        try:
            judged = check_once(self._cli, self._printer, self._wanted)
        except Interrupted:
            raise
        except OrchError as error:
            self._print_error(error)
            next_command = self._cli.format_command(error.next_command) if error.next_command else None
            told: Json = {"message": error.message, "next": next_command}
            self._printer.print_document_line(turn | {"exit_code": int(error.exit_code), "error": told})
        else:
            self._printer.print_document_line(
                turn | {"exit_code": int(verdict_code(judged)), "gates": documents_of(judged)}
            )

    def _print_error(self, error: OrchError) -> None:
        for line in error.message.splitlines():
            self._printer.print_line(click.style(plain(line), fg="red"))
        if error.next_command:
            self._printer.print_line(f"Next: {self._cli.format_command(error.next_command)}")

    def _count_files(self, snapshot: Snapshot) -> str:
        files = sum(fingerprint is not None and fingerprint != () for fingerprint in snapshot.values())
        return "1 file" if files == 1 else f"{files:,} files"
