"""Reads front matter that is TOML."""

import re
from datetime import date, time
from typing import Any, Final

from gate_tests.parsers.front_matter_yaml import Value

_KEY: Final = r"""(?:[\w-]++|"[^"\n]*+"|'[^'\n]*+')"""
_MANY_DOTS: Final = re.compile(rf"(?<![\w-]){_KEY}(?:[ \t]*+\.[ \t]*+{_KEY}){{64}}")
"""A dotted key on which tomllib would spend quadratic time."""
_LINE: Final = re.compile(r"\(at line ([0-9]+),")


class NotToml(Exception):
    """A text that is not TOML: the `line`, counted from 0. It says nothing of the values."""

    def __init__(self, line: int) -> None:
        super().__init__("is not TOML")
        self.line = line


def read_toml_fields(content: str) -> dict[str, Value]:
    """The fields of the table; floats as they are written, dates as ISO 8601. Raises NotToml."""
    return {key: _to_value(value) for key, value in _parse(content).items()}


def is_toml(content: str) -> bool:
    """Whether it is TOML, which is always a table."""
    try:
        _parse(content)
    except NotToml:
        return False
    return True


def _parse(content: str) -> dict[str, Any]:
    import tomllib

    if many := _MANY_DOTS.search(content):
        raise NotToml(content.count("\n", 0, many.start()))
    try:
        return tomllib.loads(content, parse_float=str)  # a number as it is written
    except (ValueError, RecursionError) as error:
        line = _LINE.search(str(error))
        raise NotToml(int(line[1]) - 1 if line else content.count("\n")) from None


def _to_value(value: Any) -> Value:
    if isinstance(value, list):
        return tuple(text for item in value if (text := _to_text(item)) is not None)
    return _to_text(value)


def _to_text(value: Any) -> str | None:
    """The text of a scalar; None for a list or a table."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, date | time):
        return value.isoformat().replace("+00:00", "Z")
    if isinstance(value, int):
        return str(value) if value.bit_length() < 10_000 else hex(value)  # Python refuses to write more digits
    return value if isinstance(value, str) else None
