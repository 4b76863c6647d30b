"""An attempt that is read equals the one that was written, also one of the original runner."""

import json
from typing import Any

import pytest

from gate_tests.checks.result import CheckResult, CheckStatus
from gate_tests.contract import Severity
from gate_tests.errors import DamagedRecord
from gate_tests.strict_json.document import Document
from gate_tests.strict_json.fields import Fields
from runner.models.artifact import Artifact
from runner.models.attempt import Attempt
from runner.models.baseline import Baseline, ContractRef
from runner.models.context import AttemptContext
from runner.models.json_encoding import encode
from runner.models.rules import GateRules, RuleChange, RuleFile, find_baseline_changes
from runner.models.status import GateStatus
from tests.support.legacy_records import SHAPES

Json = dict[str, Any]
AT = "2026-11-22T09:30:00.000Z"
HASH, OTHER = "0" * 64, "1" * 64
CONTEXT = AttemptContext("run_20261122T093000Z_tea_abc123", "tests", "tea", "out/tea", "deep", {"colour": "grün"})
FINISHED = Attempt(
    number=1,
    status=GateStatus.FAIL,
    started_at=AT,
    agent="maker",
    required_outputs=("{artifact_path}/a.md",),
    finished_at=AT,
    prompt_sha256=HASH,
    invocation_ids=("inv_1_aaaa",),
    artifacts=(Artifact("{artifact_path}/a.md", "out/a.md", HASH, 12), Artifact("b.md", "b.md", HASH, 0, True)),
    validations=(
        CheckResult("a", "file_exists", "a.md", "out/a.md", Severity.ERROR, CheckStatus.PASSED, "It exists", {}),
        CheckResult(
            "b", "min_sources", "a.md", "out/a.md", Severity.WARNING, CheckStatus.WARNED, "", {"found": 3}, "too few"
        ),
        CheckResult(
            "c", "command", "a.md", "out/a.md", Severity.ERROR, CheckStatus.FAILED, "", {"ratio": 0.5}, "exit code 1"
        ),
    ),
    failure_reason="build.py: expected exit code 0, found 1",
    context=CONTEXT,
    blocking=True,
    contract=ContractRef("orchestration/gates/contracts/G1.contract.json", OTHER),
    baseline=Baseline(HASH, (("out/a.md", HASH),), CONTEXT, (RuleFile("s.json", HASH), RuleFile("t.json", None))),
    runner={"orch": "1", "python": "3", "pytest": "9"},
    git={"commit": None, "dirty": False},
    pre_scripts=({"path": "build.py", "exit_code": 1, "duration_ms": 5, "output_sha256": HASH, "pass": False},),
)
OPEN = Attempt(2, GateStatus.RUNNING, AT, "maker", contract=FINISHED.contract, baseline=FINISHED.baseline)
COMPARED = [name for name in Attempt._fields if name not in ("finished_json", "absent", "extra")]
LEGACY = [attempt for shape in SHAPES.values() for gate in shape()["gates"] for attempt in gate["attempts"]]


def read(written: Json) -> Attempt:
    return Attempt.from_json(Fields.of(Document.parse("attempt-1.json", encode(written))))


def test_the_example_has_a_value_for_every_field() -> None:
    assert all(getattr(FINISHED, name) for name in COMPARED)


@pytest.mark.parametrize("attempt", [FINISHED, OPEN], ids=["finished", "open"])
def test_an_attempt_that_is_read_equals_the_one_that_was_written(attempt: Attempt) -> None:
    again = read(attempt.to_json())
    assert again == attempt
    assert {name: getattr(again, name) for name in COMPARED} == {name: getattr(attempt, name) for name in COMPARED}
    assert encode(again.to_json()) == encode(attempt.to_json())


@pytest.mark.parametrize("name", ["artifacts", "validations", "pre_scripts", "runner", "git"])
def test_attempts_that_differ_in_what_was_judged_are_not_equal(name: str) -> None:
    without: Any = None if name in ("runner", "git") else ()
    assert read(FINISHED._replace(**{name: without}).to_json()) != FINISHED


@pytest.mark.parametrize("written", LEGACY, ids=lambda attempt: f"{attempt['status']} {attempt['attempt']}")
def test_an_attempt_of_the_original_is_read_and_written_back_with_every_key_in_its_place(written: Json) -> None:
    attempt = read(written)
    assert json.dumps(attempt.to_json()) == json.dumps(written)
    assert [artifact.path for artifact in attempt.artifacts] == [row["path"] for row in written["artifacts"]]
    assert all(artifact.size_bytes is None for artifact in attempt.artifacts)
    assert [result.type for result in attempt.validations] == [row["type"] for row in written["validations"]]
    assert [result.has_failed for result in attempt.validations] == [not row["pass"] for row in written["validations"]]


@pytest.mark.parametrize("key", ["artifacts", "pre_scripts", "runner", "git"])
@pytest.mark.parametrize("value", [None, 5, "none", [5]], ids=repr)
def test_what_is_no_row_of_a_finished_attempt_is_ignored_and_written_back(key: str, value: Any) -> None:
    written = {**FINISHED.to_json(), key: value}
    attempt = read(written)
    assert not getattr(attempt, key)
    assert attempt.to_json() == written


def test_rows_are_not_parsed_before_they_are_used(monkeypatch: pytest.MonkeyPatch) -> None:
    written = FINISHED.to_json()
    with monkeypatch.context() as patch:
        patch.setattr(Artifact, "from_row", None)
        patch.setattr(CheckResult, "from_json", None)
        attempt = read(written)
        assert (len(attempt.artifacts), len(attempt.validations)) == (2, 3)
    assert attempt.artifacts[1] == FINISHED.artifacts[1]
    assert attempt.validations[1] == FINISHED.validations[1]


@pytest.mark.parametrize("attempt", [FINISHED, read(FINISHED.to_json())], ids=["judged", "read"])
def test_the_failed_checks_are_the_results_that_fail_the_gate(attempt: Attempt) -> None:
    assert attempt.failed_checks == [FINISHED.validations[2]]


def test_a_row_of_the_original_has_the_type_as_its_id_and_no_reason() -> None:
    row = {"type": "contains_headings", "path": "a.md", "pass": False, "found": 2}
    (result,) = read({**FINISHED.to_json(), "validations": [row]}).validations
    assert (result.id, result.path, result.resolved_path, result.reason) == ("contains_headings", "a.md", "a.md", None)
    assert (result.status, result.severity, result.measured) == (CheckStatus.FAILED, Severity.ERROR, {"found": 2})


@pytest.mark.parametrize("key", ["path", "resolved_path", "sha256", "size_bytes"])
def test_a_row_of_artifacts_that_lacks_a_member_is_damage_where_an_index_is_made_of_it(key: str) -> None:
    row = FINISHED.artifacts[0].to_json()
    del row[key]
    document = Document.parse("attempt-1.json", encode(row))
    with pytest.raises(DamagedRecord, match=rf"\$\.{key}: is missing"):
        Artifact.from_json(Fields.of(document))


def rules(sha256: str) -> GateRules:
    return GateRules(RuleFile("G1.contract.json", sha256), RuleFile("tests.json", HASH))


def test_an_open_attempt_is_compared_with_the_contract_that_it_was_started_with() -> None:
    assert find_baseline_changes(OPEN.baseline, rules(HASH)) == ()
    assert find_baseline_changes(OPEN.baseline, rules(OTHER)) == (RuleChange("G1.contract.json", HASH, OTHER),)


def test_schemas_are_compared_with_those_at_its_start() -> None:
    changed = rules(HASH)._replace(schemas=(RuleFile("s.json", OTHER), RuleFile("t.json", None)))
    assert find_baseline_changes(OPEN.baseline, changed) == (RuleChange("s.json", HASH, OTHER),)


def test_an_open_attempt_without_a_baseline_has_no_other_contract_whatever_contract_it_names() -> None:
    assert find_baseline_changes(None, rules(HASH)) == ()


def test_the_latest_contract_is_that_of_the_verdict_and_while_it_is_open_that_of_the_start() -> None:
    assert (FINISHED.latest_contract_sha256, OPEN.latest_contract_sha256) == (OTHER, HASH)
    assert OPEN._replace(baseline=None).latest_contract_sha256 == OTHER
    assert Attempt(1, GateStatus.PASS, AT, "maker").latest_contract_sha256 is None


def test_of_an_open_attempt_rows_of_checks_are_written_back_as_they_were_and_nothing_else_that_judging_gives() -> None:
    odd = {"type": "min_sources", "path": "{x}/a.md", "pass": True, "found": 3}
    written = {**OPEN.to_json(), "validations": [odd], "artifacts": [{"path": "a.md"}], "runner": {"orch": "0"}}
    again = read(written).to_json()
    assert (again["validations"], again["artifacts"], again["runner"]) == ([odd], [], None)


def test_no_size_is_known_of_an_artifact_without_a_resolved_path() -> None:
    assert Artifact.from_row({"path": "{artifact_path}/a.md", "sha256": HASH, "size_bytes": 3}).size_bytes is None


def test_hashes_of_artifacts_are_the_same_of_an_attempt_that_was_read() -> None:
    hashes = (("out/a.md", HASH), ("b.md", HASH))
    assert FINISHED.artifact_hashes == read(FINISHED.to_json()).artifact_hashes == hashes
