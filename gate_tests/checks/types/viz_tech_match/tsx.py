"""Tells what is code in a JavaScript or TypeScript file, with JSX or without, from what only looks like it.

A comment, the inside of a string and the text between two JSX tags are no code: `// from 'd3'` imports nothing.
This is a scanner, not a parser: it follows quotes, braces and tags, each character once, and takes any text.
"""

import re
from typing import NamedTuple

_SPACE = re.compile(r"\s+")
_WORD = re.compile(r"[\w$]+")
_LINE_COMMENT = re.compile(r"//[^\n]*")
_STRING = re.compile(r"""'((?:[^'\\\n]|\\.)*+)'|"((?:[^"\\\n]|\\.)*+)\"""")
_REST_OF_LINE = re.compile(r"[^\n]*")
_REGEX = re.compile(r"/(?:[^/\\\[\n]|\\[^\n]|\[(?:[^\]\\\n]|\\[^\n])*+\])++/[a-z]*")
_TEMPLATE_TEXT = re.compile(r"(?:[^`\\$]|\\.|\$(?!\{))*+", re.DOTALL)
_JSX_TEXT = re.compile(r"[^<{]+")
_TAG = re.compile(r"<(?!\s*+[A-Za-z_$][\w$]*+\s*+(?:,|extends\b)|[A-Z][0-9]?>\s*+\()(?=[A-Za-z_$>])")
_NAME = re.compile(r"<([\w$.:-]*)")
_TYPE_ARGUMENT = re.compile(r"<[^<>{}\n]*>")
_ESCAPE = re.compile(r"\\(?:u\{([0-9A-Fa-f]{1,6})\}|u([0-9A-Fa-f]{4})|x([0-9A-Fa-f]{2})|(.))", re.DOTALL)

_BEFORE_A_VALUE = frozenset(
    ("await", "case", "default", "delete", "do", "else", "in", "instanceof", "of", "return", "throw", "typeof", "yield")
)
"""Words after which `/` begins a regex and `<` a tag; after any other word they divide and compare."""


class Source(NamedTuple):
    """The code of a file: each string in it is written `"n"`, and `strings[n]` is what it holds.

    A template with a value in it is no such string: its text is left out, the code in it stands between backticks.
    `elements` are the names of its JSX tags.
    """

    code: str
    strings: tuple[str, ...]
    elements: frozenset[str]

    def string(self, literal: str) -> str | None:
        """What the string holds that `literal` stands for in the code; None where it stands for none."""
        return self.strings[int(literal[1:-1])] if literal.startswith('"') else None

    def line(self, offset: int) -> int:
        """The line of the file on which this place in the code stands."""
        return self.code.count("\n", 0, offset) + 1


def read_source(text: str, *, with_jsx: bool = True) -> Source:
    """The code of a file. Without JSX (`.ts`) a `<` never begins a tag."""
    return _Scanner(text, with_jsx).scan()


class _Scanner:
    """Follows what each character is part of: code, a template, a tag, or the text between tags."""

    def __init__(self, text: str, with_jsx: bool) -> None:
        self.text, self.at, self.with_jsx = text, 0, with_jsx
        self.pieces: list[str] = []
        self.strings: list[str] = []
        self.elements: set[str] = set()
        self.inside: list[str] = []  # what the place is nested in: `{`, `template`, `tag`, `text` between tags
        self.expects_value = self.is_first_on_line = True
        self.no_regex_before = 0

    def scan(self) -> Source:
        """The whole file."""
        steps = {"template": self._template, "tag": self._tag, "text": self._jsx_text}
        while self.at < len(self.text):
            steps.get(self.inside[-1] if self.inside else "", self._code)()
        return Source("".join(self.pieces), tuple(self.strings), frozenset(self.elements))

    def _code(self) -> None:
        """One thing in code."""
        if self._blank():
            return
        character, is_first = self.text[self.at], self.is_first_on_line
        self.is_first_on_line = False
        if character in "\"'":
            self._string()
        elif character == "`":
            self._emit(character)
            self.inside.append("template")
        elif character == "/" and self._regex():
            self.expects_value = False
        elif character == "<" and (is_first or self.expects_value) and self._begins_tag():
            self._open_tag()
        elif word := _WORD.match(self.text, self.at):
            self._emit(word[0])
            self.expects_value = word[0] in _BEFORE_A_VALUE
        else:
            self._sign(character)

    def _sign(self, character: str) -> None:
        """A brace, which is followed, or another sign."""
        self._emit(character)
        self.expects_value = character not in ")]}"
        if character == "{":
            self.inside.append("{")
        elif character == "}" and self.inside:
            self.inside.pop()

    def _blank(self) -> bool:
        """White space or a comment: of it only the line ends are kept."""
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

    def _string(self) -> None:
        """A string; one without an end takes the rest of its line with it."""
        if string := _STRING.match(self.text, self.at):
            self._hold(string[1] if string[1] is not None else string[2], string.end())
        else:
            rest = _REST_OF_LINE.match(self.text, self.at)
            self._drop(rest.end() if rest else len(self.text))
        self.expects_value = False

    def _hold(self, content: str, end: int) -> None:
        """Writes a string's number in its place."""
        self.pieces.append(f'"{len(self.strings)}"')
        self.strings.append(_ESCAPE.sub(_unescaped, content))
        self._drop(end)

    def _regex(self) -> bool:
        if not self.expects_value or self.at < self.no_regex_before:
            return False
        regex = _REGEX.match(self.text, self.at)
        if regex:
            self._hold("", regex.end())
            return True
        end = self.text.find("\n", self.at)
        self.no_regex_before = len(self.text) if end < 0 else end
        return False

    def _template(self) -> None:
        """The text of a template up to its end, or up to a value in it."""
        start = self.at
        text = _TEMPLATE_TEXT.match(self.text, start)
        end = text.end() if text else start
        if self.text.startswith("`", end) and self.pieces[-1] == "`":
            self.pieces.pop()
            self._hold(self.text[start:end], end)
            self._leave(1, emit="")
        elif self.text.startswith("`", end):
            self._drop(end)
            self._leave(1, emit="`")
        elif self.text.startswith("${", end):
            self._drop(end)
            self.at += 1
            self._sign("{")
        else:
            self._drop(len(self.text))

    def _begins_tag(self) -> bool:
        return self.with_jsx and _TAG.match(self.text, self.at) is not None

    def _open_tag(self) -> None:
        if name := _NAME.match(self.text, self.at):
            self.elements.add(name[1])
            self._emit(name[0])
        self.inside.append("tag")

    def _tag(self) -> None:
        """One thing between `<Name` and `>`."""
        if self._blank():
            return
        character = self.text[self.at]
        if character in "\"'":
            end = self.text.find(character, self.at + 1)
            end = len(self.text) if end < 0 else end
            self._hold(self.text[self.at + 1 : end], end + 1)
        elif character == "{":
            self._sign(character)
        elif self.text.startswith("/>", self.at):
            self._leave(2, emit=" />")
        elif character == ">":
            self._emit(character)
            self.inside[-1] = "text"
        elif argument := _TYPE_ARGUMENT.match(self.text, self.at):
            self._drop(argument.end())
        else:
            word = _WORD.match(self.text, self.at)
            self._emit(word[0] if word else character)

    def _jsx_text(self) -> None:
        """The text between two tags, which is left out, up to a tag or a value in braces."""
        if text := _JSX_TEXT.match(self.text, self.at):
            self._drop(text.end())
        elif self.text.startswith("</", self.at):
            end = self.text.find(">", self.at)
            self._drop(len(self.text) if end < 0 else end)
            self._leave(1, emit=" ")
        elif self.text[self.at] == "{":
            self._sign("{")
        else:
            self._open_tag()

    def _leave(self, length: int, emit: str) -> None:
        """Goes back, over this many characters, to what it was nested in."""
        self.inside.pop()
        self.pieces.append(emit)
        self.at += length
        self.expects_value = False

    def _emit(self, text: str) -> None:
        self.pieces.append(text)
        self.at += len(text)

    def _drop(self, end: int) -> None:
        """Leaves out what stands before `end`, but for its line ends."""
        self.pieces.append(" " + "\n" * self.text.count("\n", self.at, end))
        self.at = min(end, len(self.text))


def _unescaped(escape: re.Match[str]) -> str:
    """The character that `\\x41`, `\\u0041` or `\\u{41}` stands for; of other escapes the one that was escaped."""
    number = int(escape[1] or escape[2] or escape[3] or "0", 16)
    return escape[4] or (chr(number) if number < 0xD800 or 0xDFFF < number <= 0x10FFFF else "\ufffd")
