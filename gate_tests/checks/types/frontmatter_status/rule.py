"""The rule of `frontmatter_status`, and its check type."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final, Self

from gate_tests.checks.check_type import CheckType, Evidence
from gate_tests.checks.lint import LintWarning
from gate_tests.checks.mutations import Mutation
from gate_tests.checks.outcome import Outcome
from gate_tests.checks.rule import Scope, TextRule
from gate_tests.checks.strictness import Difference, Effect
from gate_tests.checks.types.frontmatter_status.requirement import Requirement, describe_value, parse_number
from gate_tests.contract import Validation
from gate_tests.parsers.front_matter import find_front_matter_end
from gate_tests.parsers.front_matter_fields import NoFrontMatter, read_front_matter
from gate_tests.parsers.front_matter_yaml import Value
from gate_tests.typing_compat import override


@dataclass(frozen=True)
class FrontmatterStatus(TextRule):
    """Each field in `checks` is in the front matter and meets its requirement.

    Keys and values are case-sensitive. `"3"` in the contract requires the text, `3` any number equal to it; `true` and
    `false` require that word, in any case. Quotes in the front matter are ignored. A number has ASCII digits, at most
    15 before and 15 after the point; nothing else meets a minimum. Of other fields nothing is required.
    """

    checks: Mapping[str, Any]

    @classmethod
    def bind(cls, validation: Validation, scope: Scope) -> Self:
        """Takes the requirements as they are written. Raises InvalidFile for one that no value can meet."""
        for field, written in validation.keys["checks"].items():
            if isinstance(written, dict) and "has" in written and (others := written.keys() & {"one_of", "min"}):
                message = f"`has` requires a list, {' and '.join(f'`{key}`' for key in sorted(others))} a single value"
                raise scope.make_error(validation, message, "checks", field)
            if (required := Requirement.parse(written)).one_of and not required.can_be_met():
                message = f"no value can be {required}"
                raise scope.make_error(validation, message, "checks", field)
        return cls(validation.keys["checks"])

    @property
    def requirements(self) -> dict[str, Requirement]:
        """The parsed requirement for each field."""
        return {field: Requirement.parse(written) for field, written in self.checks.items()}

    @override
    def describe(self) -> str:
        return f"front matter with {', '.join(f'{field}: {required}' for field, required in self.requirements.items())}"

    @override
    def lint(self, path: str) -> Iterator[LintWarning]:
        for field, required in self.requirements.items():
            if isinstance(required.differs, str) and required == Requirement(differs=required.differs):
                message = (
                    f"passes with any value but exactly {required.differs!r}, also another spelling of it; "
                    f'give the required value, as in "{field}": "PASS"'
                )
                yield LintWarning("all-but-one", ("checks", field, "not"), message)

    @override
    def evaluate_text(self, text: str, path: str) -> Outcome:
        try:
            fields = read_front_matter(text)
        except NoFrontMatter as error:
            return Outcome(False, error.full_message if error.key in self.checks else str(error), self._measure({}, []))
        failures = [
            f"{field}: expected {required}, found {_describe(field, fields)}"
            for field, required in self.requirements.items()
            if field not in fields or not required.is_met_by(fields[field])
        ]
        agreed = ", ".join(f"{field}: {_join(fields[field])}" for field in self.checks if field in fields)
        return Outcome(not failures, "; ".join(failures) or agreed, self._measure(fields, failures))

    def _measure(self, fields: Mapping[str, Value], failures: list[str]) -> dict[str, Any]:
        recorded = {field: _to_json(fields[field]) for field in fields if field in self.checks}  # others may be private
        return {"checks": dict(self.checks), "fields": recorded, "failures": failures}

    @override
    def generate_mutations(self, text: str, path: str) -> Iterator[Mutation]:
        for field in self.checks:
            yield _remove_field(field, text)


def _describe(field: str, fields: Mapping[str, Value]) -> str:
    return describe_value(fields[field]) if field in fields else "no such field"


def _join(value: Value) -> str:
    return value if isinstance(value, str) else ", ".join(value or ())


def _to_json(value: Value) -> Any:
    """Numbers as numbers; null for what is no text and no list."""
    if isinstance(value, str):
        return value if (number := parse_number(value)) is None else number
    return value and [_to_json(item) for item in value]


def _remove_field(field: str, text: str) -> Mutation:
    """`text` without the lines of the field, or without its front matter where the field has no line of its own."""
    key, end = re.escape(field), find_front_matter_end(text)
    line = re.compile(rf"^(?:{key}|\"{key}\"|'{key}')[ \t]*+[:=].*\n(?:(?:[ \t]|-[ \t]).*\n)*+", re.MULTILINE)
    if found := line.search(text, 0, end):
        return Mutation(f"without the field {field!r}", text[: found.start()] + text[found.end() :])
    return Mutation("without its front matter", text[end:])


def _compare_checks(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[Difference]:
    for field, written in {**before, **after}.items():
        if field not in after:
            yield Difference(Effect.LOOSER, written, None, field)
        elif field not in before:
            yield Difference(Effect.TIGHTER, None, written, field)
        elif effect := _compare_requirements(*(Requirement.parse(checks[field]) for checks in (before, after))):
            yield Difference(effect, before[field], after[field], field)


def _compare_requirements(before: Requirement, after: Requirement) -> Effect | None:
    if not after.implies(before):
        return Effect.LOOSER
    return None if before.implies(after) else Effect.TIGHTER


CHECK_TYPE: Final = CheckType(
    name="frontmatter_status",
    summary=(
        "each field in `checks` has the required value in the front matter (YAML between `---` and `---` or `...`, "
        "TOML between `+++` and `+++`). A field that is absent, empty or null fails"
    ),
    keys={
        "target": {"$ref": "#/definitions/path"},
        "checks": {
            "type": "object",
            "minProperties": 1,
            "description": "For each field the required value, or one or more of `{not: value}`, `{min: number}`, "
            "`{one_of: [value, …]}`; for a list `{has: item}`, where `not` applies to the items. Numbers are compared "
            "as numbers, everything else as the text written: `no` is the text `no`. Other fields may contain "
            "anything; a duplicate key, an anchor, an alias and more than 64 KiB are errors. `{not: FAIL}` also "
            "passes with `fail` and `FAIL.`: better give the required value.",
            "additionalProperties": {
                "type": ["string", "number", "boolean", "object"],
                "minLength": 1,
                "minProperties": 1,
                "properties": {
                    "not": {
                        "type": ["string", "number", "boolean"],
                        "minLength": 1,
                        "description": "A value that the field must not have.",
                    },
                    "min": {"type": "number", "description": "The minimum, as a number."},
                    "one_of": {
                        "type": "array",
                        "minItems": 1,
                        "items": {"type": ["string", "number", "boolean"], "minLength": 1},
                        "description": "The allowed values.",
                    },
                    "has": {
                        "type": ["string", "number", "boolean"],
                        "minLength": 1,
                        "description": "An item that the field, a list, must contain.",
                    },
                },
                "additionalProperties": False,
            },
        },
    },
    required=("target", "checks"),
    measures={
        "checks": "the requirement for each field",
        "fields": "the values of these fields: numbers as numbers, lists as lists of their texts, null for a "
        "mapping, everything else as text",
        "failures": "an error for each field that fails",
    },
    example={
        "type": "frontmatter_status",
        "target": "{artifact_path}/research/AUDIT.md",
        "checks": {"status": "PASS", "score": {"min": 8}},
    },
    fix=(
        "Set the fields in the front matter once they are true. It is between `---` and `---` at the very start of the "
        "file, with no blank line after the first `---`. It is YAML: quote a text that contains `: ` or ` #`, or that "
        "starts with a character such as `*`, `@`, `[`."
    ),
    bind=FrontmatterStatus.bind,
    strictness={"checks": _compare_checks},
    evidence=Evidence.WORDING,
)
