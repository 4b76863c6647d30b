"""Finds the first mistake in a text that is not JSON, and says what it is in the words of people who write JSON.

`json` says what it expected at the place where it gave up, and each version of Python differs. This walks the
text once, in time that is proportional to its length, and gives the place where the text has to be edited.
"""

import re
from collections.abc import Iterator
from typing import Final

from gate_tests.strict_json.bad_strings import describe_bad_string
from gate_tests.strict_json.bad_values import describe_bad_value, show_word
from gate_tests.strict_json.unreadable import Mistake

_SPACE: Final = re.compile(r"[ \t\n\r]*")
_STRING: Final = re.compile(r'"(?:[^"\\\x00-\x1f]++|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*+"')
_SCALAR: Final = re.compile(r"(?:-?(?:0|[1-9][0-9]*+)(?:\.[0-9]++)?(?:[eE][+-]?[0-9]++)?|true|false|null)(?![\w.+-])")
_COMMENT: Final = re.compile(r"//|/\*|#")
_FENCE: Final = re.compile(r"```|~~~")
_CLOSING: Final = {"{": "}", "[": "]"}


def find_mistake(text: str) -> Mistake | None:
    """The first mistake in the text, None if it is JSON."""
    return next(_Scanner(text).scan(), None)


class _Scanner:
    """Walks a text token by token.

    `open_brackets` are the offsets of those that are not closed yet; `is_begun` if nothing follows the last one yet.
    """

    def __init__(self, text: str) -> None:
        self.text = text
        self.offset = 0
        self.value_end = 0
        self.open_brackets: list[int] = []
        self.is_begun = False

    def scan(self) -> Iterator[Mistake]:
        """The mistakes; only the first one is meaningful."""
        yield from self._scan_value("")
        while self.open_brackets:
            yield from self._scan_first_member() if self.is_begun else self._scan_member()
        if self._skip_space() < len(self.text):
            yield self._describe_rest()

    def _skip_space(self) -> int:
        match = _SPACE.match(self.text, self.offset)
        self.offset = match.end() if match else self.offset
        return self.offset

    @property
    def _next(self) -> str:
        """The next character; empty at the end."""
        return self.text[self.offset : self.offset + 1]

    @property
    def _bracket(self) -> str:
        return self.text[self.open_brackets[-1]]

    def _accept(self, token: re.Pattern[str]) -> bool:
        match = token.match(self.text, self.offset)
        if match:
            self.offset = self.value_end = match.end()
        return match is not None

    def _scan_value(self, before: str) -> Iterator[Mistake]:
        """Step over a scalar, or the bracket with which an object or array begins; `before` is the token before it."""
        self._skip_space()
        if self._next and self._next in "{[":
            self.open_brackets.append(self.offset)
            self.offset += 1
            self.is_begun = True
        elif not (self._accept(_STRING) or self._accept(_SCALAR)):
            yield self._describe_no_value(before)

    def _scan_first_member(self) -> Iterator[Mistake]:
        """Step over the first member of an object or array, or over its end."""
        self.is_begun = False
        self._skip_space()
        if self._next == _CLOSING[self._bracket]:
            self._close()
        elif self._next == ",":
            yield Mistake("extra ','", self.offset)
        else:
            yield from self._scan_key_and_value(self._bracket)

    def _scan_member(self) -> Iterator[Mistake]:
        """Step over a comma and the member after it, or over the end of an object or array."""
        self._skip_space()
        if self._next == _CLOSING[self._bracket]:
            self._close()
            return
        if self._next != ",":
            yield self._describe_no_comma()
        comma = self.offset
        self.offset += 1
        self._skip_space()
        if self._next == ",":
            yield Mistake("extra ','", self.offset)
        if self._next and self._next in "}]":
            yield Mistake(f"trailing comma before {self._next!r}", comma)
        yield from self._scan_key_and_value(",")

    def _scan_key_and_value(self, before: str) -> Iterator[Mistake]:
        if self._bracket == "{":
            if not self._accept(_STRING):
                yield self._describe_no_key()
            self._skip_space()
            if self._next != ":":
                yield self._describe_no_colon()
            self.offset = self.value_end = self.offset + 1
            before = ":"
        yield from self._scan_value(before)

    def _close(self) -> None:
        self.open_brackets.pop()
        self.offset = self.value_end = self.offset + 1

    def _describe_no_value(self, before: str) -> Mistake:
        if before == ":" and (not self._next or self._next in ",}]"):
            return Mistake("missing value after ':'", self.value_end)
        return self._describe_common("a value") or describe_bad_value(self.text, self.offset, before)

    def _describe_no_key(self) -> Mistake:
        if common := self._describe_common("a key"):
            return common
        word = show_word(self.text, self.offset)
        if self._next in "{[":
            return Mistake(f"expected a key in double quotes, found {self._next!r}", self.offset)
        return Mistake(f"key without double quotes: {word}", self.offset)

    def _describe_no_colon(self) -> Mistake:
        if self._next and self._next in "=;":
            return Mistake(f"expected ':' after the key, found {self._next!r}", self.offset)
        return self._describe_comment() or Mistake("missing ':' after the key", self.value_end)

    def _describe_no_comma(self) -> Mistake:
        """The mistake where neither a comma nor the end follows a value."""
        if common := self._describe_comment() or self._describe_end() or self._describe_wrong_end():
            return common
        if self._next == ":" and self._bracket == "[":
            return Mistake("':' in a list; only objects, in '{' and '}', have keys", self.offset)
        if self.text[self.value_end - 1] == '"' and self._is_text_on_same_line():
            return Mistake("unescaped '\"' in a string; write \\\"", self.value_end - 1)
        if self._next in ";:=|+":
            return Mistake(f"expected ',' or {_CLOSING[self._bracket]!r}, found {self._next!r}", self.offset)
        return Mistake("missing ','", self.value_end)

    def _is_text_on_same_line(self) -> bool:
        between = self.text[self.value_end : self.offset]
        return "\n" not in between and re.match(r"(?!(?:true|false|null)\b)[^\W\d]", self._next) is not None

    def _describe_common(self, expected: str) -> Mistake | None:
        """The mistake that may be made before a key and a value alike."""
        return (
            self._describe_comment()
            or self._describe_end()
            or self._describe_wrong_end()
            or (Mistake("extra ','", self.offset) if self._next == "," else None)
            or (Mistake(f"expected {expected}, found ':'", self.offset) if self._next == ":" else None)
            or describe_bad_string(self.text, self.offset)
        )

    def _describe_comment(self) -> Mistake | None:
        if _COMMENT.match(self.text, self.offset):
            return Mistake("JSON has no comments", self.offset)
        if _FENCE.match(self.text, self.offset):
            return Mistake("the fence of a Markdown code block is not part of JSON", self.offset)
        return None

    def _describe_end(self) -> Mistake | None:
        if self.offset < len(self.text):
            return None
        end = len(self.text.rstrip())
        if not self.open_brackets:
            return Mistake("expected a value, found the end of the file", end)
        return Mistake(f"missing {self._describe_closing()}", end)

    def _describe_closing(self) -> str:
        line = self.text.count("\n", 0, self.open_brackets[-1]) + 1
        return f"{_CLOSING[self._bracket]!r} for the {self._bracket!r} of line {line}"

    def _describe_wrong_end(self) -> Mistake | None:
        if self._next not in ("}", "]"):
            return None
        if not self.open_brackets:
            return Mistake(f"extra {self._next!r}", self.offset)
        return Mistake(f"expected {self._describe_closing()}, found {self._next!r}", self.offset)

    def _describe_rest(self) -> Mistake:
        """The mistake after the end of the document."""
        if found := self._describe_comment() or self._describe_wrong_end():
            return found
        if self._next == ",":
            return Mistake("extra ',' after the end of the document", self.offset)
        if self._next in '{["':
            return Mistake("a second document; expected the end of the file", self.offset)
        return Mistake(f"text after the end of the document: {show_word(self.text, self.offset)}", self.offset)
