"""Every command takes a run by its id or a prefix of it, slug, path or `latest`, and goes on with the whole id."""

from collections.abc import Callable

import pytest

from tests.support.messages import message, says
from tests.support.repository import Ended, Repository
from tests.support.terminal import at_a_terminal, end

Orch = Callable[..., Ended]
AT_G1 = ("--run", "latest", "--gate", "G1")


@pytest.mark.slow
def test_a_whole_pipeline_can_be_typed_with_latest(shipped: Repository, orch: Orch, run_id: str) -> None:
    shipped.add_example("G1")
    started = orch("gate", "start", *AT_G1, "--agent", "maker")
    assert f"orch gate finish --run {run_id} --gate G1" in started.out
    assert orch("gate", "check", *AT_G1).code == 0
    assert orch("invocation", "record", *AT_G1, "--agent", "maker").code == 0
    assert f"record  orchestration/runs/{run_id}/" in orch("gate", "finish", "-v", *AT_G1).out
    assert orch("gate", "fail", *AT_G1, "--reason", "second thoughts").code == 0
    assert orch("contract", "explain", "G1", "--run", "latest").code == 0
    assert orch("run", "check", "latest").code == 0
    assert orch("run", "repair", "--run", "latest", "--json").json["run_id"] == run_id
    assert f"run {run_id} completed: FAILED\n" in orch("run", "complete", "--run", "latest").out
    assert "latest" not in str(shipped.record(run_id))


@pytest.mark.slow
def test_a_whole_pipeline_can_be_typed_without_naming_run_or_gate(shipped: Repository, orch: Orch, run_id: str) -> None:
    shipped.add_example("G1", "G2", "G3")
    first_line = f"Run {run_id}"
    for gate in ("G1", "G2", "G3"):
        started = orch("gate", "start", "--agent", "maker")
        assert started.out.startswith(f"{first_line}\nGate {gate} ")
        assert orch("invocation", "record", "--agent", "maker").out.splitlines()[0] == first_line
        if gate == "G1":
            assert orch("gate", "fail", "--reason", "second thoughts").out.splitlines()[0] == first_line
            orch("gate", "start", "--agent", "maker")
        assert orch("gate", "finish").out.splitlines()[0] == first_line
    assert orch("gate", "check", "--json").json.keys() == {"G1", "G2", "G3"}
    assert orch("run", "complete", "--status", "passed").code == 0
    assert [attempt["status"] for attempt in shipped.record(run_id)["gates"][0]["attempts"]] == ["FAIL", "PASS"]


@pytest.mark.parametrize("command", [("run", "show"), ("status",), ("run", "check"), ("run", "repair")])
@pytest.mark.parametrize("named", ["the-word-robot", "orchestration/runs/{run}/", "latest", "{run}"])
def test_a_run_may_be_an_argument(
    shipped: Repository, orch: Orch, run_id: str, command: tuple[str, ...], named: str
) -> None:
    ended = orch(*command, named.format(run=run_id), "--json")
    assert ended.code == 0
    assert run_id in ended.out


@pytest.mark.slow
def test_an_agent_that_has_its_run_and_gate_in_the_environment_needs_to_name_neither(
    shipped: Repository, orch: Orch, run_id: str
) -> None:
    shipped.add_example("G1")
    other = shipped.start_run()
    assert other != run_id
    env = {"ORCH_RUN": run_id, "ORCH_GATE": "g1"}
    assert shipped.orch("gate", "start", "--agent", "maker", env=env).code == 0
    assert shipped.orch("gate", "check", env=env).code == 0
    assert shipped.orch("gate", "finish", "--json", env=env).json["context"]["run_id"] == run_id


@pytest.mark.slow
def test_at_a_terminal_a_person_chooses_the_run_and_elsewhere_all_are_named(
    shipped: Repository, orch: Orch, run_id: str
) -> None:
    other = shipped.start_run()
    ended = orch("run", "complete")
    assert says(ended.err, "run-required", count=2, condition="unfinished")
    assert run_id in ended.err
    assert other in ended.err
    with at_a_terminal(shipped, "run", "complete", "--status", "canceled") as child:
        child.expect("Which run.*: ")
        listed = [line.split()[:2] for line in child.before.splitlines() if "run_" in line]
        child.sendline("7")
        child.expect_exact(message("run-number", highest=2, typed="7"))
        child.expect("Which run.*: ")
        child.sendline("2")
        assert end(child) == 0
    assert [number for number, _ in listed] == ["1", "2"]
    assert shipped.record(listed[1][1])["status"] == "CANCELED"
    assert shipped.record(listed[0][1])["status"] == "QUEUED"


@pytest.mark.slow
def test_the_question_is_seen_where_the_output_goes_to_a_file(shipped: Repository, run_id: str) -> None:
    runs = shipped.start_run(), run_id
    with at_a_terminal(shipped, "run", "complete", "--status", "canceled", output="complete.txt") as child:
        child.expect("Which run.*: ")
        assert all(each in child.before for each in runs)
        child.sendline("1")
        assert end(child) == 0
    assert "canceled" in (shipped.root / "complete.txt").read_text()


@pytest.mark.slow
def test_an_agent_at_a_terminal_is_not_asked(shipped: Repository, run_id: str) -> None:
    shipped.start_run()
    with at_a_terminal(shipped, "run", "complete", env={"CLAUDECODE": "1"}) as child:
        child.expect("2 runs are unfinished, so --run is required")
        assert end(child) == 2


@pytest.mark.slow
def test_a_person_who_chooses_none_changes_nothing(shipped: Repository, run_id: str) -> None:
    shipped.start_run()
    before = shipped.snapshot()
    with at_a_terminal(shipped, "run", "complete") as child:
        child.expect("Which run.*: ")
        child.sendintr()
        assert end(child) == 130
    assert shipped.snapshot() == before


@pytest.mark.slow
@pytest.mark.parametrize("named", ["latest", "run_2", "the-word-robot", "orchestration/runs/{run}/"])
def test_pytest_takes_it_too(shipped: Repository, run_id: str, named: str) -> None:
    shipped.add_example("G1")
    named = named.format(run=run_id)
    assert shipped.pytest("--gate", "g1", "--run", named).code == 0
    assert shipped.pytest("--gate", "G1", env={"ORCH_RUN": named}).code == 0


@pytest.mark.slow
def test_pytest_with_workers_takes_it_too(shipped: Repository, run_id: str) -> None:
    shipped.add_example("G1")
    assert shipped.pytest("--gate", "G1", "--run", "latest", "-n", "2").code == 0


@pytest.mark.slow
def test_pytest_says_where_several_are_meant(shipped: Repository, run_id: str) -> None:
    other = shipped.start_run()
    ended = shipped.pytest("--gate", "G1", "--run", "run_")
    assert ended.code == 4
    assert says(ended.err, "ambiguous-run", count=2)
    assert other in ended.err
    assert ended.err.rstrip().endswith("Next: orch run list")
