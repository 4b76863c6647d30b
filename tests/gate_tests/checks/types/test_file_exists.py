import os

import pytest

from tests.support.checks import evaluate_all, try_check
from tests.support.large_files import MIB
from tests.support.repository import Repository

FILE_EXISTS = {"type": "file_exists", "target": "a.md"}


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(b"text", id="text"),
        pytest.param(b"", id="empty"),
        pytest.param(b"\xff\x00\xfe", id="no text"),
    ],
)
def test_any_file_will_do_whatever_it_holds(repository: Repository, content: bytes) -> None:
    tried = try_check(repository, FILE_EXISTS, content)
    assert tried.holds
    assert tried.row["pass"] is True


def test_nothing_there_fails(repository: Repository) -> None:
    tried = try_check(repository, FILE_EXISTS, None)
    assert not tried.holds
    assert tried.row["reason"] == "a.md: file is missing"


def test_a_folder_fails(repository: Repository) -> None:
    (repository.root / "a.md").mkdir()
    assert try_check(repository, FILE_EXISTS, None).outcome.found == "a directory"


def test_a_name_in_other_letters_is_another_file(repository: Repository) -> None:
    repository.write("A.md", "")
    if (repository.root / "a.md").exists():
        pytest.skip("this file system does not tell a from A")
    assert not try_check(repository, FILE_EXISTS, None).holds


@pytest.mark.parametrize("name", ["\u4f60\u597d.md", "with space.md", "[slug].md", "-a.md", "~.md"])
def test_a_path_is_taken_literally(repository: Repository, name: str) -> None:
    validation = {"type": "file_exists", "target": name}
    repository.write("other.md", "")
    assert not try_check(repository, validation, None).holds
    assert try_check(repository, validation, "").holds


def test_a_name_of_too_many_bytes_fails_and_says_why(repository: Repository) -> None:
    tried = try_check(repository, {"type": "file_exists", "target": "a" * 300}, None)
    assert not tried.holds
    assert tried.outcome.found == "an unreadable file (File name too long)"


def test_it_measures_nothing_of_its_own(repository: Repository) -> None:
    assert try_check(repository, FILE_EXISTS, "").outcome.measured == {}


def test_every_required_output_has_its_own(repository: Repository) -> None:
    repository.write("b.md", "Tea.")
    rows = evaluate_all(repository, required_outputs={"all_of": [{"path": "a.md"}, {"path": "b.md"}]})
    assert [(tried.check.id, tried.holds) for tried in rows] == [
        ("file_exists[a.md]", False),
        ("file_exists[b.md]", True),
    ]


@pytest.mark.parametrize(
    ("content", "found"),
    [
        pytest.param("", "an empty file (0 bytes)", id="nothing"),
        pytest.param(" \n", "an empty file (2 bytes of white space only)", id="white space"),
        pytest.param(b"\xff\xfe\n\0", "an empty file (4 bytes of white space only)", id="UTF-16"),
        pytest.param("\u200b", "an empty file (3 bytes of white space only)", id="a zero-width space"),
    ],
)
def test_an_empty_output_fails_unless_it_may_be_empty(repository: Repository, content: str | bytes, found: str) -> None:
    repository.write("a.md", content)
    (fails,) = evaluate_all(repository, required_outputs={"all_of": [{"path": "a.md"}]})
    assert fails.row["reason"] == f"a.md: expected a file that is not empty, found {found}"
    (holds,) = evaluate_all(repository, required_outputs={"all_of": [{"path": "a.md", "allow_empty": True}]})
    assert holds.row["pass"]
    (absent,) = evaluate_all(repository, required_outputs={"all_of": [{"path": "b.md", "allow_empty": True}]})
    assert absent.row["reason"] == "b.md: file is missing"


def test_the_warning_of_an_empty_output_fails_no_gate(repository: Repository) -> None:
    repository.write("a.md", "")
    warned = {"type": "file_exists", "target": "all_required", "severity": "warning"}
    (tried,) = evaluate_all(repository, required_outputs={"all_of": [{"path": "a.md"}]}, validations=[warned])
    assert (tried.row["pass"], tried.row["warning"]) == (True, True)


def test_an_output_that_is_no_text_is_not_empty(repository: Repository) -> None:
    repository.write("a.png", b"\x89PNG\0\0")
    assert evaluate_all(repository, required_outputs={"all_of": [{"path": "a.png"}]})[0].holds


def test_a_huge_output_of_zeros_is_empty(repository: Repository) -> None:
    (repository.root / "huge").touch()
    os.truncate(repository.root / "huge", 65 * MIB)
    (tried,) = evaluate_all(repository, required_outputs={"all_of": [{"path": "huge"}]})
    assert tried.outcome.found == f"an empty file ({65 * MIB} bytes of white space only)"
