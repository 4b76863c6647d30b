"""The hooks of pre-commit, run by git as it runs them: with its index, and with the paths that pre-commit passes."""

import shlex
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.support import CHECKOUT
from tests.support.git_checkout import git, plant_program
from tests.support.messages import message, says
from tests.support.repository import BIN, Ended, Repository

HOOKS: dict[str, dict[str, Any]] = {
    hook["id"]: hook
    for hook in yaml.safe_load((CHECKOUT / ".pre-commit-hooks.yaml").read_text("utf-8"))
    if "stages" not in hook  # one for another stage judges gates; integrations/test_pre_commit.py runs it
}
PASSED_PATHS = "git diff --staged --name-only -z --no-renames --diff-filter=ACMRTUXB"
"""The paths of a hook without a pattern: those that were deleted are not among them."""
CONTRACT = {
    "required_outputs": {"all_of": [{"path": "{artifact_path}/a.md"}]},
    "validations": [{"type": "contains_text", "target": "{artifact_path}/a.md", "pattern": "tea"}],
}


class Monorepo:
    """A git repository with a root in `svc/`, whose commits go through the hooks; GT has passed and is committed."""

    def __init__(self, directory: Path) -> None:
        self.top = Repository(directory)
        self.root = Repository(directory / "svc")
        (self.root.root / "orchestration").mkdir(parents=True)
        self.root.write_contract("GT", **CONTRACT)
        self.root.write_workflow("GT")
        self.top.write("README.md", "tea\n")
        self.top.commit()
        self.run_id = self.pass_gate("tea")
        git(self.top.root, "add", "--all")
        plant_program(self.top.root / ".git/hooks/pre-commit", self._script())
        assert self.commit("-m", "finished").code == 0

    def _script(self) -> str:
        lines = ["failed=0"]
        for hook in HOOKS.values():
            program, *arguments = shlex.split(hook["entry"])
            assert program == "orch"
            run = shlex.join([str(BIN / "orch"), *arguments])
            lines.append(f"{PASSED_PATHS} | grep -zE '{hook.get('files', '')}' | xargs -0 {run} || failed=1")
        return "\n".join([*lines, "exit $failed"])

    def pass_gate(self, slug: str, text: str = "tea\n") -> str:
        """Has a gate pass in a new run, of which nothing is staged."""
        run_id: str = self.root.orch("run", "start", "--workflow", "tests", "--slug", slug, "--json").json["run_id"]
        assert self.root.orch("gate", "start", "--run", run_id, "--gate", "GT", "--agent", "a").code == 0
        self.root.write(f"out/{slug}/a.md", text)
        assert self.root.orch("gate", "finish", "--run", run_id, "--gate", "GT").code == 0
        return run_id

    def record(self, path: str, run_id: str = "") -> str:
        return f"orchestration/runs/{run_id or self.run_id}/record/{path}"

    def commit(self, *arguments: str) -> Ended:
        """`git commit` at the top, with the hook."""
        who = ("-c", "user.name=Nobody", "-c", "user.email=nobody@example.org")
        return self.top.run("git", *who, "commit", "--quiet", "-m", "all", *arguments)

    def git(self, *arguments: str) -> str:
        return git(self.top.root, *arguments)


@pytest.fixture
def monorepo(tmp_path: Path) -> Monorepo:
    return Monorepo(tmp_path / "monorepo")


ATTEMPT = "gates/GT/attempt-1.json"


def test_every_hook_of_a_commit_runs_always_and_is_given_paths_one_process_at_a_time() -> None:
    assert [*HOOKS] == ["orch-contracts", "orch-records"]
    for hook in HOOKS.values():
        assert (hook["always_run"], hook.get("pass_filenames", True), hook["require_serial"]) == (True, True, True)


@pytest.mark.slow
def test_an_attempt_that_is_not_staged_is_named_with_the_command_that_stages_it(monorepo: Monorepo) -> None:
    run_id = monorepo.pass_gate("mint")
    monorepo.git("add", f"svc/{monorepo.record('RUN.json', run_id)}")
    ended = monorepo.commit("-a")
    attempt = monorepo.record(ATTEMPT, run_id)
    assert ended.code == 1
    assert says(ended.out + ended.err, "not-staged", path=attempt), ended
    assert says(ended.out + ended.err, "not-staged", path="out/mint/a.md"), ended
    (command,) = [line for line in (ended.out + ended.err).splitlines() if line.startswith("Next: ")]
    assert monorepo.top.run("sh", "-c", command.removeprefix("Next: ")).code == 0
    assert monorepo.commit("-a").code == 0
    assert monorepo.git("status", "--short") == ""


@pytest.mark.slow
def test_an_output_that_is_not_staged_is_named_also_where_git_ignores_it(monorepo: Monorepo) -> None:
    monorepo.top.write(".gitignore", "out/\n")
    run_id = monorepo.pass_gate("mint")
    monorepo.git("add", ".gitignore", f"svc/{monorepo.record('', run_id)}")
    ended = monorepo.commit()
    assert ended.code == 1
    path, rule = "out/mint/a.md", ".gitignore:1: out/"
    assert says(ended.out + ended.err, "not-staged-ignored", path=path, rule=rule), ended
    (command,) = [line for line in (ended.out + ended.err).splitlines() if line.startswith("Next: ")]
    assert monorepo.top.run("sh", "-c", command.removeprefix("Next: ")).code == 0
    assert monorepo.commit().code == 0


@pytest.mark.slow
def test_a_contract_that_is_not_staged_with_its_workflow_is_named(monorepo: Monorepo) -> None:
    monorepo.root.write_contract("GU", **CONTRACT)
    monorepo.root.write_workflow("GT", "GU")
    ended = monorepo.commit("-a")
    assert ended.code == 1
    path, workflow = "orchestration/gates/contracts/GU.contract.json", "orchestration/workflows/tests.json"
    assert says(ended.out + ended.err, "rule-not-staged", path=path, workflow=workflow), ended
    (command,) = [line for line in (ended.out + ended.err).splitlines() if line.startswith("Next: ")]
    assert monorepo.top.run("sh", "-c", command.removeprefix("Next: ")).code == 0
    assert monorepo.commit("-a").code == 0
    assert monorepo.git("status", "--short") == ""


@pytest.mark.slow
def test_at_the_top_too_a_contract_that_leaves_the_index_is_named_and_a_directory_stands_for_its_files(
    shipped: Repository,
) -> None:
    shipped.commit()
    git(shipped.root, "rm", "--quiet", "--cached", path := "orchestration/gates/contracts/G1.contract.json")
    ended = shipped.orch("contract", "lint", "--strict", "--touched")
    workflow = "orchestration/workflows/visual-essay.json"
    assert (ended.code, says(ended.out, "rule-not-staged", path=path, workflow=workflow)) == (2, True), ended
    git(shipped.root, "add", "--all")
    assert message("nothing-linted") in shipped.orch("contract", "lint", "--touched").out
    assert message("nothing-linted") not in shipped.orch("contract", "lint", "--touched", ".").out


def edit_output(monorepo: Monorepo) -> None:
    monorepo.root.write("out/tea/a.md", "coffee\n")
    monorepo.git("add", "--all")


def delete_output(monorepo: Monorepo) -> None:
    monorepo.git("rm", "-q", "svc/out/tea/a.md")


def delete_attempt(monorepo: Monorepo) -> None:
    monorepo.git("rm", "-q", f"svc/{monorepo.record(ATTEMPT)}")


def edit_attempt(monorepo: Monorepo) -> None:
    path = monorepo.root.root / monorepo.record(ATTEMPT)
    path.write_text(path.read_text("utf-8").replace('"agent": "a"', '"agent": "b"'), "utf-8")
    monorepo.git("add", "--all")


def delete_record(monorepo: Monorepo) -> None:
    monorepo.git("rm", "-q", f"svc/{monorepo.record('RUN.json')}")


def delete_contract(monorepo: Monorepo) -> None:
    monorepo.git("rm", "-q", "svc/orchestration/gates/contracts/GT.contract.json")


def break_contract(monorepo: Monorepo) -> None:
    monorepo.root.write_contract("GT", validations=[{"type": "no_such"}])
    monorepo.git("add", "--all")


def delete_all_rules(monorepo: Monorepo) -> None:
    monorepo.git("rm", "-rq", "svc/orchestration/gates", "svc/orchestration/workflows")
    edit_attempt(monorepo)


def delete_and_edit_elsewhere(monorepo: Monorepo) -> None:
    delete_attempt(monorepo)
    monorepo.top.write("README.md", "coffee\n")
    monorepo.git("add", "README.md")


@pytest.mark.slow
@pytest.mark.parametrize(
    ("spoil", "named"),
    [
        (edit_output, "changed: out/tea/a.md (GT attempt 1)"),
        (delete_output, "missing: out/tea/a.md (GT attempt 1)"),
        (delete_attempt, ATTEMPT),
        (edit_attempt, "inconsistent: "),
        (delete_record, "record/RUN.json: file is missing"),
        (delete_contract, "gate 'GT' has no contract"),
        (delete_all_rules, "inconsistent: "),
        (break_contract, "unknown value 'no_such'"),
        (delete_and_edit_elsewhere, ATTEMPT),
    ],
    ids=lambda value: value.__name__ if callable(value) else "",
)
def test_a_commit_is_stopped_that_makes_a_record_or_a_contract_wrong(
    monorepo: Monorepo, spoil: Callable[[Monorepo], None], named: str
) -> None:
    spoil(monorepo)
    ended = monorepo.commit()
    assert ended.code == 1
    assert named in ended.out + ended.err, ended
    assert "root: svc" in ended.out + ended.err
    assert "orch init" not in ended.out + ended.err


def edit_run(monorepo: Monorepo) -> None:
    monorepo.root.write(monorepo.record("RUN.json"), "{")
    monorepo.git("add", "--all")


@pytest.mark.slow
@pytest.mark.parametrize("spoil", [delete_attempt, edit_run, delete_record])
def test_what_was_deleted_or_broken_of_a_record_is_restored_by_the_command_that_is_named(
    monorepo: Monorepo, spoil: Callable[[Monorepo], None]
) -> None:
    spoil(monorepo)
    ended = monorepo.commit()
    (command,) = [line for line in (ended.out + ended.err).splitlines() if line.startswith("Next: ")]
    assert monorepo.top.run("sh", "-c", command.removeprefix("Next: ")).code == 0
    assert monorepo.git("status", "--short") == ""


def tighten_contract(monorepo: Monorepo) -> None:
    more = {"type": "word_count", "target": "{artifact_path}/a.md", "min": 1}
    monorepo.root.write_contract("GT", **{**CONTRACT, "validations": [*CONTRACT["validations"], more]})
    monorepo.git("add", "--all")


def go_on_and_tighten_contract(monorepo: Monorepo) -> None:
    assert monorepo.root.orch("run", "complete", "--run", monorepo.run_id).code == 0
    tighten_contract(monorepo)


def delete_run(monorepo: Monorepo) -> None:
    monorepo.git("rm", "-rq", f"svc/{monorepo.record('')}")


def edit_other_file(monorepo: Monorepo) -> None:
    monorepo.top.write("README.md", "coffee\n")
    monorepo.git("add", "--all")


def start_run(monorepo: Monorepo) -> None:
    monorepo.root.orch("run", "start", "--workflow", "tests", "--slug", "mint")
    monorepo.git("add", "--all")


def supersede(monorepo: Monorepo) -> None:
    monorepo.pass_gate("tea", "green tea\n")
    monorepo.git("add", "--all")


HONEST = [tighten_contract, go_on_and_tighten_contract, delete_run, edit_other_file, start_run, supersede]


@pytest.mark.slow
@pytest.mark.parametrize("make", HONEST)
def test_a_commit_that_makes_no_record_wrong_passes(monorepo: Monorepo, make: Callable[[Monorepo], None]) -> None:
    make(monorepo)
    ended = monorepo.commit()
    assert ended.code == 0, ended


@pytest.mark.slow
def test_what_was_wrong_before_stops_no_commit_but_is_found_where_all_files_are_given(monorepo: Monorepo) -> None:
    edit_output(monorepo)
    monorepo.git("commit", "--quiet", "--no-verify", "-m", "old")
    monorepo.pass_gate("mint")
    monorepo.git("add", "--all")
    assert monorepo.commit().code == 0
    verify = shlex.split(HOOKS["orch-records"]["entry"])[1:]
    assert monorepo.top.orch(*verify).code == 0
    ended = monorepo.top.orch(*verify, *monorepo.git("ls-files").splitlines())
    assert (ended.code, "changed: out/tea/a.md" in ended.out) == (1, True)


@pytest.mark.slow
@pytest.mark.parametrize("options", [("-a",), ("svc/out/tea/a.md",), ("--include", "svc/out/tea/a.md")])
def test_the_index_that_git_makes_for_a_commit_is_the_one_that_is_read(
    monorepo: Monorepo, options: tuple[str, ...]
) -> None:
    monorepo.root.write("out/tea/a.md", "coffee\n")
    ended = monorepo.commit(*options)
    assert (ended.code, "changed: out/tea/a.md" in ended.out + ended.err) == (1, True), ended


@pytest.mark.slow
def test_what_is_staged_counts_and_not_the_work_tree(monorepo: Monorepo) -> None:
    edit_output(monorepo)
    monorepo.root.write("out/tea/a.md", "tea\n")
    ended = monorepo.commit()
    assert ended.code == 1
    assert says(ended.out + ended.err, "not-staged", path="out/tea/a.md"), ended
    monorepo.git("add", "--all")
    monorepo.root.write("out/tea/a.md", "coffee\n")
    monorepo.top.write("README.md", "coffee\n")
    monorepo.git("add", "README.md")
    assert monorepo.commit().code == 0


BROKEN = {"validations": [{"type": "no_such"}]}


@pytest.mark.slow
@pytest.mark.parametrize(("staged", "left", "code"), [(CONTRACT, BROKEN, 0), (BROKEN, CONTRACT, 1)])
def test_a_contract_is_linted_as_it_is_staged_and_not_as_it_is_in_the_work_tree(
    monorepo: Monorepo, staged: dict[str, Any], left: dict[str, Any], code: int
) -> None:
    monorepo.root.write_contract("GT", **{**staged, "name": "Other"})
    monorepo.git("add", "--all")
    monorepo.root.write_contract("GT", **left)
    ended = monorepo.commit()
    assert ended.code == code, ended


@pytest.mark.slow
def test_a_commit_in_a_linked_work_tree_is_verified_there(monorepo: Monorepo, tmp_path: Path) -> None:
    monorepo.git("worktree", "add", "--quiet", str(tmp_path / "linked"))
    linked = Repository(tmp_path / "linked")
    linked.write("svc/out/tea/a.md", "coffee\n")
    who = ("-c", "user.name=Nobody", "-c", "user.email=nobody@example.org")
    ended = linked.run("git", *who, "commit", "--quiet", "-a", "-m", "all")
    assert (ended.code, "changed: out/tea/a.md" in ended.out + ended.err) == (1, True), ended


@pytest.mark.slow
def test_a_merge_is_not_asked_for_what_it_takes_as_it_is(monorepo: Monorepo) -> None:
    monorepo.git("checkout", "--quiet", "-b", "side")
    edit_output(monorepo)
    monorepo.pass_gate("mint")
    monorepo.git("add", "--all")
    monorepo.git("commit", "--quiet", "--no-verify", "-m", "side")
    monorepo.git("checkout", "--quiet", "-")
    monorepo.git("checkout", "--quiet", "main")
    edit_other_file(monorepo)
    assert monorepo.commit().code == 0
    monorepo.git("merge", "--quiet", "--no-commit", "side")
    assert monorepo.commit().code == 0, "the run and its output are both as on the branch"


@pytest.mark.slow
def test_a_merge_is_stopped_that_brings_together_a_record_and_another_output(monorepo: Monorepo) -> None:
    monorepo.git("checkout", "--quiet", "-b", "side")
    edit_output(monorepo)
    monorepo.git("commit", "--quiet", "--no-verify", "-m", "side")
    monorepo.git("checkout", "--quiet", "main")
    run_id = monorepo.pass_gate("tea", "tea\n")
    monorepo.git("add", "--all")
    assert monorepo.commit().code == 0
    monorepo.git("merge", "--quiet", "--no-commit", "side")
    ended = monorepo.commit()
    assert (ended.code, run_id in ended.out + ended.err) == (1, True), ended


@pytest.mark.slow
@pytest.mark.parametrize("hook", ["pre-merge-commit", "pre-commit"])
def test_the_hook_of_git_merge_asks_for_no_more_than_that_of_the_commit_that_ends_a_merge(
    monorepo: Monorepo, hook: str
) -> None:
    """git names what it merges in another way to the one than to the other."""
    (monorepo.top.root / ".git/hooks/pre-commit").rename(monorepo.top.root / ".git/hooks" / hook)
    monorepo.git("checkout", "--quiet", "-b", "side")
    edit_output(monorepo)
    monorepo.git("commit", "--quiet", "--no-verify", "-m", "side")
    monorepo.git("checkout", "--quiet", "main")
    edit_other_file(monorepo)
    assert monorepo.commit().code == 0
    who = ("-c", "user.name=Nobody", "-c", "user.email=nobody@example.org")
    merged = monorepo.top.run("git", *who, "merge", "--quiet", "-m", "merge", "side")
    assert merged.code == 0, merged


@pytest.mark.slow
@pytest.mark.parametrize(
    ("spoil", "named"),
    [(delete_attempt, ATTEMPT), (edit_output, "changed: out/tea/a.md"), (delete_contract, "gate 'GT' has no contract")],
)
def test_a_range_of_commits_that_pre_commit_names_is_verified_also_what_it_deleted(
    monorepo: Monorepo, monkeypatch: pytest.MonkeyPatch, spoil: Callable[[Monorepo], None], named: str
) -> None:
    """As with `pre-commit run --from-ref main --to-ref HEAD`, and before a push."""
    monorepo.git("checkout", "--quiet", "-b", "change")
    spoil(monorepo)
    monorepo.git("commit", "--quiet", "--no-verify", "-m", "change")
    script = str(monorepo.top.root / ".git/hooks/pre-commit")
    assert monorepo.top.run(script).code == 0
    monkeypatch.setenv("PRE_COMMIT_FROM_REF", "main")
    monkeypatch.setenv("PRE_COMMIT_TO_REF", "HEAD")
    ended = monorepo.top.run(script)
    assert (ended.code, named in ended.out + ended.err) == (1, True), ended
    monkeypatch.setenv("PRE_COMMIT_FROM_REF", "HEAD")
    assert monorepo.top.run(script).code == 0


@pytest.mark.slow
def test_files_and_other_choices_that_make_no_sense_are_refused(monorepo: Monorepo) -> None:
    orch = monorepo.top.orch
    assert says(orch("verify", "--staged", "--touched", "nothing").err, "no-such-file", path="nothing")
    for command in ("verify --staged", "contract lint"):
        ended = orch(*command.split(), "--touched", "/etc/passwd")
        assert says(ended.err, "outside-the-repository", path="/etc/passwd")
        assert ended.err.endswith(f"\nNext: orch {command.removesuffix(' --staged')} --help\n")
    assert says(orch("verify", "--touched").err, "touched-needs-staged")
    assert says(orch("verify", "--staged", "--touched", "--all").err, "touched-excludes")


@pytest.mark.slow
def test_a_commit_is_stopped_that_records_a_pass_by_a_contract_which_it_does_not_have(monorepo: Monorepo) -> None:
    monorepo.pass_gate("mint")
    tighten_contract(monorepo)
    ended = monorepo.commit()
    path = "orchestration/gates/contracts/GT.contract.json"
    assert (ended.code, says(ended.out + ended.err, "contract-differs", gate="GT", path=path)) == (1, True), ended


@pytest.mark.slow
def test_a_run_that_is_deleted_whole_is_noted(monorepo: Monorepo) -> None:
    delete_run(monorepo)
    ended = monorepo.top.orch("verify", "--staged", "--touched")
    assert (ended.code, ended.out) == (0, f"root: svc\n{message('run-deleted', run=monorepo.run_id)}\n")


@pytest.mark.slow
def test_only_the_named_root_is_verified(monorepo: Monorepo) -> None:
    edit_output(monorepo)
    other = Repository(monorepo.top.root / "other")
    other.write_workflow("GT")
    verify = ("verify", "--staged", "--touched")
    assert monorepo.top.orch("-C", "other", *verify).code == 0
    ended = monorepo.top.orch("-C", "svc", *verify, "--json")
    rows = [(row["root"], row["run_id"]) for row in ended.json["runs"]]
    assert (ended.code, rows) == (1, [("svc", monorepo.run_id)])


def test_nothing_was_verified_where_nothing_is_touched(shipped: Repository) -> None:
    ended = shipped.commit().orch("verify", "--staged", "--touched")
    assert (ended.code, ended.out) == (0, f"{message('nothing-touched')}\n")
