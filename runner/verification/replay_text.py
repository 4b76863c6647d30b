"""The result of a replay for people: a line for each gate, and below it what differs."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from typing import Final

from gate_tests.plurals import format_count
from gate_tests.sanitize import sanitize_line
from runner.verification.replayed import (
    CheckDifference,
    GateReplay,
    MeasuredChange,
    ReplayOutcome,
)

_MAX_LISTED: Final = 10
"""How many differences, and how many files, of a gate are listed."""
_MAX_MEASURED: Final = 3
_MAX_NAMED: Final = 3
"""How many gates with one problem are named."""
_MAX_REASON: Final = 2000  # characters; a recorded reason is no longer


def format_run(replays: Iterable[GateReplay]) -> Iterator[str]:
    """The lines of the gates of one run, below its own; none if it has none."""
    for number, (_, alike) in enumerate(groupby(replays, _by_problem)):
        first, *others = alike
        if number == 0:
            yield f"Replay of {first.run_id}"
        yield from _format_alike(first, others) if others else _format_replay(first)


def _by_problem(replay: GateReplay) -> tuple[str, ...]:
    """Gates that have the same problem, as all of a run without contracts have, share a line; others do not."""
    return ("", replay.gate) if replay.problem is None else (replay.outcome, replay.problem)


def _format_alike(first: GateReplay, others: Sequence[GateReplay]) -> Iterator[str]:
    names = ", ".join(each.gate for each in (first, *others[: _MAX_NAMED - 1]))
    more = f" and {len(others) - _MAX_NAMED + 1:,} more" if len(others) >= _MAX_NAMED else ""
    yield f"  {names}{more}: {first.outcome}, {_shorten(first.problem)}"


def _format_replay(replay: GateReplay) -> Iterator[str]:
    """The lines of one gate."""
    label = " " * len(f"  {replay.gate}  ")
    yield f"  {replay.gate}  {_describe_outcome(replay)}"
    for difference in replay.differences[:_MAX_LISTED]:
        yield from (f"{label}{line}" for line in _format_difference(difference))
    yield from _more(label, len(replay.differences) - _MAX_LISTED, "difference")
    for skipped in replay.skipped:
        yield f"{label}{skipped.check_id}: not replayed, {skipped.reason}"
    yield from (f"{label}{line}" for line in _format_files(replay))
    for change in replay.measured[:_MAX_MEASURED]:
        yield f"{label}{_format_measured(change)}"
    yield from _more(label, len(replay.measured) - _MAX_MEASURED, "measured value")
    for note in replay.notes:
        yield f"{label}note: {note}"


def summarize_replays(replays: Sequence[GateReplay], unverified_runs: int = 0) -> str:
    """`3 gates that passed: 2 reproduced, 1 differs; 4 checks not replayed`."""
    unverified = f"; {format_count(unverified_runs, 'run')} not verified, and not judged again" * bool(unverified_runs)
    if not replays:
        return f"no passed gates to judge again{unverified}"
    outcomes = [each.outcome for each in replays]
    counts = ((outcome, outcomes.count(outcome)) for outcome in ReplayOutcome)
    result = ", ".join(f"{count:,} {_phrase(outcome, count)}" for outcome, count in counts if count)
    skipped = sum(len(each.skipped) for each in replays)
    more = f"; {format_count(skipped, 'check')} not replayed" if skipped else ""
    return f"{format_count(len(outcomes), 'gate')} that passed: {result}{more}{unverified}"


def _phrase(outcome: ReplayOutcome, count: int) -> str:
    return "differ" if outcome is ReplayOutcome.DIFFERS and count != 1 else str(outcome)


def _describe_outcome(replay: GateReplay) -> str:
    attempt = f"attempt {replay.attempt}"
    if replay.problem is not None:
        return f"{replay.outcome}, {attempt}: {_shorten(replay.problem)}"
    if replay.outcome is ReplayOutcome.DIFFERS:
        return f"{replay.outcome}: {attempt} claims {replay.claimed}, found {replay.found}{_count_differences(replay)}"
    if replay.outcome is ReplayOutcome.SKIPPED:
        return f"{replay.outcome}: none of the checks of {attempt} was judged again"
    return f"{replay.outcome}: {replay.claimed} of {attempt}, {format_count(replay.checks, 'check')}"


def _count_differences(replay: GateReplay) -> str:
    """Why it differs although the verdict is the same."""
    if replay.found is not replay.claimed:
        return ""
    return f", but {format_count(len(replay.differences), 'difference')} below"


def _format_difference(difference: CheckDifference) -> Iterator[str]:
    claimed, found = difference.claimed or "nothing", difference.found or "nothing"
    compared = f"{found}, with another result" if claimed == found else f"claimed {claimed}, found {found}"
    yield f"{sanitize_line(difference.check_id)}: {compared}"
    yield f"  {_shorten(difference.reason)}"


def _shorten(reason: str | None) -> str:
    return sanitize_line(reason or "", _MAX_REASON)


def _format_files(replay: GateReplay) -> Iterator[str]:
    """Which files are not those that were judged then; of a gate that differs also that all are."""
    for file in replay.files[:_MAX_LISTED]:
        yield f"{file.change} since it passed: {file.path}" + (f" (read by {file.read_by})" if file.read_by else "")
    yield from _more("", len(replay.files) - _MAX_LISTED, "file")
    if replay.outcome is ReplayOutcome.DIFFERS and not replay.files:
        yield "its outputs are those that the record names: they have not changed since"


def _format_measured(change: MeasuredChange) -> str:
    claimed, found = (sanitize_line(str(each)) for each in (change.claimed, change.found))
    return f"{change.check_id}: {change.key} was {claimed}, is {found}"


def _more(label: str, count: int, noun: str) -> Iterator[str]:
    if count > 0:
        yield f"{label}and {format_count(count, f'more {noun}')}"
