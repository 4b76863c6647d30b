"""What a contract requires of a field of the front matter."""

import json
import re
from typing import Any, Final, NamedTuple
from unicodedata import normalize

from gate_tests.checks.strictness import is_same
from gate_tests.parsers.front_matter_fields import find_hidden_character
from gate_tests.parsers.front_matter_yaml import Value
from gate_tests.strict_json.validation import truncate_json

Scalar = str | float | bool
_NUMBER: Final = re.compile(r"[-+]?(?:[0-9]{1,15}(?:\.[0-9]{0,15})?|\.[0-9]{1,15})")
"""`+1`, `.5` and `1.` are numbers of YAML too."""


class Requirement(NamedTuple):
    """What a field must be: equal to one of some values, different from one, a number of at least some size.

    With `has` it must be a list with that item, and `differs` is about the items.
    """

    one_of: tuple[Scalar, ...] = ()
    differs: Scalar | None = None
    at_least: float | None = None
    has: Scalar | None = None

    @classmethod
    def parse(cls, written: Any) -> "Requirement":
        """From the contract: a value, or one or more of `{not: value, min: number, one_of: [value…], has: item}`."""
        if isinstance(written, dict):
            one_of = tuple(written.get("one_of", ()))
            return cls(one_of, written.get("not"), written.get("min"), written.get("has"))
        return cls(one_of=(written,))

    def __str__(self) -> str:
        values = ", ".join(map(_to_json, self.one_of))
        parts = [f"one of {values}" if len(self.one_of) > 1 else values] if self.one_of else []
        parts += [] if self.has is None else [f"a list with {_to_json(self.has)}"]
        parts += [] if self.differs is None else [f"not {_to_json(self.differs)}"]
        parts += [] if self.at_least is None else [f"at least {_to_json(self.at_least)}"]
        return " and ".join(parts)

    def implies(self, other: "Requirement") -> bool:
        """Whether every field that meets this certainly meets `other` too."""
        if (self.has is None) is not (other.has is None):
            return False
        if self.one_of:
            return all(other._is_met_by_each_spelling(value) for value in self.one_of)
        return (
            not other.one_of
            and (other.has is None or is_same(self.has, other.has))
            and (other.differs is None or is_same(self.differs, other.differs))
            and (other.at_least is None or (self.at_least is not None and self.at_least >= other.at_least))
        )

    def _is_met_by_each_spelling(self, value: Scalar) -> bool:
        """Whether it is certainly met by each text that equals the value: `3` and `3.0` equal 3."""
        if isinstance(value, str):
            return self._is_met_by_text(value)
        if self.one_of and not any(is_same(value, each) for each in self.one_of):
            return False
        return not isinstance(self.differs, str) and self._is_met_by_text(_to_json(value))

    def can_be_met(self) -> bool:
        """Whether one of the values in `one_of` meets the rest."""
        return any(self._is_met_by_text(each if isinstance(each, str) else _to_json(each)) for each in self.one_of)

    def is_met_by(self, value: Value) -> bool:
        """Whether a field with that value meets it; an empty one never does."""
        if isinstance(value, str):
            return self.has is None and self._is_met_by_text(value)
        return isinstance(value, tuple) and self.has is not None and self._is_met_by_items(value, self.has)

    def _is_met_by_text(self, text: str) -> bool:
        number = parse_number(text)
        return (
            text.strip() != ""
            and (_equals_any(text, self.one_of) if self.one_of else find_hidden_character(text) is None)
            and (self.differs is None or not _equals(text.strip(), self.differs))
            and (self.at_least is None or (number is not None and number >= self.at_least))
        )

    def _is_met_by_items(self, items: tuple[str, ...], expected: Scalar) -> bool:
        return any(_equals(item, expected) for item in items) and (
            self.differs is None
            or not any(find_hidden_character(item) or _equals(item.strip(), self.differs) for item in items)
        )


def parse_number(text: str) -> float | None:
    """The number that `text` spells, a whole one as an int; None if it spells none."""
    if not _NUMBER.fullmatch(text):
        return None
    number = float(text)
    return int(number) if number.is_integer() else number


def describe_value(value: Value) -> str:
    """The value of a field, for a message."""
    if value is None:
        return "a mapping"
    if isinstance(value, tuple):
        return f"the list {truncate_json(value)}"
    if hidden := find_hidden_character(value):
        return f"{truncate_json(value)} with the hidden character {hidden!a}"
    return truncate_json(value) if value else "no value"


def _equals_any(text: str, values: tuple[Scalar, ...]) -> bool:
    return any(_equals(text, value) for value in values)


def _equals(text: str, value: Scalar) -> bool:
    if isinstance(value, bool):
        return text.lower() == ("true" if value else "false")
    return normalize("NFC", text) == normalize("NFC", value) if isinstance(value, str) else parse_number(text) == value


def _to_json(value: Scalar) -> str:
    return json.dumps(value, ensure_ascii=False)
