"""`quotes_resolve`: what a report quotes stands in a source."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Self

from gate_tests.checks.check_type import CheckType
from gate_tests.checks.lint import LintWarning, lint_glob
from gate_tests.checks.mutations import Mutation, append_line
from gate_tests.checks.outcome import Outcome
from gate_tests.checks.rule import Rule, Scope
from gate_tests.checks.truncation import MAX_RECORDED, join_truncated
from gate_tests.contract import Validation
from gate_tests.files.artifacts import Artifact, Artifacts, NotText
from gate_tests.files.glob import TooMany
from gate_tests.override import override
from gate_tests.parsers.quotations import Quotation, quotations
from gate_tests.parsers.quote_matching import stands_in, wording
from gate_tests.sanitize import plain, visible

MOST_QUOTATIONS = 1000
_SHOWN_WORDS, _SHOWN_CHARACTERS = 8, 100


@dataclass(frozen=True)
class QuotesResolve(Rule):
    """Every quotation of at least `min_words` stands in one of the files that match `sources`, the report aside."""

    sources: tuple[str, ...]
    min_words: int
    min_count: int

    @classmethod
    def bind(cls, validation: Validation, scope: Scope) -> Self:
        """Replaces the variables in the sources."""
        written = enumerate(validation.keys["sources"])
        sources = tuple(scope.glob(source, validation, "sources", index) for index, source in written)
        return cls(sources, validation.keys.get("min_words", 6), validation.keys.get("min_count", 1))

    @override
    def describe(self) -> str:
        sources = ", ".join(self.sources)
        return f"at least {self.min_count} quotations of {self.min_words} words or more, each of them in {sources}"

    @override
    def lint(self, path: str) -> Iterator[LintWarning]:
        for index, pattern in enumerate(self.sources):
            if warning := lint_glob(pattern, "sources", index):
                yield warning
            elif pattern == path:
                message = "is the report itself, which is no source of its own"
                yield LintWarning("matches-nothing", ("sources", index), message)

    @override
    def evaluate(self, path: str, artifacts: Artifacts) -> Outcome:
        try:
            quoted = self._quoted(artifacts.text(path))
        except NotText as problem:
            return Outcome(False, str(problem), {"count": 0, "unresolved": []})
        sources, faults = _sources(self.sources, path, artifacts)
        unresolved, unread = _unresolved(quoted[:MOST_QUOTATIONS], sources, artifacts.read(path), artifacts)
        rows = [_row(each) for each in unresolved]
        if unresolved:
            in_words = [f"line {row['line']}: {row['quotation']!r}" for row in rows]
            faults.append(f"{len(unresolved)} of them in no source: {join_truncated(in_words)}")
            faults += [f"not read: {join_truncated(unread)}"] if unread else []
        if len(quoted) > MOST_QUOTATIONS:
            faults.append(f"more than the {MOST_QUOTATIONS} that are looked for")
        found = "; ".join([str(len(quoted)), *faults])
        measured = {"count": len(quoted), "unresolved": rows[:MAX_RECORDED]}
        return Outcome(not faults and len(quoted) >= self.min_count, found, measured)

    def _quoted(self, text: str) -> list[Quotation]:
        """The quotations that are long enough, each once; one more than are looked for, where there are more."""
        seen: dict[tuple[str, ...], Quotation] = {}
        for quotation in quotations(text):
            if quotation.parts not in seen and quotation.length >= self.min_words:
                seen[quotation.parts] = quotation
                if len(seen) > MOST_QUOTATIONS:
                    break
        return list(seen.values())

    @override
    def mutations(self, text: str, path: str) -> Iterator[Mutation]:
        words = " ".join(f"unwritten{number}" for number in range(self.min_words))
        yield Mutation("with a quotation that nobody wrote", append_line(text, f'"{words}"'))


def _sources(patterns: Iterable[str], report: str, artifacts: Artifacts) -> tuple[list[str], list[str]]:
    """The files that may be quoted, each once; and the patterns that find none, in words."""
    sources: dict[str, None] = {}
    faults = []
    for pattern in patterns:
        try:
            files = artifacts.find(pattern)
        except TooMany as problem:
            faults.append(f"{pattern}: {problem}")
            continue
        others = [path for path in files if path != report and path == visible(path)]
        sources |= dict.fromkeys(others)
        if not others:
            faults.append(f"{pattern} finds {'nothing but the report' if report in files else 'no file'}")
    return list(sources), faults


def _unresolved(
    quoted: list[Quotation], sources: list[str], report: Artifact, artifacts: Artifacts
) -> tuple[list[Quotation], list[str]]:
    """The quotations that stand in no source; and the sources that could not be read, in words.

    A source with the report's very bytes is the report under another name. One source at a time is held as it is
    compared.
    """
    unread = []
    for path in sources:
        if not quoted:
            break
        try:
            source = wording(artifacts.text(path))
        except NotText as problem:
            unread.append(f"{path} ({problem})")
            continue
        if artifacts.read(path).sha256 != report.sha256:
            quoted = [each for each in quoted if each.is_patched or not stands_in(each.parts, source)]
    return quoted, unread


def _row(quotation: Quotation) -> dict[str, Any]:
    """What the record says of a quotation that stands in no source."""
    words = " … ".join(quotation.parts).split()
    begins = " ".join(words[:_SHOWN_WORDS]) + (" …" if len(words) > _SHOWN_WORDS else "")
    return {"line": quotation.line, "quotation": plain(begins, _SHOWN_CHARACTERS)}


CHECK_TYPE = CheckType(
    name="quotes_resolve",
    summary=(
        "every quotation of at least `min_words` words of a report stands verbatim, white space and"
        " typographic quotes aside, in one of its sources; where it has ellipses, the pieces between them stand there"
        " in their order, three words long on the average"
    ),
    keys={
        "target": {"$ref": "#/definitions/path", "description": "The report."},
        "sources": {
            "type": "array",
            "minItems": 1,
            "items": {"type": "string", "minLength": 1},
            "description": "Paths and globs of the files it may quote. Each must be there; the report itself is none.",
        },
        "min_words": {
            "type": "integer",
            "minimum": 1,
            "default": 6,
            "description": "A shorter quotation is taken for a word in quotation marks and not looked for. Each Han "
            "character and kana is a word.",
        },
        "min_count": {
            "type": "integer",
            "minimum": 0,
            "default": 1,
            "description": "How many different quotations of that length the report must have.",
        },
    },
    required=("target", "sources"),
    measures={
        "count": "how many different quotations of that length the report has",
        "unresolved": "those that stand in no source: `line` of the report, `quotation`, its first words; the first 50",
    },
    example={
        "type": "quotes_resolve",
        "target": "{artifact_path}/AUDIT.md",
        "sources": ["{artifact_path}/page.mdx", "{artifact_path}/research/**/*.md"],
        "min_words": 6,
    },
    mend=(
        "Quote word for word from a source that is there, or take away the quotation marks from what is no quotation."
    ),
    bind=QuotesResolve.bind,
)
