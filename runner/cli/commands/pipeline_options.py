"""The options that the commands share which lead through a pipeline, and who works by them."""

import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import click

from runner.cli.context import Site
from runner.cli.terminal.printer import Printer

if TYPE_CHECKING:
    from runner.pipeline.worker import Worker

_LONGEST_TIMEOUT_S = 7 * 24 * 3600
_MOST_RETRIES = 100

_prompt_file_option = click.option(
    "--prompt-file", type=click.Path(path_type=Path), metavar="FILE", help="A text that says what it is about."
)
_agent_command_option = click.option(
    "--agent-command",
    metavar="COMMAND",
    help="A program that does the work, such as 'claude -p': the packet is its standard input. Run without a shell.",
)
_agent_timeout_option = click.option(
    "--agent-timeout",
    type=click.FloatRange(0, _LONGEST_TIMEOUT_S, min_open=True),
    metavar="SECONDS",
    help="How long it may take for a gate. Default: as long as it wants.",
)
_retry_option = click.option(
    "--retry",
    "retries",
    type=click.IntRange(0, _MOST_RETRIES),
    default=0,
    show_default=True,
    metavar="N",
    help="How often a gate that fails is asked for again, with a packet that says what failed.",
)


class Leading(NamedTuple):
    """What the shared options say."""

    prompt_file: Path | None
    agent_command: str | None
    agent_timeout_s: float | None
    retries: int


def leading_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """`--prompt-file`, `--agent-command`, `--agent-timeout` and `--retry`: the command gets them as `leading`."""
    from functools import wraps
    from math import isnan

    @wraps(command)
    def with_leading(
        *arguments: Any,
        prompt_file: Path | None,
        agent_command: str | None,
        agent_timeout: float | None,
        retries: int,
        **options: Any,
    ) -> Any:
        if agent_timeout is not None and agent_command is None:
            raise click.UsageError("--agent-timeout says how long --agent-command may take, which is not given")
        if agent_timeout is not None and isnan(agent_timeout):
            raise click.UsageError("--agent-timeout nan is no number of seconds")
        return command(*arguments, leading=Leading(prompt_file, agent_command, agent_timeout, retries), **options)

    for option in (_retry_option, _agent_timeout_option, _agent_command_option, _prompt_file_option):
        with_leading = option(with_leading)
    return with_leading


def worker(site: Site, leading: Leading, printer: Printer) -> "Worker":
    """Who does the work: the program that was named, the person at the terminal, or nobody who could be waited for."""
    from runner.pipeline.worker import Nobody

    if leading.agent_command is not None:
        from runner.agents.agent_command import Agent, AgentCommand
        from runner.models.timestamps import now

        store = site.store
        command = AgentCommand.parse(leading.agent_command, leading.agent_timeout_s, store.workspace.root)
        return Agent(store, command, now, printer.display)
    if sys.stdin is None or not sys.stdin.isatty():  # None where it is closed
        return Nobody()
    from runner.cli.terminal.key_prompt import Pause

    return Pause(printer)
