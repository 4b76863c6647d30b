"""Typed access to the members of a record's JSON objects. Errors name file, line and JSON path."""

from collections.abc import Callable, Collection, Mapping
from enum import StrEnum
from typing import Any, Final, TypeVar

from gate_tests.errors import DamagedRecord, Refused, suggest
from gate_tests.strict_json.document import Document, JsonPath

T = TypeVar("T")
Choice = TypeVar("Choice", bound=StrEnum)

_MISSING: Final = object()
_TYPE_NAMES: Final = {str: "a string", int: "an integer", dict: "an object", list: "a list"}

NO_MEMBERS: Final[Mapping[str, Any]] = {}
"""The default of what `Fields.rest` gives."""


class Fields:
    """The members of a JSON object in a document. Every accessor raises DamagedRecord for an unexpected value."""

    __slots__ = ("document", "path", "value")

    def __init__(self, document: Document, value: Mapping[str, Any], path: JsonPath = ()) -> None:
        self.document = document
        self.value = value
        self.path = path

    @classmethod
    def of(cls, document: Document) -> "Fields":
        """The members of the root object. Raises DamagedRecord if the root is no object."""
        if not isinstance(document.data, dict):
            raise DamagedRecord(f"{document.at(())}: must be an object")
        return cls(document, document.data)

    def __contains__(self, key: str) -> bool:
        return key in self.value

    def text(self, key: str) -> str:
        """A required string."""
        value = self.value.get(key)
        return value if type(value) is str else str(self._get(key, str))

    def optional_text(self, key: str) -> str | None:
        """A string, or None if it is null or missing."""
        value: str | None = self._get(key, str, is_optional=True)
        return value

    def validate(self, key: str, check: Callable[[str], str]) -> str:
        """A required string that `check` accepts; its Refused is turned into DamagedRecord."""
        try:
            return check(self.text(key))
        except Refused as error:
            raise self.error(key, error.message) from None

    def number(self, key: str) -> int:
        """A required integer."""
        value: int = self._get(key, int)
        return value

    def optional_number(self, key: str) -> int | None:
        """An integer, or None if it is null or missing."""
        value: int | None = self._get(key, int, is_optional=True)
        return value

    def optional_flag(self, key: str) -> bool | None:
        """A boolean, or None if it is null or missing."""
        value = self.value.get(key)
        if value is not None and not isinstance(value, bool):
            raise self.error(key, f"must be true or false (found {str(value)[:60]!r})")
        return value

    def choice(self, key: str, choices: type[Choice]) -> Choice:
        """A required member of an enum."""
        word = self.text(key)
        try:
            return choices(word)
        except ValueError:
            raise self.error(key, f"unknown value {word!r}{suggest(word, list(choices))}") from None

    def object(self, key: str) -> "Fields":
        """A required object."""
        return Fields(self.document, self._get(key, dict), (*self.path, key))

    def optional_object(self, key: str) -> "Fields | None":
        """An object, or None if it is null or missing."""
        value = self._get(key, dict, is_optional=True)
        return None if value is None else Fields(self.document, value, (*self.path, key))

    def texts(self, key: str) -> tuple[str, ...]:
        """A required list of strings."""
        values = self._get(key, list)
        if not all(isinstance(value, str) for value in values):
            raise self.error(key, "must be a list of strings")
        return tuple(values)

    def items(self, key: str) -> tuple[Any, ...]:
        """A required list of any values."""
        return tuple(self._get(key, list))

    def objects(self, key: str, parse: "Callable[[Fields], T]") -> tuple[T, ...]:
        """A required list of objects, each parsed by `parse`."""
        parsed = []
        for index, value in enumerate(self._get(key, list)):
            path = (*self.path, key, index)
            if not isinstance(value, dict):
                raise DamagedRecord(f"{self.document.at(path)}: must be an object")
            parsed.append(parse(Fields(self.document, value, path)))
        return tuple(parsed)

    def rest(self, known: Collection[str]) -> dict[str, Any]:
        """The members other than `known`, unchanged."""
        return {key: value for key, value in self.value.items() if key not in known}

    def error(self, key: str, message: str) -> DamagedRecord:
        """The error for the member `key`, to be raised."""
        return DamagedRecord(f"{self.document.at((*self.path, key))}: {message}")

    def _get(self, key: str, expected: type, *, is_optional: bool = False) -> Any:
        value = self.value.get(key, _MISSING)
        if is_optional and value in (None, _MISSING):
            return None
        if value is _MISSING:
            raise self.error(key, "is missing")
        if not isinstance(value, expected) or isinstance(value, bool):
            raise self.error(key, f"must be {_TYPE_NAMES[expected]} (found {str(value)[:60]!r})")
        return value
