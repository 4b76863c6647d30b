"""A replay finds what a record says of a check that cannot have been so: the files that decide it are the same."""

from typing import Any

import pytest

from gate_tests.checks.result import MAX_READ
from runner.verification.replayed import GateReplay, ReplayOutcome
from tests.support.check_examples import example, lay_out
from tests.support.forged_record import Json, edit_attempt
from tests.support.replays import finish_gates, replay
from tests.support.repository import Repository

OUTPUTS = {"all_of": [{"path": "a.md"}]}
TEXT = {"type": "contains_text", "target": "a.md", "pattern": "sound"}
COUNT = {"type": "word_count", "target": "a.md", "min": 1}
TRUE = {"type": "command", "command": ["true"]}


def reasons(replayed: GateReplay) -> list[tuple[str, str]]:
    return [(each.check_id, each.reason) for each in replayed.differences]


@pytest.fixture
def run_id(repository: Repository) -> str:
    repository.write("a.md", "sound one two\n")
    return finish_gates(
        repository, G1={"required_outputs": OUTPUTS, "pre_scripts": [{"path": "ok.sh"}], "validations": [TEXT, COUNT]}
    )


@pytest.fixture(autouse=True)
def script(repository: Repository) -> None:
    repository.write("ok.sh", "exit 0\n")


EDITS = {
    "measured": (2, {"count": 99}, "count 99, the same files give 3"),
    "threshold": (2, {"min": 0}, "min 0, the same files give 1"),
    "list": (1, {"patterns": ["x"]}, "patterns ['x'], the same files give ['sound']"),
    "missing": (1, {"missing": ["x"]}, "missing ['x'], the same files give []"),
    "added": (1, {"bonus": 1}, "bonus 1, the same files give None"),
    "description": (1, {"description": "x"}, "description 'x', the same files give ''"),
    "resolved path": (1, {"resolved_path": "b.md"}, "resolved_path 'b.md', the same files give 'a.md'"),
}


@pytest.mark.slow
@pytest.mark.parametrize(("row", "edit", "reason"), EDITS.values(), ids=EDITS.keys())
def test_a_value_that_the_same_files_do_not_give_is_a_difference(
    repository: Repository, run_id: str, row: int, edit: Json, reason: str
) -> None:
    edit_attempt(repository, run_id, "G1", lambda attempt: attempt["validations"][row].update(edit))
    (replayed,) = replay(repository, run_id)
    assert (replayed.outcome, replayed.found) == (ReplayOutcome.DIFFERS, "PASS")
    assert [each for _, each in reasons(replayed)] == [f"the record says {reason}"]


@pytest.mark.slow
@pytest.mark.parametrize("change", ["file", "version"])
def test_of_another_file_or_by_another_version_it_is_no_difference(
    repository: Repository, run_id: str, change: str
) -> None:
    def edit(attempt: Json) -> None:
        attempt["validations"][2]["count"] = 99
        attempt["runner"]["orch"] = "0.1.0" if change == "version" else attempt["runner"]["orch"]

    edit_attempt(repository, run_id, "G1", edit)
    if change == "file":
        repository.write("a.md", "sound one two \n")
    (replayed,) = replay(repository, run_id)
    assert (replayed.outcome, reasons(replayed)) == (ReplayOutcome.REPRODUCED, [])
    assert [(each.claimed, each.found) for each in replayed.measured] == [(99, 3)]


@pytest.mark.slow
def test_a_program_that_passed_has_exited_with_0(repository: Repository) -> None:
    contract = {"pre_scripts": [{"path": "ok.sh"}], "validations": [TRUE]}
    run_id = finish_gates(repository, G1=contract)

    def edit(attempt: Json) -> None:
        for row in (*attempt["validations"], *attempt["pre_scripts"]):
            row.update(exit_code=1, duration_ms=9, output_sha256="0" * 64)

    edit_attempt(repository, run_id, "G1", edit)
    (replayed,) = replay(repository, run_id)
    assert reasons(replayed) == [
        ("pre_script ok.sh", "the record says exit_code 1, found 0"),
        ("command[true]", "the record says exit_code 1, the same files give 0"),
    ]


def pass_example(repository: Repository, name: str) -> tuple[str, Json]:
    """A run of a gate that passed with the example of this check type, all files of which are its outputs."""
    case = example(name, "passes")
    lay_out(repository, case["files"])
    paths = [path for path, content in case["files"].items() if not isinstance(content, dict)]
    outputs = {"required_outputs": {"all_of": [{"path": path, "required": False} for path in paths]}}
    contract: dict[str, Any] = {**outputs, **case.get("contract", {}), "validations": [case["validation"]]}
    repository.write_contract("G1", **contract)
    repository.write_workflow("G1", artifact_path="src/app/essays/{slug}")
    run_id = repository.start_run(workflow="tests", slug="tea", depth=case.get("depth", "standard"))
    repository.start_gate(run_id, "G1")
    ended = repository.orch("gate", "finish", "--run", run_id)
    assert ended.code == 0, ended.out
    return run_id, repository.attempt(run_id, "G1")["validations"][-1]


DETERMINED = (
    "contains_text", "contains_headings", "frontmatter_status", "ids_covered", "json_schema", "max_regex_count",
    "min_regex_count", "min_sources", "not_contains", "quotes_resolve", "regex_match", "viz_tech_match", "word_count",
)  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize("name", DETERMINED)
def test_each_measured_value_of_a_check_of_outputs_is_compared(repository: Repository, name: str) -> None:
    run_id, row = pass_example(repository, name)
    (honest,) = replay(repository, run_id)
    assert (honest.outcome, honest.differences, honest.measured) == (ReplayOutcome.REPRODUCED, (), ())
    common = {"id", "type", "path", "resolved_path", "severity", "pass", "read", "description"}
    for key in sorted(row.keys() - common):
        set_value(repository, run_id, key, "x")
        (replayed,) = replay(repository, run_id)
        assert len(replayed.differences) == 1, key
        set_value(repository, run_id, key, row[key])


def set_value(repository: Repository, run_id: str, key: str, value: object) -> None:
    """Changes a value of the last check."""
    edit_attempt(repository, run_id, "G1", lambda attempt: attempt["validations"][-1].update({key: value}))


@pytest.mark.slow
@pytest.mark.parametrize("name", ["citations_resolve", "min_file_count", "min_sources_any_of"])
def test_what_also_depends_on_other_files_is_not(repository: Repository, name: str) -> None:
    run_id, _ = pass_example(repository, name)
    set_value(repository, run_id, "count", 99)
    (replayed,) = replay(repository, run_id)
    assert replayed.outcome is ReplayOutcome.REPRODUCED


@pytest.mark.slow
def test_a_change_of_files_beyond_those_that_are_listed_is_named(repository: Repository) -> None:
    for number in range(MAX_READ + 2):
        repository.write(f"d/{number:04}.md", "sound\n")
    run_id = finish_gates(repository, G1={"validations": [{**TEXT, "target": "d/*.md"}]})
    repository.write(f"d/{MAX_READ + 1}.md", "sound again\n")
    (replayed,) = replay(repository, run_id)
    assert [(each.path, each.change) for each in replayed.files] == [("one of more than 1,000 files", "changed")]


@pytest.mark.slow
@pytest.mark.parametrize("edit", [{"severity": "errox"}, {"read": [{"path": 1}]}])
def test_a_row_that_cannot_be_read_as_one_is_a_difference(repository: Repository, run_id: str, edit: Json) -> None:
    edit_attempt(repository, run_id, "G1", lambda attempt: attempt["validations"][1].update(edit))
    (replayed,) = replay(repository, run_id)
    assert reasons(replayed) == [("contains_text[a.md]", "the result in the record is invalid")]
