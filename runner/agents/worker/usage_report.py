"""Finds in an agent's output what its invocation used, as its host reports it.

Claude Code prints it with `--output-format json` or `stream-json` (a `result` message), Codex with `exec --json` (an
event `turn.completed`, whose counts are those of the whole thread so far). Anything else reports nothing.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from typing import IO, Any, Final, NamedTuple

from gate_tests.errors import Refused, suggest
from gate_tests.sanitize import sanitize_line
from runner.models.usage import MAX_AMOUNT, Usage

_MAX_TAIL_BYTES: Final = 4 << 20
"""Only the end of the output is read: that is where both report it."""

_COST_DIGITS: Final = 6
_MAX_MODEL: Final = 200
"""In characters."""


class UsageReport(NamedTuple):
    """What a host reported; None where it reported nothing of that."""

    usage: Usage | None = None
    model: str | None = None


def read_usage_report(output: IO[bytes]) -> UsageReport:
    """The last report in the output of an agent."""
    output.seek(0, 2)
    start = max(0, output.tell() - _MAX_TAIL_BYTES)
    output.seek(start)
    lines = output.read().splitlines()
    return find_usage_report(b"\n".join(lines[1:] if start else lines))


def find_usage_report(text: bytes) -> UsageReport:
    """The last report in a text: a whole JSON document, or one of its lines."""
    for message in _iter_messages(text):
        report = _read_claude_result(message) or _read_codex_turn(message)
        if report and report.usage and report.usage.describe():
            return report
    return UsageReport()


def parse_own_usage(text: bytes, name: str) -> UsageReport:
    """The usage in a JSON object of a person's own, in a file of this name. Raises Refused."""
    try:
        data = json.loads(text)
    except (ValueError, RecursionError):
        data = None
    if not isinstance(data, dict) or not data:
        raise Refused(f"--usage: {name}: expected a JSON object with {', '.join(_OWN)}, or the output of a host")
    for key in data:
        if key not in _OWN:
            raise Refused(f"--usage: {name}: unknown key {key!r}{suggest(key, _OWN)}")
    values = {key: _parse_own(data.get(key), key, name) for key in _OWN}
    if all(value is None for value in values.values()):
        raise Refused(f"--usage: {name}: none of {', '.join(_OWN)} has a value")
    return UsageReport(Usage(**values, source="file"))


def _parse_own(value: object, key: str, name: str) -> Any:
    parse, expected = _OWN[key]
    parsed = parse(value)
    if value is not None and parsed is None:
        raise Refused(f"--usage: {name}: {key} must be {expected}, found {str(value)[:60]!r}")
    return parsed


def _iter_messages(text: bytes) -> Iterator[Mapping[str, Any]]:
    """The JSON objects of the text, the last one first."""
    for line in (*reversed(text.splitlines()), text):
        if b'"usage"' not in line or not line.lstrip().startswith((b"{", b"[")):
            continue  # without parsing it: the output of a program may have millions of lines
        try:
            document = json.loads(line)
        except (ValueError, RecursionError):
            continue
        messages = reversed(document) if isinstance(document, list) else (document,)
        yield from (message for message in messages if isinstance(message, dict))


def _read_claude_result(message: Mapping[str, Any]) -> UsageReport | None:
    usage = message.get("usage")
    if message.get("type") != "result" or not isinstance(usage, dict):
        return None
    read = [_count(usage.get(key)) for key in _CLAUDE_INPUT]
    known = [each for each in read if each is not None]
    cost = _amount(message.get("total_cost_usd"))
    found = Usage(_count(sum(known)) if known else None, _count(usage.get("output_tokens")), cost, "claude-code")
    return UsageReport(found, _name_models(message.get("modelUsage")))


_CLAUDE_INPUT: Final = ("input_tokens", "cache_creation_input_tokens", "cache_read_input_tokens")


def _name_models(by_model: object) -> str | None:
    """The models of a result, the one that wrote most first."""
    if not isinstance(by_model, dict):
        return None
    written = {
        name: _count(value.get("outputTokens")) or 0 for name, value in by_model.items() if isinstance(value, dict)
    }
    names = [name for name in sorted(written, key=lambda name: -written[name]) if name.strip()]
    return sanitize_line(", ".join(names), _MAX_MODEL) or None  # it is recorded, and anybody may have printed it


def _read_codex_turn(message: Mapping[str, Any]) -> UsageReport | None:
    usage = message.get("usage")
    if message.get("type") != "turn.completed" or not isinstance(usage, dict):
        return None
    return UsageReport(Usage(_count(usage.get("input_tokens")), _count(usage.get("output_tokens")), None, "codex"))


def _count(value: object) -> int | None:
    return value if type(value) is int and 0 <= value <= MAX_AMOUNT else None


def _amount(value: object) -> float | None:
    if not isinstance(value, int | float) or isinstance(value, bool) or not 0 <= value <= MAX_AMOUNT:
        return None  # also of NaN
    return round(value, _COST_DIGITS)


_OWN: Final[Mapping[str, tuple[Callable[[object], Any], str]]] = {
    "input_tokens": (_count, "a number of tokens"),
    "output_tokens": (_count, "a number of tokens"),
    "cost_usd": (_amount, "a number of US dollars"),
}
"""The members of an object of a person's own, each with its parser and what it must be."""
