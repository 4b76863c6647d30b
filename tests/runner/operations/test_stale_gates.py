"""A gate is stale where its files are not those that it passed with, or where a gate that it requires is stale."""

from collections.abc import Callable

import pytest

from gate_tests.errors import Exit
from runner.models.run import Run
from runner.models.status import RunStatus
from runner.operations import output_changes
from runner.operations.output_changes import OutputChanges
from runner.operations.runs import complete_run
from runner.operations.stale_gates import StaleGates
from runner.storage.store import Store
from runner.workflows.next_command import find_next_command
from runner.workflows.staleness import StaleGate, describe_stale
from tests.support.messages import message, says
from tests.support.next_commands import find_next_steps
from tests.support.passed_runs import DAY, hash_of, of_three, passing, write_chain, write_run
from tests.support.repository import Ended, Repository
from tests.support.sample_run import RUN_ID, fail, start

Orch = Callable[..., Ended]
OTHER_RUN = "run_20261123T093000Z_tea_def456"
EARLIER_RUN = "run_20261121T093000Z_tea_abc123"
CHANGED = message("output-changed", path="out/tea.md")
NOTHING: dict[str, tuple[str, ...]] = {}


@pytest.fixture
def chain(repository: Repository) -> Repository:
    """A workflow of three gates, each of which requires the one before, and the file that G1 passed with."""
    return write_chain(repository)


def stale(repository: Repository, run: Run) -> dict[str, tuple[str, ...]]:
    return StaleGates(repository.workspace, run, OutputChanges(repository.workspace, run)).list_stale()


def test_a_gate_whose_files_are_those_that_it_passed_with_is_not_stale(chain: Repository) -> None:
    assert stale(chain, passing(passing(of_three(), "G1", 2, tea="tea"), "G2", 3)) == NOTHING


def test_gates_that_require_a_stale_one_are_stale_directly_and_through_others(chain: Repository) -> None:
    run = passing(passing(passing(of_three(), "G1", 2, tea="other"), "G2", 3), "G3", 4)
    assert stale(chain, run) == {
        "G1": (CHANGED,),
        "G2": (message("requires-stale", gate="G1"),),
        "G3": (message("requires-stale", gate="G2"),),
    }


def test_through_a_gate_that_has_not_passed_the_stale_one_is_named(chain: Repository) -> None:
    run = passing(passing(of_three(), "G1", 2, tea="other"), "G3", 4)
    assert stale(chain, run) == {"G1": (CHANGED,), "G3": (message("requires-stale", gate="G1"),)}


def test_a_missing_file_makes_its_gate_stale(chain: Repository) -> None:
    (chain.root / "out/tea.md").unlink()
    run = passing(of_three(), "G1", 2, tea="tea")
    assert stale(chain, run) == {"G1": (message("output-missing", path="out/tea.md"),)}


def test_a_file_that_a_check_read_makes_its_gate_stale_too(chain: Repository) -> None:
    assert stale(chain, passing(of_three(), "G1", 2, read="tea")) == NOTHING
    assert stale(chain, passing(of_three(), "G1", 2, read="green")) == {"G1": (CHANGED,)}


def test_a_gate_that_failed_since_is_not_called_stale(chain: Repository) -> None:
    assert stale(chain, fail(start(passing(of_three(), "G1", 2, tea="other")))) == NOTHING


LATER_PASSES = {
    "a later gate": (passing(passing(of_three(), "G1", 2, tea="old"), "G2", 3, tea="tea"), True),
    "a gate before it that passed later": (passing(passing(of_three(), "G2", 2, tea="old"), "G1", 3, tea="tea"), True),
    "a check that only read it later": (passing(passing(of_three(), "G1", 2, tea="old"), "G2", 3, read="tea"), False),
    "an earlier gate": (passing(passing(of_three(), "G1", 2, tea="tea"), "G2", 3, tea="old"), False),
    "a later gate that recorded another": (passing(passing(of_three(), "G1", 2, tea="old"), "G2", 3, tea="x"), False),
}


@pytest.mark.parametrize(("run", "is_superseded"), LATER_PASSES.values(), ids=LATER_PASSES.keys())
def test_a_later_pass_with_the_present_bytes_supersedes(chain: Repository, run: Run, is_superseded: bool) -> None:
    assert (stale(chain, run) == NOTHING) == is_superseded


def test_a_pass_that_was_followed_by_a_failed_attempt_supersedes_too(chain: Repository) -> None:
    run = passing(passing(of_three(), "G1", 2, tea="old"), "G2", 3, tea="tea")
    assert stale(chain, fail(start(run, "G2"), "G2")) == NOTHING


@pytest.mark.parametrize(
    ("run_id", "day", "content", "is_superseded"),
    [
        pytest.param(OTHER_RUN, 5, "tea", True, id="later"),
        pytest.param(EARLIER_RUN, 5, "tea", True, id="later, in a run that started earlier"),
        pytest.param(OTHER_RUN, 1, "tea", False, id="earlier"),
        pytest.param(OTHER_RUN, 5, "other", False, id="with other bytes"),
    ],
)
def test_a_pass_of_another_run_supersedes_if_it_is_later(
    chain: Repository, run_id: str, day: int, content: str, is_superseded: bool
) -> None:
    run = passing(of_three(), "G1", 2, tea="old")
    write_run(chain, passing(of_three(run_id), "G2", day, tea=content))
    assert (stale(chain, run) == NOTHING) == is_superseded
    limited = OutputChanges(chain.workspace, run, other_runs=0)
    assert list(StaleGates(chain.workspace, run, limited).list_stale()) == ["G1"]


def test_a_damaged_record_of_another_run_supersedes_nothing(chain: Repository) -> None:
    chain.write(chain.workspace.record_path(OTHER_RUN), f'{{"out/tea.md": "{hash_of("tea")}", "out/tea.md"')
    assert stale(chain, passing(of_three(), "G1", 2, tea="old")) == {"G1": (CHANGED,)}


def test_a_large_file_is_hashed_where_it_decides_and_not_for_a_hint(
    chain: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(output_changes, "_LARGE_BYTES", 4)
    chain.write("out/tea.md", "tea\n" * 100_000)
    run = passing(of_three(), "G1", 2, tea="TEA\n" * 100_000)
    assert stale(chain, run) == {"G1": (CHANGED,)}
    assert StaleGates(chain.workspace, run).list_stale() == NOTHING
    assert StaleGates(chain.workspace, passing(of_three(), "G1", 2, tea="larger")).list_stale() == {"G1": (CHANGED,)}
    monkeypatch.setattr(output_changes, "_LIMIT_S", -1)
    assert stale(chain, run) == NOTHING


def test_a_large_file_of_another_size_that_another_run_passed_with_is_not_stale(
    chain: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(output_changes, "_LARGE_BYTES", 2)
    write_run(chain, passing(of_three(OTHER_RUN), "G1", 5, tea="tea"))
    assert stale(chain, passing(of_three(), "G1", 2, tea="larger")) == NOTHING


def test_without_its_workflow_only_the_changed_gate_is_stale(chain: Repository) -> None:
    (chain.root / "orchestration/workflows/tests.json").unlink()
    assert stale(chain, passing(passing(of_three(), "G1", 2, tea="other"), "G2", 3)) == {"G1": (CHANGED,)}


# The start of a gate


def start_gate(gate: str, *more: str) -> tuple[str, ...]:
    return ("gate", "start", "--run", RUN_ID, "--gate", gate, "--agent", "maker", *more)


REASON = f"G1 ({CHANGED})"
REDO = f"orch gate start --run {RUN_ID} --gate G1 --agent maker"


@pytest.mark.parametrize("gate", ["G2", "G3"])
def test_a_gate_is_not_started_over_a_stale_one_unless_that_is_forced(chain: Repository, orch: Orch, gate: str) -> None:
    run = passing(passing(of_three(), "G1", 2, tea="other"), "G2", 3)
    write_run(chain, run)
    before = chain.snapshot()
    refused = orch(*start_gate(gate))
    assert (refused.code, chain.snapshot() == before) == (Exit.REFUSED, True)
    assert says(refused.err, "gates-stale", gate=gate, gates=REASON)
    assert refused.err.splitlines()[-1] == f"Next: {REDO}"
    assert orch(*start_gate(gate, "--force", "only a comma")).code == 0
    (forced,) = [event for event in chain.record(RUN_ID)["events"] if event["type"] == "FORCED"]
    assert (forced["gate"], forced["reason"]) == (gate, "only a comma")
    assert message("gates-stale", gate=gate, gates=REASON) in forced["message"]


def test_a_file_that_the_gate_itself_declares_does_not_refuse_its_start(chain: Repository, orch: Orch) -> None:
    write_run(chain, passing(of_three(), "G1", 2, tea="before the first attempt at G2"))
    assert orch(*start_gate("G2")).code == Exit.REFUSED
    chain.write_contract("G2", required_outputs={"all_of": [{"path": "out/tea.md"}]})
    assert orch(*start_gate("G2")).code == 0


def test_a_start_that_requires_nothing_compares_nothing(
    chain: Repository, orch: Orch, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_run(chain, passing(of_three(), "G2", 2, tea="other"))
    monkeypatch.setattr(OutputChanges, "find_changes", lambda *_: pytest.fail("a file was read"))
    assert orch(*start_gate("G1")).code == 0


def test_the_next_command_is_the_one_that_is_not_refused(chain: Repository) -> None:
    run = passing(passing(of_three(), "G1", 2, tea="other"), "G2", 3)
    workspace = chain.workspace
    assert find_next_command(workspace, run, staleness=StaleGates(workspace, run)) == REDO
    done = passing(run, "G3", 4)
    assert find_next_command(workspace, done, staleness=StaleGates(workspace, done)) == REDO
    ended = done._replace(finished_at=DAY.format(5), status=RunStatus.FAILED)
    resume = f"orch run resume --run {RUN_ID}"
    assert find_next_command(workspace, ended, staleness=StaleGates(workspace, ended)) == resume


@pytest.mark.slow
@pytest.mark.parametrize(("committed", "is_restored"), [("tea", True), ("green", False)])
def test_a_missing_file_that_git_has_as_it_was_recorded_is_restored(
    chain: Repository, orch: Orch, committed: str, is_restored: bool
) -> None:
    path = chain.write("out/tea.md", committed)
    chain.commit()
    write_run(chain, passing(of_three(), "G1", 2, tea="tea"))
    path.unlink()
    refused = orch(*start_gate("G2"))
    assert says(refused.err, "gates-stale", gate="G2", gates=f"G1 ({message('output-missing', path='out/tea.md')})")
    (next_command,) = find_next_steps(refused.err)
    assert (next_command == "git checkout HEAD -- out/tea.md") == is_restored
    if is_restored:
        assert chain.run("sh", "-c", next_command).code == 0
        assert orch(*start_gate("G2")).code == 0
    else:
        assert next_command == REDO


# The end of a run


@pytest.mark.parametrize("status", [RunStatus.PASSED, None])
def test_a_run_does_not_pass_with_a_stale_gate(chain: Repository, orch: Orch, status: RunStatus | None) -> None:
    run = passing(passing(passing(of_three(), "G1", 2, tea="other"), "G2", 3), "G3", 4)
    write_run(chain, run)
    named = ("--status", str(status)) if status else ()
    refused = orch("run", "complete", "--run", RUN_ID, *named)
    assert refused.code == Exit.REFUSED
    assert says(refused.err, "run-stale", run=RUN_ID, gates=REASON)
    assert refused.err.splitlines()[-1] == f"Next: {REDO}"
    assert chain.record(RUN_ID)["finished_at"] is None


def test_of_many_stale_gates_a_message_names_the_first() -> None:
    gates = [StaleGate(f"G{number}", "changed") for number in range(1, 6)]
    assert describe_stale(gates[:3]) == "G1 (changed), G2 (changed), G3 (changed)"
    assert describe_stale(gates) == "G1 (changed), G2 (changed), G3 (changed) and 2 more"


@pytest.mark.parametrize("status", [RunStatus.FAILED, RunStatus.CANCELED])
def test_a_run_with_a_stale_gate_can_end_otherwise(chain: Repository, status: RunStatus) -> None:
    store = Store(chain.workspace)
    write_run(chain, passing(of_three(), "G1", 2, tea="other"))
    assert complete_run(store, RUN_ID, status, DAY.format(9)).status is status
