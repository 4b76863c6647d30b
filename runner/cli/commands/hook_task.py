"""`orch hook task`: judges the open gate when a task of an agent team is completed, or a teammate is about to idle."""

import sys

import click

from runner.agents.hooks.decision import cut_text
from runner.agents.hooks.hosts import HOSTS
from runner.agents.hooks.stop_event import StopEvent
from runner.cli.context import CliContext, pass_cli_context
from runner.cli.hooks.command import HookCommand, print_answer
from runner.cli.hooks.judging import HookCall, hook_options
from runner.cli.hooks.unfailing import DEFAULT_TARGET, read_input
from runner.cli.options import json_option
from runner.cli.terminal.printer import echo

_BLOCK = 2
"""The exit code by which Claude Code lets a hook of these events block; they take no decision."""


@click.command(cls=HookCommand)
@hook_options
@json_option
@pass_cli_context
@click.pass_context
def task(
    context: click.Context, cli: CliContext, run_id: str | None, gate_id: str | None, max_blocks: int, as_json: bool
) -> None:
    """Keep a task of an agent team open while its gate fails.

    For the events TaskCompleted and TeammateIdle of Claude Code, which take an exit code and no decision. Judges as
    hook stop does. On FAIL the exit code is 2, and the failed checks are on standard error, which the agent reads;
    otherwise, also after an error, it is 0. Standard output is one JSON document.

    \b
    Example:
      orch hook task
      orch hook task --gate G2 --max-blocks 5
    """
    host = HOSTS[DEFAULT_TARGET]
    event = StopEvent.parse(read_input(), host, host.task_events, "hook task")
    decision = HookCall.of(cli, host, event, run_id, gate_id, max_blocks).judge()
    print_answer(decision._replace(reason=None), host)
    if decision.reason:
        echo(cut_text(decision.reason, host.max_answer_bytes), sys.stderr)
        context.exit(_BLOCK)
