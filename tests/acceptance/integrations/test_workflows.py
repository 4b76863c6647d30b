"""The workflows of the pages, run by `act` without GitHub, and audited for what is unsafe."""

import json
import os
import subprocess
from pathlib import Path

import pytest

from docs.markdown.page import read
from tests.acceptance.integrations.conftest import Source
from tests.support import CHECKOUT
from tests.support.proposed_change import Project
from tests.support.repository import Ended, Repository

pytestmark = pytest.mark.slow

PAGES = {"gates": read(CHECKOUT / "docs/how-to/ci.md"), "records": read(CHECKOUT / "docs/how-to/pull-requests.md")}
EVENT = {"pull_request": {"number": 7, "base": {"ref": "main"}, "head": {"ref": "change"}}}
ACTION = "acme/orch"
RULES = """rules:
  unpinned-uses:
    config:
      policies: {"actions/*": ref-pin, "*": hash-pin}
"""


def find_workflow(name: str, commit: str = "1" * 40) -> str:
    block = PAGES[name].find_block("yaml", "runs-on:")
    return block.replace("<owner>/<this repository>@<a commit>", f"{ACTION}@{commit}")


def run_act(programs: Path, repository: Repository, source: Source, *options: str) -> Ended:
    """Runs `act` on this machine, without containers; the action is taken from its repository here."""
    event, home = repository.root.parent / "event.json", repository.root.parent / "home"
    event.write_text(json.dumps(EVENT))
    home.mkdir(exist_ok=True)
    where = ("-P", "ubuntu-latest=-self-hosted", "--no-cache-server", "--action-offline-mode", "-e", str(event))
    action = ("--local-repository", f"{ACTION}@{source.commit}={source.path}")
    command = (str(programs / "act"), "pull_request", *where, *action, *options)
    return repository.run(*command, env={"HOME": str(home)})


def test_the_workflow_with_the_action_annotates_what_a_pull_request_spoils(
    project: Project, programs: Path, source: Source
) -> None:
    repository = project.repository
    repository.write(".github/workflows/gates.yml", find_workflow("gates", source.commit))
    repository.write("out/tea/a.md", "all about green coffee\n")
    repository.commit()
    ended = run_act(programs, repository, source)
    assert ended.code == 1, ended
    annotations = [line.partition("::error ")[2] for line in ended.out.splitlines() if "::error " in line]
    assert any(line.startswith("file=out/tea/a.md,") for line in annotations), ended.out
    assert any("contains_text" in line for line in annotations), ended.out
    assert "Summary - ## orch ci: FAIL" in ended.out
    assert "::set-output:: exit-code=1" in ended.out
    assert "Job failed" in ended.out


@pytest.mark.parametrize("name", PAGES)
def test_a_workflow_is_valid_by_the_schema_of_github(
    repository: Repository, programs: Path, source: Source, name: str
) -> None:
    repository.write(f".github/workflows/{name}.yml", find_workflow(name))
    repository.commit()
    assert run_act(programs, repository, source, "--validate", "--strict").code == 0
    repository.write(f".github/workflows/{name}.yml", find_workflow(name).replace("runs-on", "runs"))
    assert run_act(programs, repository, source, "--validate", "--strict").code != 0


@pytest.mark.parametrize(("name", "known"), [("gates", []), ("records", ["dangerous-triggers"])])
def test_of_what_an_audit_calls_unsafe_a_workflow_has_what_its_page_explains(
    repository: Repository, programs: Path, name: str, known: list[str]
) -> None:
    """`pull_request_target` is used on purpose, in a job that executes nothing of the pull request."""
    rules = repository.write("zizmor.yml", RULES)
    workflow = repository.write(f".github/workflows/{name}.yml", find_workflow(name))
    options = ("--offline", "--no-progress", "--no-exit-codes", "--format=json", "-c", str(rules))
    done = subprocess.run(
        [str(programs / "zizmor"), *options, str(workflow)], capture_output=True, text=True, env=os.environ, check=True
    )
    assert [finding["ident"] for finding in json.loads(done.stdout)] == known
