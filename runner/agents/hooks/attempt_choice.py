"""Which attempt a stop hook judges for an agent.

That of the named run and gate; else the one that the agent's session opened; else the open attempt that was started
last in the newest run with one that no other session opened. After a FAIL it is the failed attempt, if it was
named or the agent's session opened it: no other agent is sent back for an old failure.
"""

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, NamedTuple

from gate_tests.errors import OrchError
from gate_tests.sanitize import sanitize_line
from runner.agents.hooks.bound_attempts import Binding, list_bound_runs, read_bindings
from runner.models.status import GateStatus, RunStatus
from runner.storage.run_list import RunFilter, UnreadableRun, list_runs
from runner.storage.session_binding import hash_session

if TYPE_CHECKING:
    from runner.models.attempt import Attempt
    from runner.models.gate import Gate
    from runner.models.run import Run
    from runner.storage.store import Store


class ChosenAttempt(NamedTuple):
    """The last attempt at a gate of an unfinished run: open, or judged and failed."""

    run: "Run"
    gate: "Gate"
    attempt: "Attempt"

    @property
    def options(self) -> str:
        """The options of a command that name it."""
        return f"--run {self.run.run_id} --gate {self.gate.gate}"

    @property
    def title(self) -> str:
        """The gate's name in messages."""
        return f"Gate {self.gate.gate} {sanitize_line(self.gate.name)}"


def choose_attempt(
    store: "Store", session: str, run_id: str | None, gate_id: str | None, agent: str = ""
) -> ChosenAttempt | None:
    """The attempt that the session answers for, at `gate_id` if given; None where there is none. It may be unknown.

    A subagent, `agent`, answers for what it opened itself, if anything, else for what its session opened.

    Raises Refused, DamagedRecord, NotReadable; without `run_id` only if a run of the session or the newest one cannot
    be read, since the attempt may be there.
    """
    if run_id is not None:
        run = store.read(run_id)
        return _choose(_list_last(run, run.gate(gate_id).gate if gate_id is not None else None))
    for name in filter(None, (agent, session)):
        if runs := _list_bound(store, name):
            bound = [each for last_attempts in runs for each in last_attempts]
            return _choose(each for each in bound if gate_id in (None, each.gate.gate))
    return _find_unbound(store, session, gate_id)


def _list_last(run: "Run", gate_id: str | None) -> Iterator[ChosenAttempt]:
    """The last attempt of each gate, or of the given one, while the run is unfinished."""
    if run.finished_at is None:
        gates = (gate for gate in run.gates if gate_id in (None, gate.gate))
        yield from (ChosenAttempt(run, gate, gate.last_attempt) for gate in gates if gate.last_attempt)


def _list_bound(store: "Store", session: str) -> list[list[ChosenAttempt]]:
    """For each unfinished run that the session opened attempts in, those that no other attempt followed."""
    hashed, found = hash_session(session), []
    for run_id in list_bound_runs(store.workspace, session):
        run, bindings = store.read(run_id), read_bindings(store.workspace, run_id)
        opened = {(each.gate, each.attempt) for each in bindings if each.session == hashed}
        if run.finished_at is None:
            found.append([each for each in _list_last(run, None) if (each.gate.gate, each.attempt.number) in opened])
    return found


def _choose(candidates: Iterable[ChosenAttempt]) -> ChosenAttempt | None:
    """The open one that was started last; where none is open, the one that was started last, if it was judged FAIL."""
    by_start = sorted(candidates, key=lambda each: each.attempt.started_at)
    if opened := [each for each in by_start if each.attempt.is_open]:
        return opened[-1]
    return by_start[-1] if by_start and _was_judged_fail(by_start[-1].attempt) else None


def _was_judged_fail(attempt: "Attempt") -> bool:
    """Whether checks or scripts failed it: a person who fails, abandons or cancels an attempt sends nobody back."""
    if attempt.status is not GateStatus.FAIL:
        return False
    return bool(attempt.failed_checks) or any(script.get("pass") is False for script in attempt.pre_scripts)


def _find_unbound(store: "Store", session: str, gate_id: str | None) -> ChosenAttempt | None:
    """The open attempt in the newest run that has one; of a known session, one that no other session opened."""
    for index, summary in enumerate(list_runs(store.workspace, store.read, RunFilter())):
        try:
            if isinstance(summary, UnreadableRun):
                raise summary.error
            if summary.is_completed or summary.status is RunStatus.QUEUED:
                continue
            run = store.read(summary.run_id)
            opened = [each for each in _list_last(run, gate_id) if each.attempt.is_open]
            if opened and session:
                bindings = read_bindings(store.workspace, run.run_id)
                opened = [each for each in opened if not _is_bound(each, bindings)]
            if opened:
                return _choose(opened)
        except OrchError:
            if index == 0:
                raise
    return None


def _is_bound(chosen: ChosenAttempt, bindings: Iterable[Binding]) -> bool:
    return any((each.gate, each.attempt) == (chosen.gate.gate, chosen.attempt.number) for each in bindings)
