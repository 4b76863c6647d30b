"""Describes the invocations of a run for people: how each ended, where its output is, and what was used."""

from gate_tests.ages import format_age
from runner.models.attempt import Attempt
from runner.models.invocation import Ended, Invocation
from runner.models.run import Run
from runner.models.usage import UsageTotal


def find_invocations(run: Run, attempt: Attempt) -> list[Invocation]:
    """The invocations of the attempt, in order. Only these are parsed: a run may have thousands."""
    if not attempt.invocation_ids:
        return []
    index = {invocation_id: at for at, invocation_id in enumerate(run.invocations.column("invocation_id"))}
    return [run.invocations[index[each]] for each in attempt.invocation_ids if each in index]


def describe_invocation(invocation: Invocation) -> str:
    """`claude: exit code 1 after 12 s; output in orchestration/…/inv_1.log; 3,250 tokens`."""
    took = "" if invocation.duration_ms is None else f" after {format_age(invocation.duration_ms // 1000)}"
    log = f"output in {invocation.log}" if invocation.log else ""
    used = invocation.usage.describe() if invocation.usage else ""
    facts = "; ".join(filter(None, (f"{invocation.describe_end()}{took}", log, used)))
    return f"{invocation.program or invocation.agent}: {facts}"


def sum_usage(run: Run) -> UsageTotal | None:
    """What all invocations used together; None where none reported it."""
    if not any(run.invocations.column("usage")):
        return None
    return UsageTotal.of(row.usage for row in run.invocations if row.ended is not Ended.NOT_STARTED)
