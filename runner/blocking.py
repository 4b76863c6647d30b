"""Whether a gate's failure fails its run."""

from gate_tests.errors import InvalidFile, Refused
from gate_tests.load import load_contract
from gate_tests.workspace.layout import Workspace
from runner.attempt import ContractRef


def is_blocking(workspace: Workspace, gate: str, closed_with: ContractRef | None = None) -> bool:
    """As the gate's contract says; it does where that cannot be read, or is not the one the attempt was closed with."""
    try:
        contract = load_contract(workspace, gate)
    except (InvalidFile, Refused):
        return True
    return contract.blocking or (closed_with is not None and closed_with.sha256 != contract.document.sha256)
