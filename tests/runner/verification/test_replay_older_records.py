"""Of records of orch 0.1.0 and of the original runner it is said what cannot be judged again."""

import shutil
from pathlib import Path

import pytest

from runner.models.status import GateStatus
from runner.verification.replay_text import format_run
from runner.verification.replayed import GateReplay, ReplayOutcome
from tests.support import records_0_1_0
from tests.support.legacy_records import passed_with_invocation, write_original
from tests.support.replays import replay
from tests.support.repository import Repository

COMPLETED = "run_20261129T081637Z_tea_8bd6xp"


@pytest.mark.slow
def test_one_of_0_1_0_is_judged_in_the_context_of_its_run_and_that_is_said(tmp_path: Path) -> None:
    shutil.copytree(records_0_1_0.ROOT, tmp_path / "older", ignore=shutil.ignore_patterns("__pycache__", "*.py"))
    replays = replay(Repository(tmp_path / "older"), COMPLETED)
    assert {each.outcome for each in replays} == {ReplayOutcome.REPRODUCED}
    assert {each.notes for each in replays} == {("its record has no context (orch 0.1.0): judged in that of RUN.json",)}


def test_one_of_the_original_names_no_contract(repository: Repository) -> None:
    run_id = write_original(repository, passed_with_invocation())
    replays = replay(repository, run_id)
    assert replays
    assert {(each.outcome, each.problem) for each in replays} == {
        (ReplayOutcome.NOT_REPLAYED, "its record does not say by which contract it was judged")
    }


@pytest.mark.parametrize(
    ("gates", "named"),
    [(("G1", "G2"), "G1, G2"), (("G1", "G2", "G3"), "G1, G2, G3"), (("G1", "G2", "G3", "G4"), "G1, G2, G3 and 1 more")],
)
def test_gates_with_the_same_problem_share_a_line(gates: tuple[str, ...], named: str) -> None:
    problem = "its record does not say by which contract it was judged"
    not_replayed = [
        GateReplay(COMPLETED, gate, 1, GateStatus.PASS, ReplayOutcome.NOT_REPLAYED, problem=problem) for gate in gates
    ]
    reproduced = GateReplay(COMPLETED, "G9", 1, GateStatus.PASS, ReplayOutcome.REPRODUCED, GateStatus.PASS, 2)
    assert list(format_run([*not_replayed, reproduced])) == [
        f"Replay of {COMPLETED}",
        f"  {named}: not replayed, {problem}",
        "  G9  reproduced: PASS of attempt 1, 2 checks",
    ]
