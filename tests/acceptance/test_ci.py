"""`orch ci`: what a pull request did, and whether its gates still pass, with one exit code and no run id."""

import json
import os
import shlex
import signal
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.support.git_checkout import git
from tests.support.messages import message, says
from tests.support.patched_install import PatchedInstall
from tests.support.processes import descendants, is_running, running, wait_until
from tests.support.proposed_change import CHECKS, OUTPUTS, Project, commit_on_main, edit_json, loosen
from tests.support.repository import BIN, Ended, Repository

BASE = ("--base", "main")
CONTRACT = "orchestration/gates/contracts/G1.contract.json"
OUTPUT = "out/tea/a.md"
WARNING = {"type": "not_contains", "target": "{artifact_path}/a.md", "pattern": "green", "severity": "warning"}


@pytest.fixture
def project(repository: Repository) -> Project:
    return Project.make(repository)


def ci(project: Project, *options: str, env: dict[str, str] | None = None) -> Ended:
    return project.repository.orch("ci", *options, env=env)


def report(project: Project, *options: str, env: dict[str, str] | None = None) -> Any:
    return ci(project, "--json", *options, env=env).json


def rules(document: Any) -> set[str]:
    return {finding["rule"] for finding in document["findings"] if finding["level"] == "error"}


def results(document: Any) -> dict[tuple[str, str], str]:
    return {(gate["run_id"], gate["gate"]): gate["result"] for gate in document["gates"]}


# What a pull request does


def write_output(content: str) -> Callable[[Project], object]:
    return lambda project: project.repository.write(OUTPUT, content)


def edit_record(project: Project) -> None:
    project.edit_record(project.old, lambda record: record["gates"][0]["attempts"][0].update(agent="somebody-else"))


def corrupt_record(project: Project) -> None:
    (project.record(project.old) / "RUN.json").write_text("{")


def add_run(project: Project) -> None:
    project.start("lemon")


def tighten_too_much(project: Project) -> None:
    project.write_contract([{**CHECKS[0], "min": {"quick": 1, "standard": 30, "deep": 30}}, CHECKS[1]])


def break_contract(project: Project) -> None:
    project.repository.write(CONTRACT, "{")


def delete_contract(project: Project) -> None:
    (project.root / CONTRACT).unlink()


def change_program(project: Project) -> None:
    project.repository.write("tools/check.sh", "exit 1\n")


PULL_REQUESTS: dict[str, tuple[Callable[[Project], object], int, set[str]]] = {
    "is honest": (add_run, 0, set()),
    "loosens a contract": (loosen, 1, {"rule-loosened"}),
    "edits a record": (edit_record, 1, {"record-edited"}),
    "corrupts a record": (corrupt_record, 1, {"record-edited"}),
    "breaks an artifact": (write_output("coffee\n"), 1, {"file-changed"}),
    "makes an artifact longer": (write_output("all about green tea, and more\n"), 1, {"file-changed"}),
    "tightens a contract too much": (tighten_too_much, 1, set()),
    "breaks a contract": (break_contract, 2, {"contract-error", "rule-invalid"}),
    "deletes a contract": (delete_contract, 2, {"rule-loosened"}),
    "makes a program of a contract fail": (change_program, 1, set()),
    "changes something else": (lambda project: project.repository.write("README.md", "tea\n"), 0, set()),
}


@pytest.mark.parametrize(("change", "code", "errors"), PULL_REQUESTS.values(), ids=PULL_REQUESTS.keys())
def test_the_exit_code_is_that_of_the_worst_part(
    project: Project, change: Callable[[Project], object], code: int, errors: set[str]
) -> None:
    change(project)
    ended = ci(project, "--json", *BASE)
    assert (ended.code, rules(ended.json)) == (code, errors), ended
    assert ended.json["exit_code"] == code
    assert ended.json["passed"] is (code == 0)


@pytest.mark.slow
def test_only_gates_of_runs_that_the_change_touches_are_judged(project: Project) -> None:
    assert results(report(project, *BASE)) == {}
    added = project.start("lemon")
    assert results(report(project, *BASE)) == {(added, "G1"): "PASS"}


@pytest.mark.slow
def test_a_contract_that_changes_concerns_each_current_run_whose_gate_passed_by_it(project: Project) -> None:
    tighten_too_much(project)
    assert results(report(project, *BASE)) == {
        (project.old, "G1"): "FAIL",
        (project.old, "G2"): "PASS",
        (project.other, "G1"): "FAIL",
    }


@pytest.mark.slow
def test_a_file_concerns_the_newest_run_of_its_artifact_path(project: Project) -> None:
    again = project.start("tea")
    project.repository.orch("run", "complete", "--run", project.old, "--status", "CANCELED")
    project.repository.commit()
    commit_on_main(project, lambda: git(project.root, "merge", "--quiet", "change"))
    project.repository.write(OUTPUT, "coffee\n")
    document = report(project, *BASE)
    assert results(document) == {(again, "G1"): "FAIL"}
    assert message("newer-run", runs="1 run") in document["notes"]
    assert rules(document) == {"file-changed"}


@pytest.mark.slow
def test_a_new_file_below_the_artifact_path_concerns_its_run(project: Project) -> None:
    assert results(report(project, *BASE)) == {}
    project.repository.write("out/mint/new.md", "")
    project.repository.write("out/minty/new.md", "")
    project.repository.commit()
    assert results(report(project, *BASE)) == {(project.other, "G1"): "PASS"}


@pytest.mark.slow
def test_without_a_base_it_is_about_unfinished_runs_and_the_newest_of_each_artifact_path(project: Project) -> None:
    again = project.start("tea")
    project.call("run", "complete", "--run", project.old)
    assert {run for run, _ in results(report(project))} == {project.other, again}


@pytest.mark.slow
@pytest.mark.parametrize("name", ["latest", "mint", "out/../orchestration/runs/{other}", "{other}"])
def test_a_run_can_be_named_as_everywhere(project: Project, name: str) -> None:
    assert {run for run, _ in results(report(project, "--run", name.format(other=project.other)))} == {project.other}


@pytest.mark.slow
def test_an_unknown_run_is_refused(project: Project) -> None:
    ended = ci(project, "--run", "coffee")
    assert ended.code == 2
    assert says(ended.err, "no-run-matches", run="coffee")


@pytest.mark.slow
def test_the_change_is_verified_as_a_whole_where_a_run_is_named_too(project: Project) -> None:
    edit_record(project)
    document = report(project, *BASE, "--run", project.other)
    assert rules(document) == {"record-edited"}
    assert results(document) == {(project.other, "G1"): "PASS"}


@pytest.mark.slow
def test_a_gate_without_a_verdict_hides_no_other(project: Project) -> None:
    break_contract(project)
    ended = ci(project, "--json")
    assert results(ended.json) == {
        (project.old, "G1"): "no verdict",
        (project.old, "G2"): "PASS",
        (project.other, "G1"): "no verdict",
    }
    assert ended.code == 2


@pytest.mark.slow
def test_a_damaged_record_is_4_where_no_base_explains_it(project: Project) -> None:
    corrupt_record(project)
    ended = ci(project, "--json")
    assert (ended.code, rules(ended.json)) == (4, {"corrupted-record"})
    assert message("record-not-read", run=project.old) in ended.json["notes"]
    assert results(ended.json) == {(project.other, "G1"): "PASS"}


@pytest.mark.slow
def test_of_a_run_under_way_it_says_how_many_gates_are_checked(project: Project) -> None:
    ended = ci(project)
    assert message("only-passed-checked", run=project.other, status="RUNNING", passed=1, gates="2 gates") in ended.out


@pytest.mark.slow
def test_of_a_run_that_was_canceled_only_the_gates_that_passed_are_judged_and_it_says_so(project: Project) -> None:
    project.call("run", "complete", "--run", project.other, "--status", "CANCELED")
    ended = ci(project)
    assert ended.code == 0, ended
    assert message("only-passed-checked", run=project.other, status="CANCELED", passed=1, gates="2 gates") in ended.out


@pytest.mark.slow
def test_a_gate_that_requires_changes_in_its_attempt_passes_again(repository: Repository) -> None:
    repository.write_contract("G1", required_outputs=OUTPUTS, validations=[{"type": "changed_in_attempt"}])
    repository.write_workflow("G1")
    run_id = repository.start_run(workflow="tests", slug="tea")
    repository.start_gate(run_id, "G1")
    repository.write(OUTPUT, "tea\n")
    assert repository.orch("gate", "finish", "--run", run_id).code == 0
    ended = repository.orch("ci")
    assert ended.code == 0, ended


# One process judges all runs, each in a fork of its own

_CHECK = "gate_tests.checks.types.contains_text:ContainsText.evaluate_text"


def start_two_runs(repository: Repository) -> None:
    """Two runs of a gate that passed."""
    repository.write_contract("G1", required_outputs=OUTPUTS, validations=CHECKS[1:])
    repository.write_workflow("G1")
    for slug in ("tea", "mint"):
        run_id = repository.start_run(workflow="tests", slug=slug)
        repository.start_gate(run_id, "G1")
        repository.write(f"out/{slug}/a.md", "tea\n")
        assert repository.orch("gate", "finish", "--run", run_id).code == 0


@pytest.mark.slow
def test_what_a_check_leaves_in_memory_does_not_reach_the_next_run(repository: Repository, tmp_path: Path) -> None:
    start_two_runs(repository)
    program = PatchedInstall.make(tmp_path / "altered")
    program.run_before(_CHECK, "import sys; assert not getattr(sys, 'left', 0); sys.left = 'pytest' in sys.modules")
    ended = program.orch(repository, "ci")
    assert ended.code == 0, ended
    assert "2 gates passed" in ended.out


@pytest.mark.slow
@pytest.mark.parametrize(
    ("end", "reported"),
    [
        pytest.param("os.abort()", "was killed by SIGABRT", id="killed"),
        pytest.param("os._exit(0)", "ended with exit code 0", id="as if all were well"),
    ],
)
def test_a_run_whose_check_ends_the_process_has_no_verdict_at_once_and_hides_no_other(
    repository: Repository, tmp_path: Path, end: str, reported: str
) -> None:
    start_two_runs(repository)
    program = PatchedInstall.make(tmp_path / "altered")
    program.run_before(_CHECK, f"import os; 'mint' in repr(args) and {end}")
    ended = program.orch(repository, "ci", "--json")
    assert ended.code == 3, ended
    assert sorted(gate["result"] for gate in ended.json["gates"]) == ["PASS", "no verdict"]
    assert reported in ended.err


@pytest.mark.slow
def test_a_process_that_a_check_leaves_behind_does_not_keep_the_next_run_waiting(
    repository: Repository, tmp_path: Path
) -> None:
    start_two_runs(repository)
    program = PatchedInstall.make(tmp_path / "altered")
    leave = "os.fork() or (time.sleep(30), os._exit(0))"
    program.run_before(_CHECK, f"import os, sys, time; 'pytest' not in sys.modules or {leave}")
    started = time.monotonic()
    ended = program.orch(repository, "ci")
    assert (ended.code, "2 gates passed" in ended.out) == (0, True), ended
    assert time.monotonic() - started < 20


@pytest.mark.slow
def test_interrupted_it_ends_with_130_and_leaves_no_process(repository: Repository) -> None:
    repository.write_contract("G1", required_outputs={"all_of": [{"path": "{artifact_path}/a.md"}]})
    repository.write_workflow("G1")
    run_id = repository.start_run(workflow="tests", slug="tea")
    repository.start_gate(run_id, "G1")
    path = repository.write(OUTPUT, "tea\n")
    assert repository.orch("gate", "finish", "--run", run_id).code == 0
    os.truncate(path, 1 << 40)  # to hash it takes long
    repository.orch("run", "list")
    with running(BIN / "orch", "ci", "--run", run_id, cwd=repository.root) as process:
        wait_until(lambda: len(descendants(process.pid)) > 0)
        children = descendants(process.pid)
        time.sleep(1)
        process.send_signal(signal.SIGINT)
        assert process.wait(20) == 130
        assert "orch: interrupted" in (process.stderr.read() if process.stderr else "")
    wait_until(lambda: not any(map(is_running, children)))


# Where nothing is to be checked


def test_without_runs_it_lints_and_says_so(repository: Repository) -> None:
    repository.write_contract("G1", required_outputs=OUTPUTS, validations=CHECKS)
    repository.write_workflow("G1")
    ended = repository.orch("ci")
    assert ended.code == 0
    assert message("no-runs-to-check") in ended.out
    assert "1 contract: no errors" in ended.out


def test_without_contracts_there_is_nothing_to_lint(repository: Repository) -> None:
    ended = repository.orch("ci")
    assert ended.code == 0
    assert "0 contracts" in ended.out


def test_a_change_that_touches_no_run_says_so(project: Project) -> None:
    assert message("change-touches-no-run") in ci(project, *BASE).out


# Warnings


@pytest.mark.slow
@pytest.mark.parametrize(("options", "code"), [((), 0), (("--fail-on", "error"), 0), (("--fail-on", "warning"), 1)])
def test_a_check_that_warned_fails_only_if_that_is_asked_for(
    project: Project, options: tuple[str, ...], code: int
) -> None:
    project.write_contract([*CHECKS, WARNING])
    assert ci(project, *BASE, *options).code == code


@pytest.mark.slow
def test_a_contract_that_is_tighter_now_is_a_warning_for_it_is_judged_by(project: Project) -> None:
    project.write_contract([*CHECKS, {**CHECKS[1], "pattern": "green"}])
    ended = ci(project, "--json")
    assert ended.code == 0
    assert "contract-changed" in {finding["rule"] for finding in ended.json["findings"]}
    assert ci(project, "--fail-on", "warning").code == 1


@pytest.mark.slow
def test_a_contract_that_is_looser_now_differs_as_for_verify(project: Project) -> None:
    loosen(project)
    ended = ci(project, "--json")
    assert (ended.code, rules(ended.json)) == (1, {"contract-changed"})


@pytest.mark.slow
def test_a_reviewer_accepts_a_difference(project: Project) -> None:
    loosen(project)
    assert ci(project, *BASE, "--allow", "loosened:G1").code == 0


# The base, in the job of a pull request


class Server:
    """A server with the branches of a project, and clones as CI systems make them."""

    def __init__(self, project: Project) -> None:
        self.project, self.path = project, project.root.parent / "server.git"
        git(project.root.parent, "clone", "--quiet", "--bare", str(project.root), str(self.path))

    def propose(self) -> None:
        """Pushes the branch; the server merges it, as GitHub does for `refs/pull/7/merge`."""
        root = self.project.root
        self.project.repository.commit()
        git(root, "checkout", "--quiet", "--detach", "main")
        git(root, "merge", "--quiet", "--no-ff", "-m", "merge", "change")
        git(root, "push", "--quiet", str(self.path), "HEAD:refs/pull/7/merge", "change")

    def clone(self, ref: str, *options: str) -> Repository:
        """A clone with a detached HEAD that has only this ref, and what the options of `git fetch` say."""
        root = self.project.root.parent / "clone"
        root.mkdir()
        git(root, "init", "--quiet")
        git(root, "remote", "add", "origin", f"file://{self.path}")
        git(root, "fetch", "--quiet", "--no-tags", *options, "origin", f"+{ref}:refs/remotes/pull/7")
        git(root, "checkout", "--quiet", "--detach", "refs/remotes/pull/7")
        return Repository(root)


JOBS: dict[str, dict[str, str]] = {
    "GitHub": {"GITHUB_ACTIONS": "true", "GITHUB_EVENT_NAME": "pull_request", "GITHUB_BASE_REF": "main"},
    "GitLab": {"GITLAB_CI": "true", "CI_MERGE_REQUEST_TARGET_BRANCH_NAME": "main"},
    "Azure": {"SYSTEM_PULLREQUEST_TARGETBRANCH": "refs/heads/main"},
    "Bitbucket": {"BITBUCKET_PR_DESTINATION_BRANCH": "main"},
    "Buildkite": {"BUILDKITE_PULL_REQUEST": "7", "BUILDKITE_PULL_REQUEST_BASE_BRANCH": "main"},
    "Jenkins": {"CHANGE_TARGET": "main"},
    "Woodpecker": {"CI_COMMIT_TARGET_BRANCH": "main"},
    "Drone": {"DRONE_BUILD_EVENT": "pull_request", "DRONE_TARGET_BRANCH": "main"},
}


@pytest.mark.slow
@pytest.mark.parametrize("env", JOBS.values(), ids=JOBS.keys())
def test_a_shallow_clone_is_refused_with_the_command_that_fetches_the_base_and_then_edits_are_found(
    project: Project, env: dict[str, str]
) -> None:
    edit_record(project)
    server = Server(project)
    server.propose()
    clone = server.clone("refs/pull/7/merge", "--depth", "1")
    refused = clone.orch("ci", env=env)
    assert refused.code == 2
    assert says(refused.err, "base-not-in-clone", branch="main")
    command = refused.err.splitlines()[-1].removeprefix("Next: ")
    assert command == "git fetch --unshallow origin main:refs/remotes/origin/main"
    git(clone.root, *shlex.split(command)[1:])
    ended = clone.orch("ci", env=env)
    assert ended.code == 1
    assert "edited: G1 attempt 1" in ended.out
    assert says(ended.out, "compared-with", base="origin/main")


@pytest.mark.slow
def test_the_base_branch_alone_is_enough_where_the_rest_of_the_history_is_lacking(project: Project) -> None:
    loosen(project)
    server = Server(project)
    server.propose()
    clone = server.clone("refs/pull/7/merge", "--depth", "1")
    git(clone.root, "fetch", "--quiet", "--depth", "1", "origin", "main:refs/remotes/origin/main")
    ended = clone.orch("ci", env=JOBS["GitLab"])
    assert ended.code == 1
    assert "loosened: G1" in ended.out
    assert "this shallow clone lacks the commit where the branch began" in ended.out


@pytest.mark.slow
def test_gitlab_names_the_merge_base_which_a_clone_without_the_branch_has(project: Project) -> None:
    loosen(project)
    server = Server(project)
    began = git(project.root, "rev-parse", "main")
    server.propose()
    clone = server.clone("refs/heads/change")
    ended = clone.orch("ci", env={**JOBS["GitLab"], "CI_MERGE_REQUEST_DIFF_BASE_SHA": began})
    assert ended.code == 1
    assert "loosened: G1" in ended.out


@pytest.mark.slow
def test_what_only_the_base_has_changed_is_not_of_the_change(project: Project) -> None:
    commit_on_main(project, lambda: project.write_contract([*CHECKS, {**CHECKS[1], "pattern": "green"}]))
    project.start("lemon")
    project.repository.commit()
    assert ci(project, *BASE).code == 0


@pytest.mark.slow
def test_a_base_that_is_named_counts_more_than_that_of_the_job(project: Project) -> None:
    assert ci(project, "--base", "HEAD", env={"GITHUB_BASE_REF": "elsewhere"}).code == 0
    assert ci(project, env={"GITHUB_BASE_REF": "elsewhere"}).code == 2


@pytest.mark.slow
def test_of_several_roots_it_is_about_the_one_that_it_is_called_for(tmp_path: Path) -> None:
    roots = [Repository(tmp_path / f"top/services/{name}") for name in ("one", "two")]
    for root in roots:
        root.write_contract("G1", required_outputs=OUTPUTS, validations=CHECKS)
        root.write_workflow("G1")
        run_id = root.start_run(workflow="tests", slug="tea")
        root.start_gate(run_id, "G1")
        root.write(OUTPUT, "all about green tea\n")
        assert root.orch("gate", "finish", "--run", run_id).code == 0
    top = Repository(tmp_path / "top").commit()
    git(top.root, "checkout", "--quiet", "-b", "change")
    roots[0].write(OUTPUT, "coffee\n")
    one, two = (root.orch("ci", "--json", "--base", "main") for root in roots)
    assert (one.code, two.code) == (1, 0)
    assert one.json["root_prefix"] == "services/one/"
    assert "file=services/one/out/tea/a.md" in top.orch("-C", "services/one", "ci", "--format", "github").out
    assert "services/one" in top.orch("ci").err


# What is printed and written


def test_its_screen_ends_with_the_result_and_a_command_that_works(project: Project) -> None:
    write_output("coffee\n")(project)
    ended = ci(project, *BASE)
    result, next_line = ended.out.splitlines()[-2:]
    assert result.startswith("FAIL: 1 of 2 gates failed, 1 error")  # on a fast machine, the runs were made in haste
    assert next_line == f"Next: orch gate check --run {project.old} --gate G1"
    assert project.repository.orch(*shlex.split(next_line)[2:]).code == 1


@pytest.mark.slow
def test_quietly_only_what_is_wrong_and_the_result_are_printed(project: Project) -> None:
    write_output("coffee\n")(project)
    lines = ci(project, "-q", *BASE).out.splitlines()
    assert [line.split()[0] for line in lines] == ["error", "FAIL", "failed", "contract", "failed", "contract", "FAIL:"]


@pytest.mark.slow
def test_quietly_a_pass_is_one_line(project: Project) -> None:
    (line,) = ci(project, "-q", "--run", project.other).out.splitlines()
    assert line.startswith("PASS: 1 gate passed")


@pytest.mark.slow
def test_with_v_each_check_has_a_line(project: Project) -> None:
    assert "word_count[a.md] PASSED" in ci(project, "-v").out


@pytest.mark.slow
def test_several_reports_are_written_at_once_into_directories_that_are_made(project: Project) -> None:
    options = ("--format", "github", "--format", "junit", "--output", "reports/ci/gates.xml", "--format", "ctrf")
    ended = ci(project, *options, "--output", "reports/ctrf.json")
    assert ended.code == 0
    assert (project.root / "reports/ci/gates.xml").read_text().startswith("<?xml")
    assert json.loads((project.root / "reports/ctrf.json").read_text())["reportFormat"] == "CTRF"
    assert "PASS" in ended.out


@pytest.mark.slow
def test_a_document_has_standard_output_for_itself(project: Project) -> None:
    ended = ci(project, "--format", "junit")
    assert ended.out.startswith("<?xml")
    assert ended.out.rstrip().endswith("</testsuites>")
    assert "PASS: " in ended.err


@pytest.mark.slow
def test_on_github_annotations_are_printed_and_the_summary_is_appended(project: Project, tmp_path: Path) -> None:
    write_output("coffee\n")(project)
    summary = tmp_path / "summary.md"
    summary.write_text("# Before\n")
    env = {**JOBS["GitHub"], "GITHUB_STEP_SUMMARY": str(summary)}
    ended = ci(project, env=env)
    assert ended.code == 1
    assert f"::error file={OUTPUT},line=1," in ended.out
    assert f"{CONTRACT},line=" in ended.out
    assert summary.read_text().startswith("# Before\n## orch ci: FAIL")


@pytest.mark.slow
def test_a_summary_that_is_full_stays_as_it_is(project: Project, tmp_path: Path) -> None:
    summary = tmp_path / "summary.md"
    summary.write_text("x" * ((1 << 20) - 10))
    assert ci(project, env={**JOBS["GitHub"], "GITHUB_STEP_SUMMARY": str(summary)}).code == 0
    assert summary.stat().st_size == (1 << 20) - 10


@pytest.mark.slow
def test_a_report_that_cannot_be_written_is_3_and_the_verdict_is_printed_all_the_same(project: Project) -> None:
    project.repository.write("taken", "")
    ended = ci(project, "--format", "junit", "--output", "taken/gates.xml")
    assert ended.code == 3
    assert "PASS: " in ended.out
    assert says(ended.err, "report-not-written", path="taken/gates.xml")


@pytest.mark.slow
def test_a_report_replaces_the_one_before_and_follows_a_symlink(project: Project) -> None:
    target = project.repository.write("reports/gates.xml", "old")
    (project.root / "gates.xml").symlink_to(target)
    assert ci(project, "--format", "junit", "--output", "gates.xml").code == 0
    assert target.read_text().startswith("<?xml")
    assert (project.root / "gates.xml").is_symlink()


@pytest.mark.slow
@pytest.mark.parametrize(("file", "redirected"), [("/dev/fd/3", "3>&1"), ("/dev/stderr", "2>&1")])
def test_a_report_is_written_to_a_pipe_that_a_shell_names(project: Project, file: str, redirected: str) -> None:
    """Such a name is a link that leads to no other name."""
    command = f"{BIN}/orch ci --format json --output {file} {redirected} >/dev/null | cat"
    assert project.repository.run("bash", "-o", "pipefail", "-c", command).json["passed"] is True


@pytest.mark.slow
def test_json_names_the_place_of_each_check_and_the_attempts(project: Project) -> None:
    gate = next(gate for gate in report(project)["gates"] if gate["gate"] == "G1")
    assert [attempt["passed"] for attempt in gate["attempts"]] == [True]
    assert all(0 < check["duration_s"] < gate["duration_s"] for check in gate["checks"])
    lines = (project.root / CONTRACT).read_text().splitlines()
    for check in gate["checks"]:
        assert check["contract_path"] == CONTRACT
        assert "{" in lines[check["contract_line"] - 1]


@pytest.mark.slow
def test_what_was_loosened_is_shown_on_its_line_of_the_contract(project: Project) -> None:
    project.write_contract([{**CHECKS[0], "min": {**CHECKS[0]["min"], "standard": 2}}, CHECKS[1]])
    finding = next(each for each in report(project, *BASE)["findings"] if each["level"] == "error")
    lines = (project.root / CONTRACT).read_text().splitlines()
    assert (finding["rule"], finding["path"]) == ("rule-loosened", CONTRACT)
    assert "word_count" in lines[finding["line"]]


@pytest.mark.slow
def test_a_check_that_was_removed_is_shown_where_the_checks_are(project: Project) -> None:
    loosen(project)
    finding = next(each for each in report(project, *BASE)["findings"] if each["rule"] == "rule-loosened")
    assert '"validations"' in (project.root / CONTRACT).read_text().splitlines()[finding["line"] - 1]


@pytest.mark.slow
def test_nothing_is_recorded(project: Project) -> None:
    before = project.repository.snapshot()
    ci(project)
    after = {path: content for path, content in project.repository.snapshot().items() if "/logs/" not in path}
    assert after == {path: content for path, content in before.items() if "/logs/" not in path}


@pytest.mark.slow
def test_the_installed_command_does_the_same(project: Project) -> None:
    edit_json(project.record(project.old) / "gates/G1/attempt-1.json", lambda attempt: attempt.update(agent="x"))
    ended = project.repository.installed_orch("ci", *BASE)
    assert ended.code == 1
    assert "edited: G1 attempt 1" in ended.out
    assert os.environ.get("GITHUB_ACTIONS") is None or "::error" not in ended.out
