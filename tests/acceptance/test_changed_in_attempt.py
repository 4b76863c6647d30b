"""`changed_in_attempt`, and that a PASS says where nothing changed: on the command line, from attempt to attempt."""

import pytest

from tests.support.messages import message
from tests.support.repository import Ended, Repository

OUTPUT = "out/the-word-robot/a.md"


@pytest.fixture
def run_id(repository: Repository) -> str:
    """A run through G1, which wants a.md changed, and G2, which only wants it."""
    outputs = {"all_of": [{"path": "{artifact_path}/a.md"}]}
    repository.write_contract("G1", required_outputs=outputs, validations=[{"type": "changed_in_attempt"}])
    repository.write_contract("G2", required_outputs=outputs)
    repository.write_contract("G3", validations=[{"type": "dir_exists", "target": "orchestration"}])
    repository.write_workflow("G1", "G2", "G3")
    return repository.start_run(workflow="tests")


def gate(repository: Repository, run_id: str, verb: str, name: str = "G1") -> Ended:
    agent = ("--agent", "maker") if verb == "start" else ()
    return repository.orch("gate", verb, "--run", run_id, "--gate", name, *agent)


@pytest.mark.slow
def test_work_that_stood_there_fails_until_it_is_changed_in_one_of_the_attempts(
    repository: Repository, run_id: str
) -> None:
    repository.write(OUTPUT, "old")
    gate(repository, run_id, "start")
    failed = gate(repository, run_id, "finish")
    assert failed.code == 1
    assert "  expected  an output changed since the start of attempt 1\n  found     1 unchanged" in failed.out
    repository.write(OUTPUT, "new")
    gate(repository, run_id, "start")
    assert gate(repository, run_id, "check").code == 0
    assert gate(repository, run_id, "finish").code == 0
    assert repository.attempt(run_id, "G1", 2)["validations"][-1]["changed"] == [{"path": OUTPUT, "reason": "changed"}]


@pytest.mark.slow
def test_after_a_pass_it_must_be_changed_anew(repository: Repository, run_id: str) -> None:
    gate(repository, run_id, "start")
    repository.write(OUTPUT, "new")
    assert gate(repository, run_id, "finish").code == 0
    closed = gate(repository, run_id, "check")
    assert closed.code == 1
    assert "  found     no open attempt of gate G1" in closed.out
    gate(repository, run_id, "start")
    assert "  found     1 unchanged" in gate(repository, run_id, "finish").out


@pytest.mark.slow
def test_pytest_judges_the_same(repository: Repository, run_id: str) -> None:
    repository.write(OUTPUT, "old")
    gate(repository, run_id, "start")
    arguments = ("--gate", "G1", "--run", run_id, "-p", "no:cacheprovider")
    failed = repository.pytest(*arguments)
    assert failed.code == 1
    assert "  found     1 unchanged" in failed.out
    repository.write(OUTPUT, "new")
    assert repository.pytest(*arguments).code == 0
    assert repository.pytest(*arguments, "-n", "2").code == 0


@pytest.mark.slow
def test_a_pass_says_that_nothing_changed_as_does_a_check_of_an_open_attempt(
    repository: Repository, run_id: str
) -> None:
    repository.write(OUTPUT, "old")
    assert message("nothing-changed") not in gate(repository, run_id, "check", "G2").out
    gate(repository, run_id, "start", "G2")
    for verb in ("check", "finish"):
        ended = gate(repository, run_id, verb, "G2")
        assert ended.code == 0
        assert message("nothing-changed") in ended.out
    assert message("nothing-changed") not in gate(repository, run_id, "check", "G2").out


@pytest.mark.slow
def test_a_gate_whose_output_is_new_or_that_has_none_says_nothing(repository: Repository, run_id: str) -> None:
    gate(repository, run_id, "start", "G2")
    repository.write(OUTPUT, "new")
    assert message("nothing-changed") not in gate(repository, run_id, "finish", "G2").out
    gate(repository, run_id, "start", "G3")
    assert message("nothing-changed") not in gate(repository, run_id, "finish", "G3").out
