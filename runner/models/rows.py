"""The long lists of a record: thousands of rows, of which a command adds one.

Rows that a file had are kept as the JSON they are, once a look at them column by column has shown that they are
sound. Ten thousand invocations would take longer to be made than the whole command.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import chain
from typing import Any, Protocol, TypeVar, overload

from gate_tests.strict_json.fields import Fields
from runner.models.json_encoding import PlainRows, is_plain

Json = dict[str, Any]


class Row(Protocol):
    """A row of such a list; its attributes are named as its members."""

    def to_json(self) -> Json:
        """The row as a record has it."""
        ...


R = TypeVar("R", bound=Row)


class Rows(Sequence[R]):
    """A list of rows that never changes: those that were read, then those that were added."""

    def __init__(
        self, added: Iterable[R] = (), read: Sequence[Json] = (), parse: Callable[[int], R] | None = None
    ) -> None:
        self._added, self._read, self._parse = tuple(added), read, parse

    @classmethod
    def read(
        cls, fields: Fields, key: str, parse: Callable[[Fields], R], are_sound: Callable[[Sequence[Json]], bool]
    ) -> "Rows[R]":
        """The rows of the member `key`. Where they are not all sound at first sight, each is parsed: DamagedRecord."""
        rows = fields.items(key)
        if not rows or not {dict}.issuperset(map(type, rows)) or not are_sound(rows):
            return cls(fields.objects(key, parse))
        return cls(
            read=rows, parse=lambda index: parse(Fields(fields.document, rows[index], (*fields.path, key, index)))
        )

    def with_row(self, row: R) -> "Rows[R]":
        """The rows and one more."""
        return Rows((*self._added, row), self._read, self._parse)

    def column(self, key: str) -> list[Any]:
        """The member `key` of every row, None where it lacks it."""
        return [row.get(key) for row in self._read] + [getattr(row, key) for row in self._added]

    def to_json(self) -> list[Json]:
        """The rows as a record has them."""
        added = [row.to_json() for row in self._added]
        return (PlainRows if is_plain(added) else list)(chain(self._read, added))

    def __len__(self) -> int:
        return len(self._read) + len(self._added)

    @overload
    def __getitem__(self, index: int) -> R: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[R]: ...
    def __getitem__(self, index: int | slice) -> R | Sequence[R]:
        if isinstance(index, slice):
            return tuple(self)[index]
        place = range(len(self))[index] - len(self._read)
        return self._added[place] if place >= 0 or self._parse is None else self._parse(place + len(self._read))

    def __iter__(self) -> Iterator[R]:
        return map(self.__getitem__, range(len(self)))

    def __eq__(self, other: object) -> bool:
        return tuple(self) == tuple(other) if isinstance(other, Sequence) else NotImplemented

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        return f"Rows({tuple(self)!r})"


def shapes(rows: Sequence[Json]) -> set[tuple[str, ...]]:
    """The keys that rows have, in their order."""
    return set(map(tuple, rows))


def kinds(values: Iterable[Any]) -> set[type]:
    """The types that occur."""
    return set(map(type, values))


def all_values(rows: Sequence[Json]) -> Iterator[Any]:
    """Every value of every row."""
    return chain.from_iterable(map(dict.values, rows))
