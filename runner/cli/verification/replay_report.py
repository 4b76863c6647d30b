"""Replays the gates that passed, and prints the results."""

from collections.abc import Sequence

from gate_tests.isolated_pytest.client import IsolatedPytest
from runner.cli.terminal.printer import Printer
from runner.verification.replay import Replay
from runner.verification.replay_text import format_replay, summarize_outcomes
from runner.verification.replayed import GateReplay
from runner.verification.sources import Source


def print_replays(printer: Printer, source: Source, run_ids: Sequence[str], network: bool) -> list[GateReplay]:
    """Judges each gate of the runs that passed again. Raises Interrupted."""
    replays: list[GateReplay] = []
    with printer.open_display() as display:
        replay = Replay(source.store.workspace, lambda: IsolatedPytest(display), source.rules.find_contents, network)
        for each in replay.replay_runs(map(source.store.read, run_ids)):
            if not replays or replays[-1].run_id != each.run_id:
                printer.print_line(f"Replay of {each.run_id}")
            for line in format_replay(each):
                printer.print_wrapped(line, 4)
            replays.append(each)
    printer.print_line(summarize_outcomes([each.outcome for each in replays]))
    return replays
