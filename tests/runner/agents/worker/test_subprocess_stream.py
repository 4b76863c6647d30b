"""A program that is run without a shell: its output as it comes, how it ended, and nothing left of it afterwards."""

import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from runner.agents.worker.subprocess_stream import ProgramNotStarted, StreamedProgram, StreamEnd
from runner.models.invocation import Ended
from tests.support.messages import message
from tests.support.processes import is_running, wait_until


def run(
    root: Path, source: str, show: Callable[[bytes], object] = lambda _: None, timeout_s: float | None = 20
) -> StreamEnd:
    with open(os.devnull, "rb") as nothing:
        program = StreamedProgram((sys.executable, "-c", source), root, os.environ, nothing.fileno(), timeout_s)
        return program.run(show)


GOOD = StreamEnd(Ended.EXITED, 0, "exit code 0")


def test_a_program_that_exits_with_0_has_that_exit_code(tmp_path: Path) -> None:
    assert run(tmp_path, "") == GOOD
    assert run(tmp_path, "", timeout_s=None) == GOOD


@pytest.mark.parametrize(
    ("source", "code", "named"),
    [
        ("raise SystemExit(7)", 7, "exit code 7"),
        ("import os, signal; os.kill(os.getpid(), signal.SIGKILL)", 137, "SIGKILL"),
        ("import os, signal; os.kill(os.getpid(), signal.SIGTERM)", 143, "SIGTERM"),
    ],
    ids=["exit code", "killed", "terminated"],
)
def test_the_end_has_the_exit_code_of_a_shell_and_names_the_signal(
    tmp_path: Path, source: str, code: int, named: str
) -> None:
    end = run(tmp_path, source)
    assert (end.ended, end.exit_code) == (Ended.EXITED, code)
    assert named in end.description


def test_output_of_both_streams_is_shown_in_order_to_the_last_byte(tmp_path: Path) -> None:
    chunks: list[bytes] = []
    source = "import os\nos.write(1, b'a'); os.write(2, b'b'); os.write(1, b'c' * 200_000)"
    assert run(tmp_path, source, chunks.append) == GOOD
    assert b"".join(chunks) == b"ab" + b"c" * 200_000


def test_it_works_in_its_root_in_a_group_of_its_own_with_the_standard_input_it_was_given(tmp_path: Path) -> None:
    chunks: list[bytes] = []
    source = "import os, sys; print(os.getcwd(), os.getpgid(0) == os.getpid(), repr(sys.stdin.read()))"
    run(tmp_path, source, chunks.append)
    assert b"".join(chunks).decode() == f"{tmp_path} True ''\n"


@pytest.mark.parametrize("program", ["no-such-program", "bad\0name"])
def test_what_cannot_be_started_is_told_apart_from_what_fails(tmp_path: Path, program: str) -> None:
    with open(os.devnull, "rb") as nothing, pytest.raises(ProgramNotStarted):
        StreamedProgram((program,), tmp_path, os.environ, nothing.fileno(), None).run(lambda _: None)


@pytest.mark.slow
def test_after_its_time_limit_it_is_ended_though_it_ignores_sigterm(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("runner.agents.worker.subprocess_stream._GRACE_S", 0.2)
    numbers: list[bytes] = []
    source = (
        "import os, signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN)\n"
        "print(os.getpid(), flush=True); time.sleep(60)"
    )
    assert "0.5 s" in str(run(tmp_path, source, numbers.append, timeout_s=0.5))
    assert not any(is_running(int(number)) for number in b"".join(numbers).split())


def test_too_much_output_ends_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("runner.agents.worker.subprocess_stream.MAX_OUTPUT_BYTES", 1 << 20)
    assert "1 MiB" in str(run(tmp_path, "while True: print('x' * 10_000)"))


def test_too_much_output_is_a_failure_of_one_that_has_ended_by_itself_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("runner.agents.worker.subprocess_stream.MAX_OUTPUT_BYTES", 1 << 10)
    monkeypatch.setattr("runner.agents.worker.subprocess_stream.is_finished", wait_for_end)  # before anything is read
    too_much = message("program-printed-too-much", limit="1 KiB")
    assert run(tmp_path, "print('x' * 5000)") == StreamEnd(Ended.OUTPUT_LIMIT, None, too_much)
    assert run(tmp_path, "print('x' * 1000)") == GOOD


def wait_for_end(pid: int) -> bool:
    return os.waitid(os.P_PID, pid, os.WEXITED | os.WNOWAIT) is not None


def test_what_it_started_is_ended_with_it_even_if_it_keeps_the_output_open(tmp_path: Path) -> None:
    chunks: list[bytes] = []
    source = (
        "import subprocess, sys\n"
        "child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)'])\n"
        "print(child.pid, flush=True)"
    )
    assert run(tmp_path, source, chunks.append) == GOOD
    child = int(b"".join(chunks))
    wait_until(lambda: not is_running(child))


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_to_this_process_raises_and_ends_the_program(tmp_path: Path, number: signal.Signals) -> None:
    seen: list[int] = []

    def show(chunk: bytes) -> None:
        seen.append(int(chunk))
        os.kill(os.getpid(), number)

    with pytest.raises(KeyboardInterrupt):
        run(tmp_path, "import os, time; print(os.getpid(), flush=True); time.sleep(60)", show)
    assert not is_running(seen[0])


def test_an_error_of_the_reader_ends_the_program_too(tmp_path: Path) -> None:
    seen: list[int] = []

    def show(chunk: bytes) -> None:
        seen.append(int(chunk))
        raise RuntimeError

    with pytest.raises(RuntimeError):
        run(tmp_path, "import os, time; print(os.getpid(), flush=True); time.sleep(60)", show)
    assert not is_running(seen[0])
