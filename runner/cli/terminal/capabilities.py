"""What the terminal behind a stream can do: whether it shows colours, and how wide it is."""

import codecs
import os
from typing import IO, Final

MIN_COLUMNS: Final = 40
_MAX_COLUMNS: Final = 400  # columns; pytest draws its lines to the width it is given


def is_coloured(stream: IO[str] | None) -> bool:
    """Whether to print colours, as pytest decides it: NO_COLOR, then FORCE_COLOR, whatever their values."""
    if os.environ.get("NO_COLOR"):
        return False
    if os.environ.get("FORCE_COLOR"):
        return True
    return os.environ.get("TERM") != "dumb" and bool(stream and stream.isatty())


def terminal_columns(stream: IO[str] | None) -> int | None:
    """The width of the terminal, or what COLUMNS says, within limits; None where neither is known."""
    setting = os.environ.get("COLUMNS", "")
    try:
        if setting.isdecimal():
            columns = int(setting)
        elif stream:
            columns = os.get_terminal_size(stream.fileno()).columns
        else:
            return None
    except (OSError, ValueError):
        return None
    return min(max(columns, MIN_COLUMNS), _MAX_COLUMNS)


def is_utf8(stream: IO[str] | None) -> bool:
    """Whether what is printed to the stream becomes UTF-8. A stream without an encoding keeps text."""
    return codecs.lookup(getattr(stream, "encoding", None) or "utf-8").name == "utf-8"
