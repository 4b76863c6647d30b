"""What in a report cites a file of the repository, and what only looks like it.

A citation is one of these, outside fenced code:

- A path with lines: `a/b.md:10`, `a/b.md:10-20`, `a/b.md:L10`, `a/b.md#L10`, `a/b.md#L10-L20`, in backticks or not; a
  column (`:10:5`) is passed over. Several lines of one file (`a/b.md:10,20-30`, `a/b.md#L10,L20`, `a/b.md:1, 2 and 3`)
  are a citation each; where white space stands before such a number and a word behind it, the number belongs to that
  word. The last name has an extension that begins with a letter, or there is a slash: so
  `12:30`, `localhost:3000`, `C++:1` and `key: 1` are none. Nor is a web address, with its scheme or without: a first
  name such as `example.com`. Nor is a DOI. The path holds no white space; brackets round it are not part of it.
- A link of Markdown without a scheme: `[text](path)`, `![text](path)`, `[x]: path`, and `<a/b.md>` where it has a slash
  and an extension. Not in code of any kind. `#anchor` alone stays on the page and is none.
"""

import re
from collections.abc import Iterable, Iterator
from heapq import merge
from typing import Final, NamedTuple

from gate_tests.parsers.markdown_code import LineCounter, blanked, without_code_blocks, without_code_spans

MOST_PATH_CHARACTERS: Final = 1000
_DIGITS_OF_NO_LINE: Final = 18

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
_ALONE: Final = rf"(?=[ \t]*+(?:[^\w \t]|$|{_WORDS}))"
"""Behind a number that stands behind white space: no word that it may count."""
_FURTHER: Final = rf"(?:#?L)?(\d++){_LAST}(?:[:C]\d++)?"
_NUMBERED: Final = re.compile(_FURTHER)
_MORE: Final = rf"((?:(?:[{_COMMAS}+]{_FURTHER}{_END}|{_AND}{_FURTHER}{_END}{_ALONE}))*+)"
_NAMES: Final = r"[\w./\\@+~%()\[\]$-]"
_WITH_LINES: Final = re.compile(rf"(?<!{_NAMES})({_NAMES}++){_LINES}{_END}{_MORE}", re.MULTILINE)
_FURTHER_LINES: Final = 6
"""The group of both that holds what is named behind the first lines."""
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
_ELSEWHERE: Final = re.compile(
    r"[^./][^/]*\.(?:com|org|net|edu|gov|io|dev|app|ai|co|local|internal|localhost)|10\.\d{4,9}", re.IGNORECASE
)
"""The first name of a path that begins with a host, or of a DOI."""

Lines = tuple[int, int]
"""The first and the last line that is cited."""


class Citation(NamedTuple):
    """What cites a file: where in the report, as written, the path, and the lines of it if any are named."""

    line: int
    text: str
    path: str
    lines: Lines | None
    is_link: bool


def citations(text: str) -> Iterator[Citation]:
    """The citations of a report: those with lines first, then the links, each in the order of the text."""
    blocks_out = without_code_blocks(text)
    code_out = without_code_spans(blocks_out)
    targets = ((match.start() + 1, match.end()) for match in _targets(code_out))
    yield from _paths_with_lines(blanked(blocks_out, targets))
    yield from _links(code_out)


def _targets(text: str) -> Iterable[re.Match[str]]:
    """The targets of links with what announces them, in order; what a link is called is no part of it."""
    return merge(*(pattern.finditer(text) for pattern in (_INLINE, _DEFINITION, _ANGLED)), key=re.Match.start)


def _paths_with_lines(text: str) -> Iterator[Citation]:
    counted = LineCounter(text)
    for match in _WITH_LINES.finditer(_ADDRESS.sub(lambda match: " " * len(match[0]), text)):
        path = _unbracketed(match[1])
        if _is_path(path):
            line, named = counted.line(match.start()), text[match.end(1) : match.start(_FURTHER_LINES)]
            yield Citation(line, path + named, path, _numbers(match, 2), False)
            for lines, written in _further(match):
                yield Citation(line, f"{path}:{written}", path, lines, False)


def _links(text: str) -> Iterator[Citation]:
    counted = LineCounter(text)
    for match in _targets(text):
        target = match[match.lastindex or 0]
        for path, lines in _linked(_ESCAPED.sub(r"\1", target)):
            yield Citation(counted.line(match.start()), target, path, lines, is_link=True)


def _linked(target: str) -> Iterator[tuple[str, Lines | None]]:
    """The path that the target of a link names with each of its lines; nothing where it is not about a file of ours."""
    with_lines = _TARGET_WITH_LINES.fullmatch(target)
    if with_lines and _is_path(with_lines[1]):
        path = _unquoted(with_lines[1])
        yield path, _numbers(with_lines, 2)
        yield from ((path, lines) for lines, _ in _further(with_lines))
    elif not (target.startswith(("#", "?")) or _SCHEME.match(target)):
        yield _unquoted(re.split("[#?]", target, maxsplit=1)[0]), None


def _further(match: re.Match[str]) -> Iterator[tuple[Lines, str]]:
    """The lines that are named behind the first, and how."""
    for numbered in _NUMBERED.finditer(match.string, *match.span(_FURTHER_LINES)):
        yield _numbers(numbered, 1), numbered[0]


def _unquoted(path: str) -> str:
    from urllib.parse import unquote  # few reports need it

    return unquote(path) if "%" in path else path


def _numbers(match: re.Match[str], group: int) -> Lines:
    numbers = [number for number in match.groups()[group - 1 : group + 3] if number and number.isdecimal()]
    return _number(numbers[0]), _number(numbers[-1])


def _number(digits: str) -> int:
    """What they say; beyond all lines there can be, it does not matter how far."""
    digits = digits.lstrip("0") or "0"
    return int(digits) if len(digits) < _DIGITS_OF_NO_LINE else 10**_DIGITS_OF_NO_LINE


def _is_path(path: str) -> bool:
    """Whether it has the form of a path to a file, and not that of a host, a time or a ratio."""
    if len(path) > MOST_PATH_CHARACTERS:
        return False
    first, slash, _ = path.partition("/")
    last = path.replace("\\", "/").rpartition("/")[2]
    if _ELSEWHERE.fullmatch(first) or not any(character.isalpha() for character in last):
        return False
    return bool(slash) or bool(_EXTENSION.fullmatch(last[max(last.rfind("."), 0) :]))


def _unbracketed(run: str) -> str:
    """What follows the last bracket that nothing in the run closes, as in `(see(a.md`."""
    closed = 0
    for index in range(len(run) - 1, -1, -1):
        if run[index] in ")]":
            closed += 1
        elif run[index] in "([":
            if not closed:
                return run[index + 1 :]
            closed -= 1
    return run
