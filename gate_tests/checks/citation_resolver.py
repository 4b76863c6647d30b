"""Looks up what a report cites."""

import posixpath
import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from functools import partial
from typing import Final, NamedTuple
from unicodedata import normalize

from gate_tests.errors import Refused
from gate_tests.files.artifacts import Artifact, Artifacts, NotText, PathKind
from gate_tests.parsers.citations.citation import Citation, Lines
from gate_tests.parsers.markdown import is_markdown
from gate_tests.parsers.too_large import TooLargeToParse
from gate_tests.sanitize import escape_controls
from gate_tests.workspace.names import check_encodable, normal_path

_MAX_SHOWN_CHARS: Final = 200
_MAX_LOOK_UPS: Final = 50_000
"""Of readings of paths; after that only the first and the last reading of a path are tried."""
_MAX_NAMED: Final = 3
_MAX_COMPARED: Final = 300
"""Headings of a file, of which the one most like a missing one is named."""
_ABSOLUTE: Final = re.compile(r"[/\\~]|[A-Za-z]:[/\\]|\.{3,}\\|(?:[@+-]|[^\x00-\x7f]{1,200}+)/(?:home|Users|root)/")
"""Outside of the root; `..\\..\\x` too, of which Markdown takes backslashes off, and a path behind `@` or `在`."""
_SEPARATOR: Final = re.compile(r"[/\\]|%2f|%5c", re.IGNORECASE)
_TOP: Final = frozenset(("top", ""))
"""What every page has."""


class Resolution(NamedTuple):
    """Where a citation leads: the path that exists, if one does, and why the citation does not resolve, if so.

    `is_missing`: whether nothing exists at any place.
    """

    path: str | None
    error: str | None
    is_missing: bool = False


class CitationResolver:
    """Looks up the citations of the report at `report`: from the root, its directory, and each of `roots`."""

    def __init__(
        self, artifacts: Artifacts, report: str, roots: Sequence[str], markdown_bytes: int, *, with_anchors: bool
    ) -> None:
        self._artifacts = artifacts
        self._report = report
        self._base = posixpath.dirname(report)
        self._roots = roots
        self._markdown_bytes = markdown_bytes
        self._with_anchors = with_anchors
        self._line_counts: dict[str, int | str] = {}
        self._anchors: dict[str, frozenset[str] | str] = {}
        self._look_ups = 0

    def resolve(self, cited: Citation) -> Resolution | None:
        """Where it leads; None if it turns out to be no citation, since no such file exists."""
        if not cited.path and cited.anchor and cited.is_link:
            return Resolution(self._report, self._find_anchor_error(self._report, cited.anchor))
        if cited.is_link and self._is_root(cited.path):
            return Resolution(".", None)
        found = self._find(cited)
        if found is None or (not cited.is_certain and not found.is_file):
            return Resolution(None, self._explain_missing(cited), True) if cited.is_certain else None
        return Resolution(found.path, self._find_error_at(found, cited))

    def show(self, cited: Citation) -> str:
        """Its text. A path outside of the root is cut to its last name: it may contain private data."""
        return f"…/{_SEPARATOR.split(cited.text)[-1]}" if self._is_outside(cited) else cited.text

    def name_nearest_heading(self, cited: Citation, path: str | None) -> str:
        """The heading of the file that is most similar to the one that a link names, as the end of a reason."""
        from difflib import get_close_matches

        known = self._anchors.get(path or "")
        if not isinstance(known, frozenset) or not cited.anchor:
            return ""
        near = get_close_matches(cited.anchor.lower()[:_MAX_SHOWN_CHARS], sorted(known)[:_MAX_COMPARED], n=1)
        return f", did you mean #{near[0][:_MAX_SHOWN_CHARS]}?" if near else ""

    def find_similar(self, missing: Iterable[Citation]) -> dict[str, list[str]]:
        """For each of these paths the files of that name that exist elsewhere, those most like it first."""
        names = {each.path: posixpath.basename(each.path.replace("\\", "/").rstrip("/")) for each in missing}
        base_names = {*names.values()} - {""}
        found = self._artifacts.find_by_name(base_names) if base_names else {}
        return {path: _sort_by_likeness(path, found[name]) for path, name in names.items() if name in found}

    def _is_outside(self, cited: Citation) -> bool:
        return bool(_ABSOLUTE.match(cited.text) or _ABSOLUTE.match(cited.path)) or self._leaves_root(cited)

    def _leaves_root(self, cited: Citation) -> bool:
        """Whether the path, with slashes or backslashes, is outside of the root, from wherever it starts."""
        paths = (cited.path, cited.text.replace("\\", "/"))
        return any(".." in path.split("/") and not any(self._places(path, cited.is_link)) for path in paths)

    def _is_root(self, path: str) -> bool:
        """Whether a link leads to the root itself, of which no other path has a name."""
        return path == "/" or (bool(path) and posixpath.normpath(posixpath.join(self._base, path)) == ".")

    def _find(self, cited: Citation) -> Artifact | None:
        """The first thing that exists of what may be meant: a file, for lines."""
        others = []
        for reading in _add_composed(self._limit_look_ups(cited.paths)):
            for path in self._places(reading, cited.is_link):
                artifact = self._artifacts.read(path)
                if artifact.is_file or (artifact.kind is PathKind.DIRECTORY and not cited.lines):
                    return artifact
                if not artifact.is_missing:
                    others.append(artifact)
        return others[0] if others else None

    def _limit_look_ups(self, readings: tuple[str, ...]) -> tuple[str, ...]:
        self._look_ups += len(readings)
        is_many = len(readings) > 2 and self._look_ups > _MAX_LOOK_UPS
        return (readings[0], readings[-1]) if is_many else readings

    def _places(self, path: str, is_link: bool) -> Iterator[str]:
        """The path relative to the root, the report and each of the roots; of a link, to the report first."""
        if not path:
            return
        beside = posixpath.join(self._base, path)
        if path.startswith("/"):
            path = path.lstrip("/")
            places = [path]
        else:
            places = [beside, path] if is_link else [path, beside]
        for place in dict.fromkeys([*places, *(posixpath.join(root, path) for root in self._roots)]):
            with suppress(Refused):
                yield check_encodable(normal_path(place, "path"))

    def _explain_missing(self, cited: Citation) -> str:
        places = list(self._places(cited.path, cited.is_link))
        if not places:
            return "not a path below the root"
        if self._is_outside(cited):
            return "not found"
        details = [self._artifacts.read(place).detail for place in places]
        detail = next((f" ({each})" for each in details if each), "")
        return f"not found at {' or '.join(place[:_MAX_SHOWN_CHARS] for place in places)}{detail}"

    def _find_error_at(self, artifact: Artifact, cited: Citation) -> str | None:
        if artifact.kind not in (PathKind.FILE, PathKind.DIRECTORY) or (cited.lines and not artifact.is_file):
            return artifact.found
        if cited.lines:
            return self._find_line_error(artifact.path, cited.lines)
        return self._find_anchor_error(artifact.path, cited.anchor) if artifact.is_file else None

    def _find_line_error(self, path: str, lines: Lines) -> str | None:
        if not 1 <= lines[0] <= lines[1]:
            return "invalid line range"
        count = self._count_lines(path)
        if isinstance(count, str):
            return f"its lines cannot be counted: {count}"
        return None if lines[1] <= count else f"it has {count} {'line' if count == 1 else 'lines'}"

    def _count_lines(self, path: str) -> int | str:
        """The number of lines, a last one without a line end included; or why the file cannot be read."""
        if path not in self._line_counts:
            try:
                self._line_counts[path] = self._artifacts.judge_text(path, _count_lines)
            except NotText as error:
                self._line_counts[path] = str(error)
        return self._line_counts[path]

    def _find_anchor_error(self, path: str, anchor: str) -> str | None:
        """Why the file has no such part; None if it has, or if parts are not checked."""
        from gate_tests.parsers.markdown.anchors import simplify_anchor

        if not self._with_anchors or not is_markdown(path) or anchor.lower() in _TOP:
            return None
        known = self._collect_anchors(path)
        if isinstance(known, str):
            return f"its headings cannot be read: {known}"
        return None if simplify_anchor(anchor) in known else f"no heading #{anchor[:_MAX_SHOWN_CHARS]}"

    def _collect_anchors(self, path: str) -> frozenset[str] | str:
        """The parts that a link can name; or why the file cannot be read."""
        from gate_tests.parsers.markdown.anchors import find_anchors

        if path not in self._anchors:
            try:
                find = partial(find_anchors, path=path, max_bytes=self._markdown_bytes)
                self._anchors[path] = self._artifacts.judge_text(path, find)
            except (NotText, TooLargeToParse) as error:
                self._anchors[path] = str(error)
        return self._anchors[path]


def _add_composed(readings: tuple[str, ...]) -> tuple[str, ...]:
    """The readings, and then as they are usually spelled in file systems: with composed letters."""
    if all(map(str.isascii, readings)):
        return readings
    return tuple(dict.fromkeys((*readings, *(normalize("NFC", reading) for reading in readings))))


def name_similar(paths: Sequence[str]) -> str:
    """Files of the same name, as the end of a reason."""
    if not paths:
        return ""
    more = f" and {len(paths) - _MAX_NAMED} more" if len(paths) > _MAX_NAMED else ""
    return f"; similar: {', '.join(escape_controls(path)[:_MAX_SHOWN_CHARS] for path in paths[:_MAX_NAMED])}{more}"


def _count_lines(text: str) -> int:
    return text.count("\n") + (text[-1:] not in ("", "\n"))


def _sort_by_likeness(cited: str, paths: Iterable[str]) -> list[str]:
    """The paths that end most as the cited one does first, then the short ones."""
    names = cited.replace("\\", "/").split("/")[::-1]

    def count_different(path: str) -> tuple[int, int, str]:
        same = 0
        for name, other in zip(names, path.split("/")[::-1], strict=False):
            if name != other:
                break
            same += 1
        return -same, path.count("/"), path

    return sorted(paths, key=count_different)
