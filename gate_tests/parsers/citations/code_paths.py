"""Finds paths without lines in code spans."""

import re
from collections.abc import Iterator
from typing import Final

from gate_tests.parsers.citations.citation import Citation, CitationKind
from gate_tests.parsers.citations.file_names import MAX_PATH_CHARACTERS, Likeness, judge_path
from gate_tests.parsers.citations.grammar import UNSPACED
from gate_tests.parsers.citations.scan_text import scan_text
from gate_tests.parsers.markdown import is_markdown
from gate_tests.parsers.markdown.block import Block, SpanKind

_MAX_LINKS: Final = 100
"""Of a block, within which no path is looked for."""
_PATH: Final = re.compile(rf"[\w{UNSPACED}.\[(@+\\][\w{UNSPACED}./\\@+~%()\[\]$'&#,! -]*")
_PLACEHOLDER: Final = re.compile(r"YYYY|XXX|path/to/|\.\.\.")
_ATTRIBUTE_NAMES: Final = """
    map sum key log env lock config conf properties t d m v s r l y f c h re rules strings bin dat db class def inc text
    vim lean move targets props work star org dot diff patch post feature desktop ui po td el ls for cue exe jar war so
    rest snap tape pod exp entitlements
"""
_ATTRIBUTES: Final = frozenset(_ATTRIBUTE_NAMES.split())
"""Endings of files that are as often the attribute of an object: `console.log`."""


def find_code_paths(block: Block) -> Iterator[Citation]:
    """The paths in the code spans of a block, except within links, whose targets count."""
    links = [(span.start, span.end) for span in block.spans if span.kind is SpanKind.LINK]
    for span in block.spans:
        if span.kind is not SpanKind.CODE or span.end - span.start > MAX_PATH_CHARACTERS:
            continue
        if links and any(start <= span.start and span.end <= end for start, end in links[:_MAX_LINKS]):
            continue
        text = block.text[span.start : span.end].strip()
        if found := _read(text):
            path, anchor, is_certain = found
            line = block.line_at(span.start)
            yield Citation(line, text, path, None, CitationKind.PATH, (path,), is_certain, anchor)


def _read(text: str) -> tuple[str, str, bool] | None:
    """The path, its anchor, and whether it certainly is a path; None if it is none."""
    path, _, _ = text.partition("::")  # a test of pytest
    path, _, anchor = path.partition("#") if "#" in path and is_markdown(path.partition("#")[0]) else (path, "", "")
    if not _PATH.fullmatch(scan_text(path)):
        return None
    likeness = judge_path(path.rstrip("/"))
    if likeness is Likeness.NONE:
        return None
    is_known = likeness is Likeness.FILE or path.endswith("/")
    ending = path.rpartition(".")[2].lower()
    is_attribute = "/" not in path and ending in _ATTRIBUTES
    return path, anchor, is_known and not (is_attribute or " " in path or _PLACEHOLDER.search(path))
