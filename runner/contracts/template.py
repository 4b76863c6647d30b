"""A contract to begin with."""

import json
import os
from shlex import quote

from gate_tests.errors import Refused
from gate_tests.workspace.layout import Workspace
from gate_tests.workspace.names import check_gate_id
from runner import suggestions
from runner.storage.atomic_files import create_file
from runner.storage.confined_paths import confined_path


def draft_contract(workspace: Workspace, gate: str, name: str) -> str:
    """Writes the contract of a gate that has none; gives its path. Raises Refused where there is one."""
    path = workspace.contract_path(check_gate_id(gate))
    try:
        create_file(confined_path(workspace, path), _draft(gate, name).encode())
    except FileExistsError:
        if not os.path.lexists(workspace.root / path):
            raise _unwritable(path, "not every folder on the way to it is one") from None
        raise Refused(f"{path} exists already", next_command=suggestions.explain_contract(gate)) from None
    except OSError as error:
        raise _unwritable(path, str(error.strerror or error)) from None
    return path


def _unwritable(path: str, why: str) -> Refused:
    return Refused(f"{path}: cannot be written ({why})", next_command=f"ls -ld {quote(os.path.dirname(path))}")


def _draft(gate: str, name: str) -> str:
    target = f"{{artifact_path}}/{gate.lower()}.md"
    contract = {
        "$schema": "../contract.schema.json",
        "gate": gate,
        "name": name,
        "blocking": True,
        "description": "What this gate makes sure of, in a sentence.",
        "required_outputs": {"all_of": [{"path": target, "description": "What the work of this gate leaves"}]},
        "validations": [
            {
                "type": "word_count",
                "target": target,
                "min": {"quick": 100, "default": 300},
                "description": "Why this is checked; it is told where it fails",
            },
            {"type": "not_contains", "target": target, "pattern": "TODO", "description": "Nothing is left open"},
        ],
    }
    return json.dumps(contract, indent=2, ensure_ascii=False) + "\n"
