"""Stale gates on the screen and in JSON: `status`, `run show`, `run list`, and how a run gets out of them."""

import json
from collections.abc import Callable
from typing import Any

import pexpect
import pytest
from click import unstyle

from runner.storage.store import Store
from tests.support.messages import message, says
from tests.support.next_commands import find_next_steps
from tests.support.passed_runs import of_three, passing, write_chain, write_run
from tests.support.repository import Ended, Repository
from tests.support.sample_run import RUN_ID
from tests.support.terminal import at_a_terminal

Orch = Callable[..., Ended]
CHANGED = message("output-changed", path="out/tea.md")
REQUIRED = message("requires-stale", gate="G1")


@pytest.fixture
def stale(repository: Repository) -> Repository:
    """A run of which G1 passed with another file than the present one, and G2, which requires G1, after it."""
    write_chain(repository)
    write_run(repository, passing(passing(of_three(), "G1", 2, tea="green"), "G2", 3))
    return repository


def test_status_has_the_word_beside_pass_and_the_reason_below(stale: Repository, orch: Orch) -> None:
    lines = orch("status").out.splitlines()
    assert [line.split()[:3] for line in lines if "stale  " in line] == [
        ["PASS", "stale", "G1"],
        ["PASS", "stale", "G2"],
    ]
    assert [line.strip() for line in lines].count(CHANGED) == 1
    assert [line.strip() for line in lines].count(REQUIRED) == 1


@pytest.mark.slow
def test_at_a_terminal_of_80_columns_the_gates_stay_in_line(stale: Repository) -> None:
    with at_a_terminal(stale, "status", env={"COLUMNS": "80"}) as child:
        child.expect(pexpect.EOF)
        lines = [unstyle(line) for line in child.before.splitlines()]
    gates = [line for line in lines if "Step G" in line]
    assert {line.index("Step G") for line in gates} == {gates[0].index("Step G")}
    assert max(map(len, lines)) <= 80


def test_status_lists_the_reasons_in_json_and_keeps_what_changed(stale: Repository, orch: Orch) -> None:
    gates = orch("status", "--json").json["gates"]
    assert [gate["stale"] for gate in gates] == [[CHANGED], [REQUIRED], []]
    assert [CHANGED in gate["changed"] for gate in gates] == [True, False, False]


def test_show_marks_the_gates_and_lists_them_in_json(stale: Repository, orch: Orch) -> None:
    shown = orch("run", "show", "--run", RUN_ID)
    lines = [line.strip() for line in shown.out.splitlines()]
    assert lines[lines.index("PASS stale   G1 Step G1") + 1] == CHANGED
    assert lines[lines.index("PASS stale   G2 Step G2") + 1] == REQUIRED
    document = orch("run", "show", "--run", RUN_ID, "--json").json
    assert document.pop("stale") == {"G1": [CHANGED], "G2": [REQUIRED]}
    assert json.dumps(document) == json.dumps(stale.record(RUN_ID))


def test_the_list_marks_the_run_and_names_its_stale_gates(stale: Repository, orch: Orch) -> None:
    (line,) = orch("run", "list").out.splitlines()
    assert line.startswith("RUNNING* 2/3 ")
    assert line.endswith(f"  {RUN_ID}  stale: G1, G2  tests")
    (listed,) = orch("run", "list", "--json").json
    assert listed["stale"] == ["G1", "G2"]


def test_the_list_does_not_mark_a_run_whose_files_are_those_that_passed(stale: Repository, orch: Orch) -> None:
    stale.write("out/tea.md", "green")
    (line,) = orch("run", "list").out.splitlines()
    assert line.startswith("RUNNING  2/3 ")
    (listed,) = orch("run", "list", "--json").json
    assert listed["stale"] == []


def test_a_long_list_examines_nothing_unless_it_is_limited(
    stale: Repository, orch: Orch, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_run(stale, passing(of_three("run_20261123T093000Z_tea_def456"), "G2", 5))
    monkeypatch.setattr("runner.cli.commands.run_list._MAX_EXAMINED", 1)
    assert [row["stale"] for row in orch("run", "list", "--json", "--limit", "1").json] == [[]]

    def refuse(store: Store, run_id: str) -> Any:
        raise AssertionError(f"{run_id} was read as a whole")

    monkeypatch.setattr(Store, "read", refuse)
    assert [row["stale"] for row in orch("run", "list", "--json").json] == [None, None]
    assert "*" not in orch("run", "list").out


def test_a_record_too_large_for_a_list_is_not_examined(
    stale: Repository, orch: Orch, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("runner.cli.commands.run_list._MAX_RECORD_BYTES", 100)
    assert [row["stale"] for row in orch("run", "list", "--json").json] == [None]


def test_a_run_that_cannot_be_read_as_a_whole_is_listed_all_the_same(stale: Repository, orch: Orch) -> None:
    (stale.root / stale.workspace.attempt_path(RUN_ID, "G1", 1)).unlink()
    (listed,) = orch("run", "list", "--json").json
    assert (listed["status"], listed["stale"]) == ("RUNNING", None)


@pytest.mark.slow
def test_the_commands_that_are_named_lead_out_of_it_until_the_run_has_passed(
    repository: Repository, orch: Orch
) -> None:
    write_chain(repository)
    for gate in ("G1", "G2", "G3"):
        repository.write(f"out/{gate}.md", gate)
    run_id = repository.start_run(workflow="tests", slug="tea")
    for gate in ("G1", "G2"):
        assert orch("gate", "start", "--run", run_id, "--gate", gate, "--agent", "maker").code == 0
        assert orch("gate", "finish", "--run", run_id).code == 0
    repository.write("out/G1.md", "other")
    ended, typed = orch("gate", "start", "--run", run_id, "--gate", "G3", "--agent", "maker"), list[str]()
    assert says(ended.err, "gates-stale", gate="G3")
    while not typed or repository.record(run_id)["finished_at"] is None:
        words = find_next_steps(ended.out + ended.err)[-1].split()[1:]
        ended = orch(*words)
        assert (ended.code, len(typed) < 10) == (0, True), ended
        typed.append(" ".join(words[:2]))
    assert typed == ["gate start", "gate finish", "gate start", "gate finish", "run complete"]
    assert repository.record(run_id)["status"] == "PASSED"


@pytest.mark.slow
def test_the_pipeline_stops_at_a_stale_gate_and_goes_on_once_it_has_passed_again(
    repository: Repository, orch: Orch
) -> None:
    write_chain(repository)
    for gate in ("G1", "G2", "G3"):
        repository.write(f"out/{gate}.md", gate)
    run_id = repository.start_run(workflow="tests", slug="tea")
    assert orch("gate", "start", "--run", run_id, "--gate", "G1", "--agent", "maker").code == 0
    assert orch("gate", "finish", "--run", run_id).code == 0
    repository.write("out/G1.md", "other")
    stopped = orch("run", "resume", "--run", run_id)
    assert (stopped.code, says(stopped.err, "stale-gate", gate="G1", path="out/G1.md")) == (1, True)
    again = find_next_steps(stopped.err)[-1].split()[1:]
    assert again[:2] == ["gate", "start"]
    assert orch(*again).code == 0
    assert orch("run", "resume", "--run", run_id).code == 5  # G1 passes, and G2 waits for its agent
    assert [gate["status"] for gate in repository.record(run_id)["gates"]] == ["PASS", "RUNNING", "NOT_STARTED"]


@pytest.fixture
def two_passed(repository: Repository, orch: Orch) -> str:
    """The id of a run of three gates, each of which requires the one before; two have passed."""
    write_chain(repository)
    run_id = repository.start_run(workflow="tests", slug="tea")
    for gate in ("G1", "G2"):
        repository.write(f"out/{gate}.md", gate)
        assert orch("gate", "start", "--run", run_id, "--gate", gate, "--agent", "maker").code == 0
        assert orch("gate", "finish", "--run", run_id).code == 0
    repository.commit()
    return run_id


@pytest.mark.slow
@pytest.mark.parametrize(
    ("before", "next_step"),
    [
        (("gate", "start", "--gate", "G1", "--agent", "maker"), "orch gate finish --run {run} --gate G1"),
        (("run", "complete", "--status", "FAILED"), "orch run resume --run {run}"),
    ],
    ids=["its requirement was started again", "the run failed"],
)
def test_a_check_of_a_stale_gate_names_what_has_to_be_done_before_its_start(
    repository: Repository, orch: Orch, two_passed: str, before: tuple[str, ...], next_step: str
) -> None:
    assert orch(*before, "--run", two_passed).code == 0
    (repository.root / "out/G2.md").unlink()
    checked = orch("gate", "check", "--run", two_passed, "--gate", "G2")
    assert (checked.code, find_next_steps(checked.out)) == (1, [next_step.format(run=two_passed)])


@pytest.mark.slow
def test_where_its_contract_changed_too_the_pipeline_names_what_shows_that(
    repository: Repository, orch: Orch, two_passed: str
) -> None:
    repository.write("out/G1.md", "other")
    outputs = {"all_of": [{"path": "out/G1.md", "description": "more"}]}
    path = repository.write_contract("G1", required_outputs=outputs).relative_to(repository.root)
    stopped = orch("run", "resume", "--run", two_passed)
    assert (stopped.code, find_next_steps(stopped.err)) == (1, [f"git diff HEAD -- {path}"])
