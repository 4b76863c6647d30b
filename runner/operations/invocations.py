"""Records an invocation of an agent."""

from typing import Final

from gate_tests.errors import Refused
from runner.models import transitions
from runner.models.ids import new_invocation_id
from runner.models.invocation import Invocation, InvocationStatus, ProgramEnd
from runner.models.run import Run
from runner.models.timestamps import subtract_milliseconds
from runner.models.usage import Usage
from runner.storage.store import Store

_MAX_DURATION_MS: Final = 366 * 24 * 60 * 60 * 1000


def record_invocation(
    store: Store,
    run_id: str,
    gate_id: str,
    agent: str,
    now: str,
    *,
    status: InvocationStatus = InvocationStatus.SUCCESS,
    model: str = "unknown",
    duration_ms: int | None = None,
    usage: Usage | None = None,
    invocation_id: str | None = None,
    end: ProgramEnd | None = None,
) -> Run:
    """Appends an invocation that ended at `now`. Raises Refused.

    A caller that started the agent itself has an `invocation_id` already, and the `end` of its program, which decides
    the status.
    """
    if duration_ms is not None and not 0 <= duration_ms <= _MAX_DURATION_MS:
        raise Refused(f"--duration-ms must be from 0 to {_MAX_DURATION_MS}, found {duration_ms}")

    def add(run: Run) -> Run:
        ended_at = transitions.monotonic_timestamp(run, now)
        taken = set(run.invocations.column("invocation_id"))
        invocation = Invocation(
            invocation_id=invocation_id or _create_unused_id(ended_at, taken),
            gate=gate_id,
            agent=agent,
            model=model,
            started_at=subtract_milliseconds(ended_at, duration_ms or 0),
            finished_at=ended_at,
            duration_ms=duration_ms,
            status=_status_of(end) if end else status,
            usage=usage,
        )
        if end:
            invocation = invocation._replace(**end._asdict())
        return transitions.record_invocation(run, invocation, ended_at)

    return store.change(run_id, add)


def _status_of(end: ProgramEnd) -> InvocationStatus:
    return InvocationStatus.SUCCESS if end.succeeded else InvocationStatus.FAIL


def _create_unused_id(now: str, taken: set[str]) -> str:
    while (invocation_id := new_invocation_id(now)) in taken:
        pass
    return invocation_id
