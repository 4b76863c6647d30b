from pathlib import Path

import pytest

from gate_tests.files.filenames import SimilarNames


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "orchestration").mkdir()
    (tmp_path / "Work/caf\u00e9").mkdir(parents=True)
    (tmp_path / "Work/Report.md").touch()
    (tmp_path / "Work/caf\u00e9/a\u202eb.md").touch()
    return tmp_path


@pytest.mark.parametrize(
    ("path", "similar"),
    [
        pytest.param("Work/report.md", "similar name: 'Report.md'", id="letter case"),
        pytest.param("work/Report.md", "similar name: 'Work'", id="of a directory"),
        pytest.param("Work/cafe\u0301/x", "similar name: 'caf\u00e9'", id="Unicode normalization"),
        pytest.param("Work/caf\u00e9/A\u202eB.md", r"similar name: 'a\\u202eb.md'", id="with escapes"),
    ],
)  # fmt: skip
def test_a_name_that_only_looks_like_the_one_asked_for_is_described(root: Path, path: str, similar: str) -> None:
    assert SimilarNames(root).describe_similar(path) == similar


@pytest.mark.parametrize("path", ["Work/Report.md", "Work/other.md", "other/Report.md", "Work/Report.md/x", "../x"])
def test_where_nothing_looks_like_it_there_is_nothing_to_say(root: Path, path: str) -> None:
    assert SimilarNames(root).describe_similar(path) is None


def test_nothing_outside_the_root_is_listed(root: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    outside = tmp_path_factory.mktemp("outside")
    (outside / "Secret.md").touch()
    (root / "link").symlink_to(outside)
    assert SimilarNames(root).describe_similar("link/secret.md") is None


def test_a_directory_is_listed_once(root: Path) -> None:
    names = SimilarNames(root)
    assert names.describe_similar("Work/new.md") is None
    (root / "Work/New.md").touch()
    assert names.describe_similar("Work/new.md") is None


def test_where_the_file_system_keeps_letter_case_apart_no_path_is_similar_only(root: Path) -> None:
    if (root / "ORCHESTRATION").exists():
        pytest.skip("this file system ignores letter case")
    assert not SimilarNames(root).is_similar_only("Work/report.md")


def test_where_it_ignores_letter_case_another_spelling_is_noticed(root: Path) -> None:
    if not (root / "ORCHESTRATION").exists():
        (root / "ORCHESTRATION").symlink_to("orchestration")
    names = SimilarNames(root)
    assert names.is_similar_only("Work/report.md")
    assert not names.is_similar_only("Work/Report.md")
