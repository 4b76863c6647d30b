"""When an agent failed by itself: what its host prints then, and what an agent prints that writes about limits."""

import pytest

from runner.agents.worker.agent_failure import find_agent_failure
from runner.models.invocation import Ended, ProgramEnd

FAILED = ProgramEnd("agent", Ended.EXITED, 1)
GOOD = ProgramEnd("agent", Ended.EXITED, 0)

LIMITS = (
    "You've hit your limit · resets 3pm (Europe/Berlin)",
    "You've hit your usage limit. Upgrade to Pro or try again at 5:01 PM.",
    "You've hit your weekly limit",
    "Claude AI usage limit reached|1753441200",
    "5-hour limit reached ∙ resets 3pm",
    "You've reached your usage limit",
    'API Error: 429 {"type":"error","error":{"type":"rate_limit_error","message":"Number of requests"}}',
    "This request would exceed your account's rate limit. Please try again later.",
    "API Error: Request rejected (429)",
    "API Error: Repeated 529 Overloaded errors",
    "Overloaded",
    '{"type":"error","error":{"details":null,"type":"overloaded_error","message":"Overloaded"}}',
    "stream error: exceeded retry limit, last status: 429 Too Many Requests; retrying",
    "Rate limit reached for gpt-5-codex in organization org-x on tokens per min (TPM): Limit 30000",
    "You exceeded your current quota, please check your plan and billing details.",
    "Quota exceeded for quota metric 'Generate requests'",
    "status: 429, RESOURCE_EXHAUSTED",
    "You have exhausted your daily quota on this model.",
    "Sorry, you have been rate limited",
    "Claude usage limit reached. Your limit will reset at 3pm (America/Bogota).",
    'Error: Codex error: {"type":"error","error":{"type":"usage_limit_reached"},"status_code":429}',
    "[API Error: You have exhausted your capacity. RESOURCE_EXHAUSTED]",
    "limit reached",
    '{"type":"result","is_error":true,"result":"You\'ve hit your limit","usage":{}}',
)
"""As the documentation and public issue threads of hosts quote them."""

WORK = (
    "429 words were written about token limits",
    "Implemented rate limiting for the API; requests above the rate limit get an answer",
    "error: call of overloaded 'f(int)' is ambiguous",
    "added a usage limit to the settings, and a session limit",
    "line 429: the word count is right",
    "The essay has reached its end.",
)


@pytest.mark.parametrize("line", LIMITS)
def test_a_limit_of_the_host_is_recognized(line: str) -> None:
    failure = find_agent_failure(FAILED, "exit code 1", ["working", line], has_changed_outputs=True)
    assert failure
    assert failure.reason == "exit code 1, and its last lines name a limit"
    assert find_agent_failure(GOOD, "exit code 0", [line], has_changed_outputs=False)


@pytest.mark.parametrize("line", WORK)
def test_what_an_agent_writes_about_its_work_names_none(line: str) -> None:
    assert find_agent_failure(FAILED, "exit code 1", [line], has_changed_outputs=True) is None


def test_an_agent_that_worked_may_write_about_limits() -> None:
    assert find_agent_failure(GOOD, "exit code 0", LIMITS, has_changed_outputs=True) is None


def test_how_long_a_wait_helps_depends_on_how_it_failed() -> None:
    missing = find_agent_failure(
        ProgramEnd("agent", Ended.NOT_STARTED), "could not be started: x", [], has_changed_outputs=False
    )
    late = find_agent_failure(ProgramEnd("agent", Ended.TIMED_OUT), "timed out", [], has_changed_outputs=True)
    assert missing
    assert late
    assert (missing.max_wait_s, late.max_wait_s) == (1, 900)
