"""Whoever follows `Next:` gets on: no step is refused, none comes twice, and at the end the run has passed.

Or a person is told in words what to decide or to do.
"""

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest

from gate_tests.errors import Exit
from tests.support.git_checkout import git
from tests.support.messages import message
from tests.support.repository import Ended, Repository

MAX_STEPS = 10
CONTRACT = "orchestration/gates/contracts/G1.contract.json"
WORKFLOW = "orchestration/workflows/tests.json"
ARTIFACT = "out/tea/a.md"
LOOKS = ("cat ", "ls -ld ", "git diff ", "git log ")
"""Commands by which a person looks at what has to be decided or restored."""


class Trail(NamedTuple):
    """Where following the commands has led: the commands, and what was printed last."""

    commands: tuple[str, ...]
    last: str


def follow(repository: Repository, ended: Ended) -> Trail:
    """Types one next command after the other, until there is none, or only words or something to look at."""
    commands: list[str] = []
    states: set[tuple[str, str]] = set()
    while command := next_command(ended):
        if command.startswith(LOOKS):
            assert repository.run("sh", "-c", command).code == 0, command
            return Trail((*commands, command), ended.out + ended.err)
        state = (command, str(repository.snapshot()))
        assert state not in states, f"the same command in the same state again: {commands}"
        assert len(commands) < MAX_STEPS, commands
        states.add(state)
        commands.append(command)
        ended = type_in(repository, command)
        assert ended.code in {Exit.OK, Exit.FAIL, Exit.PAUSED}, (commands, ended)
    return Trail(tuple(commands), ended.out + ended.err)


def next_command(ended: Ended) -> str | None:
    """The command that is named, if one is; words are none. The list of runs is the end."""
    named = [line.strip().removeprefix("Next: ") for line in (ended.out + ended.err).splitlines() if "Next: " in line]
    command = named[-1] if named else ""
    return command if command.startswith(("orch ", "git ", *LOOKS)) and command != "orch run list" else None


def type_in(repository: Repository, command: str) -> Ended:
    """Where nothing is named after it, what a person types then."""
    is_plain = command.startswith("orch ") and "&&" not in command
    ended = repository.orch(*command.split()[1:]) if is_plain else repository.run("sh", "-c", command)
    if "git add" not in command and "Next: " not in ended.out + ended.err and ended.code == 0:
        return repository.orch("status")
    return ended


def orch(*arguments: str) -> Callable[[Repository, str], Ended]:
    return lambda repository, run_id: repository.orch(*(each.replace("RUN", run_id) for each in arguments))


def steps(*each: Callable[[Repository, str], object]) -> Callable[[Repository, str], object]:
    def prepare(repository: Repository, run_id: str) -> None:
        for step in each:
            step(repository, run_id)

    return prepare


def remove(path: str) -> Callable[[Repository, str], object]:
    return lambda repository, run_id: (repository.root / path).unlink()


def commit(repository: Repository, run_id: str) -> object:
    return repository.commit()


def do_the_work(repository: Repository, run_id: str) -> object:
    return repository.write(ARTIFACT, "done\n")


def cut_record(repository: Repository, run_id: str) -> object:
    record = repository.root / repository.workspace.record_path(run_id)
    return record.write_text(record.read_text("utf-8")[:-20], "utf-8")


def edit(path: str) -> Callable[[Repository, str], object]:
    """Another file with the same meaning."""
    return lambda repository, run_id: repository.write(path, (repository.root / path).read_text("utf-8") + "\n")


def leave_out(repository: Repository, run_id: str) -> object:
    repository.commit()
    return git(repository.root, "sparse-checkout", "set", "out", f"orchestration/runs/{run_id}")


def shallow(repository: Repository, run_id: str) -> object:
    """Nothing is left of the repository but a clone of its last commit, without the contract."""
    commit(repository, run_id)
    origin = repository.root.parent / "origin"
    shutil.move(repository.root, origin)
    git(origin.parent, "clone", "--quiet", "--depth", "1", origin.as_uri(), str(repository.root))
    return remove(CONTRACT)(repository, run_id)


START = orch("gate", "start", "--run", "RUN", "--gate", "G1", "--agent", "maker")
FINISH = orch("gate", "finish", "--run", "RUN", "--gate", "G1")
FAIL = orch("gate", "fail", "--run", "RUN", "--gate", "G1", "--reason", "made up")
CANCEL = orch("run", "complete", "--run", "RUN", "--status", "CANCELED")
RESUME = orch("run", "resume", "--run", "RUN")
STATUS = orch("status")
NOTHING = steps()

PASSES = {
    "nothing is started": (NOTHING, STATUS),
    "an attempt is open": (START, STATUS),
    "the first failure": (START, FINISH),
    "failed by a person": (NOTHING, FAIL),
    "an attempt failed by a person": (START, FAIL),
    "abandoned": (START, orch("gate", "start", "--run", "RUN", "--gate", "G1", "--agent", "maker", "--abandon")),
    "started twice": (START, START),
    "finished twice": (steps(START, FINISH), FINISH),
    "finished before it was started": (NOTHING, FINISH),
    "ended with an open attempt": (START, orch("run", "complete", "--run", "RUN")),
    "canceled with an open attempt": (steps(START, CANCEL), STATUS),
    "a start in a canceled run": (CANCEL, START),
    "completed as FAILED": (steps(FAIL, orch("run", "complete", "--run", "RUN")), STATUS),
    "resumed where none is unfinished": (CANCEL, orch("run", "resume")),
    "a pipeline": (NOTHING, RESUME),
    "a pipeline that was canceled": (steps(RESUME, CANCEL), STATUS),
    "a pipeline whose contract is lost": (steps(RESUME, commit, remove(CONTRACT)), STATUS),
    "a damaged record": (cut_record, STATUS),
    "a damaged record of an open attempt": (steps(START, cut_record), STATUS),
    "a lost contract": (steps(commit, remove(CONTRACT)), STATUS),
    "a lost contract at the start": (steps(commit, remove(CONTRACT)), START),
    "a lost contract that was staged": (
        steps(lambda r, _: git(r.root, "init", "-q"), lambda r, _: git(r.root, "add", "-A"), remove(CONTRACT)), STATUS
    ),
    "a lost contract while an attempt is open": (steps(START, commit, remove(CONTRACT)), FINISH),
    "a lost workflow": (steps(commit, remove(WORKFLOW)), STATUS),
    "a lost workflow at the start": (steps(commit, remove(WORKFLOW)), START),
    "a root that is left out": (leave_out, STATUS),
    "a shallow clone": (shallow, STATUS),
}  # fmt: skip


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    """A root with a workflow of one gate, and good work."""
    made = Repository(tmp_path / "repo")
    made.write_contract("G1", required_outputs={"all_of": [{"path": "{artifact_path}/a.md"}]})
    made.write_workflow("G1")
    return made


@pytest.mark.parametrize(("prepare", "first"), PASSES.values(), ids=PASSES.keys())
@pytest.mark.slow
def test_who_follows_the_next_commands_ends_with_a_run_that_has_passed(
    repository: Repository,
    prepare: Callable[[Repository, str], object],
    first: Callable[[Repository, str], Ended],
) -> None:
    run_id = repository.start_run(workflow="tests", slug="tea")
    prepare(repository, run_id)
    ended = first(repository, run_id)
    do_the_work(repository, run_id)
    trail = follow(repository, ended)
    assert repository.record(run_id)["status"] == "PASSED", trail


DECIDES = message("decision").removeprefix("; ")
TOLD = {
    "a changed contract": (edit(CONTRACT), START, DECIDES),
    "a changed workflow": (edit(WORKFLOW), START, DECIDES),
    "a contract that changed meanwhile": (steps(START, edit(CONTRACT)), FINISH, DECIDES),
    "a changed contract in git": (steps(commit, edit(CONTRACT)), START, DECIDES),
    "a changed contract of a pipeline": (steps(RESUME, edit(CONTRACT)), RESUME, DECIDES),
    "a workflow that nobody has": (remove(WORKFLOW), START, "file is missing"),
    "a workflow that nobody has, of a pipeline": (steps(RESUME, remove(WORKFLOW)), RESUME, "unknown workflow"),
}


@pytest.mark.parametrize(("prepare", "first", "words"), TOLD.values(), ids=TOLD.keys())
def test_where_only_a_person_can_decide_that_is_said_in_words(
    repository: Repository,
    prepare: Callable[[Repository, str], object],
    first: Callable[[Repository, str], Ended],
    words: str,
) -> None:
    run_id = repository.start_run(workflow="tests", slug="tea")
    prepare(repository, run_id)
    ended = first(repository, run_id)
    assert words in ended.err
    trail = follow(repository, ended)
    assert trail.commands[-1].startswith(LOOKS)
    assert next_command(repository.orch("status")) == trail.commands[-1]
