"""What a workflow makes the start of a gate depend on, and what force does to that."""

import json
from collections.abc import Callable
from hashlib import sha256

import pytest

from gate_tests.errors import Refused
from runner.models import transitions
from runner.models.attempt import Attempt
from runner.models.baseline import Baseline
from runner.models.gate import Gate
from runner.models.rules import RuleFile
from runner.models.run import Run
from runner.models.status import GateStatus
from runner.models.transitions import Closing, Start
from runner.repair.events import rebuild_events
from runner.workflows.agent_names import is_same_agent
from runner.workflows.definition import WorkflowGate
from runner.workflows.gate_command import choose_gate_command
from runner.workflows.next_command import find_next_command
from runner.workflows.prerequisites import Prerequisites, Suggest
from tests.support.messages import message, pattern, says
from tests.support.repository import Ended, Repository
from tests.support.sample_run import AT, LATER, RUN_ID, new_run

Orch = Callable[..., Ended]


def step(gate: str, *, requires: tuple[str, ...] = (), independent_of: tuple[str, ...] = ()) -> WorkflowGate:
    return WorkflowGate(gate, gate, f"agent-{gate}", "p.md", "", requires, independent_of)


PATH = "orchestration/workflows/tests.json"
CHAIN = Prerequisites(PATH, None, (step("G1"), step("G2", requires=("G1",)), step("G3", requires=("G2",))))
AUDITED = Prerequisites(PATH, None, (step("G1"), step("G2", independent_of=("G1",)), step("G3")))


def as_recorded(run: Run) -> Suggest:
    """The next command at a gate as the record says, whatever the files are."""
    return lambda gate, agent: (
        choose_gate_command(run, known, agent) if (known := run.find_gate(gate)) else "look at the workflow"
    )


def a_run() -> Run:
    return new_run()._replace(gates=tuple(Gate(gate, gate) for gate in ("G1", "G2", "G3")))


def start(
    run: Run, gate: str, agent: str = "maker", *, on: Prerequisites | None = None, force: str | None = None
) -> Run:
    opening = Attempt(0, GateStatus.RUNNING, AT, agent, baseline=Baseline("0" * 64, (), run.attempt_context))
    return transitions.start_attempt(
        run,
        gate,
        opening,
        Start(
            blocking=True,
            refusal=on.find_violation(run, gate, agent, as_recorded(run)) if on else None,
            force=force,
        ),
    )


def close(run: Run, gate: str, reason: str | None = None) -> Run:
    return transitions.close_attempt(
        run, gate, transitions.require_open_attempt(run, gate), Closing(LATER, reason, True)
    )


def refusal(run: Run, gate: str, agent: str = "maker", *, on: Prerequisites) -> Refused:
    with pytest.raises(Refused) as caught:
        start(run, gate, agent, on=on)
    return caught.value


# requires


def test_a_gate_is_refused_before_the_gate_that_it_requires_has_passed() -> None:
    error = refusal(a_run(), "G2", on=CHAIN)
    assert message("gates-required", gate="G2", gates="G1 (NOT_STARTED)") in error.message
    assert error.next_command == f"orch gate start --run {RUN_ID} --gate G1 --agent agent-G1"


def test_the_next_command_finishes_the_required_gate_where_it_is_open() -> None:
    error = refusal(start(a_run(), "G1"), "G2", on=CHAIN)
    assert error.next_command == f"orch gate finish --run {RUN_ID} --gate G1"


def test_the_next_command_begins_with_the_first_gate_that_is_missing_on_the_way() -> None:
    error = refusal(a_run(), "G3", on=CHAIN)
    assert says(error.message, "gates-required", gate="G3", gates="G2 (NOT_STARTED)")
    assert error.next_command == f"orch gate start --run {RUN_ID} --gate G1 --agent agent-G1"


def test_a_failed_gate_is_tried_again_by_whoever_tried_it_last() -> None:
    error = refusal(close(start(a_run(), "G1", "Mary Ann"), "G1", "too short"), "G2", on=CHAIN)
    assert error.next_command == f"orch gate start --run {RUN_ID} --gate G1 --agent 'Mary Ann'"


def test_a_gate_starts_once_what_it_requires_has_passed() -> None:
    assert start(close(start(a_run(), "G1"), "G1"), "G2", on=CHAIN).gate("G2").open_attempt


def test_a_gate_that_passed_and_is_tried_again_no_longer_counts() -> None:
    run = start(close(start(a_run(), "G1"), "G1"), "G1")
    assert says(refusal(run, "G2", on=CHAIN).message, "gates-required", gates="G1 (RUNNING)")


def test_a_required_gate_that_the_run_does_not_have_is_told_and_may_be_forced() -> None:
    run = a_run()._replace(gates=(Gate("G2", "Two"),))
    error = refusal(run, "G2", on=CHAIN)
    assert says(error.message, "gates-required", gate="G2", gates=f"G1 ({message('gate-not-in-run')})")
    assert error.message.endswith(message("force"))
    assert start(run, "G2", on=CHAIN, force="G1 came later").gate("G2").open_attempt


# independent_of


@pytest.mark.parametrize("agent", ["Claude", "claude", " claude  ", "CLAUDE", "cla\u200bude", "\uff43laude"])
def test_the_agent_whose_work_passed_may_not_do_the_independent_gate(agent: str) -> None:
    error = refusal(close(start(a_run(), "G1", "Claude"), "G1"), "G2", agent, on=AUDITED)
    assert says(error.message, "not-independent", gate="G2", other="G1", attempt=1, passed="G1", agent="Claude")
    assert error.next_command == f"orch gate start --run {RUN_ID} --gate G2 --agent agent-G2"


def test_another_agent_may() -> None:
    assert start(close(start(a_run(), "G1", "Claude"), "G1"), "G2", "Claudia", on=AUDITED).gate("G2").open_attempt


def test_an_attempt_that_failed_binds_nobody() -> None:
    run = close(start(a_run(), "G1", "Claude"), "G1", "too short")
    assert start(run, "G2", "Claude", on=AUDITED).gate("G2").open_attempt


def test_an_open_attempt_binds_its_agent_for_it_may_pass() -> None:
    error = refusal(start(a_run(), "G1", "Claude"), "G2", "claude", on=AUDITED)
    assert says(error.message, "not-independent", agent="Claude")


def test_opening_the_gate_again_does_not_free_the_agent_who_passed_it() -> None:
    run = start(close(start(a_run(), "G1", "Claude"), "G1"), "G1", "another")
    error = refusal(run, "G2", "Claude", on=AUDITED)
    assert says(error.message, "not-independent", attempt=1, passed="G1")


def test_who_passed_the_independent_gate_may_not_do_the_other_afterwards() -> None:
    error = refusal(close(start(a_run(), "G2", "Claude"), "G2"), "G1", "claude", on=AUDITED)
    assert says(error.message, "not-independent", gate="G2", other="G1", attempt=1, passed="G2", agent="Claude")


def test_an_auditor_whose_audit_failed_may_mend_the_work_and_then_audits_no_more() -> None:
    run = close(start(close(start(a_run(), "G1", "A"), "G1"), "G2", "B", on=AUDITED), "G2", "a figure is wrong")
    mended = close(start(run, "G1", "B", on=AUDITED), "G1")
    assert refusal(mended, "G2", "B", on=AUDITED)
    assert start(mended, "G2", "A", on=AUDITED).gate("G2").open_attempt


@pytest.mark.parametrize(
    ("one", "other", "same"), [("Straße", "STRASSE", True), ("a b", "a  b", True), ("ab", "a b", False)]
)
def test_names_of_one_agent(one: str, other: str, same: bool) -> None:
    assert is_same_agent(one, other) is same


# force


def test_force_starts_all_the_same_and_tells_it_before_the_start() -> None:
    run = start(a_run(), "G2", on=CHAIN, force="the intake is oral")
    *_, told, started = run.events
    assert (told.type, started.type) == ("FORCED", "GATE_STARTED")
    assert told.data["gate"] == "G2"
    assert told.data["reason"] == "the intake is oral"
    assert "G1 (NOT_STARTED)" in told.data["message"]
    assert list(told.to_json()) == ["timestamp", "type", "gate", "reason", "message"]


def test_force_where_nothing_forbids_it_just_starts() -> None:
    assert start(a_run(), "G1", on=CHAIN, force="to be sure") == start(a_run(), "G1", on=CHAIN)


def test_force_opens_no_second_attempt() -> None:
    with pytest.raises(Refused, match=pattern("attempt-running", gate="G1")):
        start(start(a_run(), "G1"), "G1", on=CHAIN, force="now")


def test_a_repair_keeps_what_was_forced_in_its_place() -> None:
    run = start(a_run(), "G2", on=CHAIN, force="the intake is oral")
    doubled = run._replace(events=run.events.with_row(run.events[1]))
    assert [event.type for event in rebuild_events(doubled, ()).events] == ["RUN_STARTED", "FORCED", "GATE_STARTED"]


# The workflow's file and the command


@pytest.fixture
def audited(repository: Repository) -> Repository:
    repository.write_workflow("GA", "GB")
    (repository.root / "orchestration/runs").mkdir()
    for gate in ("GA", "GB"):
        repository.write_contract(gate, required_outputs={"all_of": [{"path": "{artifact_path}/a.md"}]})
    path = repository.root / "orchestration/workflows/tests.json"
    workflow = json.loads(path.read_text("utf-8"))
    workflow["gates"][1] |= {"requires": ["GA"], "independent_of": ["GA"]}
    path.write_text(json.dumps(workflow), "utf-8")
    return repository


def test_the_command_refuses_until_it_is_forced_and_the_record_says_so(audited: Repository) -> None:
    run_id = audited.start_run(workflow="tests")
    at_b = ("gate", "start", "--run", run_id, "--gate", "GB", "--agent", "auditor")
    before = audited.snapshot()
    refused = audited.orch(*at_b)
    assert refused.code == 2
    assert f"Next: orch gate start --run {run_id} --gate GA --agent agent-GA" in refused.err
    assert audited.snapshot() == before
    assert audited.orch(*at_b, "--force", " ").code == 2
    forced = audited.orch(*at_b, "--force", "GA is on paper")
    assert forced.code == 0
    assert "forced: GB: GA is on paper" in forced.out
    types = [event["type"] for event in audited.record(run_id)["events"]]
    assert types == ["RUN_STARTED", "FORCED", "GATE_STARTED"]
    assert "forced         GB: GA is on paper" in audited.orch("run", "show", "--run", run_id).out
    assert audited.orch("run", "check", run_id).code == 0


def test_a_needless_force_is_said_to_be_one(audited: Repository) -> None:
    run_id = audited.start_run(workflow="tests")
    ended = audited.orch("gate", "start", "--run", run_id, "--gate", "GA", "--agent", "a", "--force", "why not")
    assert ended.code == 0
    assert says(ended.out, "nothing-forced")


def test_the_pipeline_stops_before_an_agent_judges_its_own_work(audited: Repository) -> None:
    run_id = audited.start_run(workflow="tests")
    audited.write("out/the-word-robot/a.md", "done")
    for command in (("start", "--agent", "Agent-GB"), ("finish",)):
        assert audited.orch("gate", command[0], "--run", run_id, "--gate", "GA", *command[1:]).code == 0
    ended = audited.orch("gate", "start", "--run", run_id, "--gate", "GB", "--agent", "agent-gb ")
    assert ended.code == 2
    assert says(ended.err, "not-independent", agent="Agent-GB")


@pytest.mark.parametrize("content", [None, "{", '{"gates": [{"requires": 1}]}'], ids=["gone", "no JSON", "nonsense"])
def test_a_workflow_that_cannot_be_read_is_not_passed_over(audited: Repository, content: str | None) -> None:
    run_id = audited.start_run(workflow="tests")
    path = audited.commit().root / "orchestration/workflows/tests.json"
    path.unlink()
    if content:
        path.write_text(content, "utf-8")
    start_it = ("gate", "start", "--run", run_id, "--gate", "GB", "--agent", "auditor")
    refused = audited.orch(*start_it)
    assert refused.code == 2
    assert "orchestration/workflows/tests.json" in refused.err
    assert "Next: git checkout HEAD -- orchestration/workflows/tests.json" in refused.err
    assert audited.orch(*start_it, "--force", "the workflow was removed", "--accept-contract").code == 0


def test_a_name_that_no_workflow_can_have_leads_to_no_file(repository: Repository) -> None:
    run = a_run()._replace(workflow=a_run().workflow._replace(name="../../outside\n::error::x"))
    objection = Prerequisites.of(repository.workspace, run).find_violation(run, "G1", "maker", as_recorded(run))
    assert objection is not None
    assert "\n" not in objection.message
    assert objection.next_command == "orch run list"


def test_a_workflow_that_makes_no_conditions_is_not_validated_again(repository: Repository) -> None:
    path = repository.write("orchestration/workflows/tests.json", '{"of": "the original"}')
    found = Prerequisites.of(repository.workspace, a_run())
    assert (found.gates, found.load_error) == ((), None)
    assert found.file == RuleFile(PATH, sha256(path.read_bytes()).hexdigest())


@pytest.mark.parametrize("key", ["requires", "requ\\u0069res"])
def test_a_condition_is_seen_however_its_key_is_written(audited: Repository, key: str) -> None:
    path = audited.root / "orchestration/workflows/tests.json"
    path.write_text(path.read_text("utf-8").replace("requires", key).replace("independent_of", "phase"), "utf-8")
    path.write_text(path.read_text("utf-8").replace('"phase": ["GA"]', '"phase": "x"'), "utf-8")
    run = a_run()._replace(gates=(Gate("GA", "A"), Gate("GB", "B")))
    assert Prerequisites.of(audited.workspace, run).find_violation(run, "GB", "maker", as_recorded(run))


# What to type next


def test_the_next_command_names_no_agent_whose_start_would_be_refused(repository: Repository) -> None:
    path = repository.write_small_contracts().write_workflow("G1", "G2")
    workflow = json.loads(path.read_text())
    workflow["gates"][1]["independent_of"] = ["G1"]
    path.write_text(json.dumps(workflow))
    run = new_run()
    run = run._replace(workflow=run.workflow._replace(name="tests"))
    run = close(start(run, "G1", "agent-G2"), "G1")
    assert find_next_command(repository.workspace, run) == f"orch gate start --run {RUN_ID} --gate G2 --agent NAME"


def test_after_a_forced_gate_has_failed_the_gate_that_it_requires_comes_next(repository: Repository) -> None:
    path = repository.write_small_contracts().write_workflow("G1", "G2")
    workflow = json.loads(path.read_text())
    workflow["gates"][1]["requires"] = ["G1"]
    path.write_text(json.dumps(workflow))
    run = new_run()
    run = close(start(run._replace(workflow=run.workflow._replace(name="tests")), "G2"), "G2", "too short")
    assert (
        find_next_command(repository.workspace, run, "G2")
        == f"orch gate start --run {RUN_ID} --gate G1 --agent agent-G1"
    )
