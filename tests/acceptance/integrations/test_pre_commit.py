"""The hooks, run by `pre-commit` with the configuration of the page: before a commit, and before a push."""

from pathlib import Path

import pytest
import yaml

from docs.markdown.page import read
from tests.acceptance.integrations.conftest import Source, fill_in
from tests.support import CHECKOUT
from tests.support.proposed_change import Project
from tests.support.repository import Ended

HOOKS = yaml.safe_load((CHECKOUT / ".pre-commit-hooks.yaml").read_text("utf-8"))
PAGE = read(CHECKOUT / "docs/how-to/ci.md")
WHO = ("-c", "user.name=Nobody", "-c", "user.email=nobody@example.org")


def test_the_page_lists_every_hook() -> None:
    (repository,) = yaml.safe_load(PAGE.find_block("yaml", "rev:"))["repos"]
    assert [hook["id"] for hook in repository["hooks"]] == [hook["id"] for hook in HOOKS]


def git(project: Project, *arguments: str, home: Path) -> Ended:
    """git with the hooks, as an author types it."""
    environment = {"HOME": str(home), "GIT_CONFIG_GLOBAL": "/dev/null", "PRE_COMMIT_HOME": str(home / "pre-commit")}
    return project.repository.run("git", *WHO, *arguments, env=environment)


@pytest.mark.slow
def test_a_commit_and_a_push_go_through_the_hooks(
    project: Project, programs: Path, source: Source, tmp_path: Path
) -> None:
    configuration = fill_in(PAGE.find_block("yaml", "rev:"), source.path, source.commit)
    project.repository.write(".pre-commit-config.yaml", configuration)
    install = (str(programs / "pre-commit"), "install", "--hook-type", "pre-commit", "--hook-type", "pre-push")
    assert project.repository.run(*install).code == 0
    assert git(project, "add", "--all", home=tmp_path).code == 0
    committed = git(project, "commit", "-m", "hooks", home=tmp_path)
    assert (committed.code, committed.err.count("Passed")) == (0, 2), committed
    pushed = git(project, "push", "origin", "change", home=tmp_path)
    assert (pushed.code, pushed.out.count("Passed")) == (0, 3), pushed

    project.repository.write("out/tea/a.md", "all about green coffee\n")
    refused = git(project, "commit", "-am", "coffee", home=tmp_path)
    assert (refused.code, "changed: out/tea/a.md" in refused.err) == (1, True), refused
    assert git(project, "commit", "--no-verify", "-am", "coffee", home=tmp_path).code == 0
    refused = git(project, "push", "origin", "change", home=tmp_path)
    assert refused.code == 1, refused
    assert "FAIL  G1 Step G1" in refused.out
    assert "expected 'tea'" in refused.out
