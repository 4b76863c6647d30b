"""The limits of what the agents of a run may use, in dollars and tokens, as their hosts report it."""

from collections.abc import Callable
from typing import Final, NamedTuple

from gate_tests.errors import Paused
from runner.models.run import Run
from runner.models.usage import Usage, UsageTotal
from runner.pipeline.worker import Task


class Budget(NamedTuple):
    """What a run may use, None: no limit. An invocation that runs is not stopped; no other is started."""

    cost_usd: float | None = None
    tokens: int | None = None

    def check(self, run: Run, task: Task) -> None:
        """Raises Paused where the run has used it up."""
        if self == NO_BUDGET:
            return
        total = UsageTotal.of(row.usage for row in run.invocations)
        for spent in self._list_exhausted(total):
            raise Paused(
                f"paused at gate {task.workflow_gate.gate}, attempt {task.attempt}: {spent}",
                advice=f"raise the budget in {task.resume_command}",
            )

    def _list_exhausted(self, total: UsageTotal) -> list[str]:
        exhausted = []
        if self.cost_usd is not None and total.cost_usd >= self.cost_usd:
            exhausted.append(f"--budget-usd {self.cost_usd:g} is used up: ${total.cost_usd:.2f}, as the hosts estimate")
        if self.tokens is not None and total.tokens >= self.tokens:
            exhausted.append(f"--budget-tokens {self.tokens} is used up: {total.tokens:,} tokens")
        return exhausted

    def report_unknown_usage(self, usage: Usage | None, say: Callable[[str], object]) -> None:
        """Warns where an invocation does not count towards a limit, since nobody reported what it used."""
        if self.cost_usd is not None and (usage is None or usage.cost_usd is None):
            say(f"  warned  {_UNKNOWN_COST}")
        if self.tokens is not None and (usage is None or usage.tokens is None):
            say(f"  warned  {_UNKNOWN_TOKENS}")


NO_BUDGET: Final = Budget()
_UNKNOWN_COST: Final = (
    "the agent did not report its cost, so --budget-usd does not count it; claude -p reports it with"
    " --output-format json"
)
_UNKNOWN_TOKENS: Final = (
    "the agent did not report its tokens, so --budget-tokens does not count them; claude -p reports them with"
    " --output-format json, codex exec with --json"
)
