"""A revision is named as in git; one that git does not know is refused with what helps."""

import shlex
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from gate_tests.errors import Refused
from runner.git.revision import UnknownRevision, find_merge_bases, resolve_commit
from runner.git.verification import open_for_verification
from tests.support.git_checkout import commit, git, make_checkout


@pytest.fixture
def history(tmp_path: Path) -> Path:
    """A repository with three commits on `main`, the second of which is the tag `v1`, and an annotated tag `v2`."""
    root = make_checkout(tmp_path / "repo", "-b", "main")
    for number in range(3):
        (root / "a.md").write_text(str(number))
        git(root, "add", "a.md")
        git(root, "commit", "-q", "-m", f"commit {number}")
    git(root, "tag", "v1", "HEAD~1")
    git(root, "tag", "-a", "-m", "second", "v2", "HEAD~2")
    return root


def resolve(root: Path, revision: str) -> str:
    with open_for_verification(root) as repository:
        return resolve_commit(repository, revision)


def refuse(root: Path, revision: str) -> tuple[str, str]:
    """The message and the next command, which works."""
    with pytest.raises(UnknownRevision) as refused:
        resolve(root, revision)
    error = refused.value
    assert error.next_command is not None
    assert "\n" not in error.message
    assert error.exit_code == 2
    return error.message, error.next_command


def run_next(root: Path, command: str) -> str:
    done = subprocess.run(shlex.split(command), cwd=root, capture_output=True, text=True, check=True)
    return done.stdout + done.stderr


@pytest.mark.parametrize(
    ("revision", "same_as"),
    [
        ("main", "HEAD"),
        ("HEAD~2", "HEAD~2"),
        ("v1", "HEAD~1"),
        ("v2", "HEAD~2"),
        ("refs/heads/main", "HEAD"),
        (":/commit 1", "HEAD~1"),
        ("HEAD^{/commit 0}", "HEAD~2"),
        ("main@{0}", "HEAD"),
        ("@", "HEAD"),
    ],
)
def test_a_commit_has_every_name_that_git_gives_it(history: Path, revision: str, same_as: str) -> None:
    assert resolve(history, revision) == git(history, "rev-parse", same_as)


@pytest.mark.parametrize("revision", ["@{upstream}", "@{u}", "main@{U}", "a=b@{push}", "main@{upstream}~1"])
def test_what_a_branch_is_fetched_from_and_pushed_to_has_a_name(history: Path, tmp_path: Path, revision: str) -> None:
    git(tmp_path, "clone", "-q", str(history), "clone")
    git(tmp_path / "clone", "branch", "-q", "a=b", "origin/main")
    git(tmp_path / "clone", "commit", "-q", "--allow-empty", "-m", "more")
    git(tmp_path / "clone", "config", "push.default", "upstream")
    assert resolve(tmp_path / "clone", revision) == git(tmp_path / "clone", "rev-parse", revision)


def test_on_a_branch_without_a_commit_the_others_are_named(history: Path) -> None:
    git(history, "checkout", "-q", "--orphan", "new")
    message, next_command = refuse(history, "HEAD~1")
    assert message == "unknown revision 'HEAD~1': the current branch has no commit"
    assert "main" in run_next(history, next_command)
    assert "commit 2" in run_next(history, refuse(history, "main~9")[1])


def test_a_commit_that_is_lost_is_no_unknown_revision(history: Path) -> None:
    head = git(history, "rev-parse", "HEAD")
    (history / ".git/objects" / head[:2] / head[2:]).unlink()
    with pytest.raises(Refused, match=f"^object {head} is missing from the repository$") as refused:
        resolve(history, "HEAD")
    assert refused.value.next_command == "git fsck"
    assert refuse(history, head[:12])[0].startswith("unknown revision")


def test_an_abbreviated_id_is_enough(history: Path) -> None:
    head = git(history, "rev-parse", "HEAD")
    assert resolve(history, head[:7]) == head


@pytest.mark.parametrize(
    ("revision", "message", "next_command"),
    [
        ("maim", "unknown revision 'maim', did you mean 'main'?", "git branch --all"),
        ("nothing-like-it", "unknown revision 'nothing-like-it'", "git branch --all"),
        ("HEAD~9", "unknown revision 'HEAD~9'", "git log --oneline"),
        ("main~9", "unknown revision 'main~9'", "git log --oneline"),
        ("--all", "invalid revision '--all'", "git branch --all"),
        ("^HEAD", "invalid revision '^HEAD'", "git branch --all"),
        ("@{upstream}", "unknown revision '@{upstream}': no upstream is configured", "git branch -vv"),
        ("", "invalid revision ''", "git branch --all"),
        ("a\nb", r"unknown revision 'a\nb'", "git branch --all"),
        ("HEAD^{tree}", "revision 'HEAD^{tree}' is a tree, not a commit", "git log --oneline"),
        ("HEAD:a.md", "revision 'HEAD:a.md' is a blob, not a commit", "git log --oneline"),
        ("main..HEAD", "'main..HEAD' is a range, not a revision", "git log --oneline"),
        ("0" * 40, f"unknown revision '{'0' * 40}'", "git branch --all"),
    ],
)
def test_what_is_no_commit_is_refused_with_a_command_that_helps(
    history: Path, revision: str, message: str, next_command: str
) -> None:
    assert refuse(history, revision) == (message, next_command)
    run_next(history, next_command)


def test_a_name_of_a_branch_and_a_tag_is_refused_and_both_are_named(history: Path) -> None:
    git(history, "tag", "main", "HEAD~2")
    message, next_command = refuse(history, "main~1")
    assert message == "revision 'main~1' is ambiguous: refs/heads/main, refs/tags/main"
    assert "refs/tags/main" in run_next(history, next_command)


def test_an_ambiguous_name_is_refused_in_every_language(history: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    git(history, "tag", "main", "HEAD~2")
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    monkeypatch.setenv("LANGUAGE", "de")
    assert refuse(history, "main")[0].startswith("revision 'main' is ambiguous")


@pytest.mark.slow
def test_an_abbreviation_of_several_commits_is_refused_and_they_are_listed(history: Path) -> None:
    ids = _make_similar_commits(history)
    message, next_command = refuse(history, ids[0][:4])
    assert message == f"revision {ids[0][:4]!r} is ambiguous"
    assert {*ids} <= {*run_next(history, next_command).split()}


def _make_similar_commits(root: Path) -> list[str]:
    """Two commits whose ids begin with the same four digits."""
    stream = "".join(
        f"commit refs/heads/many{number}\ncommitter A <a@b> {number} +0000\ndata 0\nfrom refs/heads/main\n\n"
        for number in range(1500)
    )
    subprocess.run(["git", "fast-import", "--quiet"], cwd=root, input=stream.encode(), check=True)
    by_start: dict[str, list[str]] = {}
    for each in git(root, "for-each-ref", "--format=%(objectname)", "refs/heads/many*").split():
        by_start.setdefault(each[:4], []).append(each)
    return next(same for same in by_start.values() if len(same) > 1)


def test_a_branch_that_only_the_remote_has_is_named_with_its_remote(history: Path, tmp_path: Path) -> None:
    git(history, "branch", "feature", "HEAD~1")
    git(tmp_path, "clone", "-q", str(history), "clone")
    message, next_command = refuse(tmp_path / "clone", "feature")
    assert message == "unknown revision 'feature', did you mean 'origin/feature'?"
    assert "origin/feature" in run_next(tmp_path / "clone", next_command)


def test_a_branch_that_the_clone_was_not_told_to_fetch_is_fetched(history: Path, tmp_path: Path) -> None:
    git(history, "branch", "feature", "HEAD~1")
    git(tmp_path, "clone", "-q", "--single-branch", str(history), "clone")
    message, next_command = refuse(tmp_path / "clone", "origin/feature")
    assert message == "unknown revision 'origin/feature'"
    run_next(tmp_path / "clone", next_command)
    assert resolve(tmp_path / "clone", "origin/feature") == git(history, "rev-parse", "feature")


@pytest.mark.parametrize("revision", ["v1", "HEAD~2", "origin/feature"])
def test_a_revision_that_a_shallow_clone_lacks_is_fetched(history: Path, tmp_path: Path, revision: str) -> None:
    git(history, "branch", "feature", "HEAD~1")
    git(tmp_path, "clone", "-q", "--depth", "1", f"file://{history}", "clone")
    _, next_command = refuse(tmp_path / "clone", revision)
    assert next_command.startswith("git fetch --unshallow")
    run_next(tmp_path / "clone", next_command)
    assert resolve(tmp_path / "clone", revision) == git(history, "rev-parse", revision.removeprefix("origin/"))


def test_a_local_branch_with_a_slash_is_not_looked_for_in_a_remote(history: Path) -> None:
    git(history, "branch", "feature/1")
    assert refuse(history, "feature/unlike-it") == ("unknown revision 'feature/unlike-it'", "git branch --all")


@pytest.mark.parametrize("revision", ["HEAD", "@", "HEAD~1", "main"])
def test_a_repository_without_a_commit_has_no_revision(checkout: Path, revision: str) -> None:
    git(checkout, "symbolic-ref", "HEAD", "refs/heads/main")
    message, next_command = refuse(checkout, revision)
    assert message == f"unknown revision {revision!r}: no commit exists"
    assert "No commits yet" in run_next(checkout, next_command)


def lie_by_replacing(root: Path) -> None:
    git(root, "replace", "HEAD", "HEAD~2")


def lie_by_replacing_and_configuring(root: Path) -> None:
    git(root, "config", "core.useReplaceRefs", "true")
    lie_by_replacing(root)


def lie_by_grafting(root: Path) -> None:
    head = git(root, "rev-parse", "HEAD")
    (root / ".git/info/grafts").write_text(f"{head}\n")


def lie_by_graft_replacement(root: Path) -> None:
    git(root, "replace", "--graft", "HEAD")


@pytest.mark.parametrize(
    "lie", [lie_by_replacing, lie_by_replacing_and_configuring, lie_by_grafting, lie_by_graft_replacement]
)
def test_a_parent_is_that_of_the_commit_whatever_the_repository_pretends(
    history: Path, lie: Callable[[Path], None]
) -> None:
    parent = git(history, "rev-parse", "HEAD~1")
    lie(history)
    assert resolve(history, "HEAD~1") == parent


def test_the_merge_base_is_where_two_branches_part(history: Path) -> None:
    git(history, "checkout", "-q", "-b", "side", "HEAD~1")
    other = commit_empty(history)
    with open_for_verification(history) as repository:
        found = find_merge_bases(repository, git(history, "rev-parse", "main"), other)
        assert found == [git(history, "rev-parse", "v1")]


def test_branches_without_a_common_commit_have_no_merge_base(history: Path) -> None:
    git(history, "checkout", "-q", "--orphan", "other")
    other = commit(history)
    with open_for_verification(history) as repository:
        assert find_merge_bases(repository, git(history, "rev-parse", "main"), other) == []


def commit_empty(root: Path) -> str:
    git(root, "commit", "-q", "--allow-empty", "-m", "empty")
    return git(root, "rev-parse", "HEAD")
