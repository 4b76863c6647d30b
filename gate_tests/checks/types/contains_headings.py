"""`contains_headings`: a file has every required heading."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, Self

from gate_tests.checks.check_type import CheckType, Evidence
from gate_tests.checks.lint import LintWarning
from gate_tests.checks.mutations import Mutation
from gate_tests.checks.outcome import Outcome
from gate_tests.checks.rule import Scope, TextRule
from gate_tests.contract import Limits, Validation
from gate_tests.parsers.markdown import MARKDOWN_SUFFIXES, Heading, find_headings
from gate_tests.typing_compat import override

_MAX_LEVEL: Final = 6


@dataclass(frozen=True)
class ContainsHeadings(TextRule):
    """The file has all `required_headings`: in Markdown as headings, in other files as substrings."""

    required_headings: tuple[str, ...]
    markdown_bytes: int = Limits().markdown_bytes

    @classmethod
    def bind(cls, validation: Validation, scope: Scope) -> Self:
        """Replaces the variables in the headings."""
        templates = enumerate(validation.keys["required_headings"])
        headings = tuple(scope.text(each, validation, "required_headings", index) for index, each in templates)
        return cls(headings, scope.limits.markdown_bytes)

    @override
    def describe(self) -> str:
        count = len(self.required_headings)
        return f"{'the heading' if count == 1 else f'all {count} headings:'} {', '.join(self.required_headings)}"

    @override
    def lint(self, path: str) -> Iterator[LintWarning]:
        if not path.lower().endswith(MARKDOWN_SUFFIXES):
            return
        for index, heading in enumerate(self.required_headings):
            if "\n" in heading or len(heading) - len(heading.lstrip("#")) > _MAX_LEVEL:
                message = f"{heading!r} is no heading of Markdown: one line, after at most {_MAX_LEVEL} '#'"
                yield LintWarning("matches-nothing", ("required_headings", index), message)

    @override
    def evaluate_text(self, text: str, path: str) -> Outcome:
        missing = self._find_missing(text, path)
        count = len(self.required_headings)
        found = f"{count - len(missing)} of {count}" + (f", missing: {', '.join(missing)}" if missing else "")
        return Outcome(not missing, found, {"missing": missing})

    def _find_missing(self, text: str, path: str) -> list[str]:
        if not path.lower().endswith(MARKDOWN_SUFFIXES):
            return [heading for heading in self.required_headings if heading not in text]
        missing = list(self.required_headings)
        for present in find_headings(text, self.markdown_bytes):
            missing = [heading for heading in missing if not _is_met_by(heading, present)]
        return missing

    @override
    def generate_mutations(self, text: str, path: str) -> Iterator[Mutation]:
        for required in self.required_headings:
            if not path.lower().endswith(MARKDOWN_SUFFIXES):
                yield Mutation(f"without {required!r}", text.replace(required, ""))
                continue
            lines = [(line, self._is_heading(required, line)) for line in text.split("\n")]
            yield Mutation(f"without {required!r}", "\n".join(line for line, is_heading in lines if not is_heading))
            fenced = (f"~~~~~~~~\n{line}\n~~~~~~~~" if is_heading else line for line, is_heading in lines)
            yield Mutation(f"with {required!r} in a code fence", "\n".join(fenced))

    def _is_heading(self, required: str, line: str) -> bool:
        """Whether the line alone is the required heading."""
        return any(_is_met_by(required, heading) for heading in find_headings(line, self.markdown_bytes))


def _is_met_by(required: str, heading: Heading) -> bool:
    title = required.lstrip("#")
    level = len(required) - len(title)
    return level in (0, heading.level) and _is_or_continues(heading.text, title.strip())


def _is_or_continues(text: str, title: str) -> bool:
    """Whether `text` is `title`, or continues it with something other than a letter or digit."""
    return text.startswith(title) and not text[len(title) : len(title) + 1].isalnum()


CHECK_TYPE: Final = CheckType(
    name="contains_headings",
    summary=(
        "every heading is there: in Markdown a real one outside code, of the same level, equal or continued by what is"
        " no letter or digit; in other files, a substring"
    ),
    keys={
        "target": {"$ref": "#/definitions/path"},
        "required_headings": {
            "type": "array",
            "minItems": 1,
            "items": {"type": "string", "pattern": r"[^#\s]"},
            "description": "`## Layer 1` is met by `## Layer 1: Base`; without `#`, by a heading of any level.",
        },
    },
    required=("target", "required_headings"),
    measures={"missing": "the headings that are not there"},
    example={
        "type": "contains_headings",
        "target": "{artifact_path}/spec.md",
        "required_headings": ["## Layer 1", "## Layer 2"],
    },
    mend="Add each heading that is missing, written as it is wanted and at its level, with its section below it.",
    bind=ContainsHeadings.bind,
    evidence=Evidence.WORDING,
)
