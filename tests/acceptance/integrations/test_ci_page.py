"""The page about CI: its jobs and snippets, run as they stand there."""

import json
import re
import shlex
import sys
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
import yaml

from docs.markdown.page import read
from tests.acceptance.integrations.conftest import Source, fill_in
from tests.support import CHECKOUT
from tests.support.git_checkout import git
from tests.support.proposed_change import Project
from tests.support.repository import Ended

PAGE = read(CHECKOUT / "docs/how-to/ci.md")
MERGE_REQUEST = {"CI": "true", "GITLAB_CI": "true", "CI_PIPELINE_SOURCE": "merge_request_event"}


def spoil_output(project: Project) -> None:
    project.repository.write("out/tea/a.md", "all about green coffee\n")
    project.repository.commit()


def run_script(project: Project, lines: list[str], **variables: str) -> Ended:
    """The lines in one shell that ends at the first that fails, as the runner of GitLab has it."""
    return project.repository.run("bash", "-eo", "pipefail", "-c", "\n".join(lines), env=variables)


# GitLab

GITLAB: dict[str, Any] = yaml.safe_load(PAGE.find_block("yaml", "codequality"))["gates"]


def run_gitlab(project: Project, **variables: str) -> Ended:
    """The job but for what installs orch, in a clone that has no branch but the one of the merge request."""
    install, *script = GITLAB["script"]
    assert install.startswith("pip install ")
    named = {"CI_MERGE_REQUEST_TARGET_BRANCH_NAME": "main", **MERGE_REQUEST, **GITLAB["variables"], **variables}
    return run_script(project, script, **named)


@pytest.mark.slow
def test_the_job_of_gitlab_writes_the_reports_that_it_names(project: Project) -> None:
    spoil_output(project)
    base = git(project.root, "rev-parse", "main")
    for branch in ("main", "-r origin/main"):
        git(project.root, "branch", "-q", "-D", *branch.split())
    ended = run_gitlab(project, CI_MERGE_REQUEST_DIFF_BASE_SHA=base)
    assert (ended.code, "FAIL" in ended.out) == (1, True), ended
    reports = GITLAB["artifacts"]["reports"]
    cases = ElementTree.parse(project.root / reports["junit"]).getroot().iter("testcase")
    assert [case for case in cases if case.find("failure") is not None]
    rows = json.loads((project.root / reports["codequality"]).read_text("utf-8"))
    assert {"out/tea/a.md", "orchestration/gates/contracts/G1.contract.json"} & {
        row["location"]["path"] for row in rows
    }
    assert all({"description", "check_name", "fingerprint", "severity", "location"} <= {*row} for row in rows)


@pytest.mark.slow
def test_the_job_of_gitlab_is_one_for_a_runner_of_such_jobs(project: Project, programs: Path) -> None:
    """By `gle`, which runs a job of `.gitlab-ci.yml` without GitLab."""
    install = GITLAB["script"][0]
    project.repository.write(
        ".gitlab-ci.yml", PAGE.find_block("yaml", "codequality").replace(install, "echo installed")
    )
    git(project.root, "remote", "set-url", "origin", "https://gitlab.example/acme/essays.git")
    spoil_output(project)
    given = {"CI_PIPELINE_SOURCE": "merge_request_event", "CI_MERGE_REQUEST_TARGET_BRANCH_NAME": "main"}
    options = [word for name, value in given.items() for word in ("--var", f"{name}={value}")]
    ended = project.repository.run(str(programs / "gle"), "--ignore-docker", *options, "gates")
    assert ended.code == 1, ended
    assert "(CI_MERGE_REQUEST_TARGET_BRANCH_NAME)" in ended.out, ended
    assert all((project.root / report).is_file() for report in GITLAB["artifacts"]["reports"].values())


@pytest.mark.slow
def test_the_job_of_gitlab_passes_where_nothing_is_spoiled(project: Project) -> None:
    project.start("herbs")
    project.repository.commit()
    ended = run_gitlab(project)
    assert ended.code == 0, ended
    assert json.loads((project.root / GITLAB["artifacts"]["reports"]["codequality"]).read_text("utf-8")) == []


# The other systems: each command of the page

COMMANDS = [
    line
    for language in ("groovy", "yaml")
    for line in re.findall(
        r"(?:'|script: |run: |^      - )(orch [^'\n]*)", "".join(PAGE.find_blocks(language)), re.MULTILINE
    )
]


def test_the_page_leads_to_each_system_at_its_top() -> None:
    headings = re.findall(r"(?m)^##+ (.*)$", PAGE.text)
    linked = re.findall(r"\[(.*?)\]\(#", PAGE.text.partition("The job for ")[2].partition("\n\n")[0])
    assert len(linked) == len(["GitHub", "GitLab", "Jenkins", "Azure", "CircleCI", "Buildkite", "tox", "pre-commit"])
    assert {*linked} <= {*headings}


def test_each_job_of_a_system_installs_orch() -> None:
    blocks = [*PAGE.find_blocks("groovy"), *PAGE.find_blocks("yaml")]
    jobs = [block for block in blocks if re.search(r"\borch -C", block)]
    assert all(re.search(r"pipx? install \"git\+https://<this repository>@<a commit>\"", job) for job in jobs)


def test_the_page_has_a_command_for_each_system() -> None:
    assert len(COMMANDS) == len(["GitHub without the action", "Jenkins", "Azure", "CircleCI", "Buildkite"])


@pytest.mark.slow
@pytest.mark.parametrize("command", dict.fromkeys(COMMANDS))
def test_each_command_of_the_page_finds_what_a_change_spoils_and_writes_its_report(
    project: Project, command: str
) -> None:
    spoil_output(project)
    ended = run_script(project, [command])
    assert ended.code == 1, ended
    for file in re.findall(r"--output (\S+)", command):
        assert ElementTree.parse(project.root / file).getroot().tag == "testsuites"
        assert PAGE.text.count(file) > PAGE.text.count(f"--output {file}"), "the system is told of the file, too"


@pytest.mark.slow
def test_in_a_copied_checkout_only_the_runs_of_the_change_are_judged(project: Project) -> None:
    spoil_output(project)
    for path in (project.root / "out").rglob("*.md"):
        path.touch()
    ended = run_script(project, ["orch -C . ci --base main --format json"])
    assert ended.json["runs"] == [project.old]


# tox, nox, Make


def write_snippet(project: Project, name: str, language: str, source: Source) -> None:
    project.repository.write(name, fill_in(PAGE.find_block(language), source.path, source.commit))
    project.repository.write(".gitignore", ".nox/\n.tox/\n__pycache__/\n")
    project.repository.commit()


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "language", "command", "again", "options", "failed"),
    [
        ("tox.ini", "ini", "{}/tox -e gates", "{}/tox -e gates", "-- --run mint", 1),
        ("noxfile.py", "python", "{}/nox -s gates", "{}/nox -R -s gates", "-- --run mint", 1),
        ("Makefile", "make", "make gates", "make gates", "ORCH_CI=--run=mint", 2),
    ],
    ids=["tox", "nox", "Make"],
)
def test_the_snippet_fails_with_the_code_that_the_page_names(
    project: Project,
    programs: Path,
    source: Source,
    name: str,
    language: str,
    command: str,
    again: str,
    options: str,
    failed: int,
) -> None:
    write_snippet(project, name, language, source)
    project.repository.write("out/tea/a.md", "all about green coffee\n")
    ended = project.repository.run(*command.format(programs).split())
    assert (ended.code, "FAIL: " in ended.out) == (failed, True), ended
    ended = project.repository.run(*again.format(programs).split(), *options.split())
    assert (ended.code, "PASS: " in ended.out) == (0, True), ended


# Exit codes in scripts


@pytest.mark.slow
@pytest.mark.parametrize(
    ("is_spoiled", "options", "code"),
    [(False, "", 0), (True, "", 1), (False, "-S", 3)],
    ids=["the gates pass", "a gate fails", "orch is not installed"],
)
def test_its_script_distinguishes_a_failed_gate_from_a_program_that_cannot_be_loaded(
    project: Project, tmp_path: Path, is_spoiled: bool, options: str, code: int
) -> None:
    if is_spoiled:
        spoil_output(project)
    shim = tmp_path / "bin/python"
    shim.parent.mkdir()
    shim.write_text(f'#!/bin/sh\nexec {sys.executable} {options} "$@"\n')
    shim.chmod(0o755)
    variables = {"PATH": f"{shim.parent}:/usr/bin:/bin"}
    assert run_script(project, [PAGE.find_block("bash")], **variables).code == code


@pytest.mark.slow
def test_its_pytest_command_reports_the_newest_run(project: Project) -> None:
    (command,) = re.findall(r"^\$ pytest (.*)$", PAGE.text, re.MULTILINE)
    ended = project.repository.pytest(*shlex.split(command))
    assert ended.code == 0, ended
    assert ElementTree.parse(project.root / "gates.xml").getroot().find(".//testcase") is not None
