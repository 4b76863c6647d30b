"""The long lists of a record: thousands of rows, to which a command adds one.

Rows that were read stay JSON, once they have been validated column by column, and each is parsed when it is used. To
parse ten thousand invocations would take longer than the rest of a command.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import chain
from typing import Any, Protocol, TypeVar, overload

from gate_tests.strict_json.fields import Fields
from runner.models.json_encoding import PlainRows, is_plain

Json = dict[str, Any]


class Row(Protocol):
    """A row of such a list. Its attributes have the names of its members."""

    def to_json(self) -> Json:
        """The row as it is written in a record."""
        ...


R = TypeVar("R", bound=Row)
R_co = TypeVar("R_co", bound=Row, covariant=True)


class RowType(Protocol[R_co]):
    """The class of the rows of a list."""

    def from_json(self, fields: Fields, /) -> R_co:
        """Parse a row. Raises DamagedRecord."""
        ...

    def are_well_formed(self, rows: Sequence[Json], /) -> bool:
        """Whether all rows are certainly valid; False proves nothing."""
        ...

    def from_row(self, row: Json, /) -> R_co:
        """Parse a row that is well formed."""
        ...


class Rows(Sequence[R]):
    """An immutable list of rows: those that were read, then those that were added."""

    def __init__(
        self, added: Iterable[R] = (), read: Sequence[Json] = (), parse: Callable[[int], R] | None = None
    ) -> None:
        self._added, self._read, self._parse = tuple(added), read, parse

    @classmethod
    def read(cls, fields: Fields, key: str, row_type: "RowType[R]") -> "Rows[R]":
        """Read the rows of the member `key`, and parse each unless all are well formed. Raises DamagedRecord."""
        rows = fields.items(key)
        if not rows or not {dict}.issuperset(map(type, rows)) or not row_type.are_well_formed(rows):
            return cls(fields.objects(key, row_type.from_json))
        return cls(read=rows, parse=lambda index: row_type.from_row(rows[index]))

    def with_row(self, row: R) -> "Rows[R]":
        """The rows and another one."""
        return Rows((*self._added, row), self._read, self._parse)

    def column(self, key: str) -> list[Any]:
        """The value of the member `key` in every row, None in rows without it."""
        return [row.get(key) for row in self._read] + [getattr(row, key) for row in self._added]

    def to_json(self) -> list[Json]:
        """The rows as they are written in a record."""
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
        added = range(len(self))[index] - len(self._read)
        return self._added[added] if added >= 0 or self._parse is None else self._parse(added + len(self._read))

    def __iter__(self) -> Iterator[R]:
        return chain(map(self._parse, range(len(self._read))) if self._parse else (), self._added)

    def __eq__(self, other: object) -> bool:
        return tuple(self) == tuple(other) if isinstance(other, Sequence) else NotImplemented

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        return f"Rows({tuple(self)!r})"


def collect_key_orders(rows: Sequence[Json]) -> set[tuple[str, ...]]:
    """The distinct tuples of keys of the rows, each in order."""
    return set(map(tuple, rows))


def collect_types(values: Iterable[Any]) -> set[type]:
    """The distinct types of the values."""
    return set(map(type, values))


def iter_values(rows: Sequence[Json]) -> Iterator[Any]:
    """Every value of every row."""
    return chain.from_iterable(map(dict.values, rows))
