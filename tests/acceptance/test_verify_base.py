"""`orch verify --base REV`: what a pull request edits, deletes or loosens is named, and nothing else."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.support.git_checkout import git
from tests.support.proposed_change import (
    CHECKS,
    OUTPUTS,
    PROGRAM,
    SCHEMA,
    Project,
    commit_on_main,
    edit_json,
    loosen,
)
from tests.support.repository import Repository


@pytest.fixture
def project(repository: Repository) -> Project:
    return Project.make(repository)


# What is edited


def edit_attempt(project: Project) -> None:
    edit_json(project.record(project.old) / "gates/G1/attempt-1.json", lambda attempt: attempt.update(agent="x"))


def edit_attempt_everywhere(project: Project) -> None:
    edit_attempt(project)
    project.edit_record(project.old, lambda record: record["gates"][0]["attempts"][0].update(agent="x"))


def format_attempt(project: Project) -> None:
    path = project.record(project.old) / "gates/G1/attempt-1.json"
    path.write_text(json.dumps(json.loads(path.read_text("utf-8"))))


def delete_attempt(project: Project) -> None:
    (project.record(project.old) / "gates/G1/attempt-1.json").unlink()


def delete_attempt_everywhere(project: Project) -> None:
    (project.record(project.old) / "gates/G2/attempt-1.json").unlink()
    project.edit_record(project.old, lambda record: record["gates"][1].update(attempts=[], status="NOT_STARTED"))
    project.edit_record(project.old, lambda record: record["progress"].update(passed=1))
    project.edit_record(project.old, lambda record: record.update(events=record["events"][:3]))


def delete_event(project: Project) -> None:
    project.edit_record(project.old, lambda record: record["events"].pop(1))


def delete_run(project: Project) -> None:
    shutil.rmtree(project.record(project.old))


def delete_run_json(project: Project) -> None:
    (project.record(project.old) / "RUN.json").unlink()


def lower_depth(project: Project) -> None:
    project.edit_record(project.old, lambda record: record.update(depth="quick"))


def change_pin(project: Project) -> None:
    project.edit_record(project.other, lambda record: record["pins"].update(workflow="1" * 64))


def break_record(project: Project) -> None:
    (project.record(project.old) / "RUN.json").write_text("{")


def link_record(project: Project) -> None:
    path = project.record(project.old) / "RUN.json"
    path.rename(project.root / "elsewhere.json")
    path.symlink_to(project.root / "elsewhere.json")


def lower_threshold(project: Project) -> None:
    project.write_contract([{**CHECKS[0], "min": {**CHECKS[0]["min"], "standard": 2}}, CHECKS[1]])


def delete_contract(project: Project) -> None:
    (project.root / "orchestration/gates/contracts/G1.contract.json").unlink()


def break_contract(project: Project) -> None:
    (project.root / "orchestration/gates/contracts/G1.contract.json").write_text("[")


def use_unknown_key(project: Project) -> None:
    project.write_contract(CHECKS, blokcing=False)


def remove_gate(project: Project) -> None:
    project.repository.write_workflow("G1")


def delete_workflow(project: Project) -> None:
    (project.root / "orchestration/workflows/tests.json").unlink()


AGENT = '$.agent "agent-G1" → "x" (record'
EDITS: dict[str, tuple[Callable[[Project], None], list[str]]] = {
    "the file of an attempt": (edit_attempt, [f"edited: old: G1 attempt 1: {AGENT}/gates/G1/attempt-1.json)"]),
    "an attempt, in both places": (
        edit_attempt_everywhere,
        [f"edited: old: G1 attempt 1: {AGENT}/gates/G1/attempt-1.json)"],
    ),
    "how an attempt is written": (
        format_attempt,
        ["edited: old: G1 attempt 1: is formatted differently (record/gates/G1/attempt-1.json)"],
    ),
    "an attempt deleted": (delete_attempt, ["deleted: old: G1 attempt 1 (record/gates/G1/attempt-1.json)"]),
    "an attempt deleted, in both places": (
        delete_attempt_everywhere,
        ["deleted: old: event GATE_STARTED", "deleted: old: event GATE_PASSED", "deleted: old: G2 attempt 1"],
    ),
    "an event deleted": (delete_event, ["deleted: old: event GATE_STARTED G1 attempt 1"]),
    "a run deleted": (delete_run, ["deleted: old"]),
    "RUN.json deleted": (delete_run_json, ["deleted: old: RUN.json"]),
    "the depth": (lower_depth, ['edited: old: $.depth "standard" → "quick" (record/RUN.json)']),
    "a pin": (change_pin, ["edited: other: $.pins.workflow"]),
    "RUN.json no JSON": (break_record, ["edited: old: RUN.json: is no longer a JSON object"]),
    "RUN.json a symlink": (link_record, ["edited: old: RUN.json: is no longer a regular file"]),
    "a check gone": (loosen, ["loosened: G1: contains_text {artifact_path}/a.md: check removed"]),
    "a threshold lowered": (
        lower_threshold,
        ["loosened: G1: word_count {artifact_path}/a.md: min.standard 3 → 2"],
    ),
    "a contract deleted": (delete_contract, ["loosened: G1: contract: deleted"]),
    "a contract no JSON": (break_contract, ["invalid: G1: orchestration/gates/contracts/G1.contract.json"]),
    "a contract with an unknown key": (
        use_unknown_key,
        ["invalid: G1: orchestration/gates/contracts/G1.contract.json"],
    ),
    "a gate gone": (remove_gate, ["loosened: tests: gate G2: removed"]),
    "a workflow deleted": (delete_workflow, ["loosened: tests: workflow: deleted"]),
}


@pytest.mark.parametrize(("change", "found"), EDITS.values(), ids=EDITS)
def test_each_edit_is_named_and_nothing_else(
    project: Project, change: Callable[[Project], None], found: list[str]
) -> None:
    change(project)
    in_work_tree = project.find()
    assert len(in_work_tree) == len(found)
    assert all(line.startswith(start) for line, start in zip(in_work_tree, found, strict=True)), in_work_tree
    assert project.verify().code == 1
    project.repository.commit()
    for options in (("--staged",), ("--at", "HEAD")):
        assert project.find(*options) == in_work_tree
        assert project.verify(*options).code == 1


# What passes


def add_run(project: Project) -> None:
    project.start("oat")


def pass_another_gate(project: Project) -> None:
    project.pass_gate(project.other, "G2", "b.json", "{}")


def tighten(project: Project) -> None:
    project.write_contract([*CHECKS, {"type": "not_contains", "target": "{artifact_path}/a.md", "pattern": "coffee"}])


def tighten_and_pass_again(project: Project) -> None:
    tighten(project)
    project.pass_gate(project.other, "G1", "a.md", "tea again and again\n", "--accept-contract")


def write_other_file(project: Project) -> None:
    project.repository.write("README.md", "new\n")


def change_texts(project: Project) -> None:
    project.write_contract(description="Other words.")


def complete_run(project: Project) -> None:
    project.call("run", "complete", "--run", project.old)


TIGHTENED = "tightened: G1: not_contains {artifact_path}/a.md: check added"
PASSING: dict[str, tuple[Callable[[Project], None], list[str]]] = {
    "a run": (add_run, []),
    "an attempt": (pass_another_gate, []),
    "the end of a run": (complete_run, []),
    "a tighter contract": (tighten, [TIGHTENED]),
    "a tighter contract, and work by it": (tighten_and_pass_again, [TIGHTENED]),
    "texts of a contract": (change_texts, ["changed without effect: G1: contract: texts or how it is written"]),
    "other files": (write_other_file, []),
}


@pytest.mark.slow
@pytest.mark.parametrize(("change", "found"), PASSING.values(), ids=PASSING)
def test_what_is_new_or_tighter_passes(project: Project, change: Callable[[Project], None], found: list[str]) -> None:
    change(project)
    assert project.find() == found
    assert project.verify().code == 0
    project.repository.commit()
    assert project.find("--at", "HEAD") == found
    assert project.verify("--at", "HEAD").code == 0


def test_without_a_change_nothing_is_verified(project: Project) -> None:
    ended = project.verify()
    assert (ended.code, ended.out.splitlines()[0][20:]) == (0, "no record edited, no rule changed")
    assert "touched: no runs" in ended.out


# Direction unknown


@pytest.mark.slow
@pytest.mark.parametrize(
    ("path", "found"),
    [
        (SCHEMA, f"changed, direction unknown: G2: schema {SCHEMA}: changed"),
        (PROGRAM, f"changed, direction unknown: G2: program {PROGRAM}: changed"),
    ],
    ids=["schema", "program"],
)
def test_a_file_that_decides_is_listed_and_fails_if_strict(project: Project, path: str, found: str) -> None:
    project.repository.write(path, '{"type": "object"}\n')
    assert project.find() == [found]
    assert project.verify("--strict").code == 1
    project.repository.commit()
    assert project.find("--at", "HEAD", "--allow", "loosened:G2") == [f"allowed: {found}"]


def test_what_tightens_is_not_failed_if_strict(project: Project) -> None:
    tighten(project)
    assert project.verify("--strict").code == 0


def test_a_check_type_that_is_not_installed_is_unknown_not_invalid(project: Project) -> None:
    project.write_contract([*CHECKS, {"type": "team_check", "target": "a"}])
    found = project.find()
    assert "changed, direction unknown: G1: team_check: the check type is not installed here" in found
    assert project.verify().code == 0
    assert project.verify("--strict").code == 1


# Work judged by a contract that was restored


@pytest.mark.slow
def test_a_pass_by_a_contract_that_was_restored_is_named(project: Project) -> None:
    contract = project.root / "orchestration/gates/contracts/G1.contract.json"
    before = contract.read_bytes()
    project.write_contract(CHECKS[:1])
    run_id = project.start("oat")
    contract.write_bytes(before)
    (line,) = project.find()
    assert line.startswith(f"judged by another version: G1: {run_id} attempt 1: passed by contract ")
    assert project.verify().code == 1


# What a reviewer allows


def test_what_is_allowed_is_listed_and_does_not_count(project: Project) -> None:
    loosen(project)
    delete_run(project)
    allow = ("--allow", "loosened:G1", "--allow", f"deleted:{project.old}")
    assert project.verify(*allow[:2]).code == 1
    assert project.find(*allow) == [
        "allowed: deleted: old",
        "allowed: loosened: G1: contains_text {artifact_path}/a.md: check removed",
    ]
    assert project.verify(*allow).code == 0


def test_what_allows_nothing_is_noted(project: Project) -> None:
    assert project.find("--allow", "loosened:G1") == ["note: --allow loosened:G1 accepts nothing"]
    assert project.verify("--allow", "loosened:G1").code == 0


@pytest.mark.parametrize(
    "value", ["G1", "loosened:", "loosend:G1", "loosened:GX", "loosened:a/b", "edited:old", "deleted:run_1"]
)
@pytest.mark.quick("*")
def test_an_unknown_value_is_refused(project: Project, value: str) -> None:
    ended = project.verify("--allow", value)
    assert ended.code == 2, ended
    assert ended.err.startswith("orch: ")


# Branches that went apart


def merge_main(project: Project) -> None:
    git(project.root, "merge", "--quiet", "--no-edit", "main")


def start_another_and_tighten(project: Project) -> None:
    project.start("oat")
    tighten(project)


@pytest.mark.slow
def test_what_only_the_base_has_is_no_difference(project: Project) -> None:
    pass_another_gate(project)
    project.repository.commit()
    commit_on_main(project, lambda: start_another_and_tighten(project))
    (note,) = project.find()
    assert note.startswith("note: the base has 1 run that the branch does not have yet: run_")
    assert project.verify("--at", "HEAD").code == 0
    merge_main(project)
    assert project.find() == project.find("--at", "HEAD") == []
    assert project.verify("--at", "HEAD").code == 0


@pytest.mark.slow
def test_a_record_that_both_branches_went_on_with_is_merged_without_a_loss(project: Project) -> None:
    pass_another_gate(project)
    ours = project.repository.record(project.other)
    project.repository.commit()
    commit_on_main(
        project, lambda: project.call("gate", "fail", "--run", project.other, "--gate", "G1", "--reason", "no")
    )
    assert project.find("--at", "HEAD") == []
    git(project.root, "merge", "--quiet", "--no-commit", "--strategy", "ours", "main")
    git(project.root, "checkout", "main", "--", f"orchestration/runs/{project.other}/record/gates")
    theirs = json.loads(git(project.root, "show", f"main:orchestration/runs/{project.other}/record/RUN.json"))
    gates = [theirs["gates"][0], ours["gates"][1]]
    events = {json.dumps(event): event for event in (*ours["events"], *theirs["events"])}
    project.edit_record(
        project.other,
        lambda record: record.update(
            gates=gates,
            events=sorted(events.values(), key=lambda event: event["timestamp"]),
            status=theirs["status"],
            progress={"passed": 1, "total": 2},
        ),
    )
    project.repository.commit()
    found = project.find("--at", "HEAD")
    assert [line.partition(":")[0] for line in found] == ["warning"] * len(found)
    assert project.verify("--at", "HEAD").code == 0


@pytest.mark.slow
def test_an_edit_is_found_also_where_the_base_went_on_with_the_run(project: Project) -> None:
    edit_attempt_everywhere(project)
    project.repository.commit()
    commit_on_main(project, lambda: project.call("run", "complete", "--run", project.old))
    assert project.find("--at", "HEAD") == [f"edited: old: G1 attempt 1: {AGENT}/gates/G1/attempt-1.json)"]


@pytest.mark.slow
def test_a_shallow_clone_without_a_common_commit_is_compared_directly(project: Project, tmp_path: Path) -> None:
    loosen(project)
    project.repository.commit()
    commit_on_main(project, lambda: project.start("oat"))
    git(tmp_path, "clone", "--quiet", "--depth", "1", "--branch", "change", f"file://{project.root}", "clone")
    clone = Repository(tmp_path / "clone")
    git(clone.root, "fetch", "--quiet", "--depth", "1", "origin", "main")
    ended = clone.orch("verify", "--base", "FETCH_HEAD", "--at", "HEAD")
    assert ended.code == 1
    assert "note: this shallow clone lacks the commit where the branch began" in ended.out
    assert "loosened: G1: contains_text" in ended.out


# Bad input


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (("--base", "nope"), "unknown revision 'nope'"),
        (("--base", ""), "invalid revision"),
        (("--base", "main", "latest"), "--base excludes RUN, --all, --touched and --replay"),
        (("--base", "main", "--replay"), "--base excludes RUN, --all, --touched and --replay"),
        (("--allow", "loosened:G1"), "--allow requires --base"),
    ],
    ids=["unknown", "empty", "run", "replay", "allow"],
)
@pytest.mark.quick("*")
def test_what_cannot_be_asked_is_refused(project: Project, options: tuple[str, ...], message: str) -> None:
    ended = project.repository.orch("verify", *options)
    assert (ended.code, message in ended.err) == (2, True), ended


def test_without_git_it_is_refused(repository: Repository) -> None:
    ended = repository.orch("verify", "--base", "main")
    assert ended.code == 2
    assert "Next: " in ended.err


def test_histories_without_a_common_commit_are_refused(project: Project) -> None:
    git(project.root, "checkout", "--quiet", "--orphan", "alone")
    git(project.root, "commit", "--quiet", "-m", "alone")
    ended = project.verify()
    assert (ended.code, "have no common history" in ended.err) == (2, True)


# Form


def test_the_document_has_each_difference(project: Project) -> None:
    edit_attempt(project)
    loosen(project)
    document = project.verify("--json").json
    assert [*document] == ["base", "records", "rules", "warnings", "runs"]
    assert document["base"]["commit"] == document["base"]["merge_base"] == git(project.root, "rev-parse", "main")
    (record,) = document["records"]
    assert record == {
        "kind": "edited",
        "run_id": project.old,
        "path": f"orchestration/runs/{project.old}/record/gates/G1/attempt-1.json",
        "subject": "G1 attempt 1",
        "change": '$.agent "agent-G1" → "x"',
        "gate": "G1",
        "attempt": 1,
        "allowed": False,
    }
    (rule,) = document["rules"]
    assert (rule["kind"], rule["name"], rule["allowed"]) == ("loosened", "G1", False)


def test_the_next_command_shows_the_first_difference(project: Project) -> None:
    loosen(project)
    command = project.verify().out.rstrip().rpartition("Next: ")[2]
    assert '-      "type": "contains_text"' in project.repository.run("sh", "-c", command).out


def test_nothing_is_written(project: Project) -> None:
    edit_attempt(project)
    before = {path: path.stat().st_mtime_ns for path in project.root.rglob("*")}
    project.verify()
    assert {path: path.stat().st_mtime_ns for path in project.root.rglob("*")} == before


def test_a_root_below_the_top_of_the_repository(tmp_path: Path) -> None:
    (tmp_path / "mono/part").mkdir(parents=True)
    git(tmp_path / "mono", "init", "--quiet", "-b", "main")
    repository = Repository(tmp_path / "mono/part")
    repository.write_contract("G1", required_outputs=OUTPUTS, validations=CHECKS)
    git(tmp_path / "mono", "add", "--all")
    git(tmp_path / "mono", "commit", "--quiet", "-m", "one")
    repository.write_contract("G1", required_outputs=OUTPUTS, validations=CHECKS[:1])
    assert repository.orch("verify", "--base", "main").code == 1
