"""`orch verify`: what is still as it was recorded, in the work tree, in a commit and in the index."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.support.git_checkout import git
from tests.support.repository import Ended, Repository
from tests.support.two_gates import (
    CONTRACTS,
    G1,
    ONE,
    QUOTATION,
    SOURCE,
    TWO,
    WORKFLOW,
    edit,
    pass_gate,
    pass_two_gates,
    quietly,
    statuses,
)

NOT_JSON = "what changed is not known: invalid JSON: missing '}' for the '{' of line 1 (column 2)"


@pytest.fixture
def run_id(repository: Repository) -> str:
    """The id of a run that has passed with two gates and is committed, as all else."""
    run_id = pass_two_gates(repository)
    assert repository.orch("run", "complete", "--run", run_id).code == 0
    repository.commit()
    return run_id


@pytest.mark.usefixtures("run_id")
def test_what_is_as_it_was_recorded_is_ok_in_the_work_tree_in_a_commit_and_in_the_index(repository: Repository) -> None:
    before = repository.snapshot()
    commit = git(repository.root, "rev-parse", "HEAD")[:12]
    for options, where in (((), ""), (("--at", "HEAD"), f" in commit {commit}"), (("--staged",), " in the index")):
        ended = repository.orch("verify", *options)
        assert (ended.code, quietly(ended), ended.err) == (0, [], "")
        assert f"1 run{where}: 3 files (3 ok)" in ended.out
    assert repository.snapshot() == before
    assert git(repository.root, "status", "--porcelain") == ""


Edit = Callable[[Repository], object]


def edit_sizes(repository: Repository, old: int, new: int) -> None:
    """Changes a size in a record and in the file of its attempt."""
    for path in (repository.root / "orchestration/runs").rglob("record/**/*.json"):
        if f'"size_bytes": {old}' in path.read_text("utf-8"):
            edit(repository, str(path.relative_to(repository.root)), f'"size_bytes": {old}', f'"size_bytes": {new}')


EDITS: dict[str, tuple[Edit, list[str]]] = {
    "output changed": (lambda repository: repository.write(ONE, "other\n"), [f"changed: {ONE} (G1 attempt 1)"]),
    "output missing": (lambda repository: (repository.root / ONE).unlink(), [f"missing: {ONE} (G1 attempt 1)"]),
    "output moved": (
        lambda repository: git(repository.root, "mv", ONE, "elsewhere.md"),
        [f"moved: {ONE} → elsewhere.md (G1 attempt 1)"],
    ),
    "source changed": (
        lambda repository: repository.write(SOURCE, f"{QUOTATION}more\n"),
        [f"changed: {SOURCE} (G2 attempt 1, read by quotes_resolve[two.md])"],
    ),
    "contract loosened": (
        lambda repository: edit(repository, G1, '"min": 3', '"min": 1'),
        [f"contract changed since G1 passed: {G1}", "looser: word_count {artifact_path}/one.md: min 3 → 1"],
    ),
    "contract reformatted": (
        lambda repository: edit(repository, G1, '"min": 3', '"min":  3'),
        [f"contract changed since G1 passed: {G1}", "no check changed"],
    ),
    "contract invalid": (
        lambda repository: edit(repository, G1, '"min": 3', '"mni": 3'),
        [f"contract changed since G1 passed: {G1}", "what changed is not known: it is invalid now"],
    ),
    "contract not JSON": (
        lambda repository: repository.write(G1, "{"),
        [
            f"contract changed since G1 passed: {G1}",
            NOT_JSON,
        ],
    ),
    "contract missing": (
        lambda repository: (repository.root / G1).unlink(),
        [f"contract missing since G1 passed: {G1}"],
    ),
    "workflow changed": (
        lambda repository: edit(repository, WORKFLOW, '"gate": "G2"', '"gate": "G2", "requires": ["G1"]'),
        [f"workflow changed since the run started: {WORKFLOW}", "tighter: gate G2: now requires G1"],
    ),
    "workflow not JSON": (
        lambda repository: repository.write(WORKFLOW, "{"),
        [
            f"workflow changed since the run started: {WORKFLOW}",
            NOT_JSON,
        ],
    ),
}


@pytest.mark.usefixtures("run_id")
@pytest.mark.parametrize(("change", "lines"), EDITS.values(), ids=EDITS.keys())
def test_each_difference_is_named_and_nothing_else(repository: Repository, change: Edit, lines: list[str]) -> None:
    change(repository)
    ended = repository.orch("verify")
    assert (ended.code, quietly(ended)) == (1, lines)
    git(repository.root, "add", "--all")
    staged = repository.orch("verify", "--staged")
    assert (staged.code, quietly(staged)) == (1, lines)
    assert repository.orch("verify", "--at", "HEAD").code == 0
    git(repository.root, "commit", "--quiet", "-m", "edit")
    committed = repository.orch("verify", "--at", "HEAD")
    assert (committed.code, quietly(committed)) == (1, lines)
    assert repository.orch("verify", "--at", "HEAD~1").code == 0


@pytest.mark.usefixtures("run_id")
def test_a_size_that_the_recorded_bytes_do_not_have_is_found(repository: Repository) -> None:
    edit_sizes(repository, 19, 20)
    repository.commit()
    for options in ((), ("--at", "HEAD"), ("--staged",)):
        ended = repository.orch("verify", *options)
        line = f"changed: {ONE} (G1 attempt 1): has 19 bytes, and the record says 20"
        assert (ended.code, quietly(ended)) == (1, [line])


@pytest.mark.slow
def test_a_file_that_a_later_run_passed_with_is_superseded(repository: Repository, run_id: str) -> None:
    later = repository.start_run(workflow="tests", slug="tea")
    repository.orch("gate", "start", "--run", later, "--gate", "G1", "--agent", "maker")
    repository.write(ONE, "five six seven eight\n")
    assert statuses(repository.orch("verify", "--json")) == {ONE: "changed"}
    assert repository.orch("gate", "finish", "--run", later, "--gate", "G1").code == 0
    for command in (("verify", "--json"), ("verify", "--run", run_id, "--json")):
        ended = repository.orch(*command)
        assert (ended.code, statuses(ended)) == (0, {ONE: "superseded"})


@pytest.mark.slow
def test_a_source_that_a_later_attempt_only_read_supersedes_nothing(repository: Repository, run_id: str) -> None:
    repository.write(SOURCE, f"{QUOTATION}more\n")
    pass_gate(repository, repository.start_run(workflow="tests", slug="tea"), "G2", "writer")
    assert statuses(repository.orch("verify", "--json")) == {SOURCE: "changed"}
    gates = repository.orch("status", "--run", run_id, "--json").json["gates"]
    assert [gate["stale"] for gate in gates] == [[], [f"changed since it passed: {SOURCE}"]]


@pytest.mark.slow
@pytest.mark.usefixtures("run_id")
def test_a_contract_that_a_later_run_passed_by_is_no_difference_any_more(repository: Repository) -> None:
    edit(repository, G1, '"min": 3', '"min": 4')
    assert repository.orch("verify").code == 1
    pass_gate(repository, repository.start_run(workflow="tests", slug="tea"), "G1", "maker")
    assert repository.orch("verify").code == 0


def test_a_record_that_contradicts_itself_is_inconsistent(repository: Repository, run_id: str) -> None:
    edit(repository, f"orchestration/runs/{run_id}/record/RUN.json", '"agent": "maker"', '"agent": "taker"')
    ended = repository.orch("verify")
    assert ended.code == 4
    assert ended.out.startswith("inconsistent: orchestration/runs/")
    assert "$.gates[0].attempts[0].agent" in ended.out
    assert "Next: git checkout HEAD -- " in ended.out or "Next: orch run repair" in ended.out


def test_of_a_damaged_record_in_a_commit_the_commits_that_changed_it_are_shown(
    repository: Repository, run_id: str
) -> None:
    record = f"orchestration/runs/{run_id}/record"
    repository.write(f"{record}/RUN.json", "{")
    repository.commit()
    repository.run("git", "checkout", "--quiet", "HEAD~1")
    assert f"\nNext: git log main -- {record}\n" in repository.orch("verify", "--at", "main").out
    base = git(repository.root, "rev-parse", "HEAD")[:12]
    compared = repository.orch("verify", "--at", "main", "--base", "HEAD").out
    assert f"\nNext: git diff {base} main -- {record}/RUN.json\n" in compared
    assert repository.run("git", "log", "--oneline", "main", "--", record).out.count("\n") == 2


def test_a_pass_without_a_row_of_its_contract_is_found_also_if_the_contract_has_changed(
    repository: Repository, run_id: str
) -> None:
    record = repository.record(run_id)
    del record["gates"][0]["attempts"][0]["validations"][1]
    attempt = record["gates"][0]["attempts"][0]
    for path, value in (("RUN.json", record), ("gates/G1/attempt-1.json", attempt)):
        repository.write(f"orchestration/runs/{run_id}/record/{path}", json.dumps(value, indent=2) + "\n")
    edit(repository, G1, '"min": 3', '"min": 2')
    for options in ((), ("--staged",)):
        git(repository.root, "add", "--all")
        ended = repository.orch("verify", *options)
        assert ended.code == 4
        assert f"$.validations: inconsistent with {G1}: missing word_count[one.md]" in ended.out


@pytest.mark.slow
def test_warnings_fail_with_strict_only(repository: Repository) -> None:
    for gate, keys in CONTRACTS.items():
        repository.write_contract(gate, **keys)
    repository.write_workflow("G1")
    repository.write(ONE, "one two three four\n")
    pass_gate(repository, repository.start_run(workflow="tests", slug="tea"), "G1", "maker")
    ended = repository.orch("verify")
    assert (ended.code, quietly(ended)[0]) == (
        0,
        "warning: G1 attempt 1: its outputs are those that existed before it started",
    )
    assert repository.orch("verify", "--strict").code == 1


def test_the_document_has_each_file_with_its_status(repository: Repository, run_id: str) -> None:
    repository.write(ONE, "other\n")
    ended = repository.orch("verify", "--json")
    [run] = ended.json["runs"]
    assert (run["run_id"], run["status"], run["error"], run["rules"]) == (run_id, "PASSED", None, [])
    assert run["files"] == [
        {"gate": "G1", "attempt": 1, "path": ONE, "status": "changed"},
        {"gate": "G2", "attempt": 1, "path": TWO, "status": "ok"},
        {"gate": "G2", "attempt": 1, "path": SOURCE, "status": "ok", "read_by": "quotes_resolve[two.md]"},
    ]


# What cannot be asked


def refused(ended: Ended, *parts: str) -> bool:
    return ended.code == 2 and all(part in ended.err for part in parts)


@pytest.mark.usefixtures("run_id")
def test_a_revision_that_git_does_not_know_is_refused(repository: Repository) -> None:
    assert refused(repository.orch("verify", "--at", "mian"), "unknown revision 'mian', did you mean 'main'?")
    assert refused(repository.orch("verify", "--at", "main", "--staged"), "--at and --staged exclude each other")
    assert refused(repository.orch("verify", "no-such-run"), "no run matches 'no-such-run'")


def test_without_git_the_work_tree_is_verified_and_a_commit_is_not(repository: Repository, run_id: str) -> None:
    repository.run("rm", "-rf", ".git")
    assert repository.orch("verify").code == 0
    edit(repository, G1, '"min": 3', '"min": 1')
    (repository.root / ONE).unlink()
    ended = repository.orch("verify", run_id)
    assert ended.code == 1
    assert quietly(ended)[0] == f"missing: {ONE} (G1 attempt 1)"
    assert quietly(ended)[2].startswith("what changed is not known: ")
    assert ended.out.splitlines()[-1] == f"Next: orch status --run {run_id}"
    assert refused(repository.orch("verify", "--at", "HEAD"), "Next: ")


def test_in_a_shallow_clone_the_missing_history_is_named(repository: Repository, run_id: str, tmp_path: Path) -> None:
    edit(repository, G1, '"min": 3', '"min": 1')
    repository.commit()
    git(tmp_path, "clone", "--quiet", "--depth", "1", f"file://{repository.root}", "clone")
    clone = Repository(tmp_path / "clone")
    ended = clone.orch("verify", run_id)
    assert ended.code == 1
    assert "what changed is not known: git has no such version in this shallow clone" in ended.out
    assert ended.out.endswith("Next: git fetch --unshallow\n")
    git(clone.root, "fetch", "--quiet", "--unshallow")
    assert "looser: word_count {artifact_path}/one.md: min 3 → 1" in clone.orch("verify", run_id).out
