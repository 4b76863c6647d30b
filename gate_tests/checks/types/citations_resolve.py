"""`citations_resolve`: what a report cites is there."""

import posixpath
import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from operator import attrgetter, itemgetter
from typing import Any, Self

from gate_tests.checks.check_type import CheckType
from gate_tests.checks.mutations import Mutation, append_line
from gate_tests.checks.outcome import Outcome
from gate_tests.checks.rule import Rule, Scope
from gate_tests.checks.truncation import MAX_RECORDED, join_truncated
from gate_tests.contract import Validation
from gate_tests.errors import Refused
from gate_tests.files.artifacts import Artifacts, Kind, NotText
from gate_tests.override import override
from gate_tests.parsers.citations import Citation, Lines, citations
from gate_tests.sanitize import plain
from gate_tests.workspace.names import normal_path

MOST_CITATIONS = 10_000
_SHOWN_CHARACTERS = 200
_ABSOLUTE = re.compile(r"[/\\~]|[A-Za-z]:[/\\]")


@dataclass(frozen=True)
class CitationsResolve(Rule):
    """Every citation of a report points at a file below the root, and at lines that it has."""

    min_count: int

    @classmethod
    def bind(cls, validation: Validation, scope: Scope) -> Self:
        """Nothing in it depends on the run."""
        return cls(validation.keys.get("min_count", 1))

    @override
    def describe(self) -> str:
        return f"at least {self.min_count} citations, each of a file and lines that exist"

    @override
    def evaluate(self, path: str, artifacts: Artifacts) -> Outcome:
        try:
            text = artifacts.text(path)
        except NotText as problem:
            return Outcome(False, str(problem), {"count": 0, "unresolved": []})
        cited = _distinct(text)
        resolver = _Resolver(artifacts, posixpath.dirname(path))
        faults = [(each, fault) for each in cited[:MOST_CITATIONS] if (fault := resolver.fault(each))]
        unresolved = [_row(each, fault) for each, fault in faults]
        measured = {"count": len(cited), "unresolved": unresolved[:MAX_RECORDED]}
        if len(cited) > MOST_CITATIONS:
            return Outcome(False, f"more than the {MOST_CITATIONS} that are looked at", measured)
        found = f"{len(cited)}"
        if faults:
            in_words = [f"line {row['line']}: {row['citation']} ({row['reason']})" for row in unresolved]
            found += f", {len(faults)} of them lead nowhere: {join_truncated(in_words)}"
        return Outcome(len(cited) >= self.min_count and not faults, found, measured)

    @override
    def mutations(self, text: str, path: str) -> Iterator[Mutation]:
        yield Mutation("with a link that leads nowhere", append_line(text, "[made up](there-is-no-such-file.md)"))


def _distinct(text: str) -> list[Citation]:
    """The citations in the order of the report, each once; one more than are looked at, where there are more."""
    seen: dict[tuple[str, Lines | None, bool], Citation] = {}
    for cited in citations(text):
        seen.setdefault((cited.path, cited.lines, cited.is_link), cited)
        if len(seen) > MOST_CITATIONS:
            break
    return sorted(seen.values(), key=attrgetter("line"))


def _row(cited: Citation, fault: str) -> dict[str, Any]:
    """What the record says. Of an absolute path only the last name: it may tell of somebody's machine."""
    last = posixpath.basename(cited.text.replace("\\", "/"))
    shown = f"…/{last}" if _ABSOLUTE.match(cited.text) else cited.text
    return {"line": cited.line, "citation": plain(shown, _SHOWN_CHARACTERS), "reason": plain(fault)}


class _Resolver:
    """Looks up what a report in `folder` cites."""

    def __init__(self, artifacts: Artifacts, folder: str) -> None:
        self._artifacts = artifacts
        self._folder = folder
        self._line_counts: dict[str, int | str] = {}

    def fault(self, cited: Citation) -> str | None:
        """Why the citation leads nowhere, at the first place where there is anything; None where it does lead."""
        if cited.lines and not 1 <= cited.lines[0] <= cited.lines[1]:
            return "there are no such lines"
        faults = []
        for place in self._places(cited):
            fault = self._fault_at(place, cited.lines)
            if fault is None:
                return None
            faults.append((self._artifacts.read(place).is_missing, fault))
        return min(faults, key=itemgetter(0))[1] if faults else "no place below the root"

    def _places(self, cited: Citation) -> Iterator[str]:
        """Where it may lead: from the root and from the report's folder; a link from there first."""
        beside = posixpath.join(self._folder, cited.path)
        if not cited.path or cited.path.startswith("/"):
            paths = [cited.path.lstrip("/")]
        else:
            paths = [beside, cited.path] if cited.is_link else [cited.path, beside]
        for path in dict.fromkeys(paths):
            with suppress(Refused):
                yield normal_path(path, "path")

    def _fault_at(self, place: str, lines: Lines | None) -> str | None:
        artifact = self._artifacts.read(place)
        if lines is None:
            return None if artifact.kind in (Kind.FILE, Kind.FOLDER) else artifact.found
        if not artifact.is_file:
            return artifact.found
        count = self._line_count(place)
        if isinstance(count, str):
            return f"its lines cannot be told: {count}"
        return None if lines[1] <= count else f"it has {count} {'line' if count == 1 else 'lines'}"

    def _line_count(self, place: str) -> int | str:
        """How many lines the file has, one without an end counted too; or why that cannot be told."""
        if place not in self._line_counts:
            try:
                text = self._artifacts.text(place)
                self._line_counts[place] = text.count("\n") + (text[-1:] not in ("", "\n"))
            except NotText as problem:
                self._line_counts[place] = str(problem)
        return self._line_counts[place]


CHECK_TYPE = CheckType(
    name="citations_resolve",
    summary=("every `path:line`, `path#L1-L9` and relative link of a report points at a file, and a line, that exists"),
    keys={
        "target": {"$ref": "#/definitions/path", "description": "The report."},
        "min_count": {
            "type": "integer",
            "minimum": 0,
            "default": 1,
            "description": "How many different citations the report must have.",
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
        "Correct each reference until it names a file that is there and a line that it has; look up what stands there."
    ),
    bind=CitationsResolve.bind,
)
