"""When an agent failed by itself: what its host prints then, and what an agent prints that writes about limits."""

import pytest

from runner.agents.agent_failure import find_agent_failure
from runner.models.invocation import Ended, ProgramEnd

FAILED = ProgramEnd("agent", Ended.EXITED, 1)
GOOD = ProgramEnd("agent", Ended.EXITED, 0)

LIMITS = {
    "claude": "You've hit your limit · resets 1pm (Europe/Lisbon)",
    "codex": "You’ve hit your usage limit. Upgrade to Pro (https://chatgpt.com/explore/pro), or try again at 2:51 PM.",
    "claude, with a time": "Claude AI usage limit reached|1753441200",
    "claude, in words": "Claude usage limit reached. Your limit will reset at 3pm (America/Bogota).",
    "the API": 'Error: 429 {"type":"error","error":{"message":"…"}}',
    "the API's type": '{"type":"error","error":{"type":"rate_limit_error","message":"…"}}',
    "codex, in JSON": 'Error: Codex error: {"type":"error","error":{"type":"usage_limit_reached"},"status_code":429}',
    "overloaded": "API Error: 529 overloaded_error",
    "gemini": "Quota exceeded for quota metric 'Generate Content API requests per minute'",
    "gemini, in gRPC's words": "[API Error: You have exhausted your capacity. RESOURCE_EXHAUSTED]",
    "the shortest": "limit reached",
}
"""As public issue threads of Claude Code, Codex, Gemini CLI and others quote them."""


@pytest.mark.quick(*LIMITS)
@pytest.mark.parametrize("line", LIMITS.values(), ids=LIMITS.keys())
def test_a_limit_of_the_host_is_recognized(line: str) -> None:
    failure = find_agent_failure(FAILED, "exit code 1", ["working", line], has_changed_outputs=True)
    assert failure
    assert failure.reason == "exit code 1, and its last lines name a limit"
    assert find_agent_failure(GOOD, "exit code 0", [line], has_changed_outputs=False)


OTHERS = ["I reached the end of the list.", "Line 429 of the file", "no limits were found", "overloading of operators"]


@pytest.mark.quick(*OTHERS)
@pytest.mark.parametrize("line", OTHERS, ids=OTHERS)
def test_other_words_name_none(line: str) -> None:
    assert find_agent_failure(FAILED, "exit code 1", [line], has_changed_outputs=True) is None


def test_an_agent_that_worked_may_write_about_limits() -> None:
    assert find_agent_failure(GOOD, "exit code 0", [*LIMITS.values()], has_changed_outputs=True) is None


def test_how_long_a_wait_helps_depends_on_how_it_failed() -> None:
    missing = find_agent_failure(
        ProgramEnd("agent", Ended.NOT_STARTED), "could not be started: x", [], has_changed_outputs=False
    )
    late = find_agent_failure(ProgramEnd("agent", Ended.TIMED_OUT), "timed out", [], has_changed_outputs=True)
    assert missing
    assert late
    assert (missing.max_wait_s, late.max_wait_s) == (1, 900)
