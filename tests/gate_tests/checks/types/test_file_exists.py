import pytest

from tests.support.checks import evaluate_all, try_check
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
    assert tried.row["reason"].startswith("a.md: wanted ")
    assert tried.row["reason"].endswith("file, found nothing there")


def test_a_folder_fails(repository: Repository) -> None:
    (repository.root / "a.md").mkdir()
    assert try_check(repository, FILE_EXISTS, None).outcome.found == "a folder"


def test_a_name_in_other_letters_is_another_file(repository: Repository) -> None:
    repository.write("A.md", "")
    if (repository.root / "a.md").exists():
        pytest.skip("this file system does not tell a from A")
    assert not try_check(repository, FILE_EXISTS, None).holds


@pytest.mark.parametrize("name", ["\u4f60\u597d.md", "with space.md", "[slug].md", "*.md", "a?.md", "-a.md", "~.md"])
def test_a_path_is_taken_literally(repository: Repository, name: str) -> None:
    validation = {"type": "file_exists", "target": name}
    repository.write("other.md", "")
    assert not try_check(repository, validation, None).holds
    assert try_check(repository, validation, "").holds


def test_a_name_of_too_many_bytes_fails_and_says_why(repository: Repository) -> None:
    tried = try_check(repository, {"type": "file_exists", "target": "a" * 300}, None)
    assert not tried.holds
    assert tried.outcome.found == "unreadable (File name too long)"


def test_it_measures_nothing_of_its_own(repository: Repository) -> None:
    assert try_check(repository, FILE_EXISTS, "").outcome.measured == {}


def test_every_required_output_has_its_own(repository: Repository) -> None:
    repository.write("b.md", "")
    rows = evaluate_all(repository, required_outputs={"all_of": [{"path": "a.md"}, {"path": "b.md"}]})
    assert [(tried.check.id, tried.holds) for tried in rows] == [
        ("file_exists[a.md]", False),
        ("file_exists[b.md]", True),
    ]
