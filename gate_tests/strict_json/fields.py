"""Takes a record's JSON apart. What is not as it must be is damage, told with file, line and JSON path."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final, TypeVar

from gate_tests.errors import DamagedRecord, Refused, suggest
from gate_tests.strict_json.document import Document, JsonPath

T = TypeVar("T")
Choice = TypeVar("Choice", bound=StrEnum)

_ABSENT: Final = object()
_SPOKEN: Final = {str: "a string", int: "a whole number", dict: "an object", list: "a list"}


@dataclass(frozen=True)
class Fields:
    """The members of one JSON object of a document."""

    document: Document
    value: Mapping[str, Any]
    path: JsonPath = ()

    @classmethod
    def of(cls, document: Document) -> "Fields":
        """The members of the document's root."""
        if not isinstance(document.data, dict):
            raise DamagedRecord(f"{document.at(())}: must be an object")
        return cls(document, document.data)

    def __contains__(self, key: str) -> bool:
        return key in self.value

    def text(self, key: str) -> str:
        """A string that must be there."""
        value: str = self._typed(key, str)
        return value

    def optional_text(self, key: str) -> str | None:
        """A string, or None where it is null or absent."""
        value: str | None = self._typed(key, str, or_none=True)
        return value

    def checked(self, key: str, check: Callable[[str], str]) -> str:
        """A string that `check` lets pass; what it raises Refused for is damage here."""
        try:
            return check(self.text(key))
        except Refused as error:
            raise self.damage(key, error.message) from None

    def number(self, key: str) -> int:
        """A whole number that must be there."""
        value: int = self._typed(key, int)
        return value

    def optional_number(self, key: str) -> int | None:
        """A whole number, or None where it is null or absent."""
        value: int | None = self._typed(key, int, or_none=True)
        return value

    def choice(self, key: str, choices: type[Choice]) -> Choice:
        """One of a closed set of words."""
        word = self.text(key)
        try:
            return choices(word)
        except ValueError:
            raise self.damage(key, f"unknown value {word!r}{suggest(word, list(choices))}") from None

    def object(self, key: str) -> "Fields":
        """An object that must be there."""
        return Fields(self.document, self._typed(key, dict), (*self.path, key))

    def optional_object(self, key: str) -> "Fields | None":
        """An object, or None where it is null or absent."""
        value = self._typed(key, dict, or_none=True)
        return None if value is None else Fields(self.document, value, (*self.path, key))

    def texts(self, key: str) -> tuple[str, ...]:
        """A list of strings."""
        values = self._typed(key, list)
        if not all(isinstance(value, str) for value in values):
            raise self.damage(key, "must be a list of strings")
        return tuple(values)

    def items(self, key: str) -> tuple[Any, ...]:
        """A list of anything."""
        return tuple(self._typed(key, list))

    def objects(self, key: str, parse: "Callable[[Fields], T]") -> tuple[T, ...]:
        """A list of objects, each taken apart by `parse`."""
        parsed = []
        for index, value in enumerate(self._typed(key, list)):
            path = (*self.path, key, index)
            if not isinstance(value, dict):
                raise DamagedRecord(f"{self.document.at(path)}: must be an object")
            parsed.append(parse(Fields(self.document, value, path)))
        return tuple(parsed)

    def rest(self, known: Collection[str]) -> dict[str, Any]:
        """The members that nobody asks for by name: kept as they are."""
        return {key: value for key, value in self.value.items() if key not in known}

    def damage(self, key: str, message: str) -> DamagedRecord:
        """The error for the member `key`."""
        return DamagedRecord(f"{self.document.at((*self.path, key))}: {message}")

    def _typed(self, key: str, wanted: type, *, or_none: bool = False) -> Any:
        value = self.value.get(key, _ABSENT)
        if or_none and value in (None, _ABSENT):
            return None
        if value is _ABSENT:
            raise self.damage(key, "is missing")
        if not isinstance(value, wanted) or isinstance(value, bool):
            raise self.damage(key, f"must be {_SPOKEN[wanted]} (got {str(value)[:60]!r})")
        return value
