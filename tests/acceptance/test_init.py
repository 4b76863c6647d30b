"""`orch init`: what ships, put into a repository that has none."""

import re
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.support.messages import message, says
from tests.support.repository import BIN, Ended, Repository

Orch = Callable[..., Ended]


@pytest.fixture
def bare(tmp_path: Path) -> Repository:
    """A folder without `orchestration/`."""
    (tmp_path / "bare").mkdir()
    return Repository(tmp_path / "bare")


def test_init_makes_a_bare_folder_ready_for_a_run(bare: Repository) -> None:
    assert bare.orch("init").code == 0
    assert bare.orch("run", "start", "--workflow", "visual-essay", "--slug", "tea").code == 0


def test_init_names_each_directory_what_to_commit_and_the_next_command(bare: Repository) -> None:
    ended = bare.orch("init")
    files = Counter(str(path.parent.relative_to(bare.root)) for path in bare.root.rglob("*") if path.is_file())
    *directories, commit, last = ended.out.splitlines()
    assert [line.split() for line in directories] == [
        ["created", f"{directory}/", str(count), "file" if count == 1 else "files"]
        for directory, count in sorted(files.items())
    ]
    assert commit == message("commit-orchestration")
    assert last == "Next: orch run visual-essay --slug the-word-robot"
    assert bare.orch(*last.split()[2:]).code == 5, "it pauses at the first gate"


def test_with_v_init_names_each_file(bare: Repository) -> None:
    ended = bare.orch("init", "-v")
    files = {str(path.relative_to(bare.root)) for path in bare.root.rglob("*") if path.is_file()}
    assert {line.removeprefix("created  ") for line in ended.out.splitlines()[:-2]} == files


def test_init_below_another_root_warns_and_names_it(bare: Repository) -> None:
    bare.orch("init")
    inner = Repository(bare.root / "inner")
    inner.root.mkdir()
    ended = inner.orch("init")
    assert ended.code == 0
    assert ended.err == f"orch: {message('init-below-root', outer=bare.root, root=inner.root)}\n"
    assert inner.orch("init", "-q").err == ""


BARE = [
    "orchestration/.gitattributes",
    "orchestration/.gitignore",
    "orchestration/README.md",
    "orchestration/gates/README.md",
    "orchestration/runs/.gitkeep",
]


def test_init_bare_writes_ignore_rules_and_readmes_only(bare: Repository) -> None:
    ended = bare.orch("init", "--bare")
    files = sorted(str(path.relative_to(bare.root)) for path in bare.root.rglob("*") if path.is_file())
    assert (ended.code, files) == (0, BARE)
    assert ended.out.splitlines()[-1] == "Next: orch workflow new my-workflow --gate G1"
    assert not (bare.root / "orchestration/workflows").exists()


def test_what_init_bare_says_to_type_next_works_also_where_it_was_typed_before(bare: Repository) -> None:
    for name in ("my-workflow", "my-workflow-2", "my-workflow-3"):
        ended = bare.orch("init", "--bare")
        assert ended.out.splitlines()[-1] == f"Next: orch workflow new {name} --gate G1"
        assert bare.orch("workflow", "new", name, "--gate", "G1").code == 0


def test_init_after_init_bare_adds_the_rest(bare: Repository) -> None:
    bare.orch("init", "--bare")
    ended = bare.orch("init", "--json")
    assert ended.json["kept"] == BARE
    assert "orchestration/workflows/visual-essay.json" in ended.json["created"]


def test_init_never_overwrites_a_file_and_says_so(repository: Repository, orch: Orch) -> None:
    mine = repository.write_contract("G2", description="mine")
    before = mine.read_bytes()
    ended = orch("init")
    assert (ended.code, mine.read_bytes()) == (0, before)
    assert re.search(r"^kept +orchestration/gates/contracts/ +1 file$", ended.out, re.MULTILINE)
    assert "kept     orchestration/gates/contracts/G2.contract.json" in orch("init", "-v").out


def test_a_second_init_changes_nothing(repository: Repository, orch: Orch) -> None:
    created = orch("init", "--json").json["created"]
    content = {path: (repository.root / path).read_bytes() for path in created}
    again = orch("init", "--json")
    assert (again.code, again.json) == (0, {"created": [], "updated": [], "kept": created})
    assert {path: (repository.root / path).read_bytes() for path in created} == content


def test_init_works_on_the_folder_that_c_names(bare: Repository, tmp_path: Path) -> None:
    assert Repository(tmp_path).orch("-C", "bare", "init").code == 0
    assert (bare.root / "orchestration/workflows/visual-essay.json").is_file()
    assert not (tmp_path / "orchestration").exists()


def test_after_init_git_sees_the_record_and_not_the_logs(bare: Repository) -> None:
    bare.run("git", "init", "--quiet")
    bare.orch("init")
    run_id = bare.start_run()
    bare.orch("invocation", "record", "--run", run_id, "--gate", "G1", "--agent", "maker")
    bare.write(f"orchestration/runs/{run_id}/record/.tmp-1", "half")
    seen = bare.run("git", "status", "--porcelain", "--untracked-files=all", "orchestration/runs").out.split()
    assert f"orchestration/runs/{run_id}/record/RUN.json" in seen
    assert not [path for path in seen if "logs" in path or ".tmp-" in path]


@pytest.mark.parametrize("name", ["orchestration", "orchestration/gates", "orchestration/workflows"])
def test_a_file_where_a_folder_is_meant_is_told_in_one_line(bare: Repository, name: str) -> None:
    bare.write(name, "mine\n")
    ended = bare.orch("init")
    assert ended.code == 2, ended.err
    assert len(ended.err.splitlines()) == 2
    assert name in ended.err
    assert (bare.root / name).read_text() == "mine\n"


def test_a_folder_where_a_file_is_meant_is_kept(bare: Repository) -> None:
    (bare.root / "orchestration/gates/contracts/G1.contract.json").mkdir(parents=True)
    ended = bare.orch("init", "-v")
    assert ended.code == 0
    assert "kept     orchestration/gates/contracts/G1.contract.json" in ended.out


def test_a_folder_that_is_not_there_is_not_made(tmp_path: Path) -> None:
    ended = Repository(tmp_path).orch("-C", "typo/deep", "init")
    assert (ended.code, list(tmp_path.iterdir())) == (2, [])


@pytest.mark.parametrize("name", ["orchestration", "orchestration/gates", "orchestration/prompts/visual-essay"])
@pytest.mark.parametrize("where", ["outside", "bare/inside", "bare/missing"])
def test_nothing_is_written_through_a_link(bare: Repository, tmp_path: Path, name: str, where: str) -> None:
    target = tmp_path / where
    if target.name != "missing":
        target.mkdir()
    (bare.root / name).parent.mkdir(parents=True, exist_ok=True)
    (bare.root / name).symlink_to(target)
    before = sorted(tmp_path.rglob("*"))
    ended = bare.orch("init")
    assert (ended.code, ended.out) == (2, "")
    assert ended.err == f"orch: {message('is-symlink', path=bare.root / name)}\nNext: ls -ld {bare.root / name}\n"
    assert sorted(tmp_path.rglob("*")) == before


@pytest.mark.parametrize("name", ["orchestration/.gitignore", "orchestration/gates/contracts/G1.contract.json"])
@pytest.mark.parametrize("target", ["mine", "missing"])
def test_a_link_in_place_of_a_file_is_kept_and_not_written_through(bare: Repository, name: str, target: str) -> None:
    (bare.root / "mine").write_text("mine\n")
    (bare.root / name).parent.mkdir(parents=True)
    (bare.root / name).symlink_to(bare.root / target)
    ended = bare.orch("init", "-v")
    assert (ended.code, f"kept     {name}" in ended.out) == (0, True)
    assert ((bare.root / "mine").read_text(), (bare.root / "missing").exists()) == ("mine\n", False)


def test_a_file_that_is_cut_off_by_a_full_disk_is_not_kept(bare: Repository, repository: Repository) -> None:
    full = bare.run("sh", "-c", f"ulimit -f 4; exec {BIN}/orch init")  # in blocks, fewer than some of the files have
    assert full.code == 3
    assert re.match(r"orch: orchestration/[\w./-]+: File too large\n", full.err)
    assert bare.orch("init").code == 0
    for path in repository.orch("init", "--json").json["created"]:
        assert (bare.root / path).read_bytes() == (repository.root / path).read_bytes()


def test_a_folder_that_is_reached_through_a_link_is_good(bare: Repository, tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to("bare")
    assert Repository(tmp_path / "link").orch("init").code == 0
    assert (bare.root / "orchestration/workflows/visual-essay.json").is_file()


def test_in_a_folder_that_was_removed_it_says_so_as_every_command_does(repository: Repository) -> None:
    for command in ("init", "status"):
        ended = repository.run("sh", "-c", f"mkdir gone && cd gone && rmdir ../gone && {BIN}/orch {command}")
        assert (ended.code, says(ended.err, "cwd-removed")) == (2, True), command
