"""Lint warnings about the parameters of one check, and the lint rules that several check types share."""

import re
from collections.abc import Iterator
from fnmatch import translate
from typing import Final, Literal, NamedTuple

from gate_tests.strict_json.document import JsonPath

_EMPTY_CLASS: Final = "(?!)"  # what `fnmatch` makes of a `[…]` that matches no character
_CHOICE: Final = re.compile(r"(?<!\{)\{[^{}/]*,[^{}/]*\}(?!\})")
"""A shell's `{a,b}`: a directory could have such a name, but none does."""
BRACES: Final = re.compile(r"(?<!\{)\{[^{}/]*\}(?!\})")
"""What looks like a variable. Doubled braces belong to another template language."""


class LintWarning(NamedTuple):
    """`keys` lead from the check to the value that `message` is about."""

    topic: Literal[
        "matches-nothing", "half-characters", "slow-regex", "all-but-one",
        "demands-nothing", "no-shell", "unusable-schema", "no-draft", "ignored-keyword",
    ]  # fmt: skip
    keys: JsonPath
    message: str


def lint_literal(text: str) -> Iterator[LintWarning]:
    """A warning if no artifact that is read as text can contain `text`."""
    if "\r" in text or "\0" in text:
        message = (
            f"can never match: no text contains {text!r} (line ends are read as \\n, and a file with \\0 is not text)"
        )
        yield LintWarning("matches-nothing", (), message)


def lint_glob(glob: str, *keys: str | int) -> LintWarning | None:
    """A warning about the glob at `keys`, its variables already replaced, if it can match no file."""
    message = _explain_no_match(glob)
    return LintWarning("matches-nothing", keys, message) if message else None


def _explain_no_match(glob: str) -> str | None:
    if _CHOICE.search(glob):
        return f"{glob!r} matches no file: {{a,b}} is not supported, braces are literal"
    for name in glob.split("/"):
        if _EMPTY_CLASS in translate(name):
            return f"{name!r} matches no file: its [...] contains no character"
    if braces := BRACES.search(glob):
        return f"{braces[0]!r} is literal: a glob supports *, ?, [...] and **"
    return None
