"""Tables and text in Markdown, from text that is none."""

import re
from collections.abc import Iterable

_CELL_ESCAPES = str.maketrans({"|": r"\|", "\n": " "})
_CODE = re.compile(r"(`[^`]*`)")
_OPTION = re.compile(r"(?<![\w`-])(--?[a-zA-Z][\w-]*)")
_MARKUP = re.compile(r"([<*~\[\]])")


def build_table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    """A table; bars and line ends in cells are escaped."""
    return "\n".join(map(_build_row, (head, ("---",) * len(head), *rows)))


def format_prose(text: str) -> str:
    """Text of a help or docstring: options become code, and what would be markup is escaped."""
    parts = _CODE.split(text)
    return "".join(part if part.startswith("`") else _format_part(part) for part in parts)


def format_code(text: str) -> str:
    """Text as code, with backticks or not."""
    return f"`` {text} ``" if "`" in text else f"`{text}`"


def _format_part(text: str) -> str:
    return _OPTION.sub(r"`\1`", _MARKUP.sub(r"\\\1", text))


def _build_row(cells: tuple[str, ...]) -> str:
    return f"| {' | '.join(cell.translate(_CELL_ESCAPES) for cell in cells)} |"
