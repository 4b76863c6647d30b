"""The error family: each error says what is the matter, names the next command and knows its exit code.

One line each; an invalid file has a line for each fault.
"""

from collections.abc import Iterable
from enum import IntEnum
from typing import Final


class Exit(IntEnum):
    """What the exit code of `orch` means (FORMAT: exit codes)."""

    OK = 0
    FAIL = 1
    REFUSED = 2
    NO_VERDICT = 3
    DAMAGED = 4
    PAUSED = 5
    INTERRUPTED = 130


class OrchError(Exception):
    """Something a person has to know: `message` says what, `next_command` what to type now."""

    exit_code = Exit.NO_VERDICT
    advice = "orch --help"
    """What to do where no command can be named."""

    def __init__(self, message: str, *, next_command: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.next_command = next_command


class Refused(OrchError):
    """The command cannot be carried out as it was given, or not in this state. Nothing was changed."""

    exit_code = Exit.REFUSED


class InvalidFile(OrchError):
    """A contract or workflow does not mean anything; `problems` holds one `file:line: …` for each fault."""

    exit_code = Exit.REFUSED
    advice = "mend the file, then repeat the command"

    def __init__(self, problems: Iterable[str], *, next_command: str | None = None) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(self.problems), next_command=next_command)


class NoVerdict(OrchError):
    """The checks ran, or tried to, but what came back is no verdict. Nothing was recorded."""

    exit_code = Exit.NO_VERDICT
    advice = "repeat the command; the attempt is still open"


class NotWritten(OrchError):
    """A record could not be written, or not wholly; the message says what stands."""

    exit_code = Exit.NO_VERDICT
    advice = "make it possible, then repeat the command"


class Interrupted(OrchError):
    """Somebody pressed Ctrl-C. Nothing was recorded."""

    exit_code = Exit.INTERRUPTED


class NotReadable(OrchError):
    """A record stands there and could not be read: nothing is known of it, not even that it is damaged."""

    exit_code = Exit.NO_VERDICT
    advice = "make it readable, then repeat the command"


class DamagedRecord(OrchError):
    """A record cannot be read, or does not agree with itself."""

    exit_code = Exit.DAMAGED
    advice = "restore the file from git"
    run_id: str | None = None
    """The run whose record it is, where that is known."""


class Paused(OrchError):
    """The pipeline waits for a person or an agent."""

    exit_code = Exit.PAUSED


def sentence(message: str, next_command: str | None) -> str:
    """The message and what to type now."""
    if next_command is None:
        return message
    return f"{message}{'' if message.endswith(('?', '.')) else '.'} Next: {next_command}"


_SHOWN: Final = 12  # names in a message about an unknown one
_ALIKE: Final = 0.7
"""How alike two words are (0 to 1) before one is taken for a slip of the other."""


def closest(word: str, names: list[str]) -> str | None:
    """The one of `names` that `word` is probably a slip of, if any is like it: in other letters, or misspelt."""
    if same := next((name for name in names if name.casefold() == word.casefold()), None):
        return same
    from difflib import get_close_matches  # only who has slipped pays for it

    return next(iter(get_close_matches(word, names, n=1, cutoff=_ALIKE)), None)


def suggest(word: str, known: Iterable[str]) -> str:
    """The tail of a message about an unknown `word`: what was probably meant, else what is known."""
    names = [str(name) for name in known]
    if close := closest(word, names):
        return f", did you mean {close!r}?"
    if not names:
        return ""
    shown = ", ".join(names[:_SHOWN])
    return f" (known: {shown}{', …' if len(names) > _SHOWN else ''})"
