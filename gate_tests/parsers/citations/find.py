"""Finds the citations of a report in its blocks.

A citation is one of these, outside code blocks and comments:

- A path with lines: `a/b.md:10`, `a/b.md:10-20`, `a/b.md#L10-L20`, `a/b.md?plain=1#L10`, in backticks or not; a column
  (`:10:5`) is ignored. Several lines of one file (`a/b.md:10,20-30`, `a/b.md:1, 2 and 3`) are a citation each, but a
  number between white space and a word counts that word (`a/b.md:1, 2 files`). So are `a/b.md` and lines in words
  (` line 10`, `, lines 10-20`, ` (~lines 10–20)`, ` (L10)`; in German, Chinese, Japanese, Korean and Thai too),
  `line 10 of a/b.md` and `【F:a/b.md†L10-L20】`. After a citation, `` `:99` `` is another line of its file, in a list.
- A link without a scheme, of Markdown or HTML, or an image. `#part` alone is a part of the report.
- A path in backticks without lines.

What is a path: see `file_names`. Web addresses and DOIs are none.
"""

import re
from collections.abc import Iterable, Iterator
from typing import Final, NamedTuple

from gate_tests.parsers.citations.citation import Citation, CitationKind
from gate_tests.parsers.citations.file_names import ends_as_file, is_port
from gate_tests.parsers.citations.grammar import (
    CITATION,
    CONTINUES,
    LINES_MAY_FOLLOW,
    LINES_MAY_PRECEDE,
    LINES_OF,
    NAME_END,
    OF_ANOTHER,
    compile_lines_in_words,
)
from gate_tests.parsers.citations.lines import CitedLines, read_further_lines, read_lines, read_number
from gate_tests.parsers.citations.link_texts import LinkTexts
from gate_tests.parsers.citations.marked_text import MarkedText, mark_spans, remove_invisible, remove_marks
from gate_tests.parsers.citations.readings import Path, read_marked_path, read_path
from gate_tests.parsers.citations.scan_text import CODE_END, CODE_START, scan_text
from gate_tests.parsers.citations.targets import parse_target
from gate_tests.parsers.markdown.block import Block, BlockKind, SpanKind

_MAX_BEFORE_CONTINUED: Final = 40
_MAX_TO_WORDS: Final = 60
_MAX_WORDS_BEFORE: Final = 100
"""Characters between a path and the word for its lines."""
_END_OF_SENTENCE: Final = ".)]"
_NO_TARGET: Final = re.compile(r"\d*+")
"""Of a comment, `[comment]: <> (…)`, or of what is no definition, `[::1]:8080`."""
_DIGIT: Final = re.compile(r"\d")


def find_citations(blocks: Iterable[Block], *, with_paths: bool = True) -> Iterator[Citation]:
    """The citations of a report, block by block: paths with lines first, then links, then paths in backticks.

    `with_paths`: whether these are looked for.
    """
    for block in map(remove_invisible, blocks):
        with_lines: set[str] = set()
        if _DIGIT.search(block.text):
            for citation in _find_paths_with_lines(mark_spans(block)):
                with_lines.update(citation.paths)
                yield citation
        for span in block.spans:
            is_none = block.kind is BlockKind.DEFINITION and _NO_TARGET.fullmatch(span.target)
            if span.kind in (SpanKind.LINK, SpanKind.IMAGE) and not is_none:
                yield from parse_target(span.target, block.line_at(span.start))
        if with_paths:
            from gate_tests.parsers.citations.code_paths import find_code_paths

            yield from (each for each in find_code_paths(block) if not with_lines.intersection(each.paths))


class _Found(NamedTuple):
    """The cited path and its lines, each with what was written to cite them, and the offset behind all of it."""

    path: Path
    cited: list[CitedLines]
    end: int
    kind: CitationKind = CitationKind.LINES


def _find_paths_with_lines(marked: MarkedText) -> Iterator[Citation]:
    text, scanned, position = marked.text, scan_text(marked.text), 0
    links = LinkTexts(marked.block)
    last: _Found | None = None
    while match := CITATION.search(scanned, position):
        found = _read_continued(match, text, last) if match["continued"] else _read_match(match, text, last)
        if not found:
            position = match.end("path") if _is_before_code(match) else match.end()
            continue
        if not match["continued"]:
            path, kind = links.add_target(found.path, marked.offset_at(match.start()))
            found = found._replace(path=path, kind=kind)
        path, line = found.path, marked.line_at(match.start())
        for lines, written in found.cited:
            shown = remove_marks(written if match["bracketed"] else path.shown + written)
            yield Citation(line, shown, path.shown, lines, found.kind, path.readings, path.is_certain)
        last, position = found, found.end


def _is_before_code(match: re.Match[str]) -> bool:
    """Whether the path precedes a code span of lines: it may be the word "and" before `:99`."""
    return bool(match["lines"]) and match["lines"][0] == CODE_START


def _read_continued(match: re.Match[str], text: str, last: _Found | None) -> _Found | None:
    """The lines in a code span without a path, which continue a list that begins with the last citation."""
    before = match.string[max(match.start() - _MAX_BEFORE_CONTINUED, 0) : match.start()]
    first = read_number(match.string, text, match.end()) if last and CONTINUES.search(before) else None
    if not (last and first):
        return None
    further, end = read_further_lines(match.string, text, first[1])
    is_whole = match.string[end : end + 1] == CODE_END
    return last._replace(cited=[first[0], *further], end=end + 1) if is_whole else None


def _read_match(match: re.Match[str], text: str, last: _Found | None) -> _Found | None:
    """What is cited, by a match in the mapped `text`, behind the last citation; None for what is no citation."""
    if match["lines"]:
        first = read_lines(match, text, ("colon", "hash"), match.end("path"))
        path = read_path(text, *match.span("path"), is_port(first.lines[0]))
        if not path or (_is_before_code(match) and not path.is_certain):
            return None
        further, end = read_further_lines(match.string, text, match.end())
        return _Found(path, [first, *further], end)
    if match["bracketed"]:
        path = read_marked_path(text[slice(*match.span("bracketed"))], bool(match["marked"]))
        return _Found(path, [read_lines(match, text, ("bracket",), match.start())], match.end()) if path else None
    if match["path"] and ends_as_file(match["path"].rstrip(_END_OF_SENTENCE)):
        return _read_in_words_before(match, text, last.end if last else 0) or _read_in_words(match, text)
    return None


def _read_in_words(match: re.Match[str], text: str) -> _Found | None:
    """The path, if it is certainly one, with the lines that follow it in words."""
    scanned, end = match.string, match.end("path")
    if cut := NAME_END.search(scanned, match.start(), end):
        end = cut.end()
    if not LINES_MAY_FOLLOW.search(scanned, end, end + _MAX_TO_WORDS):
        return None
    words = compile_lines_in_words().match(scanned, end)
    path = read_path(text, match.start(), end) if words and not OF_ANOTHER.match(scanned, words.end()) else None
    if not (words and path and path.is_certain):
        return None
    first = read_lines(words, text, ("word", "chinese"), words.start())
    further, end = read_further_lines(scanned, text, words.end())
    shown = first.text if ")" in first.text else first.text.replace("(", "")
    return _Found(path, [first._replace(text=shown), *further], end)


def _read_in_words_before(match: re.Match[str], text: str, start: int) -> _Found | None:
    """The path, if it is certainly one, with the lines that precede it, not before `start`: `line 12 of a.py`."""
    scanned, end = match.string, match.start() + (match["path"][0] == "(")
    for word in LINES_MAY_PRECEDE.finditer(scanned, max(end - _MAX_WORDS_BEFORE, start), end):
        if not (first := read_number(scanned, text, word.end())):
            continue
        further, last = read_further_lines(scanned, text, first[1])
        if last < end and LINES_OF.fullmatch(scanned, last, end):
            path = read_path(text, end, match.start() + len(match["path"].rstrip(_END_OF_SENTENCE)))
            return _Found(path, [first[0], *further], match.end()) if path and path.is_certain else None
    return None
