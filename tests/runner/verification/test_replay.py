"""A replay judges each gate that passed again, as it was judged then, and finds what the record claims falsely."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from gate_tests.errors import Exit
from gate_tests.isolated_pytest.client import IsolatedPytest
from gate_tests.isolated_pytest.display import Display
from gate_tests.workspace.layout import Workspace
from runner.storage.store import Store
from runner.verification.replay import Replay
from runner.verification.replay_text import format_replays
from runner.verification.replayed import GateReplay, ReplayOutcome, choose_exit_code
from tests.support.forged_record import forge_pass
from tests.support.git_checkout import git
from tests.support.repository import Repository

TEXT = {"type": "contains_text", "target": "a.md", "pattern": "sound"}
OUTPUT = {"all_of": [{"path": "a.md"}]}


def nothing(path: str, sha256: str) -> bytes | None:
    return None


def in_git(repository: Repository) -> Callable[[str, str], bytes | None]:
    """The content of the last commit, whatever its hash."""

    def find(path: str, sha256: str) -> bytes | None:
        return (git(repository.root, "show", f"HEAD:{path}") + "").encode()

    return find


def replay(
    repository: Repository, *run_ids: str, root: Path | None = None, find: Any = nothing, **options: Any
) -> list[GateReplay]:
    store = Store(repository.workspace)
    workspace = Workspace(root) if root else repository.workspace
    judge = Replay(workspace, lambda: IsolatedPytest(Display(lambda _: None)), find, **options)
    return list(judge.replay_runs(map(store.read, run_ids)))


@pytest.fixture
def start(repository: Repository) -> Callable[..., str]:
    """Starts a run of the gates, whose contracts are given, and an attempt at each."""

    def start(*, slug: str = "tea", **contracts: dict[str, Any]) -> str:
        for gate, keys in contracts.items():
            repository.write_contract(gate, **keys)
        repository.write_workflow(*contracts)
        run_id = repository.start_run(workflow="tests", slug=slug)
        for gate in contracts:
            repository.start_gate(run_id, gate)
        return run_id

    return start


@pytest.fixture
def passed(repository: Repository, start: Callable[..., str]) -> Callable[..., str]:
    """The same, and each gate is finished."""

    def finish(**contracts: Any) -> str:
        run_id = start(**contracts)
        for gate in contracts:
            if gate != "slug":
                repository.orch("gate", "finish", "--run", run_id, "--gate", gate)
        return run_id

    return finish


def assert_consistent(repository: Repository, run_id: str) -> None:
    checked = repository.orch("run", "check", run_id)
    assert checked.code == Exit.OK, checked.out


def test_an_honest_pass_is_reproduced_and_a_forged_one_with_complete_rows_is_not(
    repository: Repository, passed: Callable[..., str]
) -> None:
    repository.write("a.md", "sound\n")
    repository.write("b.md", "unsound work\n")
    forged = {
        "required_outputs": {"all_of": [{"path": "b.md"}]},
        "validations": [{**TEXT, "target": "b.md", "pattern": "proof"}],
    }
    run_id = passed(G1={"required_outputs": OUTPUT, "validations": [TEXT]}, G2=forged)
    forge_pass(repository, run_id, "G2")
    assert_consistent(repository, run_id)
    before = repository.snapshot()
    honest, other = replay(repository, run_id)
    assert (honest.outcome, honest.found, honest.checks) == (ReplayOutcome.REPRODUCED, "PASS", 2)
    assert (other.outcome, other.claimed, other.found) == (ReplayOutcome.DIFFERS, "PASS", "FAIL")
    (difference,) = other.differences
    assert (difference.check_id, difference.claimed, difference.found) == ("contains_text[b.md]", "passed", "failed")
    assert other.outputs == ()
    assert choose_exit_code([honest]) == Exit.OK
    assert choose_exit_code([honest, other]) == Exit.FAIL
    assert repository.snapshot() == before


@pytest.mark.slow
def test_the_text_names_the_run_each_gate_and_each_difference(
    repository: Repository, passed: Callable[..., str]
) -> None:
    repository.write("a.md", "unsound\n")
    run_id = passed(G1={"required_outputs": OUTPUT, "validations": [{**TEXT, "pattern": "proof"}]})
    forge_pass(repository, run_id, "G1")
    assert list(format_replays(replay(repository, run_id))) == [
        run_id,
        "  G1  differs: attempt 1 claims PASS, found FAIL",
        "      contains_text[a.md]: claimed passed, found failed",
        "        a.md: expected the text 'proof', found no 'proof'",
        "      its outputs are those that the record names: they have not changed since",
        "1 gate that passed: 1 differs",
    ]


@pytest.mark.slow
class TestContract:
    """The contract is the recorded one, whatever the tree has now."""

    def test_that_was_changed_since_is_that_of_git(self, repository: Repository, passed: Callable[..., str]) -> None:
        repository.write("a.md", "sound\n")
        run_id = passed(G1={"required_outputs": OUTPUT, "validations": [TEXT]})
        repository.commit()
        repository.write_contract("G1", validations=[{**TEXT, "pattern": "proof"}])
        present = repository.workspace.read_document(repository.workspace.contract_path("G1")).content
        (replayed,) = replay(repository, run_id, find=in_git(repository))
        assert (replayed.outcome, replayed.checks) == (ReplayOutcome.REPRODUCED, 2)
        assert repository.workspace.read_document(repository.workspace.contract_path("G1")).content == present

    def test_that_was_removed_since_is_that_of_git(self, repository: Repository, passed: Callable[..., str]) -> None:
        repository.write("a.md", "sound\n")
        contracts = {gate: {"required_outputs": OUTPUT, "validations": [TEXT]} for gate in ("G1", "G2")}
        run_id = passed(**contracts)
        repository.commit()
        (repository.root / repository.workspace.contract_path("G1")).unlink()
        replays = replay(repository, run_id, find=in_git(repository))
        assert [each.outcome for each in replays] == [ReplayOutcome.REPRODUCED] * 2

    @pytest.mark.parametrize("find", [nothing, lambda path, sha256: b"{}"], ids=["unknown", "other-content"])
    def test_that_is_nowhere_keeps_the_gate_from_being_replayed(
        self, repository: Repository, passed: Callable[..., str], find: Any
    ) -> None:
        repository.write("a.md", "sound\n")
        run_id = passed(G1={"required_outputs": OUTPUT})
        sha256 = repository.attempt(run_id, "G1")["contract"]["sha256"]
        repository.write_contract("G1", validations=[TEXT])
        (replayed,) = replay(repository, run_id, find=find)
        path = repository.workspace.contract_path("G1")
        assert replayed.outcome is ReplayOutcome.NOT_REPLAYED
        assert (
            replayed.problem == f"its contract, {path} with SHA-256 {sha256[:12]}…, is neither in the tree nor in git"
        )
        assert choose_exit_code([replayed]) == Exit.FAIL
