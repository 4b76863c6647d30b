"""A program is run without a shell, for so long and no longer, and nothing of it goes on."""

import os
import signal
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from gate_tests.programs.execute import execute, read_last_lines
from gate_tests.programs.program import Program, ProgramResult
from gate_tests.programs.supervisor import SupervisedProcess
from tests.support.messages import message

END_THE_PARENT = """
import os, sys, time
print(os.getpid(), flush=True)
os.kill(os.getppid(), int(sys.argv[1]))
time.sleep(60)
"""


@pytest.fixture
def output(tmp_path: Path) -> Iterator[int]:
    descriptor = os.open(tmp_path / "output", os.O_RDWR | os.O_CREAT)
    yield descriptor
    os.close(descriptor)


def python(output: int, root: Path, code: str, *arguments: str, timeout_s: float = 20) -> ProgramResult:
    return execute(Program((sys.executable, "-c", code, *arguments), timeout_s), root, output)


def test_its_exit_code_and_the_hash_of_all_it_printed_are_told(tmp_path: Path, output: int) -> None:
    ran = python(
        output, tmp_path, "import sys; print('a'); sys.stdout.flush(); print('b', file=sys.stderr); sys.exit(3)"
    )
    assert (ran.exit_code, ran.succeeded, ran.found) == (3, False, "exit code 3")
    assert ran.output_sha256 == sha256(b"a\nb\n").hexdigest()
    assert read_last_lines(output) == ("a", "b")


def test_it_runs_in_the_root_with_the_callers_environment_and_no_input(
    tmp_path: Path, output: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TEA", "green")
    python(output, tmp_path, "import os, sys; print(os.getcwd(), os.environ['TEA'], repr(sys.stdin.read()))")
    assert read_last_lines(output) == (f"{tmp_path} green ''",)


def test_its_arguments_reach_it_as_they_are(tmp_path: Path, output: int) -> None:
    python(output, tmp_path, "import sys; print(sys.argv[1:])", "$HOME; *", "a b")
    assert read_last_lines(output) == ("['$HOME; *', 'a b']",)


@pytest.mark.slow
def test_what_takes_too_long_is_ended_with_all_that_it_started(tmp_path: Path, output: int) -> None:
    ran = execute(Program(("sh", "-c", "sleep 60 & echo $!; wait"), 1), tmp_path, output)
    assert (ran.exit_code, ran.found) == (None, message("program-too-long", seconds=1))
    assert 1000 <= ran.duration_ms < 10_000
    assert is_gone(int(read_last_lines(output)[0]))


def test_what_it_leaves_behind_is_ended_when_it_ends(tmp_path: Path, output: int) -> None:
    ran = python(output, tmp_path, "import subprocess; print(subprocess.Popen(['sleep', '60']).pid)")
    assert ran.succeeded
    assert is_gone(int(read_last_lines(output)[0]))


def is_gone(pid: int) -> bool:
    for _ in range(100):
        try:
            stat = Path(f"/proc/{pid}/stat").read_text()
        except FileNotFoundError:
            return True
        if stat.rpartition(")")[2].split()[0] == "Z":
            return True
        time.sleep(0.05)
    return False


def test_a_program_that_is_not_there_has_not_ended_with_anything(tmp_path: Path, output: int) -> None:
    ran = execute(Program(("no-such-program",), 5), tmp_path, output)
    assert (ran.exit_code, ran.found) == (None, message("program-cannot-be-run", reason="No such file or directory"))


def test_one_that_a_signal_ended_says_so(tmp_path: Path, output: int) -> None:
    assert python(output, tmp_path, "import os; os.kill(os.getpid(), 11)").found == message(
        "program-ended-by", signal="SIGSEGV"
    )


@pytest.fixture
def careless_caller() -> Iterator[None]:
    """A caller that has told the system to keep no exit code of its children."""
    before = signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    yield
    signal.signal(signal.SIGCHLD, before)


@pytest.mark.usefixtures("careless_caller")
@pytest.mark.parametrize("code", [0, 3])
def test_its_exit_code_is_known_though_the_caller_wants_none_kept(tmp_path: Path, output: int, code: int) -> None:
    assert python(output, tmp_path, f"raise SystemExit({code})").exit_code == code
    assert signal.getsignal(signal.SIGCHLD) is signal.SIG_IGN


@pytest.mark.usefixtures("careless_caller")
def test_where_that_cannot_be_helped_it_is_no_success(tmp_path: Path, output: int) -> None:
    with ThreadPoolExecutor(1) as thread:
        ran = thread.submit(python, output, tmp_path, "raise SystemExit(3)").result()
    assert (ran.exit_code, ran.succeeded) == (None, False)
    assert "SIGCHLD is ignored" in ran.found


def test_one_that_prints_without_end_is_ended(tmp_path: Path, output: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gate_tests.programs.execute.MAX_OUTPUT_BYTES", 1 << 20)
    ran = python(output, tmp_path, "while True: print('x' * 1000)")
    assert ran.found == f"{message('program-printed-too-much', limit='1 MiB')} and was killed"


def test_output_that_a_program_made_longer_than_the_limit_is_a_failure_and_is_not_hashed(
    tmp_path: Path, output: int
) -> None:
    ran = python(output, tmp_path, "import os; os.write(1, b'a'); os.ftruncate(1, 1 << 42); os._exit(0)")
    assert ran.found.startswith(message("program-printed-too-much", limit="256 MiB"))
    assert (ran.exit_code, ran.succeeded, ran.output_sha256) == (None, False, "")
    assert os.fstat(output).st_size == 256 << 20
    assert read_last_lines(output) == ()


def test_output_of_just_the_limit_is_none(tmp_path: Path, output: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gate_tests.programs.execute.MAX_OUTPUT_BYTES", 1 << 20)
    ran = python(output, tmp_path, "print('x' * ((1 << 20) - 1))")
    assert ran.succeeded
    assert ran.output_sha256 == sha256(b"x" * ((1 << 20) - 1) + b"\n").hexdigest()


@pytest.mark.skipif(not hasattr(signal, "SIGRTMIN"), reason="every signal has a name here")
def test_a_signal_without_a_name_is_told_by_its_number(tmp_path: Path, output: int) -> None:
    assert python(output, tmp_path, "import os; os.kill(os.getpid(), 40)").found == message(
        "program-ended-by", signal="signal 40"
    )


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_what_would_end_this_process_ends_the_program_first(tmp_path: Path, output: int, number: int) -> None:
    with pytest.raises(KeyboardInterrupt):
        python(output, tmp_path, END_THE_PARENT, str(int(number)))
    assert is_gone(int(read_last_lines(output)[0]))
    assert signal.getsignal(number) is signal.SIG_DFL


def test_a_signal_that_is_ignored_stays_so(tmp_path: Path, output: int) -> None:
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        code = "import os, signal; os.kill(os.getppid(), signal.SIGHUP)"
        assert python(output, tmp_path, code).succeeded
    finally:
        signal.signal(signal.SIGHUP, before)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_what_interrupts_while_a_program_is_being_begun_ends_it_too(
    tmp_path: Path, output: int, number: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun: list[SupervisedProcess] = []

    def begin(*arguments: Any, **options: Any) -> SupervisedProcess:
        begun.append(SupervisedProcess(*arguments, **options))
        os.kill(os.getpid(), number)
        return begun[0]

    monkeypatch.setattr("gate_tests.programs.execute.SupervisedProcess", begin)
    with pytest.raises(KeyboardInterrupt):
        python(output, tmp_path, "import time; time.sleep(60)")
    assert begun[0].returncode == -signal.SIGKILL
