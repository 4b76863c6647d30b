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
from gate_tests.checks.thresholds import bind_min_count, count_schema
from gate_tests.checks.truncation import MAX_RECORDED, join_truncated
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
        parts = [*(["headings"] if self.anchors else []), "lines"]
        where = f", looked for in {', '.join(self.roots)} too" if self.roots else ""
        count = f"at least {self.min_count} citations, each" if self.min_count else "every citation"
        return f"{count} of a file and {' and '.join(parts)} that exist{where}"

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
            return Outcome(False, f"more than the {MAX_CITATIONS} that are looked at", measured)
        resolver = CitationResolver(artifacts, path, self.roots, self.markdown_bytes, with_anchors=self.anchors)
        count, broken = _resolve(cited, resolver, self.anchors)
        rows = _build_rows(broken, resolver)
        found = f"{count}" if count else f"0: {self._explain_none(path, artifacts)}"
        if broken:
            shown = [f"line {row['line']}: {row['citation']} ({row['reason']})" for row in rows]
            found += f", {len(broken)} of them lead nowhere: {join_truncated(shown, len(broken))}"
        measured = {"count": count, "unresolved": rows}
        return Outcome(count >= self.min_count and not broken, found, measured)

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
        yield Mutation("with a link that leads nowhere", _insert(text, "[made up](there-is-no-such-file.md)"))
        yield Mutation("with a citation beyond the end of a file", _insert(text, f"`{path}:{_FAR_BEYOND}`"))
        if self.anchors:
            yield Mutation("with a link to no heading", _insert(text, "[made up](#there-is-no-such-heading-9f3a)"))
        if self.paths:
            yield Mutation("with a path that does not exist", _insert(text, "`there-is/no-such-file.md`"))


def _insert(text: str, paragraph: str) -> str:
    """The text with a paragraph at its start: at its end it might be in code, or a comment, that is left open."""
    from gate_tests.parsers.front_matter import find_front_matter_end  # imported only if needed

    start = find_front_matter_end(text)
    separator = "\n" if start and text[start - 1] != "\n" else ""
    return f"{text[:start]}{separator}\n{paragraph}\n\n{text[start:]}"


def _resolve(cited: list[Citation], resolver: CitationResolver, with_anchors: bool) -> tuple[int, list[_Broken]]:
    """How many different citations there are, and those that lead nowhere."""
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
    """Rows for the record, with what there is instead."""
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
    summary="every `path:line`, `path#L1-L9` and relative link of a report points at a file, and a line, that exists",
    keys={
        "target": {
            "$ref": "#/definitions/path",
            "description": "The report. Citations are `a.py:12`, `a.py:12-20`, `a.py:10,12`, `a.py#L12-L20`, "
            "`a.py?plain=1#L12`, a path and `line 12`, `(~lines 12–20)` or `(L12)`, `【F:a.py†L12-L20】`, `:99` in a "
            "list after one of them, and relative links and images, of HTML too; nothing in code blocks or comments. "
            "Before `:12` stands the name of a file by its ending, a well-known one such as `Makefile`, or one that "
            "exists.",
        },
        "min_count": count_schema(
            "How many different citations the report must have: of other lines, or other files", default=1
        ),
        "roots": {
            "type": "array",
            "minItems": 1,
            "items": {"$ref": "#/definitions/path"},
            "description": "Folders from which a path may start, besides the root and the report's folder; the first "
            "place where something exists decides. A link starts at the report's folder first.",
        },
        "anchors": {
            "type": "boolean",
            "default": False,
            "description": "Whether `#part` of a link to a Markdown file, or to the report itself, must be one of its "
            "headings, as GitHub names them, or an id in HTML.",
        },
        "paths": {
            "type": "boolean",
            "default": False,
            "description": "Whether a path in backticks counts, and must exist, without a line too.",
        },
    },
    required=("target",),
    measures={
        "count": "how many different citations the report has",
        "unresolved": "those that lead nowhere: `line` of the report, `citation`, `reason`; the first 50",
    },
    example={
        "type": "citations_resolve",
        "target": "{artifact_path}/AUDIT.md",
        "min_count": 5,
    },
    mend=(
        "Correct each reference so that it names an existing file and line, and read that line again. "
        "The reason names the directories that were searched, and the files of that name."
    ),
    bind=CitationsResolve.bind,
)
