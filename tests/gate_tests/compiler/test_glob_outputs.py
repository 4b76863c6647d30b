"""An output may be a glob: then enough files that match must exist, and all of them are recorded."""

import os
from hashlib import sha256
from typing import Any

import pytest

from gate_tests.checks.result import CheckResult
from gate_tests.errors import InvalidFile
from gate_tests.files import path_or_glob
from gate_tests.isolated_pytest.verdict import Verdict
from tests.support.checks import compiled, evaluate_all, ids, judge
from tests.support.repository import ARTIFACTS, Repository

NOTES = "{artifact_path}/notes/*.md"


def verdict(repository: Repository, *outputs: dict[str, Any], group: str = "all_of", **context: Any) -> Verdict:
    repository.write_contract(required_outputs={group: list(outputs)})
    (given,) = judge(repository, "GT", **context)
    return given


def only(repository: Repository, **output: Any) -> CheckResult:
    (result,) = verdict(repository, {"path": NOTES, **output}).validations
    return result


def write_notes(repository: Repository, **notes: str) -> None:
    for name, text in notes.items():
        repository.write(f"{ARTIFACTS}/notes/{name}.md", text)


def test_one_check_with_one_id_stands_for_whatever_matches(repository: Repository) -> None:
    write_notes(repository, a="A", b="B")
    given = verdict(repository, {"path": NOTES})
    (result,) = given.validations
    assert given.passed
    assert (result.id, result.path) == ("file_exists[notes/*.md]", NOTES)
    assert result.resolved_path == f"{ARTIFACTS}/notes/*.md"


def test_all_that_match_are_hashed_and_recorded_in_byte_order(repository: Repository) -> None:
    write_notes(repository, b="B", Z="Z", é="É", a="A")
    given = verdict(repository, {"path": NOTES})
    assert [(each.template, each.path.rpartition("/")[2], each.sha256) for each in given.outputs] == [
        (NOTES, f"{name}.md", sha256(name.upper().encode()).hexdigest()) for name in ("Z", "a", "b", "é")
    ]


@pytest.mark.parametrize(
    ("notes", "output", "found"),
    [
        pytest.param({}, {}, "no matching file", id="none"),
        pytest.param({"a": "A"}, {"min_files": 2}, "1 of 2", id="too few"),
        pytest.param({"a": " \n"}, {}, f"0 of 1, and 1 empty: {ARTIFACTS}/notes/a.md", id="an empty one"),
        pytest.param(
            {"a": "A", "b": "\u200b"},
            {"min_files": 2},
            f"1 of 2, and 1 empty: {ARTIFACTS}/notes/b.md",
            id="one of two",
        ),
    ],
)  # fmt: skip
@pytest.mark.quick("*")
def test_too_few_that_are_not_empty_fail(
    repository: Repository, notes: dict[str, str], output: dict[str, Any], found: str
) -> None:
    write_notes(repository, **notes)
    result = only(repository, **output)
    assert result.has_failed
    assert str(result.reason).endswith(f"empty, found {found}")


@pytest.mark.parametrize(
    ("notes", "output"),
    [
        pytest.param({"a": "A", "b": ""}, {}, id="enough beside an empty one"),
        pytest.param({"a": "A", "b": "B"}, {"min_files": 2}, id="just as many"),
        pytest.param({"a": "", "b": "B"}, {"min_files": 2, "allow_empty": True}, id="empty ones that may be"),
    ],
)
@pytest.mark.quick("*")
def test_enough_that_are_not_empty_pass(repository: Repository, notes: dict[str, str], output: dict[str, Any]) -> None:
    write_notes(repository, **notes)
    assert not only(repository, **output).has_failed


def test_several_names_of_one_file_are_one_file(repository: Repository) -> None:
    write_notes(repository, a="A")
    folder = repository.root / ARTIFACTS / "notes"
    (folder / "b.md").hardlink_to(folder / "a.md")
    (folder / "c.md").symlink_to("a.md")
    assert str(only(repository, min_files=2).reason).endswith("found 1 of 2 under 3 names")


def test_a_hidden_file_a_folder_and_a_way_out_are_none(repository: Repository) -> None:
    repository.write("../beside.md", "beside")
    repository.write(f"{ARTIFACTS}/notes/.gitkeep.md", "kept")
    repository.write(f"{ARTIFACTS}/notes/x.md/deep.txt", "deep")
    (repository.root / ARTIFACTS / "notes/out.md").symlink_to(repository.root.parent / "beside.md")
    given = verdict(repository, {"path": NOTES})
    assert (given.passed, given.outputs) == (False, ())


def test_brackets_and_the_values_of_variables_are_literal(repository: Repository) -> None:
    for folder in ("[slug]", "s", "a*b", "aXb"):
        repository.write(f"out/{folder}/[x]/a.md", "A")
        repository.write(f"out/{folder}/x/a.md", "A")
    for path in ("out/[slug]", "out/a*b"):
        given = verdict(repository, {"path": "{artifact_path}/[x]/*.md"}, artifact_path=path)
        assert [each.path for each in given.outputs] == [f"{path}/[x]/a.md"]


def test_a_file_that_an_output_names_by_its_path_is_that_output(repository: Repository) -> None:
    write_notes(repository, a="A", b="B")
    named = "{artifact_path}/notes/b.md"
    given = verdict(repository, {"path": NOTES, "required": False}, {"path": named})
    assert [(each.template, each.path[-4:], each.optional) for each in given.outputs] == [
        (NOTES, "a.md", True),
        (named, "b.md", False),
    ]


def test_an_optional_glob_has_no_check_and_its_files_are_recorded(repository: Repository) -> None:
    repository.write("a.md", "A")
    write_notes(repository, b="", c="C")
    given = verdict(repository, {"path": "a.md"}, {"path": NOTES, "required": False})
    assert [result.id for result in given.validations] == ["file_exists[a.md]"]
    assert [(each.path[-4:], each.optional) for each in given.outputs] == [
        ("a.md", False),
        ("b.md", True),
        ("c.md", True),
    ]


def test_too_many_that_match_fail_and_none_is_recorded(repository: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(path_or_glob, "MAX_MATCHES", 1)
    write_notes(repository, a="A", b="B")
    given = verdict(repository, {"path": NOTES})
    assert (given.passed, given.outputs) == (False, ())
    assert str(given.failure_reason).endswith("found more than 1 matching files, the limit")


@pytest.mark.parametrize("name", [b"a\x1b.md", b"a\xff.md"], ids=["control character", "no UTF-8"])
def test_a_name_that_no_record_can_hold_fails(repository: Repository, name: bytes) -> None:
    write_notes(repository, b="B")
    folder = os.fsencode(repository.root / ARTIFACTS / "notes")
    try:
        with open(folder + b"/" + name, "wb") as file:
            file.write(b"A")
    except OSError:
        pytest.skip("this file system has no such names")
    given = verdict(repository, {"path": NOTES})
    assert not given.passed
    assert "its name has control characters or is not UTF-8" in str(given.failure_reason)
    assert [each.path[-4:] for each in given.outputs] == ["b.md"]


def test_a_file_that_cannot_be_read_fails(repository: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    write_notes(repository, a="A", b="B")
    really_open = os.open

    def refuse(path: Any, *arguments: Any, **keywords: Any) -> int:
        if path == "b.md":
            raise PermissionError(13, "Permission denied")
        return really_open(path, *arguments, **keywords)

    monkeypatch.setattr(os, "open", refuse)
    (tried,) = evaluate_all(repository, required_outputs={"all_of": [{"path": NOTES}]})
    assert tried.outcome.found == f"{ARTIFACTS}/notes/b.md: an unreadable file (Permission denied)"


def test_of_any_of_a_glob_is_met_by_its_files(repository: Repository) -> None:
    either = ({"path": "a.md"}, {"path": NOTES, "min_files": 2})
    write_notes(repository, a="A")
    given = verdict(repository, *either, group="any_of")
    (result,) = given.validations
    assert (given.passed, result.id) == (False, "file_exists_any_of[a.md]")
    assert f"expected this file or 2 files of {ARTIFACTS}/notes/*.md, not empty, found" in str(result.reason)
    assert str(result.reason).endswith(f"found a.md: file is missing; {ARTIFACTS}/notes/*.md: 1 of 2")
    assert result.measured["checked"] == [{"path": "a.md", "exists": False}, {"path": NOTES, "exists": True}]
    write_notes(repository, b="B")
    given = verdict(repository, *either, group="any_of")
    assert (given.passed, len(given.outputs)) == (True, 2)


def test_the_files_of_a_glob_stand_in_for_a_missing_target_of_any_of(repository: Repository) -> None:
    write_notes(repository, a="one two", b="one")
    either = {"any_of": [{"path": "a.md"}, {"path": NOTES}]}
    count = {"type": "word_count", "target": "a.md", "min": 2}
    _, fails = evaluate_all(repository, required_outputs=either, validations=[count])
    assert fails.outcome.found == f"1 of 2 files failing: {ARTIFACTS}/notes/b.md (1)"
    repository.write("a.md", "one two three")
    _, holds = evaluate_all(repository, required_outputs=either, validations=[count])
    assert (holds.holds, holds.row["resolved_path"]) == (True, "a.md")


def test_a_path_stands_in_for_a_glob_that_nothing_matches(repository: Repository) -> None:
    repository.write("a.md", "one two")
    either = {"any_of": [{"path": NOTES}, {"path": "a.md"}]}
    count = {"type": "word_count", "target": NOTES, "min": 2}
    _, tried = evaluate_all(repository, required_outputs=either, validations=[count])
    assert (tried.holds, tried.row["path"], tried.row["resolved_path"]) == (True, NOTES, "a.md")


def test_min_files_of_a_path_that_names_one_file_is_a_contract_error(repository: Repository) -> None:
    outputs = {"all_of": [{"path": "a.md"}, {"path": "b/[x].md", "min_files": 2}]}
    with pytest.raises(
        InvalidFile, match=r":\d+: \$\.required_outputs\.all_of\[1\]\.min_files: requires a path with \*"
    ):
        compiled(repository, required_outputs=outputs)


@pytest.mark.parametrize("keys", [{"min_files": 0}, {"min_files": 1.5}, {"min_files": True}, {"allow_empty": "yes"}])
@pytest.mark.quick("*")
def test_what_means_nothing_is_a_contract_error(repository: Repository, keys: dict[str, Any]) -> None:
    with pytest.raises(InvalidFile, match=f"\\.{next(iter(keys))}: "):
        compiled(repository, required_outputs={"all_of": [{"path": "*.md", **keys}]})


@pytest.mark.parametrize("path", ["/a/*.md", "../*.md", "{nothing}/*.md"])
def test_a_glob_is_a_path_below_the_root(repository: Repository, path: str) -> None:
    with pytest.raises(InvalidFile, match=r"\.path: "):
        compiled(repository, required_outputs={"all_of": [{"path": path}]})


def test_two_globs_have_an_id_each(repository: Repository) -> None:
    outputs = {"all_of": [{"path": "*.md"}, {"path": "*.md"}, {"path": "**/*.txt"}]}
    gate = compiled(repository, required_outputs=outputs)
    assert ids(gate) == ["file_exists[*.md]", "file_exists[*.md]-2", "file_exists[**/*.txt]"]
    assert (gate.declares("a.md"), gate.declares("b/c/d.txt"), gate.declares("b/a.md")) == (True, True, False)
