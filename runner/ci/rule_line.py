"""The line of a contract on which what was changed is written."""

from typing import Final

from gate_tests.compiler.check_changes import list_checks
from gate_tests.sanitize import sanitize_line
from gate_tests.strict_json.document import JsonPath
from gate_tests.strict_json.unreadable import UnreadableDocument
from gate_tests.workspace.layout import CONTRACT_SUFFIX, Workspace
from runner.verification.changes.changed_rules import read_contract_leniently
from runner.verification.changes.report import RuleChange

_CHECKS: Final[JsonPath] = ("validations",)


def find_rule_line(workspace: Workspace, change: RuleChange) -> int | None:
    """The line of the changed check, 1-based; of one that was removed, that of all checks. None if it is not known."""
    if not change.path.endswith(CONTRACT_SUFFIX):
        return None
    try:
        document = workspace.read_document(change.path)
    except (OSError, UnreadableDocument):
        return None
    contract = read_contract_leniently(change.path, document.content)
    for check in list_checks(contract) if contract else ():
        if sanitize_line(check.label) == change.subject:
            return document.line(check.written.json_path)
    return document.line(_CHECKS) if contract and change.change.endswith("removed") else None
