"""Judging a gate of a run: for the record (`gate finish`), or just to see (`gate check`)."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from gate_tests.compile import CompiledGate
from gate_tests.errors import Interrupted, NoVerdict, Refused
from gate_tests.judging_process import JudgingProcess
from gate_tests.verdict import Verdict
from runner import lifecycle
from runner.attempt import Artifact, Attempt, ContractRef, GateStatus, Json
from runner.gates import compile_for
from runner.git import GitQuestion, GitState
from runner.lifecycle import Closing
from runner.record import Gate, Run
from runner.store import Store
from runner.version import own_version


@dataclass(frozen=True)
class JudgedGate:
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

    def fill(self, attempt: Attempt) -> Attempt:
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


def check_gate(store: Store, run_id: str, gate_id: str, process: JudgingProcess) -> JudgedGate:
    """Judges the gate as it stands and records nothing. Raises an OrchError."""
    run = store.read(run_id)
    compiled = compile_for(store, run, gate_id)
    return _judge(store, process, run, compiled, f"orch gate check --run {run_id} --gate {gate_id}")


def finish_gate(
    store: Store,
    run_id: str,
    gate_id: str,
    clock: Callable[[], str],
    process: JudgingProcess,
    *,
    accept_contract: bool = False,
) -> JudgedGate:
    """Judges the open attempt and records the verdict. Raises an OrchError; then the attempt is still open.

    A second finish of the same gate waits, then finds its attempt closed and is refused.
    """
    with store.gate_lock(run_id, gate_id):
        return _judge_and_record(store, run_id, gate_id, clock, process, accept_contract)


def _judge_and_record(
    store: Store, run_id: str, gate_id: str, clock: Callable[[], str], process: JudgingProcess, accept_contract: bool
) -> JudgedGate:
    finish_it = f"orch gate finish --run {run_id} --gate {gate_id}"
    run = store.read(run_id)
    attempt = lifecycle.open_attempt(run, gate_id)
    compiled = compile_for(store, run, gate_id)
    if not accept_contract:
        _refuse_another_contract(attempt, compiled, f"{finish_it} --accept-contract")
    judged = _judge(store, process, run, compiled, finish_it)
    closing = Closing(clock(), judged.verdict.failure_reason, compiled.contract.blocking)

    def close(run: Run) -> Run:
        still_open = lifecycle.open_attempt(run, gate_id)
        if (still_open.number, still_open.started_at) != (attempt.number, attempt.started_at):
            raise Refused(
                f"attempt {attempt.number} of gate {gate_id} was closed by somebody else while it was judged",
                next_command=f"orch run show --run {run_id}",
            )
        return lifecycle.close_attempt(run, gate_id, judged.fill(still_open), closing)

    return replace(judged, run=store.change(run_id, close))


def _refuse_another_contract(attempt: Attempt, compiled: CompiledGate, accept_it: str) -> None:
    document = compiled.contract.document
    if attempt.began_with_another_contract(document.sha256):
        raise Refused(
            f"{document.path} was changed after attempt {attempt.number} began; look at what it demands now, then"
            " accept it: both hashes are recorded",
            next_command=accept_it,
        )


def _judge(store: Store, process: JudgingProcess, run: Run, compiled: CompiledGate, repeat_it: str) -> JudgedGate:
    own_version()  # takes 15 ms, while the process still loads pytest
    with GitQuestion(store.workspace.root, [output.path for output in compiled.outputs]) as git:
        try:
            (verdict,) = process.judge(store.workspace, run.context(), [compiled])
        except NoVerdict as error:
            raise NoVerdict(f"no verdict: {error.message}; nothing was recorded", next_command=repeat_it) from None
        except KeyboardInterrupt:
            raise Interrupted("interrupted; nothing was recorded", next_command=repeat_it) from None
        return JudgedGate(run, compiled, verdict, git.answer())


def _versions(verdict: Verdict) -> Json:
    from platform import python_version

    return {"orch": own_version(), "python": python_version(), "pytest": verdict.pytest_version}
