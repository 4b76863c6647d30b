"""`orch status`: where am I, and what next, on one screen."""

import shlex
import shutil
from collections.abc import Callable

import pytest

from runner.cli.commands.status import format_status_report
from runner.models.status import GateStatus, RunStatus
from runner.operations.run_status import GateStatusReport, StatusReport
from tests.support.messages import message
from tests.support.repository import ARTIFACTS, SLUG, Ended, Repository

Orch = Callable[..., Ended]


def next_words(ended: Ended) -> list[str]:
    assert ended.out.splitlines()[-1].startswith("Next: orch ")
    return shlex.split(ended.out.splitlines()[-1])[2:]


def test_without_a_run_it_names_the_command_that_explains_how_to_start_one(shipped: Repository, orch: Orch) -> None:
    ended = orch("status")
    assert (ended.code, ended.err) == (0, "")
    assert ended.out.startswith(message("no-runs"))
    assert orch(*next_words(ended)).code == 0
    assert orch("status", "--json").json == {"run_id": None, "next": "orch run data-report --help"}


def test_without_a_workflow_it_names_init(repository: Repository, orch: Orch) -> None:
    assert next_words(orch("status")) == ["init"]


def test_without_a_run_the_list_names_the_same_command(shipped: Repository, orch: Orch) -> None:
    assert orch("run", "list").out == orch("status").out


@pytest.mark.parametrize("command", [("status",), ("run", "list")], ids=" ".join)
def test_in_a_bare_root_it_names_the_command_that_writes_a_workflow(
    repository: Repository, orch: Orch, command: tuple[str, ...]
) -> None:
    assert orch("init", "--bare").code == 0
    named = next_words(orch(*command))
    assert named[:2] == ["workflow", "new"]
    assert orch(*named).code == 0


@pytest.mark.slow
def test_each_command_that_it_names_can_be_typed_until_the_run_is_over(
    shipped: Repository, orch: Orch, run_id: str
) -> None:
    shipped.add_example("G1", "G2", "G3")
    typed = []
    for _ in range(7):
        words = next_words(orch("status"))
        typed.append(" ".join(words[:2]))
        assert orch(*words).code == 0
    assert typed == [*["gate start", "gate finish"] * 3, "run complete"]
    ended = orch("status")
    assert "PASSED" in ended.out
    assert "3 of 3 gates passed, depth standard, started " in ended.out
    assert ", ended " in ended.out
    assert next_words(ended) == ["run", "list"]


@pytest.mark.slow
def test_who_is_led_through_a_run_is_led_on_with_resume(shipped: Repository, orch: Orch) -> None:
    assert orch("run", "visual-essay", "--slug", SLUG, "--artifact-path", ARTIFACTS).code == 5
    codes = []
    for examples in ((), ("G1", "G2", "G3"), (), ()):
        shipped.add_example(*examples)
        words = next_words(orch("status"))
        assert words[:2] == ["run", "resume"]
        codes.append(orch(*words).code)
    assert codes == [1, 5, 5, 5], "G1 fails, its second attempt is handed over, it passes, G2 passes"
    assert orch(*next_words(orch("status"))).code == 0
    assert next_words(orch("status")) == ["run", "list"]


def test_a_run_that_was_ended_before_its_gates_passed_goes_on_with_resume(orch: Orch, run_id: str) -> None:
    orch("run", "complete", "--run", run_id)
    assert orch(*next_words(orch("status"))).code == 5
    assert "RUNNING" in orch("status").out


def test_a_damaged_run_is_passed_over_and_said(shipped: Repository, orch: Orch, run_id: str) -> None:
    newer = f"run_20991122T093000Z_{SLUG}_abc123"
    shipped.write(shipped.workspace.record_path(newer), "{")
    ended = orch("status")
    assert (ended.code, ended.out.split()[0]) == (0, run_id)
    assert ended.err == f"orch: {message('passed-over', run=newer, status='DAMAGED')}\n"


@pytest.mark.slow
def test_what_failed_is_listed_below_its_gate(shipped: Repository, orch: Orch, run_id: str) -> None:
    orch("gate", "start", "--run", run_id, "--gate", "G1", "--agent", "maker")
    orch("gate", "finish", "--run", run_id, "--gate", "G1")
    orch("gate", "start", "--run", run_id, "--gate", "G2", "--agent", "Mary Ann")
    orch("gate", "finish", "--run", run_id, "--gate", "G2")
    orch("gate", "start", "--run", run_id, "--gate", "G2", "--agent", "Mary Ann")
    ended = orch("status", "--run", run_id)
    lines = ended.out.splitlines()
    assert (ended.code, ended.err) == (0, "")
    assert lines[0] == f"{run_id}  RUNNING"
    assert "0 of 3 gates passed" in lines[1]
    assert any(line.startswith("  FAIL") and "1 attempt, " in line for line in lines)
    assert not any(line.strip().startswith("and ") for line in lines), "through a pipe all reasons are printed"
    assert any(line.startswith("  RUNNING") and "attempt 2 open for " in line for line in lines)
    assert any("by Mary Ann" in line for line in lines)
    assert any(line.strip().startswith("attempt 1: ") for line in lines), "what the retry has to mend"
    assert next_words(ended) == ["gate", "finish", "--run", run_id, "--gate", "G2"]
    missing = [f"research/{name}.md" for name in ("CITATIONS", "SYNTHESIS", "FIGURES", "QUOTES", "TIMELINE", "VISUALS")]
    reasons = [line.strip().removeprefix("attempt 1: ") for line in lines if "attempt 1: " in line]
    assert [reason.partition(":")[0] for reason in reasons] == missing, "each missing file once"
    assert reasons[:2] == [f"{missing[0]}: file is missing; 4 more checks need it", f"{missing[1]}: file is missing"]


@pytest.mark.slow
def test_through_a_pipe_each_reason_is_one_line(shipped: Repository, orch: Orch, run_id: str) -> None:
    shipped.write(f"{ARTIFACTS}/research/INTAKE.md", "[DRAFT]\n")
    orch("gate", "start", "--run", run_id, "--gate", "G1", "--agent", "maker")
    assert orch("gate", "finish", "--run", run_id, "--gate", "G1").code == 1
    reasons = [row["reason"] for row in shipped.attempt(run_id, "G1")["validations"] if not row["pass"]]
    assert max(map(len, reasons)) > 100
    lines = [line.strip() for line in orch("status", "--run", run_id).out.splitlines()]
    assert [reason for reason in reasons if reason.replace(f"{ARTIFACTS}/", "") not in lines] == []
    assert orch("status", "--run", run_id, "--json").json["gates"][0]["failed"] == reasons


def test_its_json_has_the_same_facts(orch: Orch, run_id: str) -> None:
    orch("gate", "fail", "--run", run_id, "--gate", "G1", "--reason", "made up")
    ended = orch("status", "--json")
    assert list(ended.json) == [
        "run_id", "status", "workflow", "slug", "artifact_path", "depth", "started_at", "finished_at", "age_s",
        "ended_s_ago", "progress", "gates", "usage", "next",
    ]  # fmt: skip
    assert ended.json["progress"] == {"passed": 0, "total": 3}
    first = ended.json["gates"][0]
    assert (first["status"], first["attempts"], first["failed"]) == ("FAIL", 1, ["made up"])
    assert ended.json["next"].startswith(f"orch gate start --run {run_id} --gate G1 ")


def test_the_newest_run_that_is_not_over_is_shown(shipped: Repository, orch: Orch, run_id: str) -> None:
    later = shipped.start_run(ARTIFACTS)
    orch("run", "complete", "--run", later)
    assert orch("status", "--json").json["run_id"] == run_id
    orch("run", "complete", "--run", run_id)
    newest = orch("run", "list", "--json").json[0]["run_id"]
    assert orch("status", "--json").json["run_id"] == newest


def test_run_show_ends_with_the_same_next_command(orch: Orch, run_id: str) -> None:
    assert orch("run", "show", "--run", run_id).out.splitlines()[-1] == orch("status").out.splitlines()[-1]


def test_a_damaged_record_is_told_as_run_show_tells_it(shipped: Repository, orch: Orch, run_id: str) -> None:
    record = shipped.root / shipped.workspace.record_path(run_id)
    record.write_text(record.read_text("utf-8").replace('"QUEUED"', '"PASSED"'), "utf-8")
    ended = orch("status", "--run", run_id)
    assert (ended.code, ended.err) == (4, orch("run", "show", "--run", run_id).err)


def test_an_unknown_run_is_refused(orch: Orch, run_id: str) -> None:
    ended = orch("status", "--run", "run_20261122T093000Z_nobody_abc123")
    assert ended.code == 2
    assert "Next: orch run list" in ended.err


def report(*gates: GateStatusReport) -> StatusReport:
    started_at = "2026-11-22T09:30:00.000Z"
    return StatusReport(
        f"run_20261122T093000Z_{SLUG}_abc123", RunStatus.RUNNING, "tests", SLUG, "out", "standard", started_at, None,
        60, None, gates, "orch run list",
    )  # fmt: skip


@pytest.mark.parametrize("columns", [40, 80, 200])
def test_at_a_terminal_long_texts_are_wrapped_and_of_many_the_first_are_shown(columns: int) -> None:
    many = [
        GateStatusReport(
            f"G{number}", "A name that goes on and on " * 3, GateStatus.FAIL, 100 + number, "an agent " * 9,
            "", "2026", 60, changed=("something " * 20,),
            reasons=tuple(f"a reason, {place}, " * 20 for place in range(30)),
        )
        for number in range(60)
    ]  # fmt: skip
    lines = "\n".join(format_status_report(report(*many), columns)).splitlines()
    assert all(len(_uncoloured(line)) <= columns for line in lines[1:-1])
    words = " ".join(line.strip() for line in lines)
    for number in range(60):
        assert words.count(f"G{number} ") == 1
    assert words.count(("a reason, 0, " * 20).strip()) == 60, "whole, on as many lines as it takes"
    assert words.count("and 29 more") == 60
    assert words.count(("something " * 20).strip()) == 60


def test_the_lines_of_a_wrapped_reason_are_indented_further_than_its_first() -> None:
    failed = GateStatusReport("G1", "One", GateStatus.FAIL, 1, "maker", "", "2026", 60, reasons=("a reason " * 20,))
    first, *others = "\n".join(format_status_report(report(failed), 80)).splitlines()[4:-1]
    assert _indent(first) == 15
    assert {_indent(line) for line in others} == {17}


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip())


def test_where_there_is_room_more_reasons_are_shown() -> None:
    failed = GateStatusReport("G1", "One", GateStatus.FAIL, 1, "maker", "", "2026", 60, reasons=("a", "b", "c", "d"))
    lines = "\n".join(format_status_report(report(failed), 80)).splitlines()
    assert [line.strip() for line in lines[4:-1]] == ["a", "b", "c", "and 1 more"]


def test_through_a_pipe_nothing_is_cut_or_wrapped() -> None:
    reasons = tuple(f"reason {number} " + "word " * 300 for number in range(40))
    changes = tuple(f"changed since it passed: {number}" for number in range(40))
    gate = GateStatusReport(
        "G1", "Name " * 40, GateStatus.FAIL, 1, "maker", "", "2026", 60, changed=changes, reasons=reasons
    )
    lines = "\n".join(format_status_report(report(gate), None)).splitlines()
    assert [line.strip() for line in lines[4:-1]] == [text.strip() for text in (*reasons, *changes)]
    assert ("Name " * 40).strip() in lines[3]


def _uncoloured(line: str) -> str:
    import click

    return click.unstyle(line)


@pytest.fixture
def passed(shipped: Repository, orch: Orch) -> str:
    """A run whose G1 and G2 have passed."""
    shipped.add_example("G1", "G2")
    run_id = shipped.start_run(ARTIFACTS)
    for gate in ("G1", "G2"):
        orch("gate", "start", "--run", run_id, "--gate", gate, "--agent", "maker")
        assert orch("gate", "finish", "--run", run_id, "--gate", gate).code == 0
    return run_id


@pytest.mark.slow
def test_outputs_that_changed_since_they_passed_are_named_and_checked_next(
    shipped: Repository, orch: Orch, passed: str
) -> None:
    changed, missing = f"{ARTIFACTS}/research/QUOTES.md", f"{ARTIFACTS}/research/VISUALS.md"
    shipped.write(changed, (shipped.root / changed).read_text("utf-8").replace("the", "teh"))
    (shipped.root / missing).unlink()
    ended = orch("status")
    assert message("output-changed", path=changed) in ended.out
    assert message("output-missing", path=missing) in ended.out
    assert next_words(ended) == ["gate", "check", "--run", passed, "--gate", "G2"]
    assert orch(*next_words(ended)).code == 1


@pytest.mark.slow
def test_in_a_run_that_is_over_checking_a_changed_output_does_not_lead_back_here(
    shipped: Repository, orch: Orch, passed: str
) -> None:
    orch("run", "complete", "--run", passed, "--status", "FAILED")
    shipped.write(f"{ARTIFACTS}/research/QUOTES.md", "changed")
    checked = orch(*next_words(orch("status")))
    assert checked.code == 1
    assert next_words(checked) == ["run", "resume", "--run", passed]
    resumed = orch(*next_words(checked))
    assert resumed.err.endswith(f"Next: orch gate start --run {passed} --gate G2 --agent maker\n")


@pytest.mark.slow
def test_outputs_whose_directory_is_gone_are_one_line(shipped: Repository, orch: Orch, passed: str) -> None:
    shutil.rmtree(shipped.root / ARTIFACTS)
    ended = orch("status")
    assert ended.out.count(message("artifacts-gone", path=ARTIFACTS)) == 2, "of each gate"
    assert "missing since" not in ended.out
    assert next_words(ended) == ["gate", "check", "--run", passed, "--gate", "G1", "--gate", "G2"]


@pytest.mark.slow
def test_a_gate_whose_contract_is_gone_is_not_checked_next(shipped: Repository, orch: Orch, passed: str) -> None:
    path = shipped.workspace.contract_path("G2")
    (shipped.root / path).unlink()
    ended = orch("status")
    assert message("output-missing", path=path) in ended.out
    assert next_words(ended)[:2] == ["gate", "start"]


@pytest.mark.parametrize("command", [("status",), ("run", "show"), ("gate", "finish")], ids=" ".join)
def test_of_the_only_run_only_what_is_wrong_with_it_is_told(shipped: Repository, command: tuple[str, ...]) -> None:
    run_id = shipped.start_run()
    (shipped.root / shipped.workspace.record_path(run_id)).write_text("")
    ended = shipped.orch(*command)
    told = message("empty-file")
    assert (ended.code, ended.out) == (4, "")
    assert ended.err.splitlines()[0] == f"orch: {shipped.workspace.record_path(run_id)}: {told}"
    assert [line for line in ended.err.splitlines()[1:] if not line.startswith("Next: ")] == []
