"""Compares a record with its workflow and its contracts, where these are the files that it names by their hashes.

To compile a contract takes as long as the rest of a short command, so only commands that rely on the result compare.
"""

import json
from collections.abc import Iterable
from typing import TYPE_CHECKING

from gate_tests.errors import DamagedRecord, InvalidFile, LostFile, Refused
from gate_tests.strict_json.fields import Fields
from gate_tests.strict_json.unreadable import UnreadableDocument
from gate_tests.workspace.layout import Workspace
from runner.models.attempt import Attempt
from runner.models.rules import list_accepted_changes
from runner.models.run import Run
from runner.models.status import GateStatus
from runner.version import VERSION

if TYPE_CHECKING:
    from gate_tests.contract import Contract


def check_against_rules(workspace: Workspace, run: Run) -> None:
    """Raises DamagedRecord unless the record is what its workflow and its contracts make it.

    The gates are those of the workflow; the rows of each attempt that passed are those that its contract compiles to;
    an attempt was blocking if its contract says so.
    """
    if run.schema_version is None:
        return
    check_gates(workspace, run)
    for gate in run.gates:
        check_attempts(workspace, run, gate.gate, gate.attempts)


def check_attempts(workspace: Workspace, run: Run, gate: str, attempts: Iterable[Attempt]) -> None:
    """Raises DamagedRecord unless these attempts at the gate are what its contract makes them.

    Compares attempts that this contract has judged, and their rows if this version of orch has.
    """
    judged = [attempt for attempt in attempts if attempt.contract]
    contract = _load_contract(workspace, gate) if judged else None
    if contract is None:
        return
    expected: list[str] | None = None
    for attempt in judged:
        if attempt.contract_sha256 != contract.document.sha256:
            continue
        if attempt.blocking not in (None, contract.blocking):
            recorded, now = (json.dumps(each) for each in (attempt.blocking, contract.blocking))
            problem = f"$.blocking: is {recorded}, but {contract.document.path} says {now}"
            raise _damage(workspace, run, gate, attempt, problem)
        if attempt.status is GateStatus.PASS and (attempt.runner or {}).get("orch") == VERSION:
            expected = _compile_ids(workspace, contract, run) if expected is None else expected
            _check_rows(workspace, run, gate, attempt, expected)


def _check_rows(workspace: Workspace, run: Run, gate: str, attempt: Attempt, expected: list[str]) -> None:
    recorded = [row.get("id") for row in attempt.to_json()["validations"]]
    if expected and recorded != expected:
        missing = [each for each in expected if each not in recorded]
        unknown = [each for each in recorded if each not in expected]
        named = f"missing {missing[0]}" if missing else f"unexpected {unknown[0]}" if unknown else "other order"
        problem = f"$.validations: inconsistent with {workspace.contract_path(gate)}: {named}"
        raise _damage(workspace, run, gate, attempt, problem)


def _damage(workspace: Workspace, run: Run, gate: str, attempt: Attempt, problem: str) -> DamagedRecord:
    path = workspace.attempt_path(run.run_id, gate, attempt.number)
    return DamagedRecord(f"{path}: {problem}", lost_file=LostFile(workspace.root, path))


def _load_contract(workspace: Workspace, gate: str) -> "Contract | None":
    """The contract of the gate; None where it cannot be read, or names a check type that is not installed here."""
    from gate_tests.compiler.loader import load_contract

    try:
        return load_contract(workspace, gate)
    except (InvalidFile, Refused):
        return None


def _compile_ids(workspace: Workspace, contract: "Contract", run: Run) -> list[str]:
    """The ids of the checks that the contract compiles to; none if it compiles no more."""
    from gate_tests.compiler.gate import compile_gate

    try:
        return [check.id for check in compile_gate(workspace, contract, run.context()).checks]
    except (InvalidFile, Refused):
        return []


def check_gates(workspace: Workspace, run: Run) -> None:
    """Raises DamagedRecord unless the gates are those of the workflow, where it is the one that the run started with.

    Not compared once a change of the workflow was accepted: a run keeps the gates that it started with.
    """
    path = workspace.workflow_path(run.workflow.name)
    if not run.pins or any(change.path == path for change in list_accepted_changes(run.events)):
        return
    recorded, gates = tuple(gate.gate for gate in run.gates), _list_gates(workspace, path, run.pins.workflow)
    if gates and gates != recorded:
        record = workspace.record_path(run.run_id)
        raise DamagedRecord(
            f"{record}: $.gates: inconsistent with {path}: expected {', '.join(gates)}, found {', '.join(recorded)}",
            lost_file=LostFile(workspace.root, record),
        )


def _list_gates(workspace: Workspace, path: str, sha256: str | None) -> tuple[str, ...] | None:
    """The gates of the workflow; None if it is no longer the one with this hash."""
    try:
        document = workspace.read_document(path) if workspace.contains(path) else None
        if document and document.sha256 == sha256:
            return Fields.of(document).objects("gates", lambda gate: gate.text("gate"))
    except (FileNotFoundError, UnreadableDocument, DamagedRecord):
        pass  # no workflow has such a hash: it was pinned by hand
    return None
