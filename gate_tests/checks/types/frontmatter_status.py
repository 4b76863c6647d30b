"""`frontmatter_status`: the fields of a text's front matter have the required values."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final, NamedTuple, Self

from gate_tests.checks.check_type import CheckType, Evidence
from gate_tests.checks.lint import LintWarning
from gate_tests.checks.mutations import Mutation
from gate_tests.checks.outcome import Outcome
from gate_tests.checks.rule import Scope, TextRule
from gate_tests.contract import Validation
from gate_tests.parsers.front_matter_fields import NoFrontMatter, read_front_matter
from gate_tests.typing_compat import override

Value = str | float | bool
_NUMBER: Final = re.compile(r"-?[0-9]{1,15}(?:\.[0-9]{1,15})?")


class Requirement(NamedTuple):
    """What a field must be: equal to a value, different from one, a number of at least some size."""

    equals: Value | None = None
    differs: Value | None = None
    at_least: float | None = None

    @classmethod
    def parse(cls, written: Any) -> "Requirement":
        """From the contract: a value, `{not: value}`, `{min: number}` or both."""
        if isinstance(written, dict):
            return cls(differs=written.get("not"), at_least=written.get("min"))
        return cls(equals=written)

    def __str__(self) -> str:
        parts = [] if self.equals is None else [_to_json(self.equals)]
        parts += [] if self.differs is None else [f"not {_to_json(self.differs)}"]
        parts += [] if self.at_least is None else [f"at least {_to_json(self.at_least)}"]
        return " and ".join(parts)

    def is_met_by(self, text: str) -> bool:
        """Whether a field with the value `text` meets it; an empty one never does."""
        number = parse_number(text)
        return (
            text != ""
            and (self.equals is None or _equals(text, self.equals))
            and (self.differs is None or not _equals(text, self.differs))
            and (self.at_least is None or (number is not None and number >= self.at_least))
        )


@dataclass(frozen=True)
class FrontmatterStatus(TextRule):
    """Each field in `checks` is in the front matter and meets its requirement.

    Keys and values are case-sensitive. `"3"` in the contract requires the text, `3` any number equal to it; `true` and
    `false` require that word, in any case. Quotes in the front matter are ignored. A number has ASCII digits, at most
    15 before and 15 after the point; nothing else meets a minimum.
    """

    checks: Mapping[str, Any]

    @classmethod
    def bind(cls, validation: Validation, scope: Scope) -> Self:
        """Takes the requirements as they are written."""
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
            if isinstance(required.differs, str) and required.at_least is None:
                message = (
                    f"whatever is not exactly {required.differs!r} will do, in another spelling too; "
                    f'name the value that is wanted, as in "{field}": "PASS"'
                )
                yield LintWarning("all-but-one", ("checks", field, "not"), message)

    @override
    def evaluate_text(self, text: str, path: str) -> Outcome:
        try:
            fields = read_front_matter(text)
        except NoFrontMatter as error:
            return Outcome(False, str(error), self._measure({}, []))
        failures = [
            f"{field}: wanted {required}, found {_describe_value(fields.get(field))}"
            for field, required in self.requirements.items()
            if not required.is_met_by(fields.get(field, ""))
        ]
        agreed = ", ".join(f"{field}: {fields[field]}" for field in self.checks if field in fields)
        return Outcome(not failures, "; ".join(failures) or agreed, self._measure(fields, failures))

    def _measure(self, fields: dict[str, str], failures: list[str]) -> dict[str, Any]:
        asked_for = {field: text for field, text in fields.items() if field in self.checks}  # others may be private
        recorded = {
            field: text if (number := parse_number(text)) is None else number for field, text in asked_for.items()
        }
        return {"checks": dict(self.checks), "fields": recorded, "failures": failures}

    @override
    def generate_mutations(self, text: str, path: str) -> Iterator[Mutation]:
        for field in self.checks:
            line = re.compile(rf"^{re.escape(field)}[ \t]*:.*\n?", re.MULTILINE)
            yield Mutation(f"without the field {field!r}", line.sub("", text, count=1))


def parse_number(text: str) -> float | None:
    """The number that `text` spells, a whole one as an int; None if it spells none."""
    if not _NUMBER.fullmatch(text):
        return None
    number = float(text)
    return int(number) if number.is_integer() else number


def _equals(text: str, value: Value) -> bool:
    if isinstance(value, bool):
        return text.lower() == ("true" if value else "false")
    return text == value if isinstance(value, str) else parse_number(text) == value


def _to_json(value: Value) -> str:
    return json.dumps(value, ensure_ascii=False)


def _describe_value(text: str | None) -> str:
    if text is None:
        return "no such field"
    return _to_json(text) if text else "no value"


CHECK_TYPE: Final = CheckType(
    name="frontmatter_status",
    summary=(
        "every field named in `checks` is in the header between `---` and `---` and agrees; "
        "one that is absent or says nothing never does"
    ),
    keys={
        "target": {"$ref": "#/definitions/path"},
        "checks": {
            "type": "object",
            "minProperties": 1,
            "description": "For each field the value that it must have, or `{not: value}`, `{min: number}`, or both. "
            "`{not: FAIL}` is met by `fail` and by `FAIL.` too: better name the value that is wanted.",
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
                    "min": {"type": "number", "description": "The least number that the field may be."},
                },
                "additionalProperties": False,
            },
        },
    },
    required=("target", "checks"),
    measures={
        "checks": "what the contract asks of each field",
        "fields": "what the header says of these fields: numbers as numbers, all else as text",
        "failures": "what does not agree",
    },
    example={
        "type": "frontmatter_status",
        "target": "{artifact_path}/research/AUDIT.md",
        "checks": {"status": "PASS", "score": {"min": 8}},
    },
    mend=(
        "Set the fields in the header between `---` and `---` at the very start of the file, once what they "
        "claim is true."
    ),
    bind=FrontmatterStatus.bind,
    evidence=Evidence.WORDING,
)
