"""Where pytest's lines go while gates are judged. Whoever prints imports this, and nothing else of this package."""

from collections.abc import Callable
from typing import NamedTuple


class Display(NamedTuple):
    """Receives pytest's lines, and says how they should look. `columns` is the width, None where it is unknown."""

    show: Callable[[str], object]
    color: bool = False
    columns: int | None = None
    progress: Callable[[str], object] | None = None
    """Receives lines about the progress of long work, each in place of the last, where they are wanted."""
    verbose: bool = False
    """Whether each check has a line of its own."""
    wrap_columns: int | None = None
    """Where long lines are wrapped; None: they are not, as nobody reads them at a terminal."""
