import itertools
import os
from pathlib import Path

import pytest

from gate_tests.files.confined import ConfinedRoot, LeavesRoot


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A folder with a file in a folder, and a secret beside it."""
    (tmp_path / "root/folder").mkdir(parents=True)
    (tmp_path / "root/folder/a.md").write_text("inside")
    (tmp_path / "secret.md").write_text("secret")
    (tmp_path / "alias").symlink_to("root")
    return tmp_path / "root"


def open_beneath(root: Path, path: str) -> int:
    return ConfinedRoot(root).open(path)


def read(root: Path, path: str) -> str:
    with os.fdopen(open_beneath(root, path)) as file:
        return file.read()


@pytest.mark.parametrize(
    ("link", "target", "path"),
    [
        pytest.param(None, None, "folder/a.md", id="no link"),
        pytest.param(None, None, "./folder//../folder/a.md", id="dots"),
        pytest.param("b.md", "folder/a.md", "b.md", id="a link to a file"),
        pytest.param("other", "folder", "other/a.md", id="a link to a directory"),
        pytest.param("folder/up", "..", "folder/up/folder/up/folder/a.md", id="a link upwards, twice"),
        pytest.param("folder/b.md", "../folder/./a.md", "folder/b.md", id="a link up and down"),
        pytest.param("b.md", "{root}/folder/a.md", "b.md", id="an absolute link"),
        pytest.param("b.md", "{root}/../alias/folder/a.md", "b.md", id="an absolute link by another name"),
    ],
)
def test_what_lies_below_is_opened(root: Path, link: str | None, target: str | None, path: str) -> None:
    if link and target:
        (root / link).symlink_to(target.replace("{root}", str(root)))
    assert read(root, path) == "inside"


@pytest.mark.parametrize(
    ("link", "target", "path"),
    [
        pytest.param(None, None, "../secret.md", id="as written"),
        pytest.param(None, None, "folder/../../secret.md", id="as written, further down"),
        pytest.param("b.md", "../secret.md", "b.md", id="a link to a file"),
        pytest.param("b.md", "{root}/../secret.md", "b.md", id="an absolute link"),
        pytest.param("b.md", "/etc/passwd", "b.md", id="another absolute link"),
        pytest.param("out", "..", "out/secret.md", id="a link to a directory"),
        pytest.param("out", "../root", "out/folder/a.md", id="out and in again"),
        pytest.param("b.md", "{root}2/a.md", "b.md", id="a folder whose name only begins alike"),
    ],
)
def test_what_does_not_lie_below_is_not_opened(root: Path, link: str | None, target: str | None, path: str) -> None:
    if link and target:
        (root / link).symlink_to(target.replace("{root}", str(root)))
    with pytest.raises(LeavesRoot):
        open_beneath(root, path)


@pytest.mark.parametrize("path", ["folder/no.md", "no/a.md", "folder/a.md/b.md"])
def test_what_is_not_there_says_so(root: Path, path: str) -> None:
    with pytest.raises((FileNotFoundError, NotADirectoryError)):
        open_beneath(root, path)


def test_links_that_lead_round_in_a_circle_are_given_up(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (root / "a.md").symlink_to("b.md")
    (root / "b.md").symlink_to("a.md")
    really_read, read = os.readlink, itertools.count(1)

    def readlink(path: str, *, dir_fd: int | None = None) -> str:
        assert next(read) < 100, "they are followed for ever"
        return really_read(path, dir_fd=dir_fd)

    monkeypatch.setattr(os, "readlink", readlink)
    with pytest.raises(OSError, match="symbolic links"):
        open_beneath(root, "a.md")


def test_a_link_that_is_put_there_after_one_has_looked_is_not_followed(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The folder becomes a link out of the root at the last moment: what was entered before it stays entered."""
    really_open = os.open

    def swap_then_open(path: str | Path, flags: int, mode: int = 0o777, *, dir_fd: int | None = None) -> int:
        if path == "secret.md":
            (root / "folder").rename(root / "moved")
            (root / "folder").symlink_to("..")
        return really_open(path, flags, mode, dir_fd=dir_fd)

    monkeypatch.setattr(os, "open", swap_then_open)
    with pytest.raises(FileNotFoundError):
        open_beneath(root, "folder/secret.md")


def test_no_descriptor_is_left_open(root: Path) -> None:
    (root / "out").symlink_to("..")
    before = os.listdir("/proc/self/fd")
    os.close(open_beneath(root, "folder/../folder/a.md"))
    for path in ("out/secret.md", "folder/no.md"):
        with pytest.raises((LeavesRoot, OSError)):
            open_beneath(root, path)
    assert os.listdir("/proc/self/fd") == before


# One file after the other


def test_files_of_one_folder_and_of_others_are_opened_in_any_order(root: Path) -> None:
    (root / "b.md").write_text("at the top")
    (root / "folder/c.md").write_text("another")
    beneath = ConfinedRoot(root)
    found = {}
    for path in ("folder/a.md", "folder/c.md", "b.md", "folder/c.md", "folder/a.md"):
        with os.fdopen(beneath.open(path)) as file:
            found[path] = file.read()
    assert found == {"folder/a.md": "inside", "folder/c.md": "another", "b.md": "at the top"}


def test_a_link_beside_the_file_opened_last_leads_nowhere_out(root: Path) -> None:
    (root / "folder/out.md").symlink_to("../../secret.md")
    beneath = ConfinedRoot(root)
    os.close(beneath.open("folder/a.md"))
    with pytest.raises(LeavesRoot):
        beneath.open("folder/out.md")


def test_a_link_that_takes_the_place_of_the_folder_leads_nowhere_out(root: Path) -> None:
    beneath = ConfinedRoot(root)
    os.close(beneath.open("folder/a.md"))
    (root / "folder").rename(root / "moved")
    (root / "folder").symlink_to("..")
    for path in ("folder/secret.md", "folder/a.md"):
        with pytest.raises(LeavesRoot):
            beneath.open(path)


def test_a_directory_that_was_moved_is_not_read_under_its_old_path(root: Path) -> None:
    beneath = ConfinedRoot(root)
    os.close(beneath.open("folder/a.md"))
    (root / "folder").rename(root.parent / "moved out of the root")
    with pytest.raises(FileNotFoundError):
        beneath.open("folder/a.md")
    (root / "folder").mkdir()
    (root / "folder/a.md").write_text("another")
    with os.fdopen(beneath.open("folder/a.md")) as file:
        assert file.read() == "another"


def test_a_directory_whose_parent_was_moved_and_linked_to_is_not_read(root: Path) -> None:
    """The path leads to the same directory as before, but through a link out of the root."""
    (root / "folder/deeper").mkdir()
    (root / "folder/deeper/b.md").write_text("deeper")
    beneath = ConfinedRoot(root)
    os.close(beneath.open("folder/deeper/b.md"))
    (root / "folder").rename(root.parent / "moved")
    (root / "folder").symlink_to("../moved")
    with pytest.raises(LeavesRoot):
        beneath.open("folder/deeper/b.md")


def test_a_root_that_was_replaced_is_entered_anew(root: Path) -> None:
    beneath = ConfinedRoot(root)
    os.close(beneath.open("folder/a.md"))
    root.rename(root.parent / "moved")
    with pytest.raises(FileNotFoundError):
        beneath.open("folder/a.md")


@pytest.mark.skipif(not os.path.exists("/proc/self/fd"), reason="the system does not say where a directory is")
@pytest.mark.parametrize("name", ["root", "alias"])
def test_further_files_of_a_directory_that_was_not_moved_need_no_walk(
    root: Path, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    beneath, really_open, opened = ConfinedRoot(root.parent / name), os.open, []
    for _ in range(2):  # the second asks for the first time where the directory is
        os.close(beneath.open("folder/a.md"))

    def counting_open(path: str | Path, flags: int, mode: int = 0o777, *, dir_fd: int | None = None) -> int:
        opened.append(path)
        return really_open(path, flags, mode, dir_fd=dir_fd)

    monkeypatch.setattr(os, "open", counting_open)
    os.close(beneath.open("folder/a.md"))
    assert opened == ["a.md"]


def test_where_the_system_does_not_say_where_a_directory_is_each_file_is_walked_to(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(path: str, *, dir_fd: int | None = None) -> str:
        raise FileNotFoundError(path)

    (root / "b.md").write_text("at the top")
    monkeypatch.setattr(os, "readlink", fail)
    beneath = ConfinedRoot(root)
    for path in ("folder/a.md", "folder/a.md", "b.md", "b.md"):
        descriptor = beneath.open(path)
        assert os.read(descriptor, 100) == (root / path).read_bytes()
        os.close(descriptor)


def test_a_folder_that_was_reached_through_a_link_is_walked_to_each_time(root: Path) -> None:
    (root / "other").symlink_to("folder")
    beneath = ConfinedRoot(root)
    os.close(beneath.open("other/a.md"))
    (root / "other").unlink()
    (root / "other").symlink_to("..")
    with pytest.raises(LeavesRoot):
        beneath.open("other/a.md")


def test_the_folder_that_stays_open_is_closed_in_the_end(root: Path) -> None:
    before = len(os.listdir("/dev/fd"))
    beneath = ConfinedRoot(root)
    for path in ("folder/a.md", "folder/a.md"):
        os.close(beneath.open(path))
    del beneath
    assert len(os.listdir("/dev/fd")) == before
