"""Judges gates of a run: `gate finish` records the verdicts, `gate check` records nothing.

Several gates share one pytest session. Nothing is recorded unless each gate has a verdict.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from functools import partial
from typing import NamedTuple

from gate_tests.compiler.gate import CompiledGate, compile_gate
from gate_tests.compiler.loader import read_contract, validate_contract
from gate_tests.compiler.options import EvaluationOptions
from gate_tests.errors import Interrupted, NoVerdict, Refused
from gate_tests.isolated_pytest.client import IsolatedPytest
from gate_tests.strict_json.document import Document
from gate_tests.workspace.run_context import RunContext
from runner import suggestions
from runner.git import GitQuery
from runner.models import transitions
from runner.models.attempt import Attempt
from runner.models.run import Run
from runner.operations.judged_gate import JudgedGate
from runner.operations.programs import NO_PROGRAMS, ProgramRuns, has_check_type, has_programs, run_programs
from runner.storage.locks import gate_lock
from runner.storage.store import Store
from runner.workflows.agent_names import find_usual_agent


def check_gates(
    store: Store, run_id: str, gates: Sequence[str], process: IsolatedPytest, *, offline: bool = False
) -> list[JudgedGate]:
    """Judges the gates and records nothing; does not run their pre_scripts. Raises an OrchError."""
    run = store.read(run_id)
    session = _JudgingSession(store, process, run, suggestions.check_gates(run_id, *gates), offline, {})
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
    agents = partial(find_usual_agent, store.workspace, run.workflow.name)
    attempts = [transitions.require_open_attempt(run, gate, agents) for gate in gates]
    contracts = _read_contracts(store, run, gates)
    if not accept_contract:
        for attempt, contract in zip(attempts, contracts.values(), strict=True):
            _refuse_changed_contract(
                store, run, attempt, contract, suggestions.finish_gates(run_id, *gates, accept_contract=True)
            )
    numbers = {gate: attempt.number for gate, attempt in zip(gates, attempts, strict=True)}
    judged = _JudgingSession(store, process, run, finish_command, offline, numbers).judge(contracts)
    now = clock()

    def close(run: Run) -> Run:
        for attempt, judged_gate in zip(attempts, judged, strict=True):
            run = judged_gate.close(run, attempt, now)
        return run

    closed = store.change(run_id, close)
    return [judged_gate._replace(run=closed) for judged_gate in judged]


def _read_contracts(store: Store, run: Run, gates: Sequence[str]) -> dict[str, Document]:
    """The current contract of each gate, not yet validated, by gate id. Raises Refused, InvalidFile."""
    return {gate: read_contract(store.workspace, run.gate(gate).gate) for gate in gates}


def _refuse_changed_contract(store: Store, run: Run, attempt: Attempt, document: Document, accept_command: str) -> None:
    if attempt.has_other_contract(document.sha256):
        compile_gate(store.workspace, validate_contract(document), run.context())  # its own errors come first
        raise Refused(
            f"{document.path} was changed after attempt {attempt.number} began; look at what it demands now, then"
            " accept it: both hashes are recorded",
            next_command=accept_command,
        )


class _JudgingSession(NamedTuple):
    """Judges gates of a run. `attempts` are the numbers of the attempts to finish, by gate; empty for a check.

    `retry_command` is the command to repeat where no verdict is reached.
    """

    store: Store
    process: IsolatedPytest
    run: Run
    retry_command: str
    offline: bool
    attempts: Mapping[str, int]

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
        with self._explain_no_verdict():
            programs = self._run_programs(compiled) if runs_programs else NO_PROGRAMS
            if runs_programs:
                options = EvaluationOptions(self.offline, programs.programs)
                self.process.request_verdicts(self.store.workspace, context, contracts, options)
            return self._collect_verdicts(compiled, programs)

    def _context(self, contracts: Mapping[str, Document]) -> RunContext:
        """The context of the run; includes the outputs of passed gates only where a contract refers to them."""
        context = self.run.context()
        is_needed = any(has_check_type(document, "unchanged_since") for document in contracts.values())
        return replace(context, passed=self.run.passed_outputs()) if is_needed else context

    def _run_programs(self, compiled: Sequence[CompiledGate]) -> ProgramRuns:
        directories = [
            f"gates/{name}/{self._log_directory(name)}" for name in (gate.contract.gate for gate in compiled)
        ]
        gates = list(zip(compiled, directories, strict=True))
        return run_programs(self.store, self.run.run_id, gates, self.process.show, scripts=bool(self.attempts))

    def _log_directory(self, gate: str) -> str:
        return f"attempt-{self.attempts[gate]}" if gate in self.attempts else "check"

    def _collect_verdicts(self, compiled: Sequence[CompiledGate], programs: ProgramRuns) -> list[JudgedGate]:
        outputs = [output.path for gate in compiled for output in gate.outputs]
        with GitQuery(self.store.workspace.root, outputs) as git:
            verdicts = self.process.read_verdicts(compiled)
            state = git.wait()
        return [
            JudgedGate(self.run, gate, verdict, state, *programs.for_gate(gate.contract.gate))
            for gate, verdict in zip(compiled, verdicts, strict=True)
        ]

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
