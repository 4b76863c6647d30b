"""The answer of a hook to an agent that is about to stop, in the form of each host."""

from collections.abc import Sequence
from typing import Final, NamedTuple

from runner.agents.hooks.hosts import AnswerForm, Host

_CUT: Final = "…"
_MORE: Final = "\nAnd {:,} more; the command below lists them all."
_NUMBERED: Final = len("999999. \n")


class Decision(NamedTuple):
    """A `reason` sends the agent back, which reads it; a `message` is for the person."""

    reason: str | None = None
    message: str | None = None

    def to_json(self, host: Host) -> dict[str, str]:
        """`{decision, reason}` or `{followup_message}`; `{systemMessage}` where the host shows one; else `{}`."""
        if self.reason:
            reason = cut_text(self.reason, host.max_answer_bytes)
            if host.answer_form is AnswerForm.FOLLOW_UP:
                return {str(host.answer_form): reason}
            return {"decision": str(host.answer_form), "reason": reason}
        if self.message and host.shows_messages:
            return {"systemMessage": cut_text(self.message, host.max_answer_bytes)}
        return {}


def cut_text(text: str, max_bytes: int) -> str:
    """`text`, or as much of it as fits into `max_bytes` of UTF-8 with a mark that it was cut."""
    encoded = text.encode(errors="replace")
    if len(encoded) <= max_bytes:
        return text
    return encoded[: max(max_bytes - len(_CUT.encode()), 0)].decode(errors="ignore") + _CUT


def compose_list(head: str, items: Sequence[str], tail: str, max_bytes: int) -> str:
    """`head`, the first items, numbered, as many as fit, at least a part of one, and `tail`."""
    room = max_bytes - sum(len(text.encode(errors="replace")) for text in (head, tail, _MORE.format(10**6)))
    listed: list[str] = []
    for item in items:
        size = len(item.encode(errors="replace")) + _NUMBERED
        if size > room and listed:
            break
        listed.append(cut_text(item, room - _NUMBERED))
        room -= size
    lines = [f"{number}. {item}" for number, item in enumerate(listed, start=1)]
    if more := len(items) - len(listed):
        lines.append(_MORE.format(more))
    return head + "\n".join(lines) + tail
