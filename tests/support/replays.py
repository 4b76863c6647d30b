"""Runs whose gates passed, and the replay of them."""

from collections.abc import Callable, Collection, Mapping
from itertools import chain
from pathlib import Path
from typing import Any

from gate_tests.isolated_pytest.client import IsolatedPytest
from gate_tests.isolated_pytest.display import Display
from gate_tests.workspace.layout import Workspace
from runner.storage.store import Store
from runner.verification.replay import Replay
from runner.verification.replay_contracts import FindVersions
from runner.verification.replayed import GateReplay
from tests.support.git_checkout import git
from tests.support.repository import Repository


def start_gates(repository: Repository, slug: str = "tea", **contracts: dict[str, Any]) -> str:
    """Starts a run of gates with these contracts, and an attempt at each."""
    for gate, keys in contracts.items():
        repository.write_contract(gate, **keys)
    repository.write_workflow(*contracts)
    run_id = repository.start_run(workflow="tests", slug=slug)
    for gate in contracts:
        repository.start_gate(run_id, gate)
    return run_id


def finish_gate(repository: Repository, run_id: str, gate: str) -> None:
    """Judges the open attempt; whether it passes is the caller's affair."""
    ended = repository.orch("gate", "finish", "--run", run_id, "--gate", gate)
    assert ended.code in (0, 1), ended.err


def finish_gates(repository: Repository, slug: str = "tea", **contracts: dict[str, Any]) -> str:
    """The same as `start_gates`, and each gate is finished, one after the other."""
    run_id = start_gates(repository, slug, **contracts)
    for gate in contracts:
        finish_gate(repository, run_id, gate)
    return run_id


def open_silently() -> IsolatedPytest:
    """A judging process whose lines nobody reads."""
    return IsolatedPytest(Display(lambda _: None))


def find_nothing(requested: Mapping[str, Collection[str]]) -> Mapping[str, bytes]:
    """Stands for a git that does not know the content."""
    return {}


def find_in_head(repository: Repository) -> FindVersions:
    """Finds the content of the last commit, whatever its hash. It has no final newline."""

    def find(requested: Mapping[str, Collection[str]]) -> Mapping[str, bytes]:
        return {
            sha256: git(repository.root, "show", f"HEAD:{path}").encode()
            for path, hashes in requested.items()
            for sha256 in hashes
        }

    return find


def replay(
    repository: Repository,
    *run_ids: str,
    root: Path | None = None,
    open_process: Callable[[], IsolatedPytest] = open_silently,
    find_versions: FindVersions = find_nothing,
    network: bool = False,
    programs: bool = True,
) -> list[GateReplay]:
    """Replays each gate of the runs, on the tree at `root`, which is by default that of the repository."""
    store, tree = Store(repository.workspace), Workspace(root or repository.root)
    replays = Replay(tree, open_process, find_versions, network, programs).replay_runs(map(store.read, run_ids))
    return list(chain.from_iterable(replays))
