"""What an agent's output reports of its usage, in the forms in which hosts print it."""

import io
import json
from typing import Any

import pytest

from gate_tests.errors import Refused
from runner.agents.worker.usage_report import UsageReport, find_usage_report, parse_own_usage, read_usage_report
from runner.models.usage import Usage

RESULT = {
    "type": "result", "subtype": "success", "is_error": False, "result": "Done.", "total_cost_usd": 0.1234567,
    "usage": {"input_tokens": 1, "cache_creation_input_tokens": 20, "cache_read_input_tokens": 300, "output_tokens": 4},
    "modelUsage": {"haiku": {"outputTokens": 1}, "opus": {"outputTokens": 3}},
}  # fmt: skip
"""Claude Code, headless.md: `claude -p --output-format json`."""

CLAUDE = UsageReport(Usage(321, 4, 0.123457, "claude-code"), "opus, haiku")
TURN = {
    "type": "turn.completed",
    "usage": {"input_tokens": 900, "cached_input_tokens": 800, "output_tokens": 50, "reasoning_output_tokens": 20},
}
"""Codex, codex-rs/exec/src/exec_events.rs: `codex exec --json`. The counts are those of the thread so far."""

CODEX = UsageReport(Usage(900, 50, None, "codex"))
FIRST_TURN = {"type": "turn.completed", "usage": {"input_tokens": 9, "output_tokens": 5}}


def lines(*documents: Any) -> bytes:
    return b"".join(json.dumps(each).encode() + b"\n" for each in documents)


OUTPUTS = {
    "one document": (lines(RESULT), CLAUDE),
    "an indented document": (json.dumps(RESULT, indent=2).encode(), CLAUDE),
    "a stream": (lines({"type": "system"}, {"type": "assistant", "message": {"usage": {}}}, RESULT), CLAUDE),
    "a list, as with --verbose": (lines([{"type": "system"}, RESULT]), CLAUDE),
    "among other lines": (b"warning: x\n" + lines(RESULT) + b"bye\n", CLAUDE),
    "CRLF": (lines(RESULT).replace(b"\n", b"\r\n"), CLAUDE),
    "an event": (lines({"type": "thread.started"}, FIRST_TURN, TURN), CODEX),
    "text": (b"I used 100 tokens.\n", UsageReport()),
    "nothing": (b"", UsageReport()),
    "no UTF-8": (b"\xff{\n" + lines(TURN), CODEX),
    "half a document": (lines(RESULT)[:-20], UsageReport()),
    "another document": (lines({"type": "result"}, {"usage": 3}, [1, None]), UsageReport()),
    "nested too deep": (b"[" * 100_000, UsageReport()),
    "values that are none": (
        lines({"type": "result", "total_cost_usd": -1, "usage": {"input_tokens": "many", "output_tokens": True}}),
        UsageReport(),
    ),
}


@pytest.mark.quick(*OUTPUTS)
@pytest.mark.parametrize(("output", "expected"), OUTPUTS.values(), ids=OUTPUTS.keys())
def test_the_last_report_of_a_host_is_found(output: bytes, expected: UsageReport) -> None:
    assert find_usage_report(output) == expected


def test_of_a_long_output_only_the_end_is_read() -> None:
    output = io.BytesIO(lines(RESULT) + b"x" * 5_000_000 + b"\n" + lines(TURN))
    assert read_usage_report(output) == CODEX


def test_a_persons_own_object_needs_one_value() -> None:
    report = parse_own_usage(b'{"input_tokens": 10, "cost_usd": 0.5}', "usage.json")
    assert report == UsageReport(Usage(10, None, 0.5, "file"))


REFUSED = {
    "no JSON": (b"{", "expected a JSON object with input_tokens, output_tokens, cost_usd, or the output of a host"),
    "nothing in it": (b"{}", "expected a JSON object"),
    "an unknown key": (b'{"input_token": 1}', "unknown key 'input_token', did you mean 'input_tokens'?"),
    "text": (b'{"input_tokens": "1"}', "input_tokens must be a number of tokens, found '1'"),
    "a negative cost": (b'{"cost_usd": -1}', "cost_usd must be a number of US dollars, found '-1'"),
    "no number": (b'{"cost_usd": NaN}', "cost_usd must be a number of US dollars, found 'nan'"),
    "null alone": (b'{"cost_usd": null}', "none of input_tokens, output_tokens, cost_usd has a value"),
}


@pytest.mark.quick(*REFUSED)
@pytest.mark.parametrize(("content", "expected"), REFUSED.values(), ids=REFUSED.keys())
def test_what_is_none_is_refused(content: bytes, expected: str) -> None:
    with pytest.raises(Refused) as caught:
        parse_own_usage(content, "usage.json")
    assert caught.value.message.startswith("--usage: usage.json: ")
    assert expected in caught.value.message
