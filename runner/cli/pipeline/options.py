"""The options of the commands that run a pipeline."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final, NamedTuple

import click

from runner.cli.context import CliContext
from runner.cli.options import BoundedOption

_MAX_TIMEOUT_S: Final = 7 * 24 * 3600
_MAX_RETRIES: Final = 100
_MAX_RETRY_WAIT_S: Final = 900

_prompt_file_option = click.option(
    "--prompt-file",
    type=click.Path(),
    metavar="FILE",
    help="A text file with the task.",
)
_agent_command_option = click.option(
    "--agent-command",
    "agent_commands",
    multiple=True,
    metavar="COMMAND",
    help="The program of all agents; AGENT=COMMAND: of one.",
)
_no_agents_file_option = click.option(
    "--no-agents-file",
    "ignores_agents_file",
    is_flag=True,
    help="Ignore orchestration/agents.local.json.",
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
_retry_wait_option = click.option(
    "--retry-wait",
    cls=BoundedOption,
    type=click.FloatRange(0, _MAX_RETRY_WAIT_S),
    metavar="SECONDS",
    help="Wait before a failed agent runs again. Default: 60.",
)
_budget_usd_option = click.option(
    "--budget-usd",
    cls=BoundedOption,
    type=click.FloatRange(0, min_open=True),
    metavar="USD",
    help="Start no agent once the run has cost this.",
)
_budget_tokens_option = click.option(
    "--budget-tokens",
    cls=BoundedOption,
    type=click.IntRange(1),
    metavar="N",
    help="Start no agent once the run used N tokens.",
)
_notify_option = click.option(
    "--notify",
    metavar="COMMAND",
    help="Run this when a person is awaited, or at the end.",
)


class PipelineOptions(NamedTuple):
    """The values of the shared options."""

    prompt_file: Path | None
    agent_commands: tuple[str, ...]
    """The values of `--agent-command`, each with the name of its agent or without."""
    agent_timeout_s: float | None
    retries: int
    is_resumed: bool = False
    """Whether the prompt file has been given again: the logs have the text of the one that the run started with."""
    lock_timeout_s: float | None = None
    """If it is not the default."""
    retry_wait_s: float | None = None
    budget_usd: float | None = None
    budget_tokens: int | None = None
    notify: str | None = None
    ignores_agents_file: bool = False

    @property
    def agent_options(self) -> tuple[str, ...]:
        """The options, of those that were given, that mean nothing without the command of an agent."""
        given = {
            "--agent-timeout": self.agent_timeout_s,
            "--retry-wait": self.retry_wait_s,
            "--budget-usd": self.budget_usd,
            "--budget-tokens": self.budget_tokens,
        }
        return tuple(name for name, value in given.items() if value is not None)

    @property
    def resume_options(self) -> tuple[str, ...]:
        """The options with which `orch run resume` continues as this command would: what no record remembers."""
        prompt = ("--prompt-file", str(self.prompt_file)) if self.prompt_file and self.is_resumed else ()
        agents = [word for command in self.agent_commands for word in ("--agent-command", command)]
        no_file = ("--no-agents-file",) if self.ignores_agents_file else ()
        timeout = ("--agent-timeout", f"{self.agent_timeout_s:.15g}") if self.agent_timeout_s is not None else ()
        retry = ("--retry", str(self.retries)) if self.retries else ()
        lock_timeout = ("--lock-timeout", f"{self.lock_timeout_s:g}") if self.lock_timeout_s is not None else ()
        wait = ("--retry-wait", f"{self.retry_wait_s:g}") if self.retry_wait_s is not None else ()
        usd = ("--budget-usd", f"{self.budget_usd:.15g}") if self.budget_usd is not None else ()
        tokens = ("--budget-tokens", str(self.budget_tokens)) if self.budget_tokens is not None else ()
        notify = ("--notify", self.notify) if self.notify is not None else ()
        return (*prompt, *agents, *no_file, *timeout, *retry, *wait, *usd, *tokens, *notify, *lock_timeout)


def pipeline_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """The options that the commands share: each command gets them as `options`."""
    from functools import wraps
    from math import isfinite

    @wraps(command)
    def with_pipeline_options(
        *arguments: Any,
        prompt_file: str | None,
        agent_commands: tuple[str, ...],
        ignores_agents_file: bool,
        agent_timeout: float | None,
        retries: int,
        retry_wait: float | None,
        budget_usd: float | None,
        budget_tokens: int | None,
        notify: str | None,
        **options: Any,
    ) -> Any:
        numbers = {
            "--agent-timeout": (agent_timeout, "seconds"),
            "--retry-wait": (retry_wait, "seconds"),
            "--budget-usd": (budget_usd, "dollars"),
            "--budget-tokens": (budget_tokens, "tokens"),
        }
        for name, (value, unit) in numbers.items():
            if value is not None and not isfinite(value):
                raise click.UsageError(f"{name} {value} is not a number of {unit}")
        if prompt_file == "":  # as of --prompt-file "$UNSET"
            raise click.UsageError("--prompt-file is empty; name a file")
        # No shell expands the ~ of --prompt-file=~/topic.txt.
        prompt_path = None if prompt_file is None else Path(os.path.expanduser(prompt_file))
        is_resumed = click.get_current_context().info_name == "resume"
        typed = PipelineOptions(
            prompt_path,
            agent_commands,
            agent_timeout,
            retries,
            is_resumed,
            _find_lock_timeout(),
            retry_wait,
            budget_usd,
            budget_tokens,
            notify,
            ignores_agents_file,
        )
        return command(*arguments, options=typed, **options)

    for option in (
        _notify_option,
        _budget_tokens_option,
        _budget_usd_option,
        _retry_wait_option,
        _retry_option,
        _agent_timeout_option,
        _no_agents_file_option,
        _agent_command_option,
        _prompt_file_option,
    ):
        with_pipeline_options = option(with_pipeline_options)
    return with_pipeline_options


def _find_lock_timeout() -> float | None:
    """The value of `--lock-timeout`, if it is not the default."""
    cli = click.get_current_context().find_object(CliContext)
    return cli.lock_timeout_s if cli and cli.lock_timeout_s != CliContext(None).lock_timeout_s else None
