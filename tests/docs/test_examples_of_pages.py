"""The examples of the pages work: contracts, custom checks, failures; the page of commands names all."""

import json
import re
from pathlib import Path
from typing import Final

import click
import pytest

from docs.markdown.page import Page, read
from gate_tests.compiler.loader import load_contract
from runner.cli.app import app
from runner.cli.context import CliContext
from tests.support import CHECKOUT
from tests.support.check_packages import install
from tests.support.checks import try_check
from tests.support.repository import Repository

CITATIONS: Final = "src/app/essays/the-word-robot/research/CITATIONS.md"


def read_page(path: str) -> Page:
    return read(CHECKOUT / "docs" / path)


def list_commands(group: click.Group, directory: Path, path: str = "orch") -> list[str]:
    """Every command below `group`, as one types it; outside a repository there are no workflows."""
    found, context = [], click.Context(group, obj=CliContext(directory))
    for name in group.list_commands(context):
        typed, command = f"{path} {name}", group.get_command(context, name)
        found += list_commands(command, directory, typed) if isinstance(command, click.Group) else [typed]
    return found


def test_the_page_of_commands_names_every_command(tmp_path: Path) -> None:
    named = set(re.findall(r"\borch(?: [a-z]+)+", read_page("reference/commands.md").text))
    assert [command for command in list_commands(app, tmp_path) if command not in named] == []


def test_the_contract_of_the_concepts_is_valid(repository: Repository) -> None:
    example = read_page("explanation/concepts.md").find_block("json")
    repository.write("orchestration/gates/contracts/G2.contract.json", example)
    contract = load_contract(repository.workspace, "G2")
    assert [validation.type for validation in contract.validations] == ["min_sources"]


def test_the_own_check_of_the_page_is_one(
    repository: Repository, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = read_page("how-to/own-checks.md")
    module, entry = page.find_block("python"), page.find_block("toml")
    assert entry == '[project.entry-points."orch.checks"]\nno_weasels = "acme_checks:no_weasels"\n'
    monkeypatch.syspath_prepend(install(tmp_path, "acme_checks", module, "no_weasels"))
    use = json.loads(re.findall(r'`(\{"type": "no_weasels".*?\})`', page.text)[0])
    assert try_check(repository, {**use, "target": "essay.md"}, "good\n").holds
    failed = try_check(repository, {**use, "target": "essay.md"}, "very good\n")
    assert failed.row["reason"] == "essay.md: expected that none of the words occurs, found the words very"


@pytest.mark.slow
def test_the_shown_failure_is_what_pytest_shows(shipped: Repository) -> None:
    shown = read_page("how-to/with-pytest.md").find_block("text", "min_sources")
    shipped.add_example("G2")
    shipped.write(CITATIONS, "".join(f"### Source {number}: a book\n" for number in range(1, 8)))
    run_id = shipped.start_run()
    assert shown in shipped.pytest("--gate", "G2", "--run", run_id).out


def test_the_shipped_workflow_and_contracts_agree_about_names() -> None:
    workflow = json.loads((CHECKOUT / "orchestration/workflows/visual-essay.json").read_text("utf-8"))
    for gate in workflow["gates"]:
        contract = json.loads((CHECKOUT / gate["contract"]).read_text("utf-8"))
        assert (contract["gate"], contract["name"]) == (gate["gate"], gate["name"])
