"""What the commands that lead through a pipeline share: their options, who works, and what people read meanwhile."""

import sys
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import click

from gate_tests.errors import Exit, OrchError
from gate_tests.sanitize import plain
from runner.cli import render
from runner.cli.printer import Printer
from runner.cli.site import Site
from runner.models.status import GateStatus, RunStatus

if TYPE_CHECKING:
    from gate_tests.isolated_pytest.client import Display
    from runner.models.run import Run
    from runner.operations.judged_gate import JudgedGate
    from runner.pipeline.worker import Handover, Worker

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
    from runner.cli.pause import Pause

    return Pause(printer)


def tell_end(site: Site, run: "Run", printer: Printer) -> Exit:
    """Says where the run stands, and how it goes on; gives the exit code."""
    passed = run.status is RunStatus.PASSED
    if run.finished_at:
        printer.say(f"\n{render.status_word(run.status)}  {run.run_id} is completed")
    if not passed:
        printer.mention(f"Next: {site.typed(f'orch run resume --run {run.run_id}')}")
    printer.document(run.to_json())
    return Exit.OK if passed else Exit.FAIL


class Reader(NamedTuple):
    """The person who reads along."""

    site: Site
    printer: Printer

    def watch(self) -> "AbstractContextManager[Display]":
        """Pytest's lines are shown as they come."""
        return self.printer.display()

    def wait(self) -> AbstractContextManager[None]:
        """How far it has come is shown at a terminal."""
        return self.printer.progress()

    def announce(self, handover: "Handover") -> None:
        """Which gate it is, and where the packet lies."""
        step = handover.step
        again = ", taken up again" if handover.taken_up else ""
        self.printer.say()
        self.printer.say(
            f"Gate {step.gate} {plain(step.name)}, attempt {handover.attempt}{again}, for {plain(step.agent)}"
        )
        self.printer.say(f"  packet  {handover.packet_path}")

    def hear_check(self, judged: "JudgedGate") -> None:
        """The verdict, and that it is not recorded."""
        for line in render.checked_lines(judged, self.printer.loudness):
            self.printer.say(line)

    def hear_trouble(self, error: OrchError) -> None:
        """What keeps it from being judged."""
        for line in error.message.splitlines():
            self.printer.say(f"  no verdict  {plain(line)}")

    def hear_end(self, run: "Run", gate: str, judged: "JudgedGate | None") -> None:
        """The verdict and its record; of an attempt that somebody else ended, how it ended."""
        attempt = run.gate(gate).attempts[-1]
        record = self.site.workspace.attempt_path(run.run_id, gate, attempt.number)
        if judged:
            for line in render.finished_lines(judged, record, self.printer.loudness):
                self.printer.say(line)
            return
        why = f": {plain(attempt.failure_reason)}" if attempt.failure_reason else ""
        self.printer.say(
            f"{render.status_word(attempt.status)}  {gate} {plain(run.gate(gate).name)}, attempt"
            f" {attempt.number}, not judged here{why}"
        )
        if attempt.status is not GateStatus.RUNNING:
            self.printer.mention(f"  record  {record}")
