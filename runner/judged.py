"""Judging gates of a run: for the record (`gate finish`), or just to see (`gate check`).

Several are judged in one session of pytest, which starts once. Nothing is recorded unless each has a verdict.
"""

from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import replace
from typing import NamedTuple

from gate_tests.compile import CompiledGate, compile_gate
from gate_tests.document import Document
from gate_tests.errors import Interrupted, NoVerdict, Refused
from gate_tests.judging_process import JudgingProcess
from gate_tests.load import read_contract, validated
from gate_tests.verdict import Verdict
from runner import lifecycle
from runner.attempt import Artifact, Attempt, ContractRef, GateStatus, Json
from runner.git import GitQuestion, GitState
from runner.lifecycle import Closing
from runner.record import Gate, Run
from runner.store import Store
from runner.version import VERSION


class JudgedGate(NamedTuple):
    """A gate of a run as it was judged. `run` is the run as it stands after that."""

    run: Run
    compiled: CompiledGate
    verdict: Verdict
    git: GitState | None

    @property
    def gate(self) -> Gate:
        """The gate as the run has it."""
        return self.run.gate(self.compiled.contract.gate)

    @property
    def status(self) -> GateStatus:
        """The verdict as a status."""
        return GateStatus.PASS if self.verdict.passed else GateStatus.FAIL

    @property
    def artifacts(self) -> tuple[Artifact, ...]:
        """The declared outputs that exist."""
        return tuple(
            Artifact(output.template, output.path, output.sha256, output.size_bytes, output.optional)
            for output in self.verdict.outputs
        )

    @property
    def contract(self) -> ContractRef:
        """The contract it was judged by."""
        document = self.compiled.contract.document
        return ContractRef(document.path, document.sha256)

    @property
    def ignored(self) -> tuple[str, ...]:
        """The artifacts that git ignores: a commit would hold their hashes, but not them."""
        ignored = self.git.ignored if self.git else ()
        return tuple(output.path for output in self.verdict.outputs if output.path in ignored)

    def close(self, run: Run, attempt: Attempt, now: str) -> Run:
        """`run` with the attempt closed as it was judged. Raises Refused where that is not open any more."""
        gate = self.compiled.contract.gate
        still_open = lifecycle.open_attempt(run, gate)
        if (still_open.number, still_open.started_at) != (attempt.number, attempt.started_at):
            raise Refused(
                f"attempt {attempt.number} of gate {gate} was closed by somebody else while it was judged",
                next_command=f"orch run show --run {run.run_id}",
            )
        closing = Closing(now, self.verdict.failure_reason, self.compiled.contract.blocking)
        return lifecycle.close_attempt(run, gate, self._fill(still_open), closing)

    def _fill(self, attempt: Attempt) -> Attempt:
        """The attempt with all that the verdict tells, still open."""
        return replace(
            attempt,
            required_outputs=tuple(output.template for output in self.compiled.outputs),
            artifacts=self.artifacts,
            validations=self.verdict.validations,
            contract=self.contract,
            runner=_versions(self.verdict),
            git=self.git.to_json() if self.git else None,
            absent=frozenset(),
        )

    def to_json(self) -> Json:
        """`{gate, status, artifacts, validations, failure_reason, contract, runner, git}`, as in an attempt."""
        return {
            "gate": self.gate.gate,
            "status": str(self.status),
            "artifacts": [artifact.to_json() for artifact in self.artifacts],
            "validations": list(self.verdict.validations),
            "failure_reason": self.verdict.failure_reason,
            "contract": self.contract.to_json(),
            "runner": _versions(self.verdict),
            "git": self.git.to_json() if self.git else None,
        }


def check_gates(store: Store, run_id: str, gates: Sequence[str], process: JudgingProcess) -> list[JudgedGate]:
    """Judges the gates as they stand and records nothing. Raises an OrchError."""
    run = store.read(run_id)
    return _judge(store, process, run, _contracts(store, run, gates), _command("check", run_id, gates))


def finish_gates(
    store: Store,
    run_id: str,
    gates: Sequence[str],
    clock: Callable[[], str],
    process: JudgingProcess,
    *,
    accept_contract: bool = False,
) -> list[JudgedGate]:
    """Judges the open attempts of the gates and records the verdicts. Raises an OrchError; then all are still open.

    A second finish of the same gate waits, then finds its attempt closed and is refused.
    """
    with ExitStack() as held:
        for gate in sorted(gates):  # in one order everywhere, so that no two commands wait for each other
            held.enter_context(store.gate_lock(run_id, gate))
        return _judge_and_record(store, run_id, gates, clock, process, accept_contract)


def _judge_and_record(
    store: Store,
    run_id: str,
    gates: Sequence[str],
    clock: Callable[[], str],
    process: JudgingProcess,
    accept_contract: bool,
) -> list[JudgedGate]:
    finish_them = _command("finish", run_id, gates)
    run = store.read(run_id)
    attempts = [lifecycle.open_attempt(run, gate) for gate in gates]
    contracts = _contracts(store, run, gates)
    if not accept_contract:
        for attempt, contract in zip(attempts, contracts.values(), strict=True):
            _refuse_another_contract(store, run, attempt, contract, f"{finish_them} --accept-contract")
    judged = _judge(store, process, run, contracts, finish_them)
    now = clock()

    def close(run: Run) -> Run:
        for attempt, each in zip(attempts, judged, strict=True):
            run = each.close(run, attempt, now)
        return run

    closed = store.change(run_id, close)
    return [each._replace(run=closed) for each in judged]


def _command(verb: str, run_id: str, gates: Sequence[str]) -> str:
    return " ".join((f"orch gate {verb} --run {run_id}", *(f"--gate {gate}" for gate in gates)))


def _contracts(store: Store, run: Run, gates: Sequence[str]) -> dict[str, Document]:
    """The contracts of these gates of the run, by gate, as they stand. Raises Refused, InvalidFile."""
    return {gate: read_contract(store.workspace, run.gate(gate).gate) for gate in gates}


def _refuse_another_contract(store: Store, run: Run, attempt: Attempt, document: Document, accept_it: str) -> None:
    if attempt.began_with_another_contract(document.sha256):
        compile_gate(store.workspace, validated(document), run.context())  # what is wrong with it is told first
        raise Refused(
            f"{document.path} was changed after attempt {attempt.number} began; look at what it demands now, then"
            " accept it: both hashes are recorded",
            next_command=accept_it,
        )


def _judge(
    store: Store, process: JudgingProcess, run: Run, contracts: Mapping[str, Document], repeat_it: str
) -> list[JudgedGate]:
    # It reads the files that the contracts name before these are known to be valid, which harms nobody.
    process.ask(store.workspace, run.context(), contracts)
    compiled = [compile_gate(store.workspace, validated(each), run.context()) for each in contracts.values()]
    outputs = [output.path for gate in compiled for output in gate.outputs]
    with GitQuestion(store.workspace.root, outputs) as git:
        try:
            verdicts = process.hear(compiled)
        except NoVerdict as error:
            raise NoVerdict(f"no verdict: {error.message}; nothing was recorded", next_command=repeat_it) from None
        except KeyboardInterrupt:
            raise Interrupted("interrupted; nothing was recorded", next_command=repeat_it) from None
        state = git.answer()
    return [JudgedGate(run, gate, verdict, state) for gate, verdict in zip(compiled, verdicts, strict=True)]


def _versions(verdict: Verdict) -> Json:
    from platform import python_version

    return {"orch": VERSION, "python": python_version(), "pytest": verdict.pytest_version}
