"""Which folder is a root, and what is said where none is found or another could have been meant."""

from pathlib import Path

import pytest

from gate_tests.errors import LOST_ROOT, Exit, LostFile, Refused
from gate_tests.workspace.find_root import explain_root, is_root
from gate_tests.workspace.layout import Workspace
from tests.support.git_checkout import commit, git, make_checkout
from tests.support.messages import message, pattern


def make(folder: Path, *inner: str) -> Path:
    """A folder with these folders in it."""
    for each in inner or (".",):
        (folder / each).mkdir(parents=True, exist_ok=True)
    return folder


def make_root(folder: Path) -> Path:
    return make(folder, "orchestration/gates", "orchestration/workflows")


def refusal(folder: Path) -> Refused:
    with pytest.raises(Refused) as refused:
        Workspace.find(folder, {})
    assert refused.value.exit_code == Exit.REFUSED
    return refused.value


# What a root is


def test_the_root_is_the_nearest_folder_upwards_with_gates_or_workflows(tmp_path: Path) -> None:
    make_root(tmp_path)
    deep = make(tmp_path / "src/app")
    assert Workspace.find(deep, {}).root == tmp_path
    for name in ("gates", "workflows"):
        root = make(tmp_path / "src" / name, f"orchestration/{name}")
        assert Workspace.find(make(root / "deep"), {}).root == root


def test_a_package_called_orchestration_is_no_root(tmp_path: Path) -> None:
    make_root(tmp_path)
    service = make(tmp_path / "svc", "orchestration/flows", "orchestration/runs")
    for module in ("__init__.py", "gates.py", "workflows.py"):
        (service / "orchestration" / module).write_text("")
    assert not is_root(service)
    assert Workspace.find(service, {}).root == tmp_path
    for named_by in ("-C", "ORCH_ROOT"):
        with pytest.raises(Refused, match=pattern("root-without-orchestration", named_by=named_by, root=service)):
            Workspace.at(service, named_by)


def test_a_file_called_orchestration_or_gates_makes_no_root(tmp_path: Path) -> None:
    make(tmp_path / "a")
    (tmp_path / "a/orchestration").write_text("")
    make(tmp_path / "b", "orchestration")
    (tmp_path / "b/orchestration/gates").write_text("")
    assert not is_root(tmp_path / "a")
    assert not is_root(tmp_path / "b")


# Where there is none


def test_without_a_root_the_next_command_is_orch_init(tmp_path: Path) -> None:
    error = refusal(tmp_path)
    assert (error.message, error.next_command) == (message("no-root", start=tmp_path), "orch init")


@pytest.mark.parametrize("inner", [".", "refs/heads"])
def test_in_a_bare_repository_no_root_is_made_and_a_clone_has_one(tmp_path: Path, inner: str) -> None:
    bare = tmp_path / "a b.git"
    git(tmp_path, "init", "--quiet", "--bare", bare.name)
    error = refusal(bare / inner)
    assert error.message == message("bare-without-root", folder=bare)
    assert error.next_command == f"git clone '{bare}' '{tmp_path / 'a b'}'"
    make(tmp_path / "a b")
    assert refusal(bare / inner).next_command == f"git clone '{bare}' '{tmp_path / 'a b-clone'}'"
    with pytest.raises(Refused) as refused:
        Workspace.at(bare, "-C")
    assert refused.value.message == message("bare-without-root", folder=bare)


def test_of_a_bare_repository_with_work_trees_these_are_listed(tmp_path: Path) -> None:
    make(make_checkout(tmp_path / "one"))
    commit(tmp_path / "one")
    git(tmp_path, "clone", "--quiet", "--bare", "one", "hub.git")
    git(tmp_path / "hub.git", "worktree", "add", "--quiet", "../tree", "-b", "other")
    assert refusal(tmp_path / "hub.git").next_command == f"git -C {tmp_path / 'hub.git'} worktree list"


def test_where_roots_are_below_they_are_named_and_no_second_one_is_suggested(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_root(tmp_path / "services/api v2")
    make_root(tmp_path / "web")
    monkeypatch.chdir(tmp_path)
    error = refusal(tmp_path)
    assert error.message == message("no-root", start=tmp_path) + message("roots-below", roots="web, services/api v2")
    assert error.next_command == "orch -C web status"
    monkeypatch.chdir(make(tmp_path / "services"))
    assert refusal(tmp_path / "services").next_command == "orch -C 'api v2' status"


@pytest.mark.parametrize("place", ["a/b/c/d", ".cache/a", "node_modules/a", "link"])
def test_roots_are_not_searched_for_everywhere(tmp_path: Path, place: str) -> None:
    elsewhere = make_root(tmp_path / "elsewhere")
    top = make(tmp_path / "top")
    if place == "link":
        (top / "link").symlink_to(elsewhere)
    else:
        make_root(top / place)
    assert refusal(top).next_command == "orch init"


@pytest.mark.parametrize("named_by", ["-C", "ORCH_ROOT"])
def test_a_folder_below_a_root_that_is_named_is_no_place_for_a_second_one(tmp_path: Path, named_by: str) -> None:
    make_root(tmp_path)
    with pytest.raises(Refused) as refused:
        Workspace.at(make(tmp_path / "src"), named_by)
    assert refused.value.next_command == f"orch -C {tmp_path} status"


def test_a_root_that_has_lost_its_gates_and_workflows_is_restored_from_git(tmp_path: Path) -> None:
    make(tmp_path, "orchestration/runs/run_20261122T093000Z_tea_abc123/record")
    error = refusal(make(tmp_path / "src"))
    assert error.message.endswith(message("records-without-root", runs=tmp_path / "orchestration/runs"))
    assert error.lost_file == LostFile(tmp_path, "orchestration/gates")
    assert error.next_command == f"orch -C {tmp_path} init"


def test_logs_of_runs_make_no_root_that_was_lost(tmp_path: Path) -> None:
    make(tmp_path, "orchestration/runs/run_20261122T093000Z_tea_abc123/logs")
    error = refusal(tmp_path)
    assert (error.lost_file, error.next_command) == (LostFile(tmp_path, LOST_ROOT), "orch init")


# Where another could have been meant


def test_the_only_root_needs_no_explanation(tmp_path: Path) -> None:
    make(make_root(tmp_path), ".git", "src/app")
    for start in (tmp_path, tmp_path / "src/app"):
        assert explain_root(tmp_path, start) is None


def test_a_root_below_another_is_explained(tmp_path: Path) -> None:
    make_root(tmp_path)
    inner = make_root(tmp_path / "svc")
    assert explain_root(inner, make(inner / "src")) == message("nested-root", root=inner, outer=tmp_path)


@pytest.mark.parametrize("is_file", [False, True], ids=["a repository", "a submodule or linked work tree"])
def test_a_root_above_the_git_work_tree_is_explained(tmp_path: Path, is_file: bool) -> None:
    make(make_root(tmp_path), ".git")
    tree = make(tmp_path / "tree", "deep/er") if is_file else make(tmp_path / "tree", ".git", "deep/er")
    if is_file:
        (tree / ".git").write_text("gitdir: elsewhere\n")
    assert explain_root(tmp_path, tree / "deep/er") == message("root-above-tree", root=tmp_path, tree=tree)
