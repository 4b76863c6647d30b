"""Finds what in a report cites a file of the repository.

A citation is one of these, outside fenced code:

- A path with lines: `a/b.md:10`, `a/b.md:10-20`, `a/b.md:L10`, `a/b.md#L10`, `a/b.md#L10-L20`, in backticks or not; a
  column (`:10:5`) is ignored. Several lines of one file (`a/b.md:10,20-30`, `a/b.md#L10,L20`, `a/b.md:1, 2 and 3`) are
  a citation each, but a number between white space and a word counts that word (`a/b.md:1, 2 files`). The path contains
  a slash or its extension begins with a letter, so `12:30`, `localhost:3000`, `C++:1` and `key: 1` are no citations;
  neither are web addresses (with a scheme, or a first name such as `example.com`) and DOIs. The path contains no white
  space, and brackets around it are not part of it.
- A Markdown link without a scheme: `[text](path)`, `![text](path)`, `[x]: path`, and `<a/b.md>` if it has a slash and
  an extension. Not in code of any kind, and not `#anchor` alone.
"""

import re
from collections.abc import Iterable, Iterator
from heapq import merge
from typing import Final, NamedTuple

from gate_tests.parsers.markdown_code import LineCounter, blank_code_blocks, blank_code_spans, blank_out

MAX_PATH_CHARACTERS: Final = 1000
_MAX_LINE_DIGITS: Final = 18

_DASHES: Final = "\N{HYPHEN}\N{NON-BREAKING HYPHEN}\N{EN DASH}\N{MINUS SIGN}-"
_ELLIPSIS: Final = "\N{HORIZONTAL ELLIPSIS}"
_TO: Final = rf"(?:[~{_ELLIPSIS}{_DASHES}]|\.\.\.?)"
_LAST: Final = rf"(?:{_TO}(?:#?L)?(\d++))?"
_LINES: Final = (
    rf"(?::L?(\d++)(?::\d++(?={_TO}L?\d++:\d))?{_LAST}(?::\d++)?"
    rf"|#L(\d++)(?:C\d++)?(?:{_TO}(?:#?L)?(\d++)(?:C\d++)?)?)"
)
_END: Final = rf"(?![^\W_]|/|%|[.{_DASHES}]\w|\.\.\w)"
_COMMAS: Final = ",;&\N{FULLWIDTH COMMA}\N{IDEOGRAPHIC COMMA}"
_WORDS: Final = r"(?:and|or|to|through)\b"
_AND: Final = rf"(?:[{_COMMAS}]|[ \t]++(?:&|{_WORDS}))(?:[ \t]*+{_WORDS})?[ \t]++"
_NO_WORD_FOLLOWS: Final = rf"(?=[ \t]*+(?:[^\w \t]|$|{_WORDS}))"
"""After a number that follows white space: it counts no word."""
_FURTHER_LINE: Final = rf"(?:#?L)?(\d++){_LAST}(?:[:C]\d++)?"
_NUMBERED: Final = re.compile(_FURTHER_LINE)
_MORE: Final = rf"((?:(?:[{_COMMAS}+]{_FURTHER_LINE}{_END}|{_AND}{_FURTHER_LINE}{_END}{_NO_WORD_FOLLOWS}))*+)"
_PATH_CHARACTER: Final = r"[\w./\\@+~%()\[\]$-]"
_WITH_LINES: Final = re.compile(rf"(?<!{_PATH_CHARACTER})({_PATH_CHARACTER}++){_LINES}{_END}{_MORE}", re.MULTILINE)
_FURTHER_LINES: Final = 6
"""The group, in both regexes, of the further lines."""
_TARGET_WITH_LINES: Final = re.compile(rf"([^:#]+){_LINES}{_MORE}")

_TARGET: Final = r"(?:<([^<>\n]*)>|((?:[^\s()<>\\]|\\.|\([^\s()]*+\))*+))"
_INLINE: Final = re.compile(rf"\]\([ \t]*+\n?[ \t]*+{_TARGET}(?=\s*+\)|\s++[\"'(])")
_DEFINITION: Final = re.compile(
    rf"^ {{0,3}}\[(?!\^)[^\]\n]+\]:[ \t]*+\n?[ \t]*+(?=\S){_TARGET}(?=[ \t]*+$|[ \t]++[\"'(])", re.MULTILINE
)
_ANGLED: Final = re.compile(r"<([^\s<>:#]*/[^\s<>:#/]*\.[A-Za-z][A-Za-z0-9]{0,15})>")

_ADDRESS: Final = re.compile(r"(?<=:)//[^\s<>)\]`]*")
_SCHEME: Final = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:|//")
_ESCAPED: Final = re.compile(r"\\([!-/:-@\[-`{-~])")
_EXTENSION: Final = re.compile(r"\.[A-Za-z][A-Za-z0-9_]{0,15}")
_HOST_OR_DOI: Final = re.compile(
    r"[^./][^/]*\.(?:com|org|net|edu|gov|io|dev|app|ai|co|local|internal|localhost)|10\.\d{4,9}", re.IGNORECASE
)
"""The first name of what is a web address or a DOI, not a path."""

Lines = tuple[int, int]
"""The first and the last cited line."""


class Citation(NamedTuple):
    """A citation: its line in the report, the text as written, the cited path, and the cited lines if any."""

    line: int
    text: str
    path: str
    lines: Lines | None
    is_link: bool


def find_citations(text: str) -> Iterator[Citation]:
    """The citations of a report: paths with lines first, then links, each in the order of the text."""
    without_blocks = blank_code_blocks(text)
    without_code = blank_code_spans(without_blocks)
    targets = ((match.start() + 1, match.end()) for match in _find_targets(without_code))
    yield from _find_paths_with_lines(blank_out(without_blocks, targets))
    yield from _find_links(without_code)


def _find_targets(text: str) -> Iterable[re.Match[str]]:
    """Matches of link targets, in order; the text of a link is not part of a match."""
    return merge(*(pattern.finditer(text) for pattern in (_INLINE, _DEFINITION, _ANGLED)), key=re.Match.start)


def _find_paths_with_lines(text: str) -> Iterator[Citation]:
    counter = LineCounter(text)
    for match in _WITH_LINES.finditer(_ADDRESS.sub(lambda match: " " * len(match[0]), text)):
        path = _strip_unclosed_bracket(match[1])
        if _is_path(path):
            line, named = counter.line(match.start()), text[match.end(1) : match.start(_FURTHER_LINES)]
            yield Citation(line, path + named, path, _parse_lines(match, 2), False)
            for lines, written in _parse_further_lines(match):
                yield Citation(line, f"{path}:{written}", path, lines, False)


def _find_links(text: str) -> Iterator[Citation]:
    counter = LineCounter(text)
    for match in _find_targets(text):
        target = match[match.lastindex or 0]
        for path, lines in _parse_target(_ESCAPED.sub(r"\1", target)):
            yield Citation(counter.line(match.start()), target, path, lines, is_link=True)


def _parse_target(target: str) -> Iterator[tuple[str, Lines | None]]:
    """The path in a link target, once for each of its lines; nothing if the target is no path."""
    with_lines = _TARGET_WITH_LINES.fullmatch(target)
    if with_lines and _is_path(with_lines[1]):
        path = _unquote(with_lines[1])
        yield path, _parse_lines(with_lines, 2)
        yield from ((path, lines) for lines, _ in _parse_further_lines(with_lines))
    elif not (target.startswith(("#", "?")) or _SCHEME.match(target)):
        yield _unquote(re.split("[#?]", target, maxsplit=1)[0]), None


def _parse_further_lines(match: re.Match[str]) -> Iterator[tuple[Lines, str]]:
    """The further lines after the first, each with its text."""
    for numbered in _NUMBERED.finditer(match.string, *match.span(_FURTHER_LINES)):
        yield _parse_lines(numbered, 1), numbered[0]


def _unquote(path: str) -> str:
    from urllib.parse import unquote  # imported only if needed

    return unquote(path) if "%" in path else path


def _parse_lines(match: re.Match[str], group: int) -> Lines:
    numbers = [number for number in match.groups()[group - 1 : group + 3] if number and number.isdecimal()]
    return _parse_number(numbers[0]), _parse_number(numbers[-1])


def _parse_number(digits: str) -> int:
    """The number, capped to avoid huge integers."""
    digits = digits.lstrip("0") or "0"
    return int(digits) if len(digits) < _MAX_LINE_DIGITS else 10**_MAX_LINE_DIGITS


def _is_path(path: str) -> bool:
    """Whether it looks like a file path, not like a host, a time or a ratio."""
    if len(path) > MAX_PATH_CHARACTERS:
        return False
    first, slash, _ = path.partition("/")
    last = path.replace("\\", "/").rpartition("/")[2]
    if _HOST_OR_DOI.fullmatch(first) or not any(character.isalpha() for character in last):
        return False
    return bool(slash) or bool(_EXTENSION.fullmatch(last[max(last.rfind("."), 0) :]))


def _strip_unclosed_bracket(run: str) -> str:
    """What follows the last unclosed bracket, as in `(see(a.md`."""
    closed = 0
    for index in range(len(run) - 1, -1, -1):
        if run[index] in ")]":
            closed += 1
        elif run[index] in "([":
            if not closed:
                return run[index + 1 :]
            closed -= 1
    return run
