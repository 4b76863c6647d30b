"""The exceptions that `orch` reports to the user, each with its exit code and the next command to type.

A message is one line; that of an invalid file has a line for each error.
"""

from collections.abc import Collection, Iterable
from enum import IntEnum
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:  # much imports this module
    from pathlib import Path


class Exit(IntEnum):
    """Exit codes of `orch` (FORMAT: exit codes)."""

    OK = 0
    FAIL = 1
    REFUSED = 2
    NO_VERDICT = 3
    DAMAGED = 4
    PAUSED = 5
    INTERRUPTED = 130


_GRAVEST_FIRST: Final = (Exit.INTERRUPTED, Exit.DAMAGED, Exit.NO_VERDICT, Exit.REFUSED, Exit.FAIL)


def choose_gravest(codes: Collection[Exit]) -> Exit:
    """The exit code of a command that has several results: a damaged record first, then no verdict, …, else OK."""
    return next((code for code in _GRAVEST_FIRST if code in codes), Exit.OK)


LOST_ROOT: Final = "orchestration"
"""The path of a LostFile that is a root itself, at its `root` or above it."""


class LostFile(NamedTuple):
    """A file or directory that git may have: `path` is relative to `root`."""

    root: "Path"
    path: str


class OrchError(Exception):
    """An error to be reported: `message` says what is wrong, `next_command` what to type next.

    Where git has the `lost_file`, what to type next is the command that restores or finds it. Where no command helps,
    `advice` says in words what a person can do.
    """

    exit_code = Exit.NO_VERDICT
    advice: str | None = None
    """What a person can do, if there is no `next_command`."""
    lookup_command: str | None = None
    """The command of orch that finds out whether git has the `lost_file`, for who prints the error and asks no git."""

    def __init__(
        self,
        message: str,
        *,
        next_command: str | None = None,
        advice: str | None = None,
        lost_file: LostFile | None = None,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.next_command = next_command
        if advice is not None:
            self.advice = advice
        self.lost_file = lost_file


class Refused(OrchError):
    """The command is invalid, or not possible in this state. Nothing was changed."""

    exit_code = Exit.REFUSED


class DecisionNeeded(Refused):
    """Rules of the gate have changed, and only a person can accept that: `path` is the file to look at.

    `accept_command` is what a person types to accept it. It is not shown where an agent may read it.
    """

    def __init__(self, message: str, *, path: str, accept_command: str) -> None:
        super().__init__(f"{message}; a person decides whether to accept that")
        self.path = path
        self.accept_command = accept_command


class GateFailed(OrchError):
    """A gate that is recorded as passed does not pass."""

    exit_code = Exit.FAIL


class InvalidFile(OrchError):
    """A contract or workflow is invalid; `problems` has one `file:line: …` for each error."""

    exit_code = Exit.REFUSED
    advice = "fix the file, then repeat the command"

    def __init__(
        self, problems: Iterable[str], *, next_command: str | None = None, lost_file: LostFile | None = None
    ) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(self.problems), next_command=next_command, lost_file=lost_file)


class NoVerdict(OrchError):
    """The checks were started but there is no verdict. Nothing was recorded."""

    exit_code = Exit.NO_VERDICT
    advice = "repeat the command; the attempt is still open"


class NotWritten(OrchError):
    """A record could not be written, or only in part; the message says what was written."""

    exit_code = Exit.NO_VERDICT
    advice = "make the file writable or free disk space, then repeat the command"


class Interrupted(OrchError):
    """The user pressed Ctrl-C. Nothing was recorded."""

    exit_code = Exit.INTERRUPTED


class NotReadable(OrchError):
    """A record exists but could not be read, so nothing is known of its content."""

    exit_code = Exit.NO_VERDICT
    advice = "make the file readable, then repeat the command"


class DamagedRecord(OrchError):
    """A record is corrupted (cannot be parsed) or inconsistent (contradicts itself)."""

    exit_code = Exit.DAMAGED
    advice = "restore the file from a backup"
    root: "Path | None" = None
    run_id: str | None = None
    """Where the record is, if whether and how it can be repaired has not been examined yet."""

    def suggest_repair(self, root: "Path", run_id: str, repair_command: str) -> None:
        """Have the repair of the record suggested, if nothing else is."""
        if self.next_command is None:
            self.next_command, self.root, self.run_id = repair_command, root, run_id


class CorruptedRecord(DamagedRecord):
    """A file of a record is missing or cannot be parsed."""


class NewerRecord(DamagedRecord):
    """A record of a newer version of orch. To repair it would lose what that version keeps in it."""

    advice = "upgrade orch, then repeat the command"


class Paused(OrchError):
    """The pipeline is waiting for a person or an agent."""

    exit_code = Exit.PAUSED


def format_message(message: str, next_step: str | None) -> str:
    """The message, and on its own line the next command (or the advice) if there is one."""
    return message if next_step is None else f"{message}\nNext: {next_step}"


_MAX_LISTED_NAMES: Final = 12  # in a message about an unknown name
_MAX_COMPARED_NAMES: Final = 1000
_MIN_SIMILARITY: Final = 0.7
"""From which similarity (0 to 1, of difflib) on a word counts as a misspelling of another."""


def find_closest(word: str, names: list[str]) -> str | None:
    """The one of the first `names` that `word` is probably a misspelling of; None if none is similar."""
    names = names[:_MAX_COMPARED_NAMES]
    if same := next((name for name in names if name.casefold() == word.casefold()), None):
        return same
    from difflib import get_close_matches  # imported only for an error

    return next(iter(get_close_matches(word, names, n=1, cutoff=_MIN_SIMILARITY)), None)


def suggest(word: str, known: Iterable[str]) -> str:
    """The end of a message about an unknown `word`: `, did you mean …?`, else ` (known: …)`.

    Names that cannot be printed, such as those of files with line breaks, are left out.
    """
    names = [name for name in map(str, known) if name.isprintable()]
    if close := find_closest(word, names):
        return f", did you mean {close!r}?"
    if not names:
        return ""
    listed = ", ".join(names[:_MAX_LISTED_NAMES])
    return f" (known: {listed}{', …' if len(names) > _MAX_LISTED_NAMES else ''})"
