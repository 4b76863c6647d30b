"""A file may have any size: what is read as a whole has a limit, and the rest of the work goes on."""

import os
import re
import sys
from collections.abc import Callable

import pytest

from tests.support.messages import message, says
from tests.support.repository import ARTIFACTS, Ended, Repository

Orch = Callable[..., Ended]
HUGE = 1 << 43
LARGER = message("larger-than", limit="256 MiB")
CONTRACT = "orchestration/gates/contracts/G1.contract.json"
WORKFLOW = "orchestration/workflows/visual-essay.json"
PROMPT = "orchestration/prompts/visual-essay/G1.md"
NEW_RUN = ("run", "start", "--workflow", "visual-essay", "--slug", "tea", "--artifact-path", ARTIFACTS)
PIPELINE = ("run", "visual-essay", "--slug", "tea", "--artifact-path", ARTIFACTS)


def make_huge(repository: Repository, path: str) -> None:
    """Makes a sparse file of it: it takes no space on the disk."""
    repository.write(path, b"")
    os.truncate(repository.root / path, HUGE)


@pytest.mark.slow
def test_a_record_of_any_size_is_damaged_and_the_other_runs_are_listed(
    shipped: Repository, orch: Orch, run_id: str
) -> None:
    shipped.start_gate(run_id, "G1")
    damaged = shipped.start_run()
    path = shipped.workspace.record_path(damaged)
    make_huge(shipped, path)
    listed = orch("run", "list", "--json")
    assert listed.code == 0
    assert {each["run_id"]: each["status"] for each in listed.json} == {run_id: "RUNNING", damaged: "DAMAGED"}
    assert re.search(rf"^DAMAGED +{damaged}  record/RUN.json: {LARGER}$", orch("run", "list").out, re.MULTILINE)
    assert run_id in orch("status").out
    assert orch("hook", "stop", "--run", run_id, stdin="{}").json["decision"] == "block"
    for command in (("run", "show"), ("run", "complete"), ("gate", "fail", "--gate", "G1", "--reason", "x")):
        ended = orch(*command, "--run", damaged)
        assert (ended.code, LARGER in ended.err) == (4, True)
    assert orch("run", "check").code == 4


def test_an_attempt_of_any_size_is_damaged(shipped: Repository, orch: Orch, run_id: str) -> None:
    assert orch("gate", "fail", "--run", run_id, "--gate", "G1", "--reason", "x").code == 0
    path = shipped.workspace.attempt_path(run_id, "G1", 1)
    make_huge(shipped, path)
    ended = orch("run", "show", "--run", run_id)
    assert (ended.code, f"{path}: {LARGER}" in ended.err) == (4, True)


@pytest.mark.parametrize(
    ("path", "command"),
    [
        pytest.param(CONTRACT, ("gate", "start", "--run", "{run}", "--gate", "G1", "--agent", "a"), id="a contract"),
        pytest.param(WORKFLOW, NEW_RUN, id="a workflow"),
        pytest.param(PROMPT, PIPELINE, id="instructions"),
        pytest.param("topic.md", (*PIPELINE, "--prompt-file", "topic.md"), id="a topic"),
        pytest.param("skill.md", PIPELINE, id="a skill"),
    ],
)
def test_another_file_of_any_size_is_refused_in_a_line(
    shipped: Repository, orch: Orch, path: str, command: tuple[str, ...]
) -> None:
    shipped.write_contract("G1", required_outputs={"any_of": [{"path": "a"}]}, required_skills=[SKILL])
    shipped.write("topic.md", "tea")
    shipped.write("skill.md", "Be kind.")
    run_id = shipped.start_run()
    words = [word.replace("{run}", run_id) for word in command]
    assert orch(*words).code in (0, 5)
    make_huge(shipped, path)
    ended = orch(*words, *(["--abandon"] if "gate" in words else []))
    assert (ended.code, ended.err.count("\n")) == (2, 2)
    assert f"{path}: " in ended.err
    assert LARGER in ended.err


SKILL = {"path": "skill.md", "inject": True}


@pytest.mark.slow
def test_a_program_whose_output_has_any_size_fails_its_check(repository: Repository) -> None:
    source = "import os; os.ftruncate(1, 1 << 42); os._exit(0)"
    programs = {"huge": [sys.executable, "-c", source], "small": [sys.executable, "-c", "print('a')"]}
    repository.write_contract("GT", validations=[{"type": "command", "command": each} for each in programs.values()])
    repository.write_workflow("GT")
    run_id = repository.start_run("out", workflow="tests")
    repository.start_gate(run_id, "GT")
    ended = repository.orch("gate", "finish", "--run", run_id, "--gate", "GT", "--json")
    assert ended.code == 1
    huge, small = ended.json["validations"]
    assert says(huge["reason"], "program-printed-too-much", limit="256 MiB")
    assert (huge["pass"], huge["exit_code"], huge["output_sha256"], small["pass"]) == (False, None, "", True)
    logs = repository.root / f"orchestration/runs/{run_id}/logs/gates/GT/attempt-1"
    assert max(file.stat().st_size for file in logs.iterdir()) == 256 << 20


@pytest.mark.slow
def test_an_output_that_takes_longer_than_a_check_may_does_not_keep_an_attempt_from_its_start(
    repository: Repository,
) -> None:
    outputs = {"all_of": [{"path": "huge"}, {"path": "small"}]}
    repository.write_contract("GT", required_outputs=outputs, limits={"check_s": 1})
    repository.write_workflow("GT")
    run_id = repository.start_run(workflow="tests")
    make_huge(repository, "huge")
    repository.write("small", "a")
    start = ("gate", "start", "--run", run_id, "--gate", "GT", "--agent", "maker", "--json")
    ended = repository.orch(*start)
    assert ended.code == 0
    assert [output["path"] for output in ended.json["baseline"]["outputs"]] == ["small"]
    assert ended.json["baseline"]["unread"] == ["huge"]
    timeout = message("hash-timeout", seconds=1)
    assert f"orch: {message('left-out-of-baseline', outputs=f'huge ({timeout})')}\n" in ended.err
    repository.write("huge", "b")
    finished = repository.orch("gate", "finish", "--run", run_id, "--gate", "GT")
    assert finished.code == 0
    assert message("nothing-changed") not in finished.out


@pytest.mark.slow
def test_good_artifacts_of_any_size_are_not_copied(shipped: Repository, orch: Orch) -> None:
    assert orch("contract", "test", "G2").code == 0
    example = "orchestration/gates/examples/G2/src/app/essays/tea/research/CITATIONS.md"
    make_huge(shipped, example)
    ended = orch("contract", "test", "G2")
    assert (ended.code, f"{example}: {LARGER}" in ended.err) == (2, True)
