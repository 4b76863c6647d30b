"""A record that is read and written again is the same; damage is reported with its location."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from gate_tests.checks.result import CheckResult, CheckStatus
from gate_tests.contract import Severity
from gate_tests.errors import DamagedRecord, Refused
from gate_tests.strict_json.document import Document
from gate_tests.strict_json.fields import Fields
from gate_tests.workspace.names import Depth
from gate_tests.workspace.run_context import RunContext
from runner.models.artifact import Artifact
from runner.models.artifact_index import IndexEntry
from runner.models.attempt import Attempt
from runner.models.baseline import Baseline, ContractRef
from runner.models.event import Event
from runner.models.gate import Gate
from runner.models.invocation import Invocation, InvocationStatus
from runner.models.rows import Rows
from runner.models.run import Prompt, Run, WorkflowRef
from runner.models.status import GateStatus, RunStatus
from runner.models.transitions import Closing, fail_gate
from tests.support.legacy_records import SHAPES, early_failed, passed_with_invocation
from tests.support.messages import meant, message, pattern

Json = dict[str, Any]
_AT = "2026-11-22T09:30:00.000Z"
_HASH = "0" * 64


def _document(record: Any) -> Document:
    return Document.parse("RUN.json", json.dumps(record, indent=2, ensure_ascii=False).encode())


def _written_again(record: Json) -> Json:
    return Run.from_json(_document(record)).to_json()


def _in_order(value: Any) -> str:
    """JSON with its keys in order: equal only if the order is equal too."""
    return json.dumps(value, indent=1)


def _full_run() -> Run:
    """A run with a value for everything that a record can have."""
    artifact = Artifact("{artifact_path}/a.md", "out/a.md", _HASH, 12)
    finished = Attempt(
        number=1,
        status=GateStatus.PASS,
        started_at=_AT,
        agent="maker",
        required_outputs=("{artifact_path}/a.md",),
        finished_at=_AT,
        prompt_sha256=_HASH,
        invocation_ids=("inv_1_aaaa",),
        artifacts=(artifact, Artifact("b.md", "b.md", _HASH, 0, optional=True)),
        validations=(
            CheckResult("a", "file_exists", "a.md", "out/a.md", Severity.ERROR, CheckStatus.PASSED, "It exists", {}),
        ),
        contract=ContractRef("orchestration/gates/contracts/G1.contract.json", _HASH),
        baseline=Baseline(_HASH, (("out/a.md", _HASH),)),
        runner={"orch": "1", "python": "3", "pytest": "9"},
        git={"commit": None, "dirty": False},
    )
    running = Attempt(2, GateStatus.RUNNING, _AT, "maker", contract=finished.contract, baseline=finished.baseline)
    return Run(
        run_id="run_20261122T093000Z_tea_abc123",
        workflow=WorkflowRef("tests", "1", "tea", "out/tea", {"colour": "grün"}, {"team": "tea"}),
        depth=Depth.DEEP,
        status=RunStatus.RUNNING,
        started_at=_AT,
        gates=(Gate("G1", "One", GateStatus.RUNNING, (finished, running)), Gate("G2", "Two")),
        prompt=Prompt("topic.txt", _HASH),
        invocations=Rows([Invocation("inv_1_aaaa", "G1", "maker", "opus", _AT, _AT, None, InvocationStatus.FAIL)]),
        artifacts_index=Rows([IndexEntry("{artifact_path}/a.md", "out/a.md", _HASH, "G1", _AT, _AT)]),
        events=Rows([Event(_AT, "RUN_STARTED", {"message": "begun"})]),
    )


def test_our_record_is_written_back_with_every_value_and_key_in_order() -> None:
    record = _full_run().to_json()
    assert _in_order(_written_again(record)) == _in_order(record)


def test_a_record_has_its_keys_in_the_order_that_lets_a_list_read_only_the_head() -> None:
    assert list(_full_run().to_json()) == [
        "schema_version", "run_id", "workflow", "depth", "prompt", "pins", "status", "started_at", "finished_at",
        "progress", "gates", "invocations", "artifacts_index", "validations", "events",
    ]  # fmt: skip


def test_an_attempt_has_the_keys_of_the_format_in_its_order() -> None:
    attempts = _full_run().to_json()["gates"][0]["attempts"]
    assert [list(attempt) for attempt in attempts] == 2 * [
        [
            "attempt", "status", "started_at", "finished_at", "agent", "prompt_sha256", "invocation_ids",
            "required_outputs", "artifacts", "validations", "failure_reason", "context", "blocking",
            "contract", "baseline", "runner", "git",
        ]
    ]  # fmt: skip


def test_an_artifact_says_optional_only_where_it_is() -> None:
    needed, optional = _full_run().to_json()["gates"][0]["attempts"][0]["artifacts"]
    assert list(needed) == ["path", "resolved_path", "sha256", "size_bytes", "exists"]
    assert list(optional) == ["path", "resolved_path", "sha256", "size_bytes", "exists", "optional"]


def test_progress_counts_the_gates_that_have_passed() -> None:
    run = _full_run().with_gate(Gate("G2", "Two", GateStatus.PASS))
    assert run.to_json()["progress"] == {"passed": 1, "total": 2}


def test_a_row_of_a_finished_attempt_that_nobody_knows_yet_is_kept() -> None:
    record = _full_run().to_json()
    record["gates"][0]["attempts"][0]["validations"].append({"type": "of_the_future", "pass": True, "depth_m": 7.5})
    record["gates"][0]["attempts"][0]["signature"] = {"by": "somebody"}
    assert _in_order(_written_again(record)) == _in_order(record)


def test_unknown_members_of_a_record_and_of_every_object_in_it_are_kept() -> None:
    record = _full_run().to_json() | {"x-notes": ["kept"]}
    gate = record["gates"][0]
    finished, running = gate["attempts"]
    objects = (
        record["workflow"], record["prompt"], record["pins"], gate, finished, running, running["baseline"],
        record["invocations"][0], record["artifacts_index"][0], record["events"][0],
    )  # fmt: skip
    for each in objects:
        each["of_the_future"] = {"by": "somebody"}
    assert _in_order(_written_again(record)) == _in_order(record)


def test_unknown_members_of_an_open_attempt_are_kept_when_it_is_closed() -> None:
    record = _full_run().to_json()
    record["gates"][0]["attempts"][1]["baseline"]["programs"] = record["pins"]["schemas"] = {"lint.py": _HASH}
    record["gates"][0]["attempts"][1]["reviewer"] = "ada"
    closed = fail_gate(Run.from_json(_document(record)), "G1", Closing(_AT, "too short", blocking=True)).to_json()
    attempt = closed["gates"][0]["attempts"][1]
    assert attempt["status"] == "FAIL"
    assert attempt["reviewer"] == "ada"
    assert attempt["baseline"]["programs"] == closed["pins"]["schemas"] == {"lint.py": _HASH}


@pytest.mark.parametrize("shape", SHAPES.values(), ids=SHAPES.keys())
def test_a_record_of_the_original_comes_back_as_it_was(shape: Callable[[], Json]) -> None:
    record = shape()
    assert _in_order(_written_again(record)) == _in_order(record)


@pytest.mark.parametrize("shape", SHAPES.values(), ids=SHAPES.keys())
def test_a_record_of_the_original_is_understood(shape: Callable[[], Json]) -> None:
    record = shape()
    run = Run.from_json(_document(record))
    assert run.schema_version is None
    assert (run.run_id, str(run.status), run.workflow.slug) == (
        record["run_id"],
        record["status"],
        record["workflow"]["slug"],
    )
    assert [len(gate.attempts) for gate in run.gates] == [len(gate["attempts"]) for gate in record["gates"]]


def test_a_changed_record_of_the_original_gets_no_schema_version_and_keeps_its_finished_attempts() -> None:
    record = passed_with_invocation()
    run = Run.from_json(_document(record))
    gate = run.gate("G2")
    running = Attempt(3, GateStatus.RUNNING, _AT, "maker")
    changed = run.with_gate(gate.with_attempt(running)).to_json()
    assert not {"schema_version", "progress"} & set(changed)
    assert changed["gates"][1]["attempts"][:2] == record["gates"][1]["attempts"]
    assert changed["gates"][1]["attempts"][2]["attempt"] == 3


@pytest.mark.parametrize(
    "record",
    [_full_run().to_json(), *(shape() for name, shape in SHAPES.items() if name != "absolute paths")],
    ids=["ours", *(name for name in SHAPES if name != "absolute paths")],
)
def test_judging_reads_of_a_record_what_the_run_says_of_itself(record: Json) -> None:
    document = _document(record)
    run = Run.from_json(document)
    context = RunContext.from_record(Fields.of(document))
    assert context == run.context()._replace(passed=run.passed_outputs(), baselines=run.open_baselines())


def test_judging_takes_no_hash_of_an_artifact_from_a_row_without_a_resolved_path() -> None:
    with pytest.raises(DamagedRecord, match=r"artifacts\[0\]\.resolved_path: is missing"):
        RunContext.from_record(Fields.of(_document(SHAPES["absolute paths"]())))


def test_a_gate_that_the_run_lacks_is_refused_with_what_was_meant() -> None:
    with pytest.raises(Refused, match=pattern("unknown-gate", gate="G22") + ".*" + pattern("did-you-mean", name="G2")):
        _full_run().gate("G22")


Damage = Callable[[Json], object]

DAMAGED: dict[str, tuple[Damage, str, str]] = {
    "no run id": (lambda r: r.pop("run_id"), "$.run_id", message("missing-member")),
    "run id a number": (lambda r: r.update(run_id=5), "$.run_id", message("wrong-type", kind="a string")),
    "no workflow": (lambda r: r.pop("workflow"), "$.workflow", message("missing-member")),
    "workflow a string": (lambda r: r.update(workflow="tea"), "$.workflow", message("wrong-type", kind="an object")),
    "no slug": (lambda r: r["workflow"].pop("slug"), "$.workflow.slug", message("missing-member")),
    "variables a list": (
        lambda r: r["workflow"].update(variables=[1]),
        "$.workflow.variables",
        message("wrong-type", kind="an object"),
    ),
    "a variable that is no string": (
        lambda r: r["workflow"].update(variables={"colour": 5}),
        "$.workflow.variables.colour",
        message("wrong-type", kind="a string"),
    ),
    "unknown depth": (lambda r: r.update(depth="deeep"), "$.depth", meant("deep")),
    "unknown status": (lambda r: r.update(status="PASED"), "$.status", meant("PASSED")),
    "prompt a string": (lambda r: r.update(prompt="tea"), "$.prompt", message("wrong-type", kind="an object")),
    "prompt without hash": (lambda r: r.update(prompt={"file": "a"}), "$.prompt.sha256", message("missing-member")),
    "start a number": (lambda r: r.update(started_at=1), "$.started_at", message("wrong-type", kind="a string")),
    "gates missing": (lambda r: r.pop("gates"), "$.gates", message("missing-member")),
    "gates an object": (lambda r: r.update(gates={}), "$.gates", message("wrong-type", kind="a list")),
    "a gate that is a string": (
        lambda r: r["gates"].append("G3"),
        "$.gates[2]",
        message("wrong-type", kind="an object"),
    ),
    "gate status": (
        lambda r: r["gates"][1].update(status="RUN"),
        "$.gates[1].status",
        message("unknown-value", value="RUN"),
    ),
    "attempt without number": (
        lambda r: r["gates"][0]["attempts"][0].pop("attempt"),
        "$.gates[0].attempts[0].attempt",
        message("missing-member"),
    ),
    "attempt number true": (
        lambda r: r["gates"][0]["attempts"][0].update(attempt=True),
        "$.gates[0].attempts[0].attempt",
        message("wrong-type", kind="an integer"),
    ),
    "attempt status": (
        lambda r: r["gates"][0]["attempts"][1].update(status="DONE"),
        "$.gates[0].attempts[1].status",
        message("unknown-value", value="DONE"),
    ),
    "invocation ids": (
        lambda r: r["gates"][0]["attempts"][1].update(invocation_ids=[1]),
        "$.gates[0].attempts[1].invocation_ids",
        message("wrong-type", kind="a list of strings"),
    ),
    "invocations null": (lambda r: r.update(invocations=None), "$.invocations", message("wrong-type", kind="a list")),
    "input refs a string": (
        lambda r: r["invocations"][0].update(input_refs="abc"),
        "$.invocations[0].input_refs",
        message("wrong-type", kind="a list"),
    ),
    "output refs a number": (
        lambda r: r["invocations"][0].update(output_refs=5),
        "$.invocations[0].output_refs",
        message("wrong-type", kind="a list"),
    ),
    "index row without hash": (
        lambda r: r["artifacts_index"][0].pop("sha256"),
        "$.artifacts_index[0].sha256",
        message("missing-member"),
    ),
    "validations a number": (lambda r: r.update(validations=5), "$.validations", message("wrong-type", kind="a list")),
    "event without time": (
        lambda r: r["events"][0].pop("timestamp"),
        "$.events[0].timestamp",
        message("missing-member"),
    ),
    "events a string": (lambda r: r.update(events="none"), "$.events", message("wrong-type", kind="a list")),
}


@pytest.mark.parametrize(("damage", "where", "rule"), DAMAGED.values(), ids=DAMAGED.keys())
def test_a_damaged_record_names_file_line_path_and_rule(damage: Damage, where: str, rule: str) -> None:
    record = _full_run().to_json()
    damage(record)
    document = _document(record)
    with pytest.raises(DamagedRecord) as caught:
        Run.from_json(document)
    place, _, told = str(caught.value).partition(": ")
    assert place.startswith("RUN.json:")
    assert int(place.removeprefix("RUN.json:")) > 0
    assert told.startswith(f"{where}: ")
    assert rule in told
    assert caught.value.exit_code == 4


def test_the_line_is_that_of_the_wrong_value() -> None:
    record = early_failed()
    record["status"] = "BROKEN"
    document = _document(record)
    line = 1 + [text.strip() for text in document.text.splitlines()].index('"status": "BROKEN",')
    with pytest.raises(DamagedRecord, match=rf"^RUN\.json:{line}: \$\.status: "):
        Run.from_json(document)


@pytest.mark.parametrize("data", [[], "run", 5, None], ids=["list", "string", "number", "null"])
def test_a_record_that_is_no_object_is_damaged(data: Any) -> None:
    with pytest.raises(DamagedRecord, match=rf"^RUN\.json:1: \$: {pattern('wrong-type', kind='an object')}"):
        Run.from_json(_document(data))
