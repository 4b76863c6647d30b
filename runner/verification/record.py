"""Whether the record of a run is what orch writes: it agrees with itself, its files, its contracts and its workflow."""

from collections.abc import Iterator

from gate_tests.contract import Contract
from gate_tests.errors import DamagedRecord, LostFile
from gate_tests.workspace.layout import Workspace
from runner import suggestions
from runner.models.attempt import Attempt
from runner.models.context import AttemptContext
from runner.models.gate import Gate
from runner.models.rows import Rows
from runner.models.rules import list_accepted_changes
from runner.models.run import Run
from runner.models.status import GateStatus
from runner.storage.derived.events import list_unknown_types
from runner.storage.derived.members import check_derived_members, find_lost_invocations
from runner.storage.store import Store
from runner.verification.compiled_rows import CompiledRows
from runner.verification.rule_versions import RuleVersions
from runner.verification.workflow_violations import find_workflow_violations
from runner.version import VERSION


class RecordVerifier:
    """Verifies the records of one store. Compiles each contract once for each depth."""

    def __init__(self, store: Store, rules: RuleVersions) -> None:
        import orjson  # noqa: F401 - once it is imported, each record is parsed and compared by it, three times as fast

        self._store, self._rules = store, rules
        self._workspace: Workspace = store.workspace
        self._compiled: dict[tuple[str, str, tuple[str, ...]], CompiledRows | None] = {}

    def read(self, run_id: str) -> Run:
        """The run. Raises Refused, DamagedRecord, NotReadable."""
        run = self._store.read(run_id)
        return run._replace(events=Rows(run.events), invocations=Rows(run.invocations))  # so that each is parsed once

    def check(self, run: Run) -> list[str]:
        """Warnings about the run. Raises DamagedRecord."""
        try:
            check_derived_members(self._workspace, run)
            self._check_workflow(run)
            return list(self._find_warnings(run))
        except DamagedRecord as error:
            if error.lost_file is None:
                error.suggest_repair(self._workspace.root, run.run_id, suggestions.repair_run(run.run_id))
            raise

    def _check_workflow(self, run: Run) -> None:
        """Raises DamagedRecord unless version, gates and names are those of the workflow that the run started with.

        Not asked once a change of the workflow was accepted: a run keeps what it started with.
        """
        path, pinned = self._workspace.workflow_path(run.workflow.name), run.pins.workflow if run.pins else None
        if pinned is None or any(change.path == path for change in list_accepted_changes(run.events)):
            return
        workflow = self._rules.find_workflow(run.workflow.name, pinned)
        for key, rule in find_workflow_violations(run, workflow) if workflow else ():
            record = self._workspace.record_path(run.run_id)
            place = self._workspace.read_record(run.run_id).at(key)
            raise DamagedRecord(
                f"{place}: inconsistent with {path}: {rule}", lost_file=LostFile(self._workspace.root, record)
            )

    def _find_warnings(self, run: Run) -> Iterator[str]:
        """What cannot be compared. Raises DamagedRecord."""
        for gate in run.gates:
            yield from self._verify_gate(run, gate)
        if run.schema_version is not None:
            yield from (f"invocation {each} is lost" for each in find_lost_invocations(run))
            yield from (f"event type {each} is unknown" for each in list_unknown_types(run))

    def _verify_gate(self, run: Run, gate: Gate) -> Iterator[str]:
        """Compares each attempt with the contract that judged it. Yields what cannot be compared, as warnings."""
        for attempt in gate.attempts if run.schema_version else ():
            if attempt.status is GateStatus.FAIL:
                self._check_reason(run, gate, attempt)
            self._check_path(run, gate, attempt)
            sha256 = attempt.contract_sha256 if not attempt.is_open else None
            contract = self._rules.find_contract(gate.gate, sha256) if sha256 else None
            if contract is None:
                continue
            if attempt.blocking not in (None, contract.blocking):
                said = "true" if contract.blocking else "false"
                raise self._damage(run, gate, attempt, f"$.blocking: contradicts its contract, which says {said}")
            if attempt.status is GateStatus.PASS:
                yield from self._verify_rows(run, gate, attempt, contract)

    def _check_path(self, run: Run, gate: Gate, attempt: Attempt) -> None:
        """Raises DamagedRecord unless the contract that it names is that of the gate."""
        path = self._workspace.contract_path(gate.gate)
        if attempt.contract and attempt.contract.path != path:
            problem = f"$.contract.path: is {attempt.contract.path[:80]!r}, expected {path!r}"
            raise self._damage(run, gate, attempt, problem)

    def _verify_rows(self, run: Run, gate: Gate, attempt: Attempt, contract: Contract) -> Iterator[str]:
        compiled = self._compile(contract, attempt.context or run.attempt_context)
        if compiled is None:
            return
        rows, judged_by = attempt.to_json()["validations"], (attempt.runner or {}).get("orch")
        key, difference = compiled.find_difference(rows, attempt.required_outputs, is_exact=judged_by == VERSION)
        if difference is None:
            return
        problem = f"inconsistent with {contract.document.path}: {difference}"
        if judged_by == VERSION:
            raise self._damage(run, gate, attempt, f"$.{key}: {problem}")
        yield f"{gate.gate} attempt {attempt.number}: judged by orch {judged_by}, its results are {problem}"

    def _check_reason(self, run: Run, gate: Gate, attempt: Attempt) -> None:
        """Raises DamagedRecord unless a failed attempt that was judged has the reasons of what failed."""
        rows = attempt.to_json()["validations"]
        failed = [row for row in (*attempt.pre_scripts, *rows) if row.get("pass") is False]
        reasons = "; ".join(str(row.get("reason")) for row in failed)
        if rows and (attempt.runner or {}).get("orch") == VERSION and attempt.failure_reason != reasons:
            problem = f"$.failure_reason: is {str(attempt.failure_reason)[:80]!r}, but the reasons are {reasons[:80]!r}"
            raise self._damage(run, gate, attempt, problem)

    def _damage(self, run: Run, gate: Gate, attempt: Attempt, problem: str) -> DamagedRecord:
        path = self._workspace.attempt_path(run.run_id, gate.gate, attempt.number)
        return DamagedRecord(f"{path}: {problem}", lost_file=LostFile(self._workspace.root, path))

    def _compile(self, contract: Contract, context: AttemptContext) -> CompiledRows | None:
        """What the contract compiles to; None if it does not compile here."""
        key = (contract.document.sha256, context.depth, tuple(sorted(context.variables)))
        if not self._compiled.get(key):
            self._compiled[key] = CompiledRows.compile(self._workspace, contract, context)
        return self._compiled[key]
