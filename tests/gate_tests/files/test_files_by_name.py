from pathlib import Path

import pytest

from gate_tests.files import files_by_name
from gate_tests.files.files_by_name import find_files_by_name


def write(root: Path, *paths: str) -> None:
    for path in paths:
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text("")


def test_files_are_found_by_their_names_wherever_they_are(tmp_path: Path) -> None:
    write(tmp_path, "a.py", "x/a.py", "x/y/a.py", "x/b.py", "x/aa.py", "A.py")
    assert find_files_by_name(tmp_path, {"a.py", "b.py", "c.py"}) == {
        "a.py": ["a.py", "x/a.py", "x/y/a.py"],
        "b.py": ["x/b.py"],
    }


def test_what_nobody_wrote_is_not_looked_at(tmp_path: Path) -> None:
    write(tmp_path, ".git/a.py", "x/node_modules/y/a.py", ".venv/a.py", ".github/a.py")
    assert find_files_by_name(tmp_path, {"a.py"}) == {"a.py": [".github/a.py"]}


def test_nothing_outside_is_found(tmp_path: Path) -> None:
    root = tmp_path / "root"
    write(tmp_path, "beside/a.py", "root/b.py")
    (root / "link").symlink_to("../beside")
    (root / "a.py").symlink_to("../beside/a.py")
    assert find_files_by_name(root, {"a.py"}) == {}


def test_a_large_tree_is_looked_at_in_part(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path, *(f"{number}/a.py" for number in range(50)))
    monkeypatch.setattr(files_by_name, "MAX_ENTRIES", 70)
    assert 0 < len(find_files_by_name(tmp_path, {"a.py"})["a.py"]) < 50


def test_a_root_that_is_missing_has_no_files(tmp_path: Path) -> None:
    assert find_files_by_name(tmp_path / "none", {"a.py"}) == {}
