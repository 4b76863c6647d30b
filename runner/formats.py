"""The JSON Schemas (draft-07) of the files that we read and write, for editors and other programs."""

from pathlib import Path
from typing import Any

from gate_tests.load import contract_schema
from gate_tests.schema import read_schema

FORMATS = ("contract", "workflow", "run", "attempt")
"""What there is a schema of."""

CONTRACT_SCHEMA_FILE = "orchestration/gates/contract.schema.json"
"""Where `orch contract new` puts the schema of contracts, for editors to find."""

_FOLDER = Path(__file__).parent / "schemas"


def format_schema(name: str) -> dict[str, Any]:
    """The schema of one of `FORMATS`, which stands by itself: it refers to no other file."""
    if name == "contract":
        return contract_schema()
    schema = read_schema(_FOLDER / f"{name}.schema.json")
    return _with_attempts(schema) if name == "run" else schema


def _with_attempts(run: dict[str, Any]) -> dict[str, Any]:
    """An attempt is the same in a run and in its own file: its schema stands in one place."""
    attempt = format_schema("attempt")
    definitions = attempt.pop("definitions")
    del attempt["$schema"]
    return {**run, "definitions": {**definitions, **run["definitions"], "attempt": attempt}}
