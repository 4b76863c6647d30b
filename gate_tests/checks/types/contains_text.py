"""`contains_text`: a file contains every one of some strings."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, Self

from gate_tests.checks.check_type import CheckType, Evidence
from gate_tests.checks.lint import LintWarning, lint_literal
from gate_tests.checks.mutations import Mutation
from gate_tests.checks.outcome import Outcome
from gate_tests.checks.rule import Scope, TextRule
from gate_tests.checks.strictness import required_texts
from gate_tests.contract import Validation
from gate_tests.typing_compat import override


@dataclass(frozen=True)
class ContainsText(TextRule):
    """Each of `patterns`, plain strings, is a substring of the file, case-sensitively."""

    patterns: tuple[str, ...]

    @classmethod
    def bind(cls, validation: Validation, scope: Scope) -> Self:
        """Takes `patterns` or `pattern`, and replaces the variables."""
        given = [key for key in ("patterns", "pattern") if key in validation.keys]
        if len(given) != 1:
            both, none = "has both 'pattern' and 'patterns'; use one", "has neither 'patterns' nor 'pattern'"
            raise scope.make_error(validation, both if given else none)
        key, written = given[0], validation.keys[given[0]]
        numbered = (
            ((written, ()),) if isinstance(written, str) else ((each, (index,)) for index, each in enumerate(written))
        )
        patterns = tuple(scope.text(pattern, validation, key, *keys) for pattern, keys in numbered)
        if "" in patterns:
            raise scope.make_error(validation, "has an empty string in this run, which occurs in every file", key)
        return cls(patterns)

    @override
    def describe(self) -> str:
        quoted = ", ".join(map(repr, self.patterns))
        return quoted if len(self.patterns) == 1 else f"all {len(self.patterns)} of {quoted}"

    @override
    def lint(self, path: str) -> Iterator[LintWarning]:
        yield from (warning for pattern in self.patterns for warning in lint_literal(pattern))

    @override
    def evaluate_text(self, text: str, path: str) -> Outcome:
        missing = [pattern for pattern in self.patterns if pattern not in text]
        count = len(self.patterns)
        found = f"{count - len(missing)} of {count}"
        measured = {"patterns": list(self.patterns), "missing": missing}
        if missing:
            return Outcome.listing(False, f"{found}, missing", [*map(repr, missing)], measured)
        return Outcome(True, found, measured)

    @override
    def generate_mutations(self, text: str, path: str) -> Iterator[Mutation]:
        for pattern in self.patterns:
            yield Mutation(f"without {pattern!r}", text.replace(pattern, ""))


CHECK_TYPE: Final = CheckType(
    name="contains_text",
    summary="the file contains every string, case-sensitively",
    keys={
        "target": {"$ref": "#/definitions/path"},
        "patterns": {
            "type": ["array", "string"],
            "minItems": 1,
            "minLength": 1,
            "items": {"type": "string", "minLength": 1},
            "description": "The strings that the file must contain; a single string is allowed.",
        },
        "pattern": {"type": "string", "minLength": 1, "description": "The string, if there is only one."},
    },
    required=("target",),
    measures={
        "patterns": "the strings, with variables replaced",
        "missing": "the strings that do not occur",
    },
    example={
        "type": "contains_text",
        "target": "{artifact_path}/page.tsx",
        "patterns": ["ArtifactDetailWrapper", "ESSAY_META"],
    },
    fix="Add each missing text where it belongs, exactly as given.",
    bind=ContainsText.bind,
    strictness={"patterns": required_texts, "pattern": "patterns"},
    evidence=Evidence.WORDING,
)
