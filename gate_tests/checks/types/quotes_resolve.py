"""`quotes_resolve`: every quotation of a report is found in one of its sources."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from itertools import islice
from typing import Any, Final, NamedTuple, Self

from gate_tests.checks.check_type import CheckType
from gate_tests.checks.lint import LintWarning, lint_glob
from gate_tests.checks.mutations import Mutation, append_line
from gate_tests.checks.outcome import Outcome
from gate_tests.checks.rule import Rule, Scope
from gate_tests.checks.strictness import Effect, lower_bound, names, never_tighter, upper_bound
from gate_tests.checks.thresholds import bind_min_count, count_schema
from gate_tests.checks.truncation import MAX_RECORDED, join_truncated
from gate_tests.contract import Limits, Validation
from gate_tests.files.artifacts import Artifact, Artifacts, NotText
from gate_tests.files.glob import TooManyFiles
from gate_tests.parsers.markdown.parse import parse_blocks
from gate_tests.parsers.quotations.matching import (
    contains_parts,
    contains_tags,
    contains_with_ellipses,
    join_spaced_hyphens,
)
from gate_tests.parsers.quotations.quotation import Quotation
from gate_tests.parsers.quotations.report import Report
from gate_tests.parsers.quotations.source_text import normalize_source
from gate_tests.parsers.too_large import TooLargeToParse
from gate_tests.sanitize import has_control, sanitize_line
from gate_tests.typing_compat import override

MAX_QUOTATIONS: Final = 1000
_MAX_SHOWN_WORDS: Final = 8
_MAX_SHOWN_CHARS: Final = 100
_MAX_TRIED_WORDS: Final = 50


class _Quoted(NamedTuple):
    """The distinct quotations that count, up to one more than MAX_QUOTATIONS, and how many others there are."""

    quotations: list[Quotation]
    shorter: int
    call_outs: int


@dataclass(frozen=True)
class QuotesResolve(Rule):
    """Each quotation of at least `min_words` words is in one of the files that match `sources`, the report excluded."""

    sources: tuple[str, ...]
    min_words: int
    min_count: int
    markdown_bytes: int = Limits().markdown_bytes

    @classmethod
    def bind(cls, validation: Validation, scope: Scope) -> Self:
        """Replaces the variables in the sources."""
        written = enumerate(validation.keys["sources"])
        sources = tuple(scope.glob(source, validation, "sources", index) for index, source in written)
        min_count = bind_min_count(validation, scope)
        return cls(sources, validation.keys.get("min_words", 6), min_count, scope.limits.markdown_bytes)

    @property
    @override
    def other_globs(self) -> tuple[str, ...]:
        return self.sources

    @override
    def describe(self) -> str:
        sources = ", ".join(self.sources)
        count = f"at least {_count_quotations(self.min_count)}" if self.min_count else "each quotation"
        return f"{count} of {self.min_words} words or more{', each' if self.min_count else ''} verbatim in {sources}"

    @override
    def lint(self, path: str) -> Iterator[LintWarning]:
        for index, pattern in enumerate(self.sources):
            if warning := lint_glob(pattern, "sources", index):
                yield warning
            elif pattern == path:
                message = "is the report itself, which cannot be its own source"
                yield LintWarning("matches-nothing", ("sources", index), message)

    @override
    def accepts_text(self, text: str, path: str) -> bool:
        return not self.min_count and not self._collect_quotations(text, path).quotations

    @override
    def evaluate(self, path: str, artifacts: Artifacts) -> Outcome:
        try:
            quoted = artifacts.judge_text(path, partial(self._collect_quotations, path=path))
        except (NotText, TooLargeToParse) as error:
            return Outcome(False, str(error), {"count": 0, "unresolved": []})
        quotations, count = quoted.quotations, len(quoted.quotations)
        sources, errors = _find_sources(self.sources, path, artifacts)
        unresolved, unread = _find_unresolved(quotations[:MAX_QUOTATIONS], sources, artifacts.read(path), artifacts)
        rows = [_build_row(each) for each in unresolved]
        if unresolved:
            shown = [_describe_unresolved(row, each) for row, each in zip(rows, unresolved, strict=True)]
            errors.append(f"{len(unresolved)} not in any source: {join_truncated(shown)}")
            errors += [f"not read: {join_truncated(unread)}"] if unread else []
        if count > MAX_QUOTATIONS:
            errors.append(f"more than {MAX_QUOTATIONS}, the limit")
        found = "; ".join([_count_quotations(count), *errors, *self._describe_set_aside(quoted)])
        measured = {"count": count, "unresolved": rows[:MAX_RECORDED]}
        return Outcome(not errors and count >= self.min_count, found, measured)

    def _collect_quotations(self, text: str, path: str) -> _Quoted:
        seen: dict[tuple[str, ...], Quotation] = {}
        report, shorter = Report(parse_blocks(text, path, self.markdown_bytes)), 0
        for quotation in report.find_quotations():
            if quotation.word_count < self.min_words:
                shorter += 1
            elif quotation.parts:
                seen.setdefault(quotation.parts, quotation)
                if len(seen) > MAX_QUOTATIONS:
                    break
        return _Quoted(list(seen.values()), shorter, report.call_outs)

    def _describe_set_aside(self, quoted: _Quoted) -> Iterator[str]:
        """What was set aside and, where quotations are missing, what counts."""
        call_outs = f"{quoted.call_outs} callout{'s' * (quoted.call_outs > 1)} (alerts, notes with a bold label)"
        aside = [call_outs] if quoted.call_outs else []
        if len(quoted.quotations) < self.min_count:
            aside += [f"{quoted.shorter} shorter"] if quoted.shorter else []
            yield f"counted: {self.min_words} words or more between quotation marks (not `'`) or in a block quote"
        if aside:
            yield f"not counted: {', '.join(aside)}"

    @override
    def generate_mutations(self, text: str, path: str) -> Iterator[Mutation]:
        words = " ".join(f"unwritten{number}" for number in range(self.min_words))
        yield Mutation("with an invented quotation", append_line(text, f'\n"{words}"'))
        changed = self._change_word(text, path)
        if changed is not None:
            yield Mutation("with a word of a quotation changed", changed)

    def _change_word(self, text: str, path: str) -> str | None:
        """The text with another word in one of its quotations; None if none of those tried is found in it."""
        before = [each.parts for each in self._collect_quotations(text, path).quotations]
        for mutated in islice(self._try_words(text, path), _MAX_TRIED_WORDS):
            after = [each.parts for each in self._collect_quotations(mutated, path).quotations]
            if len(after) == len(before) and after != before:
                return mutated
        return None

    def _try_words(self, text: str, path: str) -> Iterator[str]:
        """Texts with another word where a quotation probably has one: in its first line."""
        lines = text.split("\n")
        for quotation in self._collect_quotations(text, path).quotations:
            index = quotation.line - 1
            for word in filter(str.isalpha, quotation.text.split()):
                before, found, behind = lines[index].rpartition(word)
                if found:
                    yield "\n".join([*lines[:index], f"{before}unwritten{behind}", *lines[index + 1 :]])


def _find_sources(patterns: Iterable[str], report: str, artifacts: Artifacts) -> tuple[list[str], list[str]]:
    """The distinct files that may be quoted, and an error for each pattern that finds none."""
    sources: dict[str, None] = {}
    errors = []
    for pattern in patterns:
        try:
            files = artifacts.find(pattern)
        except TooManyFiles as error:
            errors.append(f"{pattern}: {error}")
            continue
        others = [path for path in files if path != report and not has_control(path)]
        sources |= dict.fromkeys(others)
        if not others:
            errors.append(f"{pattern} matches {_describe_useless(files, report)}")
    return list(sources), errors


def _describe_useless(files: Iterable[str], report: str) -> str:
    """What a pattern finds that finds no source."""
    if any(path != report for path in files):
        return "only names with control characters"
    return "only the report" if files else "no file"


def _find_unresolved(
    quoted: list[Quotation], sources: list[str], report: Artifact, artifacts: Artifacts
) -> tuple[list[Quotation], list[str]]:
    """The quotations that are in no source, and an error for each source that could not be read.

    A source with the same bytes as the report is the report under another name. Only one normalized source at a time
    is kept in memory.
    """
    unread = []
    for path in sources:
        if not quoted:
            break
        try:
            left = artifacts.judge_text(path, partial(_remove_found, path=path, quoted=quoted))
        except NotText as error:
            unread.append(f"{path} ({error})")
            continue
        if artifacts.read(path).sha256 != report.sha256:
            quoted = left
    return quoted, unread


def _remove_found(source: str, path: str, quoted: list[Quotation]) -> list[Quotation]:
    """The quotations that are not in this source."""
    for wording in normalize_source(source, path):
        quoted = [each for each in quoted if not (_is_found(each, wording) and contains_tags(each.tags, source))]
    return quoted


def _is_found(quotation: Quotation, wording: str) -> bool:
    if quotation.is_fragmented:
        return contains_with_ellipses(quotation.parts, wording)
    if contains_parts(quotation.parts, wording):
        return True
    joined = join_spaced_hyphens(quotation.parts)
    return joined != quotation.parts and contains_parts(joined, wording)


def _count_quotations(count: int) -> str:
    return "1 quotation" if count == 1 else f"{count} quotations"


def _build_row(quotation: Quotation) -> dict[str, Any]:
    """The row in the record of a quotation that is in no source."""
    words = quotation.text.split()
    shown = " ".join(words[:_MAX_SHOWN_WORDS]) + (" …" if len(words) > _MAX_SHOWN_WORDS else "")
    return {"line": quotation.line, "quotation": sanitize_line(shown, _MAX_SHOWN_CHARS)}


def _describe_unresolved(row: dict[str, Any], quotation: Quotation) -> str:
    fragments = " (parts of fewer than 3 words on average)" if quotation.is_fragmented else ""
    return f"line {row['line']}: {row['quotation']!r}{fragments}"


CHECK_TYPE: Final = CheckType(
    name="quotes_resolve",
    summary=(
        "every quotation of at least `min_words` words in a report, between quotation marks of any kind or in a block "
        "quote, occurs verbatim in one of the sources, as rendered, and begins and ends at whole words and numbers. "
        "The parts between ellipses must occur in this order and have three words on average"
    ),
    keys={
        "target": {"$ref": "#/definitions/path", "description": "The report."},
        "sources": {
            "type": "array",
            "minItems": 1,
            "items": {"type": "string", "minLength": 1},
            "description": "Paths and globs of the files that it may quote. Each must match a file; the report itself "
            "does not count. Markup, comments, reference marks such as `[12]`, subtitle times and the kind of "
            "quotation marks are ignored; the strings of `.json` and `.jsonl` files are decoded; a word hyphenated at "
            "the end of a line is read with and without the hyphen.",
        },
        "min_words": {
            "type": "integer",
            "minimum": 1,
            "default": 6,
            "description": "Minimum length of a quotation in words; shorter ones are ignored. Each Han character and "
            "kana is a word.",
        },
        "min_count": count_schema("Minimum number of different quotations of that length in the report", default=1),
    },
    required=("target", "sources"),
    measures={
        "count": "number of different quotations of that length in the report",
        "unresolved": "quotations that are in no source: `line` of the report, `quotation` (its first words); the "
        "first 50",
    },
    example={
        "type": "quotes_resolve",
        "target": "{artifact_path}/AUDIT.md",
        "sources": ["{artifact_path}/page.mdx", "{artifact_path}/research/**/*.md"],
        "min_words": 6,
    },
    fix=(
        "Quote verbatim from an existing source, or remove the quotation marks if it is not a quotation. Code, alerts "
        "such as `> [!NOTE]`, and block quotes that begin with a bold Note, Goal, Warning, Tip, Summary, Status, "
        "Important or Example do not count; `'` is not a quotation mark."
    ),
    bind=QuotesResolve.bind,
    strictness={
        "sources": never_tighter(names(Effect.LOOSER)),  # each must find a file
        "min_words": never_tighter(upper_bound(6)),  # shorter ones count, of which `min_count` are required
        "min_count": lower_bound(1),
    },
)
