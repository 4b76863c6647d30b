"""What a commit is about to change, by its parents."""

from pathlib import Path

from runner.git.staged_change import ChangedPath, diff_index, list_parents, list_staged
from runner.git.verification import open_for_verification
from tests.support.git_checkout import commit, git, make_checkout


def test_before_the_first_commit_there_is_no_parent_and_all_is_staged(tmp_path: Path) -> None:
    with open_for_verification(make_checkout(tmp_path / "here")) as repository:
        assert list_parents(repository) == []
        assert list_staged(repository) == ["a.md"]


def test_a_change_names_what_is_new_changed_and_deleted_from_the_top_on(tmp_path: Path) -> None:
    checkout = make_checkout(tmp_path / "here")
    (checkout / "b.md").write_text("two\n")
    git(checkout, "add", "b.md")
    commit(checkout)
    (checkout / "in").mkdir()
    (checkout / "in/grün\n.md").write_text("three\n")
    (checkout / "b.md").write_text("other\n")
    git(checkout, "add", "--all")
    git(checkout, "rm", "--quiet", "a.md")
    (checkout / "b.md").write_text("not staged\n")
    with open_for_verification(checkout / "in") as repository:
        (parent,) = list_parents(repository)
        assert [*diff_index(repository, parent)] == [
            ChangedPath("a.md", False), ChangedPath("b.md", False), ChangedPath("in/grün\n.md", True),
        ]  # fmt: skip


def test_a_merge_has_the_commits_that_it_takes_in_as_parents_and_nothing_else_of_that_file(tmp_path: Path) -> None:
    checkout = make_checkout(tmp_path / "here")
    head = commit(checkout)
    git(checkout, "commit", "--quiet", "--allow-empty", "-m", "second")
    (checkout / ".git/MERGE_HEAD").write_text(f"{head}\n--output=pwned\n")
    with open_for_verification(checkout) as repository:
        assert list_parents(repository) == [git(checkout, "rev-parse", "HEAD"), head]
