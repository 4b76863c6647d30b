"""Whether a gate's failure fails its run."""

from gate_tests.errors import InvalidFile, Refused
from gate_tests.load import load_contract
from gate_tests.workspace import Workspace


def is_blocking(workspace: Workspace, gate: str) -> bool:
    """As the gate's contract says; without a readable contract it does."""
    try:
        return load_contract(workspace, gate).blocking
    except (InvalidFile, Refused):
        return True
