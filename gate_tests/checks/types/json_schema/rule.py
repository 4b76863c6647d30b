"""`json_schema`: a JSON file conforms to a schema that stands in the repository."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Self

from gate_tests.checks.outcome import Outcome
from gate_tests.checks.rule import AboutOneFile, Scope
from gate_tests.checks.truncation import MOST_RECORDED
from gate_tests.contract import Validation
from gate_tests.files.artifacts import Artifacts, NotText
from gate_tests.strict_json.document import Document, UnreadableDocument


@dataclass(frozen=True)
class JsonSchema(AboutOneFile):
    """The file is strict JSON (no key twice, no NaN) and conforms to the schema at `schema`, by the draft it names.

    A schema that is missing, that is none, or that points out of its file with a `$ref` fails the check and says so:
    it is a file of the repository, not of the contract. So does one with a regex that is none in JavaScript, or that
    cannot be given its meaning here. Nothing is fetched, and `format` asserts nothing.
    """

    type: ClassVar[str] = "json_schema"
    summary: ClassVar[str] = (
        "the file is strict JSON and conforms to the schema. The draft is the one that the schema names, "
        "else 2020-12; a `$ref` must stay in the schema's own file, `format` asserts nothing, and a "
        "regex means what it means in JavaScript with the flag `u`"
    )
    mend: ClassVar[str] = "Correct the JSON at each place that is named. Change the data, not the schema."
    keys: ClassVar[Mapping[str, Any]] = {
        "target": {"$ref": "#/definitions/path"},
        "schema": {
            "type": "string",
            "minLength": 1,
            "description": "The path of the JSON Schema, relative to the root. It may hold variables.",
        },
    }
    required: ClassVar[tuple[str, ...]] = ("target", "schema")
    measures: ClassVar[Mapping[str, str]] = {
        "errors": f"where and how the file breaks the schema, in the order of the file, at most {MOST_RECORDED}"
    }
    example: ClassVar[Mapping[str, Any]] = {
        "type": "json_schema",
        "target": "{artifact_path}/data.json",
        "schema": "schemas/data.schema.json",
    }
    reads_text: ClassVar[bool] = True

    schema: str
    limit_s: float

    @classmethod
    def bind(cls, validation: Validation, scope: Scope) -> Self:
        """Resolves the path of the schema."""
        return cls(scope.path(validation.keys["schema"], validation, "schema"), scope.limits.regex_s)

    @property
    def others(self) -> tuple[str, ...]:
        """The schema."""
        return (self.schema,)

    def wanted(self) -> str:
        """What must be so."""
        return f"JSON that conforms to {self.schema}"

    def evaluate(self, path: str, artifacts: Artifacts) -> Outcome:
        """Every error with its path, or why the file or the schema cannot be used."""
        try:
            document = _read(path, artifacts)
        except (NotText, UnreadableDocument) as problem:
            return _unusable(str(problem))
        try:
            schema = _read(self.schema, artifacts)
        except NotText as problem:
            return _unusable(f"no schema to hold it against: {self.schema}: {problem}")
        except UnreadableDocument as problem:
            return _unusable(f"no schema to hold it against: {problem}")
        return _compared(document, schema, self.limit_s)


def _read(path: str, artifacts: Artifacts) -> Document:
    return Document.parse(path, artifacts.text(path).encode())


def _unusable(found: str) -> Outcome:
    return Outcome(False, found, {"errors": []})


def _compared(document: Document, schema: Document, limit_s: float) -> Outcome:
    from gate_tests.checks.types.json_schema.schema_check import UnusableSchema, UnusableValue
    from gate_tests.checks.types.json_schema.validate import breaches

    try:
        found = breaches(document.data, schema.data, limit_s)
    except UnusableSchema as problem:
        return _unusable(f"no schema to hold it against: {schema.path}: {problem}")
    except UnusableValue as problem:
        return _unusable(str(problem))
    if not found.breaches:
        return Outcome(True, "no error", {"errors": []})
    lines = [(document.line(breach.path), breach.told) for breach in found.breaches]
    lines.sort()
    line, first = lines[0]
    count = f"{'more than ' if found.are_more else ''}{len(lines)} error{'s' if len(lines) > 1 else ''}"
    return Outcome(False, f"{count}, line {line}: {first}", {"errors": [told for _, told in lines[:MOST_RECORDED]]})
