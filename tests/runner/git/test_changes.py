"""Whether tracked files differ from the commit: as git says with the same settings, but without a filter."""

import os
import subprocess
import time
from contextlib import suppress
from pathlib import Path

import pytest

from runner.git.query import GitQuery, GitState
from tests.support.git_checkout import commit, git, plant_program, touch

RUN = "orchestration/runs/run_20260101T000000Z_tea_000000"


def is_dirty(folder: Path) -> bool:
    query = GitQuery(folder)
    state = query.wait()
    assert state, query.problem
    return state.dirty


def write(path: Path, content: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content)


@pytest.mark.parametrize(
    ("change", "dirty"),
    [
        (("rm", "a.md"), True),
        (("rm", "-rf", ".git/objects/info"), False),
        (("chmod", "+x", "a.md"), True),
        (("ln", "-sf", "b.md", "a.md"), True),
        (("git", "rm", "-q", "--cached", "a.md"), True),
        (("git", "mv", "a.md", "b.md"), True),
        (("git", "update-index", "--assume-unchanged", "a.md"), False),
        (("cp", "a.md", "b.md"), False),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else "",
)
def test_a_change_of_a_tracked_file_counts(checkout: Path, change: tuple[str, ...], dirty: bool) -> None:
    commit(checkout)
    subprocess.run(change, cwd=checkout, check=True)
    assert is_dirty(checkout) is dirty


def test_a_conflict_counts(checkout: Path) -> None:
    commit(checkout)
    for branch, content in (("one", "one more\n"), ("two", "two\n")):
        git(checkout, "checkout", "--quiet", "-b", branch, "master" if branch == "one" else "one~1")
        (checkout / "a.md").write_text(content)
        git(checkout, "commit", "--quiet", "-a", "-m", branch)
    with suppress(subprocess.CalledProcessError):
        git(checkout, "merge", "--quiet", "one")
    assert "<<<<<<<" in (checkout / "a.md").read_text()
    assert is_dirty(checkout)


# Records


@pytest.mark.parametrize("root", [".", "packages/one"])
def test_what_orch_writes_itself_does_not_count(checkout: Path, root: str) -> None:
    own = (f"{RUN}/record/RUN.json", f"{RUN}/record/gates/G1/attempt-1.json", f"{RUN}/logs/prompt.txt")
    for path in own:
        write(checkout / root / path, "{}")
    git(checkout, "add", ".")
    commit(checkout)
    write(checkout / root / own[0], '{"status": "PASS"}')
    (checkout / root / own[1]).unlink()
    git(checkout, "rm", "--quiet", "--cached", f"{root}/{own[2]}")
    assert not is_dirty(checkout / root)


@pytest.mark.parametrize("path", [f"{RUN}/artifact.md", "orchestration/gates/G1.json", f"elsewhere/{RUN}/record/a.md"])
def test_every_other_file_does_wherever_it_is(checkout: Path, path: str) -> None:
    write(checkout / path, "one")
    git(checkout, "add", ".")
    commit(checkout)
    write(checkout / path, "two")
    assert is_dirty(checkout)


# Filters


@pytest.fixture
def filtered(checkout: Path) -> Path:
    """A clean checkout with a file that a filter keeps in another form, as Git LFS does."""
    plant_program(checkout.parent / "clean", "sed s/large/small/")
    (checkout / ".gitattributes").write_text("*.bin filter=large\n")
    git(checkout, "config", "filter.large.clean", str(checkout.parent / "clean"))
    (checkout / "a.bin").write_text("a large file\n")
    git(checkout, "add", "a.bin", ".gitattributes")
    commit(checkout)
    assert git(checkout, "show", "HEAD:a.bin") == "a small file"
    return checkout


def test_a_clean_checkout_with_a_filter_is_clean(filtered: Path) -> None:
    assert git(filtered, "status", "--porcelain") == ""
    assert not is_dirty(filtered)


@pytest.mark.slow
def test_a_clone_with_a_filter_is_clean_at_once_and_later(filtered: Path) -> None:
    git(filtered, "clone", "--quiet", "--no-checkout", ".", "../cloned")
    cloned = filtered.with_name("cloned")
    git(cloned, "config", "filter.large.clean", str(filtered.parent / "clean"))
    git(cloned, "config", "filter.large.smudge", "sed s/small/large/")
    git(cloned, "checkout", "--quiet", "HEAD")
    assert (cloned / "a.bin").read_text() == "a large file\n"
    assert not is_dirty(cloned)
    time.sleep(1.1)  # git compares contents again within the second of its index
    assert not is_dirty(cloned)


@pytest.mark.parametrize("content", ["a large file, longer\n", "A large file\n"], ids=["another size", "the same size"])
def test_a_change_of_a_file_with_a_filter_counts(filtered: Path, content: str) -> None:
    (filtered / "a.bin").write_text(content)
    assert is_dirty(filtered)


def test_a_change_of_another_file_counts_beside_one_with_a_filter(filtered: Path) -> None:
    (filtered / "a.md").write_text("two\n")
    assert is_dirty(filtered)


def test_another_file_is_compared_by_its_bytes_even_where_it_has_the_size_and_time_of_the_index(filtered: Path) -> None:
    before = (filtered / "a.md").stat()
    (filtered / "a.md").write_text("two\n")
    os.utime(filtered / "a.md", ns=(before.st_atime_ns, before.st_mtime_ns))
    assert is_dirty(filtered)


def test_a_file_with_a_filter_that_is_removed_or_a_folder_now_counts(filtered: Path) -> None:
    (filtered / "a.bin").unlink()
    assert is_dirty(filtered)
    (filtered / "a.bin").mkdir()
    assert is_dirty(filtered)


def test_a_file_with_a_filter_that_was_written_again_counts_since_only_the_filter_could_tell(filtered: Path) -> None:
    touch(filtered / "a.bin")
    assert is_dirty(filtered)


def test_a_file_with_a_filter_that_has_the_bytes_of_the_commit_is_unchanged(filtered: Path) -> None:
    (filtered / "a.bin").write_text("a small file\n")
    touch(filtered / "a.bin")
    assert not is_dirty(filtered)


def test_a_filter_that_is_named_but_not_configured_excuses_nothing(filtered: Path) -> None:
    (filtered / "a.md").write_text("two\n")
    git(filtered, "config", "filter.other.clean", "cat")
    (filtered / ".gitattributes").write_text("* filter=nobodys\n*.bin filter=large\n")
    git(filtered, "add", ".gitattributes")
    commit(filtered)
    assert is_dirty(filtered)


def test_odd_names_below_the_top_are_compared_too(filtered: Path) -> None:
    names = ["new\nline.bin", ' "quoted" .bin', "größe.bin", os.fsdecode(b"\xff.bin"), ":(top)a.bin"]
    for name in names:
        write(filtered / "inner" / name, "a large file\n")
    git(filtered, "add", "inner")
    commit(filtered)
    assert not is_dirty(filtered / "inner")
    (filtered / "inner" / names[0]).write_text("A large file\n")
    assert is_dirty(filtered / "inner")


# Settings


def configure(checkout: Path, where: str, name: str, value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    home = checkout.parent / "home"
    home.mkdir()
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.delenv("XDG_CONFIG_HOME", raising=False)
    if where == "the repository":
        git(checkout, "config", name, value)
    else:
        file = {"the user": home / ".gitconfig", "an included file": checkout.parent / "included"}[where]
        git(checkout, "config", "--file", str(file), name, value)
    if where == "an included file":
        git(checkout, "config", "include.path", str(checkout.parent / "included"))


everywhere = pytest.mark.parametrize("where", ["the repository", "the user", "an included file"])


@everywhere
@pytest.mark.parametrize(("value", "dirty"), [("false", False), ("true", True)])
def test_the_mode_of_a_file_counts_where_git_is_told_so(
    checkout: Path, where: str, value: str, dirty: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    head = commit(checkout)
    git(checkout, "config", "--unset", "core.fileMode")
    configure(checkout, where, "core.fileMode", value, monkeypatch)
    (checkout / "a.md").chmod(0o755)
    assert GitQuery(checkout).wait() == GitState(head, dirty)


def commit_with_crlf(checkout: Path) -> str:
    """A commit of a file whose line ends are converted; git must look at its content again."""
    (checkout / "a.md").write_bytes(b"one\r\n")
    git(checkout, "-c", "core.autocrlf=true", "add", "a.md")
    head = commit(checkout)
    assert git(checkout, "show", "HEAD:a.md") == "one"
    touch(checkout / "a.md")
    return head


@everywhere
@pytest.mark.parametrize(("value", "dirty"), [("true", False), ("input", False), ("false", True)])
def test_line_ends_count_where_git_converts_none(
    checkout: Path, where: str, value: str, dirty: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    head = commit_with_crlf(checkout)
    configure(checkout, where, "core.autocrlf", value, monkeypatch)
    assert GitQuery(checkout).wait() == GitState(head, dirty)


@pytest.mark.parametrize("place", [".gitattributes", ".git/info/attributes", "../home/.config/git/attributes", "named"])
def test_attributes_count_wherever_they_are(checkout: Path, place: str, monkeypatch: pytest.MonkeyPatch) -> None:
    head = commit_with_crlf(checkout)
    assert is_dirty(checkout)
    configure(checkout, "the user", "core.attributesFile", "~/named", monkeypatch)
    if place == "../home/.config/git/attributes":
        (checkout.parent / "home/.gitconfig").unlink()
    write(checkout.parent / "home/named" if place == "named" else checkout / place, "*.md text eol=crlf\n")
    assert GitQuery(checkout).wait() == GitState(head, dirty=False)
