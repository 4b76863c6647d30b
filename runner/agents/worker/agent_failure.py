"""Whether an agent failed by itself: its host, its time limit or its account, not the work that it was given.

Such an end spends no attempt.
"""

import re
from collections.abc import Sequence
from typing import Final, NamedTuple

from runner.models.invocation import Ended, ProgramEnd

_MAX_WAIT_S: Final = 900.0
_NOT_STARTED_WAIT_S: Final = 1.0
"""A program that the system refuses is not helped by a longer wait."""

_EX_TEMPFAIL: Final = 75
"""The exit code of a temporary failure in sysexits.h."""

_RATE_LIMIT: Final = re.compile(
    r"""
    \b(hit|reached|exceed(s|ed|ing)?)\s[^.!?]{0,60}\b(limits?|quota)\b  # You've hit your usage limit
    | (?<![a-z])(limit|quota)[ _]((was|has\ been)\ )?(reached|hit|exceeded|exhausted)\b  # usage limit reached|<time>
    | \brate[ _-]limit(ed\b|_error|_exceeded)
    | \btoo\ many\ requests\b | \(429\) | (?<![a-z])(code|error|http|status)[\W_]{1,4}(429|529)\b
    | \boverloaded_error\b | ^\W*overloaded\W*$ | \b(currently|temporarily|529|servers?(\ is|\ are)?)\ overloaded\b
    | \bexhausted\ your\b | \bresource[ _]exhausted\b
    """,
    re.IGNORECASE | re.VERBOSE,
)
"""What hosts print when an account may not ask its model now; sources: issue trackers of Claude Code and Codex.

It names an event: that an agent implemented a rate limit, or wrote 429 words, is its work.
"""


class AgentFailure(NamedTuple):
    """Why an agent failed by itself, and the longest wait in seconds that may help."""

    reason: str
    max_wait_s: float


def find_agent_failure(
    end: ProgramEnd, description: str, last_lines: Sequence[str], *, has_changed_outputs: bool
) -> AgentFailure | None:
    """How the agent failed by itself; None where its work is to be judged.

    `description` says how the program ended, `last_lines` are those of its output. Text about a limit counts only
    where the program failed or did nothing: an agent may well write about limits.
    """
    if end.ended is Ended.NOT_STARTED:
        return AgentFailure(description, _NOT_STARTED_WAIT_S)
    if end.ended is Ended.TIMED_OUT:
        return AgentFailure(description, _MAX_WAIT_S)
    if end.exit_code == _EX_TEMPFAIL:
        return AgentFailure(f"{description}, a temporary failure", _MAX_WAIT_S)
    if end.succeeded and has_changed_outputs:
        return None
    if any(map(_RATE_LIMIT.search, last_lines)):
        return AgentFailure(f"{description}, and its last lines name a limit", _MAX_WAIT_S)
    if not end.succeeded and not has_changed_outputs:
        return AgentFailure(f"{description}, no output changed", _MAX_WAIT_S)
    return None
