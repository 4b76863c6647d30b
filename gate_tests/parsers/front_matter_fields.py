"""Reads the fields of a text's front matter: every value as it is written, so that `no` and `007` stay text."""

import re
from typing import Final, NoReturn

from gate_tests.parsers.front_matter import MAX_BYTES, find_block
from gate_tests.parsers.front_matter_toml import NotToml, read_toml_fields
from gate_tests.parsers.front_matter_yaml import RefusedYaml, Value, read_yaml_fields
from gate_tests.parsers.yaml_events import NotYaml
from gate_tests.parsers.yaml_quotes import find_missing_quotes

_FIRST_LINE: Final = 2
"""The number of a block's first line."""
_HIDDEN: Final = re.compile(
    r"[\x00-\x08\x0b-\x1f\x7f-\x9f\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2028-\u202e"
    r"\u2060-\u206f\u3164\ufeff\uffa0\ufff0-\ufffb\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff]"
    r"|(?<=[A-Za-z])[\ufe00-\ufe0f]"  # emoji may have variation selectors
)
"""Invisible characters: with one of them, `FAIL` would not equal `FAIL`."""


class NoFrontMatter(Exception):
    """The front matter is missing or invalid; the message says why, with the number of the line.

    It is recorded, and so says nothing of the values: one that no check asks for may be private. Where the value of
    the field `key` only needs quotes, `full_message` shows it in them.
    """

    def __init__(self, message: str, key: str | None = None, full_message: str | None = None) -> None:
        super().__init__(message)
        self.key, self.full_message = key, full_message or message


def read_front_matter(text: str) -> dict[str, Value]:
    """The fields in order. Raises NoFrontMatter."""
    block = find_block(text)
    if block is None:
        raise NoFrontMatter(_explain_absence(text))
    try:
        fields = read_toml_fields(block.content) if block.is_toml else read_yaml_fields(block.content)
    except NotYaml as error:
        _explain_not_yaml(block.content, error)
    except (NotToml, RefusedYaml) as error:
        raise NoFrontMatter(f"line {error.line + _FIRST_LINE} of the front matter {error}") from None
    if fields is None:
        raise NoFrontMatter("no front matter: the text between the `---` lines is not `key: value`")
    return fields


def find_hidden_character(text: str) -> str | None:
    """The first character of `text` that nobody sees."""
    hidden = _HIDDEN.search(text)
    return hidden[0] if hidden else None


def _explain_absence(text: str) -> str:
    first, _, rest = text.partition("\n")
    if (mark := first.rstrip(" \t")) not in ("---", "+++"):
        return "no front matter (`---` on the first line)"
    if mark == "---" and not rest.partition("\n")[0].strip():
        return "no front matter: a blank line after the first `---` makes it a horizontal rule"
    return f"front matter without a closing `{mark}` line within {MAX_BYTES} bytes"


def _explain_not_yaml(content: str, error: NotYaml) -> NoReturn:
    if (missing := find_missing_quotes(content, error)) is None:
        message = f"line {error.line + _FIRST_LINE} of the front matter is not YAML: {error.problem}"
        raise NoFrontMatter(message) from None
    where = (
        f"line {missing.line + _FIRST_LINE} of the front matter is not YAML: the value of {missing.key!r} needs quotes"
    )
    raise NoFrontMatter(f'{where}, {missing.key}: "…"', missing.key, f"{where}, {missing.quoted}") from None
