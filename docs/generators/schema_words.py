"""What a JSON Schema says of a value, in words."""

from collections.abc import Mapping
from typing import Any, Final

Fragment = Mapping[str, Any]
"""A schema, or a part of one."""
_TYPE_NAMES: Final = {"string": "text", "integer": "whole number", "boolean": "true or false", "array": "list"}
_LARGEST: Final = 1 << 53
"""A bound that only says that the number is exact in every language."""


def list_types(value: Fragment, default: str = "string") -> list[str]:
    """The names of its types in JSON Schema."""
    types = value.get("type", default)
    return [types] if isinstance(types, str) else list(types)


def name_type(name: str) -> str:
    """The word for a type of JSON Schema."""
    return _TYPE_NAMES.get(name, name)


def describe_range(value: Fragment) -> list[str]:
    """The bounds of a number."""
    above = [f"more than {value['exclusiveMinimum']}"] if "exclusiveMinimum" in value else []
    least = [f"at least {value['minimum']}"] if "minimum" in value else []
    most = [f"at most {value['maximum']:,}"] if value.get("maximum", _LARGEST) != _LARGEST else []
    return above + least + most
