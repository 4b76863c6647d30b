"""Which root a command works on: in monorepos, submodules, linked work trees and without git; and that it says so."""

import json
import shlex
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from tests.support.git_checkout import git
from tests.support.messages import message, says
from tests.support.repository import ARTIFACTS, BIN, SLUG, Repository

START = ("run", "start", "--workflow", "visual-essay", "--slug", SLUG)


def make_root(folder: Path) -> Repository:
    """A new folder with all that `orch init` puts in."""
    folder.mkdir(parents=True)
    return Repository(folder).install()


def notices(text: str) -> list[str]:
    """The lines that say which root was found."""
    return [line.removeprefix("orch: ") for line in text.splitlines() if line.startswith("orch: root: ")]


def runs_of(repository: Repository, *at: str) -> list[str]:
    """The slugs that `orch run list` lists."""
    return [row["slug"] for row in repository.orch(*at, "run", "list", "--json").json]


@pytest.fixture
def outer(tmp_path: Path) -> Repository:
    """A root at the top of a git repository, with a commit."""
    return make_root(tmp_path / "outer").commit()


# A monorepo


def test_two_roots_side_by_side_each_have_their_own_runs_and_nothing_is_said(tmp_path: Path) -> None:
    git(tmp_path, "init", "--quiet")
    for name in ("api", "web"):
        root = make_root(tmp_path / name)
        started = root.orch(*START[:-1], name)
        assert (started.code, started.err) == (0, "")
        (root.root / "src").mkdir()
        assert runs_of(Repository(root.root / "src")) == [name]
        assert runs_of(Repository(tmp_path), "-C", name) == [name]


def test_at_the_top_of_a_monorepo_the_roots_below_are_named_and_the_command_works(tmp_path: Path) -> None:
    git(tmp_path, "init", "--quiet")
    make_root(tmp_path / "svc")
    top = Repository(tmp_path)
    for command in (("run", "list"), ("status",), START, ("contract", "lint"), ("run", "check")):
        refused = top.orch(*command)
        assert (refused.code, says(refused.err, "roots-below", roots="svc")) == (2, True)
        assert refused.err.endswith("Next: orch -C svc status\n")
    assert top.orch("-C", "svc", "status").code == 0
    assert [path.name for path in tmp_path.iterdir() if path.name != ".git"] == ["svc"]


def test_beside_the_roots_of_a_monorepo_they_are_named_and_the_command_works(tmp_path: Path) -> None:
    git(tmp_path, "init", "--quiet")
    make_root(tmp_path / "svc")
    beside = Repository(tmp_path / "lib/src")
    beside.root.mkdir(parents=True)
    for command in (("run", "list"), ("status",), START, ("hook", "status"), ("verify", "--base", "HEAD")):
        refused = beside.orch(*command)
        assert (refused.code, says(refused.err, "roots-beside", top=tmp_path, roots="svc")) == (2, True)
        assert refused.err.endswith("Next: orch -C ../../svc status\n")
    assert beside.orch("-C", "../../svc", "status").code == 0
    refused = beside.pytest("--run", "latest")
    assert (refused.code, "Next: orch -C ../../svc status" in refused.err) == (4, True)
    named = Repository(tmp_path).orch("-C", "lib", "status")
    assert named.err.endswith("Next: orch -C svc status\n")


@pytest.mark.slow
def test_at_the_top_pytest_names_the_roots_below_and_judges_the_one_that_is_named(tmp_path: Path) -> None:
    git(tmp_path, "init", "--quiet")
    inner, top = make_root(tmp_path / "svc"), Repository(tmp_path)
    inner.add_example("G1")
    run_id = inner.start_run()
    refused = top.pytest("--gate", "G1", "--run", run_id)
    assert (refused.code, says(refused.err, "roots-below", roots="svc")) == (4, True)
    assert top.pytest("--gate", "G1", "--run", run_id, env={"ORCH_ROOT": "svc"}).code == 0


def test_hooks_are_installed_at_the_top_and_whom_they_do_not_reach_is_said(tmp_path: Path) -> None:
    git(tmp_path, "init", "--quiet")
    make_root(tmp_path / "svc")
    installed = Repository(tmp_path).orch("-C", "svc", "hook", "install", "--target", "claude-code")
    assert (tmp_path / ".claude/settings.json").is_file()
    assert says(installed.err, "hooks-below-top", directory="svc")


@pytest.mark.slow
def test_a_nested_root_is_named_once_by_each_command_that_judges_or_writes(outer: Repository) -> None:
    inner = make_root(outer.root / "svc")
    inner.add_example("G2")
    named = [message("nested-root", root=inner.root, outer=outer.root)]
    started = inner.orch(*START, "--artifact-path", ARTIFACTS, "--json")
    assert notices(started.err) == named
    run_id = started.json["run_id"]
    gate = ("--run", run_id, "--gate", "G2")
    for command in (
        ("gate", "start", *gate, "--agent", "maker"),
        ("gate", "check", *gate),
        ("gate", "finish", *gate),
        ("gate", "fail", "--run", run_id, "--gate", "G3", "--reason", "no"),
        ("status",),
        ("run", "show", "--run", "latest"),
        ("run", "check"),
        ("run", "resume"),
        ("run", "visual-essay", "--slug", "tea"),
    ):
        ended = inner.orch(*command)
        assert notices(ended.err) == named, command
    assert runs_of(outer) == []


@pytest.mark.parametrize("named", ["../..", "../../../outer", "../../../link"])
@pytest.mark.slow
def test_a_root_may_be_named_by_any_path_that_leads_to_it(outer: Repository, named: str) -> None:
    below = Repository(outer.root / "src/app")
    below.root.mkdir(parents=True)
    (outer.root.parent / "link").symlink_to(outer.root)
    outer.add_example("G1")
    run_id = outer.start_run()
    assert below.orch("-C", named, "gate", "check", "--gate", "g1").code == 0
    assert below.orch("gate", "check", "--gate", "g1", env={"ORCH_ROOT": named}).code == 0
    assert below.pytest("--gate", "G1", "--run", run_id, env={"ORCH_ROOT": named}).code == 0


@pytest.mark.parametrize("place", ["link", "outer/src/.."])
@pytest.mark.slow
def test_the_stop_hook_takes_any_path_that_leads_to_the_root(outer: Repository, tmp_path: Path, place: str) -> None:
    (outer.root / "src").mkdir()
    (outer.root.parent / "link").symlink_to(outer.root)
    open_failing_gate(outer)
    (tmp_path / "elsewhere").mkdir()
    started_in = {"CLAUDE_PROJECT_DIR": f"{outer.root.parent}/{place}"}
    answer = Repository(tmp_path / "elsewhere").orch("hook", "stop", stdin='{"session_id": "one"}', env=started_in).json
    assert answer["reason"].startswith("Gate G2 ")


def test_a_root_that_is_the_only_one_or_was_named_is_not_talked_about(outer: Repository) -> None:
    below = Repository(outer.root / "src")
    below.root.mkdir()
    assert below.orch("status").err == ""
    inner = make_root(outer.root / "svc")
    assert outer.orch("-C", "svc", "status").err == ""
    assert below.orch("status", env={"ORCH_ROOT": str(inner.root)}).err == ""
    assert inner.orch("status", "-q").err == ""


def test_what_reads_the_answer_of_a_machine_sees_no_word_of_it(outer: Repository) -> None:
    inner = make_root(outer.root / "svc")
    assert json.loads(inner.orch("status", "--json").out)["run_id"] is None
    completed = inner.installed_orch(
        env={"_ORCH_COMPLETE": "bash_complete", "COMP_WORDS": "orch run start --workflow ", "COMP_CWORD": "4"}
    )
    assert completed.err == ""
    assert "visual-essay" in completed.out


def test_a_package_called_orchestration_is_passed_by(outer: Repository) -> None:
    package = Repository(outer.root / "svc")
    package.write("orchestration/__init__.py", "")
    assert outer.orch(*START).code == 0
    assert runs_of(package) == [SLUG]
    assert package.orch("contract", "lint").out.startswith("7 contracts: ")


# Submodules and linked work trees


def test_in_a_submodule_the_root_above_it_is_named(outer: Repository, tmp_path: Path) -> None:
    library = Repository(tmp_path / "library")
    library.write("a.md", "a\n")
    library.commit()
    git(outer.root, "submodule", "--quiet", "add", str(library.root), "lib")
    submodule = Repository(outer.root / "lib")
    ended = submodule.orch(*START)
    assert ended.code == 0
    assert notices(ended.err) == [message("root-above-tree", root=outer.root, tree=submodule.root)]
    assert runs_of(outer) == [SLUG]


def test_a_submodule_with_a_root_of_its_own_works_on_that(outer: Repository, tmp_path: Path) -> None:
    library = make_root(tmp_path / "library").commit()
    git(outer.root, "submodule", "--quiet", "add", str(library.root), "lib")
    submodule = Repository(outer.root / "lib")
    assert notices(submodule.orch(*START).err) == [message("nested-root", root=submodule.root, outer=outer.root)]
    assert (runs_of(outer), runs_of(submodule)) == ([], [SLUG])


@pytest.mark.parametrize("place", ["../beside", "trees/inside"])
def test_a_linked_work_tree_with_its_own_root_works_on_that(outer: Repository, place: str) -> None:
    git(outer.root, "worktree", "add", "--quiet", place)
    linked = Repository((outer.root / place).resolve())
    ended = linked.orch(*START)
    assert ended.code == 0
    assert bool(notices(ended.err)) == (place == "trees/inside")
    assert (runs_of(outer), runs_of(linked)) == ([], [SLUG])


def test_a_linked_work_tree_without_a_root_says_that_it_takes_that_of_the_main_one(tmp_path: Path) -> None:
    main = Repository(tmp_path / "main")
    main.write("a.md", "a\n")
    main.commit().install()  # the root is not in the commit
    git(main.root, "worktree", "add", "--quiet", "trees/inside")
    linked = Repository(main.root / "trees/inside")
    assert notices(linked.orch("status").err) == [message("root-above-tree", root=main.root, tree=linked.root)]


def test_without_git_a_root_is_found_all_the_same(tmp_path: Path) -> None:
    root = make_root(tmp_path / "root")
    (root.root / "deep/er").mkdir(parents=True)
    started = Repository(root.root / "deep/er").orch(*START)
    assert (started.code, started.err, runs_of(root)) == (0, "", [SLUG])


# The stop hook


def open_failing_gate(repository: Repository) -> str:
    """A run with an attempt open at G2, whose artifacts are missing."""
    run_id = repository.start_run(ARTIFACTS)
    repository.start_gate(run_id, "G2")
    return run_id


def stop_in(folder: Path, started_in: Path, **env: str) -> dict[str, Any]:
    """The answer to an agent that stops in `folder`, in a session that began in `started_in`."""
    payload = json.dumps({"session_id": "one", "cwd": str(folder), "hook_event_name": "Stop"})
    ended = Repository(folder).orch("hook", "stop", stdin=payload, env={"CLAUDE_PROJECT_DIR": str(started_in), **env})
    assert (ended.code, ended.err) == (0, "")
    answer: dict[str, Any] = ended.json
    return answer


@pytest.mark.slow
@pytest.mark.parametrize("place", ["../beside", "trees/inside"])
def test_an_agent_in_another_work_tree_is_not_held_to_the_gate_of_the_main_one(tmp_path: Path, place: str) -> None:
    main = Repository(tmp_path / "main")
    main.write("a.md", "a\n")
    main.commit().install()
    git(main.root, "worktree", "add", "--quiet", place)
    tree = (main.root / place).resolve()
    assert stop_in(tree, main.root) == {}
    run_id = open_failing_gate(main)
    answer = stop_in(tree, main.root)
    assert set(answer) == {"systemMessage"}
    assert says(answer["systemMessage"], "other-work-tree", gate="G2", root=main.root, tree=tree)
    assert "reason" in stop_in(main.root, main.root)
    assert "reason" in stop_in(tree, main.root, ORCH_RUN=run_id), "a run that is named is judged wherever one is"


@pytest.mark.slow
@pytest.mark.parametrize("place", ["a link", "relative"])
def test_the_agents_directory_is_the_real_one_as_for_every_command(outer: Repository, place: str) -> None:
    source = outer.root / "src"
    source.mkdir()
    (outer.root.parent / "link").symlink_to(source)
    open_failing_gate(outer)
    payload = json.dumps(
        {"session_id": "one", "cwd": "src" if place == "relative" else str(outer.root.parent / "link")}
    )
    answer = outer.orch("hook", "stop", stdin=payload, env={"CLAUDE_PROJECT_DIR": ""}).json
    assert answer["reason"].startswith("Gate G2 ")


@pytest.mark.slow
def test_in_a_submodule_the_gate_of_the_root_above_counts_and_is_named(outer: Repository, tmp_path: Path) -> None:
    library = Repository(tmp_path / "library")
    library.write("a.md", "a\n")
    library.commit()
    git(outer.root, "submodule", "--quiet", "add", str(library.root), "lib")
    open_failing_gate(outer)
    reason = stop_in(outer.root / "lib", outer.root)["reason"]
    assert reason.startswith(message("root-above-tree", root=outer.root, tree=outer.root / "lib"))
    assert not stop_in(outer.root, outer.root)["reason"].startswith("root: ")


# pytest


@pytest.mark.slow
def test_a_session_of_pytest_says_which_root_it_judges(outer: Repository) -> None:
    inner = make_root(outer.root / "svc")
    for repository, header in ((inner, message("nested-root", root=inner.root, outer=outer.root)), (outer, None)):
        repository.add_example("G2")
        run_id = repository.start_run(ARTIFACTS)
        ended = repository.pytest("--gate", "G2", "--run", run_id)
        assert ended.code == 0, ended.out
        assert ("root: " in ended.out.replace("rootdir: ", "")) == (header is not None)
        assert (header or "") in ended.out


# orch init


def test_where_init_is_suggested_below_a_root_it_is_for_that_root(repository: Repository) -> None:
    below = Repository(repository.root / "src")
    below.root.mkdir()
    for command in (("status",), ("contract", "lint"), START):
        assert repository.orch(*command).err.endswith("Next: orch init\n") or command == ("status",)
        ended = below.orch(*command)
        assert f"Next: orch -C {repository.root} init\n" in ended.out + ended.err, command
    assert below.orch("-C", str(repository.root), "init").code == 0
    assert not (below.root / "orchestration").exists()


def test_init_in_a_package_leaves_its_modules_and_makes_a_root_beside_them(tmp_path: Path) -> None:
    folder = Repository(tmp_path / "host")
    module = folder.write("orchestration/__init__.py", "X = 1\n")
    folder.write("orchestration/README.md", "mine\n")
    ended = folder.orch("init")
    assert ended.code == 0
    assert says(ended.err, "package-beside", folder=folder.root / "orchestration")
    assert (module.read_text(), (folder.root / "orchestration/README.md").read_text()) == ("X = 1\n", "mine\n")
    assert folder.orch(*START).code == 0


def test_init_below_a_root_says_that_there_are_two_now(outer: Repository) -> None:
    inner = Repository(outer.root / "svc")
    inner.root.mkdir()
    assert says(inner.orch("init").err, "init-below-root", root=inner.root, outer=outer.root)


@pytest.mark.parametrize(("place", "roots"), [(".", "svc, web"), ("lib", "svc, web")])
def test_init_in_a_repository_that_has_roots_elsewhere_names_them(tmp_path: Path, place: str, roots: str) -> None:
    git(tmp_path, "init", "--quiet")
    for name in ("svc", "web"):
        make_root(tmp_path / name)
    new = Repository(tmp_path / place)
    new.root.mkdir(exist_ok=True)
    assert new.orch("init").err == f"orch: {message('init-beside-roots', roots=roots)}\n"
    assert new.orch("init").err == "", "it is a root already"


# Nothing to look at


def test_contract_lint_of_a_root_without_contracts_is_an_error(repository: Repository) -> None:
    for more in ((), ("--json",), ("--strict",)):
        ended = repository.orch("contract", "lint", *more)
        assert ended.code == 2
        assert says(ended.err, "nothing-to-lint", root=repository.root)
    assert repository.orch("contract", "lint", "--json").json["error"]["next"] == "orch init"
    repository.write_workflow("G1", version=1)
    ended = repository.orch("contract", "lint")
    assert (ended.code, "orchestration/workflows/tests.json:3: " in ended.out) == (2, True)


def test_contract_lint_of_one_contract_is_none(repository: Repository) -> None:
    repository.write_contract("G1", required_outputs={"any_of": [{"path": "a.md"}]})
    assert repository.orch("contract", "lint").code == 0


def test_run_check_without_a_run_says_that_nothing_was_checked(shipped: Repository) -> None:
    ended = shipped.orch("run", "check")
    assert (ended.code, ended.out) == (0, message("nothing-to-check") + "\n")
    assert shipped.orch("run", "check", "--json").json == []


def test_no_hook_completion_or_help_searches_below_for_roots(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise AssertionError("searched")

    monkeypatch.setattr("gate_tests.workspace.find_root._find_roots_below", refuse)
    nowhere = Repository(tmp_path)
    assert stop_in(tmp_path, tmp_path) == {}
    assert nowhere.orch("run", "--help").code == 0
    assert nowhere.orch("status").code == 3, "the control: it is searched for the message"


@pytest.mark.parametrize("words", [("status",), ("verify",), ("run", "list"), ("contract", "lint")], ids=" ".join)
def test_a_named_root_is_used_where_the_current_directory_was_removed(
    shipped: Repository, words: Sequence[str]
) -> None:
    script = f"mkdir gone && cd gone && rmdir ../gone && exec {BIN}/orch -C {shipped.root} {shlex.join(words)}"
    ended = shipped.run("sh", "-c", script)
    assert "No such file" not in ended.out + ended.err
    assert ended.code in (0, 2), ended.err
