"""The verdict on a gate, as it is shown."""

from gate_tests.compiler.gate import CompiledGate
from runner.cli.terminal.verdict import _find_unread_outputs
from tests.support.checks import compiled
from tests.support.repository import Repository
from tests.support.timing import time_ratio


def gate_with_outputs(repository: Repository, count: int) -> CompiledGate:
    """A gate with that many outputs, each read by a check."""
    paths = [f"out/{number}.md" for number in range(count)]
    checks = [{"type": "min_sources", "target": path, "thresholds": {"default": 1}} for path in paths]
    return compiled(repository, required_outputs={"all_of": [{"path": path} for path in paths]}, validations=checks)


def test_outputs_that_no_check_reads_are_found_in_a_time_in_proportion_to_their_number(repository: Repository) -> None:
    few, many = gate_with_outputs(repository, 500), gate_with_outputs(repository, 2_000)
    assert not _find_unread_outputs(few)
    assert time_ratio(lambda: _find_unread_outputs(many), lambda: _find_unread_outputs(few), limit=8) < 8
