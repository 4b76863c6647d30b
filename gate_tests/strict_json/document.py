"""Strict JSON documents that know the line of each value.

`json` keeps no positions. They are needed for messages only, so they are found on demand: the text is walked again, in
time that is proportional to its length, however deeply it is nested.
"""

import errno
import os
import re
from collections.abc import Callable
from functools import cached_property
from pathlib import Path
from typing import Any, Final

from gate_tests.files.regular_file import FileTooLarge, NotRegularFile, read_regular_file
from gate_tests.files.short_hash import hash_content
from gate_tests.strict_json.parse import decode, parse_json
from gate_tests.strict_json.positions import find_ends, iterate_children, skip_separators
from gate_tests.strict_json.unreadable import InaccessibleDocument, UnreadableDocument

JsonPath = tuple[str | int, ...]

_NOT_A_FILE_ERRNOS: Final = frozenset((errno.ELOOP, errno.ENAMETOOLONG, errno.ENOTDIR, errno.ENXIO))
"""Errors that mean there can be no file at the path; others are not errors of the file."""


class Document:
    """A parsed JSON file. `path` is for messages: relative to the root, POSIX style."""

    def __init__(self, path: str, data: Any, content: bytes) -> None:
        self.path = path
        self.data = data
        self.content = content
        self._children: dict[int, dict[str | int, int]] = {}

    @classmethod
    def read(cls, root: Path, path: str, cached: "Document | None" = None, content: bytes | None = None) -> "Document":
        """Read `root/path`, or return `cached` if no byte has changed. `content`: its bytes, if they have been read.

        Raises FileNotFoundError, UnreadableDocument.
        """
        try:
            content = read_regular_file(root / path) if content is None else content
            return cached if cached and cached.content == content else cls.parse(path, content)
        except FileNotFoundError:
            raise
        except NotRegularFile as error:
            raise UnreadableDocument(path, f"{error.strerror}; expected a JSON file") from None
        except FileTooLarge as error:
            raise UnreadableDocument(path, str(error.strerror)) from None
        except MemoryError:
            raise InaccessibleDocument(path, f"cannot be read: {os.strerror(errno.ENOMEM)}") from None
        except OSError as error:
            error_type = UnreadableDocument if error.errno in _NOT_A_FILE_ERRNOS else InaccessibleDocument
            raise error_type(path, f"cannot be read: {error.strerror}") from None

    @classmethod
    def parse(cls, path: str, content: bytes, parse_float: Callable[[str], float] = float) -> "Document":
        """Parse UTF-8 JSON; a byte order mark is dropped. Raises UnreadableDocument.

        `parse_float` makes a float of its literal, unless it is just how we would serialize it.
        """
        return cls(path, parse_json(path, content, parse_float), content)

    def line(self, json_path: JsonPath) -> int:
        """The line on which the value at `json_path`, or its nearest existing ancestor, begins."""
        offset = self._start_of_root
        for key in json_path:
            children = self._children_at(offset)
            if key not in children:
                break
            offset = children[key]
        return self._line_at(offset)

    def at(self, json_path: JsonPath) -> str:
        """`file:line: $.json.path`, the beginning of every message about a value."""
        return f"{self.path}:{self.line(json_path)}: {format_json_path(json_path)}"

    @cached_property
    def text(self) -> str:
        """The decoded content. Not kept from parsing, so that a large record is not in memory twice."""
        return decode(self.content)

    @cached_property
    def sha256(self) -> str:
        """The hash of the file's bytes."""
        return hash_content(self.content)

    @cached_property
    def _start_of_root(self) -> int:
        return skip_separators(self.text, 0)

    @cached_property
    def _ends(self) -> dict[int, int]:
        return find_ends(self.text)

    @cached_property
    def _line_ends(self) -> list[int]:
        return [match.start() for match in re.finditer("\n", self.text)]

    def _line_at(self, offset: int) -> int:
        from bisect import bisect_left

        return bisect_left(self._line_ends, offset) + 1

    def _children_at(self, offset: int) -> dict[str | int, int]:
        if offset not in self._children:
            self._children[offset] = dict(iterate_children(self.text, offset, self._ends))
        return self._children[offset]


def format_json_path(json_path: JsonPath) -> str:
    """Format a JSON path for messages, as in `$.validations[1].target`."""
    return "$" + "".join(f"[{key}]" if isinstance(key, int) else f".{key}" for key in json_path)
