"""What a replay judges: each gate that passed, by the contract and in the context that its attempt records."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final, NamedTuple

from gate_tests.compiler.gate import CompiledGate, compile_gate
from gate_tests.errors import InvalidFile, Refused
from gate_tests.workspace.layout import Workspace
from gate_tests.workspace.names import Depth
from gate_tests.workspace.run_context import Hashes, RunContext
from runner.models.attempt import Attempt
from runner.models.context import AttemptContext
from runner.models.event import EventType
from runner.models.gate import Gate
from runner.models.run import Run
from runner.verification.replay_contracts import CannotReplay, RecordedContracts, explain_invalid

NO_CONTEXT: Final = "its record has no context (orch 0.1.0): judged in that of RUN.json"


class ReplayTask(NamedTuple):
    """A gate to judge again. `referred` are the outputs of the gates that its contract names, as of the attempt."""

    gate: Gate
    attempt: Attempt
    compiled: CompiledGate
    context: RunContext
    referred: Mapping[str, Hashes | None]
    notes: tuple[str, ...] = ()


class ReplayGroup(NamedTuple):
    """Tasks that one session judges, since they have one context."""

    context: RunContext
    tasks: tuple[ReplayTask, ...]
    referred: Mapping[str, Hashes | None]

    @classmethod
    def of(cls, task: ReplayTask) -> "ReplayGroup":
        """The group of this task alone."""
        return cls(task.context, (task,), task.referred)

    def split(self) -> "list[ReplayGroup]":
        """A group for each of the tasks."""
        return [ReplayGroup.of(task) for task in self.tasks]

    def add(self, task: ReplayTask) -> "ReplayGroup | None":
        """The group with the task; None if its context is another one."""
        both = self.referred.keys() & task.referred.keys()
        if _without_gates(self.context) != _without_gates(task.context):
            return None
        if any(self.referred[gate] != task.referred[gate] for gate in both):
            return None
        context = self.context._replace(
            attempts={**self.context.attempts, **task.context.attempts},
            passed={**self.context.passed, **task.context.passed},
            baselines={**self.context.baselines, **task.context.baselines},
        )
        return ReplayGroup(context, (*self.tasks, task), {**self.referred, **task.referred})


def find_passed_gates(run: Run) -> list[tuple[Gate, Attempt]]:
    """The gates whose last attempt passed, each with that."""
    return [(gate, gate.attempts[-1]) for gate in run.gates if gate.has_passed and gate.attempts]


def plan_task(workspace: Workspace, run: Run, gate: Gate, attempt: Attempt, contracts: RecordedContracts) -> ReplayTask:
    """The gate as it is to be judged again; its contract was looked for. Raises CannotReplay."""
    if attempt.contract_sha256 is None:
        raise CannotReplay("its record does not say by which contract it was judged")
    contract = contracts.get(gate.gate, attempt.contract_sha256)
    named = {str(each.keys["gate"]) for each in contract.validations if each.type == "unchanged_since"}
    referred = {name: _find_passed_outputs(run, gate.gate, attempt, name) for name in sorted(named)}
    try:
        context = _build_context(run, attempt.context or run.attempt_context, gate, attempt, referred)
        compiled = compile_gate(workspace, contract, context)
    except (InvalidFile, Refused) as error:
        raise CannotReplay(explain_invalid(contract.document, error)) from None
    if any(check.type.name == "changed_in_attempt" for check in compiled.checks) and not context.baselines:
        raise CannotReplay("its record has no baseline, which changed_in_attempt compares with")
    return ReplayTask(gate, attempt, compiled, context, referred, () if attempt.context else (NO_CONTEXT,))


def group_tasks(tasks: Sequence[ReplayTask]) -> list[ReplayGroup]:
    """The tasks in as few groups as possible, in order: each group is a session, which takes a while to start."""
    groups: list[ReplayGroup] = []
    for task in tasks:
        at, joined = next(_join(groups, task), (len(groups), ReplayGroup.of(task)))
        groups[at : at + 1] = [joined]
    return groups


def _join(groups: Sequence[ReplayGroup], task: ReplayTask) -> Iterator[tuple[int, ReplayGroup]]:
    for at, group in enumerate(groups):
        if joined := group.add(task):
            yield at, joined


def _without_gates(context: RunContext) -> RunContext:
    return context._replace(attempts={}, passed={}, baselines={})


def _build_context(
    run: Run, recorded: AttemptContext, gate: Gate, attempt: Attempt, referred: Mapping[str, Hashes | None]
) -> RunContext:
    """The context in which the attempt was judged, with what its contract may refer to."""
    baseline = gate.find_baseline(attempt)
    return RunContext(
        run_id=recorded.run_id,
        slug=recorded.slug,
        artifact_path=recorded.artifact_path,
        depth=Depth(recorded.depth),
        gates=tuple(each.gate for each in run.gates),
        variables=recorded.variables,
        attempts={gate.gate: attempt.number},
        passed={name: outputs for name, outputs in referred.items() if outputs is not None},
        baselines={gate.gate: baseline} if baseline else {},
    )


def _find_passed_outputs(run: Run, gate: str, attempt: Attempt, other: str) -> Hashes | None:
    """The outputs that the gate `other` had passed with when the attempt at `gate` was closed; None: it had not."""
    found = run.find_gate(other)
    number = _find_last_attempt(run, gate, attempt, other)
    attempts = found.attempts if found else ()
    return next((each.artifact_hashes for each in attempts if each.number == number), None)


def _find_last_attempt(run: Run, gate: str, attempt: Attempt, other: str) -> int | None:
    """The number of the attempt at `other` that had passed by then, if it was its last: by the events of the run."""
    passed: int | None = None
    for event in run.events:
        is_close = event.type in (EventType.GATE_PASSED, EventType.GATE_FAILED)
        if is_close and (event.data.get("gate"), event.data.get("attempt")) == (gate, attempt.number):
            break
        if event.data.get("gate") == other and (is_close or event.type == EventType.GATE_STARTED):
            passed = event.data.get("attempt") if event.type == EventType.GATE_PASSED else None
    return passed
