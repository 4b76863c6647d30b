"""Separates the code in a JavaScript or TypeScript file, with JSX or without, from comments, strings and JSX text.

`// from 'd3'` imports nothing. This is a scanner, not a parser: it tracks quotes, braces and tags, visits each
character once, and accepts any text.
"""

import re
from typing import Final, NamedTuple

_SPACE: Final = re.compile(r"\s+")
_WORD: Final = re.compile(r"[\w$]+")
_LINE_COMMENT: Final = re.compile(r"//[^\n]*")
_STRING: Final = re.compile(r"""'((?:[^'\\\n]|\\.)*+)'|"((?:[^"\\\n]|\\.)*+)\"""")
_REST_OF_LINE: Final = re.compile(r"[^\n]*")
_REGEX: Final = re.compile(r"/(?:[^/\\\[\n]|\\[^\n]|\[(?:[^\]\\\n]|\\[^\n])*+\])++/[a-z]*")
_TEMPLATE_TEXT: Final = re.compile(r"(?:[^`\\$]|\\.|\$(?!\{))*+", re.DOTALL)
_JSX_TEXT: Final = re.compile(r"[^<{]+")
_TAG: Final = re.compile(r"<(?!\s*+[A-Za-z_$][\w$]*+\s*+(?:,|extends\b)|[A-Z][0-9]?>\s*+\()(?=[A-Za-z_$>])")
_NAME: Final = re.compile(r"<([\w$.:-]*)")
_TYPE_ARGUMENT: Final = re.compile(r"<[^<>{}\n]*>")
_ESCAPE: Final = re.compile(r"\\(?:u\{([0-9A-Fa-f]{1,6})\}|u([0-9A-Fa-f]{4})|x([0-9A-Fa-f]{2})|(.))", re.DOTALL)

_VALUE_KEYWORDS: Final = frozenset(
    ("await", "case", "default", "delete", "do", "else", "in", "instanceof", "of", "return", "throw", "typeof", "yield")
)
"""Keywords after which `/` begins a regex and `<` a tag; after any other word they are operators."""


class Source(NamedTuple):
    """The code of a file, in which each string literal is replaced by `"n"`; `strings[n]` is its content.

    Of a template literal with substitutions, only their code is kept, between backticks. `elements` are the names of
    the JSX tags.
    """

    code: str
    strings: tuple[str, ...]
    elements: frozenset[str]

    def string(self, literal: str) -> str | None:
        """The content of the string that `literal` is in the code; None if it is not a string."""
        return self.strings[int(literal[1:-1])] if literal.startswith('"') else None

    def line(self, offset: int) -> int:
        """The line of the file that this offset in the code is on."""
        return self.code.count("\n", 0, offset) + 1


def scan_source(text: str, *, with_jsx: bool = True) -> Source:
    """Scans a file. Without JSX (`.ts`) a `<` never begins a tag."""
    return _Scanner(text, with_jsx).scan()


class _Scanner:
    """Tracks what each character is part of: code, a template literal, a tag, or the text between tags."""

    def __init__(self, text: str, with_jsx: bool) -> None:
        self.text, self.at, self.with_jsx = text, 0, with_jsx
        self.pieces: list[str] = []
        self.strings: list[str] = []
        self.elements: set[str] = set()
        self.nesting: list[str] = []  # `{`, `template`, `tag`, `text` (between tags); the innermost last
        self.expects_value = self.is_first_on_line = True
        self.no_regex_before = 0

    def scan(self) -> Source:
        """Scans to the end of the file."""
        steps = {"template": self._scan_template, "tag": self._scan_tag, "text": self._scan_jsx_text}
        while self.at < len(self.text):
            steps.get(self.nesting[-1] if self.nesting else "", self._scan_code)()
        return Source("".join(self.pieces), tuple(self.strings), frozenset(self.elements))

    def _scan_code(self) -> None:
        """Scans one token of code."""
        if self._skip_blank():
            return
        character, is_first = self.text[self.at], self.is_first_on_line
        self.is_first_on_line = False
        if character in "\"'":
            self._scan_string()
        elif character == "`":
            self._emit(character)
            self.nesting.append("template")
        elif character == "/" and self._scan_regex():
            self.expects_value = False
        elif character == "<" and (is_first or self.expects_value) and self._is_at_tag():
            self._open_tag()
        elif word := _WORD.match(self.text, self.at):
            self._emit(word[0])
            self.expects_value = word[0] in _VALUE_KEYWORDS
        else:
            self._scan_sign(character)

    def _scan_sign(self, character: str) -> None:
        """Scans one other character, and tracks braces."""
        self._emit(character)
        self.expects_value = character not in ")]}"
        if character == "{":
            self.nesting.append("{")
        elif character == "}" and self.nesting:
            self.nesting.pop()

    def _skip_blank(self) -> bool:
        """Scans white space or a comment, of which only the line ends are kept, and says whether there was any."""
        if space := _SPACE.match(self.text, self.at):
            self._emit(space[0])
            self.is_first_on_line |= "\n" in space[0]
            return True
        if comment := _LINE_COMMENT.match(self.text, self.at):
            self._drop(comment.end())
            return True
        if self.text.startswith("/*", self.at):
            end = self.text.find("*/", self.at + 2)
            self._drop(len(self.text) if end < 0 else end + 2)
            return True
        return False

    def _scan_string(self) -> None:
        """Scans a string; one that is not closed ends with its line."""
        if string := _STRING.match(self.text, self.at):
            self._emit_string(string[1] if string[1] is not None else string[2], string.end())
        else:
            rest = _REST_OF_LINE.match(self.text, self.at)
            self._drop(rest.end() if rest else len(self.text))
        self.expects_value = False

    def _emit_string(self, content: str, end: int) -> None:
        """Replaces a string by its number."""
        self.pieces.append(f'"{len(self.strings)}"')
        self.strings.append(_ESCAPE.sub(_unescape, content))
        self._drop(end)

    def _scan_regex(self) -> bool:
        if not self.expects_value or self.at < self.no_regex_before:
            return False
        regex = _REGEX.match(self.text, self.at)
        if regex:
            self._emit_string("", regex.end())
            return True
        end = self.text.find("\n", self.at)
        self.no_regex_before = len(self.text) if end < 0 else end
        return False

    def _scan_template(self) -> None:
        """Scans the text of a template literal up to its end or to a substitution."""
        start = self.at
        text = _TEMPLATE_TEXT.match(self.text, start)
        end = text.end() if text else start
        if self.text.startswith("`", end) and self.pieces[-1] == "`":
            self.pieces.pop()
            self._emit_string(self.text[start:end], end)
            self._pop(1, emit="")
        elif self.text.startswith("`", end):
            self._drop(end)
            self._pop(1, emit="`")
        elif self.text.startswith("${", end):
            self._drop(end)
            self.at += 1
            self._scan_sign("{")
        else:
            self._drop(len(self.text))

    def _is_at_tag(self) -> bool:
        return self.with_jsx and _TAG.match(self.text, self.at) is not None

    def _open_tag(self) -> None:
        if name := _NAME.match(self.text, self.at):
            self.elements.add(name[1])
            self._emit(name[0])
        self.nesting.append("tag")

    def _scan_tag(self) -> None:
        """Scans one token between `<Name` and `>`."""
        if self._skip_blank():
            return
        character = self.text[self.at]
        if character in "\"'":
            end = self.text.find(character, self.at + 1)
            end = len(self.text) if end < 0 else end
            self._emit_string(self.text[self.at + 1 : end], end + 1)
        elif character == "{":
            self._scan_sign(character)
        elif self.text.startswith("/>", self.at):
            self._pop(2, emit=" />")
        elif character == ">":
            self._emit(character)
            self.nesting[-1] = "text"
        elif argument := _TYPE_ARGUMENT.match(self.text, self.at):
            self._drop(argument.end())
        else:
            word = _WORD.match(self.text, self.at)
            self._emit(word[0] if word else character)

    def _scan_jsx_text(self) -> None:
        """Skips the text between two tags, up to a tag or an expression in braces."""
        if text := _JSX_TEXT.match(self.text, self.at):
            self._drop(text.end())
        elif self.text.startswith("</", self.at):
            end = self.text.find(">", self.at)
            self._drop(len(self.text) if end < 0 else end)
            self._pop(1, emit=" ")
        elif self.text[self.at] == "{":
            self._scan_sign("{")
        else:
            self._open_tag()

    def _pop(self, length: int, emit: str) -> None:
        """Leaves the innermost nesting, `length` characters further on."""
        self.nesting.pop()
        self.pieces.append(emit)
        self.at += length
        self.expects_value = False

    def _emit(self, text: str) -> None:
        self.pieces.append(text)
        self.at += len(text)

    def _drop(self, end: int) -> None:
        """Skips to `end`; only line ends are kept."""
        self.pieces.append(" " + "\n" * self.text.count("\n", self.at, end))
        self.at = min(end, len(self.text))


def _unescape(escape: re.Match[str]) -> str:
    """The character that `\\x41`, `\\u0041` or `\\u{41}` denotes, or the character after the backslash."""
    number = int(escape[1] or escape[2] or escape[3] or "0", 16)
    return escape[4] or (chr(number) if number < 0xD800 or 0xDFFF < number <= 0x10FFFF else "\ufffd")
