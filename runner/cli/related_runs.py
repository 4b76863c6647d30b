"""Warns where a new run repeats one that is unfinished."""

from typing import TYPE_CHECKING

from runner import suggestions
from runner.cli.context import CliContext
from runner.cli.terminal.printer import print_notice

if TYPE_CHECKING:
    from runner.models.run import Run


def report_related_runs(cli: CliContext, run: "Run") -> None:
    """Prints, to standard error, the newest other unfinished run that has its slug or artifact path."""
    from runner.operations.unfinished_runs import find_related_runs

    related = list(find_related_runs(cli.store, run))
    if related:
        newest, count = related[0], len(related)
        what = "another run" if count == 1 else f"the newest of {count} other runs"
        print_notice(
            f"warning: {what} with the same {' and '.join(newest.shared)} is unfinished\n"
            f"  to continue it: {cli.format_command(suggestions.resume_run(newest.run_id))}"
        )
