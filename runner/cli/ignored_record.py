"""Warns where git ignores the records of a run, which are made to be committed."""

import os

from gate_tests.errors import format_message
from runner import suggestions
from runner.cli.context import CliContext
from runner.cli.terminal.printer import print_notice
from runner.cli.terminal.render import format_ignored_record


def report_ignored_record(cli: CliContext, run_id: str) -> None:
    """Prints the rule by which git ignores the record of the run, if there is one, on a line to standard error."""
    from runner.git.rules import find_rule_against
    from runner.workflows.bundled import can_overrule

    workspace = cli.workspace
    record = workspace.record_path(run_id)
    if rule := find_rule_against(workspace.root, record):
        real = os.path.relpath(os.path.realpath(workspace.root / record), os.path.realpath(workspace.root))
        next_command = suggestions.INIT if can_overrule(workspace.root, rule) else suggestions.check_ignored(real)
        print_notice(format_message(format_ignored_record(rule), cli.format_command(next_command)))
