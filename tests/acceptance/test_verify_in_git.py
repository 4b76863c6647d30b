"""`orch verify` in every kind of repository: what it cannot ask git is one line, with a next command that works."""

import os
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

import pytest

from tests.support.git_checkout import commit, git, make_checkout
from tests.support.next_commands import find_next_steps
from tests.support.repository import Ended, Repository
from tests.support.two_gates import (
    G1,
    ONE,
    TWO,
    WORKFLOW,
    edit,
    pass_two_gates,
    quietly,
)

pytestmark = pytest.mark.slow  # many clones and work trees


@pytest.fixture
def run_id(repository: Repository) -> str:
    """The id of a run that has passed, whose contract was loosened in a second commit."""
    run_id = pass_two_gates(repository)
    repository.commit()
    edit(repository, G1, '"min": 3', '"min": 1')
    repository.commit()
    return run_id


def clone(repository: Repository, tmp_path: Path, *options: str) -> Repository:
    git(repository.root, "config", "uploadpack.allowFilter", "true")
    git(tmp_path, "clone", "--quiet", *options, f"file://{repository.root}", "clone")
    return Repository(tmp_path / "clone")


def paste(repository: Repository, ended: Ended) -> str:
    """Runs the one next command that was printed, which works; gives what it printed."""
    [command] = find_next_steps(ended.out + ended.err)
    done = repository.run("sh", "-c", f"{command} 2>&1")
    assert done.code == 0, (command, done)
    return done.out


def snapshot(root: Path) -> dict[str, bytes]:
    """Every file, those of git as well."""
    files = (Path(parent, name) for parent, _, names in os.walk(root) for name in names)
    return {str(file): file.read_bytes() for file in files}


LOOSER = "looser: word_count {artifact_path}/one.md: min 3 → 1"
CLONES = {
    "shallow": (["--depth", "1"], "git has no such version in this shallow clone"),
    "without blobs": (["--filter=blob:none"], "git has no such version in this partial clone"),
    "without trees": (["--filter=tree:0"], "git cannot read the repository: fatal: unable to read tree "),
}


@pytest.mark.usefixtures("run_id")
@pytest.mark.parametrize(("options", "problem"), CLONES.values(), ids=CLONES.keys())
def test_a_contract_that_a_clone_lacks_is_named_and_fetched_by_the_next_command(
    repository: Repository, tmp_path: Path, options: list[str], problem: str
) -> None:
    cloned = clone(repository, tmp_path, *options)
    before = snapshot(cloned.root)
    ended = cloned.orch("verify")
    assert ended.code == 1
    assert f"what changed is not known: {problem}" in ended.out
    assert cloned.orch("verify", "--at", "HEAD~1").code == 2
    assert snapshot(cloned.root) == before
    paste(cloned, ended)
    assert quietly(cloned.orch("verify"))[1] == LOOSER
    assert cloned.orch("verify", "--at", "HEAD~1").code == 0


def corrupt_index(root: Path) -> None:
    (root / ".git/index").write_bytes(b"garbage" * 100)


def lose_contract(root: Path) -> None:
    object_id = git(root, "rev-parse", f"HEAD~1:{G1}")
    path = root / ".git/objects" / object_id[:2] / object_id[2:]
    path.chmod(0o644)
    path.write_bytes(b"garbage")


def lose_head(root: Path) -> None:
    (root / ".git/HEAD").unlink()


def break_configuration(root: Path) -> None:
    (root / ".git/config").write_text("[core\n")


@pytest.mark.usefixtures("run_id")
@pytest.mark.parametrize("damage", [corrupt_index, lose_contract, lose_head, break_configuration])
def test_the_work_tree_is_verified_also_where_git_cannot_be_read(
    repository: Repository, damage: Callable[[Path], None]
) -> None:
    damage(repository.root)
    (repository.root / TWO).unlink()
    ended = repository.orch("verify")
    lines = quietly(ended)
    assert (ended.code, lines[0]) == (1, f"missing: {TWO} (G2 attempt 1)")
    assert lines[2].startswith("what changed is not known: git cannot read the repository: ")
    if damage is not lose_contract:  # `git fsck` fails where it finds something
        paste(repository, ended)


@pytest.mark.usefixtures("run_id")
def test_without_git_the_next_command_is_not_the_same_again(repository: Repository) -> None:
    repository.run("rm", "-rf", ".git")
    ended = repository.orch("verify")
    assert "is not in a git repository" in ended.out
    assert find_next_steps(ended.out)[0].startswith("orch status ")


@pytest.mark.usefixtures("run_id")
def test_outputs_in_a_submodule_are_no_files_of_the_commit_and_cannot_be_staged(
    repository: Repository, tmp_path: Path
) -> None:
    repository.run("cp", "-r", "out", str(tmp_path / "library"))
    library = Repository(tmp_path / "library").commit()
    git(repository.root, "rm", "-r", "-q", "out")
    git(repository.root, "submodule", "--quiet", "add", str(library.root), "out")
    repository.commit()
    assert "3 files (3 ok)" in repository.orch("verify").out
    for options in (("--at", "HEAD"), ("--staged",)):
        ended = repository.orch("verify", *options)
        assert (ended.code, ended.err) == (1, "")
        assert (
            quietly(ended)[0] == f"changed: {ONE} (G1 attempt 1): is in the submodule out, which is another repository"
        )
        assert "not staged" not in ended.out
        paste(repository, ended)


@pytest.mark.usefixtures("run_id")
def test_an_output_behind_a_symlink_is_staged_where_it_is(repository: Repository) -> None:
    git(repository.root, "rm", "-r", "-q", "--cached", "out")
    (repository.root / "out").rename(repository.root / "elsewhere")
    (repository.root / "out").symlink_to("elsewhere")
    assert "3 files (3 ok)" in repository.orch("verify").out
    ended = repository.orch("verify", "--staged")
    assert [line for line in quietly(ended) if line.startswith("not staged")] == [
        "not staged: out", "not staged: elsewhere/tea/one.md", "not staged: elsewhere/tea/two.md",
    ]  # fmt: skip
    paste(repository, ended)
    assert "3 files (3 ok)" in repository.orch("verify", "--staged").out


def test_a_run_that_a_commit_does_not_have_is_refused_with_the_command_that_lists_its_runs(
    repository: Repository, run_id: str
) -> None:
    git(repository.root, "checkout", "-q", "-b", "other")
    git(repository.root, "rm", "-r", "-q", f"orchestration/runs/{run_id}")
    repository.commit()
    assert repository.orch("verify", run_id, "--at", "main").code == 1
    refused = repository.orch("verify", run_id, "--at", "HEAD")
    assert refused.code == 2
    commit = git(repository.root, "rev-parse", "HEAD")[:12]
    assert refused.err.startswith(f"orch: commit {commit}: unknown run '{run_id}'\n")
    assert "no runs" in paste(repository, refused)


@pytest.mark.usefixtures("run_id")
def test_a_name_that_is_no_run_id_hides_no_other_run(repository: Repository) -> None:
    repository.write("orchestration/runs/run_\nx/record/RUN.json", "{}")
    git(repository.root, "add", "--all")
    for options in ((), ("--staged",)):
        ended = repository.orch("verify", *options)
        assert (ended.code, ended.err) == (2, "")
        assert "not verified: invalid run id 'run_\\nx'" in ended.out
        assert "3 files (3 ok), 1 contract changed" in ended.out
        assert "1 not verified" in ended.out


@pytest.mark.usefixtures("run_id")
def test_another_root_is_asked_in_its_repository(repository: Repository, tmp_path: Path) -> None:
    (tmp_path / "here").mkdir()
    ended = Repository(tmp_path / "here").orch("-C", str(repository.root), "verify", "--at", "mian")
    assert ended.code == 2
    assert "main" in paste(Repository(tmp_path / "here"), ended)
    (repository.root / "out").joinpath("deep").mkdir()
    assert repository.orch("verify", "--at", "mian").err.endswith("Next: git branch --all\n")


@pytest.mark.usefixtures("run_id")
def test_reading_a_sparse_index_makes_no_object(repository: Repository) -> None:
    git(
        repository.root,
        "sparse-checkout",
        "set",
        "--cone",
        "--sparse-index",
        "orchestration/runs",
        "orchestration/gates",
    )
    before = {*snapshot(repository.root)}
    for options in ((), ("--staged",), ("--at", "HEAD")):
        repository.orch("verify", *options)
    assert {*snapshot(repository.root)} == before


def mark_conflict(path: Path) -> None:
    path.write_text("<<<<<<< ours\n{}\n=======\n[]\n>>>>>>> theirs\n")


def make_directory(path: Path) -> None:
    path.unlink()
    path.mkdir()
    (path / "file").touch()


@pytest.mark.usefixtures("run_id")
@pytest.mark.parametrize(
    ("change", "reason"),
    [(mark_conflict, "contains git conflict markers"), (make_directory, "is a directory; expected a JSON file")],
)
@pytest.mark.parametrize("path", [G1, WORKFLOW])
def test_a_rule_that_cannot_be_read_is_not_missing(
    repository: Repository, path: str, change: Callable[[Path], None], reason: str
) -> None:
    change(repository.root / path)
    ended = repository.orch("verify", "--json")
    rules = {rule["path"]: rule for rule in ended.json["runs"][0]["rules"]}
    assert ended.code == 1
    assert rules[path]["status"].endswith(" changed")
    assert (rules[path]["problem"], rules[path]["present_sha256"]) == (reason, None)


@pytest.mark.usefixtures("run_id")
def test_the_work_tree_a_commit_and_the_index_agree_on_what_takes_the_place_of_an_output(
    repository: Repository,
) -> None:
    (repository.root / ONE).unlink()
    repository.write(f"{ONE}/file", "a directory\n")
    (repository.root / TWO).unlink()
    (repository.root / TWO).symlink_to("/dev/null")
    repository.run("rm", "-r", "sources")
    repository.write("sources", "a file\n")
    repository.commit()
    for options in ((), ("--at", "HEAD"), ("--staged",)):
        files = repository.orch("verify", *options, "--json").json["runs"][0]["files"]
        assert [(file["status"], file.get("problem")) for file in files] == [
            ("changed", "is not a file"),
            ("changed", "is outside the root (through a symlink)"),
            ("missing", None),
        ]


def test_what_does_not_fit_into_a_line_is_staged_by_its_directory(repository: Repository) -> None:
    repository.write_contract("G1", required_outputs={"all_of": [{"path": "{artifact_path}/*.md"}]})
    repository.write_workflow("G1")
    run_id = repository.start_run(workflow="tests", slug="tea")
    repository.start_gate(run_id, "G1")
    for number in range(200):
        repository.write(f"out/tea/-{number}.md", f"text {number}\n")
    assert repository.orch("gate", "finish", "--run", run_id, "--gate", "G1").code == 0
    repository.commit()
    git(repository.root, "rm", "-r", "-q", "--cached", "out")
    ended = repository.orch("verify", "--staged")
    assert find_next_steps(ended.out) == ["git add out/tea"]
    paste(repository, ended)
    assert "200 files (200 ok)" in repository.orch("verify", "--staged").out
    repository.write(".gitignore", "out\n")
    git(repository.root, "rm", "-r", "-q", "--cached", "out")
    ended = repository.orch("verify", "--staged")
    assert "(git ignores it: .gitignore:1: out)" in ended.out
    paste(repository, ended)


@pytest.mark.usefixtures("run_id")
def test_what_a_sparse_checkout_leaves_out_is_verified_in_the_commit(repository: Repository) -> None:
    edit(repository, G1, '"min": 1', '"min": 3')
    repository.commit()
    git(repository.root, "sparse-checkout", "set", "--no-cone", "/orchestration/", "/sources/")
    ended = repository.orch("verify")
    assert ended.code == 1
    assert quietly(ended) == [
        f"missing: {ONE} (G1 attempt 1): a sparse checkout leaves it out",
        f"missing: {TWO} (G2 attempt 1): a sparse checkout leaves it out",
    ]
    assert find_next_steps(ended.out) == ["orch verify --at HEAD"]
    assert "3 files (3 ok)" in paste(repository, ended)


@pytest.mark.usefixtures("run_id")
def test_outputs_in_a_submodule_that_is_not_there_are_fetched(repository: Repository, tmp_path: Path) -> None:
    repository.run("cp", "-r", "out", str(tmp_path / "library"))
    library = Repository(tmp_path / "library").commit()
    git(repository.root, "rm", "-r", "-q", "out")
    git(repository.root, "submodule", "--quiet", "add", str(library.root), "out")
    git(repository.root, "submodule", "--quiet", "deinit", "--force", "out")
    ended = repository.orch("verify")
    assert quietly(ended)[0] == f"missing: {ONE} (G1 attempt 1): is in the submodule out, which is not checked out"
    paste(repository, ended)
    assert "3 files (3 ok)" in repository.orch("verify").out


@pytest.mark.usefixtures("run_id")
def test_a_pointer_that_git_lfs_manages_has_the_hash_of_its_file(repository: Repository) -> None:
    content = (repository.root / ONE).read_bytes()
    commit_pointer(repository, ONE, sha256(content).hexdigest(), len(content))
    for options in (("--at", "HEAD"), ("--staged",), ("--staged", "--touched")):
        assert not [line for line in quietly(repository.orch("verify", *options)) if ONE in line]
    assert quietly(repository.orch("verify"))[0] == f"changed: {ONE} (G1 attempt 1): is a Git LFS pointer"
    commit_pointer(repository, ONE, 64 * "0", len(content))
    assert quietly(repository.orch("verify", "--at", "HEAD"))[0] == f"changed: {ONE} (G1 attempt 1)"


def test_a_pointer_below_attributes_of_the_repository_is_managed_too(tmp_path: Path) -> None:
    top = make_checkout(tmp_path / "top")
    (top / ".gitattributes").write_text("*.md filter=lfs\n")
    (top / "below/orchestration/workflows").mkdir(parents=True)
    repository = Repository(top / "below")
    pass_two_gates(repository)
    content = (repository.root / ONE).read_bytes()
    repository.write(ONE, format_pointer(sha256(content).hexdigest(), len(content)))
    commit(top)
    assert quietly(repository.orch("verify", "--at", "HEAD")) == []


def commit_pointer(repository: Repository, path: str, sha256: str, size_bytes: int) -> None:
    repository.write(".gitattributes", "*.md filter=lfs diff=lfs merge=lfs -text\n")
    repository.write(path, format_pointer(sha256, size_bytes))
    repository.commit()


def format_pointer(sha256: str, size_bytes: int) -> str:
    return f"version https://git-lfs.github.com/spec/v1\noid sha256:{sha256}\nsize {size_bytes}\n"


@pytest.mark.usefixtures("run_id")
def test_a_pointer_of_git_lfs_is_named_and_not_staged_again(repository: Repository) -> None:
    content = (repository.root / ONE).read_bytes()
    pointer = f"version https://git-lfs.github.com/spec/v1\noid sha256:{64 * '0'}\nsize {len(content)}\n"
    repository.write(ONE, pointer)
    repository.commit()
    ended = repository.orch("verify")
    assert quietly(ended)[0] == f"changed: {ONE} (G1 attempt 1): is a Git LFS pointer"
    assert find_next_steps(ended.out) == ["git lfs pull"]
    repository.write(ONE, content)
    assert "3 files (3 ok)" in repository.orch("verify").out
    for options in (("--at", "HEAD"), ("--staged",)):
        ended = repository.orch("verify", *options)
        assert quietly(ended)[0].endswith(": is a Git LFS pointer, git does not have its content")
        assert "not staged" not in ended.out
