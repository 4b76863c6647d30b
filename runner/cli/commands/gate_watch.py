"""`orch gate check --watch`: judges again whenever a file changes, until Ctrl-C."""

import gc
from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from gate_tests.errors import Exit, Interrupted, OrchError
from gate_tests.programs.signals import raise_lost_interrupt
from gate_tests.sanitize import shorten_line
from runner.cli.commands.gate_check import CheckRequest, build_documents, check_once, choose_exit_code
from runner.cli.context import CliContext
from runner.cli.errors import suggest_next_command
from runner.cli.terminal.printer import Printer, print_briefly
from runner.cli.terminal.styles import style
from runner.models.timestamps import now
from runner.operations.file_changes import Snapshot, take_snapshot, wait_for_changes
from runner.operations.watch import find_watched_paths

if TYPE_CHECKING:
    from runner.models.attempt import Json

_MAX_NAMED: Final = 3
"""How many of the changed files are named."""


def watch_gates(cli: CliContext, printer: Printer, request: CheckRequest) -> Exit:
    """Runs until Ctrl-C. Raises Refused for an unknown run or gate; reports later errors and continues."""
    gc.enable()  # disabled at the start, but this command runs long
    run = cli.store.read(request.run_id)
    for gate in request.gates:
        run.gate(gate)
    try:
        _Watch(cli, printer, request).run()
    except (KeyboardInterrupt, Interrupted):
        print_briefly(lambda: _print_end(printer))
    return Exit.INTERRUPTED


def _print_end(printer: Printer) -> None:
    printer.print_hint()
    printer.print_hint("Stopped watching; nothing was recorded")


class _Watch:
    def __init__(self, cli: CliContext, printer: Printer, request: CheckRequest) -> None:
        self._cli, self._printer, self._request = cli, printer, request
        self._workspace = cli.workspace

    def run(self) -> None:
        """Judges, waits for changes, and repeats."""
        changed: list[str] = []
        while True:
            paths, runs_programs = find_watched_paths(self._cli.store, self._request.run_id, self._request.gates)
            before = take_snapshot(self._workspace, paths)
            self._print_changes(changed)
            self._run_turn()
            after = take_snapshot(self._workspace, paths)
            self._printer.print_hint(f"Watching {self._count_files(after)}; press Ctrl-C to stop")
            # Files written by the contract's programs must not start another turn, which would loop for ever.
            raise_lost_interrupt()
            changed = wait_for_changes(self._workspace, paths, after if runs_programs else before)

    def _print_changes(self, changed: Sequence[str]) -> None:
        if not changed:
            return
        self._printer.clear_screen()
        named = ", ".join(changed[:_MAX_NAMED])
        more = f" and {len(changed) - _MAX_NAMED} more" if len(changed) > _MAX_NAMED else ""
        self._printer.print_line(f"--- {now()[11:19]} UTC  {named}{more} changed")

    def _run_turn(self) -> None:
        """Judges once, and prints the result or the error."""
        turn: dict[str, Json | str | int] = {"at": now()}
        try:
            judged = check_once(self._cli, self._printer, self._request)
        except Interrupted:
            raise
        except OrchError as error:
            error.next_command = suggest_next_command(error, self._cli)
            self._print_error(error)
            next_command = self._cli.format_command(error.next_command) if error.next_command else None
            error_document: Json = {"message": error.message, "next": next_command}
            self._printer.print_document_line(turn | {"exit_code": int(error.exit_code), "error": error_document})
        else:
            self._printer.print_document_line(
                turn | {"exit_code": int(choose_exit_code(judged)), "gates": build_documents(judged)}
            )

    def _print_error(self, error: OrchError) -> None:
        for line in error.message.splitlines():
            self._printer.print_line(style(shorten_line(line), "red"))
        if error.next_command:
            self._printer.print_line(f"Next: {self._cli.format_command(error.next_command)}")

    def _count_files(self, snapshot: Snapshot) -> str:
        files = sum(fingerprint is not None and fingerprint != () for fingerprint in snapshot.values())
        return "1 file" if files == 1 else f"{files:,} files"
