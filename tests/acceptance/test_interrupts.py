"""A command that is interrupted, where Python makes something else of the interrupt, and where the command goes on."""

import contextlib
import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.patched_install import PatchedInstall
from tests.support.repository import BIN, Ended, Repository

INTERRUPT = "import os, signal\nos.kill(os.getpid(), signal.SIGINT)"
LOSE_IT = """
import os, signal, weakref
class Target: pass
target = Target()
reference = weakref.ref(target, lambda _: os.kill(os.getpid(), signal.SIGINT))
del target
"""
MAKE_A_RUNTIME_ERROR_OF_IT = """
import os, signal
class Descriptor:
    def __set_name__(self, owner, name): os.kill(os.getpid(), signal.SIGINT)
class Class: descriptor = Descriptor()
"""
INTERRUPTED_WHILE_IMPORTING = "(__import__('os').kill(__import__('os').getpid(), 2), original)[1]"
BEGIN, CLOSE = "runner.operations.judging:_judge_and_record", "runner.operations.judged_gate:JudgedGate.close"
WRITE = "runner.storage.store:Store._write"
PIPELINE = ("run", "tests", "--slug", "tea")


@pytest.fixture
def program(tmp_path: Path) -> PatchedInstall:
    """A copy of the program, not altered yet."""
    return PatchedInstall.make(tmp_path / "altered")


@pytest.fixture
def good(repository: Repository) -> Repository:
    """A workflow of one gate whose work is good."""
    repository.write_workflow("GT")
    repository.write_contract(required_outputs={"all_of": [{"path": "a.md"}]})
    repository.write("a.md", "tea")
    return repository


def finish(good: Repository, program: PatchedInstall) -> Ended:
    run_id = good.start_run(workflow="tests")
    good.start_gate(run_id, "GT")
    return program.orch(good, "gate", "finish", "--run", run_id, "--gate", "GT")


def status(repository: Repository) -> str:
    (run_id,) = repository.workspace.runs()
    found: str = repository.record(run_id)["gates"][0]["status"]
    return found


@pytest.mark.slow
@pytest.mark.quick("before judging, lost", "before judging, another error")
@pytest.mark.parametrize(
    ("where", "how"),
    [
        pytest.param(BEGIN, LOSE_IT, id="before judging, lost"),
        pytest.param(CLOSE, LOSE_IT, id="after judging, lost"),
        pytest.param(BEGIN, MAKE_A_RUNTIME_ERROR_OF_IT, id="before judging, another error"),
        pytest.param(CLOSE, MAKE_A_RUNTIME_ERROR_OF_IT, id="after judging, another error"),
        pytest.param(CLOSE, INTERRUPT, id="after judging"),
    ],
)
def test_an_interrupt_that_python_loses_or_makes_another_error_of_is_none_the_less_one(
    good: Repository, program: PatchedInstall, where: str, how: str
) -> None:
    program.run_before(where, how)
    ended = finish(good, program)
    assert (ended.code, status(good)) == (130, "RUNNING")
    assert re.fullmatch(r"orch: interrupted.*\n(?:Next: orch gate finish .*\n)?", ended.err), ended.err


@pytest.mark.slow
def test_an_interrupt_while_modules_are_loaded_is_one_line_and_with_json_a_document_as_ever(
    good: Repository, program: PatchedInstall, tmp_path: Path
) -> None:
    program.replace("runner.cli.app:COMMANDS", INTERRUPTED_WHILE_IMPORTING)
    ended = finish(good, program)
    assert (ended.code, ended.out, ended.err, status(good)) == (130, "", "orch: interrupted\n", "RUNNING")
    early = program.orch(good, "run", "list", "--json")
    other = PatchedInstall.make(tmp_path / "other").run_before("runner.storage.run_list:list_runs", INTERRUPT)
    late = other.orch(good, "run", "list", "--json")
    assert (late.code, late.out, late.err) == (early.code, early.out, early.err)


@pytest.mark.slow
def test_a_document_that_was_begun_is_followed_by_no_other(good: Repository, program: PatchedInstall) -> None:
    good.start_run(workflow="tests")
    program.run_before("runner.cli.terminal.printer:Printer.end_rows", INTERRUPT)
    ended = program.orch(good, "run", "list", "--json")
    assert (ended.code, ended.err.splitlines()[-1]) == (130, "orch: interrupted")
    assert json.loads(f"{ended.out}]") == good.orch("run", "list", "--json").json


@pytest.fixture
def full_pipe() -> Iterator[int]:
    """The end of a pipe to which nothing can be written, because nobody reads."""
    read, write = os.pipe()
    os.set_blocking(write, False)
    with contextlib.suppress(BlockingIOError):
        while os.write(write, b"." * 4096):
            pass
    os.set_blocking(write, True)
    yield write
    os.close(write)
    os.close(read)


@pytest.mark.slow
def test_an_interrupt_while_modules_are_loaded_does_not_wait_for_a_reader(
    good: Repository, program: PatchedInstall, full_pipe: int
) -> None:
    program.replace("runner.cli.app:COMMANDS", INTERRUPTED_WHILE_IMPORTING)
    command = (program.folder / "venv/bin/python", "-I", "-m", "runner", "run", "list", "--json")
    done = subprocess.run(command, cwd=good.root, stdout=full_pipe, stderr=full_pipe, timeout=20, check=False)
    assert (done.returncode, os.get_blocking(full_pipe)) == (130, True)


CHECK = ("gate", "check", "--run", "latest", "--gate", "GT")


@pytest.mark.slow
@pytest.mark.parametrize("command", [("run", "list", "--json"), CHECK, (*CHECK, "--watch")])
def test_an_interrupt_while_nobody_reads_ends_the_command(
    good: Repository, full_pipe: int, command: tuple[str, ...]
) -> None:
    good.start_run(workflow="tests")
    with subprocess.Popen((BIN / "orch", *command), cwd=good.root, stdout=full_pipe, stderr=full_pipe) as process:
        with pytest.raises(subprocess.TimeoutExpired):
            process.wait(2)
        process.terminate()
        try:
            assert process.wait(10) == 130
        finally:
            process.kill()


@pytest.mark.slow
def test_a_command_that_only_reads_is_interrupted_though_python_lost_it(
    good: Repository, program: PatchedInstall
) -> None:
    good.start_run(workflow="tests")
    program.run_before("runner.storage.run_list:list_runs", LOSE_IT)
    ended = program.orch(good, "run", "list")
    assert (ended.code, ended.err) == (130, "orch: interrupted\n")


@pytest.mark.slow
def test_a_second_interrupt_while_the_first_is_reported_is_no_traceback(
    good: Repository, program: PatchedInstall
) -> None:
    program.run_before(BEGIN, INTERRUPT)
    program.run_before("runner.cli.main:print_error", f"import time\ntime.sleep(0.6)\n{INTERRUPT}")
    ended = finish(good, program)
    assert (ended.code, ended.err.strip(), status(good)) == (130, "", "RUNNING")


def test_a_program_of_a_contract_is_ended_though_signals_follow_each_other_at_once(good: Repository) -> None:
    good.write_contract(validations=[{"type": "command", "command": ["sh", "-c", "echo $$ > pid; sleep 60"]}])
    run_id = good.start_run(workflow="tests")
    good.start_gate(run_id, "GT")
    pid = good.root / "pid"
    command = (BIN / "orch", "gate", "finish", "--run", run_id, "--gate", "GT")
    with subprocess.Popen(command, cwd=good.root, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE) as process:
        while not (text := pid.read_text() if pid.exists() else ""):
            time.sleep(0.01)
        for number in (signal.SIGINT, signal.SIGTERM) * 20:
            os.kill(process.pid, number)
        _, told = process.communicate(timeout=20)
    assert (process.returncode, told.startswith(b"orch: interrupted; nothing was recorded")) == (130, True)
    with pytest.raises(ProcessLookupError):
        os.kill(int(text), 0)


@pytest.mark.slow
@pytest.mark.parametrize("where", [WRITE, "runner.pipeline.packet_file:write_packet"])
def test_a_pipeline_is_interrupted_after_what_it_records_and_names_what_goes_on_with_it(
    good: Repository, program: PatchedInstall, where: str
) -> None:
    program.run_before(where, INTERRUPT)
    ended = program.orch(good, *PIPELINE, "--agent-command", "true")
    (run_id,) = good.workspace.runs()
    assert ended.code == 130
    assert ended.err.endswith(f"Next: orch run resume --run {run_id} --agent-command true\n")
    assert (status(good), good.record(run_id)["invocations"]) == ("RUNNING", [])
    assert good.orch("run", "resume", "--agent-command", "true").code == 0


@pytest.mark.parametrize("where", [WRITE, "runner.cli.terminal.printer:Printer.print_line"])
def test_a_single_command_brings_what_it_records_to_its_end(
    good: Repository, program: PatchedInstall, where: str
) -> None:
    program.run_before(where, INTERRUPT)
    run_id = good.start_run(workflow="tests")
    ended = program.orch(good, "gate", "start", "--run", run_id, "--gate", "GT", "--agent", "maker")
    assert (ended.code, status(good)) == (0, "RUNNING")


@pytest.mark.slow
def test_programs_are_started_with_the_usual_effect_of_signals(good: Repository) -> None:
    source = (
        "from signal import *\n"
        "wanted = [default_int_handler, SIG_DFL, SIG_DFL]\n"
        "raise SystemExit([getsignal(each) for each in (SIGINT, SIGTERM, SIGHUP)] != wanted)"
    )
    good.write_contract(validations=[{"type": "command", "command": [sys.executable, "-c", source]}])
    ended = good.installed_orch(*PIPELINE, "--agent-command", f"{sys.executable} -c '{source}'")
    assert ended.code == 0, ended.out
    (run_id,) = good.workspace.runs()
    assert good.record(run_id)["invocations"][0]["status"] == "SUCCESS"
