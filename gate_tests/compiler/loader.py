"""Loads a gate's contract: reads it, holds it against its schema, and says what is wrong with it."""

from gate_tests.checks.registry import BUILT_IN_TYPES, known_types, unusable_types
from gate_tests.compiler.contract_schema import named_types, schema_for, unusable_reasons
from gate_tests.contract import Contract, parse_contract
from gate_tests.errors import InvalidFile, OrchError, Refused, suggest
from gate_tests.strict_json.document import Document, UnreadableDocument
from gate_tests.strict_json.validation import find_schema_errors
from gate_tests.workspace.layout import CONTRACT_SUFFIX, Workspace
from gate_tests.workspace.names import check_gate_id


def load_contract(workspace: Workspace, gate: str) -> Contract:
    """The contract of `gate`, validated. Raises Refused where there is none, InvalidFile where it is wrong."""
    return validated(read_contract(workspace, gate))


def validated(document: Document) -> Contract:
    """The contract that the document is. Raises InvalidFile where it is wrong."""
    if found := _faults(document):
        raise InvalidFile(found)
    return parse_contract(document)


def require_contract(workspace: Workspace, gate: str) -> None:
    """Raises Refused where the gate has no contract, InvalidFile where what stands there is no file of ours."""
    path = workspace.contract_path(gate)
    if not workspace.holds(path):
        raise InvalidFile([f"{path}: leaves the root through a symlink"])
    if not (workspace.root / path).exists():
        raise _missing(workspace, gate)
    if not (workspace.root / path).is_file():
        raise InvalidFile([f"{path}: is no file; a contract is wanted"])


def _missing(workspace: Workspace, gate: str) -> OrchError:
    path, known = workspace.contract_path(gate), workspace.gates_with_contract()
    if gate in known:
        return InvalidFile([f"{path}: is a link to nothing"])
    slip = next((each for each in known if each.casefold() == gate.casefold()), None)
    return Refused(
        f"no contract for gate {gate!r}: {path} does not exist{suggest(gate, known)}",
        next_command=f"orch contract explain {slip}" if slip else f"orch contract new {gate} --name NAME",
    )


def read_contract(workspace: Workspace, gate: str) -> Document:
    """The contract of `gate` as it stands, right or wrong. Raises Refused where there is none, InvalidFile."""
    try:
        return workspace.read_document(workspace.contract_path(gate))
    except FileNotFoundError:
        raise _missing(workspace, gate) from None
    except UnreadableDocument as error:
        raise InvalidFile([str(error)]) from None


def _faults(document: Document) -> list[str]:
    return [
        *find_schema_errors(document, schema_for(document)),
        *_faults_of_packages(named_types(document)),
        *_faults_of_gate(document),
    ]


def _faults_of_packages(named: list[str]) -> list[str]:
    if BUILT_IN_TYPES.keys() >= set(named):
        return []
    broken = [fault for name in known_types(named) if name in named for fault in unusable_reasons(name)]
    return [*broken, *unusable_types()]


def _faults_of_gate(document: Document) -> list[str]:
    """What no schema can say of the gate's id: it must be one, and what the file is called by."""
    gate = document.data.get("gate") if isinstance(document.data, dict) else None
    stem = document.path.rpartition("/")[2].removesuffix(CONTRACT_SUFFIX)
    if not isinstance(gate, str):
        return []
    if gate != stem:
        return [f"{document.at(('gate',))}: {gate!r} disagrees with the file name, which says {stem!r}"]
    try:
        check_gate_id(gate)
    except Refused as error:
        return [f"{document.at(('gate',))}: {error.message}"]
    return []


def is_blocking(workspace: Workspace, gate: str, judged_sha256: str | None = None) -> bool:
    """Whether a failure of the gate fails its run: as its contract says.

    It does where the contract cannot be read, or is not the one that was judged (`judged_sha256`, if known).
    """
    try:
        contract = load_contract(workspace, gate)
    except (InvalidFile, Refused):
        return True
    return contract.blocking or (judged_sha256 is not None and judged_sha256 != contract.document.sha256)
