"""The contracts that records name by their hashes: from the tree where it still has them, else from git's history."""

from collections.abc import Callable, Collection, Iterable, Mapping

from gate_tests.checks.registry import list_type_names
from gate_tests.compiler.contract_schema import named_types
from gate_tests.compiler.loader import validate_contract
from gate_tests.contract import Contract
from gate_tests.errors import InvalidFile, OrchError
from gate_tests.strict_json.document import Document
from gate_tests.strict_json.unreadable import UnreadableDocument
from gate_tests.workspace.layout import Workspace

FindVersions = Callable[[Mapping[str, Collection[str]]], Mapping[str, bytes]]
"""Finds contents of files, given as SHA-256 by path, in git's history: those that it has, by SHA-256."""

GateContract = tuple[str, str]
"""The id of a gate, and the SHA-256 of a contract of it."""


class CannotReplay(Exception):
    """A gate cannot be judged again; says why, in one line."""


class RecordedContracts:
    """Finds and validates contracts, each once. The tree may have others: it is not changed."""

    def __init__(self, workspace: Workspace, find_versions: FindVersions) -> None:
        self._workspace = workspace
        self._find_versions = find_versions
        self._documents: dict[GateContract, Document | UnreadableDocument | None] = {}
        self._contracts: dict[GateContract, Contract] = {}

    def find(self, contracts: Iterable[GateContract]) -> None:
        """Looks for these contracts, in git's history for all that the tree does not have together: that takes time."""
        unknown = [each for each in dict.fromkeys(contracts) if each not in self._documents]
        for gate, sha256 in unknown:
            document = self._read(gate)
            self._documents[gate, sha256] = document if document and document.sha256 == sha256 else None
        missing = [each for each in unknown if self._documents[each] is None]
        requested: dict[str, list[str]] = {}
        for gate, sha256 in missing:
            requested.setdefault(self._workspace.contract_path(gate), []).append(sha256)
        found = self._find_versions(requested) if requested else {}
        for gate, sha256 in missing:
            if sha256 in found:
                self._documents[gate, sha256] = _parse(self._workspace.contract_path(gate), found[sha256])

    def get(self, gate: str, sha256: str) -> Contract:
        """The contract of the gate with this hash, which was looked for. Raises CannotReplay."""
        document = self._documents[gate, sha256]
        if isinstance(document, UnreadableDocument):
            raise CannotReplay(f"its contract cannot be read: {document}")
        if document is None or document.sha256 != sha256:
            path = self._workspace.contract_path(gate)
            raise CannotReplay(f"its contract, {path} with SHA-256 {sha256[:12]}…, is neither in the tree nor in git")
        if (gate, sha256) not in self._contracts:
            try:
                self._contracts[gate, sha256] = validate_contract(document)
            except InvalidFile as error:
                raise CannotReplay(explain_invalid(document, error)) from None
        return self._contracts[gate, sha256]

    def _read(self, gate: str) -> Document | None:
        try:
            return self._workspace.read_document(self._workspace.contract_path(gate))
        except (FileNotFoundError, UnreadableDocument):
            return None


def explain_invalid(document: Document, error: OrchError) -> str:
    """Why this orch cannot use a contract, in one line."""
    named = named_types(document)
    if unknown := [name for name in named if name not in list_type_names(named)]:
        return f"check type {unknown[0]!r} is not installed"
    first, *others = error.message.split("\n")
    more = f" and {len(others)} more" if others else ""
    return f"its contract is not valid for this orch: {first}{more}"


def _parse(path: str, content: bytes) -> Document | UnreadableDocument:
    try:
        return Document.parse(path, content)
    except UnreadableDocument as error:
        return error
