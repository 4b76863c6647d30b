"""Where values begin and end in the text of a valid JSON document: character offsets, and lines from 1.

`JSONDecoder.raw_decode` is the step over each value that is no object or array.
"""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Final

_SEPARATORS: Final = re.compile(r"[ \t\n\r,:]*")
_TO_BRACKET: Final = r"""[^"{}\[\]]*+(?:"[^"\\]*+(?:\\.[^"\\]*+)*+"[^"{}\[\]]*+)*+[{}\[\]]"""
"""All up to the next bracket that is not part of a string."""
_TO_BRACKET_OR_COMMA: Final = _TO_BRACKET.replace(r"{}\[\]", r"{}\[\],")
_DECODER: Final = json.JSONDecoder()


def find_ends(text: str) -> dict[int, int]:
    """The offset after each object and array of a valid document, by the offset of its beginning."""
    ends: dict[int, int] = {}
    begun: list[int] = []
    for match in re.finditer(_TO_BRACKET, text):
        if text[match.end() - 1] in "{[":
            begun.append(match.end() - 1)
        else:
            ends[begun.pop()] = match.end()
    return ends


def find_open_brackets(text: str, end: int) -> tuple[list[int], int]:
    """The offsets of the objects and arrays that are open at `end`, and where to read on: after the last bracket before
    it, or at a comma after that. Up to `end` the text must be valid; it may be within a string.
    """
    to_bracket_or_comma, offset, open_brackets = re.compile(_TO_BRACKET_OR_COMMA), 0, list[int]()
    while match := to_bracket_or_comma.match(text, offset, end):
        offset = match.end()
        if text[offset - 1] in "{[":
            open_brackets.append(offset - 1)
        elif text[offset - 1] in "}]":
            open_brackets.pop()
    return open_brackets, offset - (text[offset - 1 : offset] == ",")


def iterate_children(text: str, offset: int, ends: Mapping[int, int]) -> Iterator[tuple[str | int, int]]:
    """The keys of the object, or indexes of the array, that begins at `offset`, each with the offset of its value.

    `ends` are those of all objects and arrays in the text.
    """
    if text[offset] not in "{[":
        return
    is_object, index = text[offset] == "{", 0
    offset = skip_separators(text, offset + 1)
    while text[offset] not in "}]":
        key: str | int = index
        if is_object:
            key, offset = _DECODER.raw_decode(text, offset)
            offset = skip_separators(text, offset)
        yield key, offset
        offset = ends.get(offset) or _DECODER.raw_decode(text, offset)[1]
        offset, index = skip_separators(text, offset), index + 1


def skip_separators(text: str, offset: int) -> int:
    """The offset of the next token after white space, commas and colons."""
    match = _SEPARATORS.match(text, offset)
    return match.end() if match else offset


def find_line(text: str, offset: int) -> int:
    """The line of this offset."""
    return text.count("\n", 0, max(offset, 0)) + 1
