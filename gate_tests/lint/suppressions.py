"""Advice that a contract's author has read and does not follow, with the reason: it is not given again.

A contract says so under `x-accepted-advice`, as `{topic: reason}`. Judging does not look at it.
"""

from collections.abc import Iterable, Iterator
from typing import Final

from gate_tests.errors import suggest
from gate_tests.lint.findings import Advice, Topic
from gate_tests.strict_json.document import Document

KEY: Final = "x-accepted-advice"


def without_accepted(document: Document, advice: Iterable[Advice]) -> Iterator[Advice]:
    """What is left of the advice; and an entry with no reason, or for advice that is not given, is told."""
    advice = tuple(advice)
    given = {str(each.topic) for each in advice}
    written = document.data.get(KEY, {})
    accepted = written if isinstance(written, dict) else {}
    reasoned = {topic for topic, reason in accepted.items() if isinstance(reason, str) and reason.strip()}
    yield from (each for each in advice if each.topic not in reasoned)
    if not isinstance(written, dict):
        yield Advice.about(Topic.NEEDLESS_ACCEPTANCE, document, (KEY,), "must be {topic: reason}")
    for topic in accepted:
        if topic not in reasoned:
            yield Advice.about(Topic.NEEDLESS_ACCEPTANCE, document, (KEY, topic), "gives no reason")
        elif topic not in given:
            words = f"advice {topic!r} is not given here{suggest(topic, given)}"
            yield Advice.about(Topic.NEEDLESS_ACCEPTANCE, document, (KEY, topic), words)
