"""Makes untrusted text fit to be printed and recorded.

An agent's text must not move the cursor, reverse the reading direction, or be executed as a command by a CI system.
"""

import re
from functools import cache
from typing import Final

MAX_CHARACTERS: Final = 500
"""Characters that are kept of a text by default."""
_MAX_LINE_LENGTH: Final = 2000  # characters

# Not compiled here: few commands print a text that needs them, and `re` keeps what it has compiled.
_ESCAPE_SEQUENCE: Final = r"\x1b\[[0-?]*[ -/]*[@-~]|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)?"
_CONTROL: Final = r"[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]"
"""C0 and C1 controls, line separators, marks that reverse or isolate text, halves of surrogate pairs."""
_CONTROL_IN_TEXT: Final = rf"(?![\t\n]){_CONTROL}|[\ufff9-\ufffb\U000e0000-\U000e007f]"
"""In a text of several lines; also letters that no reader sees, but a language model reads."""
_WHOLE_ESCAPE_SEQUENCE: Final = r"\x1b\[[0-?]*[ -/]*[@-~]|\x1b\][^\x07\x1b\n]*(?:\x07|\x1b\\)"
"""As `_ESCAPE_SEQUENCE`, but one that is not ended takes no text with it."""
_LINE_BREAK: Final = r"\r\n?|[\v\f\x1c-\x1e\x85\u2028\u2029]"
_WITHOUT_LINE_FEEDS: Final = {ord("\n"): None, ord("\t"): None}
_COLOUR_CODE: Final = r"\x1b\[[0-9;]*m"
_COLOUR: Final = f"({_COLOUR_CODE})"
RESET_COLOURS: Final = "\x1b[0m"
_BLANK: Final = r"[\t\n\v\f\r\x85\u2028\u2029]+"

# Some CI systems ignore colours and characters without a glyph, and so see the characters around them side by side.
_BETWEEN: Final = rf"(?:{_COLOUR_CODE}|[^\x00-\x7f])*"
_BLANKS: Final = rf"{_COLOUR_CODE}|[^\S\n]|[\xad\u034f\u180b-\u180e\u200b-\u200d\u2060-\u206f\ufe00-\ufe0f\ufeff]"
_COMMAND_NAME: Final = rf"(?:{_COLOUR_CODE}|[^\x00-\x7f]|[A-Za-z])*"
_TWO_SIGNS: Final = re.compile(rf"[:#](?:{_COLOUR_CODE}|[^\x20-\x7e])*[:#]")
"""Part of every command to a CI system; most texts have none."""


@cache
def _ci_command() -> re.Pattern[str]:
    """`::error::…` of GitHub at the start of a line; `##[…]`, `##vso[…]` of Azure, `##teamcity[…]` anywhere.

    GitLab's `section_start:…` needs control characters. Compiled only where needed, since it takes a millisecond.
    """
    return re.compile(rf"^(?:{_BLANKS})*:(?={_BETWEEN}:)|#(?={_BETWEEN}#{_COMMAND_NAME}\[)", re.MULTILINE)


def has_control(text: str) -> bool:
    """Whether `text` has a character that no name or path may have, and that is escaped where a text is printed."""
    return not text.isprintable() and re.search(_CONTROL, text) is not None


def break_ci_commands(text: str) -> str:
    """`text` with a blank inside each command to a CI system, which makes it none."""
    return _ci_command().sub(r"\g<0> ", text) if _TWO_SIGNS.search(text) else text


def sanitize_line(text: str, max_characters: int = MAX_CHARACTERS) -> str:
    """`text` on one line, without control characters or CI commands, cut to `max_characters`."""
    text = text[: 4 * max_characters]  # bounds the work on a huge text
    if not text.isprintable():
        text = re.sub(_CONTROL, "", flatten_line(re.sub(_ESCAPE_SEQUENCE, "", text)))
    text = break_ci_commands(text)
    return text if len(text) <= max_characters else text[: max_characters - 1] + "…"


def strip_controls(text: str) -> str:
    """`text` of several lines without escape sequences and control characters other than tabs and line feeds.

    Characters of the Tags block are left out too: they are invisible text.
    """
    if text.isascii() and text.translate(_WITHOUT_LINE_FEEDS).isprintable():
        return text
    return re.sub(_CONTROL_IN_TEXT, "", re.sub(_WHOLE_ESCAPE_SEQUENCE, "", text))


def unify_line_breaks(text: str) -> str:
    """`text` with a line feed for each line break: nothing else in it begins a line, for any reader."""
    return text if text.isprintable() else re.sub(_LINE_BREAK, "\n", text)


def flatten_line(text: str) -> str:
    """`text` with a blank for each line break or tab."""
    return text if text.isprintable() else re.sub(_BLANK, " ", text)


def shorten_line(line: str) -> str:
    """`line` without line breaks, and cut where it is very long."""
    flat = flatten_line(line)
    return flat if len(flat) <= _MAX_LINE_LENGTH else f"{flat[: _MAX_LINE_LENGTH - 1]}…"


def escape_text(text: str) -> str:
    """`text` with control characters other than line feeds escaped, and CI commands broken up."""
    return break_ci_commands(escape_lines(text))


def escape_for_terminal(text: str) -> str:
    """As `escape_text`, but for colours, which are kept."""
    parts = re.split(_COLOUR, text)  # odd indexes are colours
    parts[::2] = map(escape_lines, parts[::2])
    return break_ci_commands("".join(parts))


def escape_lines(text: str) -> str:
    """`text` with control characters other than line feeds escaped."""
    if text.isascii() and text.replace("\n", " ").isprintable():
        return text  # true of most texts, and 50 times faster than the substitution
    return "\n".join(map(escape_controls, text.split("\n")))


def escape_controls(name: str) -> str:
    """A file's `name` with control characters and undecodable bytes as escapes, as in `a\\nb`."""
    return re.sub(_CONTROL, lambda match: match[0].encode("unicode_escape").decode(), name)


@cache
def _json_control() -> re.Pattern[str]:
    """What JSON can say by an escape, so that its parser gets the very same text. Few documents have any."""
    return re.compile(
        r"[\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff\ufff9-\ufffb\ud800-\udfff\U000e0000-\U000e007f]"
    )


@cache
def _ci_command_in_json() -> re.Pattern[str]:
    """As `_ci_command`, in a JSON document: a line of a text starts after a quotation mark or an escaped line break."""
    return re.compile(rf'((?:"|\\[nr])(?:{_BLANKS}|\\t)*):(?={_BETWEEN}:)|(#{_BETWEEN})#(?={_COMMAND_NAME}\[)')


def escape_json(document: str) -> str:
    """The same JSON document, with escapes for control characters and inside of CI commands."""
    if not document.isascii() or "\x7f" in document:
        document = _json_control().sub(_escape_in_json, document)
    if _TWO_SIGNS.search(document):
        document = _ci_command_in_json().sub(_escape_sign_in_json, document)
    return document


def _escape_in_json(match: re.Match[str]) -> str:
    units = match[0].encode("utf-16-be", "surrogatepass")
    return "".join(f"\\u{units[index : index + 2].hex()}" for index in range(0, len(units), 2))


def _escape_sign_in_json(match: re.Match[str]) -> str:
    return f"{match[1]}\\u003a" if match[1] is not None else f"{match[2]}\\u0023"


# The end of a text that may become a CI command or a colour together with the text after it.
_UNFINISHED_COLOUR: Final = r"(?:\r|\x1b(?:\[[0-9;]*)?)?"


@cache
def _unfinished_line_start() -> re.Pattern[str]:
    return re.compile(rf"(?:{_BLANKS})*(?::{_BETWEEN})?{_UNFINISHED_COLOUR}")


@cache
def _unfinished_command() -> re.Pattern[str]:
    return re.compile(rf"#{_BETWEEN}(?:#{_COMMAND_NAME})?{_UNFINISHED_COLOUR}")


class EscapedText(str):
    """A text that was escaped already: a piece of a line is not to be judged as the start of one."""


class StreamEscaper:
    """Escapes a text that arrives in pieces as `escape_for_terminal` does the whole.

    It holds back the end of a piece, at most `MAX_HELD` characters, that may be harmful together with the next one.
    """

    MAX_HELD: Final = 1000

    def __init__(self) -> None:
        self._held = ""
        self._is_inside_line = False
        """Whether the line has more than blanks so far."""
        self.is_coloured = False
        """Whether a colour was let through."""

    def feed(self, piece: str) -> str:
        """The text that can be printed now."""
        text = (self._held + piece).replace("\r\n", "\n")
        ready = text[: self._find_unfinished(text)]
        self._held = text[len(ready) :]
        printed = self._escape(ready)
        return printed + self.flush() if len(self._held) > self.MAX_HELD else printed

    def flush(self) -> str:
        """What was held back, with a blank after each sign that might begin a command."""
        text, self._held = self._held, ""
        return self._escape(re.sub("[:#]", r"\g<0> ", text))

    def _find_unfinished(self, text: str) -> int:
        """Where the end of `text` begins that may become harmful."""
        line = text.rfind("\n") + 1
        if (line or not self._is_inside_line) and _unfinished_line_start().fullmatch(text, line):
            return max(line - 1, 0)
        last = text.rfind("#", line)
        for start in (text.rfind("#", line, max(last, 0)), last):
            if start >= 0 and _unfinished_command().fullmatch(text, start):
                return start
        colour = re.search(rf"{_UNFINISHED_COLOUR}\Z", text[-self.MAX_HELD :])
        return len(text) - len(colour[0] if colour else "")

    def _escape(self, text: str) -> str:
        inside = "." if self._is_inside_line else ""  # as the start of a line it would be judged otherwise
        printed = escape_for_terminal(inside + text)[len(inside) :]
        self.is_coloured = self.is_coloured or bool(re.search(_COLOUR, printed))
        _, line_end, last = text.rpartition("\n")
        if line_end:
            self._is_inside_line = False
        self._is_inside_line = self._is_inside_line or not re.fullmatch(f"(?:{_BLANKS})*", last)
        return printed
