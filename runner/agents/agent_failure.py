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
    hit\ your\ (\w+\ )?limit          # Claude Code: You've hit your limit; Codex: You've hit your usage limit
    | (usage|rate|session|weekly|request|token)[ _-]limit   # Claude AI usage limit reached|<time>; rate_limit_error
    | \blimit\ (was\ |has\ been\ )?(reached|exceeded)
    | too\ many\ requests | \boverloaded(_error)?\b
    | \b(error|http|status|code)\b\W{0,12}429\b          # a 429 alone may be anything
    | quota\ (was\ |has\ been\ )?(reached|exceeded|exhausted) | exceeded\ your\ (\w+\ )*quota
    | resource[ _]exhausted
    """,
    re.IGNORECASE | re.VERBOSE,
)
"""What hosts print when an account may not ask its model now; sources: issue trackers of Claude Code and Codex."""


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
