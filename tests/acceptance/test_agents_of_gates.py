"""Each agent of a workflow can have a command of its own, from the command line or from agents.local.json."""

import json
import shlex
import sys
from typing import Any

import pytest

from runner.agents.commands.agents_file import AGENTS_FILE
from tests.support.messages import message, says
from tests.support.repository import Ended, Repository
from tests.support.terminal import PAUSE, at_a_terminal, end

PIPELINE = ("run", "tests", "--slug", "tea")
WRITING = """\
import os, sys
from pathlib import Path
target = Path("out/tea", os.environ["ORCH_GATE"] + ".md")
target.parent.mkdir(parents=True, exist_ok=True)
target.write_text(f"written by {Path(sys.argv[0]).stem}\\n")
"""
"""An agent that writes who it is."""


@pytest.fixture
def two(repository: Repository) -> Repository:
    """A workflow of two gates, the second one independent of the first, each by an agent of its own."""
    for gate in ("G1", "G2"):
        repository.write_contract(gate, required_outputs={"all_of": [{"path": f"{{artifact_path}}/{gate}.md"}]})
    path = repository.write_workflow("G1", "G2")
    document = json.loads(path.read_text("utf-8"))
    document["gates"][1]["independent_of"] = ["G1"]
    path.write_text(json.dumps(document), "utf-8")
    for name in ("one", "two"):
        repository.write(f"{name}.py", WRITING)
    return repository


def program(name: str) -> str:
    return f"{shlex.quote(sys.executable)} {name}.py"


def name_agents(**programs: str) -> list[str]:
    """The options for agents G1 and G2, in order."""
    return [word for gate, name in programs.items() for word in ("--agent-command", f"agent-{gate}={program(name)}")]


def write_file(repository: Repository, **keys: Any) -> None:
    repository.write(AGENTS_FILE, json.dumps(keys, indent=2))


def outputs(repository: Repository) -> dict[str, str]:
    return {path.stem: path.read_text().strip() for path in sorted((repository.root / "out/tea").iterdir())}


def record(repository: Repository) -> dict[str, Any]:
    (run_id,) = repository.workspace.runs()
    return repository.record(run_id)


BOTH = {"G1": "written by one", "G2": "written by two"}


@pytest.mark.slow
def test_each_gate_is_done_by_the_program_of_its_agent(two: Repository) -> None:
    ended = two.orch(*PIPELINE, *name_agents(G1="one", G2="two"))
    assert ended.code == 0, ended.err
    assert outputs(two) == BOTH
    assert [row["agent"] for row in record(two)["invocations"]] == ["agent-G1", "agent-G2"]
    assert [line for line in ended.out.splitlines() if line.startswith("  G")] == [
        f"  G1  {program('one')}",
        f"  G2  {program('two')}",
    ]
    assert "warning" not in ended.err


@pytest.mark.slow
def test_the_commands_of_the_file_are_used_and_shown_and_their_models_recorded(two: Repository) -> None:
    write_file(
        two,
        agents={
            "agent-G2": {"command": [sys.executable, "two.py"], "model": "large"},
            "*": {"command": program("one")},
        },
    )
    ended = two.orch(*PIPELINE)
    assert ended.code == 0, ended.err
    assert outputs(two) == BOTH
    assert [row["model"] for row in record(two)["invocations"]] == ["unknown", "large"]
    assert f"  G2  {program('two')}  (agents.local.json)\n" in ended.out
    assert sys.executable not in json.dumps(record(two))


@pytest.mark.slow
def test_the_command_line_comes_before_the_file(two: Repository) -> None:
    write_file(two, agents={"*": {"command": program("two")}})
    assert two.orch(*PIPELINE, *name_agents(G1="one")).code == 0
    assert outputs(two) == BOTH


@pytest.mark.slow
def test_a_gate_whose_agent_has_no_command_waits_for_a_person(two: Repository) -> None:
    paused = two.orch(*PIPELINE, *name_agents(G1="one"))
    assert paused.code == 5
    assert says(paused.out, "no-command-for-agent", agent="agent-G2")
    assert says(paused.err, "paused", gate="G2", attempt=1)
    assert f"Next: orch run resume --run {record(two)['run_id']} --agent-command 'agent-G1=" in paused.err
    two.write("out/tea/G2.md", "by hand\n")
    resumed = two.orch(*resume_options(paused))
    assert resumed.code == 0, resumed.err
    assert outputs(two) == BOTH | {"G2": "by hand"}
    assert [row["agent"] for row in record(two)["invocations"]] == ["agent-G1"]


@pytest.mark.slow
def test_after_a_person_the_next_agent_works_on(two: Repository) -> None:
    paused = two.orch(*PIPELINE, *name_agents(G2="two"))
    assert paused.code == 5
    two.write("out/tea/G1.md", "by hand\n")
    assert two.orch(*resume_options(paused)).code == 0
    assert outputs(two) == BOTH | {"G1": "by hand"}


@pytest.mark.slow
def test_a_person_at_a_terminal_is_asked_for_a_key_at_the_gate_without_a_command(two: Repository) -> None:
    with at_a_terminal(two, *PIPELINE, *name_agents(G1="one")) as child:
        child.expect_exact(message("no-command-for-agent", agent="agent-G2"))
        child.expect(PAUSE)
        two.write("out/tea/G2.md", "by hand\n")
        child.send("\r")
        child.expect("PASSED")
        assert end(child) == 0


@pytest.mark.slow
def test_the_command_that_continues_names_every_agent_and_ignores_the_file_as_before(two: Repository) -> None:
    write_file(two, agents={"*": {"command": "true"}})
    two.write("one.py", "")
    options = [*name_agents(G1="one", G2="two"), "--no-agents-file", "--agent-timeout", "90", "--retry", "1"]
    failed = two.orch(*PIPELINE, *options)
    assert failed.code in (1, 5)
    assert resume_options(failed) == ["run", "resume", "--run", record(two)["run_id"], *options]
    two.write("one.py", WRITING)
    assert two.orch(*resume_options(failed)).code == 0
    assert outputs(two) == BOTH


def resume_options(ended: Ended) -> list[str]:
    """What the next command calls `orch` with."""
    (line,) = [line for line in (ended.out + ended.err).splitlines() if line.startswith("Next: ")]
    return shlex.split(line.removeprefix("Next: orch "))


@pytest.mark.slow
def test_the_agent_of_an_attempt_that_was_started_by_hand_can_be_named(two: Repository) -> None:
    run_id = two.start_run(workflow="tests", slug="tea")
    assert two.orch("gate", "start", "--run", run_id, "--gate", "G1", "--agent", "somebody").code == 0
    by_workflow = two.orch("run", "resume", *name_agents(G1="one", G2="two"))
    assert f"  G1  {message('no-command-for-agent', agent='somebody')}\n" in by_workflow.out
    assert by_workflow.code == 1  # the attempt was judged as the work of a person
    assert two.orch("gate", "start", "--run", run_id, "--gate", "G1", "--agent", "somebody").code == 0
    named = two.orch("run", "resume", "--agent-command", f"somebody={program('one')}", *name_agents(G2="two"))
    assert named.code == 0, named.err
    assert [row["agent"] for row in record(two)["invocations"]] == ["somebody", "agent-G2"]


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (
            {"agents": {"agent-G2": {"command": "no-such"}}},
            "$.agents.agent-G2.command: no program 'no-such' on the PATH",
        ),
        ({"agent": {}}, "$.agent: unknown key 'agent', did you mean 'agents'?"),
    ],
    ids=["missing program", "unknown key"],
)
def test_a_file_that_is_wrong_is_refused_before_a_run_is_made(two: Repository, content: Any, told: str) -> None:
    write_file(two, **content)
    refused = two.orch(*PIPELINE)
    assert refused.code == 2
    assert told in refused.err
    assert refused.err.endswith("Next: fix the file, then repeat the command\n")
    assert not two.workspace.runs()
    assert two.orch(*PIPELINE, "--no-agents-file").code == 5


@pytest.mark.slow
def test_the_file_of_a_program_that_no_gate_needs_is_no_error_but_an_unknown_agent_is_told(two: Repository) -> None:
    write_file(two, agents={"agent-G3": {"command": "no-such"}, "agent-G1": {"command": program("one")}})
    paused = two.orch(*PIPELINE)
    assert paused.code == 5
    assert says(paused.err, "no-such-agent", agent="agent-G3")


@pytest.mark.slow
def test_a_program_that_only_a_gate_that_has_passed_needs_may_be_missing_when_the_run_is_resumed(
    two: Repository,
) -> None:
    assert two.orch(*PIPELINE, *name_agents(G1="one")).code == 5
    write_file(two, agents={"agent-G1": {"command": "no-such"}, "agent-G2": {"command": program("two")}})
    resumed = two.orch("run", "resume")
    assert resumed.code == 0, resumed.err
    assert outputs(two) == BOTH


@pytest.mark.slow
def test_a_file_that_git_would_commit_is_told_of(two: Repository) -> None:
    write_file(two, agents={"*": {"command": "true"}})
    two.commit()
    tracked = two.orch(*PIPELINE)
    assert says(tracked.err, "agents-file-tracked", path=AGENTS_FILE)


@pytest.mark.slow
def test_gates_with_one_command_are_one_line_which_quiet_hides(two: Repository) -> None:
    write_file(two, agents={"*": {"command": program("one")}})
    assert f"  G1, G2  {program('one')}  (agents.local.json)\n" in two.orch(*PIPELINE).out
    assert "(agents.local.json)" not in two.orch(*PIPELINE, "-q").out


@pytest.mark.slow
def test_independent_gates_with_one_command_are_told_of(two: Repository) -> None:
    ended = two.orch(*PIPELINE, "--agent-command", program("one"))
    assert ended.code == 0
    told = message("same-command", gate="G2", other_gate="G1", agent="agent-G2", other_agent="agent-G1")
    assert ended.err == f"orch: warning: {told}\n"


@pytest.mark.slow
@pytest.mark.parametrize(
    ("command", "options"),
    [
        ("claude -p", "--permission-mode acceptEdits --allowedTools 'Bash(orch *)'"),
        ("codex exec -", "--sandbox workspace-write"),
    ],
)
def test_a_command_that_may_not_write_is_told_of_once(two: Repository, command: str, options: str) -> None:
    name = command.split()[0]
    two.write(f"bin/{name}", "#!/bin/sh\n").chmod(0o755)
    warned = two.orch(*PIPELINE, "--agent-command", f"agent-G1=bin/{command}")
    assert warned.err.count(message("may-not-write", command=f"bin/{command}") + f"; add {options}\n") == 1
    fine = two.orch(*PIPELINE, "--agent-command", f"agent-G1=bin/{name} {command.partition(' ')[2]} {options}")
    assert not says(fine.err, "may-not-write")
