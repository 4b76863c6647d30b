"""Judging gates of a run: for the record (`gate finish`), or just to see (`gate check`).

Several are judged in one session of pytest, which starts once. Nothing is recorded unless each has a verdict.
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
from runner.git import GitQuestion
from runner.models import transitions
from runner.models.attempt import Attempt
from runner.models.run import Run
from runner.operations.judged_gate import JudgedGate
from runner.operations.programs import NO_PROGRAMS, ProgramsRun, names_type, run_programs, wants_programs
from runner.storage.locks import gate_lock
from runner.storage.store import Store
from runner.workflows.agent_names import usual_agent


def check_gates(
    store: Store, run_id: str, gates: Sequence[str], process: IsolatedPytest, *, offline: bool = False
) -> list[JudgedGate]:
    """Judges the gates as they stand and records nothing; their pre_scripts are not run. Raises an OrchError."""
    run = store.read(run_id)
    bench = _Bench(store, process, run, suggestions.check_gates(run_id, *gates), offline, {})
    return bench.judge(_contracts(store, run, gates))


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
    """Judges the open attempts of the gates and records the verdicts. Raises an OrchError; then all are still open.

    A second finish of the same gate waits, then finds its attempt closed and is refused.
    """
    with ExitStack() as held:
        for gate in sorted(gates):  # in one order everywhere, so that no two commands wait for each other
            held.enter_context(gate_lock(store, run_id, gate))
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
    finish_them = suggestions.finish_gates(run_id, *gates)
    run = store.read(run_id)
    agents = partial(usual_agent, store.workspace, run.workflow.name)
    attempts = [transitions.open_attempt(run, gate, agents) for gate in gates]
    contracts = _contracts(store, run, gates)
    if not accept_contract:
        for attempt, contract in zip(attempts, contracts.values(), strict=True):
            _refuse_another_contract(
                store, run, attempt, contract, suggestions.finish_gates(run_id, *gates, accept_contract=True)
            )
    numbers = {gate: attempt.number for gate, attempt in zip(gates, attempts, strict=True)}
    judged = _Bench(store, process, run, finish_them, offline, numbers).judge(contracts)
    now = clock()

    def close(run: Run) -> Run:
        for attempt, each in zip(attempts, judged, strict=True):
            run = each.close(run, attempt, now)
        return run

    closed = store.change(run_id, close)
    return [each._replace(run=closed) for each in judged]


def _contracts(store: Store, run: Run, gates: Sequence[str]) -> dict[str, Document]:
    """The contracts of these gates of the run, by gate, as they stand. Raises Refused, InvalidFile."""
    return {gate: read_contract(store.workspace, run.gate(gate).gate) for gate in gates}


def _refuse_another_contract(store: Store, run: Run, attempt: Attempt, document: Document, accept_it: str) -> None:
    if attempt.began_with_another_contract(document.sha256):
        compile_gate(store.workspace, validate_contract(document), run.context())  # what is wrong with it is told first
        raise Refused(
            f"{document.path} was changed after attempt {attempt.number} began; look at what it demands now, then"
            " accept it: both hashes are recorded",
            next_command=accept_it,
        )


class _Bench(NamedTuple):
    """Where gates of a run are judged. `attempts` are those that are finished with it; where it has none, it is to see.

    `repeat_it` is the command to type where it comes to no verdict.
    """

    store: Store
    process: IsolatedPytest
    run: Run
    repeat_it: str
    offline: bool
    attempts: Mapping[str, int]

    def judge(self, contracts: Mapping[str, Document]) -> list[JudgedGate]:
        """Each gate by its contract. Nothing of an invalid contract is run. Raises an OrchError."""
        scripts = bool(self.attempts)
        runs_programs = wants_programs(contracts.values(), scripts=scripts)
        context = self._context(contracts)
        if not runs_programs:
            # It reads the files that the contracts name before these are known to be valid, which harms nobody.
            self.process.ask(self.store.workspace, context, contracts, EvaluationOptions(self.offline))
        compiled = [compile_gate(self.store.workspace, validate_contract(each), context) for each in contracts.values()]
        with self._explained():
            programs = self._run_programs(compiled) if runs_programs else NO_PROGRAMS
            if runs_programs:
                options = EvaluationOptions(self.offline, programs.programs)
                self.process.ask(self.store.workspace, context, contracts, options)
            return self._hear(compiled, programs)

    def _context(self, contracts: Mapping[str, Document]) -> RunContext:
        """The run, with what its passing gates recorded only where a contract asks for that."""
        context = self.run.context()
        asked_for = any(names_type(each, "unchanged_since") for each in contracts.values())
        return replace(context, passed=self.run.passed_outputs()) if asked_for else context

    def _run_programs(self, compiled: Sequence[CompiledGate]) -> ProgramsRun:
        folders = [f"gates/{name}/{self._folder(name)}" for name in (gate.contract.gate for gate in compiled)]
        gates = list(zip(compiled, folders, strict=True))
        return run_programs(self.store, self.run.run_id, gates, self.process.show, scripts=bool(self.attempts))

    def _folder(self, gate: str) -> str:
        return f"attempt-{self.attempts[gate]}" if gate in self.attempts else "check"

    def _hear(self, compiled: Sequence[CompiledGate], programs: ProgramsRun) -> list[JudgedGate]:
        outputs = [output.path for gate in compiled for output in gate.outputs]
        with GitQuestion(self.store.workspace.root, outputs) as git:
            verdicts = self.process.hear(compiled)
            state = git.answer()
        return [
            JudgedGate(self.run, gate, verdict, state, *programs.of(gate.contract.gate))
            for gate, verdict in zip(compiled, verdicts, strict=True)
        ]

    @contextmanager
    def _explained(self) -> Iterator[None]:
        """Says that nothing was recorded, and the command to repeat."""
        try:
            yield
        except NoVerdict as error:
            told = f"no verdict: {error.message}; nothing was recorded"
            raise NoVerdict(told, next_command=self.repeat_it) from None
        except KeyboardInterrupt:
            raise Interrupted("interrupted; nothing was recorded", next_command=self.repeat_it) from None
