"""Judges gates of a run: `gate finish` records the verdicts, `gate check` records nothing.

Several gates share one pytest session. Nothing is recorded unless each gate has a verdict.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from functools import partial
from typing import Final, NamedTuple

from gate_tests.compiler.gate import CompiledGate, compile_gate
from gate_tests.compiler.loader import read_contract, validate_contract
from gate_tests.compiler.options import EvaluationOptions
from gate_tests.errors import Interrupted, NoVerdict, Refused
from gate_tests.isolated_pytest.client import IsolatedPytest
from gate_tests.strict_json.document import Document
from gate_tests.workspace.layout import Workspace
from gate_tests.workspace.run_context import OpenBaseline, RunContext
from runner import suggestions
from runner.git.query import GitQuery
from runner.models import transitions
from runner.models.attempt import Attempt
from runner.models.event import is_forced_start
from runner.models.rules import GateRules, RuleFile
from runner.models.run import Run
from runner.operations.attempts import refuse_other_context
from runner.operations.gate_rules import hash_file, read_rules, read_rules_again
from runner.operations.judged_gate import JudgedGate, refuse_rule_changes
from runner.operations.programs import NO_PROGRAMS, ProgramRuns, has_check_type, has_programs, run_programs
from runner.storage.locks import gate_lock
from runner.storage.logs import log_file
from runner.storage.store import Store
from runner.workflows.gate_command import GateCommands
from runner.workflows.prerequisites import Prerequisites

_NO_ATTEMPTS: Final[Mapping[str, Attempt]] = {}


def check_gates(
    store: Store, run_id: str, gates: Sequence[str], process: IsolatedPytest, *, offline: bool = False
) -> list[JudgedGate]:
    """Judges the gates and records nothing; does not run their pre_scripts. Raises an OrchError."""
    run = store.read(run_id)
    workflow = hash_file(store.workspace, store.workspace.workflow_path(run.workflow.name))
    command = suggestions.check_gates(run_id, *gates)
    session = _JudgingSession(store, process, run, command, offline, workflow, run.open_baselines())
    return session.judge(_read_contracts(store, run, gates))


def judge_again(
    store: Store,
    run: Run,
    gates: Sequence[str],
    process: IsolatedPytest,
    baselines: Mapping[str, OpenBaseline],
    *,
    offline: bool = False,
) -> list[JudgedGate]:
    """The same of a run that was read; `changed_in_attempt` compares with the `baselines`. Asks git nothing."""
    workflow = hash_file(store.workspace, store.workspace.workflow_path(run.workflow.name))
    command = suggestions.check_gates(run.run_id, *gates)
    session = _JudgingSession(store, process, run, command, offline, workflow, baselines, asks_git=False)
    return session.judge(_read_contracts(store, run, gates))


def finish_gates(
    store: Store,
    run_id: str,
    gates: Sequence[str],
    clock: Callable[[], str],
    process: IsolatedPytest,
    *,
    accept_contract: bool = False,
    offline: bool = False,
) -> list[JudgedGate]:
    """Judges the open attempts of the gates and records the verdicts. Raises an OrchError; all stay open then.

    A concurrent finish of the same gate waits for the lock, then is refused: the attempt is closed.
    """
    with ExitStack() as locks:
        for gate in sorted(gates):  # one order everywhere prevents deadlocks
            locks.enter_context(gate_lock(store, run_id, gate))
        return _judge_and_record(store, run_id, gates, clock, process, accept_contract, offline)


def _judge_and_record(
    store: Store,
    run_id: str,
    gates: Sequence[str],
    clock: Callable[[], str],
    process: IsolatedPytest,
    accept_contract: bool,
    offline: bool,
) -> list[JudgedGate]:
    finish_command = suggestions.finish_gates(run_id, *gates)
    run = store.read(run_id)
    attempts = {gate: _require_open_attempt(store.workspace, run, gate) for gate in gates}
    prerequisites = Prerequisites.of(store.workspace, run)
    for gate, attempt in attempts.items():
        _refuse_other_start(store.workspace, run, gate, attempt)
        _refuse_violation(store.workspace, run, gate, attempt, prerequisites)
    contracts = _read_contracts(store, run, gates)
    session = _JudgingSession(
        store,
        process,
        run,
        finish_command,
        offline,
        prerequisites.file,
        run.open_baselines(),
        attempts,
        accept_contract,
    )
    judged = session.judge(contracts)
    now = clock()

    def close(run: Run) -> Run:
        for (gate, attempt), judged_gate in zip(attempts.items(), judged, strict=True):
            _refuse_violation(store.workspace, run, gate, attempt, prerequisites)
            rules = read_rules_again(store.workspace, judged_gate.rules)
            run = judged_gate.close(run, attempt, rules, now)
        return run

    closed = store.change(run_id, close)
    return [judged_gate._replace(run=closed) for judged_gate in judged]


def _require_open_attempt(workspace: Workspace, run: Run, gate: str) -> Attempt:
    """The open attempt. Raises Refused if there is none, with the command that starts the next one if that may be."""
    try:
        return transitions.require_open_attempt(run, gate)
    except Refused as error:
        if run.finished_at is None:
            error.next_command = GateCommands(workspace, run).choose(gate)
        raise


def _refuse_other_start(workspace: Workspace, run: Run, gate: str, attempt: Attempt) -> None:
    """Raises Refused unless the run has the context that it had when the attempt started."""
    if attempt.baseline and attempt.baseline.context:
        when = f"after attempt {attempt.number} of gate {gate} started"
        refuse_other_context(attempt.baseline.context, run, when, GateCommands(workspace, run).abandon(gate))


def _refuse_violation(
    workspace: Workspace, run: Run, gate: str, attempt: Attempt, prerequisites: Prerequisites
) -> None:
    """Raises Refused where the attempt could not be started now, unless its start was forced."""
    violation = prerequisites.find_violation(run, gate, attempt.agent, GateCommands(workspace, run).beside(gate))
    if violation and not is_forced_start(run.events, gate, attempt):
        raise violation


def _read_contracts(store: Store, run: Run, gates: Sequence[str]) -> dict[str, Document]:
    """The current contract of each gate, not yet validated, by gate id. Raises Refused, InvalidFile."""
    return {gate: read_contract(store.workspace, run.gate(gate).gate) for gate in gates}


class _JudgingSession(NamedTuple):
    """Judges gates of a run. `attempts` are those to finish, by gate; empty for a check.

    `retry_command` is the command to repeat where no verdict is reached. `workflow` is its file as it was read.
    """

    store: Store
    process: IsolatedPytest
    run: Run
    retry_command: str
    offline: bool
    workflow: RuleFile
    baselines: Mapping[str, OpenBaseline]
    attempts: Mapping[str, Attempt] = _NO_ATTEMPTS
    accepts_changes: bool = False
    asks_git: bool = True

    def judge(self, contracts: Mapping[str, Document]) -> list[JudgedGate]:
        """Judges each gate by its contract. Runs no program of an invalid contract. Raises an OrchError."""
        scripts = bool(self.attempts)
        runs_programs = has_programs(contracts.values(), scripts=scripts)
        context = self._context(contracts)
        if not runs_programs:
            # Reading the files that a contract names is harmless even before the contract is validated.
            self.process.request_verdicts(self.store.workspace, context, contracts, EvaluationOptions(self.offline))
        compiled = [
            compile_gate(self.store.workspace, validate_contract(document), context) for document in contracts.values()
        ]
        rules = [read_rules(self.store.workspace, gate, self.workflow) for gate in compiled]
        if self.attempts and not self.accepts_changes:
            refuse_rule_changes(
                self.run, {each.contract.gate: rule for each, rule in zip(compiled, rules, strict=True)}
            )
        with self._explain_no_verdict():
            programs = self._run_programs(compiled) if runs_programs else NO_PROGRAMS
            if runs_programs:
                options = EvaluationOptions(self.offline, programs.programs)
                self.process.request_verdicts(self.store.workspace, context, contracts, options)
            return self._collect_verdicts(compiled, rules, programs)

    def _context(self, contracts: Mapping[str, Document]) -> RunContext:
        """The context of the run; includes outputs of passed gates, and baselines, only where a contract needs them."""
        context = self.run.context()
        if any(has_check_type(document, "unchanged_since") for document in contracts.values()):
            context = context._replace(passed=self.run.passed_outputs())
        if any(has_check_type(document, "changed_in_attempt") for document in contracts.values()):
            context = context._replace(baselines=self.baselines)
        return context

    def _run_programs(self, compiled: Sequence[CompiledGate]) -> ProgramRuns:
        directories = [
            f"gates/{name}/{self._log_directory(name)}" for name in (gate.contract.gate for gate in compiled)
        ]
        gates = list(zip(compiled, directories, strict=True))
        open_log = partial(log_file, self.store, self.run.run_id)
        return run_programs(self.store.workspace, open_log, gates, self.process.show, scripts=bool(self.attempts))

    def _log_directory(self, gate: str) -> str:
        return f"attempt-{self.attempts[gate].number}" if gate in self.attempts else "check"

    def _collect_verdicts(
        self, compiled: Sequence[CompiledGate], rules: Sequence[GateRules], programs: ProgramRuns
    ) -> list[JudgedGate]:
        git, problem = None, None
        if self.asks_git:
            outputs = [path for gate in compiled for path in self._find_output_paths(gate)]
            with GitQuery(self.store.workspace.root, outputs, self._record_files()) as query:
                verdicts = self.process.read_verdicts(compiled)
                git, problem = query.wait(), query.problem
        else:
            verdicts = self.process.read_verdicts(compiled)
        return [
            JudgedGate(
                self.run,
                gate,
                verdict,
                gate_rules,
                git,
                *programs.for_gate(gate.contract.gate),
                git_problem=problem,
            )
            for gate, verdict, gate_rules in zip(compiled, verdicts, rules, strict=True)
        ]

    def _find_output_paths(self, gate: CompiledGate) -> tuple[str, ...]:
        """The paths that git is asked about, before it is known what the judging process finds."""
        return gate.find_output_files(gate.artifacts(self.store.workspace.root)).paths

    def _record_files(self) -> list[str]:
        """The files that are about to be written."""
        workspace, run_id = self.store.workspace, self.run.run_id
        attempts = [workspace.attempt_path(run_id, gate, each.number) for gate, each in self.attempts.items()]
        return [workspace.record_path(run_id), *attempts] if attempts else []

    @contextmanager
    def _explain_no_verdict(self) -> Iterator[None]:
        """Adds to an error that nothing was recorded, and the command to repeat."""
        try:
            yield
        except NoVerdict as error:
            message = f"no verdict: {error.message}; nothing was recorded"
            raise NoVerdict(message, next_command=self.retry_command) from None
        except KeyboardInterrupt:
            raise Interrupted("interrupted; nothing was recorded", next_command=self.retry_command) from None
