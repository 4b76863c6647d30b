import json
from typing import Any

import pytest

from gate_tests.contract import SUPPRESSIONS_KEY
from gate_tests.lint.findings import ContractWarning, WarningTopic
from gate_tests.lint.suppressions import drop_suppressed
from gate_tests.strict_json.document import Document


def remaining(suppressions: Any, *topics: WarningTopic) -> list[str]:
    """The topics that are left of these warnings, in a contract with these suppressions."""
    document = Document.parse("a.json", json.dumps({SUPPRESSIONS_KEY: suppressions}).encode())
    warnings = [ContractWarning.at(topic, document, (), "message") for topic in topics]
    return [str(each.topic) for each in drop_suppressed(document, iter(warnings))]


def test_without_suppressions_every_warning_is_given() -> None:
    document = Document.parse("a.json", b"{}")
    warnings = [ContractWarning.at(topic, document, (), "message") for topic in WarningTopic]
    assert list(drop_suppressed(document, warnings)) == warnings


def test_a_suppressed_topic_is_dropped_and_others_stay_in_order() -> None:
    suppressions = {"slow-regex": "small files only"}
    assert remaining(
        suppressions,
        WarningTopic.OWN_WORD,
        WarningTopic.SLOW_REGEX,
        WarningTopic.MATCHES_NOTHING,
        WarningTopic.SLOW_REGEX,
    ) == [
        "own-word",
        "matches-nothing",
    ]


@pytest.mark.parametrize("reason", ["", " \n", None, 1, True, ["because"]])
def test_without_a_reason_nothing_is_suppressed_and_that_is_a_warning(reason: Any) -> None:
    assert remaining({"slow-regex": reason}, WarningTopic.SLOW_REGEX) == ["slow-regex", "needless-acceptance"]


@pytest.mark.parametrize("topic", ["own-word", "no-such-topic", ""])
def test_a_suppression_without_effect_is_a_warning(topic: str) -> None:
    assert remaining({topic: "a reason"}, WarningTopic.SLOW_REGEX) == ["slow-regex", "needless-acceptance"]
    assert remaining({topic: "a reason"}) == ["needless-acceptance"]


@pytest.mark.parametrize("value", ["slow-regex", ["slow-regex"], None, 0])
def test_suppressions_that_are_no_object_are_a_warning(value: Any) -> None:
    assert remaining(value, WarningTopic.SLOW_REGEX) == ["slow-regex", "needless-acceptance"]


def test_a_warning_about_a_suppression_is_at_its_line() -> None:
    document = Document.parse("a.json", b'{\n "x-accepted-advice": {\n  "own-word": ""\n }\n}')
    (warning,) = drop_suppressed(document, ())
    assert (warning.line, warning.json_path) == (3, "$.x-accepted-advice.own-word")
