"""How long one URL may take in all."""

import time
from collections.abc import Iterator
from contextlib import contextmanager

from gate_tests.reachability.request import NotAnswered


class Patience:
    """Seconds that are used up only by what is done inside `spent`."""

    def __init__(self, seconds: float) -> None:
        self._given_s = self._left_s = seconds

    @contextmanager
    def spent(self) -> Iterator[float]:
        """Gives what is left and takes off how long the block took. Raises NotAnswered if nothing is left."""
        if self._left_s <= 0:
            raise NotAnswered(f"has not answered within {self._given_s:g} s")
        began = time.monotonic()
        try:
            yield self._left_s
        finally:
            self._left_s -= time.monotonic() - began
