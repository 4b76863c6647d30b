"""Identifiers: gate ids, slugs, run ids, depths, paths. They are validated here before paths are built from them."""

import os
import posixpath
import re
import sys
from collections.abc import Iterable
from contextlib import suppress
from enum import StrEnum
from typing import Final

from gate_tests import suggestions
from gate_tests.errors import Refused, suggest
from gate_tests.sanitize import has_control

GATE_ID: Final = re.compile(r"[A-Za-z][A-Za-z0-9._-]{0,63}")
SLUG: Final = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_MAX_SLUG_LENGTH: Final = 100
RUN_ID: Final = re.compile(
    rf"run_[0-9]{{8}}T[0-9]{{6}}(?:[0-9]{{3}})?Z_{SLUG.pattern}(?:--{SLUG.pattern})?_[a-z0-9]{{6}}"
)
RUN_ID_SECOND: Final = slice(len("run_"), len("run_20261122T093000"))
"""The second in a run id, `YYYYMMDDTHHMMSS`."""
TEMPORARY: Final = ".tmp-"
"""The prefix of the names of unfinished files and directories of records."""
NEW_RECORD: Final = f"{TEMPORARY}RUN.json"
"""The new RUN.json while the files of finished attempts are written, to be renamed then."""


class Depth(StrEnum):
    """How thorough a run is; thresholds and optional outputs depend on it."""

    QUICK = "quick"
    STANDARD = "standard"
    DEEP = "deep"


def check_gate_id(gate: str) -> str:
    """Return `gate`. Raises Refused if it is not a gate id such as `G4.5`."""
    if not GATE_ID.fullmatch(gate) or ".." in gate:
        raise Refused(
            f"invalid gate id {gate!r}: expected a letter, then letters, digits, '.', '_' or '-', at most 64, no '..'"
        )
    return gate


def check_slug(slug: str) -> str:
    """Return `slug`. Raises Refused if it is not words of `[a-z0-9]` joined by single hyphens."""
    if SLUG.fullmatch(slug) and len(slug) <= _MAX_SLUG_LENGTH:
        return slug
    suggestion = suggest_slug(slug)
    hint = f", did you mean {suggestion!r}?" if suggestion else ", such as the-word-robot"
    raise Refused(
        f"invalid slug {slug!r}: expected words of a-z and 0-9 joined by single '-',"
        f" at most {_MAX_SLUG_LENGTH} characters{hint}"
    )


def suggest_slug(text: str) -> str:
    """The slug that is most like `text`; empty if it has no letter of a to z and no digit."""
    import unicodedata  # imported only for an error

    plain = unicodedata.normalize("NFKD", text.casefold().replace("'", "").replace("\u2019", ""))
    words = re.findall("[a-z0-9]+", "".join(each for each in plain if not unicodedata.combining(each)))
    return "-".join(words)[:_MAX_SLUG_LENGTH].rstrip("-")


def split_names(values: Iterable[str]) -> tuple[str, ...]:
    """The names in the values of a repeatable option, each a name or several with commas, without duplicates.

    Values without any name give an empty name, which no gate has, so that `--gate "$UNSET"` does not mean all.
    """
    names = [name.strip() for value in values for name in value.split(",")]
    return tuple(dict.fromkeys(filter(None, names))) or tuple(names[:1])


def match_name(named: str, known: Iterable[str]) -> str | None:
    """The one of `known` that is meant, whatever its case; None if there is none, or several and none is exact."""
    same = [name for name in known if name.casefold() == named.casefold()]
    return named if named in same else same[0] if len(same) == 1 else None


def check_run_id(run_id: str) -> str:
    """Return `run_id`. Raises Refused if it does not have the form of one."""
    if not RUN_ID.fullmatch(run_id):
        raise Refused(
            f"invalid run id {run_id!r} (expected the form run_20261122T093000Z_the-word-robot_k3x9ab)",
            next_command=suggestions.LIST_RUNS,
        )
    return run_id


def check_depth(depth: str) -> Depth:
    """The depth named `depth`, in any letter case. Raises Refused."""
    try:
        return Depth(depth.strip().lower())
    except ValueError:
        raise Refused(f"unknown depth {depth!r}{suggest(depth.lower(), list(Depth))}") from None


def check_text(text: str, what: str) -> str:
    """Return `text`. Raises Refused if it is blank, not UTF-8 or has control characters, such as bidirectional ones."""
    _check_characters(text, what)
    if not text.strip():
        raise Refused(f"{what} must not be empty")
    return text


def check_value(text: str) -> str:
    """Return `text`, the value of a variable, which may be empty. Raises Refused like `check_text`."""
    _check_characters(text, "the value")
    return text


def check_run_directory(run_id: str, directory: str) -> str:
    """Return `run_id`. Raises Refused if it differs from the name of the run's directory."""
    if run_id != directory:
        raise Refused(f"is {run_id!r}, but its directory is named {directory!r}")
    return run_id


def start_order(run_id: str, started_at: str | None) -> tuple[str, str]:
    """The key that sorts runs by their start: the recorded time, else the one in the id, then the id.

    Both times become `YYYYMMDDHHMMSS` and milliseconds.
    """
    return "".join(filter(str.isdigit, started_at or run_id.split("_")[1])), run_id


def normal_path(path: str, what: str) -> str:
    """`path` without `.` and redundant slashes. Raises Refused if it is absolute or leaves the root as written.

    Symlinks are not resolved here; `Workspace.confine` does that.
    """
    normal = posixpath.normpath(path)
    if normal == path and path[0] not in "/. " and path.isascii() and path.isprintable():
        return path  # the usual case, of which there may be thousands
    _check_characters(path, what)
    if path.startswith("/"):
        raise Refused(f"{what} {path!r} is absolute; expected a path relative to the root")
    if not path.strip() or normal == ".":
        raise Refused(f"{what} {path!r} is not a path below the root")
    if normal == ".." or normal.startswith("../"):
        raise Refused(f"{what} {path!r} is outside the root")
    return normal


def check_encodable(path: str) -> str:
    """Return `path`. Raises Refused if it can be no file's name in the locale, which need not be UTF-8."""
    try:
        os.fsencode(path)
    except UnicodeEncodeError:
        encoding = sys.getfilesystemencoding()
        message = f"{path!a} cannot be a file name in this locale (encoding: {encoding})"
        raise Refused(message, next_command=suggestions.USE_UTF8) from None
    return path


def check_utf8(text: str, what: str) -> str:
    """Return `text`. Raises Refused if it was not UTF-8, or read in a locale that is not."""
    try:
        text.encode()
    except UnicodeEncodeError:
        raise _not_utf8_error(text, what) from None
    return text


def _check_characters(text: str, what: str) -> None:
    if text.isascii() and text.isprintable():
        return
    if has_control(check_utf8(text, what)):
        raise Refused(f"{what} {text!r} contains a control character")


def _not_utf8_error(text: str, what: str) -> Refused:
    """The error for an argument that was read in the locale's encoding and cannot be written as UTF-8."""
    encoding = sys.getfilesystemencoding()
    if encoding != "utf-8":
        with suppress(UnicodeError):
            message = f"{what} {os.fsencode(text).decode()!r} cannot be read in this locale (encoding: {encoding})"
            return Refused(message, next_command=suggestions.USE_UTF8)
    return Refused(f"{what} {text!r} is not UTF-8")
