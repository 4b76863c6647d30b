"""git is queried for the commit of the work, in every kind of checkout."""

import os
import shutil
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from runner.git import command, isolated
from runner.git.query import GitQuery, GitState
from runner.git.repository import GitUnavailable
from tests.support.git_checkout import commit, git, make_checkout, plant_program, touch
from tests.support.messages import message, pattern


def problem(folder: Path) -> str | None:
    """Why there was no answer."""
    query = GitQuery(folder)
    assert query.wait() is None
    return query.problem


# The commit


def test_a_clean_checkout_is_its_commit(checkout: Path) -> None:
    head = commit(checkout)
    assert GitQuery(checkout).wait() == GitState(head, dirty=False)


def test_an_attempt_holds_the_commit_and_whether_it_is_dirty() -> None:
    assert GitState("abc", dirty=True, ignored=("a.md",)).to_json() == {"commit": "abc", "dirty": True}


def test_an_answer_comes_with_no_problem(checkout: Path) -> None:
    query = GitQuery(checkout)
    assert query.wait()
    assert query.problem is None


def test_a_folder_inside_the_checkout_gives_the_same_answer(checkout: Path) -> None:
    head = commit(checkout)
    (checkout / "inner").mkdir()
    assert GitQuery(checkout / "inner").wait() == GitState(head, dirty=False)


def test_a_changed_tracked_file_makes_it_dirty(checkout: Path) -> None:
    head = commit(checkout)
    (checkout / "a.md").write_text("two\n")
    assert GitQuery(checkout).wait() == GitState(head, dirty=True)


def test_a_file_that_git_does_not_know_does_not_make_it_dirty(checkout: Path) -> None:
    head = commit(checkout)
    (checkout / "new.md").write_text("new\n")
    assert GitQuery(checkout).wait() == GitState(head, dirty=False)


def test_before_the_first_commit_there_is_none(checkout: Path) -> None:
    assert GitQuery(checkout).wait() == GitState(None, dirty=True)


def test_three_commands_are_enough(checkout: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    commit(checkout)
    calls, real = checkout.parent / "calls", shutil.which("git")
    plant_program(checkout.parent / "bin/git", f"echo $2 >>'{calls}'; exec {real} \"$@\"")
    monkeypatch.setenv("PATH", f"{checkout.parent / 'bin'}{os.pathsep}{os.environ['PATH']}")
    assert GitQuery(checkout, ["a.md", "b.md"]).wait()
    assert calls.read_text().split() == ["config", "status", "check-ignore"]


# Every kind of checkout


def linked(folder: Path) -> Path:
    git(folder, "worktree", "add", "--quiet", "--detach", "../linked")
    return folder.with_name("linked")


def linked_of_bare(folder: Path) -> Path:
    git(folder, "clone", "--quiet", "--bare", ".", "../bare.git")
    git(folder.with_name("bare.git"), "worktree", "add", "--quiet", "../linked")
    return folder.with_name("linked")


def submodule(folder: Path) -> Path:
    git(make_checkout(folder.with_name("outer")), "submodule", "--quiet", "add", str(folder), "inner")
    return folder.with_name("outer") / "inner"


def cloned(*options: str) -> Callable[[Path], Path]:
    def clone(folder: Path) -> Path:
        git(folder, "clone", "--quiet", *options, folder.as_uri(), "../cloned")
        return folder.with_name("cloned")

    return clone


def changed_by(*commands: str) -> Callable[[Path], Path]:
    def change(folder: Path) -> Path:
        for each in commands:
            git(folder, *each.split())
        return folder

    return change


def relative_alternates(folder: Path) -> Path:
    alternates = cloned("--shared")(folder) / ".git/objects/info/alternates"
    alternates.write_text(f"../../../{folder.name}/.git/objects\n")
    return folder.with_name("cloned")


def dot_git_is_a_link(folder: Path) -> Path:
    (folder / ".git").rename(folder.with_name("elsewhere"))
    (folder / ".git").symlink_to("../elsewhere")
    return folder


def through_a_link(folder: Path) -> Path:
    folder.with_name("link").symlink_to(folder.name)
    return folder.with_name("link")


def sparse(folder: Path) -> Path:
    for path in ("kept/b.md", "left-out/c.md"):
        (folder / path).parent.mkdir()
        (folder / path).write_text("one\n")
    git(folder, "add", "kept", "left-out")
    commit(folder)
    git(folder, "sparse-checkout", "set", "--cone", "--sparse-index", "kept")
    assert not (folder / "left-out").exists()
    return folder


def work_tree_named_above(folder: Path) -> Path:
    git(folder, "config", "core.worktree", "../..")
    (folder / ".git").rename(folder / "inner.git")
    (folder / "inner").mkdir()
    (folder / "inner.git").rename(folder / "inner/.git")
    return folder / "inner"


KINDS: dict[str, Callable[[Path], Path]] = {
    "a linked work tree": linked,
    "a linked work tree of a bare repository": linked_of_bare,
    "a submodule": submodule,
    "a shallow clone": cloned("--depth=1"),
    "a partial clone": cloned("--filter=blob:none"),
    "a clone that shares objects": cloned("--shared"),
    "alternates by a relative path": relative_alternates,
    "a detached HEAD": changed_by("checkout --quiet --detach"),
    "packed references": changed_by("pack-refs --all", "gc --quiet"),
    "a split index": changed_by("config core.splitIndex true", "update-index --split-index"),
    "an index of version 4": changed_by("update-index --index-version=4"),
    "a configuration per work tree": changed_by("config extensions.worktreeConfig true"),
    "a sparse checkout": sparse,
    "a .git that is a link": dot_git_is_a_link,
    "a root that is a link": through_a_link,
    "a work tree that is named, with the root in it": work_tree_named_above,
}


@pytest.mark.parametrize("make", KINDS.values(), ids=KINDS.keys())
def test_the_answer_is_the_same_in(checkout: Path, make: Callable[[Path], Path]) -> None:
    commit(checkout)
    git(checkout, "config", "uploadpack.allowFilter", "true")
    folder = make(checkout)
    head = git(folder, "rev-parse", "HEAD")
    assert GitQuery(folder).wait() == GitState(head, dirty=False)
    (Path(git(folder, "rev-parse", "--show-toplevel")) / "a.md").write_text("two\n")
    assert GitQuery(folder).wait() == GitState(head, dirty=True)


@pytest.mark.parametrize("option", ["--object-format=sha256", "--ref-format=reftable"])
def test_the_answer_is_the_same_where_git_stores_things_otherwise(tmp_path: Path, option: str) -> None:
    try:
        folder = make_checkout(tmp_path / "checkout", option)
    except subprocess.CalledProcessError:
        pytest.skip("this git is too old for it")
    head = commit(folder)
    for place in (folder, linked(folder)):
        assert GitQuery(place).wait() == GitState(head, dirty=False)
        (place / "a.md").write_text("two\n")
        assert GitQuery(place).wait() == GitState(head, dirty=True)


@pytest.mark.parametrize("index", ["--sparse-index", "--no-sparse-index"])
def test_a_file_that_is_there_although_a_sparse_checkout_leaves_it_out_is_compared(checkout: Path, index: str) -> None:
    head = git(sparse(checkout), "rev-parse", "HEAD")
    git(checkout, "sparse-checkout", "reapply", index)
    (checkout / "left-out").mkdir()
    (checkout / "left-out/c.md").write_text("changed where it was left out\n")
    assert git(checkout, "--no-optional-locks", "status", "--porcelain")
    assert GitQuery(checkout).wait() == GitState(head, dirty=True)


# Somebody else's repository: nothing of its configuration is run, so that it can be read


def refuses(folder: Path) -> bool:
    """Whether git, typed here, refuses the repository because of its owner."""
    done = subprocess.run(("git", "status"), cwd=folder, capture_output=True, check=False)
    return b"dubious ownership" in done.stderr


def test_somebody_elses_repository_is_read_too(checkout: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    head = commit(checkout)
    monkeypatch.setitem(command._VARIABLES, "GIT_TEST_ASSUME_DIFFERENT_OWNER", "1")
    monkeypatch.setenv("GIT_TEST_ASSUME_DIFFERENT_OWNER", "1")
    assert refuses(checkout)
    assert GitQuery(checkout).wait() == GitState(head, dirty=False)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a file away")
def test_a_repository_that_belongs_to_another_user_is_read_too(checkout: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    head = commit(checkout)
    monkeypatch.setenv("HOME", str(checkout.parent))
    for path in (checkout, checkout / ".git"):
        os.chown(path, 12345, 12345)
    assert refuses(checkout)
    assert GitQuery(checkout).wait() == GitState(head, dirty=False)


# No answer


def test_outside_a_checkout_there_is_no_answer_and_no_problem(tmp_path: Path) -> None:
    query = GitQuery(tmp_path)
    assert query.wait() is None
    assert query.problem is None


def test_of_a_work_tree_that_is_elsewhere_there_is_no_answer(checkout: Path) -> None:
    commit(checkout)
    (checkout.parent / "elsewhere").mkdir()
    git(checkout, "config", "core.worktree", str(checkout.parent / "elsewhere"))
    assert GitQuery(checkout).wait() is None


def test_without_git_there_is_no_answer_and_the_problem_says_so(
    checkout: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(checkout.parent / "nothing-here"))
    assert problem(checkout) == message("git-not-found")


def test_of_a_bare_repository_there_is_no_answer(tmp_path: Path) -> None:
    git(tmp_path, "init", "--quiet", "--bare")
    assert problem(tmp_path) == message("git-bare", folder=tmp_path)


def test_of_a_bare_repository_planted_inside_a_checkout_there_is_no_answer(checkout: Path) -> None:
    commit(checkout)
    (checkout / "inner").mkdir()
    git(checkout / "inner", "init", "--quiet", "--bare")
    git(checkout / "inner", "--git-dir=.", "config", "core.bare", "false")
    git(checkout / "inner", "--git-dir=.", "config", "core.worktree", ".")
    assert problem(checkout / "inner") == message("git-bare", folder=checkout / "inner")


@pytest.mark.parametrize(
    ("path", "reason"),
    [
        (".git/config", "fatal: bad config line 1 in file "),
        (".git/HEAD", message("git-too-old")),
        (".git/index", "fatal: index file corrupt"),
    ],
)
def test_of_a_broken_repository_there_is_no_answer(checkout: Path, path: str, reason: str) -> None:
    commit(checkout)
    (checkout / path).write_bytes(b"\0[broken" * 100)
    assert str(problem(checkout)).startswith(reason)


def test_of_a_repository_that_lacks_a_part_there_is_no_answer(checkout: Path) -> None:
    shutil.rmtree(checkout / ".git/refs")
    assert problem(checkout) == message("git-unusable", path=checkout / ".git")


def test_of_a_repository_of_a_later_git_there_is_no_answer(checkout: Path) -> None:
    commit(checkout)
    git(checkout, "config", "core.repositoryFormatVersion", "1")
    git(checkout, "config", "extensions.ofTheFuture", "true")
    assert problem(checkout) == message("git-too-old")


def test_where_a_git_file_leads_nowhere_there_is_no_answer(checkout: Path) -> None:
    dot_git = checkout / "inner/.git"
    dot_git.parent.mkdir()
    dot_git.write_text("gitdir: /nowhere\n")
    assert problem(dot_git.parent) == message("git-file-leads-nowhere", path=dot_git, folder="/nowhere")
    dot_git.write_text("/nowhere")
    assert problem(dot_git.parent) == message("git-file-broken", path=dot_git)


@pytest.mark.parametrize("path", ["inner/.git", ".git/commondir"])
def test_where_a_file_that_names_a_directory_is_huge_there_is_no_answer(checkout: Path, path: str) -> None:
    (checkout / "inner").mkdir()
    with (checkout / path).open("wb") as file:
        file.truncate(1 << 40)
    assert problem(checkout / "inner") == message("git-file-too-large", path=checkout / path, limit="64 KiB")


def test_where_no_temporary_directory_can_be_made_there_is_no_answer(
    checkout: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    commit(checkout)
    monkeypatch.setenv("TMPDIR", str(checkout))
    monkeypatch.setattr(isolated, "_TEMPORARY_DIRECTORIES", ("/nowhere",))
    assert problem(checkout) == message("git-no-temporary-directory")


@pytest.mark.slow
def test_where_git_prints_without_end_there_is_no_answer(checkout: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (checkout / "large").write_bytes(bytes(64 << 20))
    git(checkout, "add", "large")
    commit(checkout)
    monkeypatch.setattr(command, "_LOOK_EVERY_S", 0.001)
    monkeypatch.setattr(command, "MAX_FILE_BYTES", 1 << 20)
    with isolated.open_repository(command.GitCommand(checkout)) as repository:
        assert repository
        with pytest.raises(GitUnavailable, match=pattern("git-printed-too-much", limit="1 MiB")):
            repository.run("cat-file", "blob", "HEAD:./large")


@pytest.mark.slow
def test_where_git_waits_for_ever_there_is_no_answer(checkout: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    commit(checkout)
    monkeypatch.setattr(command, "_TIMEOUT_S", 0.5)
    os.mkfifo(checkout / ".gitattributes")
    touch(checkout / "a.md")
    began = time.monotonic()
    assert problem(checkout) == message("git-too-slow", seconds=0.5)
    assert 0.4 < time.monotonic() - began < 20


@pytest.mark.slow
def test_a_question_that_nobody_waits_for_leaves_no_process(checkout: Path) -> None:
    commit(checkout)
    os.mkfifo(checkout / ".gitattributes")
    touch(checkout / "a.md")
    began = time.monotonic()
    with GitQuery(checkout) as query:
        time.sleep(0.3)  # git waits at the FIFO now
    assert query.wait() is None
    assert time.monotonic() - began < 20
