"""A replay judges by the contract that the record names, whatever the tree has now."""

import json
from collections.abc import Collection, Mapping
from typing import Any

import pytest

from gate_tests.errors import Exit
from runner.verification.replayed import ReplayOutcome, choose_exit_code
from tests.support.forged_record import Json, edit_attempt
from tests.support.replays import find_in_head, finish_gates, replay
from tests.support.repository import Repository

TEXT = {"type": "contains_text", "target": "a.md", "pattern": "sound"}
SOUND = {"required_outputs": {"all_of": [{"path": "a.md"}]}, "validations": [TEXT]}


@pytest.fixture
def run_id(repository: Repository) -> str:
    """A run of G1 and G2, which passed. The contracts are committed."""
    repository.write("a.md", "sound\n")
    run_id = finish_gates(repository, G1=SOUND, G2=SOUND)
    repository.commit()
    return run_id


@pytest.mark.slow
def test_one_that_was_changed_since_is_taken_from_git(repository: Repository, run_id: str) -> None:
    changed = repository.write_contract("G1", validations=[{**TEXT, "pattern": "proof"}])
    present = changed.read_bytes()
    replays = replay(repository, run_id, find_versions=find_in_head(repository))
    assert [(each.outcome, each.checks) for each in replays] == [(ReplayOutcome.REPRODUCED, 2)] * 2
    assert changed.read_bytes() == present


@pytest.mark.slow
def test_one_that_was_removed_since_is_taken_from_git(repository: Repository, run_id: str) -> None:
    (repository.root / repository.workspace.contract_path("G1")).unlink()
    replays = replay(repository, run_id, find_versions=find_in_head(repository))
    assert [each.outcome for each in replays] == [ReplayOutcome.REPRODUCED] * 2


@pytest.mark.slow
@pytest.mark.parametrize("content", [None, b"{}"], ids=["no content", "content of another hash"])
def test_without_it_the_gate_is_not_replayed(repository: Repository, run_id: str, content: bytes | None) -> None:
    sha256 = repository.attempt(run_id, "G1")["contract"]["sha256"]
    repository.write_contract("G1", validations=[TEXT])
    found = {sha256: content} if content else {}
    first, second = replay(repository, run_id, find_versions=lambda requested: found)
    path = repository.workspace.contract_path("G1")
    assert (first.outcome, second.outcome) == (ReplayOutcome.NOT_REPLAYED, ReplayOutcome.REPRODUCED)
    assert first.problem == f"its contract, {path} with SHA-256 {sha256[:12]}…, is neither in the tree nor in git"
    assert choose_exit_code([first]) == Exit.FAIL


@pytest.mark.slow
def test_those_that_the_tree_has_not_are_looked_for_together_and_once(repository: Repository, run_id: str) -> None:
    other = finish_gates(repository, "mate", G1=SOUND, G2=SOUND)
    for gate in ("G1", "G2"):
        repository.write_contract(gate, validations=[TEXT])
    looked_for: list[list[str]] = []

    def find(requested: Mapping[str, Collection[str]]) -> Mapping[str, bytes]:
        looked_for.append(sorted(requested))
        return find_in_head(repository)(requested)

    replays = replay(repository, run_id, other, find_versions=find)
    assert {each.outcome for each in replays} == {ReplayOutcome.REPRODUCED}
    assert looked_for == [[repository.workspace.contract_path(gate) for gate in ("G1", "G2")]]


def record_contract(repository: Repository, run_id: str, **contract: Any) -> None:
    """Makes the record say that G1 was judged by this contract."""
    repository.write_contract("G1", **contract)
    sha256 = repository.workspace.read_document(repository.workspace.contract_path("G1")).sha256

    def edit(attempt: Json) -> None:
        attempt["contract"]["sha256"] = sha256

    edit_attempt(repository, run_id, "G1", edit)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("contract", "problem"),
    [
        ({"validations": [{"type": "weasels", "target": "a.md"}]}, "check type 'weasels' is not installed"),
        (
            {"validations": [{"type": "word_count", "target": "a.md", "most": 1}]},
            "its contract is not valid for this orch: orchestration/gates/contracts/G1.contract.json:8: "
            "$.validations[0].most: unknown key",
        ),
        (
            {"validations": [{"type": "dir_exists", "target": "{nothing}"}]},
            "its contract is not valid for this orch: orchestration/gates/contracts/G1.contract.json:7: "
            "$.validations[0].target: unknown variable",
        ),
    ],
    ids=["check type that is not installed", "invalid", "does not compile"],
)
def test_one_that_cannot_be_used_is_named_and_the_other_gates_are_judged(
    repository: Repository, run_id: str, contract: Json, problem: str
) -> None:
    record_contract(repository, run_id, **contract)
    first, second = replay(repository, run_id)
    assert (first.outcome, second.outcome) == (ReplayOutcome.NOT_REPLAYED, ReplayOutcome.REPRODUCED)
    assert (first.problem or "").startswith(problem)


@pytest.mark.slow
def test_checks_of_the_record_that_it_has_not_and_the_reverse_are_differences(
    repository: Repository, run_id: str
) -> None:
    record_contract(repository, run_id, validations=[{"type": "dir_exists", "target": "orchestration"}, TEXT])
    first, _ = replay(repository, run_id)
    assert [(each.check_id, each.claimed, each.found, each.reason) for each in first.differences] == [
        ("dir_exists[orchestration]", None, "passed", "the record has no result of this check"),
        ("file_exists[a.md]", "passed", None, "the contract has no such check"),
    ]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("edit", "reason"),
    [
        ({"severity": "warning"}, "the record says severity 'warning', the contract 'error'"),
        ({"path": "b.md"}, "the record says path 'b.md', the contract 'a.md'"),
        ({"warning": True, "severity": "warning", "reason": "few"}, "the record says: few"),
    ],
    ids=["severity", "path", "warned"],
)
def test_a_row_that_says_other_than_the_contract_is_a_difference(
    repository: Repository, run_id: str, edit: Json, reason: str
) -> None:
    edit_attempt(repository, run_id, "G1", lambda attempt: attempt["validations"][1].update(edit))
    first, _ = replay(repository, run_id)
    assert [each.reason for each in first.differences] == [reason]
    assert json.dumps(first.to_json())
