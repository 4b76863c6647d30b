"""git is made to run nothing, and to write nothing, whatever the repository configures and contains."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from runner.git import command, isolated
from runner.git.command import GitCommand
from runner.git.query import GitQuery, GitState
from tests.support.git_checkout import canary, commit, git, make_checkout, plant_program, touch


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
    monkeypatch.setitem(command._VARIABLES, "GIT_OPTIONAL_LOCKS", "1")  # else git has no occasion to run it
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


def test_what_a_partial_clone_lacks_is_not_fetched(checkout: Path) -> None:
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
    query = GitQuery(checkout)
    assert query.wait() is None
    assert query.problem
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


@pytest.mark.parametrize("entry", ["{top}/node_modules/.bin", "{top}/link", "{beside}/bin", "{beside}/to-bin"])
@pytest.mark.parametrize("root", ["packages/one", "../entrance"], ids=["a folder of it", "a link into it"])
def test_a_git_of_the_repository_around_the_root_is_not_run(
    checkout: Path, entry: str, root: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    head = commit(checkout)
    program, ran = canary(checkout)
    (checkout / "packages/one").mkdir(parents=True)
    (checkout / "../entrance").symlink_to("checkout/packages/one")
    plant_program(checkout / "node_modules/.bin/git", program.read_text())
    (checkout / "link").symlink_to("node_modules/.bin")
    (checkout.parent / "to-bin").symlink_to("checkout/node_modules/.bin")
    (checkout.parent / "bin").mkdir()
    (checkout.parent / "bin/git").symlink_to(checkout / "node_modules/.bin/git")
    path = entry.format(top=checkout, beside=checkout.parent)
    monkeypatch.setenv("PATH", f"{path}{os.pathsep}{os.environ['PATH']}")
    assert GitQuery(checkout / root).wait() == GitState(head, dirty=False)
    assert not ran.exists()
    subprocess.run(("git", "status"), cwd=checkout, check=True, stdin=subprocess.DEVNULL)
    assert ran.exists()


def test_a_git_of_the_repository_whose_link_leads_to_the_root_is_not_run(
    checkout: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    head = commit(checkout)
    program, ran = canary(checkout)
    outer = make_checkout(checkout.parent / "outer")
    (outer / "root").symlink_to(checkout)
    plant_program(outer / "bin/git", program.read_text())
    monkeypatch.setenv("PATH", f"{outer / 'bin'}{os.pathsep}{os.environ['PATH']}")
    assert GitQuery(outer / "root").wait() == GitState(head, dirty=False)
    assert not ran.exists()


# Nothing that is configured is run


EVERYTHING = """
[alias]
    status = !{program}
    config = !{program}
    check-ignore = !{program}
[core]
    fsmonitor = {program}
    pager = {program}
    editor = {program}
    sshCommand = {program}
    gitProxy = {program}
    askPass = {program}
    alternateRefsCommand = {program}
    hooksPath = {hooks}
    untrackedCache = true
    attributesFile = {attributes}
[pager]
    status = {program}
    config = {program}
[diff]
    external = {program}
[diff "evil"]
    textconv = {program}
    command = {program}
[filter "evil"]
    clean = {program}
    smudge = {program}
    process = {program}
    required = true
[merge "evil"]
    driver = {program} %A
[hook "evil"]
    command = {program}
    event = post-index-change
[status]
    submoduleSummary = true
[credential]
    helper = !{program}
[include]
    path = {included}
[trace2]
    eventTarget = {trace}
    normalTarget = {trace}
    perfTarget = {trace}
"""


def configure_everything(checkout: Path, program: Path) -> str:
    """A configuration that names the program wherever git has a place for one; its files exist."""
    hooks, attributes, included = (checkout.parent / name for name in ("hooks", "attributes", "included"))
    hooks.mkdir()
    for name in ("post-index-change", "fsmonitor-watchman", "query-watchman", "reference-transaction"):
        (hooks / name).symlink_to(program)
    attributes.write_text("* filter=evil diff=evil merge=evil\n")
    included.write_text(f'[filter "also"]\n\tclean = {program}\n')
    trace = checkout.parent / "trace"
    return EVERYTHING.format(program=program, hooks=hooks, attributes=attributes, included=included, trace=trace)


@pytest.mark.parametrize("where", ["the repository", "the user", "the user's in the root", "both"])
def test_nothing_is_run_wherever_and_for_whatever_it_is_configured(
    checkout: Path, where: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    head = commit(checkout)
    program, ran = canary(checkout)
    home = checkout / "home" if "root" in where else checkout.parent / "home"
    home.mkdir()
    monkeypatch.setenv("HOME", str(home))
    configuration = configure_everything(checkout, program)
    if where in ("the repository", "both"):
        with (checkout / ".git/config").open("a") as file:
            file.write(configuration)
    if where != "the repository":
        (home / ".gitconfig").write_text(configuration)
    (checkout / ".gitattributes").write_text("a.md filter=also\n")
    touch(checkout / "a.md")
    before = {path: path.stat().st_mtime_ns for path in checkout.parent.rglob("*")}
    assert GitQuery(checkout, ["a.md", "b.md"]).wait() == GitState(head, dirty=False)
    assert not ran.exists()
    assert {path: path.stat().st_mtime_ns for path in checkout.parent.rglob("*")} == before
    subprocess.run(("git", "status"), cwd=checkout, check=False, stdin=subprocess.DEVNULL, capture_output=True)
    assert ran.exists()
    if where != "the repository":
        assert (checkout.parent / "trace").exists()


@pytest.mark.parametrize("command_number", [1, 2, 3])
def test_a_configuration_that_is_swapped_between_two_commands_has_no_effect(
    checkout: Path, command_number: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    head = commit(checkout)
    program, ran = canary(checkout)
    (checkout.parent / "swap").write_text(configure_everything(checkout, program))
    (checkout / ".gitattributes").write_text("* filter=evil\n")
    touch(checkout / "a.md")
    real, calls = shutil.which("git"), checkout.parent / "calls"
    swap = f"cat '{checkout.parent}/swap' >>'{checkout}/.git/config'"
    plant_program(
        checkout.parent / "bin/git",
        f"echo >>'{calls}'; [ $(wc -l <'{calls}') -ne {command_number} ] || {swap}; exec {real} \"$@\"",
    )
    with monkeypatch.context() as patch:
        patch.setenv("PATH", f"{checkout.parent / 'bin'}{os.pathsep}{os.environ['PATH']}")
        assert GitQuery(checkout, ["b.md"]).wait() == GitState(head, dirty=False)
    assert "evil" in (checkout / ".git/config").read_text()
    assert not ran.exists()
    subprocess.run(("git", "status"), cwd=checkout, check=False, stdin=subprocess.DEVNULL, capture_output=True)
    assert ran.exists()


def test_git_gets_no_variable_of_its_own_but_ours(checkout: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    seen, real = checkout.parent / "seen", shutil.which("git")
    plant_program(checkout.parent / "bin/git", f"env >'{seen}'-$2; exec {real} \"$@\"")
    monkeypatch.setenv("PATH", f"{checkout.parent / 'bin'}{os.pathsep}{os.environ['PATH']}")
    for name in ("GIT_ASKPASS", "GIT_OBJECT_DIRECTORY", "GIT_CONFIG_PARAMETERS", "GIT_EXTERNAL_DIFF"):
        monkeypatch.setenv(name, "/nowhere")
    assert GitQuery(checkout).wait()
    always = {"GIT_DIR", "GIT_WORK_TREE", "GIT_OPTIONAL_LOCKS", "GIT_TRACE2", "GIT_TRACE2_EVENT", "GIT_TRACE2_PERF"}
    assert git_variables(seen.with_name("seen-config")) == always
    ours = always | {"GIT_COMMON_DIR", "GIT_CONFIG_GLOBAL", "GIT_CONFIG_NOSYSTEM", "GIT_CONFIG_COUNT"}
    assert git_variables(seen.with_name("seen-status")) == ours


def git_variables(seen: Path) -> set[str]:
    """The names, but for those of settings."""
    names = {line.partition("=")[0] for line in seen.read_text().splitlines() if line.startswith("GIT_")}
    return {name for name in names if not name.startswith(("GIT_CONFIG_KEY_", "GIT_CONFIG_VALUE_"))}


def test_no_temporary_file_is_left_and_none_is_made_in_the_repository(
    checkout: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    commit(checkout)
    temporary = checkout.parent / "temporary"
    temporary.mkdir()
    made: list[str] = []
    make = isolated._make_temporary_directory

    def note(command: GitCommand) -> str:
        made.append(make(command))
        return made[-1]

    monkeypatch.setattr(isolated, "_make_temporary_directory", note)
    monkeypatch.setenv("TMPDIR", str(temporary))
    assert GitQuery(checkout).wait()
    monkeypatch.setenv("TMPDIR", str(checkout))
    assert GitQuery(checkout).wait()
    assert [Path(path).parent for path in made] == [temporary, Path("/tmp")]
    assert not [path for path in made if os.path.exists(path)]
