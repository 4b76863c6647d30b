"""The template of a contract is a contract, and overwrites nothing."""

import os

import pytest

from gate_tests.compiler.loader import load_contract
from gate_tests.errors import OrchError, Refused
from gate_tests.workspace.names import Depth
from runner.contracts.explain import ExplainRequest, explain_gate
from runner.contracts.lint import lint_all
from runner.contracts.template import write_contract_template
from runner.storage.store import Store
from tests.support.repository import Repository


def test_it_is_a_valid_contract_with_the_name_it_was_given(repository: Repository) -> None:
    path = write_contract_template(repository.workspace, "G4", 'Über "Tee"')
    contract = load_contract(repository.workspace, "G4")
    assert (contract.gate, contract.name, contract.blocking) == ("G4", 'Über "Tee"', True)
    assert path == contract.document.path
    assert (repository.root / path).read_text("utf-8").endswith("}\n")


def test_lint_finds_no_fault_in_it(repository: Repository) -> None:
    write_contract_template(repository.workspace, "G4", "Draft")
    assert lint_all(repository.workspace).errors == ()


@pytest.mark.parametrize("depth", Depth)
def test_it_compiles_at_every_depth(repository: Repository, depth: Depth) -> None:
    write_contract_template(repository.workspace, "G4", "Draft")
    explained = explain_gate(Store(repository.workspace), "G4", ExplainRequest(None, None, None, str(depth)))
    assert len(explained.gate.checks) == 4


@pytest.mark.parametrize("kind", ["a file", "a link to nothing"])
def test_what_exists_is_never_overwritten(repository: Repository, kind: str) -> None:
    target = repository.write(repository.workspace.contract_path("G4"), "mine")
    if kind != "a file":
        target.unlink()
        os.symlink("nowhere", target)
    with pytest.raises(Refused) as caught:
        write_contract_template(repository.workspace, "G4", "Draft")
    assert caught.value.next_command == "orch contract explain G4"
    assert not target.exists() or target.read_text() == "mine"


def test_where_a_file_is_in_the_way_of_a_directory_the_command_shows_it(repository: Repository) -> None:
    repository.write("orchestration/gates", "no directory")
    with pytest.raises(Refused) as caught:
        write_contract_template(repository.workspace, "G4", "Draft")
    assert caught.value.next_command == "ls -ld orchestration/gates"


@pytest.mark.parametrize("gate", ["", "../G4", "g/4", "G 4"])
def test_what_is_no_id_of_a_gate_is_refused(repository: Repository, gate: str) -> None:
    with pytest.raises(OrchError):
        write_contract_template(repository.workspace, gate, "Draft")
    assert not (repository.root / "orchestration/gates").exists()
