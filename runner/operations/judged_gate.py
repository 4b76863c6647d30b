"""The result of judging a gate, and closing its attempt with that verdict."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final, NamedTuple

from gate_tests.compiler.gate import CompiledGate
from gate_tests.errors import DecisionNeeded, Refused
from gate_tests.isolated_pytest.verdict import Verdict
from runner import suggestions
from runner.git.query import GitState
from runner.models import transitions
from runner.models.artifact import Artifact
from runner.models.attempt import Attempt, Json
from runner.models.baseline import ContractRef
from runner.models.gate import Gate
from runner.models.rules import GateRules, RuleChange, find_baseline_changes, find_pin_changes
from runner.models.run import Run
from runner.models.status import GateStatus
from runner.models.transitions import Closing
from runner.operations.programs import Log, ScriptRun
from runner.version import VERSION

_NO_LOGS: Final[Mapping[str, Log]] = {}


class JudgedGate(NamedTuple):
    """The result of judging a gate. `run` is the run after that."""

    run: Run
    compiled: CompiledGate
    verdict: Verdict
    rules: GateRules
    git: GitState | None
    scripts: tuple[ScriptRun, ...] = ()
    logs: Mapping[str, Log] = _NO_LOGS
    """The output of each `command` check, by the check's id."""
    git_problem: str | None = None
    """Why git gave no answer on the repository."""

    @property
    def gate(self) -> Gate:
        """The gate in the run."""
        return self.run.gate(self.compiled.contract.gate)

    @property
    def status(self) -> GateStatus:
        """The verdict as a status."""
        return GateStatus.FAIL if self.failure_reason else GateStatus.PASS

    @property
    def passed(self) -> bool:
        """Whether every check passed and no required script failed."""
        return self.status is GateStatus.PASS

    @property
    def failure_reason(self) -> str | None:
        """Why it failed, scripts first, since they ran first; None where it passed."""
        reasons = [script.reason for script in self.scripts if script.fails_gate]
        return "; ".join([*reasons, *filter(None, [self.verdict.failure_reason])]) or None

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
    def rule_changes(self) -> tuple[RuleChange, ...]:
        """The rules that have changed since the open attempt started: finishing needs --accept-contract then."""
        return find_rule_changes(self.run, self.gate.gate, self.rules)

    @property
    def context_changes(self) -> tuple[str, ...]:
        """How the context of the run differs from that of the open attempt's start: it cannot be finished then."""
        attempt = self.gate.open_attempt
        before = attempt.baseline.context if attempt and attempt.baseline else None
        return tuple(before.find_changes(self.run.attempt_context)) if before else ()

    @property
    def changed_nothing(self) -> bool:
        """Whether the outputs are those that existed when the last attempt started, byte for byte."""
        baseline = self.gate.last_attempt.baseline if self.gate.last_attempt else None
        if baseline is None or not baseline.outputs:
            return False
        return {(output.path, output.sha256) for output in self.verdict.outputs} == set(baseline.outputs)

    @property
    def ignored(self) -> tuple[str, ...]:
        """The artifacts that git ignores: a commit would contain their hashes, but not the files."""
        ignored = self.git.ignored if self.git else ()
        return tuple(output.path for output in self.verdict.outputs if output.path in ignored)

    def close(self, run: Run, attempt: Attempt, rules: GateRules, now: str) -> Run:
        """`run` with the attempt closed by this verdict; `rules` as they are now.

        Raises Refused where the attempt is no longer open, or where run or rules are not those that were judged.
        """
        gate = self.compiled.contract.gate
        still_open = transitions.require_open_attempt(run, gate)
        if (still_open.number, still_open.started_at) != (attempt.number, attempt.started_at):
            raise Refused(
                f"attempt {attempt.number} of gate {gate} was closed by another process while it was judged",
                next_command=suggestions.show_run(run.run_id),
            )
        if changes := ", ".join(dict.fromkeys(self._find_changes(run, still_open, attempt, rules))):
            raise Refused(
                f"changed while gate {gate} was judged: {changes}; nothing was recorded",
                next_command=suggestions.finish_gates(run.run_id, gate),
            )
        closing = Closing(now, self.failure_reason, self.compiled.contract.blocking)
        run = transitions.accept_changes(run, gate, attempt.number, self.rule_changes, rules, now)
        return transitions.close_attempt(run, gate, self._fill(still_open), closing)

    def _find_changes(self, run: Run, still_open: Attempt, attempt: Attempt, rules: GateRules) -> Iterator[str]:
        """What the verdict depends on and is no longer as it was judged."""
        yield from self.run.attempt_context.find_changes(run.attempt_context)
        if [gate.gate for gate in run.gates] != [gate.gate for gate in self.run.gates]:
            yield "the gates of the run"
        if still_open.baseline != attempt.baseline:
            yield f"the baseline of attempt {attempt.number}"
        yield from (change.path for change in self.rules.find_changes(rules))
        schemas = {schema.path: schema.sha256 for schema in self.rules.schemas}
        for result in self.verdict.validations if schemas else ():
            yield from (file.path for file in result.read if schemas.get(file.path, file.sha256) != file.sha256)
        if self.compiled.refers_to_gates and self.run.passed_outputs() != run.passed_outputs():
            yield "the outputs of another gate"

    def _fill(self, attempt: Attempt) -> Attempt:
        """The attempt, still open, with the data of the verdict."""
        return attempt._replace(
            required_outputs=tuple(output.template for output in self.compiled.outputs),
            artifacts=self.artifacts,
            validations=self.verdict.validations,
            context=self.run.attempt_context,
            blocking=self.compiled.contract.blocking,
            contract=self.contract,
            runner=_tool_versions(self.verdict),
            git=self.git.to_json() if self.git else None,
            pre_scripts=tuple(script.to_json() for script in self.scripts),
            absent=frozenset(),
        )

    def to_json(self) -> Json:
        """`{gate, status, artifacts, validations, failure_reason, contract, runner, git}`, as in an attempt."""
        return {
            "gate": self.gate.gate,
            "status": str(self.status),
            "artifacts": [artifact.to_json() for artifact in self.artifacts],
            "validations": [result.to_json() for result in self.verdict.validations],
            "failure_reason": self.failure_reason,
            "contract": self.contract.to_json(),
            "runner": _tool_versions(self.verdict),
            "git": self.git.to_json() if self.git else None,
        }


def find_rule_changes(run: Run, gate: str, rules: GateRules) -> tuple[RuleChange, ...]:
    """How the rules differ from those that the open attempt of the gate, if there is one, was started by."""
    attempt = run.gate(gate).open_attempt
    if attempt is None:
        return ()
    changes = {change.path: change for change in find_baseline_changes(attempt.baseline, rules)}
    pinned = {change.path: change for change in find_pin_changes(run.pins, gate, rules)}
    return tuple((pinned | changes).values())


def refuse_rule_changes(run: Run, rules: Mapping[str, GateRules]) -> None:
    """Raises DecisionNeeded where rules of a gate, given by its id, changed after the attempt to finish started."""
    changes = {gate: find_rule_changes(run, gate, rules_now) for gate, rules_now in rules.items()}
    described = [_describe_changes(run, gate, changed) for gate, changed in changes.items() if changed]
    if described:
        raise DecisionNeeded(
            ", ".join(described),
            path=next(change.path for changed in changes.values() for change in changed),
            accept_command=suggestions.finish_gates(run.run_id, *rules, accept_contract=True),
        )


def _describe_changes(run: Run, gate: str, changes: Sequence[RuleChange]) -> str:
    paths = " and ".join(change.path for change in changes)
    return f"{paths} changed after attempt {run.gate(gate).attempts[-1].number} of gate {gate} started"


def _tool_versions(verdict: Verdict) -> Json:
    from platform import python_version

    return {"orch": VERSION, "python": python_version(), "pytest": verdict.pytest_version}
