"""The workflow `data-report`: nothing in the program is bound to essays."""

import json
import re
import sys
from pathlib import Path

import pytest

from runner.workflows.bundled import EXAMPLES, bundled_directory
from tests.support.messages import says
from tests.support.repository import Ended, Repository

GATES = {"D1": "report-owner", "D2": "data-profiler", "D3": "report-author", "D4": "report-auditor"}
SLUG = "runs-left-open"
PLACE = f"reports/{SLUG}"


def start(repository: Repository, run_id: str, gate: str, agent: str | None = None, *more: str) -> Ended:
    return repository.orch("gate", "start", "--run", run_id, "--gate", gate, "--agent", agent or GATES[gate], *more)


def finish(repository: Repository, run_id: str, gate: str) -> Ended:
    return repository.orch("gate", "finish", "--run", run_id, "--gate", gate)


def passed(repository: Repository, *gates: str) -> str:
    """A run that has passed these gates with the good artifacts; gives its id."""
    run_id = repository.start_run(slug=SLUG, workflow="data-report")
    for gate in gates:
        assert start(repository, run_id, gate).code == 0
        repository.add_example(gate)
        ended = finish(repository, run_id, gate)
        assert ended.code == 0, ended.out
    return run_id


def edit(repository: Repository, name: str, old: str, new: str) -> None:
    path = repository.root / PLACE / name
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new), "utf-8")


@pytest.mark.slow
def test_good_work_goes_through_all_gates_and_the_run_is_passed(shipped: Repository) -> None:
    run_id = passed(shipped, *GATES)
    assert shipped.orch("run", "complete", "--run", run_id).code == 0
    record = shipped.record(run_id)
    assert (record["status"], record["progress"]) == ("PASSED", {"passed": 4, "total": 4})
    assert record["workflow"]["artifact_path"] == PLACE
    assert shipped.pytest("--run", run_id, "-q").code == 0
    assert shipped.pytest("--gate", "D4", "--run", run_id, "-q").code == 0


def test_the_workflow_is_a_command_and_pauses_at_its_first_gate(shipped: Repository) -> None:
    ended = shipped.orch("run", "data-report", "--slug", SLUG)
    assert ended.code == 5
    assert says(ended.err, "paused", gate="D1", attempt=1)
    help_text = shipped.orch("run", "data-report", "--help").out
    assert "orch run data-report" in help_text
    assert "essay" not in help_text


@pytest.mark.parametrize(
    ("name", "old", "new", "told"),
    [
        ("summary.json", '"value": 32', '"value": 31', "expected 32, found 31 in the summary"),
        ("summary.json", '"value": 8.6', '"value": 8.65', "expected 8.630435, found 8.65 in the summary"),
        ("report.md", "8.6", "about nine", "8.6 is not in the report"),
    ],
)
@pytest.mark.slow
def test_a_figure_that_does_not_follow_from_the_data_fails_the_last_gate(
    shipped: Repository, name: str, old: str, new: str, told: str
) -> None:
    run_id = passed(shipped, "D1", "D2")
    assert start(shipped, run_id, "D3").code == 0
    shipped.add_example("D3", "D4")
    edit(shipped, name, old, new)
    assert finish(shipped, run_id, "D3").code == 0
    assert start(shipped, run_id, "D4").code == 0
    ended = finish(shipped, run_id, "D4")
    assert ended.code == 1
    assert told in ended.out
    (failed,) = [row for row in shipped.attempt(run_id, "D4")["validations"] if not row["pass"]]
    assert (failed["type"], failed["exit_code"]) == ("command", 1)


@pytest.mark.slow
def test_data_that_were_changed_after_their_gate_fail_the_next(shipped: Repository) -> None:
    run_id = passed(shipped, "D1", "D2")
    assert start(shipped, run_id, "D3").code == 0
    shipped.add_example("D3")
    edit(shipped, "data.csv", "2026-02-09,silk,PASSED", "2026-02-09,silk,RUNNING")
    assert finish(shipped, run_id, "D3").code == 1
    assert "data.csv (changed)" in shipped.attempt(run_id, "D3")["failure_reason"]


@pytest.mark.slow
def test_the_audit_waits_for_the_report_and_is_not_its_authors(shipped: Repository) -> None:
    run_id = passed(shipped, "D1", "D2")
    early = start(shipped, run_id, "D4")
    assert early.code == 2
    assert says(early.err, "gates-required", gate="D4", gates="D3 (NOT_STARTED)")
    assert start(shipped, run_id, "D3").code == 0
    shipped.add_example("D3", "D4")
    assert finish(shipped, run_id, "D3").code == 0
    own = start(shipped, run_id, "D4", "Report-Author ")
    assert own.code == 2
    assert f"Next: orch gate start --run {run_id} --gate D4 --agent report-auditor" in own.err
    assert start(shipped, run_id, "D4", "Report-Author", "--force", "nobody else was there").code == 0
    forced = [event for event in shipped.record(run_id)["events"] if event["type"] == "FORCED"]
    assert [event["reason"] for event in forced] == ["nobody else was there"]


@pytest.mark.slow
@pytest.mark.parametrize("gate", GATES)
def test_every_check_that_can_be_tried_can_fail(shipped: Repository, gate: str) -> None:
    ended = shipped.orch("contract", "test", gate)
    assert ended.code == 0, ended.out


def test_nothing_is_advised_against(shipped: Repository) -> None:
    ended = shipped.orch("contract", "lint", "--strict")
    assert ended.code == 0, ended.out + ended.err


def test_what_several_gates_need_is_one_text() -> None:
    folders = [bundled_directory() / EXAMPLES / gate / PLACE for gate in GATES]
    for name in ("data.csv", "summary.json", "report.md"):
        assert len({(folder / name).read_bytes() for folder in folders if (folder / name).exists()}) == 1


# The program of the last gate


def recompute(
    repository: Repository, figure: dict[str, object], data: str = "a,b\n1,x\n2,y\n3,y\n", report: str = "It is 2."
) -> Ended:
    program = bundled_directory() / "gates/programs/recompute_summary.py"
    repository.write("out/data.csv", data)
    repository.write("out/report.md", report)
    repository.write("out/summary.json", json.dumps({"data": "data.csv", "figures": [{"name": "it", **figure}]}))
    files = [f"out/{name}" for name in ("data.csv", "summary.json", "report.md")]
    return repository.run(sys.executable, "-I", str(program), *files)


@pytest.mark.parametrize(
    "figure",
    [
        {"operation": "count", "where": {"b": "y"}, "value": 2},
        {"operation": "distinct", "column": "b", "value": 2},
        {"operation": "mean", "column": "a", "value": 2},
        {"operation": "max", "column": "a", "where": {"a": "2"}, "value": 2},
    ],
)
def test_a_figure_that_follows_holds(repository: Repository, figure: dict[str, object]) -> None:
    ended = recompute(repository, figure)
    assert (ended.code, ended.out) == (0, "1 figure recomputed from 3 rows: 0 errors\n")


@pytest.mark.parametrize(
    ("figure", "told"),
    [
        ({"operation": "sum", "column": "a", "value": 2}, "it: expected 6, found 2 in the summary"),
        ({"operation": "sum", "column": "b", "value": 2}, "it: 'x' in column 'b' is not a number"),
        ({"operation": "sum", "column": "c", "value": 2}, "it: the data have no column 'c' (known: a, b)"),
        ({"operation": "mean", "column": "a", "where": {"b": "z"}, "value": 2}, "it: no row matches `where`"),
        ({"operation": "share", "where": {"b": "y"}, "value": 0.67}, "it: 0.67 is not in the report"),
    ],
)
def test_a_figure_that_does_not_is_told(repository: Repository, figure: dict[str, object], told: str) -> None:
    ended = recompute(repository, figure)
    assert ended.code == 1
    assert told in ended.out


def test_a_cell_with_more_digits_than_there_is_memory_for_is_no_number(repository: Repository) -> None:
    ended = recompute(repository, {"operation": "sum", "column": "a", "value": 2}, "a,b\n1e999999999,x\n")
    assert ended.code == 1
    assert "it: '1e999999999' in column 'a' is not a number" in ended.out


@pytest.mark.parametrize(
    "summary",
    [
        "{}",
        "[]",
        '{"data": "data.csv", "figures": [{"name": "it"}]}',
        '{"data": "data.csv", "figures": [{"name": "it", "operation": "count", "where": "a", "value": 1}]}',
        '{"data": "data.csv", "figures": [{"name": "it", "operation": "count", "value": 1e999999999}]}',
        "no JSON",
    ],
)
def test_a_summary_that_is_none_is_told_without_a_traceback(repository: Repository, summary: str) -> None:
    program = bundled_directory() / "gates/programs/recompute_summary.py"
    for name, text in {"data.csv": "a\n1\n", "summary.json": summary, "report.md": ""}.items():
        repository.write(name, text)
    ended = repository.run(sys.executable, "-I", str(program), "data.csv", "summary.json", "report.md")
    assert ended.code == 2
    assert ended.err.startswith("cannot recompute: ")
    assert "Traceback" not in ended.err


@pytest.mark.parametrize("data", ["", "a,b\n", "a,a\n1,2\n", "a,b\n1\n"])
def test_data_that_are_no_table_are_no_figure_at_all(repository: Repository, data: str) -> None:
    ended = recompute(repository, {"operation": "count", "value": 2}, data)
    assert ended.code == 2
    assert "cannot recompute: out/data.csv" in ended.err
    assert "Traceback" not in ended.err


def test_a_part_of_a_longer_number_does_not_state_a_figure(repository: Repository) -> None:
    ended = recompute(repository, {"operation": "count", "where": {"b": "y"}, "value": 2}, report="It is 2.5, or 12.")
    assert "2 is not in the report" in ended.out


def test_the_program_needs_nothing_that_is_installed(tmp_path: Path) -> None:
    program = bundled_directory() / "gates/programs/recompute_summary.py"
    ended = Repository(tmp_path).run(sys.executable, "-I", "-S", str(program))
    assert (ended.code, ended.err) == (2, "usage: recompute_summary.py DATA.csv SUMMARY.json REPORT.md\n")


def prompted_json(repository: Repository, gate: str) -> str:
    """The JSON example in a gate's prompt."""
    prompt = (repository.root / f"orchestration/prompts/data-report/{gate}.md").read_text("utf-8")
    (example,) = re.findall(r"^```json\n(.*?)^```$", prompt, re.MULTILINE | re.DOTALL)
    return str(example)


@pytest.mark.parametrize(("gate", "name"), [("D2", "profile.json"), ("D3", "summary.json")])
@pytest.mark.slow
def test_the_json_example_of_a_prompt_passes_the_contract(shipped: Repository, gate: str, name: str) -> None:
    run_id = shipped.start_run(slug=SLUG, workflow="data-report")
    shipped.write(f"{PLACE}/{name}", prompted_json(shipped, gate))
    checks = shipped.orch("gate", "check", "--run", run_id, "--gate", gate, "--json").json
    rows = checks["validations"] if "validations" in checks else checks["gates"][0]["validations"]
    judged = [row for row in rows if row["type"] == "json_schema"]
    assert [(row["pass"], row["errors"]) for row in judged] == [(True, [])]


def test_the_json_example_of_the_summary_agrees_with_the_example_data(shipped: Repository) -> None:
    shipped.add_example("D3")
    shipped.write(f"{PLACE}/summary.json", prompted_json(shipped, "D3"))
    program = "orchestration/gates/programs/recompute_summary.py"
    files = (f"{PLACE}/{name}" for name in ("data.csv", "summary.json", "report.md"))
    ended = shipped.run(sys.executable, program, *files)
    assert ended.code == 0, ended.out + ended.err
