"""What a record says twice: its events, its index of artifacts, its pins and its status follow from its attempts."""

from collections.abc import Iterator

from gate_tests.errors import DamagedRecord
from gate_tests.workspace.layout import Workspace
from runner.models.derived_status import replay_status
from runner.models.event import EventType
from runner.models.invocation import Ended, InvocationStatus, invocation_log
from runner.models.rows import Rows
from runner.models.run import RUN_KEYS, Run
from runner.models.status import GateStatus
from runner.models.timestamps import subtract_milliseconds
from runner.storage.derived.acceptances import Violation
from runner.storage.derived.events import find_event_violations
from runner.storage.derived.index import find_index_violations


def check_derived_members(workspace: Workspace, run: Run) -> None:
    """Raises DamagedRecord for the first member that does not follow from the attempts.

    Not asked of records of the original, which need not agree with themselves.
    """
    for path, rule in find_violations(run):
        raise DamagedRecord(f"{workspace.read_record(run.run_id).at(path)}: {rule}")


def has_violations(run: Run) -> bool:
    """Whether anything does not follow."""
    return next(find_violations(run), None) is not None


def find_violations(run: Run) -> Iterator[Violation]:
    """What does not follow from the attempts of the run."""
    if run.schema_version is None:
        return
    events = list(run.events)
    run = run._replace(events=Rows(events))  # so that each is parsed only once
    if run.schema_version != 1:
        yield from (((key,), "is missing") for key in RUN_KEYS if key in run.absent)
        yield from _find_duration_violations(run)
        yield from _find_invocation_violations(run)
    yield from find_event_violations(run, events)
    yield from find_index_violations(run)
    yield from _find_pin_violations(run)
    yield from _find_status_violations(run)


def find_lost_invocations(run: Run) -> list[str]:
    """The invocations that an attempt or an event names and the run does not have: a repair may have lost them."""
    named = [event.data.get("invocation_id") for event in run.events if event.type == EventType.INVOCATION_RECORDED]
    named += [each for gate in run.gates for attempt in gate.attempts for each in attempt.invocation_ids]
    known = set(run.invocations.column("invocation_id"))
    return [str(each) for each in dict.fromkeys(named) if each not in known]


def _find_duration_violations(run: Run) -> Iterator[Violation]:
    """An invocation ends as long after its start as it took; one that was not measured took no time."""
    for index, row in enumerate(run.invocations):
        if row.started_at == row.finished_at and not row.duration_ms:
            continue
        if row.finished_at is None or row.started_at != subtract_milliseconds(row.finished_at, row.duration_ms or 0):
            yield ("invocations", index, "duration_ms"), "is not the time from started_at to finished_at"


def _find_invocation_violations(run: Run) -> Iterator[Violation]:
    """An invocation has all its keys, the status by which its program ended, and the log that belongs to it."""
    for index, row in enumerate(run.invocations):
        if row.odd_keys:
            yield ("invocations", index), f"has unknown keys or lacks some: {', '.join(row.odd_keys)}"
        if (end := row.end) is None:
            continue
        if not end.program:
            yield ("invocations", index, "program"), "does not name the program that ended"
        if end.succeeded is not (row.status is InvocationStatus.SUCCESS):
            yield ("invocations", index, "status"), "is not how the program ended"
        if end.exit_code is not None and end.ended is not Ended.EXITED:
            yield ("invocations", index, "exit_code"), f"is not null, though the program ended as {end.ended}"
        log = f"orchestration/runs/{run.run_id}/logs/{invocation_log(row.invocation_id)}"
        if end.log not in (None, log):
            yield ("invocations", index, "log"), "is not the log of this invocation"


def _find_pin_violations(run: Run) -> Iterator[Violation]:
    """A gate passes by the contract that is pinned, if one is: one that was accepted replaces the pin."""
    pinned = dict(run.pins.contracts) if run.pins else {}
    for gate in run.gates:
        sha256 = pinned.pop(gate.gate, None)
        judged_by = gate.attempts[-1].contract_sha256 if gate.has_passed else None
        if judged_by and sha256 not in (None, judged_by):
            yield ("pins", "contracts", gate.gate), f"is not the contract of attempt {gate.attempts[-1].number}"
    for gate_id in pinned:
        yield ("pins", "contracts", gate_id), "is of a gate that the run does not have"


def _find_status_violations(run: Run) -> Iterator[Violation]:
    failed = [(gate, attempt) for gate in run.gates for attempt in gate.attempts if attempt.status is GateStatus.FAIL]
    if any(attempt.blocking is None for _, attempt in failed):
        return  # records of orch 0.1.0 do not say which failures fail the run
    follows = replay_status(run, {(gate.gate, attempt.number) for gate, attempt in failed if attempt.blocking})
    if follows is not run.status:
        yield ("status",), f"is {run.status}, but by its events it is {follows}"
