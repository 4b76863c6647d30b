"""`orch verify --base REV`: ways to loosen a rule or edit a record that do not show in the file that one looks at."""

import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.support.git_checkout import git
from tests.support.legacy_records import left_running, write_original
from tests.support.next_commands import find_next_steps
from tests.support.proposed_change import CHECKS, MORE, OUTPUTS, PROGRAM, SCHEMA, Project, commit_on_main, loosen
from tests.support.repository import Repository

pytestmark = pytest.mark.slow  # many repositories with branches, submodules and symlinks

CONTRACT = "orchestration/gates/contracts/G1.contract.json"
LOOSENED = "loosened: G1: contains_text {artifact_path}/a.md: check removed"


@pytest.fixture
def project(repository: Repository) -> Project:
    return Project.make(repository)


def set_base(project: Project, change: Callable[[Project], object]) -> None:
    """Changes the base, and begins the branch there."""
    git(project.root, "checkout", "--quiet", "main")
    change(project)
    project.repository.commit()
    git(project.root, "checkout", "--quiet", "-B", "change")


def find_everywhere(project: Project) -> list[str]:
    """What is found in the work tree, and the same in the index and in a commit."""
    found = project.find()
    project.repository.commit()
    assert project.find("--staged") == project.find("--at", "HEAD") == found
    return found


# Rules through symlinks


def share_contract(project: Project) -> None:
    move_and_link(project.root, CONTRACT, "shared/G1.json")


def share_contracts(project: Project) -> None:
    move_and_link(project.root, "orchestration/gates/contracts", "shared/contracts")


def move_and_link(root: Path, path: str, place: str) -> None:
    (root / place).parent.mkdir(exist_ok=True)
    (root / path).rename(root / place)
    (root / path).symlink_to(os.path.relpath(root / place, (root / path).parent))


@pytest.mark.parametrize("share", [share_contract, share_contracts])
def test_a_contract_is_compared_through_a_symlink(project: Project, share: Callable[[Project], None]) -> None:
    set_base(project, share)
    loosen(project)
    assert git(project.root, "status", "--short").startswith("M shared/")
    assert find_everywhere(project) == [LOOSENED]
    assert project.repository.orch("verify", "--at", "main").code == 0
    (command,) = find_next_steps(project.verify().out)
    assert command.endswith(("-- shared/G1.json", "-- shared/contracts/G1.contract.json"))


def test_a_contract_instead_of_a_symlink_is_compared_with_where_that_led(project: Project) -> None:
    set_base(project, share_contract)
    (project.root / CONTRACT).unlink()
    loosen(project)
    assert find_everywhere(project) == [LOOSENED]


def test_a_symlink_instead_of_a_contract_is_invalid(project: Project) -> None:
    share_contract(project)
    assert find_everywhere(project) == ["invalid: G1: contract: is not a regular file"]


# Files that contracts name


def name_schema_by_depth(project: Project) -> str:
    schema = {"type": "json_schema", "target": "a.json", "schema": "orchestration/gates/schemas/{depth}.json"}
    project.repository.write_contract("G2", validations=[schema])
    return "orchestration/gates/schemas/standard.json"


def name_program_in_option(project: Project) -> str:
    program = {"type": "command", "command": ["sh", "-c", "true", "--rules=tools/rules.txt"]}
    project.repository.write_contract("G2", validations=[program])
    return "tools/rules.txt"


def name_interpreter(project: Project) -> str:
    project.repository.write_contract(
        "G2", validations=MORE, pre_scripts=[{"path": "s.sh", "interpreter": "./tools/run"}]
    )
    return "tools/run"


def link_programs(project: Project) -> str:
    move_and_link(project.root, "tools", "lib")
    return "lib/check.sh"


@pytest.mark.parametrize("name", [name_schema_by_depth, name_program_in_option, name_interpreter, link_programs])
def test_a_file_that_decides_is_found_however_a_contract_names_it(
    project: Project, name: Callable[[Project], str]
) -> None:
    named: list[str] = []

    def change(changed: Project) -> None:
        named.append(name(changed))
        changed.repository.write(named[0], "1")

    set_base(project, change)
    project.repository.write(named[0], "2")
    (found,) = find_everywhere(project)
    assert found.startswith("changed, direction unknown: G2: ")
    assert found.endswith(f" {named[0]}: changed")


def test_work_that_a_program_is_given_is_no_rule(project: Project) -> None:
    program = {"type": "command", "command": ["cat", "{artifact_path}/notes.txt"]}
    set_base(project, lambda _: project.repository.write_contract("G2", validations=[program]))
    project.repository.write("out/tea/notes.txt", "new")
    assert find_everywhere(project) == []


# Branches that went apart


RETARGETED = {**CHECKS[0], "target": "{artifact_path}/b.md"}


def test_what_a_branch_loosens_is_named_although_the_base_has_moved_the_check(project: Project) -> None:
    project.write_contract([{**CHECKS[0], "min": {**CHECKS[0]["min"], "standard": 2}}, CHECKS[1]])
    project.repository.commit()
    commit_on_main(project, lambda: project.write_contract([RETARGETED, CHECKS[1]]))
    assert project.find("--at", "HEAD") == ["loosened: G1: word_count {artifact_path}/a.md: min.standard 3 → 2"]


def test_what_the_base_has_loosened_as_well_is_no_difference(project: Project) -> None:
    project.write_contract(CHECKS[:1])
    project.repository.commit()
    commit_on_main(project, lambda: project.write_contract(CHECKS[:1], description="Other words."))
    assert project.find("--at", "HEAD") == ["changed without effect: G1: contract: texts or how it is written"]


def test_an_edit_without_an_event_is_named_although_the_base_went_on_with_the_run(project: Project) -> None:
    project.edit_record(project.old, lambda record: record["progress"].update(passed=1))
    project.repository.commit()
    commit_on_main(project, lambda: project.call("run", "complete", "--run", project.old))
    (found,) = project.find("--at", "HEAD")
    assert found == "edited: old: $.progress.passed 2 → 1, without an event (record/RUN.json)"


def commit_at(project: Project, day: int) -> None:
    """Commits all on a day of 2031: where there are several merge bases, git names the latest first."""
    git(project.root, "add", "--all")
    who = ("-c", "user.name=Nobody", "-c", "user.email=nobody@example.org")
    date = {"GIT_COMMITTER_DATE": f"2031-01-0{day}T00:00:00Z"}
    assert project.repository.run("git", *who, "commit", "--quiet", "-m", "all", env=date).code == 0


@pytest.mark.parametrize(("day_of_topic", "day_of_rule"), [(1, 2), (2, 1)])
def test_a_rule_that_is_as_in_one_of_two_merge_bases_was_loosened_all_the_same(
    project: Project, day_of_topic: int, day_of_rule: int
) -> None:
    """Of a branch that merged what the base has merged, but otherwise: for `git merge` it takes the check out again."""
    set_base(project, loosen)
    git(project.root, "checkout", "--quiet", "-b", "topic", "main")
    project.repository.write("topic.md", "1")
    commit_at(project, day_of_topic)
    git(project.root, "checkout", "--quiet", "main")
    project.write_contract()
    commit_at(project, day_of_rule)
    git(project.root, "checkout", "--quiet", "-B", "change")
    git(project.root, "merge", "--quiet", "--no-commit", "--no-ff", "topic")
    loosen(project)
    commit_at(project, 3)
    git(project.root, "checkout", "--quiet", "main")
    git(project.root, "merge", "--quiet", "--no-ff", "--no-edit", "topic")
    git(project.root, "checkout", "--quiet", "change")
    assert len(git(project.root, "merge-base", "--all", "main", "HEAD").split()) == 2
    assert project.find("--at", "HEAD") == [LOOSENED]


def test_a_base_that_is_ahead_is_noted(project: Project) -> None:
    loosen(project)
    project.repository.commit()
    git(project.root, "checkout", "--quiet", "main")
    ended = project.repository.orch("verify", "--base", "change", "--at", "HEAD")
    assert ended.code == 0
    assert "note: the base has all commits of the branch: what it has changed since then is not compared" in ended.out


# Another root


def nest(directory: Path, project: Project) -> Repository:
    """The project as a directory of a larger repository."""
    shutil.copytree(project.root, directory / "mono/part", ignore=shutil.ignore_patterns(".git"))
    git(directory / "mono", "init", "--quiet", "-b", "main")
    return Repository(directory / "mono").commit()


def test_a_root_that_a_change_takes_away_or_adds_is_not_compared_in_its_place(project: Project, tmp_path: Path) -> None:
    mono = nest(tmp_path, project)
    git(mono.root, "checkout", "--quiet", "-b", "change")
    (mono.root / "orchestration").mkdir()
    (mono.root / "part/orchestration/gates").rename(mono.root / "orchestration/gates")
    shutil.rmtree(mono.root / "part/orchestration/workflows")
    mono.commit()
    (mono.root / "part/docs").mkdir()
    for directory in ("part", "part/docs"):
        ended = Repository(mono.root / directory).orch("verify", "--base", "main", "--at", "HEAD")
        assert (ended.code, f"{mono.root}/part in 'main'" in ended.err) == (2, True), ended
    git(mono.root, "checkout", "--quiet", "main")
    mono.write("part/docs/orchestration/gates/contracts/GX.contract.json", "{}")
    ended = Repository(mono.root / "part/docs").orch("verify", "--base", "main")
    assert (ended.code, find_next_steps(ended.err)) == (2, [f"orch -C {mono.root}/part verify --base main"])
    assert mono.orch("-C", "part/docs", "verify", "--base", "main").code == 1


# Names, older records


def test_names_that_are_not_utf_8_are_reported(project: Project) -> None:
    for name in (b"orchestration/gates/contracts/G\xff.contract.json", b"orchestration/workflows/w\xff.json"):
        project.repository.write(os.fsdecode(name), "{}")
    found = project.find()
    assert [line.partition(": orch")[0] for line in found] == ["invalid: G\\udcff", "invalid: w\\udcff"]
    assert find_next_steps(project.verify().out)[0].endswith(" -- orchestration/gates/contracts")
    project.repository.commit()
    assert project.find("--at", "HEAD") == found


def test_a_new_record_of_an_older_format_is_a_warning(project: Project) -> None:
    run_id = write_original(project.repository, left_running())
    project.repository.commit()
    has = "is new, but its record has no schema_version (now 2): less of it can be verified"
    assert project.find("--at", "HEAD") == [f"warning: {run_id} {has}"]
    assert (project.verify("--at", "HEAD").code, project.verify("--at", "HEAD", "--strict").code) == (0, 1)


def test_an_edit_of_an_older_record_is_named(project: Project) -> None:
    run_id = ""

    def add(changed: Project) -> None:
        nonlocal run_id
        run_id = write_original(changed.repository, left_running())

    set_base(project, add)
    record = project.record(run_id) / "RUN.json"
    edited = json.loads(record.read_text("utf-8")) | {"status": "PASSED", "depth": "quick"}
    record.write_text(json.dumps(edited))
    changes = [line.removeprefix(f"edited: {run_id}: ") for line in find_everywhere(project)]
    assert [change.split()[0] for change in changes] == ["$.depth", "$.status"]
    assert project.verify("--at", "HEAD").code == 1


# The next command


def damage_new_run(project: Project) -> None:
    shutil.copytree(project.record(project.old), project.record(f"{project.old[:-6]}zzzzzz"))


def change_output(project: Project) -> None:
    project.repository.write("out/tea/a.md", "other tea\n")


def swap_records(project: Project) -> None:
    shutil.copy(project.record(project.other) / "RUN.json", project.record(project.old) / "RUN.json")


@pytest.mark.parametrize(
    ("change", "of_author", "of_reviewer"),
    [
        (damage_new_run, "diff -r orchestration/runs/run_", " -- orchestration/runs/run_"),
        (change_output, "orch status --run run_", " -- out/tea/a.md"),
        (swap_records, "git diff ", " -- orchestration/runs/run_"),
    ],
)
def test_one_next_command_is_named_and_shows_a_reviewer_what_the_change_did(
    project: Project, change: Callable[[Project], None], of_author: str, of_reviewer: str
) -> None:
    change(project)
    (command,) = find_next_steps(project.verify().out)
    assert command.startswith(of_author)
    project.repository.commit()
    git(project.root, "branch", "--quiet", "a-branch-with-a-long-name")
    (command,) = find_next_steps(project.verify("--at", "a-branch-with-a-long-name").out)
    assert of_reviewer in command
    assert project.repository.run("sh", "-c", command).out


def test_a_rule_of_a_contract_with_another_name_is_a_new_one(project: Project) -> None:
    git(project.root, "mv", CONTRACT, CONTRACT.replace("G1", "G9"))
    project.repository.write_contract("G9", required_outputs=OUTPUTS, validations=CHECKS)
    assert find_everywhere(project) == ["loosened: G1: contract: deleted", "added: G9: contract"]
    assert SCHEMA not in project.verify().out


def test_a_record_that_the_base_had_damaged_is_noted(project: Project) -> None:
    path = project.record(project.old) / "RUN.json"
    content = path.read_bytes()
    set_base(project, lambda _: path.write_text("{"))
    path.write_bytes(content)
    reason = "RUN.json could not be parsed in the base, with which nothing is compared"
    assert find_everywhere(project) == [f"warning: old: {reason}"]


# Files that git takes for unchanged, or for changed, without reading them


@pytest.mark.parametrize("option", ["--assume-unchanged", "--skip-worktree"])
def test_a_file_that_git_was_told_not_to_look_at_is_compared(project: Project, option: str) -> None:
    record = f"orchestration/runs/{project.old}/record/RUN.json"
    git(project.root, "update-index", option, CONTRACT, record, "out/tea/a.md")
    assert project.verify().code == 0
    loosen(project)
    assert project.find() == [LOOSENED]
    project.edit_record(project.old, lambda run: run["gates"][0]["attempts"][0].update(agent="somebody-else"))
    assert [line[:11] for line in project.find()] == ["edited: old", LOOSENED[:11]]
    project.repository.write("out/mint/a.md", "other tea\n")
    assert "changed: out/mint/a.md (G1 attempt 1)" in project.verify().out


def test_what_a_sparse_checkout_leaves_out_is_not_deleted(project: Project) -> None:
    git(project.root, "update-index", "--skip-worktree", "out/tea/a.md")
    (project.root / "out/tea/a.md").unlink()
    assert "touched: no runs" in project.verify().out


@pytest.mark.parametrize("line_end", ["", "\r"])
def test_in_a_copy_of_a_checkout_only_what_was_changed_counts(project: Project, tmp_path: Path, line_end: str) -> None:
    if line_end:
        git(project.root, "config", "core.autocrlf", "true")
    shutil.copytree(project.root, tmp_path / "copy")
    copy = Project(Repository(tmp_path / "copy"), project.old, project.other)
    copy.repository.write("out/tea/a.md", f"all about green tea{line_end}\n")
    copy.repository.write('näme\n"of two lines', "tea")
    assert "touched: no runs" in copy.verify().out
    (copy.root / PROGRAM).chmod(0o755)
    assert [line.partition(": G2")[0] for line in copy.find()] == ["changed, direction unknown"]
    copy.repository.write("out/mint/a.md", "other tea\n")
    assert "touched: 1 run:" in copy.verify().out


# Work through symlinks


def share_work(project: Project) -> None:
    move_and_link(project.root, "out", "shared/out")
    move_and_link(project.root, "shared/out/tea", "content/tea")


def test_work_that_a_run_has_through_symlinks_is_verified_when_it_changes(project: Project) -> None:
    set_base(project, share_work)
    project.repository.write("content/tea/a.md", "other tea\n")
    git(project.root, "add", "--all")
    for command in (["--base", "main"], ["--base", "main", "--staged"], ["--staged", "--touched"]):
        ended = project.repository.orch("verify", *command)
        assert (ended.code, "changed: out/tea/a.md (G1 attempt 1)" in ended.out) == (1, True), ended
    project.repository.commit()
    assert project.verify("--at", "HEAD").code == 1


# Rules in a submodule, or behind a symlink that is changed


def add_submodule(project: Project, path: str, name: str, content: str) -> None:
    """A submodule at the path, with one file."""
    source = project.root.parent / "source"
    Repository(source).write(name, content)
    Repository(source).commit()
    git(project.root, "submodule", "--quiet", "add", str(source), path)


def move_submodule(project: Project, path: str, name: str, content: str) -> None:
    """The submodule at another commit."""
    Repository(project.root / path).write(name, content)
    Repository(project.root / path).commit()


def test_a_submodule_with_the_contracts_is_named_when_it_changes(project: Project) -> None:
    content = (project.root / CONTRACT).read_text("utf-8")
    shutil.rmtree(project.root / "orchestration/gates")
    git(project.root, "rm", "-rq", "--cached", "orchestration/gates")
    name = "contracts/G1.contract.json"
    set_base(project, lambda _: add_submodule(project, "orchestration/gates", name, content))
    move_submodule(project, "orchestration/gates", name, content.replace("green", "tea"))
    found = "contracts: submodule orchestration/gates: changed, and what is in it is not compared"
    assert find_everywhere(project) == [f"changed, direction unknown: {found}"]
    assert project.verify("--at", "HEAD", "--strict").code == 1
    assert project.verify("--at", "HEAD", "--strict", "--allow", "loosened:contracts").code == 0
    judged = project.repository.orch("ci", "--base", "main", "--json").json["gates"]
    assert {gate["run_id"] for gate in judged} == {project.old, project.other}


def test_a_submodule_with_a_program_is_named_when_it_changes(project: Project) -> None:
    shutil.rmtree(project.root / "tools")
    git(project.root, "rm", "-rq", "--cached", "tools")
    set_base(project, lambda _: add_submodule(project, "tools", "check.sh", "exit 0\n"))
    move_submodule(project, "tools", "check.sh", "exit 0 #\n")
    assert find_everywhere(project) == ["changed, direction unknown: G2: program tools: changed"]


def test_a_symlink_to_the_contracts_is_named_when_it_changes(project: Project) -> None:
    set_base(project, share_contracts)
    shutil.copytree(project.root / "shared/contracts", project.root / "shared/others")
    directory = project.root / "orchestration/gates/contracts"
    directory.unlink()
    directory.symlink_to("../../shared/others")
    found = "contracts: symlink orchestration/gates/contracts: changed, and what is in it is not compared"
    assert find_everywhere(project) == [f"changed, direction unknown: {found}"]


def test_a_submodule_with_the_records_is_named_when_it_changes(project: Project) -> None:
    runs = "orchestration/runs"
    shutil.rmtree(project.root / runs)
    git(project.root, "rm", "-rq", "--cached", runs)
    set_base(project, lambda _: add_submodule(project, runs, "run_x/record/RUN.json", "{}"))
    move_submodule(project, runs, "run_x/record/RUN.json", "[]")
    assert find_everywhere(project) == [f"warning: submodule {runs} was changed, and what is in it is not compared"]
    assert project.repository.orch("ci", "--base", "main").code == project.repository.orch("verify").code == 2
    assert project.verify("--at", "HEAD", "--strict").code == 1


@pytest.mark.parametrize("options", [(), ("-C", ".")])
def test_a_bare_repository_has_to_be_cloned(tmp_path: Path, options: tuple[str, ...]) -> None:
    git(tmp_path, "init", "--quiet", "--bare", "bare.git")
    ended = Repository(tmp_path / "bare.git").orch(*options, "verify", "--base", "main")
    assert ended.code == 2
    assert find_next_steps(ended.err) == [f"git clone {tmp_path}/bare.git {tmp_path}/bare"]


def test_the_document_says_the_same_as_the_text(project: Project) -> None:
    loosen(project)
    swap_records(project)
    write_original(project.repository, left_running())
    project.repository.write_contract("G9", required_outputs=OUTPUTS)
    project.repository.write(SCHEMA, '{"type": "object"}')
    project.repository.commit()
    options = ("--at", "HEAD", "--allow", "loosened:G1", "--allow", "loosened:G2")
    ended, document = project.verify(*options), project.verify(*options, "--json").json
    rows = [*document["records"], *document["rules"]]
    texts = [(row["allowed"], row["kind"], row["subject"], row["change"]) for row in rows]
    lines = [line for line in ended.out.splitlines() if line.startswith(("allowed: ", *(row["kind"] for row in rows)))]
    assert len(lines) == len(rows)
    for line, (is_allowed, kind, subject, change) in zip(lines, texts, strict=True):
        assert line.startswith("allowed: " if is_allowed else f"{kind}: ")
        assert all(each in line for each in (kind, subject, change))
    said = [f"warning: {each}" for each in document["warnings"]] + [
        f"note: {each}" for each in document["base"]["notes"]
    ]
    assert all(line in ended.out.splitlines() for line in said)
    assert document["warnings"]
    assert f"touched: {len(document['runs'])} runs in commit " in ended.out
    assert next(run["error"] for run in document["runs"] if run["error"]) in ended.out
