"""What a refusal names as the next command gets one on: it is the one that is wanted, and it works."""

import os
import shutil
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.support.git_checkout import git
from tests.support.messages import message, says
from tests.support.repository import Ended, Repository

Orch = Callable[..., Ended]
WORKFLOW = "orchestration/workflows/visual-essay.json"
TEMPLATE = "orchestration/prompts/visual-essay/G1.md"


def way_out(ended: Ended) -> str:
    """The command that a refusal names."""
    assert ended.code == 2, ended.err
    return ended.err.strip().rpartition("Next: ")[2]


def test_a_root_that_does_not_exist_can_be_made(shipped: Repository, tmp_path: Path) -> None:
    named, outside = tmp_path / "a new place", Repository(tmp_path / "outside")
    outside.root.mkdir()
    for place, command in ((outside, "status"), (shipped, "init")):
        command_line = way_out(place.orch("-C", str(named), command))
        assert command_line == f"mkdir -p '{named}' && orch -C '{named}' init"
    assert shipped.run("sh", "-c", command_line).code == 0
    assert message("no-runs") in shipped.orch("-C", str(named), "status").out


@pytest.mark.parametrize("named_by", ["-C", "ORCH_ROOT"])
def test_where_there_is_a_root_a_mistyped_one_is_not_made(shipped: Repository, tmp_path: Path, named_by: str) -> None:
    named, above = tmp_path / "nowhere", Repository(shipped.root.parent)
    options, environment = (("-C", str(named)), {}) if named_by == "-C" else ((), {"ORCH_ROOT": str(named)})
    assert way_out(shipped.orch(*options, "status", env=environment)) == "orch -C . status"
    assert way_out(above.orch(*options, "status", env=environment)) == f"orch -C {shipped.root} status"


def test_next_commands_keep_the_root_that_was_given_instead_of_the_environment(shipped: Repository) -> None:
    told = shipped.orch("-C", ".", "status", env={"ORCH_ROOT": "/nowhere"})
    assert told.out.strip().endswith("Next: orch -C . run data-report --help")


@pytest.mark.parametrize("lost", ["orchestration", WORKFLOW])
def test_a_workflow_that_git_has_is_restored_also_where_it_was_a_command(shipped: Repository, lost: str) -> None:
    shipped.commit()
    remove = shutil.rmtree if lost == "orchestration" else os.unlink
    remove(shipped.root / lost)
    command = way_out(shipped.orch("run", "visual-essay", "--slug", "tea"))
    assert command == f"git checkout HEAD -- {WORKFLOW if lost == WORKFLOW else 'orchestration/gates'}"
    assert shipped.run("sh", "-c", command).code == 0


NOBODY = ("setpriv", "--bounding-set=-dac_override,-dac_read_search")


@pytest.mark.skipif(os.geteuid() != 0 or not shutil.which("setpriv"), reason="takes a right of root away")
@pytest.mark.parametrize("locked", ["orchestration", "orchestration/workflows"])
def test_what_nobody_may_look_into_is_not_said_to_be_missing(shipped: Repository, locked: str) -> None:
    (shipped.root / locked).chmod(0)
    ended = shipped.run(*NOBODY, sys.executable, "-m", "runner", "run", "own", "--slug", "tea")
    (shipped.root / locked).chmod(0o755)
    assert (ended.code, "Permission denied\nNext: " in ended.err) == (3, True), ended.err
    assert ended.err.endswith(", then repeat the command\n")


def test_a_root_that_is_a_file_is_no_place_to_begin_in(shipped: Repository) -> None:
    readme = shipped.root / "README.md"
    readme.write_text("")
    ended = shipped.orch("-C", str(readme), "status")
    assert says(ended.err, "root-is-file", named_by="-C")
    assert way_out(ended) == "orch -C . status"


def test_instructions_that_are_gone_come_back_from_git(shipped: Repository) -> None:
    for words in (("init", "-q"), ("add", "-A"), ("-c", "user.name=a", "-c", "user.email=a@b", "commit", "-qm", "a")):
        assert shipped.run("git", *words).code == 0
    (shipped.root / TEMPLATE).unlink()
    command = way_out(shipped.orch("run", "visual-essay", "--slug", "tea"))
    assert command == f"git checkout HEAD -- {TEMPLATE}"
    assert shipped.run("sh", "-c", command).code == 0
    assert shipped.orch("run", "visual-essay", "--slug", "tea").code == 5


def test_from_another_folder_the_command_goes_to_the_root(shipped: Repository, tmp_path: Path) -> None:
    for words in (("init", "-q"), ("add", "-A"), ("-c", "user.name=a", "-c", "user.email=a@b", "commit", "-qm", "a")):
        assert shipped.run("git", *words).code == 0
    below, elsewhere = Repository(shipped.root / "orchestration"), Repository(tmp_path)
    for place, at_root in ((below, ()), (elsewhere, ("-C", str(shipped.root)))):
        (shipped.root / TEMPLATE).unlink()
        command = way_out(place.orch(*at_root, "run", "visual-essay", "--slug", "tea"))
        assert command == f"(cd {shipped.root} && git checkout HEAD -- {TEMPLATE})"
        assert place.run("sh", "-c", command).code == 0
        assert (shipped.root / TEMPLATE).exists()


def test_what_the_doctor_names_works_from_another_folder(shipped: Repository, tmp_path: Path) -> None:
    assert shipped.run("git", "init", "-q").code == 0
    (shipped.root / "orchestration/.gitignore").unlink()
    shutil.rmtree(shipped.root / "orchestration/workflows")
    found = Repository(tmp_path).orch("-C", str(shipped.root), "doctor", "--json").json
    wanted = {row["subject"]: row["next"] for row in found if row["next"]}
    assert wanted["root"] == f"orch -C {shipped.root} init"
    assert wanted["git"] == f"(cd {shipped.root} && echo 'runs/*/logs/' >> orchestration/.gitignore)"


def test_instructions_that_lead_out_of_the_root_are_shown(shipped: Repository, tmp_path: Path) -> None:
    (shipped.root / TEMPLATE).unlink()
    (tmp_path / "G1.md").write_text("Do it.")
    (shipped.root / TEMPLATE).symlink_to(tmp_path / "G1.md")
    command = way_out(shipped.orch("run", "visual-essay", "--slug", "tea"))
    assert str(tmp_path / "G1.md") in shipped.run("sh", "-c", command).out


def test_a_run_that_was_ended_is_named_where_none_is_unfinished(shipped: Repository, orch: Orch, run_id: str) -> None:
    assert orch("run", "complete", "--run", run_id, "--status", "CANCELED").code == 0
    assert way_out(orch("run", "resume")) == f"orch run resume --run {run_id}"


def test_a_run_has_a_slug_of_its_own_to_explain_a_gate_with(orch: Orch, run_id: str) -> None:
    command = way_out(orch("contract", "explain", "G2", "--run", run_id, "--slug", "tea"))
    assert command == f"orch contract explain G2 --run {run_id}"


@pytest.mark.parametrize("path", ["nowhere", "orchestration/README.md", "orchestration/workflows"])
def test_where_no_contract_lies_all_can_be_looked_at(shipped: Repository, orch: Orch, path: str) -> None:
    assert way_out(orch("contract", "lint", path)) == "orch contract lint"


def test_an_unknown_workflow_is_told_with_the_list_of_them(shipped: Repository, orch: Orch) -> None:
    assert way_out(orch("run", "start", "--workflow", "essay", "--slug", "tea")) == "orch run --help"
    assert way_out(orch("run", "list", "--workflow", "essay")) == "orch run list"


def test_a_folder_of_contracts_that_is_none_is_shown(shipped: Repository, orch: Orch) -> None:
    contracts = shipped.root / "orchestration/gates/contracts"
    shutil.rmtree(contracts)
    contracts.write_text("")
    assert way_out(orch("contract", "new", "G9", "--name", "Tea")) == "ls -ld orchestration/gates/contracts"


def test_a_gate_that_a_person_failed_is_begun_by_who_usually_works_at_it(orch: Orch, run_id: str) -> None:
    at_g2 = ("--run", run_id, "--gate", "G2")
    assert orch("gate", "fail", *at_g2, "--reason", "made up").code == 0
    command = way_out(orch("gate", "finish", *at_g2))
    assert command == f"orch gate start --run {run_id} --gate G2 --agent research-orchestrator"


def test_good_artifacts_that_are_missing_have_a_place(shipped: Repository, orch: Orch) -> None:
    shipped.write_contract("G9", validations=[{"type": "file_exists", "target": "{artifact_path}/a.md"}])
    make = way_out(orch("contract", "test", "G9"))
    assert make == "mkdir -p orchestration/gates/examples/G9"
    assert shipped.run("sh", "-c", make).code == 0
    assert way_out(orch("contract", "test", "G9")) == "add them, then repeat the command"


def test_a_gate_that_the_environment_misnames_is_told_to_be_of_the_environment(
    shipped: Repository, run_id: str
) -> None:
    ended = shipped.orch("gate", "check", "--run", run_id, env={"ORCH_GATE": "G8"})
    assert f"orch: ORCH_GATE: {message('unknown-gate', gate='G8', run=run_id)}" in ended.err
    assert way_out(ended) == f"orch run show --run {run_id}"


# What git has is restored, not written anew

G2 = "orchestration/gates/contracts/G2.contract.json"
SPARSE = "git checkout --ignore-skip-worktree-bits HEAD -- orchestration/gates"


@pytest.fixture
def sparse(shipped: Repository) -> Repository:
    """A checkout without `orchestration/`, which the commit has."""
    shipped.write("src/a.md", "a").parent.joinpath("inner").mkdir()
    shipped.commit()
    git(shipped.root, "sparse-checkout", "set", "src")
    assert not (shipped.root / "orchestration/gates").exists()
    return shipped


@pytest.mark.parametrize("command", [("status",), ("run", "list"), ("contract", "lint")], ids=" ".join)
@pytest.mark.slow
def test_no_second_root_is_made_where_a_sparse_checkout_leaves_the_root_out(
    sparse: Repository, command: tuple[str, ...]
) -> None:
    assert way_out(sparse.orch(*command)) == SPARSE
    inner = Repository(sparse.root / "src/inner")
    inner.root.mkdir(exist_ok=True)
    restore = way_out(inner.orch(*command))
    assert restore == f"(cd {sparse.root} && {SPARSE})"
    assert inner.run("sh", "-c", restore).code == 0
    assert inner.orch("contract", "lint").code == 0


def test_a_directory_that_is_named_is_no_second_root_either(sparse: Repository, tmp_path: Path) -> None:
    elsewhere = Repository(tmp_path)
    for named in (sparse.root, sparse.root / "src/inner"):
        named.mkdir(exist_ok=True)
        assert way_out(elsewhere.orch("-C", str(named), "status")) == f"(cd {sparse.root} && {SPARSE})"


@pytest.mark.parametrize("directory", ["workflows", "gates/contracts"])
def test_workflows_and_contracts_that_git_has_are_not_installed_again(shipped: Repository, directory: str) -> None:
    shipped.commit()
    shutil.rmtree(shipped.root / "orchestration" / directory)
    ended = shipped.orch("contract", "lint") if "contracts" in directory else shipped.orch("status")
    restore = (ended.out + ended.err).strip().rpartition("Next: ")[2]
    assert restore.startswith(f"git checkout HEAD -- orchestration/{directory}")
    assert shipped.run("sh", "-c", restore).code == 0


@pytest.mark.parametrize("command", ["contract explain G2", "status"])
def test_what_git_may_have_is_not_written_anew_where_git_cannot_be_asked(shipped: Repository, command: str) -> None:
    shipped.commit()
    (shipped.root / G2).unlink()
    if command == "status":
        shutil.rmtree(shipped.root / "orchestration")
    ended = shipped.orch(*command.split(), env={"PATH": str(shipped.root)})
    assert ended.code == 2
    assert ended.err.endswith("\nNext: restore the file from a backup; git, which may have it, does not answer\n")


@pytest.mark.slow
def test_a_lost_prompt_is_restored(shipped: Repository) -> None:
    shipped.write("topic.txt", "tea")
    shipped.commit()
    paused = shipped.orch("run", "visual-essay", "--slug", "tea", "--prompt-file", "topic.txt")
    shutil.rmtree(next((shipped.root / "orchestration/runs").glob("run_*/logs")))
    (shipped.root / "topic.txt").unlink()
    assert paused.code == 5
    restore = way_out(shipped.orch("run", "resume"))
    assert restore == "git checkout HEAD -- topic.txt"
    assert shipped.run("sh", "-c", restore).code == 0
    assert shipped.orch("run", "resume").code == 1


def test_a_lost_workflow_is_restored(shipped: Repository, orch: Orch) -> None:
    shipped.commit()
    workflow = shipped.root / "orchestration/workflows/visual-essay.json"
    workflow.unlink()
    restore = way_out(orch("run", "start", "--workflow", "visual-essay", "--slug", "tea"))
    assert restore == "git checkout HEAD -- orchestration/workflows/visual-essay.json"
    assert shipped.run("sh", "-c", restore).code == 0
    assert workflow.exists()


@pytest.mark.slow
def test_pytest_names_the_command_that_finds_out_what_git_has(shipped: Repository, run_id: str) -> None:
    select = ("--gate", "G2", "--run", run_id)
    (shipped.root / G2).rename(shipped.root / "aside")
    assert "Next: orch contract new G2 --name NAME" in shipped.pytest(*select).err, "there is no git"
    (shipped.root / "aside").rename(shipped.root / G2)
    shipped.commit()
    (shipped.root / G2).unlink()
    command = shipped.pytest(*select).err.strip().rpartition("Next: ")[2]
    assert command == "orch contract explain G2"
    assert way_out(shipped.orch(*command.split()[1:])) == f"git checkout HEAD -- {G2}"
    shutil.rmtree(shipped.root / "orchestration/gates")
    shutil.rmtree(shipped.root / "orchestration/workflows")
    assert shipped.pytest(*select).err.strip().endswith("Next: orch doctor")
    assert "git checkout HEAD -- orchestration/gates" in shipped.orch("doctor").out


@pytest.mark.slow
def test_pytest_without_any_run_names_the_command_that_explains_how_to_start_one(shipped: Repository) -> None:
    ended = shipped.pytest("--gate", "G2")
    assert (ended.code, message("which-run-none") in ended.err) == (4, True)
    assert ended.err.rstrip().endswith("Next: orch run start --help")
