"""The worker of a pipeline, as its options select it."""

import sys
from typing import TYPE_CHECKING

from runner.cli.context import CliContext
from runner.cli.pipeline.notifier import PipelineNotifier
from runner.cli.pipeline.options import PipelineOptions
from runner.cli.terminal.printer import Printer

if TYPE_CHECKING:
    from runner.agents.commands.agent_command import AgentCommand
    from runner.agents.commands.agent_commands import AgentCommands
    from runner.pipeline.worker import Worker


def create_worker(
    cli: CliContext, options: PipelineOptions, commands: "AgentCommands", printer: Printer
) -> "tuple[PipelineNotifier, Worker]":
    """The programs of the agents that have one; else the person at the terminal or an unattended worker.

    And the notifier, which is also used when a person at the terminal is asked for a key.
    """
    notifier = PipelineNotifier.create(cli, options)
    person = _create_person(cli, printer, notifier)
    if not commands:
        return notifier, person
    from runner.agents.worker.agent_worker import DEFAULT_WAIT_S, AgentWorker
    from runner.agents.worker.budget import Budget
    from runner.agents.worker.worker_by_agent import WorkerByAgent
    from runner.models.timestamps import now

    store = cli.store
    wait_s = DEFAULT_WAIT_S if options.retry_wait_s is None else options.retry_wait_s
    budget = Budget(options.budget_usd, options.budget_tokens)

    def create_agent_worker(command: "AgentCommand") -> AgentWorker:
        return AgentWorker(store, command, now, printer.open_display, printer.print_line, wait_s, budget)

    return notifier, WorkerByAgent(commands, create_agent_worker, person, printer.print_line)


def _create_person(cli: CliContext, printer: Printer, notifier: PipelineNotifier) -> "Worker":
    """The person at the terminal, an unattended worker where there is none."""
    from runner.pipeline.worker import UnattendedWorker

    if sys.stdin is None or not sys.stdin.isatty():  # None where it is closed
        return UnattendedWorker()
    from runner.cli.terminal.key_prompt import KeyPrompt
    from runner.cli.terminal.question import choose_question_printer

    return notifier.attach(KeyPrompt(choose_question_printer(printer), cli.store))
