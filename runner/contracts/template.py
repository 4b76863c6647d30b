"""Writes the template of a new contract."""

import json

from gate_tests.errors import Refused
from gate_tests.workspace.layout import Workspace
from gate_tests.workspace.names import check_gate_id
from runner import suggestions
from runner.contracts.new_file import write_new_file


def write_contract_template(workspace: Workspace, gate: str, name: str) -> str:
    """Writes a contract for the gate; returns its path. Raises Refused where it exists."""
    path = workspace.contract_path(check_gate_id(gate))
    try:
        write_new_file(workspace, path, _build_template(gate, name))
    except FileExistsError:
        raise Refused(f"{path} already exists", next_command=suggestions.explain_contract(gate)) from None
    return path


def _build_template(gate: str, name: str) -> str:
    target = f"{{artifact_path}}/{gate.lower()}.md"
    contract = {
        "$schema": "../contract.schema.json",
        "gate": gate,
        "name": name,
        "blocking": True,
        "description": f"{name}: what must be true before the next step starts.",
        "required_outputs": {"all_of": [{"path": target, "description": "The result of this step"}]},
        "validations": [
            {
                "type": "contains_headings",
                "target": target,
                "required_headings": ["## Result", "## Evidence", "## Open questions"],
                "min_section_words": 10,
                "description": "A reader finds the result, what supports it, and what is not known",
            },
            {
                "type": "word_count",
                "target": target,
                "min": {"quick": 60, "default": 120},
                "max": 3000,
                "description": "Long enough to explain the result, short enough to be read",
            },
            {
                "type": "max_regex_count",
                "target": target,
                "regex": "\\b(TODO|TBD|FIXME)\\b",
                "max_count": 0,
                "description": "No placeholder is left",
            },
        ],
    }
    return json.dumps(contract, indent=2, ensure_ascii=False) + "\n"
