"""Warns where a new run repeats one that is unfinished."""

from typing import TYPE_CHECKING

from runner import suggestions
from runner.cli.context import CliContext
from runner.cli.terminal.printer import print_notice

if TYPE_CHECKING:
    from runner.models.run import Run


def report_related_runs(cli: CliContext, run: "Run") -> None:
    """Prints, to standard error, how many other unfinished runs have its slug or artifact path, and the newest."""
    from runner.operations.unfinished_runs import find_related_runs

    related = list(find_related_runs(cli.store, run))
    if not related:
        return
    newest, count = related[0], len(related)
    is_same = all(each.shared == newest.shared for each in related)
    shared = " and ".join(newest.shared) if is_same else "slug or artifact path"
    others, verb, which = ("another run", "is", "it") if count == 1 else (f"{count} other runs", "are", "the newest")
    print_notice(
        f"warning: {others} with the same {shared} {verb} unfinished\n"
        f"  to continue {which}: {cli.format_command(suggestions.resume_run(newest.run_id))}"
    )
