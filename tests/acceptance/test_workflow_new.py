"""`orch workflow new`: a workflow of one's own, from the names of its gates or from the record of a run."""

import json
import re
import shlex
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from runner.workflows.definition import load_workflow
from runner.workflows.validation import RESERVED_NAMES
from tests.support import legacy_records
from tests.support.legacy_records import write_original
from tests.support.messages import message
from tests.support.repository import Ended, Repository

PATH = "orchestration/workflows/notes.json"


@pytest.fixture
def bare(tmp_path: Path) -> Repository:
    """What `orch init --bare` makes of an empty directory."""
    (tmp_path / "bare").mkdir()
    repository = Repository(tmp_path / "bare")
    assert repository.orch("init", "--bare").code == 0
    return repository


def workflow(repository: Repository, path: str = PATH) -> Any:
    return json.loads((repository.root / path).read_text("utf-8"))


def next_command(ended: Ended) -> str:
    """The command on the last line, without `orch`."""
    (line,) = [line for line in (ended.out + ended.err).splitlines() if line.startswith("Next: ")]
    return line.removeprefix("Next: orch ")


WORK = """\
## Result

The first run of this workflow is here, and this file is what it was asked to leave behind for whoever comes next.

## Evidence

Every step was followed as it was printed, one after the other, and nothing was typed that had not been named by the
command before it. The contract was explained before the work began, and it says the same as the packet of the gate.

## Open questions

Whether the example in the contract is what this team needs is for the team to say; it was not asked here, and a
contract that nobody has changed yet is an example. Somebody should read it, line by line, and write down what has to
be true before the next step starts: which files, which headings, which sources, how many words, and which program.
The rest of the run will then be judged by that and by nothing else, and the record will keep what was found.
"""


def test_each_next_command_leads_from_an_empty_directory_to_a_run_that_passed(tmp_path: Path) -> None:
    repository = Repository(tmp_path)
    typed, ended = ["init --bare"], repository.orch("init", "--bare")
    while ended.code in {0, 5} and not (ended.code == 0 and "PASSED" in ended.out):
        assert len(typed) < 8, typed
        command = next_command(ended)
        if command.startswith("run resume"):
            repository.write("work/first-run/g1.md", WORK)
        typed.append(command)
        ended = repository.orch(*shlex.split(command))
    assert (ended.code, "PASSED" in ended.out) == (0, True), ended
    assert [re.sub(r"run_\w+-run_\w+", "ID", each) for each in typed] == [
        "init --bare",
        "workflow new my-workflow --gate G1",
        "contract new G1 --name 'Step 1'",
        "contract explain G1",
        "run my-workflow --slug first-run",
        "run resume --run ID",
    ]


def test_a_new_workflow_has_the_gates_in_their_order_and_says_which_contracts_are_missing(bare: Repository) -> None:
    bare.write_contract("G1.5")
    ended = bare.orch("workflow", "new", "notes", "--gate", "G2", "--gate", "G1.5,draft-written", "--gate", "G2")
    assert ended.code == 0, ended.err
    assert ended.out.splitlines() == [
        f"created  {PATH}",
        "  G2             Step 1, by author: no contract yet",
        "  G1.5           Test, by author: orchestration/gates/contracts/G1.5.contract.json",
        "  draft-written  Draft written, by author: no contract yet",
        "Next: orch contract new G2 --name 'Step 1'",
    ]
    loaded = load_workflow(bare.workspace, "notes")
    assert [(each.gate, each.prompt_template) for each in loaded.gates] == [
        ("G2", None),
        ("G1.5", None),
        ("draft-written", None),
    ]
    assert loaded.artifact_path == "work/{slug}"


def test_after_all_contracts_exist_a_run_is_next(bare: Repository) -> None:
    bare.write_contract("G1")
    assert next_command(bare.orch("workflow", "new", "notes", "--gate", "G1")) == "run notes --slug first-run"


def test_instructions_that_exist_are_named(bare: Repository) -> None:
    bare.write("orchestration/prompts/notes/G1.md", "Take notes.\n")
    bare.orch("workflow", "new", "notes", "--gate", "G1", "--gate", "G2")
    templates = [gate["prompt_template"] for gate in workflow(bare)["gates"]]
    assert templates == ["orchestration/prompts/notes/G1.md", None]


def test_with_json_it_prints_the_path_and_the_missing_contracts(bare: Repository) -> None:
    ended = bare.orch("workflow", "new", "notes", "--gate", "G1", "--json")
    assert ended.json == {"created": PATH, "missing_contracts": ["G1"]}


def test_a_contract_that_git_has_is_restored_and_not_written_anew(bare: Repository) -> None:
    path = bare.write_contract("G1")
    bare.commit()
    path.unlink()
    ended = bare.orch("workflow", "new", "notes", "--gate", "G1")
    assert ended.out.splitlines()[-1] == "Next: git checkout HEAD -- orchestration/gates/contracts/G1.contract.json"


@pytest.mark.parametrize("name", RESERVED_NAMES)
def test_no_workflow_gets_the_name_of_a_command(bare: Repository, name: str) -> None:
    ended = bare.orch("workflow", "new", name, "--gate", "G1")
    assert (ended.code, next_command(ended)) == (2, f"workflow new {name}-workflow --gate G1")
    assert bare.workspace.workflows() == []


@pytest.mark.parametrize(
    ("name", "valid"),
    [("Release Notes", "release-notes"), ("1st", "st"), ("../x", "x"), ("é", "my-workflow"), ("", "my-workflow")],
)
def test_a_name_that_is_none_is_refused_with_one_that_works(bare: Repository, name: str, valid: str) -> None:
    ended = bare.orch("workflow", "new", name, "--gate", "G1")
    assert (ended.code, ended.err.splitlines()[0]) == (2, f"orch: {message('not-a-workflow-name', name=name)}")
    assert bare.orch(*shlex.split(next_command(ended))).code == 0
    assert bare.workspace.workflows() == [valid]


@pytest.mark.parametrize("content", ["mine\n", None], ids=["a file", "a dangling link"])
def test_a_workflow_that_exists_is_not_overwritten(bare: Repository, content: str | None) -> None:
    path = bare.write(PATH, content or "")
    if content is None:
        path.unlink()
        path.symlink_to("nowhere.json")
    ended = bare.orch("workflow", "new", "notes", "--gate", "G1")
    told = message("workflow-exists", path=PATH)
    assert (ended.code, ended.err) == (2, f"orch: {told}\nNext: orch run notes --help\n")
    assert not path.exists() if content is None else path.read_text() == content


@pytest.mark.parametrize("link", ["orchestration", "orchestration/workflows"])
def test_no_workflow_is_written_through_a_link(bare: Repository, link: str) -> None:
    bare.write("orchestration/workflows/.gitkeep", "")
    (bare.root / link).rename(bare.root / "elsewhere")
    (bare.root / link).symlink_to(bare.root / "elsewhere")
    before = sorted(bare.root.rglob("*"))
    ended = bare.orch("workflow", "new", "notes", "--gate", "G1")
    assert (ended.code, ended.err) == (2, f"orch: {message('is-symlink', path=link)}\nNext: ls -ld {link}\n")
    assert sorted(bare.root.rglob("*")) == before


@pytest.mark.parametrize(
    "arguments",
    [("notes",), ("notes", "--gate", "../x"), ("notes", "--gate", ""), ("notes", "--gate", "G1", "--from-run", "x")],
    ids=["no gates", "a bad gate", "an empty gate", "both"],
)
def test_what_gives_no_gates_is_refused_in_one_line(bare: Repository, arguments: tuple[str, ...]) -> None:
    ended = bare.orch("workflow", "new", *arguments)
    assert (ended.code, len(ended.err.splitlines()), next_command(ended)) == (2, 2, "workflow new --help")
    assert bare.workspace.workflows() == []


# From a record


@pytest.mark.parametrize("shape", legacy_records.SHAPES.values(), ids=legacy_records.SHAPES.keys())
def test_a_record_of_the_original_gives_a_workflow_with_its_gates(
    bare: Repository, shape: Callable[[], dict[str, Any]]
) -> None:
    record = shape()
    run_id = write_original(bare, record)
    ended = bare.orch("workflow", "new", "--from-run", run_id)
    assert ended.code == 0, ended.err
    loaded = load_workflow(bare.workspace, "visual-essay")
    assert [(each.gate, each.name) for each in loaded.gates] == [
        (gate["gate"], gate["name"]) for gate in record["gates"]
    ]
    assert loaded.version == "local-dev"
    assert bare.orch("status", "--run", run_id).code == 0


@pytest.mark.parametrize(
    ("shape", "agents", "artifact_path"),
    [
        ("no prompt", ["author", "research-orchestrator", "author"], "src/app/essays/etymology/{slug}"),
        ("left running", ["visual-essay-orchestrator", "author", "author"], "src/app/essays/etymology/{slug}"),
        ("variant", ["visual-essay-orchestrator"], "src/app/essays/science/{slug}"),
    ],
)
def test_its_agents_and_its_artifact_path_are_those_of_the_record(
    bare: Repository, shape: str, agents: list[str], artifact_path: str
) -> None:
    run_id = write_original(bare, legacy_records.SHAPES[shape]())
    bare.orch("workflow", "new", "notes", "--from-run", run_id)
    written = workflow(bare)
    assert ([gate["agent"] for gate in written["gates"]], written["artifact_path"]) == (agents, artifact_path)


def test_a_run_of_the_original_without_a_workflow_is_led_to_one(bare: Repository) -> None:
    run_id = write_original(bare, legacy_records.early_failed())
    refused = bare.orch("run", "resume", "--run", run_id)
    assert (refused.code, next_command(refused)) == (2, f"workflow new visual-essay --from-run {run_id}")
    for gate in ("G1", "G2", "G3"):
        bare.write_contract(gate, required_outputs={"all_of": [{"path": f"{{artifact_path}}/{gate}.md"}]})
    ended = bare.orch(*shlex.split(next_command(refused)))
    assert (ended.code, next_command(ended)) == (0, f"gate start --run {run_id} --gate G1 --agent author")
    assert bare.orch(*shlex.split(next_command(ended))).code == 0


@pytest.mark.parametrize("command", ["status", "run show"])
def test_it_is_led_to_one_by_commands_that_only_read(bare: Repository, command: str) -> None:
    run_id = write_original(bare, legacy_records.early_failed())
    for gate in ("G1", "G2", "G3"):
        bare.write_contract(gate, required_outputs={"all_of": [{"path": f"{{artifact_path}}/{gate}.md"}]})
    typed = next_command(bare.orch(*command.split(), "--run", run_id))
    assert typed == f"workflow new visual-essay --from-run {run_id}"
    assert bare.orch(*typed.split()).code == 0


def test_the_variables_of_a_run_become_templates(bare: Repository) -> None:
    variables = {"spec": "specs/{slug}.md", "art": "{artifact_path}/art"}
    bare.write_workflow("G1", artifact_path="out/{slug}", variables=variables)
    bare.write_contract("G1")
    run_id = bare.start_run(workflow="tests", slug="tea")
    bare.orch("workflow", "new", "notes", "--from-run", run_id)
    assert workflow(bare)["variables"] == variables


def test_a_record_that_gives_no_valid_workflow_is_refused(bare: Repository) -> None:
    record = legacy_records.early_failed()
    record["gates"][1]["gate"] = "G1"
    ended = bare.orch("workflow", "new", "--from-run", write_original(bare, record))
    assert (ended.code, len(ended.err.splitlines())) == (2, 2), ended
    assert bare.workspace.workflows() == []
