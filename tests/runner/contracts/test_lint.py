"""Lint of contracts by their paths, or of all: which files are read, and what the workflows add."""

import os
from pathlib import Path

import pytest

from gate_tests.errors import Refused
from runner.contracts.lint import WorkflowSet, lint_all, lint_files, relative_to_root
from tests.support.repository import Repository

VALID = {"all_of": [{"path": "{artifact_path}/a.md"}]}


@pytest.fixture
def linted(repository: Repository) -> Repository:
    """Two contracts and a workflow that has the first."""
    repository.write_contract("G1", required_outputs=VALID)
    repository.write_contract("G2", required_outputs=VALID)
    repository.write_workflow("G1")
    return repository


def path_of(repository: Repository, gate: str) -> str:
    return repository.workspace.contract_path(gate)


# Which files


def test_all_contracts_are_linted(linted: Repository) -> None:
    findings = lint_all(linted.workspace)
    assert findings.files == (path_of(linted, "G1"), path_of(linted, "G2"))
    assert findings.errors == ()


def test_a_path_or_a_directory_names_those_to_lint(linted: Repository) -> None:
    one = linted.root / path_of(linted, "G2")
    assert lint_files(linted.workspace, [one]).files == (path_of(linted, "G2"),)
    assert lint_files(linted.workspace, [one.parent]).files == lint_all(linted.workspace).files
    assert lint_files(linted.workspace, [one, one.parent]).files[0] == path_of(linted, "G2")


def test_a_contract_outside_the_root_is_linted_under_its_absolute_path(linted: Repository, tmp_path: Path) -> None:
    outside = tmp_path / "G3.contract.json"
    outside.write_text((linted.root / path_of(linted, "G1")).read_text().replace('"G1"', '"G3"'))
    assert lint_files(linted.workspace, [outside]).files == (str(outside),)


@pytest.mark.parametrize(
    ("name", "next_command"),
    [
        ("nothing.contract.json", "orch contract lint"),
        ("orchestration/workflows/tests.json", "orch contract lint"),
        ("orchestration/workflows", "orch contract lint"),
    ],
    ids=["missing", "no contract by its name", "a directory without one"],
)
def test_what_names_no_contract_is_refused(
    linted: Repository, name: str, next_command: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(linted.root)
    with pytest.raises(Refused) as caught:
        lint_files(linted.workspace, [Path(name)])
    assert caught.value.next_command == next_command


def test_a_link_to_nothing_and_what_is_no_json_are_faults_of_these_files(linted: Repository) -> None:
    link = linted.root / path_of(linted, "G3")
    os.symlink("nowhere", link)
    broken = linted.write(path_of(linted, "G4"), "{")
    findings = lint_files(linted.workspace, [link, broken])
    assert [fault.partition(":")[0] for fault in findings.errors] == [path_of(linted, "G3"), path_of(linted, "G4")]
    assert findings.files == (path_of(linted, "G3"), path_of(linted, "G4"))


def test_a_path_is_shown_from_the_root_through_a_link_to_the_root_too(linted: Repository, tmp_path: Path) -> None:
    os.symlink(linted.root, tmp_path / "link")
    for root in (linted.root, tmp_path / "link"):
        assert relative_to_root(linted.workspace, root / "a/b.json") == "a/b.json"


def test_a_link_is_shown_as_itself_and_not_as_what_it_leads_to(linted: Repository) -> None:
    linted.write("real.json", "{}")
    os.symlink("real.json", linted.root / "link.json")
    assert relative_to_root(linted.workspace, linted.root / "link.json") == "link.json"


# The workflows


def test_sample_runs_of_a_gate_are_those_of_its_workflows_one_for_each_depth(linted: Repository) -> None:
    workflows = WorkflowSet.load(linted.workspace)
    (trial,) = workflows.build_sample_runs("G1")
    assert trial.workflow == "tests"
    assert len({context.depth for context in trial.contexts}) == len(trial.contexts) == 3
    assert {context.artifact_path for context in trial.contexts} == {"out/the-slug"}
    assert workflows.build_sample_runs("G2") == ()
    assert workflows.build_sample_runs(None) == ()


def test_a_variable_that_only_a_workflow_declares_is_no_fault_of_its_gate(linted: Repository) -> None:
    linted.write_workflow("G1", variables={"colour": "green"})
    linted.write_contract("G1", required_outputs={"all_of": [{"path": "{colour}.md"}]})
    assert lint_all(linted.workspace).errors == ()


def test_an_invalid_workflow_is_a_fault_whichever_contract_is_linted(linted: Repository) -> None:
    linted.write("orchestration/workflows/broken.json", "{")
    for findings in (lint_all(linted.workspace), lint_files(linted.workspace, [linted.root / path_of(linted, "G2")])):
        assert [fault.partition(":")[0] for fault in findings.errors] == ["orchestration/workflows/broken.json"]


def test_a_gate_without_a_contract_is_an_advice_at_its_line_in_the_workflow(linted: Repository) -> None:
    (linted.root / path_of(linted, "G1")).unlink()
    (advice,) = [str(each) for each in lint_all(linted.workspace).warnings if "tests.json" in str(each)]
    assert advice.startswith("orchestration/workflows/tests.json:")
    assert "'G1'" in advice
