"""`orch gate start`, `finish` and `fail`: an attempt from its beginning to its record."""

import getpass
import os
import re
import shlex
import socket
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

import pytest

from tests.support.messages import says
from tests.support.repository import ARTIFACTS, SLUG, Ended, Repository

pytestmark = pytest.mark.usefixtures("small_contracts")

Orch = Callable[..., Ended]
CITATIONS = f"{ARTIFACTS}/research/CITATIONS.md"
SPEC = f"orchestration/skills/visual-essay-invocation/specs/{SLUG}.md"


@pytest.fixture
def start(orch: Orch, run_id: str) -> Callable[..., Ended]:
    """Starts an attempt at a gate of the run."""

    def call(gate: str, *arguments: str) -> Ended:
        ended = orch("gate", "start", "--run", run_id, "--gate", gate, "--agent", "maker", *arguments)
        assert ended.code == 0, ended.err
        return ended

    return call


@pytest.fixture
def finish(orch: Orch, run_id: str) -> Callable[..., Ended]:
    """Finishes the attempt at a gate of the run."""

    def call(gate: str, *arguments: str) -> Ended:
        return orch("gate", "finish", "--run", run_id, "--gate", gate, *arguments)

    return call


def digest(path: Path) -> str:
    return sha256(path.read_bytes()).hexdigest()


# start


def test_start_opens_attempt_1_and_says_how_to_finish_it(shipped: Repository, start: Orch, run_id: str) -> None:
    ended = start("G2")
    assert "attempt 1" in ended.out
    assert f"orch gate finish --run {run_id} --gate G2" in ended.out
    record = shipped.record(run_id)
    (attempt,) = record["gates"][1]["attempts"]
    assert (record["status"], record["gates"][1]["status"]) == ("RUNNING", "RUNNING")
    assert (attempt["attempt"], attempt["status"], attempt["agent"]) == (1, "RUNNING", "maker")
    assert (attempt["finished_at"], attempt["prompt_sha256"], attempt["failure_reason"]) == (None, None, None)


def test_start_names_the_required_outputs_as_the_contract_writes_them(
    shipped: Repository, start: Orch, run_id: str
) -> None:
    assert start("G1", "--json").json["required_outputs"] == [
        "orchestration/projects/{slug}/INTAKE-APPROVAL.md",
        "{artifact_path}/research/INTAKE.md",
    ]


def test_start_notes_the_contract_and_the_outputs_that_exist_already(shipped: Repository, start: Orch) -> None:
    citations = shipped.write(CITATIONS, "### Source 1\n")
    attempt = start("G2", "--json").json
    contract = shipped.root / "orchestration/gates/contracts/G2.contract.json"
    assert attempt["contract"] == {
        "path": "orchestration/gates/contracts/G2.contract.json",
        "sha256": digest(contract),
    }
    assert attempt["baseline"] == {
        "contract_sha256": digest(contract),
        "context": attempt["context"],
        "outputs": [{"path": CITATIONS, "sha256": digest(citations)}],
    }


def test_gates_may_be_started_in_any_order(shipped: Repository, start: Orch, run_id: str) -> None:
    start("G3")
    start("G1")
    assert [gate["status"] for gate in shipped.record(run_id)["gates"]] == ["RUNNING", "NOT_STARTED", "RUNNING"]


def test_abandon_closes_the_running_attempt_in_its_own_file_and_starts_the_next(
    shipped: Repository, start: Orch, run_id: str
) -> None:
    start("G1")
    start("G1", "--abandon")
    assert (shipped.attempt(run_id, "G1")["status"], shipped.attempt(run_id, "G1")["failure_reason"]) == (
        "FAIL",
        "abandoned",
    )
    assert [attempt["status"] for attempt in shipped.record(run_id)["gates"][0]["attempts"]] == ["FAIL", "RUNNING"]


# finish


def test_good_work_passes_with_exit_0(shipped: Repository, start: Orch, finish: Orch, run_id: str) -> None:
    shipped.add_example("G2")
    start("G2")
    ended = finish("G2")
    assert ended.code == 0
    record = shipped.record(run_id)
    assert (record["gates"][1]["status"], record["status"]) == ("PASS", "RUNNING")
    assert record["progress"] == {"passed": 1, "total": 3}
    assert record["events"][-1]["type"] == "GATE_PASSED"


def test_finish_prints_the_familiar_lines_of_pytest_then_the_verdict(
    shipped: Repository, start: Orch, finish: Orch
) -> None:
    shipped.add_example("G2")
    start("G2")
    out = finish("G2").out
    summary = re.search(r"=+ 7 passed in [\d.]+s =+", out)
    assert summary
    assert "orchestration/gates/contracts/G2.contract.json" in out[: summary.start()]
    assert "PASS  G2 Research Complete, attempt 1" in out[summary.end() :]


def test_the_next_command_after_a_pass_works(shipped: Repository, start: Orch, finish: Orch, orch: Orch) -> None:
    shipped.add_example("G1")
    start("G1")
    (line,) = [line for line in finish("G1").out.splitlines() if line.startswith("Next: ")]
    assert "--gate G2 --agent research-orchestrator" in line
    assert orch(*shlex.split(line.removeprefix("Next: orch "))).code == 0


def test_missing_work_fails_with_exit_1_and_says_what_is_missing(
    shipped: Repository, start: Orch, finish: Orch, run_id: str
) -> None:
    start("G2")
    ended = finish("G2")
    assert ended.code == 1
    assert re.search(r"=+ 7 failed in ", ended.out)
    assert "FAIL  G2 Research Complete, attempt 1" in ended.out
    assert f"Next: orch gate start --run {run_id} --gate G2 --agent maker" in ended.out
    attempt = shipped.attempt(run_id, "G2")
    assert attempt["status"] == "FAIL"
    assert CITATIONS in attempt["failure_reason"]
    assert attempt["artifacts"] == []
    assert shipped.record(run_id)["status"] == "FAILED"


@pytest.mark.slow
def test_the_failure_reason_joins_the_reasons_of_what_failed(
    shipped: Repository, start: Orch, finish: Orch, run_id: str
) -> None:
    shipped.add_example("G2")
    (shipped.root / f"{ARTIFACTS}/research/QUOTES.md").unlink()
    shipped.write(CITATIONS, "### Source 1\n### Source 2\n")
    start("G2")
    assert finish("G2").code == 1
    attempt = shipped.attempt(run_id, "G2")
    failed = [row for row in attempt["validations"] if not row["pass"]]
    assert [row["id"] for row in failed] == [
        "file_exists[research/QUOTES.md]",
        "min_sources[research/CITATIONS.md]",
    ]
    assert attempt["failure_reason"] == "; ".join(row["reason"] for row in failed)


@pytest.mark.slow
def test_an_attempt_records_what_every_check_measured_also_when_it_passed(
    shipped: Repository, start: Orch, finish: Orch, run_id: str
) -> None:
    shipped.add_example("G2")
    start("G2")
    finish("G2")
    rows = shipped.attempt(run_id, "G2")["validations"]
    assert [row["id"] for row in rows] == [
        *(
            f"file_exists[research/{name}.md]"
            for name in ("CITATIONS", "SYNTHESIS", "FIGURES", "QUOTES", "TIMELINE", "VISUALS")
        ),
        "min_sources[research/CITATIONS.md]",
    ]
    last = rows[-1]
    assert last["count"] >= last["threshold"] == 8
    assert {key: last[key] for key in ("type", "path", "resolved_path", "severity", "pass", "depth")} == {
        "type": "min_sources",
        "path": "{artifact_path}/research/CITATIONS.md",
        "resolved_path": CITATIONS,
        "severity": "error",
        "pass": True,
        "depth": "standard",
    }
    assert "reason" not in last


def test_an_attempt_records_the_hash_of_every_output_that_exists(
    shipped: Repository, start: Orch, finish: Orch, run_id: str
) -> None:
    shipped.add_example("G2")
    (shipped.root / f"{ARTIFACTS}/research/FIGURES.md").unlink()
    start("G2")
    finish("G2")
    artifacts = shipped.attempt(run_id, "G2")["artifacts"]
    assert [artifact["path"].rpartition("/")[2] for artifact in artifacts] == [
        "CITATIONS.md", "SYNTHESIS.md", "QUOTES.md", "TIMELINE.md", "VISUALS.md",
    ]  # fmt: skip
    for artifact in artifacts:
        path = shipped.root / artifact["resolved_path"]
        assert (artifact["sha256"], artifact["size_bytes"], artifact["exists"]) == (
            digest(path),
            path.stat().st_size,
            True,
        )
    indexed = {row["resolved_path"]: row["sha256"] for row in shipped.record(run_id)["artifacts_index"]}
    assert indexed == {artifact["resolved_path"]: artifact["sha256"] for artifact in artifacts}


@pytest.mark.slow
def test_an_output_that_a_quick_run_may_leave_out_is_recorded_as_optional_where_it_exists(
    shipped: Repository, orch: Orch
) -> None:
    shipped.add_example("G2")
    run_id = orch("run", "start", "--workflow", "visual-essay", "--slug", SLUG, "--depth", "quick", "--json").json[
        "run_id"
    ]
    orch("gate", "start", "--run", run_id, "--gate", "G2", "--agent", "maker")
    assert orch("gate", "finish", "--run", run_id, "--gate", "G2").code == 0
    optional = [row["path"] for row in shipped.attempt(run_id, "G2")["artifacts"] if row.get("optional")]
    assert optional == ["{artifact_path}/research/SYNTHESIS.md"]


@pytest.mark.slow
def test_a_warning_is_shown_and_recorded_and_does_not_fail_the_gate(
    shipped: Repository, start: Orch, finish: Orch, run_id: str
) -> None:
    shipped.add_example("G3")
    spec = shipped.root / SPEC
    spec.write_text(spec.read_text("utf-8") + "\n[DRAFT]\n", "utf-8")
    start("G3")
    ended = finish("G3")
    assert ended.code == 0
    assert "1 warned" in ended.out
    assert re.search(r"^  warned  .*\[DRAFT\]", ended.out, re.MULTILINE)
    row = shipped.attempt(run_id, "G3")["validations"][-1]
    assert (row["pass"], row["warning"], row["severity"], row["found"]) == (True, True, "warning", True)
    assert "[DRAFT]" in row["reason"]
    assert shipped.attempt(run_id, "G3")["failure_reason"] is None


@pytest.mark.slow
def test_an_attempt_records_who_judged_it(shipped: Repository, start: Orch, finish: Orch, run_id: str) -> None:
    import platform

    start("G1")
    finish("G1")
    runner = shipped.attempt(run_id, "G1")["runner"]
    assert (runner["python"], runner["pytest"]) == (platform.python_version(), pytest.__version__)
    assert re.match(r"\d+\.\d+", runner["orch"])


@pytest.mark.slow
def test_outside_a_checkout_git_is_null(
    shipped: Repository, start: Orch, finish: Orch, run_id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(shipped.root.parent))
    start("G1")
    finish("G1")
    assert shipped.attempt(run_id, "G1")["git"] is None


@pytest.mark.slow
def test_in_a_checkout_the_commit_is_recorded(shipped: Repository, start: Orch, finish: Orch, run_id: str) -> None:
    who = ("-c", "user.name=Nobody", "-c", "user.email=nobody@example.org", "-c", "commit.gpgsign=false")
    shipped.run("git", "init", "--quiet")
    shipped.run("git", "add", ".")
    assert shipped.run("git", *who, "commit", "--quiet", "-m", "all").code == 0
    start("G1")
    finish("G1")
    git = shipped.attempt(run_id, "G1")["git"]
    assert git == {"commit": shipped.run("git", "rev-parse", "HEAD").out.strip(), "dirty": False}


@pytest.mark.slow
def test_the_attempts_file_and_its_row_in_the_run_are_the_same(
    shipped: Repository, start: Orch, finish: Orch, run_id: str
) -> None:
    start("G1")
    ended = finish("G1", "--json")
    embedded = shipped.record(run_id)["gates"][0]["attempts"][0]
    assert ended.json == embedded == shipped.attempt(run_id, "G1")


@pytest.mark.slow
def test_finish_with_json_prints_the_attempt_alone_on_standard_output_and_pytest_on_standard_error(
    shipped: Repository, start: Orch, finish: Orch
) -> None:
    start("G1")
    ended = finish("G1", "--json")
    assert (ended.code, ended.json["status"]) == (1, "FAIL")
    assert "1 failed" in ended.err


@pytest.mark.slow
def test_a_failed_gate_can_be_tried_again_and_both_attempts_stay(
    shipped: Repository, start: Orch, finish: Orch, run_id: str
) -> None:
    start("G1")
    assert finish("G1").code == 1
    first = shipped.root / shipped.workspace.attempt_path(run_id, "G1", 1)
    before = first.read_bytes()
    shipped.add_example("G1")
    start("G1")
    assert finish("G1").code == 0
    assert first.read_bytes() == before
    record = shipped.record(run_id)
    assert [attempt["status"] for attempt in record["gates"][0]["attempts"]] == ["FAIL", "PASS"]
    assert (record["gates"][0]["status"], record["status"]) == ("PASS", "RUNNING")


def test_a_second_finish_is_refused_and_the_first_record_stays(
    shipped: Repository, start: Orch, finish: Orch, run_id: str
) -> None:
    shipped.add_example("G1")
    start("G1")
    finish("G1")
    before = shipped.snapshot()
    ended = finish("G1")
    assert ended.code == 2
    assert says(ended.err, "attempt-finished", attempt=1, gate="G1", status="PASS")
    assert f"orch gate start --run {run_id} --gate G1" in ended.err
    assert shipped.snapshot() == before


def test_a_verdict_is_never_recorded_for_another_attempt_than_the_one_that_was_judged(
    shipped: Repository, start: Orch, run_id: str
) -> None:
    from gate_tests.errors import OrchError
    from gate_tests.isolated_pytest.client import IsolatedPytest
    from gate_tests.isolated_pytest.display import Display
    from runner.models.timestamps import now
    from runner.operations.attempts import start_gate
    from runner.operations.judging import finish_gates
    from runner.storage.store import Store

    store = Store(shipped.workspace)

    def meanwhile() -> str:
        """Somebody abandons the attempt while it is being judged."""
        if len(store.read(run_id).gate("G1").attempts) == 1:
            start_gate(store, run_id, "G1", "another", now(), abandon=True)
        return now()

    start("G1")
    with IsolatedPytest(Display(lambda text: None)) as process, pytest.raises(OrchError):
        finish_gates(store, run_id, ["G1"], meanwhile, process)
    attempts = shipped.record(run_id)["gates"][0]["attempts"]
    assert [(attempt["agent"], attempt["status"]) for attempt in attempts] == [
        ("maker", "FAIL"),
        ("another", "RUNNING"),
    ]
    assert attempts[0]["failure_reason"] == "abandoned"


@pytest.mark.slow
def test_judging_leaves_nothing_but_the_record(shipped: Repository, run_id: str) -> None:
    shipped.add_example("G1")
    shipped.orch("gate", "start", "--run", run_id, "--gate", "G1", "--agent", "maker")
    before = {str(path.relative_to(shipped.root)) for path in shipped.root.rglob("*")}
    assert shipped.orch("gate", "finish", "--run", run_id, "--gate", "G1").code == 0
    after = {str(path.relative_to(shipped.root)) for path in shipped.root.rglob("*")}
    gates = f"orchestration/runs/{run_id}/record/gates"
    assert after - before == {gates, f"{gates}/G1", f"{gates}/G1/attempt-1.json"}


@pytest.mark.slow
def test_a_record_holds_no_path_user_or_host_of_this_machine(shipped: Repository, start: Orch, finish: Orch) -> None:
    shipped.add_example("G1")
    for gate in ("G1", "G2"):
        start(gate)
        finish(gate)
    records = b"".join(content for name, content in shipped.snapshot().items() if name.endswith(".json")).decode()
    assert str(shipped.root) not in records
    assert str(Path.home()) + "/" not in records
    for name in (socket.gethostname(), os.environ.get("USER") or getpass.getuser()):
        assert not re.search(rf'["/@]{re.escape(name)}["/.@:]', records), name


def test_the_installed_pytest_gives_the_same_verdict_and_writes_no_record(shipped: Repository, run_id: str) -> None:
    shipped.add_example("G1")
    before = shipped.snapshot()
    assert shipped.pytest("--gate", "G1", "--run", run_id).code == 0
    assert shipped.pytest("--gate", "G2", "--run", run_id).code == 1
    assert shipped.snapshot() == before


# fail


def test_failing_an_open_attempt_closes_it_with_the_reason_and_exit_0(
    shipped: Repository, start: Orch, orch: Orch, run_id: str
) -> None:
    start("G1")
    ended = orch("gate", "fail", "--run", run_id, "--gate", "G1", "--reason", "nobody approved it")
    assert ended.code == 0
    assert "nobody approved it" in ended.out
    attempt = shipped.attempt(run_id, "G1")
    assert (attempt["status"], attempt["agent"], attempt["failure_reason"]) == ("FAIL", "maker", "nobody approved it")
    assert attempt["finished_at"]
    assert shipped.record(run_id)["status"] == "FAILED"


def test_failing_a_gate_that_nobody_started_adds_a_manual_attempt(shipped: Repository, orch: Orch, run_id: str) -> None:
    ended = orch("gate", "fail", "--run", run_id, "--gate", "G2", "--reason", "made up", "--json")
    assert (ended.code, ended.json["attempt"], ended.json["agent"], ended.json["status"]) == (0, 1, "manual", "FAIL")
    assert shipped.attempt(run_id, "G2") == ended.json


def test_a_gate_can_be_failed_although_its_contract_is_gone(shipped: Repository, orch: Orch, run_id: str) -> None:
    (shipped.root / "orchestration/gates/contracts/G2.contract.json").unlink()
    assert orch("gate", "fail", "--run", run_id, "--gate", "G2", "--reason", "no contract any more").code == 0
    assert shipped.record(run_id)["status"] == "FAILED"
