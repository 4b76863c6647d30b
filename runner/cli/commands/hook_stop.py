"""`orch hook stop`: judges the open gate when an agent is about to stop."""

import click

from runner.agents.hooks.hosts import HOSTS
from runner.agents.hooks.stop_event import StopEvent
from runner.cli.context import CliContext, pass_cli_context
from runner.cli.hooks.command import HookCommand, print_answer
from runner.cli.hooks.judging import HookCall, hook_options
from runner.cli.hooks.unfailing import DEFAULT_TARGET, read_input
from runner.cli.options import json_option


@click.command(cls=HookCommand)
@click.option(
    "--target",
    type=click.Choice([*HOSTS]),
    default=DEFAULT_TARGET,
    metavar="TARGET",
    help=f"{DEFAULT_TARGET} (default), {', '.join([*HOSTS][1:-1])} or {[*HOSTS][-1]}.",
)
@hook_options
@json_option
@pass_cli_context
def stop(cli: CliContext, target: str, run_id: str | None, gate_id: str | None, max_blocks: int, as_json: bool) -> None:
    """Keep an agent from stopping while its gate fails.

    Reads the JSON input of a stop hook from standard input and judges the attempt that the agent's session opened, or
    else the newest one, as gate check does; nothing is recorded. ORCH_RUN and ORCH_GATE are the defaults of --run and
    --gate. On FAIL the answer sends the agent back, with the failed checks as the reason; otherwise, and if no attempt
    is open, the agent may stop. The exit code is always 0, and standard output is one JSON document.

    \b
    Example:
      orch hook stop
      orch hook stop --target codex --max-blocks 5
    """
    host = HOSTS[target]
    event = StopEvent.parse(read_input(), host, host.stop_events, "hook stop")
    print_answer(HookCall.of(cli, host, event, run_id, gate_id, max_blocks).judge(), host)
