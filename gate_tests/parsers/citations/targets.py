"""Reads the targets of links."""

import re
from collections.abc import Iterator
from typing import Final

from gate_tests.parsers.citations.citation import Citation, CitationKind
from gate_tests.parsers.citations.file_names import Likeness, is_port, judge_path
from gate_tests.parsers.citations.grammar import compile_target
from gate_tests.parsers.citations.lines import read_further_lines, read_lines
from gate_tests.parsers.citations.scan_text import scan_text

_SCHEME: Final = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+:|//")
"""A URL scheme; `C:` is a drive."""
_MAY_HAVE_LINES: Final = re.compile(r"[:#]\D{0,6}\d")
_PLACEHOLDER: Final = re.compile(r"\{\{|\{%|\$\{|<%|\A%=|\A\{")
"""What a template or a component puts something in place of."""


def parse_target(target: str, line: int) -> Iterator[Citation]:
    """What the target of a link cites: a citation for each of its lines; none if it is an address of the web."""
    target = target.strip()
    if _PLACEHOLDER.search(target):
        return
    scanned = scan_text(target) if _MAY_HAVE_LINES.search(target) else ""
    with_lines = compile_target().match(scanned) if scanned else None
    further, end = read_further_lines(scanned, target, with_lines.end()) if with_lines else ([], 0)
    if (
        with_lines
        and end == len(scanned)
        and not _SCHEME.match(target.replace(":", "", 1) if with_lines["colon"] else target)
    ):
        cited = [read_lines(with_lines, target, ("colon", "hash"), 0), *further]
        path = unquote_path(target[: with_lines.end("path")])
        likeness = judge_path(path, is_port(cited[0].lines[0]))
        is_certain = bool(with_lines["hash"]) or likeness is Likeness.FILE
        if is_certain or likeness is Likeness.PERHAPS:
            for lines, _ in cited:
                yield Citation(line, target, path, lines, CitationKind.LINK, (path,), is_certain)
    elif not is_address(target) and not target.startswith("?") and target != "#":
        path, _, anchor = target.partition("#")
        path = unquote_path(path.partition("?")[0])
        yield Citation(line, target, path, None, CitationKind.LINK, (path,), anchor=unquote_path(anchor))


def is_address(target: str) -> bool:
    """Whether the target is an address of the web, of mail or such, and none of the repository."""
    return bool(_SCHEME.match(target))


def unquote_path(path: str) -> str:
    """The path without percent-escapes."""
    from urllib.parse import unquote  # imported only if needed

    return unquote(path) if "%" in path else path
