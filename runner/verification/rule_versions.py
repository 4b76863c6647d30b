"""Contracts and workflows, as they are and as git's history has them: each is found by its hash."""

from collections.abc import Collection, Mapping
from functools import cache
from typing import Protocol

from gate_tests.contract import Contract
from gate_tests.errors import InvalidFile, Refused
from gate_tests.strict_json.document import Document
from gate_tests.strict_json.unreadable import UnreadableDocument
from gate_tests.workspace.layout import Workspace
from runner.workflows.definition import Workflow, parse_workflow


class VersionFinder(Protocol):
    """Finds earlier versions of files."""

    problem: str | None
    """Why a version was not found, once one was looked for."""
    next_command: str | None
    """What brings it, if anything does."""

    def find_versions(self, queried: Mapping[str, Collection[str]]) -> Mapping[str, bytes]:
        """The bytes, by SHA-256, of the versions of these files, given as hashes by path."""
        ...


class RuleVersions:
    """Reads and parses each version once. What is invalid, or names an unknown check type, is None."""

    def __init__(self, workspace: Workspace, history: VersionFinder) -> None:
        self._workspace = workspace
        self._history = history
        self.read = cache(self._read)
        self.find = cache(self._find)
        self.find_contract = cache(self._find_contract)
        self.find_workflow = cache(self._find_workflow)

    @property
    def problem(self) -> str | None:
        """Why a version that was looked for last was not found."""
        return self._history.problem

    @property
    def next_command(self) -> str | None:
        """The command that brings it, if any does."""
        return self._history.next_command

    def _read(self, path: str) -> Document | None:
        """The file as it is; None where it is missing, or no JSON."""
        try:
            return self._workspace.read_document(path)
        except (FileNotFoundError, UnreadableDocument):
            return None

    def explain_unreadable(self, path: str) -> str | None:
        """Why the file cannot be read as it is; None where it can, or is missing."""
        try:
            self._workspace.read_document(path)
        except UnreadableDocument as error:
            return error.reason
        except FileNotFoundError:
            pass
        return None

    def _find(self, path: str, sha256: str) -> Document | None:
        """The version of the file with this hash; None where nobody has it."""
        present = self.read(path)
        if present is not None and present.sha256 == sha256:
            return present
        content = self._history.find_versions({path: [sha256]}).get(sha256)
        try:
            return None if content is None else Document.parse(path, content)
        except UnreadableDocument:
            return None

    def find_contents(self, queried: Mapping[str, Collection[str]]) -> Mapping[str, bytes]:
        """The bytes, by SHA-256, of the versions of these files, given as hashes by path."""
        return self._history.find_versions(queried)

    def _find_contract(self, gate: str, sha256: str) -> Contract | None:
        """The contract of the gate with this hash; None where nobody has it, or it cannot be read here."""
        document = self.find(self._workspace.contract_path(gate), sha256)
        from gate_tests.compiler.loader import validate_contract  # while another process hashes the first files

        try:
            return None if document is None else validate_contract(document)
        except (InvalidFile, Refused):
            return None

    def _find_workflow(self, name: str, sha256: str) -> Workflow | None:
        """The workflow with this hash; None where nobody has it, or it cannot be read here."""
        document = self.find(self._workspace.workflow_path(name), sha256)
        try:
            return None if document is None else parse_workflow(self._workspace, name, document)
        except (InvalidFile, Refused):
            return None
