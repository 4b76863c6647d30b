"""Printing can neither stop nor delay the record, and the exit code tells the verdict all the same."""

import contextlib
import errno
import json
import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterator

import pytest

from runner.models.run import OWN_KEYS
from tests.support.ci_systems import is_harmless
from tests.support.interrupted_write import undo_rename
from tests.support.messages import message, says
from tests.support.processes import wait_until
from tests.support.repository import ARTIFACTS, BIN, SLUG, Ended, Repository

Orch = Callable[..., Ended]


def start(repository: Repository, run_id: str, gate: str = "G1") -> None:
    ended = repository.orch("gate", "start", "--run", run_id, "--gate", gate, "--agent", "maker")
    assert ended.code == 0, ended.err


def shell(repository: Repository, command: str) -> Ended:
    """A command line of the shell in which `orch` is the installed one; the exit code is that of `orch`."""
    return repository.run("bash", "-c", f'PATH={BIN}:$PATH; {command}; exit "${{PIPESTATUS[0]}}"')


LOST = {
    "a reader who went away": "| true",
    "a full disk": "> /dev/full",
    "standard output closed": ">&-",
    "standard error closed": "2>&-",
    "both closed": ">&- 2>&-",
    "all three closed": "<&- >&- 2>&-",
    "both full": "> /dev/full 2>&1",
}


@pytest.mark.parametrize("where", LOST.values(), ids=LOST.keys())
@pytest.mark.parametrize(("good", "code", "status"), [(True, 0, "PASS"), (False, 1, "FAIL")], ids=["good", "bad"])
def test_the_record_and_the_exit_code_are_right_though_the_output_is_lost(
    shipped: Repository, run_id: str, where: str, good: bool, code: int, status: str
) -> None:
    start(shipped, run_id)
    if good:
        shipped.add_example("G1")
    ended = shell(shipped, f"orch gate finish --run {run_id} --gate G1 {where}")
    assert ended.code == code
    assert "Traceback" not in ended.err
    assert "Exception ignored" not in ended.err
    attempt = shipped.attempt(run_id, "G1")
    assert attempt["status"] == status
    assert shipped.record(run_id)["gates"][0]["attempts"] == [attempt]
    assert shipped.orch("run", "show", "--run", run_id).code == 0


@pytest.mark.slow
@pytest.mark.parametrize("where", LOST.values(), ids=LOST.keys())
def test_a_check_tells_its_verdict_though_the_output_is_lost(shipped: Repository, run_id: str, where: str) -> None:
    assert shell(shipped, f"orch gate check --run {run_id} --gate G1 {where}").code == 1
    shipped.add_example("G1")
    assert shell(shipped, f"orch gate check --run {run_id} --gate G1 {where}").code == 0


WRITERS = {
    "run start": f"run start --workflow visual-essay --slug {SLUG}",
    "gate start": "gate start --run RUN --gate G2 --agent maker",
    "gate fail": "gate fail --run RUN --gate G2 --reason bad",
    "invocation record": "invocation record --run RUN --gate G2 --agent maker",
    "run complete": "run complete --run RUN",
}


@pytest.mark.parametrize("where", ["| true", "> /dev/full", ">&-"])
@pytest.mark.parametrize("command", WRITERS.values(), ids=WRITERS.keys())
def test_what_was_written_is_done_whoever_hears_of_it(
    shipped: Repository, run_id: str, command: str, where: str
) -> None:
    before = shipped.snapshot()
    assert shell(shipped, f"orch {command.replace('RUN', run_id)} {where}").code == 0
    assert shipped.snapshot() != before


@pytest.mark.parametrize("command", ["run list", "run show --run RUN", "run show --run RUN --json", "--help"])
def test_a_reader_who_went_away_is_no_error(shipped: Repository, run_id: str, command: str) -> None:
    ended = shell(shipped, f"orch {command.replace('RUN', run_id)} | true")
    assert (ended.code, ended.err) == (0, "")


@pytest.mark.parametrize("command", ["run list", "run list --json", "run show --run RUN"])
def test_a_command_that_only_prints_says_where_it_could_not(shipped: Repository, run_id: str, command: str) -> None:
    ended = shell(shipped, f"orch {command.replace('RUN', run_id)} > /dev/full")
    assert ended.code == 3
    assert ended.err.splitlines()[-2].startswith("orch: No space left on device")


@pytest.mark.parametrize("command", ["run list", "run show --run RUN", "status", "run check"])
def test_a_document_is_the_only_one_though_the_text_beside_it_is_lost(
    shipped: Repository, run_id: str, command: str
) -> None:
    ended = shell(shipped, f"orch {command.replace('RUN', run_id)} --json 2> /dev/full")
    assert (ended.code, run_id in json.dumps(ended.json)) == (0, True)


def test_another_pipe_that_breaks_is_no_success(
    shipped: Repository, run_id: str, orch: Orch, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise BrokenPipeError(errno.EPIPE, "Broken pipe")

    monkeypatch.setattr("runner.operations.judging.check_gates", broken)
    ended = orch("gate", "check", "--run", run_id, "--gate", "G1")
    assert (ended.code, ended.err) == (3, f"orch: {message('broken-pipe')}\nNext: repeat the command\n")


@contextlib.contextmanager
def nobody_reads(repository: Repository, *arguments: str) -> Iterator["subprocess.Popen[bytes]"]:
    """`orch` with a pipe for its output that is full from the start and that nobody reads."""
    read, write = os.pipe()
    os.set_blocking(write, False)
    with contextlib.suppress(BlockingIOError):
        while os.write(write, b"." * 4096):
            pass
    os.set_blocking(write, True)
    process = subprocess.Popen(
        [str(BIN / "orch"), *arguments], cwd=repository.root, stdin=subprocess.DEVNULL, stdout=write, stderr=write
    )
    try:
        yield process
    finally:
        os.close(write)
        os.set_blocking(read, False)
        while process.poll() is None:
            try:
                os.read(read, 1 << 16)
            except BlockingIOError:
                time.sleep(0.01)
        os.close(read)


@pytest.mark.slow
@pytest.mark.parametrize("good", [True, False], ids=["good", "bad"])
def test_a_reader_who_does_not_read_does_not_delay_the_record(shipped: Repository, run_id: str, good: bool) -> None:
    start(shipped, run_id)
    if good:
        shipped.add_example("G1")
    recorded = shipped.root / shipped.workspace.record_path(run_id)
    with nobody_reads(shipped, "gate", "finish", "--run", run_id, "--gate", "G1") as process:
        deadline = time.monotonic() + 20
        while json.loads(recorded.read_text("utf-8"))["gates"][0]["status"] == "RUNNING":
            assert time.monotonic() < deadline
            assert process.poll() is None
            time.sleep(0.02)
        assert shipped.attempt(run_id, "G1")["status"] == ("PASS" if good else "FAIL")
    assert process.returncode == (0 if good else 1)


@pytest.mark.slow
def test_a_signal_ends_a_command_that_waits_for_a_reader_after_it_has_recorded_its_verdict(
    shipped: Repository, run_id: str
) -> None:
    start(shipped, run_id)
    with nobody_reads(shipped, "gate", "finish", "--run", run_id, "--gate", "G1") as process:
        wait_until(lambda: shipped.record(run_id)["gates"][0]["status"] == "FAIL")
        deadline = time.monotonic() + 20
        while process.poll() is None:
            assert time.monotonic() < deadline
            process.send_signal(signal.SIGTERM)
            time.sleep(0.1)
    assert process.returncode == 1


# What nobody asked for


@pytest.fixture
def crashed(shipped: Repository, run_id: str) -> Repository:
    """An attempt that is recorded, and a RUN.json that does not know it yet."""
    start(shipped, run_id)
    record = shipped.root / shipped.workspace.record_path(run_id)
    before = record.read_bytes()
    assert shipped.orch("gate", "finish", "--run", run_id, "--gate", "G1").code == 1
    undo_rename(record, before)
    return shipped


@pytest.mark.parametrize("where", ["2> /dev/full", "2>&-", "2>&1 | true"])
def test_a_recovery_is_not_stopped_by_telling_of_it(crashed: Repository, run_id: str, where: str) -> None:
    record_it = f"orch invocation record --run {run_id} --gate G1 --agent maker {where}"
    assert shell(crashed, record_it).code == 0
    record = crashed.record(run_id)
    assert (len(record["invocations"]), record["gates"][0]["status"]) == (1, "FAIL")


@pytest.mark.slow
def test_a_recovery_is_not_delayed_by_telling_of_it(crashed: Repository, run_id: str) -> None:
    record = ("invocation", "record", "--run", run_id, "--gate", "G1", "--agent")
    with nobody_reads(crashed, *record, "first"):
        ended = crashed.orch(*record, "second", "--lock-timeout", "10")
    assert ended.code == 0, ended.err
    assert sorted(row["agent"] for row in crashed.record(run_id)["invocations"]) == ["first", "second"]


@pytest.mark.slow
@pytest.mark.parametrize("where", ["2> /dev/full", "2>&-"])
def test_a_wait_is_not_stopped_by_telling_of_it(shipped: Repository, run_id: str, where: str) -> None:
    lock = f"orchestration/runs/{run_id}/record"
    record_it = f"orch invocation record --run {run_id} --gate G1 --agent maker {where}"
    assert shell(shipped, f"exec 9<{lock}; flock 9; sleep 1 & exec 9>&-; {record_it}").code == 0


# What somebody else wrote


HOSTILE = "\x1b[2J\x1b]0;owned\x07\r\n::error::no\n##[group]x\u202e"


ACCEPT = ("--accept-contract",)


@pytest.mark.slow
def test_hostile_text_in_a_record_is_printed_without_its_controls(shipped: Repository, orch: Orch, run_id: str) -> None:
    orch("gate", "fail", "--run", run_id, "--gate", "G1", "--reason", "::error::made up")
    record = shipped.record(run_id)
    for key in OWN_KEYS:  # as one of the original, whose attempts nobody compares with their files
        del record[key]
    for gate in record["gates"]:
        gate["name"] += HOSTILE
    record["gates"][0]["attempts"][0]["agent"] = HOSTILE
    record["gates"][0]["attempts"][0]["failure_reason"] = HOSTILE
    record["workflow"]["name"] = record["workflow"]["version"] = HOSTILE
    record["started_at"] += HOSTILE
    shipped.write(shipped.workspace.record_path(run_id), json.dumps(record))
    at_gate = ("--run", run_id, "--gate")
    for command in (
        ("run", "show", "--run", run_id),
        ("run", "list"),
        ("gate", "check", *at_gate, "G1"),
        (
            "gate",
            "start",
            *at_gate,
            "G2",
            "--agent",
            "##vso[task.complete]x",
            "--force",
            "::error::no",
            "--accept-contract",
        ),
        ("gate", "finish", *at_gate, "G2"),
        ("gate", "fail", *at_gate, "G2", "--reason", "::error::no"),
        ("invocation", "record", *at_gate, "G3", "--agent", "##[error]x"),
        ("run", "complete", "--run", run_id),
    ):
        ended = orch(*command)
        assert ended.code in (0, 1), ended.err
        assert ended.out
        assert is_harmless(ended.out + ended.err), ended.out


def test_hostile_names_of_runs_and_workflows_are_printed_without_their_controls(
    shipped: Repository, orch: Orch
) -> None:
    (shipped.root / "orchestration/runs/run_\n::error::no\x1b[2J").mkdir(parents=True)
    for name in ("a\n::error::no\x1b[2J", "::error::no"):
        shipped.write(f"orchestration/workflows/{name}.json", "{}")
    for command in (("run", "list"), ("run", "--help"), ("run", "visual-essa"), ("run", "show", "--run", "run_x")):
        ended = orch(*command)
        assert is_harmless(ended.out + ended.err), (ended.out, ended.err)


@pytest.mark.parametrize("damage", [f'{{"x": "{"A" * 3000}"', '{"\\u001b[2J::error::": 1, "\\u001b[2J::error::": 2}'])
def test_hostile_text_in_a_damaged_record_is_cut_and_printed_without_its_controls(
    shipped: Repository, orch: Orch, run_id: str, damage: str
) -> None:
    shipped.write(shipped.workspace.record_path(run_id), damage)
    for command in (("run", "list"), ("run", "show", "--run", run_id)):
        ended = orch(*command)
        assert is_harmless(ended.out + ended.err)
        assert len(ended.out + ended.err) < 3000


def test_hostile_text_in_a_contract_is_printed_and_recorded_without_its_controls(
    shipped: Repository, orch: Orch, run_id: str
) -> None:
    checks = [
        {"type": "not_contains", "target": "a.md", "pattern": "x", "description": HOSTILE},
        {"type": "contains_headings", "target": "a.md", "required_headings": [f"# {HOSTILE}"], "description": HOSTILE},
        {"type": "not_contains", "target": "a.md", "pattern": "x", "severity": "warning", "description": HOSTILE},
    ]
    shipped.write_contract("G1", name=HOSTILE, description=HOSTILE, validations=checks)
    shipped.write("a.md", "x")
    orch("gate", "start", "--run", run_id, "--gate", "G1", "--agent", "maker", "--accept-contract")
    ended = orch("gate", "finish", "--run", run_id, "--gate", "G1")
    assert ended.code == 1
    assert is_harmless(ended.out + ended.err), ended.out
    attempt = shipped.attempt(run_id, "G1")
    assert is_harmless(attempt["failure_reason"])
    assert all(is_harmless(row.get("reason", "")) for row in attempt["validations"])


def test_a_client_component_with_a_hostile_name_is_told_harmlessly(
    shipped: Repository, orch: Orch, run_id: str
) -> None:
    (shipped.root / ARTIFACTS).mkdir(parents=True)
    (shipped.root / ARTIFACTS / "\n::error::\x1b[2JClient.tsx").write_text("x")
    shipped.write_contract("G1", required_outputs={"all_of": [{"path": "{client_component}"}]})
    ended = orch("gate", "check", "--run", run_id, "--gate", "G1")
    assert ended.code == 1
    assert is_harmless(ended.out + ended.err)
    assert says(ended.out, "unnameable")


@pytest.mark.parametrize("command", ["statsu", "gate finish", "run visual-essay --slug other"])
def test_where_standard_error_is_closed_a_document_stays_the_only_thing_on_standard_output(
    shipped: Repository, run_id: str, command: str
) -> None:
    start(shipped, run_id)
    ended = shell(shipped, f"orch {command} --json 2>&-")
    assert isinstance(json.loads(ended.out), dict)
