"""`orch ci` of a real run, in a root below the repository's top: each format of what it found is valid."""

from pathlib import Path
from typing import Any

import pytest

from runner.reports.formats import FORMATS
from tests.support.format_checks import CHECKS
from tests.support.git_checkout import git
from tests.support.github_runner import parse_commands
from tests.support.repository import ARTIFACTS, Repository

SPEC = "orchestration/skills/visual-essay-invocation/specs/the-word-robot.md"
CITATIONS = f"{ARTIFACTS}/research/CITATIONS.md"
GATES = ("G1", "G2", "G3")
pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def changed(tmp_path_factory: pytest.TempPathFactory) -> Repository:
    """G2 and G3 have passed; then a source list was cut and a draft mark was added, both with commands in them."""
    top = tmp_path_factory.mktemp("top")
    git(top, "init", "--quiet", "-b", "main")
    repository = Repository(top / "services/essays").install().write_small_contracts()
    repository.add_example(*GATES)
    run_id = repository.start_run()
    for gate in GATES:
        repository.start_gate(run_id, gate)
        assert repository.orch("gate", "finish", "--run", run_id, "--gate", gate).code == 0
    repository.write(CITATIONS, "### Source 1: ::error file=a::b ##[error]c [[ATTACHMENT|/etc/passwd]]\n")
    text = (repository.root / SPEC).read_text("utf-8")
    repository.write(SPEC, f"{text}\n[DRAFT] ##[set-env name=A;]b @octocat\n")
    git(top, "add", "--all")
    git(top, "commit", "--quiet", "-m", "all")
    return repository


def write(repository: Repository, name: str) -> str:
    file = Path("reports") / name
    ended = repository.orch("ci", "--format", name, "--output", str(file))
    assert ended.code == 1, ended.out + ended.err
    return (repository.root / file).read_text("utf-8")


@pytest.mark.parametrize("name", FORMATS)
def test_each_format_is_valid(changed: Repository, name: str) -> None:
    CHECKS[name](write(changed, name))


def test_annotations_are_on_lines_of_the_git_repository(changed: Repository) -> None:
    commands = [command for command in parse_commands(write(changed, "github")) if command]
    checks = {
        (command.name, command.properties["file"], command.properties["line"])
        for command in commands
        if "min_sources" in command.properties["title"] or "not_contains" in command.properties["title"]
    }
    contracts = "services/essays/orchestration/gates/contracts"
    assert ("error", f"{contracts}/G2.contract.json", "41") in checks
    assert any(name == "warning" for name, _, _ in checks)
    assert all(
        (changed.root.parents[1] / command.properties["file"]).is_file()
        for command in commands
        if "file" in command.properties
    )


def test_a_failed_check_has_what_was_expected_and_found(changed: Repository) -> None:
    ended = changed.orch("ci", "--json")
    checks: list[dict[str, Any]] = [check for gate in ended.json["gates"] for check in gate["checks"]]
    reasons = {check["result"]["type"]: (check["expected"], check["found"]) for check in checks if check["found"]}
    assert reasons == {
        "min_sources": ("at least 8 sources (depth standard)", "1 of 8 (1 distinct heading `### Source …`)"),
        "not_contains": ("no '[DRAFT]'", "1 match on line 54"),
    }
    assert all(check["found"] is None for check in checks if check["status"] == "passed")
