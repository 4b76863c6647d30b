"""`orch verify --replay`: judges each gate that passed again, and compares the result with what its record claims.

The contract is the recorded one, and so are depth, variables and artifact path; the files are those of the tree. It
writes nothing, but the programs that a contract names (pre_scripts, `command` checks) are run again, in that tree.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from typing import Final, NamedTuple

from gate_tests.compiler.options import EvaluationOptions
from gate_tests.errors import NoVerdict
from gate_tests.isolated_pytest.client import IsolatedPytest
from gate_tests.isolated_pytest.launch import launch_ahead
from gate_tests.isolated_pytest.verdict import Verdict
from gate_tests.workspace.layout import Workspace
from runner.models.attempt import Attempt
from runner.models.gate import Gate
from runner.models.run import Run
from runner.operations.programs import NO_PROGRAMS, ProgramRuns
from runner.verification.compare_gate import compare_gate
from runner.verification.compare_results import ReplayScope
from runner.verification.replay_contracts import CannotReplay, FindVersions, RecordedContracts
from runner.verification.replay_plan import (
    ReplayGroup,
    ReplayTask,
    find_passed_gates,
    group_tasks,
    plan_task,
)
from runner.verification.replay_programs import run_programs_again
from runner.verification.replayed import GateReplay, ReplayOutcome

OpenProcess = Callable[[], IsolatedPytest]
"""Makes a judging process, not started yet."""

_ALL_GATES: Final[Collection[str]] = ()


class Replay(NamedTuple):
    """How to replay. `workspace` is the tree to judge, which may be an export of a commit.

    `find_versions` finds contracts that are not in the tree. Without `network` or `programs`,
    checks that need them are not judged.
    """

    workspace: Workspace
    open_process: OpenProcess
    find_versions: FindVersions
    network: bool = False
    programs: bool = True
    in_export: bool = False

    @property
    def scope(self) -> ReplayScope:
        """What it may do besides reading files."""
        return ReplayScope(self.network, self.programs, self.in_export)

    def replay_runs(self, runs: Iterable[Run], gates: Collection[str] = _ALL_GATES) -> Iterator[Sequence[GateReplay]]:
        """Replays each gate that passed, or of these only those in `gates`, of one run after the other, in its order.

        A gate without a verdict does not keep the others from being judged. Raises Interrupted, and OSError where no
        process can be started.
        """
        contracts = RecordedContracts(self.workspace, self.find_versions)
        planned = _with_next(self._plan(run, gates, contracts) for run in runs)
        for plan, next_plan in planned:
            replays = {**plan.problems}
            for at, group in enumerate(plan.groups):
                has_next = at + 1 < len(plan.groups) or bool(next_plan and next_plan.groups)
                replays.update(self._judge_group(plan.run, group, has_next=has_next))
            yield [replays[gate.gate] for gate in plan.run.gates if gate.gate in replays]

    def _plan(self, run: Run, gates: Collection[str], contracts: RecordedContracts) -> "_RunPlan":
        passed = [(gate, attempt) for gate, attempt in find_passed_gates(run) if not gates or gate.gate in gates]
        contracts.find((gate.gate, sha256) for gate, attempt in passed if (sha256 := attempt.contract_sha256))
        tasks: list[ReplayTask] = []
        problems: dict[str, GateReplay] = {}
        for gate, attempt in passed:
            try:
                tasks.append(plan_task(self.workspace, run, gate, attempt, contracts))
            except CannotReplay as error:
                problems[gate.gate] = _without_verdict(run, gate, attempt, ReplayOutcome.NOT_REPLAYED, str(error))
        return _RunPlan(run, tuple(group_tasks(tasks)), problems)

    def _judge_group(self, run: Run, group: ReplayGroup, *, has_next: bool) -> dict[str, GateReplay]:
        """Each gate of the group by its id. `has_next`: another group follows, whose process may start already."""
        try:
            with self.open_process() as process:
                if has_next:
                    launch_ahead()
                verdicts, programs = self._judge(process, group)
        except NoVerdict as error:
            return self._judge_alone(run, group, error)
        return {
            task.gate.gate: compare_gate(run, task, verdict, programs.scripts.get(task.gate.gate, ()), self.scope)
            for task, verdict in zip(group.tasks, verdicts, strict=True)
        }

    def _judge_alone(self, run: Run, group: ReplayGroup, error: NoVerdict) -> dict[str, GateReplay]:
        """Each gate of a group that has no verdict, by itself: one that has none must not hide the others."""
        if len(group.tasks) > 1:
            alone = (self._judge_group(run, each, has_next=False) for each in group.split())
            return {gate: replay for replays in alone for gate, replay in replays.items()}
        gate, attempt = group.tasks[0].gate, group.tasks[0].attempt
        return {gate.gate: _without_verdict(run, gate, attempt, ReplayOutcome.NO_VERDICT, error.message)}

    def _judge(self, process: IsolatedPytest, group: ReplayGroup) -> tuple[list[Verdict], ProgramRuns]:
        compiled = [task.compiled for task in group.tasks]
        run_all = self.scope.programs and any(gate.scripts or gate.commands for gate in compiled)
        programs = run_programs_again(self.workspace, compiled, process.show) if run_all else NO_PROGRAMS
        contracts = {gate.contract.gate: gate.contract.document for gate in compiled}
        options = EvaluationOptions(not self.scope.network, programs.programs)
        process.request_verdicts(self.workspace, group.context, contracts, options)
        return process.read_verdicts(compiled), programs


class _RunPlan(NamedTuple):
    """What is to be judged of a run, and by gate what cannot be."""

    run: Run
    groups: tuple[ReplayGroup, ...]
    problems: dict[str, GateReplay]


def _with_next(plans: Iterator[_RunPlan]) -> Iterator[tuple[_RunPlan, _RunPlan | None]]:
    """Each with the one that follows it."""
    current = next(plans, None)
    while current is not None:
        following = next(plans, None)
        yield current, following
        current = following


def _without_verdict(run: Run, gate: Gate, attempt: Attempt, outcome: ReplayOutcome, problem: str) -> GateReplay:
    return GateReplay(run.run_id, gate.gate, attempt.number, attempt.status, outcome, problem=problem)
