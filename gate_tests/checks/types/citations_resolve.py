"""`citations_resolve`: every reference of a report resolves to an existing file and line."""

import posixpath
import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from operator import attrgetter, itemgetter
from typing import Any, Final, Self

from gate_tests.checks.check_type import CheckType
from gate_tests.checks.mutations import Mutation, append_line
from gate_tests.checks.outcome import Outcome
from gate_tests.checks.rule import Rule, Scope
from gate_tests.checks.thresholds import bind_min_count, count_schema
from gate_tests.checks.truncation import MAX_RECORDED, join_truncated
from gate_tests.contract import Validation
from gate_tests.errors import Refused
from gate_tests.files.artifacts import Artifacts, NotText, PathKind
from gate_tests.parsers.citations import Citation, Lines, find_citations
from gate_tests.sanitize import sanitize_line
from gate_tests.typing_compat import override
from gate_tests.workspace.names import check_encodable, normal_path

MAX_CITATIONS: Final = 10_000
_MAX_SHOWN_CHARS: Final = 200
_ABSOLUTE: Final = re.compile(r"[/\\~]|[A-Za-z]:[/\\]")
_SEPARATOR: Final = re.compile(r"[/\\]|%2f|%5c", re.IGNORECASE)


@dataclass(frozen=True)
class CitationsResolve(Rule):
    """Every citation of the target, a report, refers to a file below the root and to lines that it has."""

    min_count: int

    @classmethod
    def bind(cls, validation: Validation, scope: Scope) -> Self:
        """Selects `min_count` for the run's depth."""
        return cls(bind_min_count(validation, scope))

    @override
    def describe(self) -> str:
        return f"at least {self.min_count} citations, each of a file and lines that exist"

    @override
    def accepts_text(self, text: str, path: str) -> bool:
        return not self.min_count and not _collect_citations(text)

    @override
    def evaluate(self, path: str, artifacts: Artifacts) -> Outcome:
        try:
            cited = artifacts.judge_text(path, _collect_citations)
        except NotText as error:
            return Outcome(False, str(error), {"count": 0, "unresolved": []})
        resolver = _Resolver(artifacts, posixpath.dirname(path))
        broken = [(each, reason) for each in cited[:MAX_CITATIONS] if (reason := resolver.find_error(each))]
        unresolved = [resolver.build_row(each, reason) for each, reason in broken]
        measured = {"count": len(cited), "unresolved": unresolved[:MAX_RECORDED]}
        if len(cited) > MAX_CITATIONS:
            return Outcome(False, f"more than the {MAX_CITATIONS} that are looked at", measured)
        found = f"{len(cited)}"
        if broken:
            shown = [f"line {row['line']}: {row['citation']} ({row['reason']})" for row in unresolved]
            found += f", {len(broken)} of them lead nowhere: {join_truncated(shown)}"
        return Outcome(len(cited) >= self.min_count and not broken, found, measured)

    @override
    def generate_mutations(self, text: str, path: str) -> Iterator[Mutation]:
        yield Mutation("with a link that leads nowhere", append_line(text, "[made up](there-is-no-such-file.md)"))


def _collect_citations(text: str) -> list[Citation]:
    """The distinct citations, in the order of the report, up to one more than MAX_CITATIONS."""
    seen: dict[tuple[str, Lines | None, bool], Citation] = {}
    for cited in find_citations(text):
        seen.setdefault((cited.path, cited.lines, cited.is_link), cited)
        if len(seen) > MAX_CITATIONS:
            break
    return sorted(seen.values(), key=attrgetter("line"))


class _Resolver:
    """Looks up the citations of a report in the directory `base`."""

    def __init__(self, artifacts: Artifacts, base: str) -> None:
        self._artifacts = artifacts
        self._base = base
        self._line_counts: dict[str, int | str] = {}

    def find_error(self, cited: Citation) -> str | None:
        """Why the citation does not resolve, preferably at a path that exists; None if it does."""
        if cited.lines and not 1 <= cited.lines[0] <= cited.lines[1]:
            return "there are no such lines"
        errors = []
        for path in self._candidate_paths(cited):
            error = self._find_error_at(path, cited.lines)
            if error is None:
                return None
            errors.append((self._artifacts.read(path).is_missing, error))
        return min(errors, key=itemgetter(0))[1] if errors else "no place below the root"

    def build_row(self, cited: Citation, error: str) -> dict[str, Any]:
        """Its row in the record. A path outside of the root is cut to its last name: it may contain private data."""
        is_outside = _ABSOLUTE.match(cited.text) or _ABSOLUTE.match(cited.path) or self._leaves_root(cited)
        shown = f"…/{_SEPARATOR.split(cited.text)[-1]}" if is_outside else cited.text
        return {"line": cited.line, "citation": sanitize_line(shown, _MAX_SHOWN_CHARS), "reason": sanitize_line(error)}

    def _leaves_root(self, cited: Citation) -> bool:
        """Whether the path, with slashes or backslashes, is outside of the root, from the root and from the report."""
        paths = (cited.path, cited.text.replace("\\", "/"))
        return any(
            ".." in path.split("/") and not any(self._candidate_paths(cited._replace(path=path))) for path in paths
        )

    def _candidate_paths(self, cited: Citation) -> Iterator[str]:
        """The path relative to the root and to the report; of a link, relative to the report first."""
        beside = posixpath.join(self._base, cited.path)
        if not cited.path or cited.path.startswith("/"):
            paths = [cited.path.lstrip("/")]
        else:
            paths = [beside, cited.path] if cited.is_link else [cited.path, beside]
        for path in dict.fromkeys(paths):
            with suppress(Refused):
                yield check_encodable(normal_path(path, "path"))

    def _find_error_at(self, path: str, lines: Lines | None) -> str | None:
        artifact = self._artifacts.read(path)
        if lines is None:
            return None if artifact.kind in (PathKind.FILE, PathKind.DIRECTORY) else artifact.found
        if not artifact.is_file:
            return artifact.found
        count = self._count_lines(path)
        if isinstance(count, str):
            return f"its lines cannot be told: {count}"
        return None if lines[1] <= count else f"it has {count} {'line' if count == 1 else 'lines'}"

    def _count_lines(self, path: str) -> int | str:
        """The number of lines, a last one without a line end included; or why the file cannot be read."""
        if path not in self._line_counts:
            try:
                self._line_counts[path] = self._artifacts.judge_text(path, _count_lines)
            except NotText as error:
                self._line_counts[path] = str(error)
        return self._line_counts[path]


def _count_lines(text: str) -> int:
    return text.count("\n") + (text[-1:] not in ("", "\n"))


CHECK_TYPE: Final = CheckType(
    name="citations_resolve",
    summary="every `path:line`, `path#L1-L9` and relative link of a report points at a file, and a line, that exists",
    keys={
        "target": {"$ref": "#/definitions/path", "description": "The report."},
        "min_count": count_schema("How many different citations the report must have", default=1),
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
        "Correct each reference until it names a file that is there and a line that it has; look up what stands there."
    ),
    bind=CitationsResolve.bind,
)
