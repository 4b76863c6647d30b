"""Writes the template of a new contract."""

import json
import os
from shlex import quote

from gate_tests.errors import Refused
from gate_tests.files.directory import Directory
from gate_tests.workspace.layout import Workspace
from gate_tests.workspace.names import check_gate_id
from runner import suggestions
from runner.storage.atomic_files import create_file


def write_contract_template(workspace: Workspace, gate: str, name: str) -> str:
    """Writes a contract for the gate; returns its path. Raises Refused where it exists."""
    path = workspace.contract_path(check_gate_id(gate))
    directory, _, file = path.rpartition("/")
    try:
        with Directory.open(workspace.root) as root, root.open_below(directory, create=True) as contracts:
            create_file(contracts, file, _build_template(gate, name).encode())
    except FileExistsError:
        raise Refused(f"{path} exists already", next_command=suggestions.explain_contract(gate)) from None
    except OSError as error:
        raise _write_error(path, str(error.strerror or error)) from None
    return path


def _write_error(path: str, reason: str) -> Refused:
    return Refused(f"{path}: cannot be written ({reason})", next_command=f"ls -ld {quote(os.path.dirname(path))}")


def _build_template(gate: str, name: str) -> str:
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
