"""Counts how often an agent was sent back in an attempt, because that has a limit.

A line for each answer, below the run's `logs/`: `SESSION AGENT STOP MILLISECONDS block`, `… limit` or, for the same
answer again, `… repeat`. One stop may be reported twice, by Stop and SubagentStop or because the hook is configured
twice: all get the same answer, a few times at most.
"""

import time
from typing import TYPE_CHECKING, Final, NamedTuple

from runner.agents.hooks.stop_event import StopEvent
from runner.storage.logs import open_counter
from runner.storage.session_binding import hash_session

if TYPE_CHECKING:
    from runner.storage.store import Store

_SAME_STOP_MS: Final = 1000
"""A hook that is called so soon after an answer to the same words is about the same stop: a model takes longer."""

_MAX_REPEATS: Final = 3
"""Stop and SubagentStop, each configured twice, report a stop four times. More is an agent that repeats its words."""

_BLOCK: Final = "block"
_LIMIT: Final = "limit"
_REPEAT: Final = "repeat"


class Answer(NamedTuple):
    """An answer to a stop: by whom, to which stop, when, and `block`, `limit` or `repeat`."""

    session: str
    agent: str
    stop: str
    at_ms: int
    outcome: str

    def to_line(self) -> str:
        """As it is kept."""
        return " ".join((self.session, self.agent or "-", self.stop or "-", str(self.at_ms), self.outcome)) + "\n"


def count_block(store: "Store", run_id: str, attempt: str, event: StopEvent, max_blocks: int, began_ms: int) -> bool:
    """Whether to send the agent back; counts that. `attempt` is `GATE-NUMBER`, `began_ms` when the hook was called.

    Safe for concurrent hooks. Raises NotWritten, Refused where it cannot be counted.
    """
    session, agent = hash_session(event.session), hash_session(event.agent) if event.agent else ""
    with open_counter(store, run_id, f"stop-hook/{attempt}") as counter:
        answers = [answer for line in counter.read().splitlines() if (answer := _parse(line))]
        if answered := _find_answer(answers, session, agent, event.stop, began_ms):
            counter.append(answered._replace(agent=agent, outcome=_REPEAT).to_line())
            return answered.outcome == _BLOCK
        blocks = sum(each.outcome == _BLOCK and (each.session, each.agent) == (session, agent) for each in answers)
        outcome = _BLOCK if blocks < max_blocks else _LIMIT
        counter.append(Answer(session, agent, event.stop, time.time_ns() // 1_000_000, outcome).to_line())
    return outcome == _BLOCK


def _find_answer(answers: list[Answer], session: str, agent: str, stop: str, began_ms: int) -> Answer | None:
    """The answer to the same stop, if it has one. Two subagents with the same words are two stops."""
    same = [
        each
        for each in answers
        if stop
        and (each.session, each.stop) == (session, stop)
        and (each.agent == agent or not (each.agent and agent))
        and began_ms <= each.at_ms + _SAME_STOP_MS
    ]
    repeats = [each for each in same if each.outcome == _REPEAT]
    answered = [each for each in same if each.outcome != _REPEAT]
    return answered[-1] if len(repeats) < _MAX_REPEATS * len(answered) else None


def _parse(line: str) -> Answer | None:
    match line.split(" "):
        case [session, agent, stop, at, (("block" | "limit" | "repeat") as outcome)] if at.isdecimal() and len(at) < 20:
            return Answer(session, agent.strip("-"), stop.strip("-"), int(at), outcome)
    return None  # torn by a crash
