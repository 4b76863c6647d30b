"""`orch contract new` and `orch contract explain`."""

import json
import sys

import pexpect
import pytest

from gate_tests.compiler.loader import load_contract
from gate_tests.errors import NotWritten
from tests.support.messages import message, says
from tests.support.repository import ARTIFACTS, SLUG, Repository
from tests.support.terminal import at_a_terminal


@pytest.fixture
def bare_workflow(repository: Repository) -> Repository:
    """A workflow of one gate, with a contract as `orch contract new` writes it."""
    repository.orch("init", "--bare")
    repository.orch("workflow", "new", "notes", "--gate", "G1")
    assert repository.orch("contract", "new", "G1", "--name", "First").code == 0
    return repository


GOOD = "\n\n".join(
    f"## {title}\n\n{'A word, and another. ' * 12}" for title in ("Result", "Evidence", "Open questions")
)


def test_a_new_contract_is_valid_and_says_what_to_do_next(shipped: Repository) -> None:
    ended = shipped.orch("contract", "new", "G4", "--name", "Draft Written")
    assert ended.code == 0, ended.err
    assert ended.out.splitlines()[-1] == "Next: orch contract explain G4"
    contract = load_contract(shipped.workspace, "G4")
    assert (contract.gate, contract.name, len(contract.validations)) == ("G4", "Draft Written", 3)
    assert shipped.orch("contract", "explain", "G4").code == 0
    lint = shipped.orch("contract", "lint", ended.out.split()[1], "--strict", "--json")
    assert (lint.code, lint.json["warnings"]) == (0, [])


@pytest.mark.slow
def test_at_a_terminal_an_explanation_is_wrapped_below_the_text_of_its_line(bare_workflow: Repository) -> None:
    with at_a_terminal(bare_workflow, "contract", "explain", "G1", env={"COLUMNS": "60"}) as child:
        child.expect(pexpect.EOF)
    lines = child.before.splitlines()
    start = next(index for index, line in enumerate(lines) if "all 3 headings" in line)
    assert max(map(len, lines[start : start + 3])) <= 60
    assert lines[start + 1].startswith("     words under each: ")


@pytest.mark.slow
def test_each_check_of_a_new_contract_can_fail(bare_workflow: Repository) -> None:
    bare_workflow.write("orchestration/gates/examples/G1/work/first-run/g1.md", GOOD)
    tried = bare_workflow.orch("contract", "test", "G1")
    assert tried.code == 0, tried.out


@pytest.mark.parametrize(
    ("explained", "following"),
    [
        ((), "run notes --slug first-run"),
        (("--slug", "tea", "--depth", "deep"), "run notes --slug tea --depth deep"),
        (("--artifact-path", "out/x"), "run notes --slug first-run --artifact-path out/x"),
    ],
    ids=["nothing in particular", "a slug and a depth", "another artifact path"],
)
def test_after_an_explanation_a_run_like_it_is_next(
    bare_workflow: Repository, explained: tuple[str, ...], following: str
) -> None:
    ended = bare_workflow.orch("contract", "explain", "G1", *explained)
    assert ended.out.splitlines()[-1] == f"Next: orch {following}"
    assert bare_workflow.orch(*following.split()).code == 5


def test_after_an_explanation_what_a_run_lacks_is_next(bare_workflow: Repository) -> None:
    bare_workflow.orch("workflow", "new", "more", "--gate", "G7", "--gate", "G8")
    bare_workflow.orch("contract", "new", "G7", "--name", "Seventh")
    assert bare_workflow.orch("contract", "explain", "G7").out.splitlines()[-1] == (
        "Next: orch contract new G8 --name 'Step 2'"
    )
    bare_workflow.orch("contract", "new", "G9", "--name", "Ninth")
    assert bare_workflow.orch("contract", "explain", "G9").out.splitlines()[-1] == (
        "Next: orch workflow new my-workflow --gate G9"
    )


def test_after_an_explanation_for_a_run_its_gate_is_checked(bare_workflow: Repository) -> None:
    run_id = bare_workflow.start_run(workflow="notes", slug="tea")
    assert bare_workflow.orch("contract", "explain", "G1", "--run", run_id).out.splitlines()[-1] == (
        f"Next: orch gate check --run {run_id} --gate G1"
    )


def test_a_contract_that_exists_is_not_overwritten(shipped: Repository) -> None:
    path = shipped.root / shipped.workspace.contract_path("G1")
    before = path.read_bytes()
    ended = shipped.orch("contract", "new", "G1", "--name", "Another")
    assert (ended.code, path.read_bytes()) == (2, before)
    told = message("contract-exists", path=shipped.workspace.contract_path("G1"))
    assert ended.err == f"orch: {told}\nNext: orch contract explain G1\n"
    assert shipped.orch("contract", "new", "../x", "--name", "n").code == 2


def test_a_gate_is_explained_with_its_paths_before_any_run(shipped: Repository) -> None:
    ended = shipped.orch("contract", "explain", "G2", "--slug", SLUG, "--depth", "deep")
    assert ended.code == 0, ended.err
    assert message("explained-gate", gate="G2", name="Research Complete", what="fails") in ended.out
    assert f"{ARTIFACTS}/research/CITATIONS.md: at least 15 sources (depth deep)" in ended.out
    assert "{" not in ended.out


def test_it_is_explained_for_a_run_or_for_nothing_in_particular(shipped: Repository) -> None:
    assert "src/app/essays/the-slug/research/CITATIONS.md" in shipped.orch("contract", "explain", "G2").out
    run_id = shipped.start_run(depth="quick")
    of_run = shipped.orch("contract", "explain", "G2", "--run", run_id, "--json").json
    assert (of_run["slug"], of_run["depth"]) == (SLUG, "quick")
    assert any("at least 3 sources" in check["words"] for check in of_run["checks"])
    assert shipped.orch("contract", "explain", "g2", "--json").json == of_run, "the newest run"
    assert shipped.orch("contract", "explain", "G2", "--slug", "tea", "--json").json["slug"] == "tea"
    assert shipped.orch("contract", "explain", "G2", "--run", run_id, "--slug", "tea").code == 2
    assert shipped.orch("contract", "explain", "G9").code == 2


def test_what_runs_and_what_is_optional_is_told_too(shipped: Repository) -> None:
    shipped.write_contract(
        "G1",
        blocking=False,
        required_outputs={
            "any_of": [{"path": "a.md"}, {"path": "b.md"}],
            "all_of": [{"path": "c.md"}, {"path": "d.md", "required": False, "description": "extra"}],
        },
        pre_scripts=[{"path": "tools/prepare.py", "args": ["{slug}"], "may_fail": True}],
        validations=[{"type": "command", "command": ["npm", "test"]}],
    )
    lines = shipped.orch("contract", "explain", "G1", "--slug", "tea").out.splitlines()
    assert message("explained-gate", gate="G1", name="Test", what="does not fail") in lines
    assert f"  1. tools/prepare.py tea{message('may-fail')}" in lines, lines
    assert "  2. npm test" in lines
    assert lines[lines.index(message("optional-outputs")) + 1] == "  1. d.md: extra"
    assert lines[lines.index(message("one-output-of")) + 2] == "  2. b.md"
    assert json.loads(shipped.orch("contract", "explain", "G1", "--json").out)["blocking"] is False


def test_an_empty_slug_or_place_is_not_taken_for_none(shipped: Repository) -> None:
    for command in (("explain", "G2"), ("test", "G2")):
        assert message("not-a-slug", slug="") in shipped.orch("contract", *command, "--slug", "").err
        refused = shipped.orch("contract", *command, "--artifact-path", "")
        assert says(refused.err, "path-of-the-root", what="artifact path", path="")


def test_what_may_stand_in_for_a_missing_file_is_told(shipped: Repository) -> None:
    either = {"any_of": [{"path": "a.md"}, {"path": "b.md"}, {"path": "c.md"}]}
    said = {"type": "contains_text", "target": "b.md", "pattern": "done"}
    shipped.write_contract("G1", required_outputs=either, validations=[said])
    assert f"b.md{message('or-else', paths='a.md, c.md')}: 'done'" in shipped.orch("contract", "explain", "G1").out


def test_where_there_is_no_contract_the_command_that_begins_one_is_named(shipped: Repository) -> None:
    for command in ("explain", "test"):
        assert "Next: orch contract new G7 --name NAME" in shipped.orch("contract", command, "G7").err
    (shipped.root / shipped.workspace.contract_path("G7")).symlink_to("nowhere")
    ended = shipped.orch("contract", "explain", "G7")
    told = message("contract-is-dangling-link", path=shipped.workspace.contract_path("G7"))
    assert (ended.code, told in ended.err) == (2, True), ended.err


def test_a_contract_is_not_said_to_exist_where_a_folder_is_none(repository: Repository) -> None:
    repository.write("orchestration/gates", "a file\n")
    ended = repository.orch("contract", "new", "G4", "--name", "n")
    assert ended.code == 2
    assert says(ended.err, "not-writable", path=repository.workspace.contract_path("G4"))


@pytest.mark.parametrize(
    "arguments", [("contract", "new", "G4", "--name", "n"), ("workflow", "new", "more", "--gate", "G1")], ids=" ".join
)
def test_where_the_disk_is_full_the_next_step_is_not_to_look_at_the_folder(
    shipped: Repository, arguments: tuple[str, ...]
) -> None:
    ended = shipped.run("sh", "-c", 'ulimit -f 0; exec "$@"', "sh", sys.executable, "-m", "runner", *arguments)
    assert (ended.code, ended.err.count("\n")) == (2, 2)
    assert says(ended.err, "not-writable", reason="File too large")
    assert ended.err.endswith(f"Next: {NotWritten.advice}\n")


@pytest.mark.parametrize("link", ["orchestration", "orchestration/gates", "orchestration/gates/contracts"])
def test_no_contract_is_written_through_a_link(shipped: Repository, link: str) -> None:
    (shipped.root / link).rename(shipped.root / "elsewhere")
    (shipped.root / link).symlink_to(shipped.root / "elsewhere")
    before = sorted(shipped.root.rglob("*"))
    ended = shipped.orch("contract", "new", "G4", "--name", "n")
    assert (ended.code, ended.err) == (2, f"orch: {message('is-symlink', path=link)}\nNext: ls -ld {link}\n")
    assert sorted(shipped.root.rglob("*")) == before


@pytest.mark.parametrize("target", ["mine", "missing"])
def test_a_link_in_place_of_a_contract_is_not_written_through(shipped: Repository, target: str) -> None:
    (shipped.root / "mine").write_text("mine")
    path = shipped.workspace.contract_path("G4")
    (shipped.root / path).symlink_to(shipped.root / target)
    ended = shipped.orch("contract", "new", "G4", "--name", "n")
    assert (ended.code, says(ended.err, "contract-exists", path=path)) == (2, True)
    assert ((shipped.root / "mine").read_text(), (shipped.root / "missing").exists()) == ("mine", False)


def test_outputs_whose_absence_is_a_warning_are_not_said_to_be_demanded(shipped: Repository) -> None:
    warned = {"type": "file_exists", "target": "all_required", "severity": "warning"}
    outputs = {"any_of": [{"path": "a.md"}], "all_of": [{"path": "b.md"}]}
    shipped.write_contract("G1", required_outputs=outputs, validations=[warned])
    lines = shipped.orch("contract", "explain", "G1").out.splitlines()
    assert message("one-output-of") in lines
    assert message("expected-outputs") in lines


@pytest.mark.slow
def test_at_a_terminal_the_remarks_of_a_mutation_test_are_wrapped(bare_workflow: Repository) -> None:
    bare_workflow.write("orchestration/gates/examples/G1/work/first-run/g1.md", "short\n")
    with at_a_terminal(bare_workflow, "contract", "test", "G1", env={"COLUMNS": "60"}) as child:
        child.expect(pexpect.EOF)
    lines = child.before.splitlines()
    start = next(index for index, line in enumerate(lines) if line.startswith("not tested "))
    assert max(map(len, lines[start : start + 3])) <= 60
    assert lines[start + 1].startswith("  ")
