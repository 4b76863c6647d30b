"""The options of the commands that run a pipeline, and the worker that they select."""

import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import click

from runner.cli.context import CliContext
from runner.cli.options import BoundedOption
from runner.cli.terminal.printer import Printer

if TYPE_CHECKING:
    from runner.pipeline.worker import Worker

_MAX_TIMEOUT_S: Final = 7 * 24 * 3600
_MAX_RETRIES: Final = 100

_prompt_file_option = click.option(
    "--prompt-file",
    type=click.Path(),
    metavar="FILE",
    help="A text file with the task.",
)
_agent_command_option = click.option(
    "--agent-command",
    metavar="COMMAND",
    help="Run an agent, such as 'claude -p', without a shell.",
)
_agent_timeout_option = click.option(
    "--agent-timeout",
    cls=BoundedOption,
    type=click.FloatRange(0, _MAX_TIMEOUT_S, min_open=True),
    metavar="SECONDS",
    help="Stop the agent after this time. Default: no limit.",
)
_retry_option = click.option(
    "--retry",
    "retries",
    cls=BoundedOption,
    type=click.IntRange(0, _MAX_RETRIES),
    default=0,
    metavar="N",
    help="Retry a failed gate up to N times.",
)


class PipelineOptions(NamedTuple):
    """The values of the shared options."""

    prompt_file: Path | None
    agent_command: str | None
    agent_timeout_s: float | None
    retries: int
    is_resumed: bool = False
    """Whether the prompt file has been given again: the logs have the text of the one that the run started with."""
    lock_timeout_s: float | None = None
    """If it is not the default."""

    @property
    def resume_options(self) -> tuple[str, ...]:
        """The options with which `orch run resume` continues as this command would: what no record remembers."""
        prompt = ("--prompt-file", str(self.prompt_file)) if self.prompt_file and self.is_resumed else ()
        agent = ("--agent-command", self.agent_command) if self.agent_command is not None else ()
        timeout = ("--agent-timeout", f"{self.agent_timeout_s:.15g}") if self.agent_timeout_s is not None else ()
        retry = ("--retry", str(self.retries)) if self.retries else ()
        lock_timeout = ("--lock-timeout", f"{self.lock_timeout_s:g}") if self.lock_timeout_s is not None else ()
        return (*prompt, *agent, *timeout, *retry, *lock_timeout)


def pipeline_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """`--prompt-file`, `--agent-command`, `--agent-timeout` and `--retry`: the command gets them as `options`."""
    from functools import wraps
    from math import isnan

    @wraps(command)
    def with_pipeline_options(
        *arguments: Any,
        prompt_file: str | None,
        agent_command: str | None,
        agent_timeout: float | None,
        retries: int,
        **options: Any,
    ) -> Any:
        if agent_timeout is not None and agent_command is None:
            raise click.UsageError("--agent-timeout requires --agent-command")
        if agent_timeout is not None and isnan(agent_timeout):
            raise click.UsageError("--agent-timeout nan is not a number of seconds")
        if prompt_file == "":  # as of --prompt-file "$UNSET"
            raise click.UsageError("--prompt-file is empty; name a file")
        # No shell expands the ~ of --prompt-file=~/topic.txt.
        prompt_path = None if prompt_file is None else Path(os.path.expanduser(prompt_file))
        is_resumed = click.get_current_context().info_name == "resume"
        typed = PipelineOptions(prompt_path, agent_command, agent_timeout, retries, is_resumed, _find_lock_timeout())
        return command(*arguments, options=typed, **options)

    for option in (_retry_option, _agent_timeout_option, _agent_command_option, _prompt_file_option):
        with_pipeline_options = option(with_pipeline_options)
    return with_pipeline_options


def _find_lock_timeout() -> float | None:
    """The value of `--lock-timeout`, if it is not the default."""
    cli = click.get_current_context().find_object(CliContext)
    return cli.lock_timeout_s if cli and cli.lock_timeout_s != CliContext(None).lock_timeout_s else None


def create_worker(cli: CliContext, options: PipelineOptions, printer: Printer) -> "Worker":
    """The worker: the agent's program if one was given, else the person at the terminal, else an unattended one."""
    from runner.pipeline.worker import UnattendedWorker

    if options.agent_command is not None:
        from runner.agents.agent_command import AgentCommand
        from runner.agents.agent_worker import AgentWorker
        from runner.models.timestamps import now

        store = cli.store
        command = AgentCommand.parse(options.agent_command, options.agent_timeout_s, store.workspace.root)
        return AgentWorker(store, command, now, printer.open_display)
    if sys.stdin is None or not sys.stdin.isatty():  # None where it is closed
        return UnattendedWorker()
    from runner.cli.terminal.key_prompt import KeyPrompt
    from runner.cli.terminal.question import choose_question_printer

    return KeyPrompt(choose_question_printer(printer), cli.store)
