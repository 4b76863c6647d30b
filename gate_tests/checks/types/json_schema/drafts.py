"""The drafts of JSON Schema: which one a schema names, and which keywords each knows."""

import re
from collections.abc import Mapping
from typing import Any, Final

from jsonschema import (
    Draft3Validator,
    Draft4Validator,
    Draft6Validator,
    Draft7Validator,
    Draft201909Validator,
    Draft202012Validator,
)
from jsonschema.protocols import Validator
from jsonschema.validators import validator_for

DEFAULT_DRAFT: Final = "2020-12"
DRAFTS: Final[Mapping[str, type[Validator]]] = {
    "draft-03": Draft3Validator,
    "draft-04": Draft4Validator,
    "draft-06": Draft6Validator,
    "draft-07": Draft7Validator,
    "2019-09": Draft201909Validator,
    "2020-12": Draft202012Validator,
}
"""By name, the oldest first."""

_NAMED: Final = re.compile(r"draft[-/ ]?0?(?P<number>[3467])(?![0-9])|(?P<date>2019-09|2020-12)")
_MODERN: Final = frozenset(("$id", "$anchor", "then", "else", "minContains", "maxContains"))
_MORE_KEYWORDS: Final = {
    "2019-09": _MODERN | {"$recursiveAnchor"},
    "2020-12": _MODERN | {"$dynamicAnchor"},
}
"""Those that are neither applied by themselves nor in the root of the meta-schema."""


def find_draft(named: Any) -> str | None:
    """The name of the draft whose `$schema` is `named`."""
    found = validator_for({"$schema": named}, default=None) if isinstance(named, str) else None  # type: ignore[arg-type]
    return next((name for name, draft in DRAFTS.items() if draft is found), None) if found else None


def spell_draft(name: str) -> str:
    """The `$schema` of a draft, as it is to be written."""
    return str(DRAFTS[name].META_SCHEMA["$schema"])


def suggest_draft(named: Any) -> str:
    """What may have been meant by a `$schema` that names no draft, to continue a message."""
    match = _NAMED.search(named.lower()) if isinstance(named, str) else None
    if match:
        name = match["date"] or f"draft-0{match['number']}"
        return f', did you mean "{spell_draft(name)}"?'
    return f" (known: {', '.join(map(spell_draft, DRAFTS))})"


def list_keywords(name: str) -> frozenset[str]:
    """The keywords that a draft knows and that are more than a note."""
    draft = DRAFTS[name]
    described = _MORE_KEYWORDS.get(name) or frozenset(draft.META_SCHEMA["properties"])
    return frozenset(draft.VALIDATORS) | described
