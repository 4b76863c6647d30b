"""Git is asked which commit the work stands on and what it ignores, and is made to run nothing."""

import os
import subprocess
import time
from pathlib import Path

import pytest

from runner import git as runner_git
from runner.git import GitQuery, GitState


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A git repository with one file, not committed yet."""
    folder = tmp_path / "checkout"
    folder.mkdir()
    git(folder, "init", "--quiet")
    (folder / "a.md").write_text("one\n")
    git(folder, "add", "a.md")
    return folder


def git(folder: Path, *arguments: str) -> str:
    """Runs git as nobody in particular, without any machine's configuration."""
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith("GIT_")},
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_CONFIG_NOSYSTEM": "1",
    }
    who = ("-c", "user.name=Nobody", "-c", "user.email=nobody@example.org", "-c", "commit.gpgsign=false")
    done = subprocess.run(("git", *who, *arguments), cwd=folder, env=environment, capture_output=True, check=True)
    return done.stdout.decode().strip()


def commit(folder: Path) -> str:
    git(folder, "commit", "--quiet", "-m", "first")
    return git(folder, "rev-parse", "HEAD")


def canary(folder: Path) -> tuple[Path, Path]:
    """A program outside the repository, and the file that is there once it has run."""
    program, ran = folder.parent / "canary", folder.parent / "it-ran"
    program.write_text(f"#!/bin/sh\ntouch '{ran}'\ncat\n")
    program.chmod(0o755)
    return program, ran


def touch(path: Path) -> None:
    """Makes git look at the file's content again: its time is not that of the index."""
    os.utime(path, (1_000_000_000, 1_000_000_000))


def ignored(folder: Path, *paths: str) -> tuple[str, ...]:
    state = GitQuery(folder, paths).wait()
    assert state is not None
    return state.ignored


# The commit


def test_a_clean_checkout_is_its_commit(checkout: Path) -> None:
    head = commit(checkout)
    assert GitQuery(checkout).wait() == GitState(head, dirty=False)


def test_an_attempt_holds_the_commit_and_whether_it_is_dirty() -> None:
    assert GitState("abc", dirty=True, ignored=("a.md",)).to_json() == {"commit": "abc", "dirty": True}


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


# No answer


def test_outside_a_checkout_there_is_no_answer(tmp_path: Path) -> None:
    assert GitQuery(tmp_path).wait() is None


def test_without_git_there_is_no_answer(checkout: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(checkout.parent / "nothing-here"))
    assert GitQuery(checkout).wait() is None


def test_of_a_bare_repository_there_is_no_answer(tmp_path: Path) -> None:
    git(tmp_path, "init", "--quiet", "--bare")
    assert GitQuery(tmp_path).wait() is None


def test_of_a_bare_repository_planted_inside_a_checkout_there_is_no_answer(checkout: Path) -> None:
    commit(checkout)
    (checkout / "inner").mkdir()
    git(checkout / "inner", "init", "--quiet", "--bare")
    git(checkout / "inner", "--git-dir=.", "config", "core.bare", "false")
    git(checkout / "inner", "--git-dir=.", "config", "core.worktree", ".")
    assert GitQuery(checkout / "inner").wait() is None


@pytest.mark.parametrize("path", [".git/HEAD", ".git/config"])
def test_of_a_broken_repository_there_is_no_answer(checkout: Path, path: str) -> None:
    commit(checkout)
    (checkout / path).write_bytes(b"\0[broken")
    assert GitQuery(checkout).wait() is None


def test_of_a_work_tree_that_is_elsewhere_there_is_no_answer(checkout: Path) -> None:
    commit(checkout)
    (checkout.parent / "elsewhere").mkdir()
    git(checkout, "config", "core.worktree", str(checkout.parent / "elsewhere"))
    assert GitQuery(checkout).wait() is None


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a file away")
def test_of_somebody_elses_repository_there_is_no_answer(checkout: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    commit(checkout)
    monkeypatch.setenv("HOME", str(checkout.parent))
    for path in (checkout, checkout / ".git"):
        os.chown(path, 12345, 12345)
    assert GitQuery(checkout).wait() is None


def test_where_git_waits_for_ever_there_is_no_answer(checkout: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    commit(checkout)
    monkeypatch.setattr(runner_git, "_TIMEOUT_S", 0.5)
    os.mkfifo(checkout / ".gitattributes")
    touch(checkout / "a.md")
    began = time.monotonic()
    assert GitQuery(checkout).wait() is None
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


# Nothing is run, nothing is written


def test_git_variables_of_the_surroundings_do_not_change_the_answer(
    checkout: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    head = commit(checkout)
    monkeypatch.setenv("GIT_DIR", str(checkout / "another/.git"))
    assert GitQuery(checkout).wait() == GitState(head, dirty=False)


def test_asking_writes_nothing_into_the_checkout(checkout: Path) -> None:
    commit(checkout)
    touch(checkout / "a.md")  # makes git want to refresh its index
    before = (checkout / ".git/index").read_bytes()
    assert GitQuery(checkout, ["a.md"]).wait()
    assert (checkout / ".git/index").read_bytes() == before


def test_a_monitor_that_the_checkout_configures_is_not_run(checkout: Path) -> None:
    head = commit(checkout)
    program, ran = canary(checkout)
    git(checkout, "config", "core.fsmonitor", str(program))
    assert GitQuery(checkout, ["a.md", "b.md"]).wait() == GitState(head, dirty=False)
    assert not ran.exists()


def test_a_hook_of_the_checkout_is_not_run(checkout: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    commit(checkout)
    program, ran = canary(checkout)
    (checkout / ".git/hooks").mkdir(exist_ok=True)
    (checkout / ".git/hooks/post-index-change").symlink_to(program)
    monkeypatch.setitem(runner_git._VARIABLES, "GIT_OPTIONAL_LOCKS", "1")  # else git has no occasion to run it
    touch(checkout / "a.md")
    assert GitQuery(checkout).wait()
    assert not ran.exists()


@pytest.mark.parametrize("key", ["clean", "process"])
@pytest.mark.parametrize("name", ["plain", "a=b", "a.b c", "größe", "clean", ""])
def test_no_filter_is_run_whatever_it_is_called(checkout: Path, name: str, key: str) -> None:
    head = commit(checkout)
    program, ran = canary(checkout)
    with (checkout / ".git/config").open("a", encoding="utf-8") as config:
        config.write(f'[filter "{name}"]\n\t{key} = {program}\n\trequired = true\n')
    attribute = f"filter={name}" if " " not in name else "filter=a.b"
    (checkout / ".gitattributes").write_text(f"* {attribute}\n", "utf-8")
    touch(checkout / "a.md")
    assert GitQuery(checkout).wait() == GitState(head, dirty=False)
    assert not ran.exists()


@pytest.mark.parametrize("where", ["an included file", "a home", "a work tree's own"])
def test_no_filter_is_run_wherever_it_is_configured(
    checkout: Path, where: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    head = commit(checkout)
    program, ran = canary(checkout)
    monkeypatch.setenv("HOME", str(checkout / "home"))
    file = {"an included file": "more", "a home": "home/.gitconfig", "a work tree's own": ".git/config.worktree"}[where]
    (checkout / "home").mkdir()
    (checkout / file).write_text(f"[filter.evil]\n\tclean = {program}\n")
    if where == "an included file":
        git(checkout, "config", f"includeIf.gitdir:{checkout}/.path", str(checkout / file))
    if where == "a work tree's own":
        git(checkout, "config", "extensions.worktreeConfig", "true")
    (checkout / ".gitattributes").write_text("* filter=evil\n")
    touch(checkout / "a.md")
    assert GitQuery(checkout).wait() == GitState(head, dirty=False)
    assert not ran.exists()


def test_what_a_partial_clone_lacks_is_not_fetched(checkout: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    commit(checkout)
    program, ran = canary(checkout)
    tree = git(checkout, "rev-parse", "HEAD^{tree}")
    (checkout / ".git/objects" / tree[:2] / tree[2:]).unlink()
    (checkout / ".git/index").unlink()  # it knows the tree's name
    for name, value in {
        "extensions.partialClone": "origin",
        "remote.origin.promisor": "true",
        "remote.origin.url": f"ext::{program}",
        "protocol.ext.allow": "always",
        "core.repositoryFormatVersion": "1",
    }.items():
        git(checkout, "config", name, value)
    assert GitQuery(checkout).wait() is None
    monkeypatch.delitem(runner_git._VARIABLES, "GIT_NO_LAZY_FETCH")  # as with an older git
    assert GitQuery(checkout).wait() is None
    assert not ran.exists()


def test_a_submodule_is_not_looked_into(checkout: Path) -> None:
    inner = checkout / "inner"
    inner.mkdir()
    git(inner, "init", "--quiet")
    (inner / "b.md").write_text("one\n")
    git(inner, "add", "b.md")
    commit(inner)
    git(checkout, "add", "inner")
    head = commit(checkout)
    program, ran = canary(checkout)
    git(inner, "config", "core.fsmonitor", str(program))
    git(inner, "config", "filter.evil.clean", str(program))
    (inner / ".gitattributes").write_text("* filter=evil\n")
    (inner / "b.md").write_text("two\n")
    assert GitQuery(checkout).wait() == GitState(head, dirty=False)
    assert not ran.exists()


@pytest.mark.parametrize("path", [".", "", "bin", "../bin", "{root}/bin", "{root}-link"])
def test_a_git_of_the_repositorys_own_is_not_run(checkout: Path, path: str, monkeypatch: pytest.MonkeyPatch) -> None:
    head = commit(checkout)
    program, ran = canary(checkout)
    for place in ("git", "bin/git", "../bin/git"):
        (checkout / place).parent.mkdir(exist_ok=True)
        (checkout / place).write_bytes(program.read_bytes())
        (checkout / place).chmod(0o755)
    checkout.with_name("checkout-link").symlink_to("checkout/bin")
    monkeypatch.setenv("PATH", f"{path.format(root=checkout)}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.chdir(checkout)
    assert GitQuery(checkout).wait() == GitState(head, dirty=False)
    assert not ran.exists()


def test_a_link_to_a_git_of_the_repositorys_own_is_not_run(checkout: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    head = commit(checkout)
    program, ran = canary(checkout)
    (checkout / "git").write_bytes(program.read_bytes())
    (checkout / "git").chmod(0o755)
    (checkout.parent / "bin").mkdir()
    (checkout.parent / "bin/git").symlink_to(checkout / "git")
    monkeypatch.setenv("PATH", f"{checkout.parent / 'bin'}{os.pathsep}{os.environ['PATH']}")
    assert GitQuery(checkout).wait() == GitState(head, dirty=False)
    assert not ran.exists()


@pytest.mark.parametrize("path", [".", "{root}"])
def test_a_git_that_is_a_script_finds_no_program_of_the_repository(
    checkout: Path, path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    commit(checkout)
    program, ran = canary(checkout)
    (checkout / "env-of-mine").write_bytes(program.read_bytes())
    (checkout / "env-of-mine").chmod(0o755)
    (checkout.parent / "bin").mkdir()
    script = checkout.parent / "bin/git"
    script.write_text("#!/bin/sh\nenv-of-mine </dev/null\nexit 128\n")
    script.chmod(0o755)
    monkeypatch.setenv("PATH", os.pathsep.join((path.format(root=checkout), str(script.parent), os.environ["PATH"])))
    assert GitQuery(checkout).wait() is None
    assert not ran.exists()


def test_git_is_told_to_ask_nobody_and_to_write_nothing(checkout: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    told = checkout.parent / "told"
    (checkout.parent / "bin").mkdir()
    script = checkout.parent / "bin/git"
    script.write_text(f"#!/bin/sh\nenv >'{told}'\nexit 128\n")
    script.chmod(0o755)
    monkeypatch.setenv("PATH", f"{script.parent}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setenv("GIT_ASKPASS", "/bin/true")
    assert GitQuery(checkout).wait() is None
    variables = {line for line in told.read_text().splitlines() if line.startswith("GIT_")}
    assert variables == {
        "GIT_OPTIONAL_LOCKS=0", "GIT_NO_LAZY_FETCH=1", "GIT_ALLOW_PROTOCOL=none", "GIT_TERMINAL_PROMPT=0",
    }  # fmt: skip


# What git ignores


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
