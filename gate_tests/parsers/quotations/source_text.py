"""Reads sources as a reader sees them, without a parser: in chunks, to need little memory."""

import re
from collections.abc import Iterator
from io import StringIO
from typing import Final

from gate_tests.parsers.quotations.line_hyphens import join_words, read_hyphens
from gate_tests.parsers.quotations.wording import normalize_wording

_CHUNK: Final = 1 << 17  # characters
_MAX_CHUNK: Final = 1 << 19
_JSON_SUFFIXES: Final = (".json", ".jsonl", ".ndjson")
_HTML_SUFFIXES: Final = (".html", ".htm", ".xhtml")
_JSX_SUFFIXES: Final = (".mdx", ".jsx", ".tsx")
_SUBTITLE_SUFFIXES: Final = (".srt", ".vtt", ".sbv")
_CUE: Final = (
    r"(?m)^(?:\d{1,9}[ \t]*\n)?+(?:\d[\d:.]{3,15}|\d[\d:]{3,15},\d{3})(?:[ \t]*-->[ \t]*\d|,\d+:)[^\n]*+$"
    r"|<\d[\d:.]{3,15}>"
)
"""The number and the times of a subtitle, or a time within it."""
_JSON_ESCAPE: Final = r"(?s)\\(?:u([dD][89abAB][0-9A-Fa-f]{2})\\u([dD][c-fC-F][0-9A-Fa-f]{2})|u([0-9A-Fa-f]{4})|(.))"
_JSON_CHARACTERS: Final = {"n": "\n", "r": "\n", "t": "\t", "b": " ", "f": " "}
_BLOCK_QUOTE_PREFIX: Final = r"(?m)^(?:(?:[ \t]|[-*+][ \t]|\d{1,9}[.)][ \t])*+>[ \t]?)++"
_LINE_START: Final = r"\n {0,3}\Z"
_HIDDEN_ELEMENT: Final = re.compile(r"<(script|style|template)\b[^<>]*+>", re.IGNORECASE)
_HIDDEN_ELEMENT_OF_LINE: Final = re.compile(rf"^ {{0,3}}{_HIDDEN_ELEMENT.pattern}", re.IGNORECASE | re.MULTILINE)
_HIDDEN_ELEMENT_END: Final = re.compile(r"</(?:script|style|template)\s{0,20}+>", re.IGNORECASE)
_JSX_COMMENT: Final = re.compile(r"\{\s{0,20}+/\*")
_JSX_COMMENT_END: Final = re.compile(r"\*/\s{0,20}+\}")
_JSX_SPACE: Final = r"\{([\"'])[ ]++\1\}"


def normalize_source(text: str, path: str) -> tuple[str, ...]:
    """The wording of the source at `path`: without comments and scripts, the strings of JSON decoded.

    Where it has words hyphenated at the end of a line, there is a reading with these hyphens and one without.
    """
    name = path.lower()
    if name.endswith(_JSON_SUFFIXES) and "\\" in text:
        text = "".join(map(_decode_json, _split_chunks(text)))
    if "<" in text:
        text = _drop_hidden_elements(strip_comments(text), name)
    if name.endswith(_JSX_SUFFIXES):
        text = re.sub(_JSX_SPACE, " ", _drop(text, _JSX_COMMENT, _JSX_COMMENT_END))
    if name.endswith(_SUBTITLE_SUFFIXES):
        text = re.sub(_CUE, "", text)
    text = "".join(_normalize_chunks(join_words(text)))
    while "  " in text:  # halves each time; splitting into words would take far more memory
        text = text.replace("  ", " ")
    return read_hyphens(text)


def strip_comments(text: str) -> str:
    """The text without HTML comments. One that is not closed extends to the end if it begins a line outside code."""
    if "<!--" not in text:
        return text
    kept, done = StringIO(newline=""), 0
    while (start := text.find("<!--", done)) >= 0:
        end = text.find("-->", start + 2)
        if end < 0:
            break
        kept.write(text[done:start])
        done = end + 3
    is_hidden = start >= 0 and _begins_line(text, start) and not _is_in_fence(text, start)
    kept.write(text[done : start if is_hidden else len(text)])
    return kept.getvalue()


def _begins_line(text: str, offset: int) -> bool:
    return re.search(_LINE_START, "\n" + text[max(offset - 4, 0) : offset]) is not None


def _is_in_fence(text: str, offset: int) -> bool:
    return (text.count("\n```", 0, offset) + text.startswith("```")) % 2 == 1


def _drop_hidden_elements(text: str, name: str) -> str:
    """Without scripts and style sheets. In what is not HTML, they begin a line."""
    if name.endswith(_JSX_SUFFIXES):
        return text
    opening = _HIDDEN_ELEMENT if name.endswith(_HTML_SUFFIXES) else _HIDDEN_ELEMENT_OF_LINE
    return _drop(text, opening, _HIDDEN_ELEMENT_END)


def _drop(text: str, opening: re.Pattern[str], closing: re.Pattern[str]) -> str:
    """The text without what is between the two. Nothing is dropped where none closes it."""
    kept, done = StringIO(newline=""), 0
    while opened := opening.search(text, done):
        closed = closing.search(text, opened.end())
        if not closed:
            break
        kept.write(text[done : opened.start()])
        done = closed.end()
    if not done:
        return text
    kept.write(text[done:])
    return kept.getvalue()


def _decode_json(text: str) -> str:
    """JSON with its escapes decoded; they occur in strings only."""
    return re.sub(_JSON_ESCAPE, _decode_escape, text)


def _decode_escape(escape: re.Match[str]) -> str:
    high, low, code, character = escape.groups()
    if high:
        return chr(0x10000 + ((int(high, 16) & 0x3FF) << 10) + (int(low, 16) & 0x3FF))
    if code:
        number = int(code, 16)
        return "\N{REPLACEMENT CHARACTER}" if 0xD800 <= number < 0xE000 else chr(number)
    return _JSON_CHARACTERS.get(character, character)


def _normalize_chunks(text: str) -> Iterator[str]:
    """The wording of chunk after chunk, with the spaces between them."""
    for chunk in _split_chunks(text):
        begins, ends = chunk[:1].isspace(), chunk[-1:].isspace()
        wording = normalize_wording(re.sub(_BLOCK_QUOTE_PREFIX, "", chunk) if ">" in chunk else chunk)
        yield f"{' ' * begins}{wording}{' ' * ends}"


def _split_chunks(text: str) -> Iterator[str]:
    """Chunks that end before a blank line, else before a line, else before a space, else anywhere."""
    start = 0
    while start < len(text):
        end = _find_chunk_end(text, start) if len(text) - start > _MAX_CHUNK else len(text)
        yield text[start:end]
        start = end


def _find_chunk_end(text: str, start: int) -> int:
    for separator in ("\n\n", "\n", " "):
        end = text.find(separator, start + _CHUNK, start + _MAX_CHUNK)
        if end >= 0:
            return end
    return start + _MAX_CHUNK
