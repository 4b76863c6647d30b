"""What invocations used, in words and as it is recorded."""

import pytest

from runner.models.usage import Usage, UsageTotal

REPORTED = Usage(3210, 40, 0.25, "claude-code")


@pytest.mark.parametrize(
    ("usage", "expected"),
    [
        (REPORTED, "3,250 tokens, $0.25 as claude-code estimates"),
        (Usage(10, None, None, "codex"), "10 tokens"),
        (Usage(None, None, 1.5, "file"), "$1.50"),
    ],
    ids=["a host", "tokens only", "a person's file"],
)
def test_an_estimate_is_called_one(usage: Usage, expected: str) -> None:
    assert usage.describe() == expected


def test_a_total_says_how_many_invocations_reported_nothing() -> None:
    total = UsageTotal.of([REPORTED, None, REPORTED, Usage(1, 1, None, "codex")])
    assert total == UsageTotal(6502, 0.5, 1, 2)
    assert total.describe() == "6,502 tokens, $0.50 as the hosts estimate (2 invocations reported nothing)"
    assert UsageTotal.of([None]).describe() == ""
