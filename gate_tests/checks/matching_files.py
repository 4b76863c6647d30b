"""The files that paths and globs of a contract find."""

from collections.abc import Iterable, Mapping
from typing import Any, Final, NamedTuple

from gate_tests.checks.rule import Scope
from gate_tests.contract import Validation
from gate_tests.files.artifacts import Artifacts
from gate_tests.files.glob import TooManyFiles, escape_brackets
from gate_tests.sanitize import has_control

_MAGIC: Final = frozenset("*?[")


class MatchingFiles(NamedTuple):
    """The distinct paths in the order of the globs.

    `missing` has an error for each glob that finds no file, `errors` one for each that finds too many, `unnameable` the
    number of files that no record can name.
    """

    paths: tuple[str, ...]
    missing: tuple[str, ...]
    errors: tuple[str, ...]
    unnameable: int


class BoundPatterns(NamedTuple):
    """Paths and globs in one run. `literal`: those that are paths, as such."""

    globs: tuple[str, ...]
    literal: tuple[str, ...]


def patterns_schema(description: str) -> Mapping[str, Any]:
    """The schema of a list of paths and globs."""
    items = {"type": "string", "minLength": 1}
    return {"type": "array", "minItems": 1, "uniqueItems": True, "items": items, "description": description}


def bind_patterns(validation: Validation, scope: Scope, key: str) -> BoundPatterns:
    """The paths and globs at `key`, their variables replaced. Raises InvalidFile."""
    written = tuple(enumerate(validation.keys[key]))
    globs = tuple(scope.glob(pattern, validation, key, index) for index, pattern in written)
    paths = (scope.path(pattern, validation, key, index) for index, pattern in written if not _MAGIC & set(pattern))
    return BoundPatterns(globs, tuple(paths))


def find_matching_files(globs: Iterable[str], artifacts: Artifacts, excluded: str | None = None) -> MatchingFiles:
    """The files that the globs find, without `excluded`."""
    paths: dict[str, None] = {}
    unnameable = set[str]()
    missing, errors = [], []
    for glob in globs:
        try:
            found = _find(glob, artifacts)
        except TooManyFiles as error:
            errors.append(f"{glob}: {error}")
            continue
        usable = [path for path in found if path != excluded and not has_control(path)]
        unnameable.update(path for path in found if has_control(path))
        paths |= dict.fromkeys(usable)
        if not usable:
            missing.append(
                f"{glob} matches {_describe_unusable(found, excluded) or _describe_directory(glob, artifacts)}"
            )
    return MatchingFiles(tuple(paths), tuple(missing), tuple(errors), len(unnameable))


def _find(glob: str, artifacts: Artifacts) -> list[str]:
    """What the glob finds, also with its brackets taken literally: directories are often called `[slug]`."""
    found = artifacts.find(glob)
    literal = escape_brackets(glob)
    return found if literal == glob else [*found, *(path for path in artifacts.find(literal) if path not in found)]


def _describe_unusable(found: list[str], excluded: str | None) -> str | None:
    if any(path != excluded for path in found):
        return "only names with control characters"
    return "only the target itself" if found else None


def _describe_directory(glob: str, artifacts: Artifacts) -> str:
    try:
        is_directory = artifacts.find(f"{glob}/**")
    except TooManyFiles:
        is_directory = ["too many"]
    return f"no file, only a directory; use {glob}/** for the files in it" if is_directory else "no file"
