"""Replays the gates that passed, and prints the results."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from gate_tests.isolated_pytest.client import IsolatedPytest
from gate_tests.isolated_pytest.display import Display
from runner import suggestions
from runner.cli.context import CliContext
from runner.cli.terminal.printer import Printer
from runner.cli.verification.report import suggest_show
from runner.cli.verification.request import VerificationRequest
from runner.cli.verification.tally import Tally
from runner.verification.replay import Replay
from runner.verification.replay_text import format_run, summarize_replays
from runner.verification.replayed import GateReplay, ReplayOutcome
from runner.verification.sources import Source

_INDENT: Final = 4
_MAX_NAMED: Final = 3
"""How many files that were not exported are named."""


def print_replays(printer: Printer, source: Source, tally: Tally, request: VerificationRequest) -> list[GateReplay]:
    """Judges each gate of the runs that passed again. Raises Interrupted."""
    replays: list[GateReplay] = []
    for of_run in _replay_runs(printer, source, tally.readable_runs, request):
        for line in format_run(of_run):
            printer.print_wrapped(line, _INDENT)
        replays += of_run
    if source.left_out and any(each.outcome is ReplayOutcome.DIFFERS for each in replays):
        printer.print_wrapped(f"  {_describe_left_out(source)}", _INDENT)
    printer.print_wrapped(summarize_replays(replays, tally.unverified_runs), _INDENT)
    return replays


def _describe_left_out(source: Source) -> str:
    """Which files of the commit were not judged, the first few of them, and why."""
    named = ", ".join(f"{path} ({reason})" for path, reason in list(source.left_out.items())[:_MAX_NAMED])
    more = len(source.left_out) - _MAX_NAMED
    return f"note: not exported: {named}" + (f" and {more:,} more" if more > 0 else "")


def _replay_runs(
    printer: Printer, source: Source, run_ids: Iterable[str], request: VerificationRequest
) -> Iterator[Sequence[GateReplay]]:
    """The result of one run after the other. What pytest printed of a run is on the screen by then."""
    displays: list[Display] = []
    replay = Replay(
        source.store.workspace,
        lambda: IsolatedPytest(displays[-1]),
        source.rules.find_contents,
        request.network,
        not request.no_programs,
        in_export=bool(source.name),
    )
    results = replay.replay_runs(map(source.store.read, run_ids))
    while True:
        with printer.open_display() as display:
            displays.append(display)
            result = next(results, None)
        if result is None:
            return
        yield result


def suggest_after_replay(cli: CliContext, source: Source, replays: Sequence[GateReplay]) -> str | None:
    """The command that shows why a gate does not pass now, or how its run is; None if all were reproduced."""
    problems = [each for each in replays if each.outcome not in (ReplayOutcome.REPRODUCED, ReplayOutcome.SKIPPED)]
    if not problems:
        return None
    first = problems[0]
    if first.outcome is ReplayOutcome.NOT_REPLAYED or source.name:
        return source.rules.next_command or suggest_show(cli, first.run_id)
    gates = [each.gate for each in problems if each.run_id == first.run_id and each.outcome is first.outcome]
    return suggestions.check_gates(first.run_id, *gates)
