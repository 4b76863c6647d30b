"""Outputs and targets that are globs: what is recorded, shown, compared and handed on."""

import json
from typing import Any

import pytest

from runner.operations.watch import find_watched_paths
from runner.storage.store import Store
from tests.support.repository import Repository

NOTES = "{artifact_path}/notes/*.md"
AT = ("--run", "latest", "--gate", "G1")


@pytest.fixture
def notes(repository: Repository) -> Repository:
    """A run of G1, whose work are notes, and of G2, which asks whether they are unchanged; G1 has an open attempt."""
    words = {"type": "word_count", "target": NOTES, "min": 2, "max": 9}
    outputs = {"all_of": [{"path": NOTES, "min_files": 2, "description": "What was read"}]}
    repository.write_contract("G1", required_outputs=outputs, validations=[words])
    repository.write_contract("G2", validations=[{"type": "unchanged_since", "gate": "G1"}])
    repository.write_workflow("G1", "G2")
    repository.write("out/tea/notes/old.md", "one two")
    repository.start_gate(repository.start_run(workflow="tests", slug="tea"), "G1")
    repository.write("out/tea/notes/new.md", "one two three")
    return repository


def finished(repository: Repository, *options: str) -> dict[str, Any]:
    ended = repository.orch("gate", "finish", *AT, *options)
    assert ended.code == 0, ended
    return repository.attempt(repository.workspace.runs()[0], "G1", 1)


def finish_g2(repository: Repository) -> str:
    repository.orch("gate", "start", "--run", "latest", "--gate", "G2", "--agent", "maker")
    return repository.orch("gate", "finish", "--run", "latest", "--gate", "G2").out


def test_every_file_is_a_row_of_its_own_and_the_check_is_one(notes: Repository) -> None:
    attempt = finished(notes)
    assert [(row["path"], row["resolved_path"]) for row in attempt["artifacts"]] == [
        (NOTES, "out/tea/notes/new.md"),
        (NOTES, "out/tea/notes/old.md"),
    ]
    assert attempt["required_outputs"] == [NOTES]
    assert [row["id"] for row in attempt["validations"]] == ["file_exists[notes/*.md]", "word_count[notes/*.md]"]
    assert [row["path"] for row in attempt["baseline"]["outputs"]] == ["out/tea/notes/old.md"]
    index = notes.record(notes.workspace.runs()[0])["artifacts_index"]
    assert [row["resolved_path"] for row in index] == ["out/tea/notes/new.md", "out/tea/notes/old.md"]
    assert notes.orch("run", "check").code == 0


@pytest.mark.slow
def test_workers_record_the_same(notes: Repository) -> None:
    attempt = finished(notes, "-n", "2")
    assert [row["resolved_path"] for row in attempt["artifacts"]] == ["out/tea/notes/new.md", "out/tea/notes/old.md"]


@pytest.mark.slow
def test_nothing_changed_is_said_only_where_no_file_was_added(notes: Repository) -> None:
    changed_nothing = "nothing changed in this attempt"
    assert changed_nothing not in notes.orch("gate", "finish", *AT).out
    assert notes.orch("gate", "start", *AT, "--agent", "maker").code == 0
    assert changed_nothing in notes.orch("gate", "finish", *AT).out


@pytest.mark.slow
def test_a_file_of_a_glob_that_changes_is_no_longer_what_passed(notes: Repository) -> None:
    finished(notes)
    notes.write("out/tea/notes/old.md", "two one")
    assert "out/tea/notes/old.md (changed)" in finish_g2(notes)


@pytest.mark.slow
def test_a_file_that_git_ignores_is_named(notes: Repository) -> None:
    notes.write(".gitignore", "new.md\n")
    notes.commit()
    assert "git ignores out/tea/notes/new.md" in notes.orch("gate", "check", *AT).out


def test_the_contract_is_explained_with_its_glob(notes: Repository) -> None:
    explained = notes.orch("contract", "explain", "G1", "--run", "latest")
    assert "1. out/tea/notes/*.md, at least 2 files that are not empty: What was read" in explained.out
    assert "2. each of out/tea/notes/*.md: 2 to 9 words" in explained.out
    outputs = notes.orch("contract", "explain", "G1", "--run", "latest", "--json").json["outputs"]
    assert outputs == [{"path": "out/tea/notes/*.md", "optional": False, "min_files": 2}]


def test_the_folder_of_a_glob_is_watched(notes: Repository) -> None:
    outputs = {"all_of": [{"path": "docs/[x]/*.md"}]}
    count = {"type": "word_count", "target": "specs/**/*.md", "min": 1}
    notes.write_contract("G1", required_outputs=outputs, validations=[count])
    watched = find_watched_paths(Store(notes.workspace), notes.workspace.runs()[0], ["G1"]).paths
    assert {"docs/[x]", "specs"} <= set(watched)


@pytest.mark.slow
def test_a_glob_passes_under_pytest(notes: Repository) -> None:
    ended = notes.pytest("--gate", "G1", "--run", "latest")
    assert "2 passed" in ended.out


@pytest.mark.slow
def test_what_matches_a_glob_is_mutated(notes: Repository) -> None:
    for name in ("a", "b"):
        notes.write(f"orchestration/gates/examples/G1/out/tea/notes/{name}.md", "one two\n")
    ended = notes.orch("contract", "test", "G1", "--json")
    assert ended.code == 0, ended
    done = json.loads(ended.out)
    assert (done["slug"], done["artifact_path"]) == ("tea", "out/tea")
    exists, words = done["checks"]
    assert {trial["how"] for trial in exists["trials"] if trial["killed"]} >= {"out/tea/notes/a.md emptied"}
    targeted = "out/tea/notes/b.md with one word too few"
    assert targeted in {trial["how"] for trial in words["trials"] if trial["killed"]}


@pytest.mark.parametrize("template", ["{artifact_path}/**/*.md", "{artifact_path}/notes/**"])
def test_the_folder_of_the_work_is_found_from_a_glob(notes: Repository, template: str) -> None:
    notes.write("orchestration/gates/examples/G1/out/tea/notes/deep/a.md", "one two\n")
    notes.write_contract("G1", required_outputs={"all_of": [{"path": template}]})
    done = json.loads(notes.orch("contract", "test", "G1", "--json").out)
    expected = "out/tea" if "notes" in template else "out/tea/notes/deep"
    assert done["artifact_path"] == expected


def test_a_schema_that_matches_an_output_is_work_and_no_rule(notes: Repository) -> None:
    notes.write("schemas/a.json", "{}")
    notes.write("a.json", "{}")
    conforms = {"type": "json_schema", "target": "a.json", "schema": "schemas/a.json"}
    for path, schemas in (("schemas/*.json", []), ("*.json", ["schemas/a.json"])):
        notes.write_contract("G1", required_outputs={"all_of": [{"path": path}]}, validations=[conforms])
        run_id = notes.start_run(workflow="tests", slug="tea")
        notes.start_gate(run_id, "G1")
        baseline = notes.record(run_id)["gates"][0]["attempts"][0]["baseline"]
        assert [row["path"] for row in baseline.get("schemas", [])] == schemas


def test_what_orch_writes_itself_is_no_work(notes: Repository) -> None:
    outputs = {"all_of": [{"path": "orchestration/**/RUN.json"}, {"path": "**/G?.md", "required": False}]}
    notes.write_contract("G1", required_outputs=outputs, validations=[{"type": "changed_in_attempt"}])
    run_id = notes.start_run(workflow="tests", slug="tea")
    notes.start_gate(run_id, "G1")
    ended = notes.orch("gate", "check", *AT)
    assert "  expected  at least 1 file that is not empty\n  found     no matching file" in ended.out
    assert "  found     2 unchanged" in ended.out  # the prompts of G1 and G2


@pytest.mark.slow
def test_a_name_that_cannot_be_recorded_is_shown_with_its_odd_characters(notes: Repository) -> None:
    notes.write("out/tea/notes/a\u202eb.md", "one two")
    assert (
        "  found     out/tea/notes/a\\u202eb.md: its name has control characters"
        in notes.orch("gate", "check", *AT).out
    )
