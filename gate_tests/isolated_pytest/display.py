"""Where pytest's lines go while gates are judged. Whoever prints imports this, and nothing else of the room."""

from collections.abc import Callable
from typing import NamedTuple


class Display(NamedTuple):
    """Gets the lines, and says how they are to look. `columns` is the width, None where there is no terminal."""

    show: Callable[[str], object]
    color: bool = False
    columns: int | None = None
    progress: Callable[[str], object] | None = None
    """Gets, one in place of the other, lines on how far long work has come, where somebody wants them."""
    verbose: bool = False
    """Whether each check has a line of its own."""
