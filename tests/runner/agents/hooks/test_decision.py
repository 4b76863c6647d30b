"""Answers have the form of their host, and reach the agent whole: their bytes are counted."""

import re
from typing import Any

import pytest

from runner.agents.hooks.decision import Decision, compose_list, cut_text
from runner.agents.hooks.hosts import HOSTS

NOTHING: dict[str, str] = {}
FORMS: dict[str, tuple[Any, Any, Any]] = {
    "claude-code": ({"decision": "block", "reason": "r"}, {"systemMessage": "m"}, NOTHING),
    "codex": ({"decision": "block", "reason": "r"}, {"systemMessage": "m"}, NOTHING),
    "copilot": ({"decision": "block", "reason": "r"}, NOTHING, NOTHING),
    "gemini": ({"decision": "deny", "reason": "r"}, {"systemMessage": "m"}, NOTHING),
    "cursor": ({"followup_message": "r"}, NOTHING, NOTHING),
}


@pytest.mark.parametrize("target", HOSTS)
def test_an_answer_has_the_members_that_its_host_documents(target: str) -> None:
    sent_back, told, nothing = FORMS[target]
    host = HOSTS[target]
    assert Decision(reason="r").to_json(host) == sent_back
    assert Decision("r", "m").to_json(host) == sent_back
    assert Decision(message="m").to_json(host) == told
    assert Decision().to_json(host) == nothing


@pytest.mark.parametrize("letter", ["a", "ä", "語", "🍵"])
def test_no_answer_has_more_bytes_than_reach_the_agent(letter: str) -> None:
    host = HOSTS["codex"]
    for answer in (Decision(reason=letter * 9000), Decision(message=letter * 9000)):
        (text,) = (text for key, text in answer.to_json(host).items() if key != "decision")
        assert host.max_answer_bytes - 6 < len(text.encode()) <= host.max_answer_bytes
        assert text.endswith(f"{letter}…")


def test_half_a_surrogate_pair_does_not_break_an_answer() -> None:
    assert cut_text("\ud800" * 20, 10)


@pytest.mark.parametrize("letter", ["a", "語"])
def test_a_list_has_as_many_items_as_fit_and_counts_the_others(letter: str) -> None:
    text = compose_list("head\n\n", [letter * 50] * 100, "\n\ntail", 2000)
    assert len(text.encode()) <= 2000
    listed = len(re.findall(r"^\d+\. ", text, re.MULTILINE))
    assert listed == (32 if letter == "a" else 12)
    assert f"\nAnd {100 - listed} more; the command below lists them all.\n\ntail" in text


def test_an_item_that_alone_does_not_fit_is_cut() -> None:
    text = compose_list("head\n\n", ["語" * 5000, "second"], "\n\ntail", 2000)
    assert len(text.encode()) <= 2000
    assert "語…\n\nAnd 1 more; the command below lists them all.\n\ntail" in text


def test_a_short_list_is_whole() -> None:
    assert compose_list("head\n\n", ["a", "b"], "\n\ntail", 2000) == "head\n\n1. a\n2. b\n\ntail"
