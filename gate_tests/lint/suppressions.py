"""Suppressed warnings: a contract lists them with reasons under `x-accepted-advice`, as `{topic: reason}`.

Judging ignores the key.
"""

from collections.abc import Iterable, Iterator
from typing import Final

from gate_tests.contract import SUPPRESSIONS_KEY
from gate_tests.errors import suggest
from gate_tests.lint.findings import ContractWarning, WarningTopic
from gate_tests.strict_json.document import Document

_GIVEN_ELSEWHERE: Final = frozenset((str(WarningTopic.SURVIVES_EMPTYING), str(WarningTopic.NO_WORKFLOW)))
"""Warnings of a mutation test, and of a lint of the whole repository, which the lint of one contract cannot give."""


def find_suppressed_topics(document: Document) -> set[str]:
    """The topics that the contract suppresses with a reason."""
    value = document.data.get(SUPPRESSIONS_KEY, {})
    suppressions = value if isinstance(value, dict) else {}
    return {topic for topic, reason in suppressions.items() if isinstance(reason, str) and reason.strip()}


def drop_suppressed(document: Document, warnings: Iterable[ContractWarning]) -> Iterator[ContractWarning]:
    """The warnings that are not suppressed, then warnings about suppressions without reason or effect."""
    warnings = tuple(warnings)
    topics = {str(each.topic) for each in warnings}
    value = document.data.get(SUPPRESSIONS_KEY, {})
    suppressions = value if isinstance(value, dict) else {}
    valid = find_suppressed_topics(document)
    yield from (each for each in warnings if each.topic not in valid)
    if not isinstance(value, dict):
        yield ContractWarning.at(
            WarningTopic.NEEDLESS_ACCEPTANCE, document, (SUPPRESSIONS_KEY,), "must be {topic: reason}"
        )
    for topic in suppressions:
        if topic not in valid:
            yield ContractWarning.at(
                WarningTopic.NEEDLESS_ACCEPTANCE, document, (SUPPRESSIONS_KEY, topic), "has no reason"
            )
        elif topic not in topics | _GIVEN_ELSEWHERE:
            message = f"no warning {topic!r} occurs here{suggest(topic, topics)}"
            yield ContractWarning.at(WarningTopic.NEEDLESS_ACCEPTANCE, document, (SUPPRESSIONS_KEY, topic), message)
