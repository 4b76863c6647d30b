"""Finds headings that name a source: `### Source`, and then nothing, a number or punctuation."""

import re
from collections.abc import Iterator
from typing import Final, NamedTuple

from gate_tests.parsers.markdown import is_markdown
from gate_tests.parsers.markdown.block import Block, BlockKind
from gate_tests.parsers.markdown.headings import find_headings, normalize_title
from gate_tests.parsers.markdown.parse import parse_blocks

LEVEL: Final = 3

_SOURCE: Final = re.compile(r"source\s*+", re.IGNORECASE)
_ROMAN_NUMBER: Final = re.compile(r"[IVXLC]{1,7}+\s*+(?:\Z|[^\w\s'’])")
_ENDS_WORD: Final = re.compile(r"['’]\w")
_BEGINS_WITH_SOURCE: Final = re.compile(r"sources?\b", re.IGNORECASE)
_NO_WORD: Final = re.compile(r"[\W_]+")
_PLAIN_HEADING: Final = re.compile(r"^ {0,3}(#{1,3})[ \t]++([^\n]*+)$", re.MULTILINE)


class Title(NamedTuple):
    """A heading of the third level, or another: its level and its text."""

    level: int
    text: str

    @property
    def names_source(self) -> bool:
        """Whether it is `### Source`, or that and a number or punctuation."""
        found = _SOURCE.match(self.text) if self.level == LEVEL else None
        return found is not None and _is_number_or_punctuation(self.text[found.end() :])

    @property
    def is_near_miss(self) -> bool:
        """Whether it begins with "source", but does not name one."""
        return not self.names_source and _BEGINS_WITH_SOURCE.match(self.text) is not None

    @property
    def opens_list(self) -> bool:
        """Whether it stands above several sources, rather than above each."""
        return _simplify(self.text) == "sources"


def _is_number_or_punctuation(following: str) -> bool:
    """Whether `following` is empty, or does not begin with a letter but for a number such as IV."""
    return not (following[:1].isalpha() or _ENDS_WORD.match(following)) or bool(_ROMAN_NUMBER.match(following))


def find_titles(text: str, path: str, max_bytes: int) -> Iterator[Title]:
    """All headings. In files other than Markdown they are lines that begin with `#`. Raises TooLargeToParse."""
    if is_markdown(path):
        return (Title(each.level, each.text) for each in find_headings(text, path, max_bytes))
    return (Title(*each) for each in _find_plain_headings(text))


def count_distinct(text: str, path: str, max_bytes: int) -> int:
    """The distinct headings that name a source; of equal ones each with other text below it. Raises TooLargeToParse."""
    titles: set[str] = set()
    for title in find_titles(text, path, max_bytes):
        if not title.names_source:
            continue
        known = len(titles)
        titles.add(_simplify(title.text))
        if len(titles) == known:
            return _count_distinct_sections(text, path, max_bytes)
    return len(titles)


def _count_distinct_sections(text: str, path: str, max_bytes: int) -> int:
    texts: dict[str, set[int]] = {}
    for title, below in _find_texts_below(text, path, max_bytes):
        texts.setdefault(title, set()).update((hash(below),) if below else ())
    return sum(len(below) or 1 for below in texts.values())


def _simplify(text: str) -> str:
    """Letters and digits only: what is left is compared."""
    return _NO_WORD.sub(" ", text).strip().casefold()


def _find_texts_below(text: str, path: str, max_bytes: int) -> Iterator[tuple[str, str]]:
    """The titles that name a source, each with the text up to the next heading of its level or a higher one."""
    title: str | None = None
    below: list[str] = []
    for part in _find_titles_and_texts(text, path, max_bytes):
        if isinstance(part, str) or part.level > LEVEL:
            if title is not None:
                below.append(part if isinstance(part, str) else part.text)
        else:
            if title is not None:
                yield title, _simplify(" ".join(below))
            title, below = _simplify(part.text) if part.names_source else None, []
    if title is not None:
        yield title, _simplify(" ".join(below))


def _find_titles_and_texts(text: str, path: str, max_bytes: int) -> Iterator[Title | str]:
    if not is_markdown(path):
        end = 0
        for match in _PLAIN_HEADING.finditer(text):
            yield text[end : match.start()]
            yield Title(*_read_plain_heading(match))
            end = match.end()
        yield text[end:]
        return
    for block in parse_blocks(text, path, max_bytes):
        is_heading = block.kind is BlockKind.HEADING and not block.is_nested
        yield Title(block.level, normalize_title(block.text)) if is_heading else _read_block(block)


def _read_block(block: Block) -> str:
    return " ".join((block.text, *(span.target for span in block.spans)))


def _find_plain_headings(text: str) -> Iterator[tuple[int, str]]:
    return map(_read_plain_heading, _PLAIN_HEADING.finditer(text))


def _read_plain_heading(match: re.Match[str]) -> tuple[int, str]:
    return len(match[1]), normalize_title(match[2].rstrip("# \t"))
