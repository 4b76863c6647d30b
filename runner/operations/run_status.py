"""The status report of a run: the state and age of each gate, and the next command.

With --json::

    {"run_id": "run_…", "status": "RUNNING", "workflow": "visual-essay", "slug": "…", "artifact_path": "…",
     "depth": "standard", "started_at": "…Z", "finished_at": null, "age_s": 10800, "ended_s_ago": null,
     "progress": {"passed": 1, "total": 3},
     "gates": [{"gate": "G1", "name": "…", "status": "FAIL", "attempts": 2, "agent": "…", "started_at": "…Z",
                "finished_at": "…Z", "age_s": 720, "failed": ["…"], "stale": ["…"], "changed": ["…"],
                "accepted": ["…"], "invocation": {…} or null}],
     "usage": {"tokens": 3250, "cost_usd": 0.25, "without_tokens": 0, "without_cost": 0} or null,
     "next": "orch …"}
"""

from collections.abc import Iterator
from typing import NamedTuple

from gate_tests.ages import elapsed_s
from gate_tests.compiler.loader import load_contract, read_contract
from gate_tests.errors import InvalidFile, OrchError
from gate_tests.workspace.layout import Workspace
from runner import suggestions
from runner.models.attempt import Attempt, Json
from runner.models.event import EventType
from runner.models.gate import Gate
from runner.models.invocation import Invocation
from runner.models.run import Run
from runner.models.status import GateStatus, RunStatus
from runner.models.usage import UsageTotal
from runner.operations.invocation_lines import find_invocations, sum_usage
from runner.operations.output_changes import OutputChanges
from runner.operations.stale_gates import StaleGates
from runner.storage.file_lock import is_locked
from runner.workflows.next_command import find_next_command
from runner.workflows.prerequisites import Prerequisites


class GateStatusReport(NamedTuple):
    """The status of a gate. `age_s`: seconds since its last attempt ended (began, if open); None where not known.

    `failed`: the reasons of the failed checks and scripts of the last attempt that has ended; `reasons`: the same for
    people, a missing file once. `stale`: why a gate that passed is stale, see `stale_gates`. `changed`: the contract
    or outputs that changed since. `accepted`: the changes of contract, workflow or schemas that were accepted.
    `invocation`: the last call of an agent in the last attempt.
    """

    gate: str
    name: str
    status: GateStatus
    attempts: int = 0
    agent: str | None = None
    started_at: str | None = None
    finished_at: str | None = None
    age_s: int | None = None
    failed: tuple[str, ...] = ()
    stale: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    accepted: tuple[str, ...] = ()
    invocation: Invocation | None = None
    reasons: tuple[str, ...] = ()

    def to_json(self) -> Json:
        """The row in `gates`."""
        lists = {name: list(getattr(self, name)) for name in ("failed", "stale", "changed", "accepted")}
        row = self._asdict() | {"status": str(self.status)} | lists
        row["invocation"] = self.invocation.to_json() if self.invocation else None
        del row["reasons"]
        return row


class StatusReport(NamedTuple):
    """The status of a run and its gates. `problem`: why the workflow of an unfinished run cannot be read."""

    run_id: str
    status: RunStatus
    workflow: str
    slug: str
    artifact_path: str
    depth: str
    started_at: str
    finished_at: str | None
    age_s: int | None
    ended_s_ago: int | None
    gates: tuple[GateStatusReport, ...]
    next_command: str
    problem: str | None = None
    usage: UsageTotal | None = None

    @property
    def passed(self) -> int:
        """The number of gates that have passed."""
        return sum(gate.status is GateStatus.PASS for gate in self.gates)

    def to_json(self) -> Json:
        """The document in the module's docstring."""
        facts = self._asdict() | {"status": str(self.status), "depth": str(self.depth)}
        facts["progress"] = {"passed": self.passed, "total": len(self.gates)}
        facts["gates"] = [gate.to_json() for gate in facts.pop("gates")]
        usage = facts.pop("usage")
        facts["usage"] = usage._asdict() if usage else None
        facts["next"] = facts.pop("next_command")
        del facts["problem"]
        return facts


def build_status_report(workspace: Workspace, run: Run, now: str) -> StatusReport:
    """The status of the run at the time `now`. Reads contracts, and the outputs of gates that have passed."""
    outputs = OutputChanges(workspace, run)
    staleness = StaleGates(workspace, run, outputs)
    stale = staleness.list_stale()
    gates = tuple(
        _build_gate_report(workspace, run, gate, outputs, now)._replace(stale=stale.get(gate.gate, ()))
        for gate in run.gates
    )
    return StatusReport(
        run_id=run.run_id,
        status=run.status,
        workflow=run.workflow.name,
        slug=run.workflow.slug,
        artifact_path=run.workflow.artifact_path,
        depth=run.depth,
        started_at=run.started_at,
        finished_at=run.finished_at,
        age_s=elapsed_s(run.started_at, now),
        ended_s_ago=elapsed_s(run.finished_at, now) if run.finished_at else None,
        gates=gates,
        next_command=_choose_next_command(workspace, run, gates, staleness),
        problem=None if run.finished_at else Prerequisites.of(workspace, run).problem,
        usage=sum_usage(run),
    )


def _choose_next_command(
    workspace: Workspace, run: Run, gates: tuple[GateStatusReport, ...], staleness: StaleGates
) -> str:
    """Checks the gates with changes since they passed, before others build on them, if they still have a contract."""
    changed = [gate.gate for gate in gates if gate.changed and gate.status is GateStatus.PASS]
    checkable = [gate for gate in changed if _has_valid_contract(workspace, gate)]
    if checkable:
        return suggestions.check_gates(run.run_id, *checkable)
    if is_locked(workspace.root / workspace.run_path(run.run_id)):  # an agent is at work: nobody can resume the run
        at_work = [gate.gate for gate in run.gates if gate.open_attempt and _has_valid_contract(workspace, gate.gate)]
        if at_work:
            return suggestions.check_gates(run.run_id, at_work[0])
    return find_next_command(workspace, run, staleness=staleness)


def _has_valid_contract(workspace: Workspace, gate: str) -> bool:
    try:
        load_contract(workspace, gate)
    except OrchError:
        return False
    return True


def _build_gate_report(
    workspace: Workspace, run: Run, gate: Gate, outputs: OutputChanges, now: str
) -> GateStatusReport:
    if not gate.attempts:
        return GateStatusReport(gate.gate, gate.name, gate.status, changed=_list_pin_changes(workspace, run, gate))
    last = gate.attempts[-1]
    ended = _find_last_ended(gate)
    return GateStatusReport(
        gate=gate.gate,
        name=gate.name,
        status=gate.status,
        attempts=len(gate.attempts),
        agent=last.agent,
        started_at=last.started_at,
        finished_at=last.finished_at,
        age_s=elapsed_s(last.finished_at or last.started_at, now),
        failed=list_failures(ended) if ended else (),
        reasons=list_reasons(ended) if ended else (),
        changed=tuple(_list_changes(workspace, gate, outputs)),
        accepted=_list_accepted_changes(run, gate),
        invocation=next(reversed(find_invocations(run, last)), None),
    )


def _list_accepted_changes(run: Run, gate: Gate) -> tuple[str, ...]:
    if EventType.CONTRACT_ACCEPTED not in run.events.column("type"):
        return ()
    from runner.models.rules import list_accepted_changes  # few runs have any

    return tuple(
        f"attempt {change.attempt}: change of {change.path.rpartition('/')[2]} accepted"
        for change in list_accepted_changes(run.events)
        if change.gate == gate.gate
    )


def _list_pin_changes(workspace: Workspace, run: Run, gate: Gate) -> tuple[str, ...]:
    """Whether the contract of a gate without attempts changed after the run started."""
    pinned = run.pins.contracts.get(gate.gate) if run.pins and not run.finished_at else None
    return tuple(_list_contract_changes(workspace, gate.gate, pinned, "the run started"))


def _find_last_ended(gate: Gate) -> Attempt | None:
    """The last attempt that has ended: while a retry is open, its failures are what has to be fixed."""
    return next((attempt for attempt in reversed(gate.attempts) if not attempt.is_open), None)


def list_failures(attempt: Attempt) -> tuple[str, ...]:
    """Why the attempt failed, a reason for each failed script and check; empty where it did not fail."""
    if attempt.status is not GateStatus.FAIL:
        return ()
    checks = (str(result.reason) for result in attempt.failed_checks if result.reason)
    return (*_list_script_failures(attempt), *checks) or _list_other_failures(attempt)


def list_reasons(attempt: Attempt) -> tuple[str, ...]:
    """The failures, a missing file once, with the number of the other checks that need it."""
    if attempt.status is not GateStatus.FAIL:
        return ()
    from gate_tests.checks.missing import describe_dependents, fold_missing  # few attempts have failed

    results = {str(index): result for index, result in enumerate(attempt.failed_checks)}
    checks = (f"{results[key].reason}{describe_dependents(count)}" for key, count in fold_missing(results).items())
    return (*_list_script_failures(attempt), *checks) or _list_other_failures(attempt)


def _list_script_failures(attempt: Attempt) -> tuple[str, ...]:
    scripts = (script.get("reason") for script in attempt.pre_scripts if script.get("pass") is False)
    return tuple(str(reason) for reason in scripts if reason)


def _list_other_failures(attempt: Attempt) -> tuple[str, ...]:
    """The reason of an attempt that was not judged."""
    return (attempt.failure_reason,) if attempt.failure_reason else ()


def _list_changes(workspace: Workspace, gate: Gate, outputs: OutputChanges) -> Iterator[str]:
    """The contract, if it changed since the last attempt started or passed, and the outputs of one that passed."""
    last = gate.attempts[-1]
    if last.status is GateStatus.FAIL:
        return  # the work has to be done again anyway
    since = f"attempt {last.number} started" if last.is_open else "it passed"
    yield from _list_contract_changes(workspace, gate.gate, last.latest_contract_sha256, since)
    if gate.has_passed:
        yield from outputs.describe(gate)


def _list_contract_changes(workspace: Workspace, gate: str, known: str | None, since: str) -> Iterator[str]:
    """That the contract is another one now, is missing, or what is wrong with its JSON."""
    if not known:
        return
    path = workspace.contract_path(gate)
    try:
        if read_contract(workspace, gate).sha256 != known:
            yield f"changed since {since}: {path}"
    except InvalidFile as error:
        yield error.message
    except OrchError:
        yield f"missing since {since}: {path}"
