"""A contract to begin with: the least that is valid, its descriptions saying what to put in their place."""

import json
from typing import Any, NamedTuple

from gate_tests.errors import Refused
from gate_tests.workspace import Workspace
from runner.disk import create_once, make_folders
from runner.formats import CONTRACT_SCHEMA_FILE, format_schema


class Created(NamedTuple):
    """Where the contract lies, and the schema if that was written too; both relative to the root."""

    contract: str
    schema: str | None


def create_contract(workspace: Workspace, gate: str, name: str) -> Created:
    """Writes the contract, and the schema that it names where there is none yet. Raises Refused where one exists."""
    path = workspace.contract_path(gate)
    if not _write(workspace, path, beginning(gate, name)):
        raise Refused(f"{path} exists already; nothing was written", next_command=f"orch contract explain {gate}")
    wrote_schema = _write(workspace, CONTRACT_SCHEMA_FILE, format_schema("contract"))
    return Created(path, CONTRACT_SCHEMA_FILE if wrote_schema else None)


def beginning(gate: str, name: str) -> dict[str, Any]:
    """The contract."""
    output = f"{{artifact_path}}/{gate}.md"
    return {
        "$schema": "../contract.schema.json",
        "gate": gate,
        "name": name,
        "blocking": True,
        "description": "Say in one sentence what is done once this gate is passed.",
        "required_outputs": {
            "all_of": [{"path": output, "description": "Say what is in it; name every file the work must leave."}]
        },
        "validations": [
            {
                "type": "contains_headings",
                "target": output,
                "required_headings": ["## Result"],
                "description": "Say why it must be so. The types of checks: orchestration/gates/README.md",
            }
        ],
    }


def _write(workspace: Workspace, path: str, content: dict[str, Any]) -> bool:
    """Whether it was written; what exists is left alone. Raises Refused where the path leaves the root."""
    file = workspace.root / workspace.confine(path, "the file")
    make_folders(file.parent)
    try:
        create_once(file, (json.dumps(content, indent=2, ensure_ascii=False) + "\n").encode())
    except FileExistsError:
        return False
    return True
