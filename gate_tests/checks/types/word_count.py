"""`word_count`: the number of words in a file is within a range."""

from collections.abc import Iterator
from dataclasses import dataclass
from math import ceil
from typing import Final, Self

from gate_tests.checks.check_type import CheckType
from gate_tests.checks.mutations import Mutation, append_line
from gate_tests.checks.outcome import Outcome
from gate_tests.checks.rule import Scope, TextRule
from gate_tests.checks.strictness import lower_bound, upper_bound
from gate_tests.checks.thresholds import bind_number, number_schema
from gate_tests.contract import Validation
from gate_tests.parsers.front_matter import find_front_matter_end
from gate_tests.parsers.markdown import is_markdown
from gate_tests.parsers.words import find_words
from gate_tests.typing_compat import override


@dataclass(frozen=True)
class WordCount(TextRule):
    """The number of words is within the bounds that are not None.

    Everything in the file counts, code and comments too, except the front matter of a Markdown file.
    """

    at_least: float | None
    at_most: float | None

    @classmethod
    def bind(cls, validation: Validation, scope: Scope) -> Self:
        """Selects the bounds for the run's depth. Refuses none at all, and an empty range."""
        at_least, at_most = (bind_number(validation, scope, key) for key in ("min", "max"))
        if at_least is None and at_most is None:
            raise scope.make_error(validation, "has neither 'min' nor 'max'; at least one is required")
        if at_least is not None and at_most is not None and at_least > at_most:
            message = f"{at_least} is more than 'max' ({at_most} at depth {str(scope.depth)!r})"
            raise scope.make_error(validation, message, "min")
        return cls(at_least, at_most)

    @override
    def describe(self) -> str:
        if self.at_most is None:
            return f"at least {self.at_least} words"
        return f"at most {self.at_most} words" if self.at_least is None else f"{self.at_least} to {self.at_most} words"

    @override
    def explain_triviality(self) -> str | None:
        return "0 words are enough" if not self.at_least and self.at_most is None else None

    @override
    def evaluate_text(self, text: str, path: str) -> Outcome:
        if is_markdown(path):
            text = text[find_front_matter_end(text) :]
        count = sum(1 for _ in find_words(text))
        is_enough = self.at_least is None or count >= self.at_least
        holds = is_enough and (self.at_most is None or count <= self.at_most)
        return Outcome(
            holds,
            str(count),
            {"count": count, "min": self.at_least, "max": self.at_most},
        )

    @override
    def generate_mutations(self, text: str, path: str) -> Iterator[Mutation]:
        if self.at_least:
            yield Mutation("with one word too few", "word " * (ceil(self.at_least) - 1))
        if self.at_most is not None:
            yield Mutation("with too many words", append_line(text, "word " * (int(self.at_most) + 1)))


CHECK_TYPE: Final = CheckType(
    name="word_count",
    summary=(
        "the number of words is in the range. A word is a run of characters with a letter or digit, without white "
        "space, ellipsis or dash (`—`); each Han character and kana is one. The front matter of a Markdown file does "
        "not count, everything else does"
    ),
    keys={
        "target": {"$ref": "#/definitions/path"},
        "min": number_schema("Minimum number of words"),
        "max": number_schema("Maximum number of words"),
    },
    required=("target",),
    measures={
        "count": "the number of words",
        "min": "the minimum at the run's depth, or null",
        "max": "the maximum at the run's depth, or null",
    },
    example={
        "type": "word_count",
        "target": "{artifact_path}/ESSAY.md",
        "min": {"quick": 600, "default": 1500},
        "max": 6000,
    },
    fix="Add or remove text until the number of words is in the range. Front matter does not count.",
    bind=WordCount.bind,
    strictness={"min": lower_bound(), "max": upper_bound()},
)
