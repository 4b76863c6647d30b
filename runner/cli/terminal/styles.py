"""Our own colours: their codes have a key that no text from elsewhere can know, so that only ours are printed."""

import os
import re
from typing import Final

from gate_tests.sanitize import break_ci_commands, escape_lines, escape_text

_KEY: Final = int.from_bytes(os.urandom(8))
_CODE: Final = re.compile(rf"\x1b\[{_KEY};([0-9]+)m")
_COLOURS: Final = {"red": 31, "green": 32, "yellow": 33}
_BOLD: Final = 1
_RESET: Final = 0


def style(text: str, colour: str | None = None, *, bold: bool = False) -> str:
    """`text` with the codes of a colour, as a part of what is given to `render_text`."""
    codes = [*([_COLOURS[colour]] if colour else []), *([_BOLD] if bold else [])]
    return f"{''.join(map(_encode, codes))}{text}{_encode(_RESET)}"


def render_text(text: str, *, is_coloured: bool) -> str:
    """`text` as it is printed: with our own colours, if it is coloured, and harmless to a terminal and a CI system."""
    if not is_coloured:
        return escape_text(_CODE.sub("", text) if "\x1b" in text else text)
    parts = _CODE.split(text)  # odd indexes are our codes
    parts[::2] = map(escape_lines, parts[::2])
    parts[1::2] = [f"\x1b[{code}m" for code in parts[1::2]]
    return break_ci_commands("".join(parts))


def _encode(code: int) -> str:
    return f"\x1b[{_KEY};{code}m"
