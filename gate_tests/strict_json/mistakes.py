"""Finds the first mistake in a text that is not JSON, and says what it is in the words of people who write JSON.

`json` says what it expected at the place where it gave up, and each version of Python differs. This walks the
text once, in time that is proportional to its length, and gives the place where the text has to be edited.
"""

import re
from collections.abc import Iterator
from typing import Final

from gate_tests.strict_json.bad_strings import describe_bad_string, describe_text_after_string
from gate_tests.strict_json.bad_values import begins_word, describe_bad_value, find_ellipsis, name_character, show_word
from gate_tests.strict_json.positions import find_open_brackets
from gate_tests.strict_json.unreadable import Mistake

_SPACE: Final = re.compile(r"[ \t\n\r]*")
_STRING: Final = re.compile(r'"(?:[^"\\\x00-\x1f]++|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*+"')
_SCALAR: Final = re.compile(r"(?:-?(?:0|[1-9][0-9]*+)(?:\.[0-9]++)?(?:[eE][+-]?[0-9]++)?|true|false|null)(?![\w.+-])")
_COMMENT: Final = re.compile(r"//|/\*|#|<!--|--(?=\s)")
_THOUSANDS: Final = re.compile(r"(?<=\d,)\d{3}(?![\w\"'])")
_FENCE: Final = re.compile(r"```|~~~")
_TEXT: Final = re.compile(r"(?!(?:true|false|null)\b)[^\W\d]")
_CLOSING: Final = {"{": "}", "[": "]"}


def find_mistake(text: str, valid_until: int = 0) -> Mistake | None:
    """The first mistake in the text, None if it is JSON.

    Up to `valid_until` it has none: only brackets and commas are read there, which takes a tenth of the time.
    """
    return next(_Scanner(text, *find_open_brackets(text, valid_until)).scan(), None)


class _Scanner:
    """Walks a text token by token.

    `open_brackets` are the offsets of those that are not closed yet; `is_begun` if nothing follows the last one yet.
    """

    def __init__(self, text: str, open_brackets: list[int], offset: int) -> None:
        self.text = text
        self.offset = self.value_begin = self.value_end = offset
        self.open_brackets = open_brackets
        self.is_begun = offset > 0 and text[offset - 1] in "{["

    def scan(self) -> Iterator[Mistake]:
        """The mistakes; only the first one is meaningful."""
        if self.offset == 0:
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
            self.value_begin, self.offset = match.span()
            self.value_end = self.offset
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
        if ellipsis := find_ellipsis(self.text, self.offset):
            return ellipsis
        if _THOUSANDS.match(self.text, self.offset):
            return Mistake("number with ','; write it without", self.value_begin)
        if not begins_word(self.text, self.offset):
            return Mistake(f"expected a key in double quotes, found {name_character(self._next)}", self.offset)
        return Mistake(f"key without double quotes: {show_word(self.text, self.offset)}", self.offset)

    def _describe_no_colon(self) -> Mistake:
        if common := self._describe_comment() or self._describe_broken_string():
            return common
        if self._next and self._next not in ",}]" and not self._begins_value():
            return Mistake(f"expected ':' after the key, found {name_character(self._next)}", self.offset)
        return Mistake("missing ':' after the key", self.value_end)

    def _describe_no_comma(self) -> Mistake:
        """The mistake where neither a comma nor the end follows a value."""
        if common := self._describe_comment() or self._describe_end() or self._describe_wrong_end():
            return common
        if self._next == ":" and self._bracket == "[":
            return Mistake("':' in a list; only objects, in '{' and '}', have keys", self.offset)
        if common := self._describe_broken_string() or find_ellipsis(self.text, self.offset):
            return common
        if not self._begins_value():
            expected = f"',' or {_CLOSING[self._bracket]!r}"
            return Mistake(f"expected {expected}, found {name_character(self._next)}", self.offset)
        return Mistake("missing ','", self.value_end)

    def _begins_value(self) -> bool:
        """Whether a value or key might begin here, in whatever quotes."""
        return (
            self._next in ("{", "[")
            or begins_word(self.text, self.offset)
            or describe_bad_string(self.text, self.offset) is not None
        )

    def _describe_broken_string(self) -> Mistake | None:
        """The mistake in the string before the text that follows it on its line, if any does."""
        if self.text[self.value_end - 1 : self.value_end] != '"':
            return None
        is_followed = self.text.startswith('"""', self.value_begin) and self.offset == self.value_end
        if is_followed or self._is_text_on_same_line():
            return describe_text_after_string(self.text, self.value_begin, self.value_end)
        return None

    def _is_text_on_same_line(self) -> bool:
        is_text = _TEXT.match(self.text, self.offset) is not None
        return is_text and "\n" not in self.text[self.value_end : self.offset]

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
