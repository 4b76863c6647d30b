"""Lint warnings about the parameters of one check, and the lint rules that several check types share."""

import re
from collections.abc import Iterator
from fnmatch import translate
from typing import Final, Literal, NamedTuple

from gate_tests.strict_json.document import JsonPath

_EMPTY_CLASS: Final = "(?!)"  # what `fnmatch` makes of a `[…]` that matches no character
_CHOICE: Final = re.compile(r"(?<!\{)\{[^{}/]*,[^{}/]*\}(?!\})")
"""A shell's `{a,b}`: a directory may have such a name; nobody has one."""
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
        message = f"no text contains {text!r}: line ends are read as \\n, and a file with \\0 is not text"
        yield LintWarning("matches-nothing", (), message)


def lint_glob(glob: str, *keys: str | int) -> LintWarning | None:
    """A warning about the glob at `keys`, its variables already replaced, if it can match no file."""
    message = _explain_no_match(glob)
    return LintWarning("matches-nothing", keys, message) if message else None


def _explain_no_match(glob: str) -> str | None:
    if _CHOICE.search(glob):
        return f"{glob!r} finds no file: {{a,b}} is no choice here, its braces stand for themselves"
    for name in glob.split("/"):
        if _EMPTY_CLASS in translate(name):
            return f"{name!r} can be the name of no file: its [...] holds no character"
    if braces := BRACES.search(glob):
        return f"{braces[0]!r} stands for itself: what a pattern knows is *, ?, [...] and **"
    return None
