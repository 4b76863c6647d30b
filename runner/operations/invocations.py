"""Records that an agent was called."""

from gate_tests.errors import Refused
from runner.models import transitions
from runner.models.ids import new_invocation_id
from runner.models.invocation import Invocation, InvocationStatus
from runner.models.run import Run
from runner.models.timestamps import subtract_milliseconds
from runner.storage.store import Store

_LONGEST_MS = 366 * 24 * 60 * 60 * 1000


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
    invocation_id: str | None = None,
) -> Run:
    """Adds the invocation, which ended now, as the run's last one. `duration_ms` in milliseconds. Raises Refused.

    Whoever watched it from its start has an `invocation_id` for it already.
    """
    if duration_ms is not None and not 0 <= duration_ms <= _LONGEST_MS:
        raise Refused(f"--duration-ms {duration_ms} is no duration: from 0 to {_LONGEST_MS} (a year)")

    def add(run: Run) -> Run:
        moment = transitions.monotonic_timestamp(run, now)
        taken = set(run.invocations.column("invocation_id"))
        invocation = Invocation(
            invocation_id=invocation_id or _unused_id(moment, taken),
            gate=gate_id,
            agent=agent,
            model=model,
            started_at=subtract_milliseconds(moment, duration_ms or 0),
            finished_at=moment,
            duration_ms=duration_ms,
            status=status,
        )
        return transitions.record_invocation(run, invocation, moment)

    return store.change(run_id, add)


def _unused_id(now: str, taken: set[str]) -> str:
    while (invocation_id := new_invocation_id(now)) in taken:
        pass
    return invocation_id
