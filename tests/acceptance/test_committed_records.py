"""Records in git: a branch without a run, the ignore rules of a host, and files that git has or has not."""

import shlex
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.support.git_checkout import git
from tests.support.messages import message, says
from tests.support.repository import ARTIFACTS, SLUG, Ended, Repository

Orch = Callable[..., Ended]
START = ("run", "start", "--workflow", "visual-essay", "--slug", SLUG, "--artifact-path", ARTIFACTS)


def fail(repository: Repository, run_id: str, gate: str = "G1") -> Ended:
    return repository.orch("gate", "fail", "--run", run_id, "--gate", gate, "--reason", "no")


def follow(repository: Repository, ended: Ended) -> Ended:
    """Types the command that is named next, in a shell."""
    _, _, command = ended.err.rstrip().rpartition("Next: ")
    return repository.run("sh", "-c", command)


# A branch without the run


@pytest.fixture
def switched(shipped: Repository) -> str:
    """The id of a run that is committed on another branch than the present one; its logs are left."""
    shipped.commit()
    git(shipped.root, "checkout", "--quiet", "-b", "work")
    run_id = shipped.start_run(ARTIFACTS)
    assert fail(shipped, run_id).code == 0
    shipped.write(f"orchestration/runs/{run_id}/logs/gates/G1/prompt-1.txt", "Do it.\n")
    shipped.commit()
    git(shipped.root, "checkout", "--quiet", "main")
    assert (shipped.root / "orchestration/runs" / run_id / "logs").is_dir()
    return run_id


@pytest.mark.slow
def test_on_a_branch_without_the_run_its_logs_are_no_run(shipped: Repository, switched: str) -> None:
    command: tuple[str, ...]
    assert shipped.orch("run", "list", "--json").json == []
    for command in (("status",), ("run", "list"), ("doctor",)):
        ended = shipped.orch(*command)
        assert (ended.code, switched in ended.out + ended.err) == (0, False), command
    assert says(shipped.orch("run", "check").out, "nothing-to-check")
    assert "0 runs" in shipped.orch("doctor").out
    assert shipped.orch("hook", "stop", stdin="{}", env={"CLAUDE_PROJECT_DIR": ""}).out == "{}\n"
    for command in (("run", "resume"), ("run", "show", "--run", "latest"), ("run", "show", "--run", switched[:20])):
        assert shipped.orch(*command).code == 2, command
    for command in (("run", "show"), ("run", "resume"), ("run", "repair", "--yes"), ("gate", "check", "--gate", "G1")):
        ended = shipped.orch(*command, "--run", switched)
        assert ended.code == 2, command
        assert says(ended.err, "run-without-record", run=switched)
        assert git(shipped.root, "rev-parse", "work") in follow(shipped, ended).out
    assert says(shipped.orch("run", "check", switched).out, "run-without-record", run=switched)


def test_logs_of_a_run_that_git_does_not_know_either_are_just_no_run(shipped: Repository) -> None:
    run_id = shipped.commit().start_run(ARTIFACTS)
    shipped.run("rm", "-r", f"orchestration/runs/{run_id}/record")
    ended = shipped.orch("run", "show", "--run", run_id)
    assert (ended.code, says(ended.err, "run-without-record", run=run_id)) == (2, True)
    assert ended.err.endswith("Next: orch run list\n")


@pytest.mark.slow
@pytest.mark.quick("an interrupted finish")
@pytest.mark.parametrize(
    "left",
    [
        "record/gates/G2/",
        "record/RUN.json.damaged-1",
        "record/.tmp-RUN.json",
        "record/gates/G1/attempt-1.json.damaged-1",
    ],
    ids=["an interrupted finish", "a repair", "an interrupted write", "a repaired attempt"],
)
def test_what_git_leaves_of_a_record_is_no_run(shipped: Repository, left: str) -> None:
    git(shipped.commit().root, "checkout", "--quiet", "-b", "work")
    run_id = shipped.start_run(ARTIFACTS)
    assert fail(shipped, run_id).code == 0
    shipped.commit()
    place = shipped.root / shipped.workspace.run_path(run_id) / left
    if left.endswith("/"):
        place.mkdir(parents=True)
    else:
        place.write_text("{")
    git(shipped.root, "checkout", "--quiet", "main")
    assert place.exists()
    assert shipped.orch("run", "list", "--json").json == []
    assert says(shipped.orch("run", "check").out, "nothing-to-check")
    assert shipped.orch("status").code == 0
    ended = shipped.orch("run", "show", "--run", run_id)
    assert (ended.code, says(ended.err, "run-without-record", run=run_id)) == (2, True)
    shipped.run("rm", "-r", "orchestration/gates", "orchestration/workflows")
    assert "but records in" not in shipped.orch("status").err
    git(shipped.root, "checkout", "--quiet", "--force", "work")
    assert shipped.orch("run", "show", "--run", run_id).code == 0


def test_back_on_its_branch_it_is_the_run_that_it_was(shipped: Repository, switched: str) -> None:
    shipped.orch("run", "list")
    git(shipped.root, "checkout", "--quiet", "work")
    assert shipped.orch("run", "check").out == message("records-checked", records="1 record", result="no errors") + "\n"
    assert shipped.orch("status", "--json").json["run_id"] == switched


def test_beside_such_logs_a_new_run_is_the_only_one(shipped: Repository, switched: str) -> None:
    run_id = shipped.orch(*START, "--json").json["run_id"]
    assert [row["run_id"] for row in shipped.orch("run", "list", "--json").json] == [run_id]
    assert shipped.orch("status", "--json").json["run_id"] == run_id
    assert shipped.orch("run", "show", "--run", "latest", "--json").json["run_id"] == run_id
    assert shipped.orch("run", "show", "--run", "run_", "--json").json["run_id"] == run_id


@pytest.mark.slow
def test_a_record_without_its_run_json_is_still_damage(shipped: Repository) -> None:
    run_id = shipped.start_run(ARTIFACTS)
    (shipped.root / shipped.workspace.record_path(run_id)).unlink()
    assert shipped.orch("run", "check").code == 4
    assert [row["status"] for row in shipped.orch("run", "list", "--json").json] == ["DAMAGED"]
    assert shipped.orch("run", "show", "--run", run_id).code == 4


def test_a_record_with_an_attempt_and_without_its_run_json_is_damage(shipped: Repository) -> None:
    run_id = shipped.start_run(ARTIFACTS)
    assert fail(shipped, run_id).code == 0
    (shipped.root / shipped.workspace.record_path(run_id)).unlink()
    assert [row["status"] for row in shipped.orch("run", "list", "--json").json] == ["DAMAGED"]
    assert shipped.orch("run", "check").code == 4


# The ignore rules of a host

HOST_RULES = [
    "runs/", "**/runs/", "runs/**", "orchestration/runs/", "record/", "**/record/**", "*.json", "gates/", "attempt-*",
    "run_*", "RUN.json", "G*", "*/*/*",
]  # fmt: skip


def list_committed(repository: Repository) -> set[str]:
    """What a commit of everything has below runs/."""
    return set(git(repository.commit().root, "ls-files", "orchestration/runs").split("\n")) - {
        "orchestration/runs/.gitkeep"
    }


def finish_a_gate(repository: Repository) -> tuple[str, Ended]:
    run_id = repository.start_run(ARTIFACTS)
    repository.add_example("G2")
    repository.start_gate(run_id, "G2")
    finished = repository.orch("gate", "finish", "--run", run_id, "--gate", "G2")
    assert finished.code == 0, finished
    return run_id, finished


@pytest.mark.quick("runs/")
@pytest.mark.parametrize("rule", HOST_RULES)
def test_records_are_committed_whatever_the_host_ignores(shipped: Repository, rule: str) -> None:
    git(shipped.root, "init", "--quiet")
    shipped.write(".gitignore", f"{rule}\n")
    started = shipped.orch(*START)
    assert (started.code, started.err) == (0, "")
    run_id, finished = finish_a_gate(shipped)
    assert not says(finished.out, "record-ignored")
    assert {path for path in list_committed(shipped) if run_id in path} == {
        shipped.workspace.record_path(run_id),
        shipped.workspace.attempt_path(run_id, "G2", 1),
    }


@pytest.mark.slow
@pytest.mark.parametrize("place", ["info/exclude", "core.excludesFile"])
def test_records_are_committed_wherever_git_is_told_to_ignore_them(shipped: Repository, place: str) -> None:
    git(shipped.root, "init", "--quiet")
    excludes = shipped.write(".git/info/exclude", "runs/\n*.json\n")
    if place == "core.excludesFile":
        excludes = excludes.replace(shipped.root / ".git/mine")
        git(shipped.root, "config", place, str(excludes))
    assert shipped.orch(*START).err == ""
    run_id, _ = finish_a_gate(shipped)
    assert shipped.workspace.attempt_path(run_id, "G2", 1) in list_committed(shipped)


def test_logs_backups_and_temporary_files_are_not_committed(shipped: Repository) -> None:
    run_id = shipped.start_run(ARTIFACTS)
    assert fail(shipped, run_id).code == 0
    folder = shipped.workspace.run_path(run_id)
    for path in ("logs/gates/G1/prompt-1.txt", "record/.tmp-1", "record/gates/G1/.tmp-2", "record/RUN.json.damaged-1",
                 "record/gates/G1/attempt-1.json.damaged-2"):  # fmt: skip
        shipped.write(f"{folder}/{path}", "x")
    record, attempt = shipped.workspace.record_path(run_id), shipped.workspace.attempt_path(run_id, "G1", 1)
    assert list_committed(shipped) == {record, attempt}


# Where git ignores them all the same


@pytest.fixture
def ignored(shipped: Repository) -> Repository:
    """A root of which git ignores everything, in a repository with its top above."""
    git(shipped.root.parent, "init", "--quiet")
    (shipped.root.parent / ".gitignore").write_text("# mine\n/repo/orchestration/\n")
    return shipped


RULE = ".gitignore:2: /repo/orchestration/"


@pytest.mark.slow
def test_each_command_that_begins_or_continues_a_run_says_by_which_rule_git_ignores_it(ignored: Repository) -> None:
    begin = ("run", "visual-essay", "--slug", "tea")
    for command in (START, begin, ("run", "resume", "latest"), (*START, "--json")):
        ended = ignored.orch(*command)
        lines = ended.err.splitlines()
        (at,) = [number for number, line in enumerate(lines) if says(line, "record-ignored", rule=RULE)]
        next_command = lines[at + 1].removeprefix("Next: ")
        assert ".gitignore:2:/repo/orchestration/" in ignored.run("sh", "-c", next_command).out


def test_the_command_that_shows_the_rule_works_from_another_folder(ignored: Repository) -> None:
    (ignored.root / "src").mkdir()
    below = Repository(ignored.root / "src")
    assert ".gitignore:2:" in follow(below, below.orch(*START)).out


@pytest.mark.slow
def test_gate_finish_says_it_and_gives_its_verdict_all_the_same(ignored: Repository) -> None:
    _, finished = finish_a_gate(ignored)
    assert says(finished.out, "record-ignored", rule=RULE)


@pytest.mark.slow
def test_the_rule_is_named_where_runs_is_a_link_to_what_git_ignores_and_git_still_answers(shipped: Repository) -> None:
    runs = shipped.commit().root / "orchestration/runs"
    runs.rename(shipped.root / "records")
    runs.symlink_to("../records")
    shipped.write(".gitignore", "/records/\n")
    started = shipped.orch(*START)
    assert says(started.err, "record-ignored", rule=".gitignore:1: /records/")
    assert ".gitignore:1:" in follow(shipped, started).out
    run_id, finished = finish_a_gate(shipped)
    assert says(finished.out, "record-ignored", rule=".gitignore:1: /records/")
    (attempt,) = shipped.orch("run", "show", "--run", run_id, "--json").json["gates"][1]["attempts"]
    assert attempt["git"]["commit"] == git(shipped.root, "rev-parse", "HEAD")


def test_nothing_is_said_of_a_record_that_was_committed_all_the_same(ignored: Repository) -> None:
    run_id = ignored.start_run(ARTIFACTS)
    git(ignored.root, "add", "--force", "orchestration")
    assert not says(ignored.orch("run", "resume", "--run", run_id).err, "record-ignored")


@pytest.mark.parametrize("repository_above", [False, True])
def test_without_a_commit_or_a_repository_nothing_is_said(shipped: Repository, repository_above: bool) -> None:
    if repository_above:
        git(shipped.root.parent, "init", "--quiet")
    assert shipped.orch(*START).err == ""


# The rules of an older version

OLD = "# What a run leaves behind that is not its record\nruns/*/logs/\n.tmp-*\n"


def test_init_adds_what_the_rules_of_an_older_version_lack(shipped: Repository, orch: Orch) -> None:
    bundled = (shipped.root / "orchestration/.gitignore").read_text().splitlines()
    shipped.write("orchestration/.gitignore", f"{OLD}# ours\n*.draft\n")
    shipped.write("orchestration/.gitattributes", "*.py text\n")
    updated = ["orchestration/.gitattributes", "orchestration/.gitignore"]
    first = orch("init")
    assert [path for path in updated if f"updated  {path}" in first.out] == updated
    rules = (shipped.root / "orchestration/.gitignore").read_text()
    assert rules.startswith("!/runs/\n")
    assert rules.endswith(f"{OLD}# ours\n*.draft\n")
    assert set(bundled) <= set(rules.splitlines())
    assert (shipped.root / "orchestration/.gitattributes").read_text().endswith("* -text\n*.py text\n")
    assert orch("init", "--json").json["updated"] == []
    assert (shipped.root / "orchestration/.gitignore").read_text() == rules


def test_where_the_rules_of_an_older_version_are_why_init_is_named_and_helps(shipped: Repository) -> None:
    git(shipped.root, "init", "--quiet")
    shipped.write(".gitignore", "runs/\n")
    shipped.write("orchestration/.gitignore", OLD)
    (shipped.root / "src").mkdir()
    below = Repository(shipped.root / "src")
    refused = below.orch(*START)
    assert says(refused.err, "record-ignored", rule=".gitignore:1: runs/")
    assert "Next: orch init" in shipped.orch("doctor").out
    assert follow(below, refused).code == 0
    assert not says(below.orch(*START).err, "record-ignored")
    assert not (below.root / "orchestration").exists()


def test_a_rule_that_somebody_wrote_there_decides_after_an_init_too(shipped: Repository, orch: Orch) -> None:
    shipped.write("orchestration/.gitignore", f"{OLD}/runs/\n!*.damaged-*\n")
    assert orch("init").code == 0
    git(shipped.root, "init", "--quiet")
    rules = (shipped.root / "orchestration/.gitignore").read_text("utf-8").splitlines()
    rule = f"orchestration/.gitignore:{rules.index('/runs/') + 1}: /runs/"
    assert says(orch(*START).err, "record-ignored", rule=rule)


def test_a_link_in_place_of_the_rules_is_left_alone(shipped: Repository, orch: Orch, tmp_path: Path) -> None:
    mine = tmp_path / "mine"
    mine.write_text(OLD)
    (shipped.root / "orchestration/.gitignore").unlink()
    (shipped.root / "orchestration/.gitignore").symlink_to(mine)
    assert orch("init", "--json").json["updated"] == []
    assert mine.read_text() == OLD


# Files that git has, or has not

WORKFLOW = "orchestration/workflows/visual-essay.json"
CONTRACT = "orchestration/gates/contracts/G1.contract.json"


def remove_a_gate(repository: Repository) -> Ended:
    """Removes the contract of G1 and asks for it."""
    (repository.root / CONTRACT).unlink()
    return repository.orch("contract", "explain", "G1")


def test_a_contract_that_the_commit_has_is_restored_from_it_from_whatever_folder(shipped: Repository) -> None:
    below = Repository(shipped.commit().root / "src")
    below.root.mkdir()
    for repository in (shipped, below):
        (shipped.root / CONTRACT).unlink()
        refused = repository.orch("contract", "explain", "G1")
        assert f"git checkout HEAD -- {CONTRACT}" in refused.err
        assert follow(repository, refused).code == 0
        assert repository.orch("contract", "explain", "G1").code == 0


def test_a_contract_that_an_earlier_commit_has_is_looked_for_there(shipped: Repository) -> None:
    (shipped.commit().root / CONTRACT).unlink()
    shipped.commit()
    refused = shipped.orch("contract", "explain", "G1")
    assert refused.err.endswith(f"Next: git log -- {CONTRACT}\n")
    assert "Author: " in follow(shipped, refused).out


def test_a_contract_that_another_branch_has_is_looked_for_on_all(shipped: Repository) -> None:
    git(shipped.commit().root, "checkout", "--quiet", "-b", "work")
    shipped.write_contract("G9")
    git(shipped.commit().root, "checkout", "--quiet", "main")
    refused = shipped.orch("contract", "explain", "G9")
    assert refused.err.endswith("Next: git log --all -- orchestration/gates/contracts/G9.contract.json\n")
    assert "Author: " in follow(shipped, refused).out


@pytest.mark.parametrize("link", ["orchestration", "orchestration/runs"])
def test_a_file_behind_a_link_is_restored_by_the_path_that_git_has(shipped: Repository, link: str) -> None:
    run_id = shipped.start_run(ARTIFACTS)
    (shipped.root / link).rename(shipped.root / "real")
    (shipped.root / link).symlink_to(shipped.root / "real")
    record = shipped.commit().workspace.record_path(run_id)
    shipped.write(record, "{")
    damaged = shipped.orch("run", "show", "--run", run_id)
    assert damaged.err.endswith(f"Next: git checkout HEAD -- real{record.removeprefix(link)}\n")
    assert follow(shipped, damaged).code == 0
    assert shipped.orch("run", "show", "--run", run_id).code == 0


def test_a_contract_that_a_sparse_checkout_leaves_out_is_restored(shipped: Repository) -> None:
    git(shipped.commit().root, "sparse-checkout", "set", "--no-cone", "/*", f"!{CONTRACT}")
    refused = shipped.orch("contract", "explain", "G1")
    assert f"git checkout --ignore-skip-worktree-bits HEAD -- {CONTRACT}" in refused.err
    assert follow(shipped, refused).code == 0
    assert shipped.orch("contract", "explain", "G1").code == 0


def test_a_contract_in_conflict_is_restored_from_our_side_only_if_that_has_it(shipped: Repository) -> None:
    git(shipped.commit().root, "checkout", "--quiet", "-b", "work")
    shipped.write(CONTRACT, "{}\n")
    git(shipped.commit().root, "checkout", "--quiet", "main")
    (shipped.root / CONTRACT).unlink()
    shipped.commit()
    for branch, other, command in (("main", "work", "git log"), ("work", "main", "git checkout --ours")):
        git(shipped.root, "checkout", "--quiet", "--force", branch)
        with pytest.raises(subprocess.CalledProcessError):
            git(shipped.root, "merge", other)
        (shipped.root / CONTRACT).unlink()
        refused = shipped.orch("contract", "explain", "G1")
        assert refused.err.endswith(f"Next: {command} -- {CONTRACT}\n")
        assert follow(shipped, refused).code == 0
        git(shipped.root, "reset", "--quiet", "--hard")


def test_before_the_first_commit_of_a_branch_a_contract_is_looked_for_on_the_others(shipped: Repository) -> None:
    git(shipped.commit().root, "checkout", "--quiet", "--orphan", "fresh")
    refused = remove_a_gate(shipped)
    assert refused.err.endswith(f"Next: git checkout -- {CONTRACT}\n"), "the index still has it"
    assert follow(shipped, refused).code == 0
    git(shipped.root, "rm", "--quiet", "--cached", CONTRACT)
    refused = remove_a_gate(shipped)
    assert refused.err.endswith(f"Next: git log --all -- {CONTRACT}\n")
    assert "Author: " in follow(shipped, refused).out


def test_a_contract_that_was_only_staged_is_restored_from_the_index(shipped: Repository) -> None:
    git(shipped.root, "init", "--quiet")
    git(shipped.root, "add", "--all")
    refused = remove_a_gate(shipped)
    assert refused.err.endswith(f"Next: git checkout -- {CONTRACT}\n")
    assert follow(shipped, refused).code == 0
    assert (shipped.root / CONTRACT).exists()


@pytest.mark.parametrize("state", ["no repository", "no commit", "ignored"])
def test_a_contract_that_no_commit_has_is_to_be_written(shipped: Repository, state: str) -> None:
    if state != "no repository":
        git(shipped.root, "init", "--quiet")
    if state == "ignored":
        shipped.write(".gitignore", "*.contract.json\n")
        shipped.commit()
    assert remove_a_gate(shipped).err.endswith("Next: orch contract new G1 --name NAME\n")


def test_a_lost_workflow_and_a_damaged_record_are_restored_only_from_a_commit_that_has_them(
    shipped: Repository,
) -> None:
    run_id = shipped.start_run(ARTIFACTS)
    record = shipped.workspace.record_path(run_id)
    content = (shipped.root / record).read_bytes()

    def damage(path: str) -> None:
        (shipped.root / path).unlink()
        if path == record:
            shipped.write(record, "{")

    commands = {
        WORKFLOW: ("gate", "start", "--run", run_id, "--gate", "G1", "--agent", "me"),
        record: ("run", "show", "--run", run_id),
    }
    before = (shipped.root / WORKFLOW).read_bytes()
    for path, command in commands.items():
        damage(path)
        assert "git checkout" not in shipped.orch(*command).err
        shipped.write(WORKFLOW, before)
        shipped.write(record, content)
    shipped.commit()
    for path, command in commands.items():
        damage(path)
        ended = shipped.orch(*command)
        assert ended.err.endswith(f"Next: git checkout HEAD -- {path}\n")
        assert follow(shipped, ended).code == 0
        assert shipped.orch("run", "check").code == 0


def test_a_record_that_was_committed_damaged_is_not_restored_from_that_commit(shipped: Repository) -> None:
    run_id = shipped.start_run(ARTIFACTS)
    record = shipped.workspace.record_path(run_id)
    shipped.commit().write(record, "{")
    shipped.commit()
    ended = shipped.orch("run", "show", "--run", run_id)
    assert ended.err.endswith(f"Next: git log -- {record}\n")


def test_a_workflow_with_a_name_that_must_be_quoted_is_restored_from_another_folder(shipped: Repository) -> None:
    path = "orchestration/prompts/a b/G1.md"
    workflow = shipped.root / WORKFLOW
    workflow.write_text(workflow.read_text().replace("orchestration/prompts/visual-essay/G1.md", path))
    prompt = shipped.write(path, "Do it.\n")
    below = Repository(shipped.commit().root / "src")
    below.root.mkdir()
    prompt.unlink()
    refused = below.orch("run", "visual-essay", "--slug", "tea")
    assert refused.err.endswith(f"(cd {shipped.root} && git checkout HEAD -- {shlex.quote(path)})\n")
    assert follow(below, refused).code == 0
    assert prompt.exists()


def test_a_root_that_lost_its_gates_is_restored_from_any_folder_in_it(shipped: Repository) -> None:
    shipped.start_run(ARTIFACTS)
    git(shipped.commit().root, "rm", "-r", "--quiet", "orchestration/gates", "orchestration/workflows")
    below = Repository(shipped.root / "src")
    below.root.mkdir()
    refused = below.orch("status")
    assert says(refused.err, "records-without-root", runs=shipped.root / "orchestration/runs")
    assert follow(below, refused).code == 0
    assert below.orch("status").code == 0
