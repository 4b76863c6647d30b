"""git is queried for which files a commit would lack."""

import os
from pathlib import Path

import pytest

from runner.git.query import GitQuery
from tests.support.git_checkout import commit, git


def ignored(folder: Path, *paths: str) -> tuple[str, ...]:
    state = GitQuery(folder, paths).wait()
    assert state is not None
    return state.ignored


def test_a_path_that_git_ignores_is_named(checkout: Path) -> None:
    (checkout / ".gitignore").write_text("build/\n*.tmp\n")
    assert ignored(checkout, "a.md", "build/deep/b.md", "c.tmp", "d.md") == ("build/deep/b.md", "c.tmp")


def test_a_tracked_file_is_not_ignored_whatever_the_rules_say(checkout: Path) -> None:
    (checkout / ".gitignore").write_text("*\n")
    assert ignored(checkout, "a.md", "b.md") == ("b.md",)


def test_a_root_below_the_checkout_is_told_of_its_own_paths(checkout: Path) -> None:
    (checkout / "inner").mkdir()
    (checkout / ".gitignore").write_text("/inner/b.md\n")
    assert ignored(checkout / "inner", "a.md", "b.md") == ("b.md",)


ODD = (":/top", "*", "a?", "new\nline", " space ", "-z", "größe", "back\\slash", '"quoted"', "!not", "#hash", "[x]")


def test_odd_names_are_taken_as_they_are(checkout: Path) -> None:
    (checkout / ".gitignore").write_text("out/\n/top\n")
    asked = [f"{folder}{name}" for name in ODD for folder in ("", "out/")]
    assert ignored(checkout, *asked) == tuple(f"out/{name}" for name in ODD)


def test_a_name_that_is_no_utf_8_is_taken_as_it_is(checkout: Path) -> None:
    (checkout / ".gitignore").write_text("out/\n")
    name = os.fsdecode(b"out/\xff.md")
    assert ignored(checkout, name) == (name,)


def test_a_path_through_a_symlink_is_ignored_where_it_leads_or_by_itself(checkout: Path) -> None:
    (checkout / ".gitignore").write_text("build/\nlocal\n")
    (checkout / "build").mkdir()
    (checkout / "kept").mkdir()
    for link, target in {"to-build": "build", "to-kept": "kept", "local": "kept", "loop": "loop"}.items():
        (checkout / link).symlink_to(target)
    asked = ("to-build/b.md", "to-kept/b.md", "local/b.md", "loop/b.md", "build/b.md")
    assert ignored(checkout, *asked) == ("to-build/b.md", "local/b.md", "build/b.md")


def test_a_path_that_git_refuses_spoils_no_others_answer(checkout: Path) -> None:
    (checkout / ".gitignore").write_text("build/\n")
    (checkout / "inner").mkdir()
    git(checkout / "inner", "init", "--quiet")
    (checkout / "inner/b.md").write_text("one\n")
    git(checkout / "inner", "add", "b.md")
    commit(checkout / "inner")
    git(checkout, "add", "inner")
    (checkout / "out").symlink_to(checkout.parent)
    assert ignored(checkout, "build/a.md", "inner/b.md", "out/c.md", "build/d.md") == ("build/a.md", "build/d.md")


@pytest.mark.parametrize("place", [".gitignore", ".git/info/exclude", "../home/.config/git/ignore", "named", "xdg"])
def test_a_path_is_ignored_wherever_git_is_told_so(checkout: Path, place: str, monkeypatch: pytest.MonkeyPatch) -> None:
    home = checkout.parent / "home"
    files = {"named": home / "named", "xdg": home / "xdg/git/ignore"}
    rules = files.get(place, checkout / place)
    rules.parent.mkdir(parents=True, exist_ok=True)
    rules.write_text("b.md\n")
    home.mkdir(exist_ok=True)
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.delenv("XDG_CONFIG_HOME", raising=False)
    if place == "xdg":
        monkeypatch.setenv("XDG_CONFIG_HOME", str(home / "xdg"))
    if place == "named":
        (home / ".gitconfig").write_text("[core]\n\texcludesFile = ~/named\n")
    assert ignored(checkout, "b.md", "c.md") == ("b.md",)


def test_what_the_checkout_excludes_itself_is_ignored_in_a_linked_work_tree_too(checkout: Path) -> None:
    commit(checkout)
    git(checkout, "worktree", "add", "--quiet", "../linked")
    (checkout / ".git/info").mkdir(exist_ok=True)
    (checkout / ".git/info/exclude").write_text("b.md\n")
    assert ignored(checkout.with_name("linked"), "b.md", "c.md") == ("b.md",)
