"""`citations_resolve`: every reference of a report resolves to an existing file and line."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from operator import attrgetter
from typing import Any, Final, Self

from gate_tests.checks.check_type import CheckType
from gate_tests.checks.citation_resolver import CitationResolver, Resolution, name_similar
from gate_tests.checks.mutations import Mutation
from gate_tests.checks.outcome import Outcome
from gate_tests.checks.rule import Rule, Scope
from gate_tests.checks.strictness import Effect, flag, lower_bound, names, never_tighter
from gate_tests.checks.thresholds import bind_min_count, count_schema
from gate_tests.checks.truncation import MAX_RECORDED
from gate_tests.contract import Limits, Validation
from gate_tests.files.artifacts import Artifacts, NotText
from gate_tests.parsers.citations.citation import Citation, Lines
from gate_tests.parsers.too_large import TooLargeToParse
from gate_tests.sanitize import sanitize_line
from gate_tests.typing_compat import override

MAX_CITATIONS: Final = 10_000
_MAX_SHOWN_CHARS: Final = 200
_FAR_BEYOND: Final = 999_999_999

_Broken = tuple[Citation, Resolution]


@dataclass(frozen=True)
class CitationsResolve(Rule):
    """Every citation of the target, a report, refers to a file below the root and to lines that it has.

    `anchors`: whether links to parts of Markdown files count and must lead to a heading. `paths`: whether paths in
    backticks do and must exist.
    """

    min_count: int
    roots: tuple[str, ...] = ()
    anchors: bool = False
    paths: bool = False
    markdown_bytes: int = Limits().markdown_bytes

    @classmethod
    def bind(cls, validation: Validation, scope: Scope) -> Self:
        """Selects `min_count` for the run's depth, and replaces the variables in the roots."""
        written = enumerate(validation.keys.get("roots", ()))
        return cls(
            min_count=bind_min_count(validation, scope),
            roots=tuple(scope.path(root, validation, "roots", index) for index, root in written),
            anchors=validation.keys.get("anchors", False),
            paths=validation.keys.get("paths", False),
            markdown_bytes=scope.limits.markdown_bytes,
        )

    @override
    def describe(self) -> str:
        parts = ", heading and line" if self.anchors else " and line"
        where = f", also below {', '.join(self.roots)}" if self.roots else ""
        if self.min_count:
            return f"at least {_count_citations(self.min_count)}, each referring to an existing file{parts}{where}"
        return f"every citation to refer to an existing file{parts}{where}"

    @override
    def accepts_text(self, text: str, path: str) -> bool:
        return not self.min_count and not self._collect_citations(text, path)

    @override
    def evaluate(self, path: str, artifacts: Artifacts) -> Outcome:
        try:
            cited = artifacts.judge_text(path, partial(self._collect_citations, path=path))
        except (NotText, TooLargeToParse) as error:
            return Outcome(False, str(error), {"count": 0, "unresolved": []})
        if len(cited) > MAX_CITATIONS:
            measured = {"count": len(cited), "unresolved": []}
            return Outcome(False, f"more than {MAX_CITATIONS} citations, the limit", measured)
        resolver = CitationResolver(artifacts, path, self.roots, self.markdown_bytes, with_anchors=self.anchors)
        count, broken = _resolve(cited, resolver, self.anchors)
        rows = _build_rows(broken, resolver)
        found = _count_citations(count) if count else f"0 citations: {self._explain_none(path, artifacts)}"
        measured = {"count": count, "unresolved": rows}
        if broken:
            shown = [f"line {row['line']}: {row['citation']} ({row['reason']})" for row in rows]
            return Outcome.listing(False, f"{found}, {len(broken)} unresolved", shown, measured, len(broken))
        return Outcome(count >= self.min_count, found, measured)

    def _collect_citations(self, text: str, path: str) -> list[Citation]:
        """The distinct citations, in the order of the report, up to one more than MAX_CITATIONS."""
        from gate_tests.parsers.citations.find import find_citations
        from gate_tests.parsers.markdown.parse import parse_blocks

        seen: dict[tuple[str, Lines | None, bool, str], Citation] = {}
        for cited in find_citations(parse_blocks(text, path, self.markdown_bytes), with_paths=self.paths):
            if self.anchors or cited.path or not cited.anchor:
                seen.setdefault((cited.path, cited.lines, cited.is_link, cited.anchor * self.anchors), cited)
                if len(seen) > MAX_CITATIONS:
                    break
        return sorted(seen.values(), key=attrgetter("line"))

    def _explain_none(self, path: str, artifacts: Artifacts) -> str:
        from gate_tests.parsers.citations.set_aside import explain_none

        return artifacts.judge_text(path, partial(explain_none, path=path, max_bytes=self.markdown_bytes))

    @override
    def generate_mutations(self, text: str, path: str) -> Iterator[Mutation]:
        yield Mutation("with a broken link", _insert(text, "[made up](there-is-no-such-file.md)"))
        yield Mutation("with a citation beyond the end of a file", _insert(text, f"`{path}:{_FAR_BEYOND}`"))
        if self.anchors:
            yield Mutation(
                "with a link to a missing heading", _insert(text, "[made up](#there-is-no-such-heading-9f3a)")
            )
        if self.paths:
            yield Mutation("with a path that does not exist", _insert(text, "`there-is/no-such-file.md`"))


def _count_citations(count: int) -> str:
    return "1 citation" if count == 1 else f"{count} citations"


def _insert(text: str, paragraph: str) -> str:
    """The text with a paragraph at its start: at its end it might be in code, or a comment, that is left open."""
    from gate_tests.parsers.front_matter import find_front_matter_end  # imported only if needed

    start = find_front_matter_end(text)
    separator = "\n" if start and text[start - 1] != "\n" else ""
    return f"{text[:start]}{separator}\n{paragraph}\n\n{text[start:]}"


def _resolve(cited: list[Citation], resolver: CitationResolver, with_anchors: bool) -> tuple[int, list[_Broken]]:
    """The number of different citations, and those that do not resolve."""
    seen: set[tuple[str, Lines | None, str]] = set()
    broken = []
    for each in cited:
        resolution = resolver.resolve(each)
        if resolution is None:
            continue
        key = (resolution.path or each.path, each.lines, each.anchor * with_anchors)
        if key not in seen:
            seen.add(key)
            if resolution.error:
                broken.append((each, resolution))
    return len(seen), broken


def _build_rows(broken: list[_Broken], resolver: CitationResolver) -> list[dict[str, Any]]:
    """Rows for the record, with what exists instead."""
    recorded = broken[:MAX_RECORDED]
    missing = [each for each, resolution in recorded if resolution.is_missing]
    similar = resolver.find_similar(missing) if missing else {}
    rows = []
    for each, resolution in recorded:
        near = name_similar(similar.get(each.path, ())) if resolution.is_missing else ""
        near = near or resolver.name_nearest_heading(each, resolution.path)
        rows.append(
            {
                "line": each.line,
                "citation": sanitize_line(resolver.show(each), _MAX_SHOWN_CHARS),
                "reason": sanitize_line(f"{resolution.error}{near}"),
            }
        )
    return rows


CHECK_TYPE: Final = CheckType(
    name="citations_resolve",
    summary="every `path:line`, `path#L1-L9` and relative link of a report refers to an existing file and line",
    keys={
        "target": {
            "$ref": "#/definitions/path",
            "description": "The report. Citations are `a.py:12`, `a.py:12-20`, `a.py:10,12`, `a.py#L12-L20`, "
            "`a.py?plain=1#L12`, a path with `line 12`, `(~lines 12–20)` or `(L12)`, `【F:a.py†L12-L20】`, `:99` in a "
            "list after one of these, and relative links and images, also in HTML. Code blocks and comments are "
            "ignored. A name before `:12` counts as a file if it has a known file extension, is a well-known name "
            "such as `Makefile`, or exists.",
        },
        "min_count": count_schema("Minimum number of different citations in the report, by file and lines", default=1),
        "roots": {
            "type": "array",
            "minItems": 1,
            "items": {"$ref": "#/definitions/path"},
            "description": "More directories that a path may be relative to, besides the root and the report's "
            "directory. The first existing match is used; a link is resolved from the report's directory first.",
        },
        "anchors": {
            "type": "boolean",
            "default": False,
            "description": "Require that `#part` of a link to a Markdown file, or to the report itself, is the anchor "
            "of a heading, as GitHub generates it, or an HTML id.",
        },
        "paths": {
            "type": "boolean",
            "default": False,
            "description": "Also count a path in backticks without a line, and require that it exists.",
        },
    },
    required=("target",),
    measures={
        "count": "number of different citations in the report",
        "unresolved": "citations that do not resolve: `line` of the report, `citation`, `reason`; the first 50",
    },
    example={
        "type": "citations_resolve",
        "target": "{artifact_path}/AUDIT.md",
        "min_count": 5,
    },
    fix=(
        "Correct each citation so that it refers to an existing file and line, and verify what that line says. "
        "The reason names the paths that were tried, and similar files."
    ),
    bind=CitationsResolve.bind,
    strictness={
        "min_count": lower_bound(1),
        "roots": never_tighter(names(Effect.LOOSER)),  # without a root, a name may be no citation, or found elsewhere
        "anchors": never_tighter(flag(Effect.TIGHTER)),  # more count as citations, of which `min_count` are required
        "paths": never_tighter(flag(Effect.TIGHTER)),
    },
)
