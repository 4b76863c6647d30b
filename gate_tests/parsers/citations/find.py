"""Finds the citations of a report in its blocks.

A citation is one of these, outside code blocks and comments:

- A path with lines: `a/b.md:10`, `a/b.md:10-20`, `a/b.md#L10-L20`, `a/b.md?plain=1#L10`, in backticks or not; a column
  (`:10:5`) is ignored. Several lines of one file (`a/b.md:10,20-30`, `a/b.md:1, 2 and 3`) are a citation each, but a
  number between white space and a word counts that word (`a/b.md:1, 2 files`). So are `a/b.md` and lines in words
  (` line 10`, `, lines 10-20`, ` (~lines 10–20)`, ` (L10)`), `line 10 of a/b.md` and `【F:a/b.md†L10-L20】`. After a
  citation, `` `:99` `` is another line of its file, in a list.
- A link without a scheme, of Markdown or HTML, or an image. `#part` alone is a part of the report.
- A path in backticks without lines.

What is a path: see `file_names`. Web addresses and DOIs are none.
"""

import re
from collections.abc import Iterable, Iterator
from typing import Final, NamedTuple

from gate_tests.parsers.citations.citation import Citation, CitationKind
from gate_tests.parsers.citations.code_paths import find_code_paths
from gate_tests.parsers.citations.file_names import ends_as_file, is_port
from gate_tests.parsers.citations.grammar import CITATION, CONTINUES, IN_WORDS
from gate_tests.parsers.citations.lines import CitedLines, read_further_lines, read_lines
from gate_tests.parsers.citations.link_texts import LinkTexts
from gate_tests.parsers.citations.marked_text import MarkedText, mark_spans, remove_marks
from gate_tests.parsers.citations.readings import Path, read_marked_path, read_path
from gate_tests.parsers.citations.scan_text import scan_text
from gate_tests.parsers.citations.targets import parse_target
from gate_tests.parsers.markdown.block import Block, BlockKind, SpanKind

_MAX_BEFORE_CONTINUED: Final = 40
_NO_TARGET: Final = re.compile(r"\d*+")
"""Of a comment, `[comment]: <> (…)`, or of what is no definition, `[::1]:8080`."""
_DIGIT: Final = re.compile(r"\d")


def find_citations(blocks: Iterable[Block]) -> Iterator[Citation]:
    """The citations of a report, block by block: paths with lines first, then links, then paths in backticks."""
    for block in blocks:
        with_lines: set[str] = set()
        if _DIGIT.search(block.text):
            for citation in _find_paths_with_lines(mark_spans(block)):
                with_lines.update(citation.paths)
                yield citation
        for span in block.spans:
            if block.kind is BlockKind.DEFINITION and _NO_TARGET.fullmatch(span.target):
                continue
            if span.kind in (SpanKind.LINK, SpanKind.IMAGE):
                yield from parse_target(span.target, block.line_at(span.start))
        yield from (each for each in find_code_paths(block) if not with_lines.intersection(each.paths))


def _find_paths_with_lines(marked: MarkedText) -> Iterator[Citation]:
    text, scanned, position = marked.text, scan_text(marked.text), 0
    links = LinkTexts(marked.block)
    path: Path | None = None
    kind = CitationKind.LINES
    while match := CITATION.search(scanned, position):
        position = match.end()
        if match["rest"]:
            if not (path and _continues_list(scanned, match.start())):
                continue
            cited = read_further_lines(match, text, "rest")
        elif found := _read_match(match, text):
            path, cited, position = found
            path, kind = links.add_target(path, marked.offset_at(match.start()))
        else:
            continue
        line = marked.line_at(match.start())
        for lines, written in cited:
            shown = remove_marks(written if match["bracketed"] else path.shown + written)
            yield Citation(line, shown, path.shown, lines, kind, path.readings, path.is_certain)


class _Found(NamedTuple):
    """The cited path and its lines, each with what was written to cite them, and the offset behind all of it."""

    path: Path
    cited: list[CitedLines]
    end: int


def _read_match(match: re.Match[str], text: str) -> _Found | None:
    """What is cited, by a match in the mapped `text`; None for what is no citation."""
    if match["lines"]:
        cited = read_lines(match, text, ("colon", "hash"), match.end("path"))
        path = read_path(text, *match.span("path"), is_port(cited[0].lines[0]))
    elif match["numbers"]:
        end_of_sentence = len(match["behind"]) - len(match["behind"].rstrip(".)]"))
        cited = read_further_lines(match, text, "numbers")
        path = read_path(text, match.start("behind"), match.end("behind") - end_of_sentence)
        path = path if path and path.is_certain else None
    elif match["bracketed"]:
        cited = read_lines(match, text, ("bracket",), match.start())
        path = read_marked_path(text[slice(*match.span("bracketed"))], bool(match["marked"]))
    else:
        return _read_in_words(match, text) if match["path"] and ends_as_file(match["path"]) else None
    return _Found(path, cited, match.end()) if path else None


def _read_in_words(match: re.Match[str], text: str) -> _Found | None:
    """The path, if it is certainly one, with the lines that stand behind it in words."""
    words = IN_WORDS.match(match.string, match.end())
    path = read_path(text, *match.span("path")) if words else None
    if not (words and path and path.is_certain):
        return None
    first, *further = read_lines(words, text, ("word", "chinese"), words.start())
    shown = first.text if ")" in first.text else first.text.replace("(", "")
    return _Found(path, [first._replace(text=shown), *further], words.end())


def _continues_list(text: str, start: int) -> bool:
    return bool(CONTINUES.search(text[max(start - _MAX_BEFORE_CONTINUED, 0) : start]))
