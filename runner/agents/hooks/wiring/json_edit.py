"""Edits JSON text at one place and leaves every other byte as it is.

What was inserted can be removed again without a trace: a container that we make has white space before its first
value, and what is put into an empty container that was there has none. So a removal knows whose container it empties.
"""

import json
from typing import Any, Final, NamedTuple

from gate_tests.strict_json.positions import find_ends, skip_separators

JsonPath = tuple[str | int, ...]
_DECODER: Final = json.JSONDecoder()


class _Child(NamedTuple):
    """A member of an object or a value in a list: where it begins, where its value does, and where both end."""

    key: str | int
    start: int
    value: int
    end: int


class JsonText:
    """The text of a valid JSON document, without a byte order mark."""

    def __init__(self, text: str) -> None:
        self.text = text
        self._ends = find_ends(text)
        self._root = skip_separators(text, 0)

    def insert(self, path: JsonPath, value: Any, key: str | None = None) -> "JsonText":
        """Adds the value at the end of the list at `path`, or as the member `key` of the object there."""
        offset = self._find(path)
        children = self._list_children(offset)
        member = f"{_encode_text(key)}{': ' if self._has_spaces else ':'}" if key is not None else ""
        if not children:
            indent = self._indent_of_line(offset)
            return JsonText(f"{self.text[: offset + 1]}{member}{self._encode(value, indent)}{self.text[offset + 1 :]}")
        last = children[-1]
        before = self.text[offset + 1 : children[0].start]
        separator = f",{before}" if "\n" in before else ", " if self._has_spaces else ","
        indent = before.rpartition("\n")[2] if "\n" in before else None
        return JsonText(
            f"{self.text[: last.end]}{separator}{member}{self._encode(value, indent)}{self.text[last.end :]}"
        )

    def replace(self, path: JsonPath, value: Any) -> "JsonText":
        """Puts the value in the place of the one at `path`."""
        offset = self._find(path)
        end = self._ends.get(offset) or _DECODER.raw_decode(self.text, offset)[1]
        is_multiline = "\n" in self.text[offset:end]
        indent = self._indent_of_line(offset) if is_multiline else None
        return JsonText(f"{self.text[:offset]}{self._encode(value, indent)}{self.text[end:]}")

    def remove(self, path: JsonPath) -> "JsonText | None":
        """Takes out the value at `path`, and the containers that we made for it alone; None if nothing is left."""
        if not path:
            return None
        offset = self._find(path[:-1])
        children = self._list_children(offset)
        index = next(index for index, child in enumerate(children) if child.key == path[-1])
        child = children[index]
        if len(children) > 1:
            start, end = (children[index - 1].end, child.end) if index else (child.start, children[1].start)
        elif self.text[offset + 1 : child.start]:
            return self.remove(path[:-1])
        else:
            start, end = child.start, child.end
        return JsonText(self.text[:start] + self.text[end:])

    def _find(self, path: JsonPath) -> int:
        offset = self._root
        for key in path:
            offset = next(child.value for child in self._list_children(offset) if child.key == key)
        return offset

    def _list_children(self, offset: int) -> list[_Child]:
        is_object, children = self.text[offset] == "{", list[_Child]()
        offset = skip_separators(self.text, offset + 1)
        while self.text[offset] not in "}]":
            key: str | int = len(children)
            start = value = offset
            if is_object:
                key, value = _DECODER.raw_decode(self.text, offset)
                value = skip_separators(self.text, value)
            end = self._ends.get(value) or _DECODER.raw_decode(self.text, value)[1]
            children.append(_Child(key, start, value, end))
            offset = skip_separators(self.text, end)
        return children

    @property
    def _has_spaces(self) -> bool:
        """Whether the text has white space between its tokens, or is too short to say."""
        return any(separator in self.text for separator in (": ", ", ", "\n")) or ":" not in self.text

    @property
    def _newline(self) -> str:
        return "\r\n" if "\r\n" in self.text else "\n"

    @property
    def _indent_unit(self) -> str:
        """The indentation of the first indented line."""
        for line in self.text.splitlines():
            if (indent := line[: len(line) - len(line.lstrip(" \t"))]) and line.strip():
                return indent
        return "  "

    def _indent_of_line(self, offset: int) -> str | None:
        """The indentation of the line; None where the whole text is one line with something in it."""
        line = self.text[self.text.rfind("\n", 0, offset) + 1 : offset]
        is_one_line = "\n" not in self.text.strip() and len(self.text.strip()) > len("{}")
        return None if is_one_line else line[: len(line) - len(line.lstrip(" \t"))]

    def _encode(self, value: Any, indent: str | None) -> str:
        """The value as the text is written; `indent` None: in one line."""
        if indent is None:
            return _encode_line(value, has_spaces=self._has_spaces)
        return format_json(value, f"{self._newline}{indent}", self._indent_unit)


def format_json(value: Any, newline: str = "\n", unit: str = "  ") -> str:
    """The value in lines, as people write it: a list of texts in one. `newline`: with the indentation of the value."""
    is_short = isinstance(value, list) and all(isinstance(each, str) for each in value)
    if not value or is_short or not isinstance(value, dict | list):
        return json.dumps(value, ensure_ascii=False)
    inner = newline + unit
    if isinstance(value, dict):
        lines = [f"{_encode_text(key)}: {format_json(each, inner, unit)}" for key, each in value.items()]
        return f"{{{inner}{f',{inner}'.join(lines)}{newline}}}"
    return f"[{inner}{f',{inner}'.join(format_json(each, inner, unit) for each in value)}{newline}]"


def _encode_line(value: Any, *, has_spaces: bool) -> str:
    """The value in one line, with a space at the beginning of each container: the sign of text that was made here."""
    comma, colon = (", ", ": ") if has_spaces else (",", ":")
    if isinstance(value, dict) and value:
        members = (
            f"{_encode_text(key)}{colon}{_encode_line(each, has_spaces=has_spaces)}" for key, each in value.items()
        )
        return f"{{ {comma.join(members)} }}"
    if isinstance(value, list) and value:
        return f"[ {comma.join(_encode_line(each, has_spaces=has_spaces) for each in value)} ]"
    return _encode_text(value)


def _encode_text(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)
