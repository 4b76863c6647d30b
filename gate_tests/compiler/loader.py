"""Loads a gate's contract: reads it, validates it, and reports its errors."""

from gate_tests import suggestions
from gate_tests.checks.registry import BUILT_IN_TYPES, find_name_errors, list_type_names
from gate_tests.compiler.contract_schema import named_types, schema_for, unusable_reasons
from gate_tests.contract import Contract, parse_contract
from gate_tests.errors import InvalidFile, LostFile, OrchError, Refused, suggest
from gate_tests.strict_json.document import Document
from gate_tests.strict_json.unreadable import UnreadableDocument
from gate_tests.strict_json.validation import find_schema_errors
from gate_tests.workspace.layout import CONTRACT_SUFFIX, Workspace
from gate_tests.workspace.names import check_gate_id


def load_contract(workspace: Workspace, gate: str) -> Contract:
    """The contract of `gate`, validated. Raises Refused if there is none, InvalidFile if it is invalid."""
    return validate_contract(read_contract(workspace, gate))


def validate_contract(document: Document) -> Contract:
    """The contract in the document. Raises InvalidFile if it is invalid."""
    if errors := _find_errors(document):
        raise InvalidFile(errors)
    return parse_contract(document)


def require_contract(workspace: Workspace, gate: str) -> None:
    """Raises Refused if the gate has no contract, InvalidFile if its path is not a file below the root."""
    path = workspace.contract_path(gate)
    if not workspace.contains(path):
        raise InvalidFile([f"{path}: is outside the root (through a symlink)"])
    if not (workspace.root / path).exists():
        raise _missing_contract(workspace, gate)
    if not (workspace.root / path).is_file():
        raise InvalidFile([f"{path}: is not a file; expected a contract"])


def _missing_contract(workspace: Workspace, gate: str) -> OrchError:
    path, known = workspace.contract_path(gate), workspace.gates_with_contract()
    if gate in known:
        return InvalidFile([f"{path}: is a broken symlink"])
    misspelt = next((each for each in known if each.casefold() == gate.casefold()), None)
    message = f"no contract for gate {gate!r}: {path} does not exist{suggest(gate, known)}"
    if misspelt:
        return Refused(message, next_command=suggestions.explain_contract(misspelt))
    error = Refused(message, next_command=suggestions.new_contract(gate), lost_file=LostFile(workspace.root, path))
    error.lookup_command = suggestions.explain_contract(gate)
    return error


def read_contract(workspace: Workspace, gate: str) -> Document:
    """The contract of `gate`, not validated. Raises Refused if there is none, InvalidFile if it is not JSON."""
    try:
        return workspace.read_document(workspace.contract_path(gate))
    except FileNotFoundError:
        raise _missing_contract(workspace, gate) from None
    except UnreadableDocument as error:
        raise InvalidFile([str(error)]) from None


def _find_errors(document: Document) -> list[str]:
    return [
        *find_schema_errors(document, schema_for(document)),
        *_find_package_errors(named_types(document)),
        *_find_gate_errors(document),
    ]


def _find_package_errors(named: list[str]) -> list[str]:
    if BUILT_IN_TYPES.keys() >= set(named):
        return []
    broken = [reason for name in list_type_names(named) if name in named for reason in unusable_reasons(name)]
    return [*broken, *find_name_errors()]


def _find_gate_errors(document: Document) -> list[str]:
    """Errors of the gate's id that no schema finds: it must be valid, and the one in the file name."""
    gate = document.data.get("gate") if isinstance(document.data, dict) else None
    stem = document.path.rpartition("/")[2].removesuffix(CONTRACT_SUFFIX)
    if not isinstance(gate, str):
        return []
    if gate != stem:
        return [f"{document.at(('gate',))}: is {gate!r}, but the file name says {stem!r}"]
    try:
        check_gate_id(gate)
    except Refused as error:
        return [f"{document.at(('gate',))}: {error.message}"]
    return []


def is_blocking(workspace: Workspace, gate: str, judged_sha256: str | None = None) -> bool:
    """Whether a failure of the gate fails its run, as its contract says.

    True if the contract is missing or invalid, or not the one that was judged (`judged_sha256`, if known).
    """
    try:
        contract = load_contract(workspace, gate)
    except (InvalidFile, Refused):
        return True
    return contract.blocking or (judged_sha256 is not None and judged_sha256 != contract.document.sha256)
