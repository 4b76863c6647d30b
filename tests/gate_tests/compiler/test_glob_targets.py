"""The target of a check on text may be a glob: it passes if it passes for each file that matches."""

from typing import Any

import pytest

from gate_tests.checks.registry import BUILT_IN_TYPES, check_type
from gate_tests.errors import InvalidFile
from gate_tests.files import path_or_glob
from tests.support.checks import Tried, compiled, evaluate_all
from tests.support.repository import ARTIFACTS, Repository

WORDS = {"type": "word_count", "target": "notes/*.md", "min": 2}
ON_ONE_PATH = ("file_exists", "dir_exists", "min_file_count", "min_sources_any_of", "viz_tech_match")
ON_TEXT = [name for name in BUILT_IN_TYPES if check_type(name).target_key == "target" and name not in ON_ONE_PATH]


def evaluate(repository: Repository, validation: dict[str, Any], **files: str) -> Tried:
    for name, text in files.items():
        repository.write(f"notes/{name}.md", text)
    return evaluate_all(repository, validations=[validation])[-1]


def test_each_file_that_matches_must_pass(repository: Repository) -> None:
    assert evaluate(repository, WORDS, a="one two", b="one two three").holds
    fails = evaluate(repository, WORDS, c="one", d="")
    assert fails.row["reason"] == (
        "notes/*.md: expected at least 2 words, found 2 of 4 files failing: notes/c.md (1); notes/d.md (0)"
    )


def test_a_row_has_what_was_measured_in_the_first_file_that_fails(repository: Repository) -> None:
    row = evaluate(repository, WORDS, a="one two three", b="", c="one").row
    assert (row["id"], row["path"], row["resolved_path"]) == ("word_count[notes/*.md]", "notes/*.md", "notes/*.md")
    assert (row["count"], row["min"], row["max"]) == (0, 2, None)
    assert row["glob"] == {"files": 3, "file": "notes/b.md", "failed": ["notes/b.md", "notes/c.md"]}


def test_a_row_has_what_was_measured_in_the_first_file_where_all_pass(repository: Repository) -> None:
    row = evaluate(repository, WORDS, a="one two three", b="one two").row
    assert (row["count"], row["glob"]) == (3, {"files": 2, "file": "notes/a.md", "failed": []})


def test_the_hashes_of_all_that_match_are_recorded(repository: Repository) -> None:
    row = evaluate(repository, WORDS, b="one two", a="one").row
    assert [each["path"] for each in row["read"]] == ["notes/a.md", "notes/b.md"]


def test_no_file_that_matches_fails_unless_that_is_allowed(repository: Repository) -> None:
    row = evaluate(repository, WORDS).row
    assert (row["pass"], row["reason"]) == (
        False, "notes/*.md: expected at least 2 words, found no matching file",
    )  # fmt: skip
    assert row["glob"] == {"files": 0, "file": None, "failed": []}
    assert evaluate(repository, {**WORDS, "missing_ok": True}).row["pass"]
    assert not evaluate(repository, {"type": "not_contains", "target": "notes/*", "pattern": "x"}).row["pass"]


def test_what_is_no_text_fails_as_ever(repository: Repository) -> None:
    repository.write("notes/a.md", b"\xff")
    tried = evaluate(repository, {"type": "not_contains", "target": "notes/*.md", "pattern": "x"}, b="clean")
    assert tried.outcome.found.startswith("1 of 2 files failing: notes/a.md (bytes that are not UTF-8")


def test_of_many_that_fail_some_are_named_and_more_recorded(repository: Repository) -> None:
    tried = evaluate(repository, WORDS, **{f"n{number:03}": "one" for number in range(60)})
    assert tried.outcome.found.endswith("notes/n009.md (1); and 50 more")
    assert len(tried.row["glob"]["failed"]) == 50


def test_too_many_files_fail(repository: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(path_or_glob, "MAX_MATCHES", 1)
    tried = evaluate(repository, {**WORDS, "missing_ok": True}, a="one two", b="one two")
    assert (tried.holds, tried.outcome.found) == (False, "more than 1 matching files, the limit")


def test_a_name_that_no_record_can_hold_fails(repository: Repository) -> None:
    repository.write("notes/a\x1b.md", "one two")
    tried = evaluate(repository, WORDS, b="one two")
    assert not tried.holds
    assert tried.row["glob"]["failed"] == ["notes/a\\x1b.md"]


def test_a_warning_on_a_glob_warns(repository: Repository) -> None:
    row = evaluate(repository, {**WORDS, "severity": "warning"}, a="one").row
    assert (row["pass"], row["warning"]) == (True, True)


def test_brackets_and_the_values_of_variables_are_literal(repository: Repository) -> None:
    for folder in ("[x]", "x"):
        repository.write(f"{ARTIFACTS}/{folder}/a.md", "one" if folder == "x" else "one two")
    validation = {**WORDS, "target": "{artifact_path}/[x]/*.md"}
    assert evaluate(repository, validation).holds
    run = {"artifact_path": f"{ARTIFACTS}/[x]"}
    assert evaluate_all(repository, run=run, validations=[{**WORDS, "target": "{artifact_path}/?.md"}])[-1].holds


def test_what_is_checked_is_said_of_each_file(repository: Repository) -> None:
    (check,) = compiled(repository, validations=[{**WORDS, "missing_ok": True}]).checks
    assert check.describe() == "each of notes/*.md: at least 2 words, if it exists"


@pytest.mark.parametrize("name", ON_TEXT)
@pytest.mark.quick("*")
def test_a_check_on_text_takes_a_glob_and_measures_its_own_keys(repository: Repository, name: str) -> None:
    validation = {**check_type(name).example, "target": "none/**/*.md"}
    (tried,) = evaluate_all(repository, validations=[validation])
    assert (tried.holds, tried.outcome.found) == (False, "no matching file")
    assert set(tried.outcome.measured) == {*check_type(name).measures, "glob"}


@pytest.mark.parametrize("name", ON_ONE_PATH)
@pytest.mark.quick("*")
def test_a_glob_where_one_path_is_meant_is_a_contract_error(repository: Repository, name: str) -> None:
    checked = check_type(name)
    key = checked.target_key or ""
    validation = {**checked.example, key: ["a.md", "*.md"] if key == "targets" else "*.md"}
    place = r"targets\[1\]" if key == "targets" else key
    with pytest.raises(
        InvalidFile, match=rf":\d+: \$\.validations\[0\]\.{place}: '\*\.md' is a glob, but {name} takes"
    ):
        compiled(repository, validations=[validation])


def test_a_json_file_of_many_that_breaks_the_schema_is_named(repository: Repository) -> None:
    repository.write("s.json", '{"type": "object"}')
    repository.write("data/a.json", "{}")
    repository.write("data/b.json", "[]")
    validation = {"type": "json_schema", "target": "data/*.json", "schema": "s.json"}
    (tried,) = evaluate_all(repository, validations=[validation])
    assert tried.outcome.found.startswith("1 of 2 files failing: data/b.json (1 error")
    assert [each["path"] for each in tried.row["read"]] == ["data/a.json", "data/b.json", "s.json"]


def test_a_report_among_many_is_no_source_of_its_own(repository: Repository) -> None:
    quotation = '"the bridge could not carry more than forty tonnes"'
    validation = {"type": "quotes_resolve", "target": "notes/*.md", "sources": ["notes/*.md"]}
    assert not evaluate(repository, validation, a=quotation, b="Nothing.").holds
