"""What ships, and putting it into a repository."""

import json
import os
from pathlib import Path

import pytest

from gate_tests.compiler.loader import load_contract
from gate_tests.workspace.names import Depth
from runner.workflows.bundled import bundled_directory, copy_example, install_orchestration
from runner.workflows.definition import load_workflow
from tests.support.repository import SLUG, Repository

GATES = ("G1", "G2", "G3")
OF_DATA = ("D1", "D2", "D3", "D4")


def test_init_puts_in_contracts_workflow_instructions_and_rules_for_git(repository: Repository) -> None:
    installed = install_orchestration(repository.root)
    assert set(installed.created) >= {
        "orchestration/.gitattributes",
        "orchestration/.gitignore",
        "orchestration/README.md",
        "orchestration/gates/README.md",
        *(f"orchestration/gates/contracts/{gate}.contract.json" for gate in GATES),
        *(f"orchestration/prompts/visual-essay/{gate}.md" for gate in GATES),
        "orchestration/runs/.gitkeep",
        "orchestration/workflows/visual-essay.json",
        *(f"orchestration/gates/contracts/{gate}.contract.json" for gate in OF_DATA),
        *(f"orchestration/prompts/data-report/{gate}.md" for gate in OF_DATA),
        "orchestration/gates/programs/recompute_summary.py",
        "orchestration/gates/schemas/data-profile.schema.json",
        "orchestration/gates/schemas/data-summary.schema.json",
        "orchestration/workflows/data-report.json",
    }
    assert all((repository.root / path).is_file() for path in installed.created)
    assert installed.kept == ()


def test_what_is_put_in_is_byte_for_byte_what_ships(shipped: Repository) -> None:
    folder = shipped.root / "orchestration"
    for path in folder.rglob("*"):
        if path.is_file():
            assert path.read_bytes() == (bundled_directory() / path.relative_to(folder)).read_bytes()


def test_examples_and_runs_are_not_put_in(shipped: Repository) -> None:
    assert not (shipped.root / "orchestration/gates/examples").exists()
    assert [path.name for path in (shipped.root / "orchestration/runs").iterdir()] == [".gitkeep"]


def test_a_file_that_exists_is_never_overwritten(repository: Repository) -> None:
    mine = repository.write_contract("G2", description="mine")
    before = mine.read_bytes()
    installed = install_orchestration(repository.root)
    assert mine.read_bytes() == before
    assert installed.kept == ("orchestration/gates/contracts/G2.contract.json",)
    assert "orchestration/gates/contracts/G1.contract.json" in installed.created


def test_a_second_time_creates_nothing_and_keeps_everything(repository: Repository) -> None:
    first = install_orchestration(repository.root)
    second = install_orchestration(repository.root)
    assert (second.created, second.kept) == ((), first.created)


def test_a_dangling_link_is_not_written_through(repository: Repository, tmp_path: Path) -> None:
    outside = tmp_path / "outside.json"
    link = repository.root / "orchestration/workflows/visual-essay.json"
    link.parent.mkdir(exist_ok=True)
    os.symlink(outside, link)
    assert "orchestration/workflows/visual-essay.json" in install_orchestration(repository.root).kept
    assert not outside.exists()


def test_what_was_put_in_does_not_depend_on_the_order_of_folders(repository: Repository) -> None:
    created = install_orchestration(repository.root).created
    assert list(created) == sorted(created)


@pytest.mark.parametrize("gate", [*GATES, *OF_DATA])
def test_every_shipped_contract_is_valid(shipped: Repository, gate: str) -> None:
    contract = load_contract(shipped.workspace, gate)
    assert (contract.gate, contract.blocking) == (gate, True)


def test_the_shipped_workflow_is_valid_and_names_its_agents(shipped: Repository) -> None:
    workflow = load_workflow(shipped.workspace, "visual-essay")
    assert [(step.gate, step.agent) for step in workflow.gates] == [
        ("G1", "visual-essay-orchestrator"),
        ("G2", "research-orchestrator"),
        ("G3", "visual-essay-invocation-agent"),
    ]
    assert workflow.expand_artifact_path(SLUG, Depth.STANDARD) == f"src/app/essays/{SLUG}"


@pytest.mark.parametrize(("depth", "sources"), [("quick", 3), ("standard", 8), ("deep", 15)])
def test_research_needs_that_many_sources_by_depth(depth: str, sources: int) -> None:
    contract = json.loads((bundled_directory() / "gates/contracts/G2.contract.json").read_text("utf-8"))
    (check,) = [check for check in contract["validations"] if check["type"] == "min_sources"]
    assert check["thresholds"][depth] == sources


@pytest.mark.parametrize("gate", GATES)
def test_an_example_is_copied_to_where_its_files_belong(repository: Repository, gate: str) -> None:
    paths = copy_example(gate, repository.root)
    assert paths
    assert all((repository.root / path).stat().st_size > 0 for path in paths)
    assert all(SLUG in path for path in paths)


def test_git_ignores_logs_and_temporary_files_and_leaves_line_ends_alone(shipped: Repository) -> None:
    rules = (shipped.root / "orchestration/.gitignore").read_text("utf-8").split()
    assert {"runs/*/logs/", ".tmp-*"} <= set(rules)
    attributes = (shipped.root / "orchestration/.gitattributes").read_text("utf-8")
    assert "* -text" in attributes.splitlines()
