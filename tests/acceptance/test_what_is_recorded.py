"""What is recorded is what was judged: run, contract, workflow and schemas, the same at the start and at the end."""

import hashlib
import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.support.messages import says
from tests.support.repository import Ended, Repository
from tests.support.terminal import at_a_terminal, end

Json = dict[str, Any]
CONTRACT = "orchestration/gates/contracts/G1.contract.json"
WORKFLOW = "orchestration/workflows/tests.json"
SCHEMA = "schema.json"
OUTPUT = {"all_of": [{"path": "{artifact_path}/a.md"}]}


def program(path: str, edit: str) -> str:
    """A program that edits a JSON file below the root: `d` is its document."""
    return f"import json, pathlib; p = pathlib.Path({path!r}); d = json.loads(p.read_text()); {edit}; " + (
        "p.write_text(json.dumps(d))"
    )


def check_that_runs(code: str) -> Json:
    return {"type": "command", "command": [sys.executable, "-c", code]}


@pytest.fixture
def made(repository: Repository) -> Repository:
    """Two gates; the work of G1 is there."""
    repository.write_workflow("G1", "G2", variables={"word": "tea"})
    for gate in ("G1", "G2"):
        repository.write_contract(gate, required_outputs=OUTPUT)
    repository.write("out/tea/a.md", "tea")
    return repository


def start(made: Repository, *arguments: str, gate: str = "G1", run_id: str | None = None) -> str:
    """Starts an attempt, in a new run unless one is named. Gives the run's id."""
    run_id = run_id or made.start_run(workflow="tests", slug="tea")
    ended = made.orch("gate", "start", "--run", run_id, "--gate", gate, "--agent", "maker", *arguments)
    assert ended.code == 0, ended.err
    return run_id


def finish(made: Repository, run_id: str, *arguments: str, gate: str = "G1") -> Ended:
    return made.orch("gate", "finish", "--run", run_id, "--gate", gate, *arguments)


def edit(made: Repository, path: str, change: Callable[[Json], object]) -> None:
    document = json.loads((made.root / path).read_text("utf-8"))
    change(document)
    made.write(path, json.dumps(document, indent=2, ensure_ascii=False) + "\n")


def is_open(made: Repository, run_id: str, gate: str = "G1") -> bool:
    (found,) = [each for each in made.record(run_id)["gates"] if each["gate"] == gate]
    return bool(found["status"] == "RUNNING" and not (record(made, run_id) / f"gates/{gate}/attempt-1.json").exists())


def record(made: Repository, run_id: str) -> Path:
    return made.root / made.workspace.run_path(run_id) / "record"


def events(made: Repository, run_id: str, kind: str) -> list[Json]:
    return [event for event in made.record(run_id)["events"] if event["type"] == kind]


# The run


CHANGES: dict[str, tuple[Callable[[Json], object], str]] = {
    "depth": (lambda r: r.update(depth="quick"), "depth is 'quick', was 'standard'"),
    "artifact path": (lambda r: r["workflow"].update(artifact_path="old"), "artifact_path is 'old', was 'out/tea'"),
    "variables": (
        lambda r: r["workflow"]["variables"].update(word="x"),
        "variables is {'word': 'x'}, was {'word': 'tea'}",
    ),
}


@pytest.mark.parametrize(("change", "said"), CHANGES.values(), ids=CHANGES.keys())
def test_a_run_that_was_changed_after_the_start_is_not_judged(
    made: Repository, change: Callable[[Json], object], said: str
) -> None:
    run_id = start(made)
    edit(made, made.workspace.record_path(run_id), change)
    ended = finish(made, run_id)
    assert ended.code == 2
    assert says(ended.err, "context-changed", run=run_id, attempt=1, gate="G1", changes=said)
    assert is_open(made, run_id)


@pytest.mark.slow
def test_a_check_and_the_stop_hook_say_that_the_run_was_changed_after_the_start(made: Repository) -> None:
    run_id = start(made)
    edit(made, made.workspace.record_path(run_id), lambda r: r.update(depth="quick"))
    changes = "depth is 'quick', was 'standard'"
    checked = made.orch("gate", "check", "--run", run_id, "--gate", "G1").out
    assert says(checked, "context-changed-note", attempt=1, changes=changes)
    again = ("gate", "start", "--run", run_id, "--gate", "G1", "--agent", "maker", "--abandon")
    assert checked.endswith(f"Next: orch {' '.join(again)}\n")
    assert changes in made.orch("hook", "stop", stdin="{}").json["systemMessage"]
    assert made.orch(*again).code == 0
    assert finish(made, run_id).code == 0


def test_an_open_attempt_without_the_context_of_its_start_is_damage(made: Repository) -> None:
    run_id = start(made)

    def forge(run: Json) -> None:
        run["depth"] = "quick"
        del run["gates"][0]["attempts"][0]["baseline"]["context"]

    edit(made, made.workspace.record_path(run_id), forge)
    ended = finish(made, run_id)
    assert ended.code == 4
    assert "$.gates[0].attempts[0].baseline.context: is missing or null" in ended.err


@pytest.mark.parametrize("said", ["depth", "nothing"])
def test_a_run_that_is_changed_while_it_is_judged_is_not_recorded(made: Repository, said: str) -> None:
    run_id = made.start_run(workflow="tests", slug="tea")
    code = program(made.workspace.record_path(run_id), "d['depth'] = 'quick'" if said == "depth" else "d['x'] = 1")
    made.write_contract("G1", required_outputs=OUTPUT, validations=[check_that_runs(code)])
    start(made, "--accept-contract", run_id=run_id)
    ended = finish(made, run_id)
    if said == "depth":
        assert ended.code == 2
        assert says(ended.err, "changed-while-judged", gate="G1", changes="depth is 'quick', was 'standard'")
        assert is_open(made, run_id)
    else:
        assert ended.code == 0
        assert made.attempt(run_id, "G1")["context"]["depth"] == "standard"


@pytest.mark.slow
def test_gates_that_are_taken_out_of_the_run_while_it_is_judged_are_missed(made: Repository) -> None:
    run_id = made.start_run(workflow="tests", slug="tea")
    code = program(made.workspace.record_path(run_id), "del d['gates'][1]; d['progress']['total'] = 1")
    made.write_contract("G1", required_outputs=OUTPUT, validations=[check_that_runs(code)])
    start(made, "--accept-contract", run_id=run_id)
    ended = finish(made, run_id)
    assert ended.code == 2
    assert says(ended.err, "changed-while-judged", gate="G1", changes="the gates of the run")
    assert is_open(made, run_id)


CLOSING = {
    "abandoned": ("gate", "start", "--gate", "G1", "--agent", "maker", "--abandon"),
    "failed": ("gate", "fail", "--gate", "G1", "--reason", "the run was changed"),
    "canceled": ("run", "complete", "--status", "CANCELED"),
}


@pytest.mark.parametrize("command", CLOSING.values(), ids=CLOSING.keys())
def test_an_attempt_in_a_run_that_was_changed_since_can_be_closed_without_a_verdict(
    made: Repository, command: tuple[str, ...]
) -> None:
    run_id = start(made)
    edit(made, made.workspace.record_path(run_id), lambda r: r.update(depth="quick"))
    assert made.orch(*command, "--run", run_id).code == 0
    assert made.orch("run", "check").code == 0
    attempt = made.attempt(run_id, "G1")
    assert (attempt["context"]["depth"], attempt["baseline"]["context"]["depth"]) == ("quick", "standard")


@pytest.mark.slow
def test_an_attempt_records_the_context_it_was_judged_in(made: Repository) -> None:
    run_id = start(made)
    assert finish(made, run_id).code == 0
    attempt = made.attempt(run_id, "G1")
    assert (
        attempt["context"]
        == attempt["baseline"]["context"]
        == {
            "run_id": run_id,
            "workflow": "tests",
            "slug": "tea",
            "artifact_path": "out/tea",
            "depth": "standard",
            "variables": {"word": "tea"},
        }
    )
    assert attempt["blocking"] is True


def test_a_run_that_is_changed_after_the_verdict_is_damaged_and_can_be_repaired(made: Repository) -> None:
    run_id = start(made)
    assert finish(made, run_id).code == 0
    before = made.record(run_id)
    edit(made, made.workspace.record_path(run_id), lambda r: r.update(depth="quick"))
    ended = made.orch("run", "check")
    assert ended.code == 4
    assert "$.gates[0].attempts[0].context: differs from the run: depth is 'quick', was 'standard'" in ended.out
    assert made.orch("run", "repair", "--run", run_id, "--yes").code == 0
    assert made.record(run_id) == before


# The contract, the workflow, the schemas


@pytest.mark.slow
@pytest.mark.parametrize("path", [CONTRACT, WORKFLOW, SCHEMA])
def test_rules_that_are_changed_while_the_gate_is_judged_are_not_recorded(made: Repository, path: str) -> None:
    made.write(SCHEMA, "{}")
    made.write("out/tea/a.json", "{}")
    code = program(path, "d['description'] = 'other'" if path == WORKFLOW else "d['$schema'] = 'other'")
    schema_check = {"type": "json_schema", "target": "{artifact_path}/a.json", "schema": SCHEMA}
    made.write_contract("G1", required_outputs=OUTPUT, validations=[check_that_runs(code), schema_check])
    run_id = start(made)
    ended = finish(made, run_id)
    assert ended.code == 2
    assert says(ended.err, "changed-while-judged", gate="G1", changes=path)
    assert is_open(made, run_id)


@pytest.fixture
def with_schema(made: Repository) -> Repository:
    """A gate whose output must conform to a schema, and does not."""
    made.write(SCHEMA, '{"required": ["title"]}')
    check = {"type": "json_schema", "target": "{artifact_path}/a.json", "schema": SCHEMA}
    made.write_contract("G1", required_outputs=OUTPUT, validations=[check])
    made.write("out/tea/a.json", "{}")
    return made


def test_a_schema_that_was_weakened_after_the_start_is_not_judged_by(with_schema: Repository) -> None:
    run_id = start(with_schema)
    with_schema.write(SCHEMA, "{}")
    ended = finish(with_schema, run_id)
    assert ended.code == 2
    assert says(ended.err, "contract-changed", path=SCHEMA, attempt=1, gate="G1")
    assert is_open(with_schema, run_id)


@pytest.mark.slow
def test_of_several_gates_each_change_is_named_before_all_are_accepted_at_once(made: Repository) -> None:
    run_id = start(made)
    start(made, gate="G2", run_id=run_id)
    for gate in ("G1", "G2"):
        edit(made, CONTRACT.replace("G1", gate), lambda c: c.update(description="other"))
    ended = finish(made, run_id, "--gate", "G2")
    assert ended.code == 2
    for gate in ("G1", "G2"):
        assert f"{CONTRACT.replace('G1', gate)} changed after attempt 1 of gate {gate} started" in ended.err
    assert finish(made, run_id, "--gate", "G2", "--accept-contract").code == 0
    assert [event["gate"] for event in events(made, run_id, "CONTRACT_ACCEPTED")] == ["G1", "G2"]


@pytest.mark.slow
def test_a_changed_schema_can_be_accepted_and_is_recorded(with_schema: Repository) -> None:
    run_id = start(with_schema)
    with_schema.write(SCHEMA, "{}")
    assert finish(with_schema, run_id, "--accept-contract").code == 0
    (accepted,) = events(with_schema, run_id, "CONTRACT_ACCEPTED")
    (schema,) = with_schema.attempt(run_id, "G1")["baseline"]["schemas"]
    assert (accepted["path"], accepted["from"]) == (SCHEMA, schema["sha256"])


@pytest.mark.slow
def test_a_schema_that_is_work_of_the_gate_may_change(made: Repository) -> None:
    check = {"type": "json_schema", "target": "{artifact_path}/a.json", "schema": "{artifact_path}/schema.json"}
    outputs = {"all_of": [{"path": "{artifact_path}/schema.json"}]}
    made.write_contract("G1", required_outputs=outputs, validations=[check])
    run_id = start(made)
    made.write("out/tea/a.json", "{}")
    made.write("out/tea/schema.json", '{"type": "object"}')
    assert finish(made, run_id).code == 0


# The prerequisites


@pytest.mark.slow
def test_required_gates_must_have_passed_at_the_finish_too(made: Repository) -> None:
    edit(made, WORKFLOW, lambda w: w["gates"][1].update(requires=["G1"]))
    run_id = start(made)
    assert finish(made, run_id).code == 0
    start(made, gate="G2", run_id=run_id)
    assert made.orch("gate", "fail", "--run", run_id, "--gate", "G1", "--reason", "made up").code == 0
    ended = finish(made, run_id, gate="G2")
    assert ended.code == 2
    assert says(ended.err, "gates-required", gate="G2", gates="G1 (FAIL)")
    assert is_open(made, run_id, "G2")


@pytest.mark.slow
def test_required_gates_must_have_passed_when_the_verdict_is_recorded_too(made: Repository) -> None:
    edit(made, WORKFLOW, lambda w: w["gates"][1].update(requires=["G1"]))
    run_id = start(made)
    assert finish(made, run_id).code == 0
    fail = [sys.executable, "-m", "runner", "gate", "fail", "--run", run_id, "--gate", "G1", "--reason", "made up"]
    made.write_contract("G2", required_outputs=OUTPUT, validations=[{"type": "command", "command": fail}])
    start(made, "--accept-contract", gate="G2", run_id=run_id)
    ended = finish(made, run_id, gate="G2")
    assert ended.code == 2
    assert says(ended.err, "gates-required", gate="G2", gates="G1 (FAIL)")
    assert is_open(made, run_id, "G2")


@pytest.mark.slow
def test_an_agent_is_independent_at_the_finish_too(made: Repository) -> None:
    edit(made, WORKFLOW, lambda w: w["gates"][1].update(independent_of=["G1"]))
    run_id = start(made, gate="G2")
    start(made, "--force", "nobody else is there", run_id=run_id)
    assert finish(made, run_id).code == 0
    assert finish(made, run_id, gate="G2").code == 2
    assert is_open(made, run_id, "G2")


@pytest.mark.slow
def test_an_attempt_whose_start_was_forced_can_be_finished(made: Repository) -> None:
    edit(made, WORKFLOW, lambda w: w["gates"][1].update(requires=["G1"]))
    run_id = start(made, "--force", "G1 is written elsewhere", gate="G2")
    assert finish(made, run_id, gate="G2").code == 0


# The pins


def weaken(made: Repository) -> None:
    made.write_contract("G1", validations=[{"type": "dir_exists", "target": "out"}])


@pytest.mark.parametrize("path", [CONTRACT, WORKFLOW])
def test_rules_that_changed_after_the_run_started_are_not_started_with(made: Repository, path: str) -> None:
    edit(made, WORKFLOW, lambda w: w["gates"][1].update(requires=["G1"]))
    run_id = made.start_run(workflow="tests", slug="tea")
    before = made.snapshot()
    edit(made, path, lambda d: d["gates"][1].pop("requires") if path == WORKFLOW else d.update(blocking=False))
    gate = "G2" if path == WORKFLOW else "G1"
    ended = made.orch("gate", "start", "--run", run_id, "--gate", gate, "--agent", "maker")
    assert ended.code == 2
    assert says(ended.err, "contract-changed-after-run", path=path, run=run_id)
    assert made.snapshot() == before


def test_a_change_of_the_contract_that_was_accepted_is_recorded_and_shown(made: Repository) -> None:
    run_id = made.start_run(workflow="tests", slug="tea")
    pinned = made.record(run_id)["pins"]["contracts"]["G1"]
    weaken(made)
    start(made, "--accept-contract", run_id=run_id)
    (accepted,) = events(made, run_id, "CONTRACT_ACCEPTED")
    now = made.record(run_id)["pins"]["contracts"]["G1"]
    shown = {key: accepted[key] for key in ("gate", "attempt", "path", "from", "to")}
    assert shown == {"gate": "G1", "attempt": 1, "path": CONTRACT, "from": pinned, "to": now}
    assert "attempt 1: change of G1.contract.json accepted" in made.orch("status", "--run", run_id).out
    accepted_line = f"G1, attempt 1: {CONTRACT} changed from {pinned[:12]} to {now[:12]}"
    assert accepted_line in made.orch("run", "show", "--run", run_id).out
    (gate, _) = made.orch("status", "--run", run_id, "--json").json["gates"]
    assert gate["accepted"] == ["attempt 1: change of G1.contract.json accepted"]


def test_an_accepted_contract_is_pinned_so_that_it_is_not_asked_for_again(made: Repository) -> None:
    run_id = made.start_run(workflow="tests", slug="tea")
    weaken(made)
    start(made, "--accept-contract", run_id=run_id)
    assert finish(made, run_id).code == 0
    start(made, run_id=run_id)
    assert len(events(made, run_id, "CONTRACT_ACCEPTED")) == 1


@pytest.mark.slow
def test_a_contract_that_is_written_after_the_run_started_is_pinned_by_the_first_start(made: Repository) -> None:
    content = (made.root / CONTRACT).read_bytes()
    (made.root / CONTRACT).unlink()
    run_id = made.start_run(workflow="tests", slug="tea")
    assert list(made.record(run_id)["pins"]["contracts"]) == ["G2"]
    made.write(CONTRACT, content)
    start(made, run_id=run_id)
    assert finish(made, run_id).code == 0
    weaken(made)
    assert made.orch("gate", "start", "--run", run_id, "--gate", "G1", "--agent", "maker").code == 2


def test_status_says_that_a_contract_changed_after_the_run_started(made: Repository) -> None:
    run_id = made.start_run(workflow="tests", slug="tea")
    weaken(made)
    assert (
        "changed since the run started: orchestration/gates/contracts/G1.contract.json"
        in made.orch("status", "--run", run_id).out
    )


# Completing


@pytest.mark.slow
def test_a_gate_that_was_blocking_when_it_failed_blocks_whatever_its_contract_says_now(made: Repository) -> None:
    (made.root / "out/tea/a.md").unlink()
    run_id = start(made)
    assert finish(made, run_id).code == 1
    edit(made, CONTRACT, lambda c: c.update(blocking=False))
    ended = made.orch("run", "complete", "--run", run_id, "--status", "PASSED")
    assert ended.code == 2
    assert made.record(run_id)["finished_at"] is None


@pytest.mark.slow
def test_a_gate_that_was_not_blocking_when_it_failed_does_not_block(made: Repository) -> None:
    edit(made, CONTRACT, lambda c: c.update(blocking=False))
    (made.root / "out/tea/a.md").unlink()
    run_id = start(made)
    assert finish(made, run_id).code == 1
    made.write("out/tea/a.md", "tea")
    start(made, gate="G2", run_id=run_id)
    assert finish(made, run_id, gate="G2").code == 0
    edit(made, CONTRACT, lambda c: c.update(blocking=True))
    assert made.orch("run", "complete", "--run", run_id, "--status", "PASSED").code == 0


@pytest.mark.slow
def test_a_gate_that_was_not_started_blocks_by_the_contract_that_is_pinned(made: Repository) -> None:
    run_id = start(made)
    assert finish(made, run_id).code == 0
    edit(made, CONTRACT.replace("G1", "G2"), lambda c: c.update(blocking=False))
    assert made.orch("run", "complete", "--run", run_id, "--status", "PASSED").code == 2


@pytest.mark.slow
def test_an_open_attempt_that_was_made_one_that_does_not_block_does_not_excuse_its_failure(made: Repository) -> None:
    run_id = start(made)
    edit(made, made.workspace.record_path(run_id), lambda r: r["gates"][0]["attempts"][0].update(blocking=False))
    assert made.orch("gate", "fail", "--run", run_id, "--gate", "G1", "--reason", "too short").code == 0
    start(made, gate="G2", run_id=run_id)
    assert finish(made, run_id, gate="G2").code == 0
    ended = made.orch("run", "complete", "--run", run_id, "--status", "PASSED")
    assert ended.code == 4
    assert f"$.blocking: is false, but {CONTRACT} says true" in ended.err


@pytest.mark.slow
def test_gates_that_were_taken_out_of_the_run_are_missed(made: Repository) -> None:
    run_id = start(made)
    assert finish(made, run_id).code == 0
    edit(made, made.workspace.record_path(run_id), lambda r: (r["gates"].pop(), r["progress"].update(total=1)))
    ended = made.orch("run", "complete", "--run", run_id, "--status", "PASSED")
    assert ended.code == 4
    assert f"$.gates: inconsistent with {WORKFLOW}: expected G1, G2, found G1" in ended.err


@pytest.mark.slow
@pytest.mark.parametrize("workflow", ["[]", '{"gates": 5}', '{"gates": [5]}', "{"])
def test_a_file_that_is_no_workflow_says_nothing_of_the_gates_though_it_is_pinned(
    made: Repository, workflow: str
) -> None:
    run_id = start(made)
    assert finish(made, run_id).code == 0
    made.write(WORKFLOW, workflow)
    sha256 = hashlib.sha256(workflow.encode()).hexdigest()
    edit(made, made.workspace.record_path(run_id), lambda r: r["pins"].update(workflow=sha256))
    assert made.orch("run", "complete", "--run", run_id).code == 0


@pytest.mark.slow
def test_a_run_keeps_its_gates_where_another_workflow_was_accepted(made: Repository) -> None:
    run_id = start(made)
    edit(made, WORKFLOW, lambda w: w["gates"].pop())
    assert finish(made, run_id, "--accept-contract").code == 0
    start(made, gate="G2", run_id=run_id)
    assert finish(made, run_id, gate="G2").code == 0
    assert made.orch("run", "complete", "--run", run_id).code == 0
    assert made.record(run_id)["status"] == "PASSED"


def test_canceling_closes_open_attempts(made: Repository) -> None:
    run_id = start(made)
    assert made.orch("run", "complete", "--run", run_id, "--status", "FAILED").code == 2
    assert made.orch("run", "complete", "--run", run_id, "--status", "CANCELED").code == 0
    attempt = made.attempt(run_id, "G1")
    assert (attempt["status"], attempt["failure_reason"]) == ("FAIL", "canceled")
    assert made.record(run_id)["status"] == "CANCELED"
    assert made.orch("run", "check").code == 0


# A record whose attempt nobody has judged


FORGERIES: dict[str, tuple[Callable[[Json], object], str]] = {
    "a row that did not pass": (lambda a: a["validations"][0].update({"pass": False}), "validations[0].pass"),
    "no rows": (lambda a: a.update(validations=[]), "validations"),
    "no contract": (lambda a: a.update(contract=None), "contract"),
    "a failure reason": (lambda a: a.update(failure_reason="x"), "failure_reason"),
    "an end before the start": (lambda a: a.update(finished_at="2020-01-01T00:00:00.000Z"), "finished_at"),
    "an output outside the root": (
        lambda a: a["artifacts"][0].update(resolved_path="../../etc/passwd"),
        "artifacts[0]",
    ),
    "an output that is not declared": (lambda a: a["artifacts"][0].update(path="b.md"), "artifacts[0]"),
    "a negative size": (lambda a: a["artifacts"][0].update(size_bytes=-1), "artifacts[0]"),
    "another depth": (lambda a: a["context"].update(depth="quick"), "context"),
    "no context": (lambda a: a.pop("context"), "context"),
}


@pytest.mark.parametrize(("forge", "key"), FORGERIES.values(), ids=FORGERIES.keys())
def test_a_record_that_no_command_writes_is_damaged(
    made: Repository, forge: Callable[[Json], object], key: str
) -> None:
    run_id = start(made)
    assert finish(made, run_id).code == 0
    edit(made, made.workspace.attempt_path(run_id, "G1", 1), forge)
    edit(made, made.workspace.record_path(run_id), lambda r: forge(r["gates"][0]["attempts"][0]))
    ended = made.orch("run", "show", "--run", run_id)
    assert ended.code == 4
    assert f"$.gates[0].attempts[0].{key}: " in ended.err


OLDER: dict[str, tuple[Callable[[Json], object], str]] = {
    "no version": (lambda r: r.pop("schema_version"), "schema_version"),
    "null": (lambda r: r.update(schema_version=None), "schema_version"),
    "an older version": (lambda r: r.update(schema_version=1), "schema_version"),
    "an older version without pins, and another depth": (
        lambda r: (r.update(schema_version=1, depth="quick"), r.pop("pins")),
        "gates[0].attempts[0].context",
    ),
}


@pytest.mark.slow
@pytest.mark.parametrize(("forge", "key"), OLDER.values(), ids=OLDER.keys())
def test_a_record_is_not_asked_for_less_because_it_says_that_it_is_older(
    made: Repository, forge: Callable[[Json], object], key: str
) -> None:
    run_id = start(made)
    assert finish(made, run_id).code == 0
    before = made.record(run_id)
    edit(made, made.workspace.record_path(run_id), forge)
    ended = made.orch("run", "show", "--run", run_id)
    assert ended.code == 4
    assert f"$.{key}: " in ended.err
    assert made.orch("run", "repair", "--run", run_id, "--yes").code == 0
    assert made.record(run_id)["gates"] == before["gates"]
    assert made.orch("run", "check").code == 0


@pytest.mark.slow
def test_a_pass_whose_rows_are_not_those_of_its_contract_is_damaged(made: Repository) -> None:
    run_id = start(made)
    assert finish(made, run_id).code == 0
    assert made.orch("run", "check").code == 0

    def forge(attempt: Json) -> None:
        attempt["validations"][0]["id"] = "file_exists[b.md]"

    edit(made, made.workspace.attempt_path(run_id, "G1", 1), forge)
    edit(made, made.workspace.record_path(run_id), lambda r: forge(r["gates"][0]["attempts"][0]))
    for command in ("check",), ("complete", "--run", run_id), ("repair", "--run", run_id, "--yes"):
        ended = made.orch("run", *command)
        assert ended.code == 4
        assert "missing file_exists[a.md]" in ended.out + ended.err


# Who may accept


@pytest.mark.slow
@pytest.mark.parametrize(
    ("variables", "is_named"),
    [({}, True), ({"CLAUDECODE": "1"}, False), ({"CODEX_SANDBOX": "x"}, False), ({"ORCH_GATE": "G1"}, False)],
    ids=["a person", "Claude Code", "Codex", "an agent of a pipeline"],
)
def test_only_a_person_at_a_terminal_is_told_how_to_accept(
    made: Repository, variables: dict[str, str], is_named: bool
) -> None:
    run_id = start(made)
    weaken(made)
    with at_a_terminal(made, "gate", "finish", "--run", run_id, "--gate", "G1", env=variables) as child:
        assert end(child) == 2
        text = str(child.before)
    assert ("--accept-contract" in text) is is_named
    assert "a person decides" in " ".join(text.split())


@pytest.mark.slow
def test_without_a_terminal_the_change_is_shown_instead(made: Repository) -> None:
    made.run("git", "init", "-q")
    commit(made)
    run_id = start(made)
    weaken(made)
    assert f"Next: git diff HEAD -- {CONTRACT}" in finish(made, run_id).err


@pytest.mark.parametrize("state", ["no repository", "no commit", "not in the commit", "committed since"])
def test_where_git_has_no_change_to_show_the_file_is_shown(made: Repository, state: str) -> None:
    run_id = start(made)
    if state != "no repository":
        made.run("git", "init", "-q")
    if state == "not in the commit":
        commit(made, "out")
    weaken(made)
    if state == "committed since":
        commit(made)
    assert f"Next: cat {CONTRACT}" in finish(made, run_id).err


def commit(made: Repository, path: str = ".") -> None:
    made.run("git", "add", path)
    identity = ("-c", "user.name=a", "-c", "user.email=a@localhost")
    assert made.run("git", *identity, "commit", "-q", "-m", "all").code == 0
