"""A pipeline believes what it saw itself: no agent that it drives can talk past its gates by editing files."""

import hashlib
import sys
from typing import Any

import pytest

from runner.operations.judging import finish_gates
from runner.pipeline import pipeline
from runner.storage.store import Store
from tests.support.messages import message, says
from tests.support.repository import Ended, Repository

PIPELINE = ("run", "tests", "--slug", "tea")
WORK = """\
import json, os, pathlib, subprocess, sys
gate, run_id = os.environ["ORCH_GATE"], os.environ["ORCH_RUN"]
folder = pathlib.Path("orchestration/runs", run_id, "record")
def write(path, text):
    path = pathlib.Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
def record(): return json.loads((folder / "RUN.json").read_text())
def save(record): write(folder / "RUN.json", json.dumps(record, indent=2, ensure_ascii=False) + "\\n")
def orch(*arguments): return subprocess.run([sys.executable, "-m", "runner", *arguments], check=True)
def work(): write(f"out/tea/{gate}.md", "tea")
"""
"""What the agents of these tests have: `work()` does the work of the gate."""

FORGE = """
def forge(gate):
    number = record()["gates"].index(next(g for g in record()["gates"] if g["gate"] == gate))
    run = record()
    entry = run["gates"][number]
    contract = f"orchestration/gates/contracts/{gate}.contract.json"
    if not entry["attempts"]:
        entry["attempts"].append(dict(run["gates"][0]["attempts"][0]))
    row = {"id": f"file_exists[{gate}.md]", "type": "file_exists", "path": "a", "resolved_path": "a",
           "severity": "error", "pass": True, "description": ""}
    import hashlib
    sha256 = hashlib.sha256(pathlib.Path(contract).read_bytes()).hexdigest()
    attempt = entry["attempts"][-1]
    attempt |= {"status": "PASS", "finished_at": attempt["started_at"], "validations": [row], "artifacts": [],
                "contract": {"path": contract, "sha256": sha256},
                "runner": {"orch": "0", "python": "3", "pytest": "9"}}
    entry["status"] = "PASS"
    run["progress"]["passed"] = sum(g["status"] == "PASS" for g in run["gates"])
    write(folder / f"gates/{gate}/attempt-1.json", json.dumps(attempt, indent=2, ensure_ascii=False) + "\\n")
    save(run)
"""
"""`forge(gate)` records a PASS of the gate that agrees with itself in every respect."""


@pytest.fixture
def led(repository: Repository) -> Repository:
    """A workflow of three gates, each with one output."""
    repository.write_workflow("G1", "G2", "G3")
    for gate in ("G1", "G2", "G3"):
        repository.write_contract(gate, required_outputs={"all_of": [{"path": f"{{artifact_path}}/{gate}.md"}]})
    return repository


def lead(led: Repository, source: str, *arguments: str) -> Ended:
    agent = led.write("agent.py", WORK + source)
    return led.orch(*PIPELINE, "--agent-command", f"'{sys.executable}' '{agent}'", *arguments)


def only_run(led: Repository) -> str:
    (run_id,) = led.workspace.runs()
    return run_id


def statuses(led: Repository) -> list[str]:
    return [gate["status"] for gate in led.record(only_run(led))["gates"]]


def test_an_agent_that_works_passes(led: Repository) -> None:
    ended = lead(led, "work()")
    assert ended.code == 0, ended.err
    assert statuses(led) == ["PASS", "PASS", "PASS"]


@pytest.mark.slow
def test_work_that_was_there_before_is_accepted_and_that_it_was_is_said(led: Repository) -> None:
    for gate in ("G1", "G2", "G3"):
        led.write(f"out/tea/{gate}.md", "tea")
    ended = lead(led, "if gate == 'G3': write('out/tea/G3.md', 'new')")
    assert ended.code == 0
    assert ended.out.count(message("nothing-changed")) == 2
    assert message("nothing-changed") not in ended.out[ended.out.index("Gate G3") :]


# Records of the agent's own making


@pytest.mark.slow
def test_a_pass_that_the_agent_recorded_itself_is_judged_before_it_counts(led: Repository) -> None:
    ended = lead(led, FORGE + "forge(gate)")
    assert ended.code == 1
    assert says(ended.err, "recorded-elsewhere", attempt=1, gate="G1")
    run_id = only_run(led)
    assert led.record(run_id)["status"] != "PASSED"
    again = ("gate", "start", "--run", run_id, "--gate", "G1", "--agent", "agent-G1")
    assert f"Next: orch {' '.join(again)}" in ended.err
    assert led.orch(*again).code == 0
    assert statuses(led)[0] == "RUNNING"


@pytest.mark.slow
def test_that_it_fails_here_is_recorded_so_that_nobody_counts_the_pass_later(led: Repository) -> None:
    lead(led, FORGE + "forge(gate); forge('G2')")
    assert statuses(led) == ["FAIL", "FAIL", "NOT_STARTED"]
    assert led.attempt(only_run(led), "G1", 2)["failure_reason"].startswith("attempt 1 was recorded as PASS by another")
    agent = led.write("agent.py", WORK + "work()")
    ended = led.orch("run", "resume", "--agent-command", f"'{sys.executable}' '{agent}'")
    assert ended.code == 0, ended.err
    assert [len(gate["attempts"]) for gate in led.record(only_run(led))["gates"]] == [3, 3, 1]


@pytest.mark.slow
def test_so_is_a_pass_of_a_later_gate(led: Repository) -> None:
    ended = lead(led, FORGE + "work(); forge('G2'); forge('G3')")
    assert ended.code == 1
    assert says(ended.err, "recorded-elsewhere", attempt=1, gate="G2")


@pytest.mark.slow
def test_a_pass_recorded_by_gate_finish_counts_because_it_passes_here_too(led: Repository) -> None:
    ended = lead(led, "work(); orch('gate', 'finish', '--run', run_id, '--gate', gate)")
    assert ended.code == 0, ended.err
    assert statuses(led) == ["PASS", "PASS", "PASS"]


@pytest.mark.slow
def test_a_run_that_the_agent_completed_is_no_success_before_its_gates_were_judged(led: Repository) -> None:
    source = """
work()
orch("gate", "finish", "--run", run_id, "--gate", gate)
run = record()
run |= {"status": "PASSED", "finished_at": run["started_at"]}
run["events"].append({"timestamp": run["started_at"], "type": "RUN_COMPLETED", "status": "PASSED", "message": ""})
save(run)
"""
    ended = lead(led, source)
    assert ended.code == 1
    assert says(ended.err, "completed-elsewhere", gate="G2", status="NOT_STARTED")


@pytest.mark.slow
def test_a_run_that_the_agent_completed_as_a_person_would_is_a_success(led: Repository) -> None:
    source = "work()\nif gate == 'G3': orch('gate', 'finish', '--run', run_id, '--gate', gate);" + (
        " orch('run', 'complete', '--run', run_id)"
    )
    assert lead(led, source).code == 0


@pytest.mark.slow
def test_a_failed_gate_fails_the_pipeline_whatever_the_agent_records_of_it(led: Repository) -> None:
    source = """
run = record(); run["gates"][0]["attempts"][0]["blocking"] = False; save(run)
orch("gate", "fail", "--run", run_id, "--gate", gate, "--reason", "not blocking, it says")
run = record(); run |= {"status": "PASSED", "finished_at": run["events"][-1]["timestamp"]}; save(run)
"""
    ended = lead(led, source)
    assert ended.code == 1
    assert says(ended.err, "completed-elsewhere", gate="G1", status="FAIL")


@pytest.mark.slow
def test_a_failed_attempt_that_the_agent_of_the_next_one_turns_into_a_pass_does_not_count(led: Repository) -> None:
    source = """
run = record()
entry = run["gates"][0]
if gate == "G1" and len(entry["attempts"]) == 2:
    del entry["attempts"][1]
    (attempt,) = entry["attempts"]
    entry["status"] = attempt["status"] = "PASS"
    attempt["failure_reason"] = None
    (row,) = attempt["validations"]
    row["pass"] = True
    del row["reason"]
    run["progress"]["passed"] = 1
    write(folder / "gates/G1/attempt-1.json", json.dumps(attempt, indent=2, ensure_ascii=False) + "\\n")
    save(run)
"""
    ended = lead(led, source, "--retry", "1")
    assert ended.code == 2
    assert says(ended.err, "context-changed-meanwhile", run=only_run(led), changes="attempt 1 of gate G1")


# The run, the contracts, the prompts and the workflow


@pytest.mark.parametrize(
    ("edit", "change"),
    [
        ("run['depth'] = 'quick'", "depth is 'quick', was 'deep'"),
        ("run['workflow']['artifact_path'] = 'old'", "artifact_path is 'old', was 'out/tea'"),
        (
            "run['gates'] = run['gates'][:2]; run['progress']['total'] = 2",
            "gates are G1, G2, were G1, G2, G3",
        ),
        ("for key in ('schema_version', 'pins', 'progress'): del run[key]", "schema_version is None, was 2"),
    ],
    ids=["depth", "artifact path", "gates", "version"],
)
def test_a_run_that_the_agent_changed_stops_the_pipeline(led: Repository, edit: str, change: str) -> None:
    ended = lead(led, f"work(); run = record()\n{edit}\nsave(run)", "--depth", "deep")
    assert ended.code == 2
    assert says(ended.err, "context-changed-meanwhile", run=only_run(led), changes=change)
    assert statuses(led)[0] == "RUNNING"


RULES = {
    "its own contract": "orchestration/gates/contracts/G1.contract.json",
    "the contract of a later gate": "orchestration/gates/contracts/G3.contract.json",
    "the workflow": "orchestration/workflows/tests.json",
    "the prompt of a later gate": "orchestration/prompts/tests/G2.md",
}


@pytest.mark.parametrize("path", RULES.values(), ids=RULES.keys())
def test_rules_that_the_agent_changed_stop_the_pipeline_and_a_person_decides(led: Repository, path: str) -> None:
    ended = lead(led, f"work(); path = pathlib.Path({path!r}); path.write_text(path.read_text() + chr(10))")
    assert ended.code == 2
    assert says(ended.err, "rules-changed", path=path)
    assert f"Next: cat {path}" in ended.err
    assert "--accept-contract" not in ended.out + ended.err
    assert statuses(led)[0] == "RUNNING"


@pytest.mark.slow
@pytest.mark.parametrize("is_exchanged", [True, False])
def test_a_contract_that_is_exchanged_only_while_the_gate_is_judged_gains_nothing(
    led: Repository, monkeypatch: pytest.MonkeyPatch, is_exchanged: bool
) -> None:
    contract = led.root / RULES["its own contract"]
    before = contract.read_bytes()

    def finish_by_another_contract(store: Store, run_id: str, *others: Any) -> Any:
        if is_exchanged and contract.read_bytes() == before:
            led.write_contract("G1", validations=[{"type": "dir_exists", "target": "orchestration"}])
            path = led.root / led.workspace.record_path(run_id)
            old, new = (hashlib.sha256(content).hexdigest() for content in (before, contract.read_bytes()))
            path.write_text(path.read_text("utf-8").replace(old, new), "utf-8")
        try:
            return finish_gates(store, run_id, *others)
        finally:
            contract.write_bytes(before)

    monkeypatch.setattr(pipeline, "finish_gates", finish_by_another_contract)
    ended = lead(led, "" if is_exchanged else "work()")
    assert ended.code == (2 if is_exchanged else 0)
    if is_exchanged:
        assert says(ended.err, "rules-changed", path=RULES["its own contract"])


@pytest.fixture
def with_schema(led: Repository) -> Repository:
    """The output of the last gate must conform to a schema, and does not."""
    led.write("schema.json", '{"required": ["title"]}')
    led.write("out/tea/a.json", "{}")
    check = {"type": "json_schema", "target": "{artifact_path}/a.json", "schema": "schema.json"}
    led.write_contract("G3", validations=[check])
    return led


def test_so_does_a_schema_of_a_later_gate(with_schema: Repository) -> None:
    ended = lead(with_schema, "work(); write('schema.json', '{}')")
    assert ended.code == 2
    assert says(ended.err, "rules-changed", path="schema.json")


@pytest.mark.slow
def test_a_schema_that_an_earlier_gate_makes_may_change(with_schema: Repository) -> None:
    with_schema.write_contract("G1", required_outputs={"all_of": [{"path": "schema.json"}]})
    ended = lead(with_schema, "work()\nif gate == 'G1': write('schema.json', '{}')")
    assert ended.code == 0, ended.err


@pytest.mark.slow
def test_an_agent_that_accepts_a_contract_it_emptied_gains_nothing(led: Repository) -> None:
    source = """
path = pathlib.Path(f"orchestration/gates/contracts/{gate}.contract.json")
contract = json.loads(path.read_text())
contract |= {"required_outputs": {}, "validations": [{"type": "dir_exists", "target": "orchestration"}]}
path.write_text(json.dumps(contract))
subprocess.run([sys.executable, "-m", "runner", "gate", "finish", "--run", run_id, "--gate", gate, "--accept-contract"])
"""
    ended = lead(led, source)
    assert ended.code == 2
    assert says(ended.err, "rules-changed", path="orchestration/gates/contracts/G1.contract.json")
    assert led.record(only_run(led))["status"] != "PASSED"


@pytest.mark.slow
@pytest.mark.parametrize("decision", ["restored", "accepted"])
def test_a_gate_that_passed_by_another_contract_than_the_present_one_is_judged_when_the_run_goes_on(
    led: Repository, decision: str
) -> None:
    contract = led.root / RULES["its own contract"]
    before = contract.read_bytes()
    source = """
if gate == "G1":
    path = pathlib.Path("orchestration/gates/contracts/G1.contract.json")
    check = {"type": "dir_exists", "target": "orchestration"}
    path.write_text(json.dumps({"gate": "G1", "name": "Test", "validations": [check]}))
    orch("gate", "finish", "--run", run_id, "--gate", gate, "--accept-contract")
else:
    work()
"""
    assert lead(led, source).code == 2
    assert statuses(led)[0] == "PASS"
    if decision == "restored":
        contract.write_bytes(before)
    agent = f"'{sys.executable}' '{led.root / 'agent.py'}'"
    ended = led.orch("run", "resume", "--run", only_run(led), "--agent-command", agent)
    if decision == "restored":
        assert ended.code == 1
        assert says(ended.err, "passed-otherwise", attempt=1, gate="G1")
        assert statuses(led)[0] == "PASS"
    else:
        assert ended.code == 0, ended.err


# Outputs of gates that have passed


@pytest.mark.slow
@pytest.mark.parametrize(
    ("spoil", "change"),
    [
        ("pathlib.Path('out/tea/G1.md').unlink()", "is missing"),
        ("write('out/tea/G1.md', 'TEA')", "changed"),
        ("os.truncate('out/tea/G1.md', 1 << 40)", "changed"),
    ],
    ids=["deleted", "changed", "endless"],
)
def test_an_output_of_a_passed_gate_that_a_later_one_spoils_stops_the_pipeline(
    led: Repository, spoil: str, change: str
) -> None:
    ended = lead(led, f"work()\nif gate == 'G2': {spoil}")
    assert ended.code == 1
    assert says(ended.err, "stale-gate", gate="G1", path="out/tea/G1.md", change=change, attempt=1)
    assert led.record(only_run(led))["status"] != "PASSED"


@pytest.mark.slow
def test_the_last_gate_cannot_spoil_one_either(led: Repository) -> None:
    ended = lead(led, "work()\nif gate == 'G3': write('out/tea/G1.md', 'no')")
    assert ended.code == 1
    assert says(ended.err, "stale-gate", gate="G1", path="out/tea/G1.md", change="changed", attempt=1)


REWRITE = """
import hashlib
def recorded(gate, path):
    sha256 = hashlib.sha256(pathlib.Path(path).read_bytes()).hexdigest()
    return {"path": f"{{artifact_path}}/{gate}.md", "resolved_path": path, "sha256": sha256,
            "size_bytes": os.stat(path).st_size, "exists": True}
def rewrite(gate, **members):
    run = record()
    (entry,) = [each for each in run["gates"] if each["gate"] == gate]
    entry["attempts"][0] |= members
    write(folder / f"gates/{gate}/attempt-1.json", json.dumps(entry["attempts"][0], indent=2) + "\\n")
    save(run)
"""
"""`rewrite(gate, …)` changes members of an attempt in both of its places."""


@pytest.mark.slow
def test_nor_can_one_that_rewrites_the_record_of_the_gate_whose_output_it_spoils(led: Repository) -> None:
    source = "work()\nif gate == 'G2': write('out/tea/G1.md', 'no'); " + (
        "rewrite('G1', artifacts=[recorded('G1', 'out/tea/G1.md')])"
    )
    ended = lead(led, REWRITE + source)
    assert ended.code == 2
    assert says(ended.err, "context-changed-meanwhile", run=only_run(led), changes="attempt 1 of gate G1")


@pytest.mark.slow
def test_nor_can_one_that_records_the_spoiled_output_as_its_own(led: Repository) -> None:
    source = """
work()
if gate == "G2":
    write("out/tea/G1.md", "no")
    forge("G2")
    rewrite("G2", required_outputs=["{artifact_path}/G1.md"], artifacts=[recorded("G1", "out/tea/G1.md")])
"""
    ended = lead(led, FORGE + REWRITE + source)
    assert ended.code == 1
    assert says(ended.err, "recorded-otherwise", attempt=1, gate="G2")


@pytest.mark.slow
def test_an_output_that_a_later_gate_declares_too_may_be_changed_by_it(led: Repository) -> None:
    outputs = [{"path": f"{{artifact_path}}/{name}.md"} for name in ("G1", "G2")]
    led.write_contract("G2", required_outputs={"all_of": outputs})
    ended = lead(led, "work()\nif gate == 'G2': write('out/tea/G1.md', 'better')")
    assert ended.code == 0, ended.err


@pytest.mark.slow
def test_an_output_that_was_written_again_with_the_same_bytes_is_the_same(led: Repository) -> None:
    assert lead(led, "work()\nif gate == 'G2': write('out/tea/G1.md', 'tea')").code == 0


@pytest.mark.slow
def test_a_gate_that_fails_is_retried_and_its_own_outputs_do_not_count(led: Repository) -> None:
    source = "if '-1.txt' in str(sorted(folder.parent.glob('logs/gates/G1/prompt-*.txt'))[-1]): sys.exit()\nwork()"
    ended = lead(led, source, "--retry", "1")
    assert ended.code == 0, ended.err
    assert [attempt["status"] for attempt in led.record(only_run(led))["gates"][0]["attempts"]] == ["FAIL", "PASS"]


def test_agents_are_told_never_to_accept_a_change(led: Repository) -> None:
    instructions = " ".join(led.orch("agent", "instructions").out.split())
    assert "never use `--accept-contract`" in instructions
