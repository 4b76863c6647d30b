"""JSON Schemas (draft-07) of our files."""

from pathlib import Path
from typing import Any

from gate_tests.strict_json.validation import read_schema


def load_schema(kind: str) -> dict[str, Any]:
    """Load the schema of a `contract`, `workflow`, `run`, `attempt` or `agents`."""
    if kind == "contract":
        from gate_tests.checks.registry import list_type_names
        from gate_tests.compiler.contract_schema import contract_schema

        return contract_schema(list_type_names())
    schema = read_schema(Path(__file__).with_name(f"{kind}.schema.json"))
    if kind == "run":  # an attempt is the same in RUN.json as in its file
        attempt = read_schema(Path(__file__).with_name("attempt.schema.json"))
        schema["definitions"] |= attempt["definitions"]
        schema["definitions"]["attempt"] = {
            key: value for key, value in attempt.items() if key not in ("$schema", "definitions")
        }
    return schema
