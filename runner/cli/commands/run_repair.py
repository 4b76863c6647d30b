"""`orch run repair`: rebuild a damaged record, after showing what would change."""

import sys

import click

from gate_tests.errors import Paused
from runner import suggestions
from runner.cli.context import CliContext, pass_cli_context
from runner.cli.lazy_group import Command
from runner.cli.options import json_option, lock_timeout_option
from runner.cli.run_option import run_to_repair
from runner.cli.terminal.printer import Printer
from runner.cli.terminal.question import choose_question_printer


@click.command(cls=Command)
@run_to_repair
@click.option("--yes", is_flag=True, help="Write without asking.")
@lock_timeout_option
@json_option
@pass_cli_context
def repair(cli: CliContext, run_id: str, yes: bool, as_json: bool) -> None:
    """Rebuild a corrupted or inconsistent record.

    Uses the files of its attempts and what can still be read of RUN.json. Shows the changes and what is lost, asks
    before anything is written, and keeps the old file beside the new one.

    \b
    Example:
      orch run repair the-word-robot
    """
    from runner.repair.plan import plan_repair

    printer, store = Printer(as_json), cli.store
    plan = plan_repair(store, run_id)
    kept: tuple[str, ...] = ()
    if plan is None:
        printer.print_line(f"the record of run {run_id} is consistent; nothing to repair")
    else:
        for line in plan.diff():
            printer.print_line(line)
        for loss in plan.lost:
            printer.print_line(f"lost     {loss}")
        if not yes:
            _confirm(cli, printer, run_id)
        kept = plan.write(store)
        for path in (plan.path, *plan.attempts):
            printer.print_line(f"written  {path}")
        for path in kept:
            printer.print_line(f"kept     {path}")
    printer.print_hint(f"Next: {cli.format_command(f'orch run show --run {run_id}')}")
    written = [plan.path, *plan.attempts] if plan else []
    lost = list(plan.lost) if plan else []
    document = {"run_id": run_id, "repaired": plan is not None, "written": written, "kept": list(kept), "lost": lost}
    printer.print_document(document)


def _confirm(cli: CliContext, printer: Printer, run_id: str) -> None:
    """Asks whether to write; returns on yes. Raises Paused on no, or where standard input is no terminal."""
    answer_yes = f"{suggestions.repair_run(run_id)} --yes"
    pause = Paused(f"the record of run {run_id} was not repaired yet", next_command=answer_yes)
    if sys.stdin is None or not sys.stdin.isatty():
        raise pause
    choose_question_printer(printer).print_line(
        "Write the repaired record? The old file is kept. [y/N] ", newline=False
    )
    try:
        answer = sys.stdin.readline()
    except KeyboardInterrupt:
        printer.print_line()
        printer.print_text(f"nothing was written\nNext: {cli.format_command(answer_yes)}")
        raise
    if answer.strip().lower() not in ("y", "yes"):
        raise pause
