"""The page about pull requests: its jobs, run as they stand there on honest pull requests, and on one that is not."""

import json
import os
import re
import subprocess
from collections.abc import Callable
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

import pytest
import yaml

from docs.markdown.page import read
from tests.support import CHECKOUT
from tests.support.git_checkout import git
from tests.support.hostile_checkout import hijack
from tests.support.repository import BIN, Repository

PAGE = read(CHECKOUT / "docs/how-to/pull-requests.md")
GITHUB, GITLAB = map(yaml.safe_load, PAGE.find_blocks("yaml"))
(STEPS,) = (job["steps"] for job in GITHUB["jobs"].values())
INSTALL, CHECKOUT_STEP, VERIFY = STEPS
CHECKS: list[dict[str, Any]] = [
    {"type": "word_count", "target": "{artifact_path}/a.md", "min": {"quick": 1, "standard": 3}},
    {"type": "contains_text", "target": "{artifact_path}/a.md", "pattern": "tea"},
    {"type": "regex_match", "target": "{artifact_path}/a.md", "regex": "green|black"},
]
OUTPUTS = {"all_of": [{"path": "{artifact_path}/a.md"}]}


class Project:
    """A repository on a server, and a clone of an author with a branch that is proposed as pull request 7."""

    def __init__(self, directory: Path) -> None:
        self.server, self.directory = directory / "server.git", directory
        author = directory / "author"
        author.mkdir()
        self.author = Repository(author)
        self.author.write_contract("GT", required_outputs=OUTPUTS, validations=CHECKS)
        self.author.write_workflow("GT")
        self.author.write(".github/workflows/records.yml", yaml.safe_dump(GITHUB))
        self.run_id = self.pass_gate("tea")
        self.author.commit()
        git(directory, "clone", "--quiet", "--bare", str(author), str(self.server))
        git(author, "remote", "add", "origin", str(self.server))
        git(author, "checkout", "--quiet", "-b", "change")

    def pass_gate(self, slug: str) -> str:
        start = ("run", "start", "--workflow", "tests", "--slug", slug, "--json")
        run_id: str = self.author.orch(*start).json["run_id"]
        assert self.author.orch("gate", "start", "--run", run_id, "--gate", "GT", "--agent", "a").code == 0
        self.author.write(f"out/{slug}/a.md", f"all about green tea, {slug}\n")
        assert self.author.orch("gate", "finish", "--run", run_id, "--gate", "GT").code == 0
        return run_id

    def propose(self) -> None:
        """Pushes the branch; the server merges it, as GitHub does for `refs/pull/7/merge`."""
        self.author.commit()
        git(self.author.root, "checkout", "--quiet", "--detach", "main")
        git(self.author.root, "merge", "--quiet", "--no-ff", "-m", "merge", "change")
        git(self.author.root, "push", "--quiet", "origin", "HEAD:refs/pull/7/merge", "change")
        git(self.author.root, "checkout", "--quiet", "change")

    def check_out(self) -> Path:
        """What the step `actions/checkout` does with the options on the page."""
        options = CHECKOUT_STEP["with"]
        assert options["fetch-depth"] == 0
        ref = options["ref"].replace("${{ github.event.pull_request.number }}", "7")
        workspace = Path(mkdtemp(dir=self.directory))
        git(workspace, "clone", "--quiet", str(self.server), options["path"])
        git(workspace / options["path"], "fetch", "--quiet", "origin", ref)
        git(workspace / options["path"], "checkout", "--quiet", "--detach", "FETCH_HEAD")
        return workspace

    def run_github(self, *labels: str) -> "subprocess.CompletedProcess[str]":
        """The job as the default branch has it."""
        workspace = self.check_out()
        values = {"${{ github.base_ref }}": "main"}
        values["${{ join(github.event.pull_request.labels.*.name, ' ') }}"] = " ".join(labels)
        environment = {name: values[value] for name, value in VERIFY["env"].items()}
        return self.run(workspace / VERIFY["working-directory"], VERIFY["run"], environment)

    def run_gitlab(self, **variables: str) -> "subprocess.CompletedProcess[str]":
        """The job, but for what installs orch, in the directory that was checked out."""
        workspace = self.check_out()
        install, *script = GITLAB["verify-records"]["script"]
        assert install.startswith("pip install ")
        variables = {
            **GITLAB["verify-records"]["variables"],
            "CI_MERGE_REQUEST_TARGET_BRANCH_NAME": "main",
            **variables,
        }
        return self.run(workspace / "change", "\n".join(script), variables)

    def run(self, directory: Path, script: str, variables: dict[str, str]) -> "subprocess.CompletedProcess[str]":
        inherited = {name: value for name, value in os.environ.items() if not name.startswith(("GIT_", "ORCH_"))}
        environment = {**inherited, "PATH": f"{BIN}{os.pathsep}{os.environ['PATH']}", "COLUMNS": "500", **variables}
        command = ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", script]
        return subprocess.run(command, cwd=directory, env=environment, capture_output=True, text=True, check=False)


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return Project(tmp_path)


def edit_json(path: Path, change: Callable[[Any], object]) -> None:
    document = json.loads(path.read_text("utf-8"))
    change(document)
    path.write_text(json.dumps(document, indent=2, ensure_ascii=False) + "\n", "utf-8")


def cheat(project: Project) -> None:
    """Edits an attempt, loosens a contract, lowers a depth; the CI files and the checkout say that all is well."""
    author, run = project.author, project.author.root / f"orchestration/runs/{project.run_id}/record"
    edit_json(run / "gates/GT/attempt-1.json", lambda attempt: attempt.update(agent="somebody-else"))
    edit_json(run / "RUN.json", lambda record: record.update(depth="quick"))
    author.write_contract("GT", required_outputs=OUTPUTS, validations=CHECKS[:1])
    author.write(".github/workflows/records.yml", "on: push\njobs: {verify: {steps: [{run: 'true'}]}}\n")
    author.write(".gitlab-ci.yml", "verify-records: {script: ['true']}\n")
    hijack(author)


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where what is executed of a pull request leaves a trace."""
    (tmp_path / "home").mkdir()
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    return tmp_path / "home"


@pytest.mark.slow
@pytest.mark.parametrize("run", [Project.run_github, Project.run_gitlab], ids=["github", "gitlab"])
def test_each_difference_of_a_dishonest_pull_request_is_named_and_nothing_of_it_is_executed(
    project: Project, home: Path, run: Callable[[Project], "subprocess.CompletedProcess[str]"]
) -> None:
    cheat(project)
    project.propose()
    ended = run(project)
    assert ended.returncode in (1, 4), ended
    lines = ended.stdout.splitlines()
    edited = [line for line in lines if line.startswith(f"edited: {project.run_id}")]
    assert any("attempt-1.json" in line and "agent" in line for line in edited), ended
    assert any("depth" in line and "RUN.json" in line for line in edited), ended
    assert any(line.startswith("loosened: GT: contains_text") for line in lines), ended
    assert list(home.iterdir()) == []


def rename_root(project: Project) -> None:
    git(project.author.root, "mv", "orchestration", "Orchestration")


def move_root(project: Project) -> None:
    (project.author.root / "svc").mkdir()
    git(project.author.root, "mv", "orchestration", "svc/orchestration")


def link_run(project: Project) -> None:
    run = f"orchestration/runs/{project.run_id}"
    git(project.author.root, "mv", run, "elsewhere")
    (project.author.root / run).symlink_to("../../elsewhere")


def link_contracts(project: Project) -> None:
    git(project.author.root, "mv", "orchestration/gates/contracts", "orchestration/gates/others")
    (project.author.root / "orchestration/gates/contracts").symlink_to("others")


def make_submodule_of_the_runs(project: Project) -> None:
    git(project.author.root, "rm", "-rq", "orchestration/runs")
    runs = project.author.root / "orchestration/runs"
    runs.mkdir(exist_ok=True)
    git(runs, "init", "--quiet")
    git(runs, "commit", "--quiet", "--allow-empty", "-m", "empty")


def configure_git_in_the_tree(project: Project) -> None:
    """Attributes and settings that would run a program, and hide what differs, if git took them from a tree."""
    run = '[filter "evil"]\n\tclean = touch $HOME/it-ran\n\tsmudge = touch $HOME/it-ran\n'
    for name in (".gitconfig", "config", ".lfsconfig", ".gitmodules"):
        project.author.write(name, run)
    project.author.write(".gitattributes", "* filter=evil export-ignore ident -diff merge=ours\n")
    attempt = project.author.root / f"orchestration/runs/{project.run_id}/record/gates/GT/attempt-1.json"
    edit_json(attempt, lambda record: record.update(agent="somebody-else"))


def enlarge_record(project: Project) -> None:
    path = project.author.root / f"orchestration/runs/{project.run_id}/record/RUN.json"
    with path.open("r+b") as file:
        file.truncate(30_000_000)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("change", "code"),
    [
        (configure_git_in_the_tree, 1), (rename_root, 2), (move_root, 2), (link_run, 1), (link_contracts, 1),
        (make_submodule_of_the_runs, 1), (enlarge_record, 1),
    ],
)  # fmt: skip
def test_what_hides_records_or_rules_does_not_pass(
    project: Project, home: Path, change: Callable[[Project], None], code: int
) -> None:
    change(project)
    project.propose()
    ended = project.run_github()
    assert ended.returncode == code, ended
    assert list(home.iterdir()) == []


def add_run(project: Project) -> None:
    project.pass_gate("mint")


def tighten_contract(project: Project) -> None:
    more = {"type": "not_contains", "target": "{artifact_path}/a.md", "pattern": "coffee"}
    project.author.write_contract("GT", required_outputs=OUTPUTS, validations=[*CHECKS, more])


def tighten_contract_and_add_run(project: Project) -> None:
    tighten_contract(project)
    project.pass_gate("mint")


def edit_other_files(project: Project) -> None:
    hijack(project.author)


@pytest.mark.slow
@pytest.mark.parametrize("change", [add_run, tighten_contract, tighten_contract_and_add_run, edit_other_files])
def test_an_honest_pull_request_passes(project: Project, home: Path, change: Callable[[Project], None]) -> None:
    change(project)
    project.propose()
    ended = project.run_github()
    assert ended.returncode == 0, ended
    assert list(home.iterdir()) == []


def loosen(project: Project) -> None:
    project.author.write_contract("GT", required_outputs=OUTPUTS, validations=CHECKS[:1])
    project.propose()


@pytest.mark.slow
@pytest.mark.parametrize(
    ("labels", "code"),
    [((), 1), (("bug", "allow=loosened:GT"), 0), (("allow=loosened:GX",), 2), (("allow=warnings",), 1)],
)
def test_a_label_of_a_reviewer_allows_what_it_names(project: Project, labels: tuple[str, ...], code: int) -> None:
    loosen(project)
    ended = project.run_github(*labels)
    assert ended.returncode == code, ended


def replace_regex(project: Project) -> None:
    """A change of which no rule knows whether the check became easier."""
    other = [*CHECKS[:-1], {**CHECKS[-1], "regex": ".*"}]
    project.author.write_contract("GT", required_outputs=OUTPUTS, validations=other)
    project.propose()


def keep_old_work(project: Project) -> None:
    """A PASS of work that existed before: an honest agent that had nothing to do, or one that did nothing."""
    for slug in ("mint", "mint"):
        project.pass_gate(slug)
    project.propose()


@pytest.mark.slow
@pytest.mark.parametrize(
    ("change", "label", "told"),
    [
        (replace_regex, "allow=loosened:GT", "changed, direction unknown: GT"),
        (replace_regex, "allow=warnings", "changed, direction unknown: GT"),
        (keep_old_work, "allow=warnings", "its outputs are those that existed before it started"),
    ],
)
@pytest.mark.parametrize("run", [Project.run_github, Project.run_gitlab], ids=["github", "gitlab"])
def test_what_may_be_dishonest_fails_until_a_reviewer_accepts_it(
    project: Project, change: Callable[[Project], None], label: str, told: str, run: Callable[..., Any]
) -> None:
    change(project)
    refused = run(project)
    assert (refused.returncode, told in refused.stdout) == (1, True), refused
    options = "" if label == "allow=warnings" else f"--strict --allow {label.removeprefix('allow=')}"
    accepted = run(project, ORCH_OPTIONS=options) if run is Project.run_gitlab else run(project, label)
    assert accepted.returncode == 0, accepted


@pytest.mark.slow
def test_a_variable_that_a_maintainer_types_allows_what_it_names(project: Project) -> None:
    loosen(project)
    ended = project.run_gitlab(ORCH_OPTIONS="--strict --allow loosened:GT")
    assert ended.returncode == 0, ended


@pytest.mark.slow
def test_what_is_verified_before_the_push_is_the_work_tree(project: Project) -> None:
    git(project.author.root, "fetch", "--quiet", "origin", "+refs/heads/*:refs/remotes/origin/*")
    commands = re.findall(r"^\$ orch (.*)$", PAGE.text, re.MULTILINE)
    assert [project.author.orch(*command.split()).code for command in commands] == [0, 0]
    project.author.write_contract("GT", required_outputs=OUTPUTS, validations=CHECKS[:1])
    assert [project.author.orch(*command.split()).code for command in commands] == [0, 1]


def test_the_jobs_install_a_pinned_orch_and_execute_nothing_of_the_checkout() -> None:
    assert re.fullmatch(r'pipx install "git\+https://\S+ \S+@<a commit>"', INSTALL["run"])
    assert "working-directory" not in INSTALL
    assert CHECKOUT_STEP["with"]["persist-credentials"] is False
    assert [*GITHUB[True]] == ["pull_request_target"]  # YAML reads the key `on` as a truth value
    assert GITHUB["permissions"] == {"contents": "read"}
    assert CHECKOUT_STEP["with"]["allow-unsafe-pr-checkout"] is True
    assert GITLAB["verify-records"]["variables"] == {"GIT_DEPTH": "0", "ORCH_OPTIONS": "--strict"}


def test_the_owned_directories_are_those_of_the_rules(shipped: Repository) -> None:
    owned = re.findall(r"^(/\S+/) +@", PAGE.text, re.MULTILINE)
    assert {path for path in owned if (shipped.root / path.strip("/")).is_dir()} == {*owned} - {"/.github/"}
