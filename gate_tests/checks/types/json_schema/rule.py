"""`json_schema`: a JSON file conforms to a schema that is a file of the repository."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, Self

from gate_tests.checks.check_type import CheckType
from gate_tests.checks.lint import LintWarning
from gate_tests.checks.outcome import Outcome
from gate_tests.checks.rule import Rule, Scope
from gate_tests.checks.strictness import replaced
from gate_tests.checks.truncation import MAX_RECORDED
from gate_tests.contract import Validation
from gate_tests.files.artifacts import Artifacts, NotText
from gate_tests.files.glob import has_wildcards
from gate_tests.strict_json.document import Document
from gate_tests.strict_json.unreadable import UnreadableDocument
from gate_tests.strict_json.written_float import parse_written_float
from gate_tests.typing_compat import override


@dataclass(frozen=True)
class JsonSchema(Rule):
    """The file is strict JSON (no duplicate key, no NaN) and conforms to the schema at the path `schema`.

    A schema that is missing, is not valid, has a `$ref` to another file or has a regex that cannot be used fails the
    check: it is a file of the repository, not part of the contract. `format` is not asserted.
    """

    schema: str
    limit_s: float

    @classmethod
    def bind(cls, validation: Validation, scope: Scope) -> Self:
        """Resolves the path of the schema. Refuses a glob."""
        if has_wildcards(validation.keys["schema"]):
            raise scope.make_error(validation, "must not contain '*' or '?': only one schema is allowed", "schema")
        return cls(scope.path(validation.keys["schema"], validation, "schema"), scope.limits.regex_s)

    @property
    @override
    def other_paths(self) -> tuple[str, ...]:
        return self.schema_paths

    @property
    @override
    def schema_paths(self) -> tuple[str, ...]:
        return (self.schema,)

    @override
    def describe(self) -> str:
        return f"JSON that conforms to {self.schema}"

    @override
    def evaluate(self, path: str, artifacts: Artifacts) -> Outcome:
        target = artifacts.read(path)
        if not target.is_file:
            return _fail(target.found)
        schema: Document | Outcome
        try:
            schema = artifacts.judge_text(self.schema, lambda text: _parse(text, self.schema))
        except NotText as error:
            schema = _fail(f"the schema cannot be used: {self.schema}: {error}")
        except UnreadableDocument as error:
            schema = _fail(f"the schema cannot be used: {error}")
        try:
            return artifacts.judge_text(path, lambda text: self._evaluate_text(text, path, schema))
        except (NotText, UnreadableDocument) as error:
            return _fail(str(error))

    @override
    def lint_files(self, artifacts: Artifacts) -> Iterator[LintWarning]:
        from gate_tests.checks.types.json_schema.schema_lint import lint_schema

        try:
            yield from artifacts.judge_text(self.schema, lambda text: [*lint_schema(_parse(text, self.schema))])
        except NotText:
            pass  # it may be made by an earlier gate
        except UnreadableDocument as error:
            yield LintWarning("unusable-schema", ("schema",), str(error))

    def _evaluate_text(self, text: str, path: str, schema: Document | Outcome) -> Outcome:
        """Whether the target is JSON, and conforms; `schema` is an Outcome if no schema can be used."""
        document = _parse(text, path)
        return _validate(document, schema, self.limit_s) if isinstance(schema, Document) else schema


def _parse(text: str, path: str) -> Document:
    return Document.parse(path, text.encode(), parse_written_float)


def _fail(found: str) -> Outcome:
    return Outcome(False, found, {"errors": []})


def _validate(document: Document, schema: Document, limit_s: float) -> Outcome:
    from gate_tests.checks.types.json_schema.schema_check import UnusableSchema, UnusableValue
    from gate_tests.checks.types.json_schema.validate import validate

    try:
        violations = validate(document.data, schema.data, limit_s)
    except UnusableSchema as error:
        return _fail(f"the schema cannot be used: {schema.path}: {error}")
    except UnusableValue as error:
        return _fail(str(error))
    if not violations.found:
        return Outcome(True, "no error", {"errors": []})
    found = sorted((document.line(each.path), each.message) for each in violations.found)
    errors = [f"line {line}: {message}" for line, message in found[:MAX_RECORDED]]
    count = f"{'more than ' if violations.has_more else ''}{len(found)} error{'s' if len(found) > 1 else ''}"
    return Outcome.listing(False, count, errors, {"errors": errors}, len(found))


CHECK_TYPE: Final = CheckType(
    name="json_schema",
    summary=(
        "the file is strict JSON and conforms to the JSON Schema. The draft is the one in `$schema`, by default "
        "2020-12. A `$ref` must stay in the schema's own file, `format` is not checked, numbers are compared as they "
        "are written, and regexes are JavaScript's with the flag `u`"
    ),
    keys={
        "target": {"$ref": "#/definitions/path"},
        "schema": {
            "type": "string",
            "minLength": 1,
            "description": "The path of the JSON Schema, relative to the root. It may contain variables. "
            "`orch contract lint` reports keywords that its draft does not know.",
        },
    },
    required=("target", "schema"),
    measures={"errors": f"the errors with their lines, in the order of the file; the first {MAX_RECORDED}"},
    example={
        "type": "json_schema",
        "target": "{artifact_path}/data.json",
        "schema": "schemas/data.schema.json",
    },
    fix="Correct the JSON at each place that the reason names. Change the data, not the schema.",
    bind=JsonSchema.bind,
    strictness={"schema": replaced},
)
