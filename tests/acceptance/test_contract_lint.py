"""`orch contract lint`: every fault in one run, then what proves little."""

from typing import Any

import pytest

from tests.repository import Repository

COUNT = {"type": "word_count", "target": "{artifact_path}/a.md", "min": 10}


def lint(repository: Repository, *options: str, **contract: Any) -> Any:
    """Lints the gate GT alone, with this contract."""
    path = repository.write_contract("GT", **contract)
    return repository.orch("contract", "lint", *options, path.relative_to(repository.root).as_posix())


def test_a_contract_with_nothing_to_say_of_it_exits_with_0(repository: Repository) -> None:
    ended = lint(repository, "--strict", validations=[COUNT])
    assert (ended.code, ended.out) == (0, "1 contract: 0 faults, 0 advice\n")


def test_every_fault_of_every_file_is_told_in_one_run_with_file_line_path_and_what_was_meant(
    shipped: Repository,
) -> None:
    shipped.write_contract(
        "G1",
        blockng=True,
        validations=[
            {"type": "min_source", "target": "a.md"},
            {"type": "regex_match", "target": "a.md", "regex": "(a"},
            {"type": "min_sources", "target": "/a.md", "thresholds": {"quick": 1}},
        ],
    )
    shipped.write(shipped.workspace.contract_path("G2"), "{")
    ended = shipped.orch("contract", "lint")
    assert ended.code == 2
    for said in (
        "G1.contract.json:4: $.blockng: unknown key 'blockng', did you mean 'blocking'?",
        "G1.contract.json:7: $.validations[0].type: unknown value 'min_source', did you mean 'min_sources'?",
        "$.validations[1].regex: bad regex",
        "$.validations[2].target: path '/a.md' is absolute",
        "$.validations[2].thresholds: has no value for depth 'deep'",
        "G2.contract.json:1: is not JSON",
    ):
        assert said in ended.out, ended.out


ADVISED: dict[str, dict[str, Any]] = {
    "only-warnings": {"validations": [{**COUNT, "severity": "warning"}]},
    "only-existence": {"required_outputs": {"all_of": [{"path": "{artifact_path}/a.md"}]}},
    "own-word": {
        "required_outputs": {"all_of": [{"path": "{artifact_path}/audit.md"}]},
        "validations": [{"type": "contains_text", "target": "{artifact_path}/audit.md", "pattern": "Status: PASS"}],
    },
    "matches-nothing": {"validations": [COUNT, {"type": "regex_match", "target": "a.md", "regex": "$a"}]},
    "slow-regex": {"validations": [COUNT, {"type": "regex_match", "target": "a.md", "regex": "(\\w+\\s?)*$"}]},
    "unknown-output": {"required_outputs": {"all_of": [{"path": "{chapter}/a.md"}]}, "validations": [COUNT]},
}


@pytest.mark.parametrize("topic", ADVISED)
def test_what_proves_little_is_advised_against_and_only_strict_makes_that_an_error(
    repository: Repository, topic: str
) -> None:
    ended = lint(repository, **ADVISED[topic])
    assert (ended.code, f"[{topic}]" in ended.out) == (0, True), ended.out
    assert "orchestration/gates/contracts/GT.contract.json:" in ended.out
    assert lint(repository, "--strict", **ADVISED[topic]).code == 1
    told = lint(repository, "--json", **ADVISED[topic]).json
    assert topic in [advice["topic"] for advice in told["advice"]]


def test_a_gate_of_a_workflow_without_a_contract_is_advised_against(repository: Repository) -> None:
    repository.write_contract("GT", validations=[COUNT])
    repository.write_workflow("GT", "GX")
    ended = repository.orch("contract", "lint", "--strict")
    assert ended.code == 1
    assert "orchestration/workflows/tests.json:" in ended.out
    assert "gate 'GX' has no contract" in ended.out


def test_a_variable_that_the_workflow_declares_is_known(repository: Repository) -> None:
    repository.write_contract("GT", validations=[{**COUNT, "target": "{chapter}/a.md"}])
    assert repository.orch("contract", "lint").code == 2
    repository.write_workflow("GT", variables={"chapter": "one"})
    assert repository.orch("contract", "lint", "--strict").code == 0


def test_the_shipped_contracts_have_no_fault(shipped: Repository) -> None:
    ended = shipped.orch("contract", "lint")
    assert ended.code == 0
    assert "3 contracts: 0 faults" in ended.out


def test_a_path_that_is_not_there_is_refused(shipped: Repository) -> None:
    ended = shipped.orch("contract", "lint", "nowhere")
    assert ended.code == 2
    assert "nowhere does not exist" in ended.err
