"""A worker that has each gate done by the program of its agent, or by a person where that has none."""

from collections.abc import Callable

from gate_tests.typing_compat import override
from runner.agents.commands.agent_command import AgentCommand
from runner.agents.commands.agent_commands import AgentCommands
from runner.pipeline.worker import Task, Worker, WorkerResult


class WorkerByAgent(Worker):
    """Chooses the worker of each task by its agent. `report` prints a line for people."""

    def __init__(
        self,
        commands: AgentCommands,
        create_agent_worker: Callable[[AgentCommand], Worker],
        person: Worker,
        report: Callable[[str], object],
    ) -> None:
        self._commands, self._create, self._report = commands, create_agent_worker, report
        self._person = self._last = person

    @override
    def perform(self, task: Task) -> WorkerResult:
        agent = task.workflow_gate.agent
        if command := self._commands.find(agent):
            self._last = self._create(command)
        else:
            self._last = self._person
            self._report(f"  agent   no command for {agent}: a person does its work")
        return self._last.perform(task)

    @override
    def wants_retry(self, number: int) -> bool:
        return self._last.wants_retry(number)
