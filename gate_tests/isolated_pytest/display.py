"""Where pytest's lines go while gates are judged. Code that prints imports only this module of the package."""

from collections.abc import Callable
from typing import NamedTuple


class Display(NamedTuple):
    """Gets the lines, and says how they are to look. `columns` is the width, None where there is no terminal."""

    show: Callable[[str], object]
    color: bool = False
    columns: int | None = None
    progress: Callable[[str], object] | None = None
    """Called with lines on the progress of long work, each replacing the last; None if not shown."""
    verbose: bool = False
    """Whether each check has a line of its own."""
    wrap_columns: int | None = None
    """Where long lines are wrapped; None: they are not, as nobody reads them at a terminal."""
