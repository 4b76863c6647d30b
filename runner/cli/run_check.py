"""`orch run check`."""

from pathlib import Path

import click

from gate_tests.errors import Exit, OrchError
from gate_tests.plain import plain
from runner.cli.command import Command
from runner.cli.options import json_option
from runner.cli.printer import Printer
from runner.cli.site import Site, pass_site


@click.command(cls=Command)
@click.argument("paths", metavar="[PATH]...", nargs=-1, type=click.Path(path_type=Path))
@json_option
@pass_site
@click.pass_context
def check(context: click.Context, site: Site, paths: tuple[Path, ...], as_json: bool) -> None:
    """Say whether records are sound.

    Of all runs, or of those that each PATH is a file of: whether RUN.json can be read, and agrees with itself and with
    the files of its attempts. Nothing is changed. The exit code is 4 where a record is damaged.

    \b
    Example:
      orch run check
      orch run check orchestration/runs/run_20261122T093000Z_the-word-robot_k3x9ab/record/RUN.json
    """
    from runner.recorded_paths import runs_of

    store, printer, told, code = site.store, Printer(as_json), [], Exit.OK
    for run_id in runs_of(store.workspace, paths) if paths else store.workspace.runs():
        try:
            store.read(run_id)
            told.append({"run_id": run_id, "sound": True})
        except OrchError as error:
            told.append({"run_id": run_id, "sound": False, "error": error.message, "next": error.next_command})
            code = max(code, error.exit_code)
            following = f". Next: {site.typed(error.next_command)}" if error.next_command else ""
            printer.say(plain(f"{error.message}{following}"))
    sound = sum(bool(each["sound"]) for each in told)
    printer.say(f"{sound} of {len(told)} records are sound")
    printer.document({"runs": told})
    printer.insist()
    context.exit(code)
