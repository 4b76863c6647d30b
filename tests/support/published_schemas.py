"""What published schemas say about a document: see tests/schemas/README.md."""

import json
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from jsonschema.protocols import Validator
    from xmlschema import XMLSchema

_SCHEMAS: Final = Path(__file__).parents[1] / "schemas"


def find_junit_errors(document: str) -> list[str]:
    """What is invalid in a JUnit XML file by the schema of the Jenkins xUnit plugin; empty if nothing is."""
    from io import StringIO

    return [f"{error.path}: {error.reason}" for error in _junit_schema().iter_errors(StringIO(document))]


def find_ctrf_errors(report: Any) -> list[str]:
    """What is invalid in a CTRF report; empty if nothing is."""
    return [f"{error.json_path}: {error.message}" for error in _ctrf_validator().iter_errors(report)]


@cache
def _junit_schema() -> "XMLSchema":
    from xmlschema import XMLSchema

    return XMLSchema(_SCHEMAS / "junit-10.xsd")


@cache
def _ctrf_validator() -> "Validator":
    from jsonschema import Draft7Validator

    schema = json.loads((_SCHEMAS / "ctrf.schema.json").read_text("utf-8"))
    return Draft7Validator(schema, format_checker=Draft7Validator.FORMAT_CHECKER)
