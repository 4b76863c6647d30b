"""A lock has one holder: a wait is reported, ends after a time-out, and a killed process releases its locks."""

import errno
import fcntl
import os
import re
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import pytest

from gate_tests.errors import NotWritten, Refused
from gate_tests.files.directory import Directory
from runner.models.run import Run
from runner.storage.file_lock import LockWait, acquire_lock, is_locked
from runner.storage.locks import agent_lock, gate_lock
from runner.storage.store import Store
from tests.support import CHECKOUT
from tests.support.messages import pattern, says
from tests.support.repository import Repository
from tests.support.sample_run import RUN_ID, finish, start

LOCK = "record"
HOLDING = """
import sys, time
from pathlib import Path
from gate_tests.files.directory import Directory
from runner.storage.file_lock import LockWait, acquire_lock
root = Path(sys.argv[1])
with acquire_lock(root / "record", lambda: Directory.open(root).open_below("record"), "holds", LockWait(30, print)):
    print("held", flush=True)
    time.sleep(float(sys.argv[2]))
"""


@contextmanager
def holder(root: Path, seconds: float = 60) -> Iterator[subprocess.Popen[str]]:
    """Another process that holds the lock on the directory `record` below `root`."""
    (root / LOCK).mkdir(exist_ok=True)
    command = [sys.executable, "-c", HOLDING, str(root), str(seconds)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=CHECKOUT) as process:
        try:
            assert process.stdout
            assert process.stdout.readline() == "held\n"
            yield process
        finally:
            process.kill()


def lock(
    root: Path, timeout_s: float = 0, say: Callable[[str], None] | None = None
) -> AbstractContextManager[Directory]:
    """The lock on the directory `record` below `root`."""

    def open_directory() -> Directory:
        with Directory.open(root) as directory:
            return directory.open_below(LOCK, create=True)

    return acquire_lock(root / LOCK, open_directory, "writes", LockWait(timeout_s, say or silent))


def take_in_vain(root: Path, timeout_s: float = 0) -> None:
    """Raises what `acquire_lock` raises."""
    with lock(root, timeout_s):
        pytest.fail("it was taken")


def silent(line: str) -> None:
    pytest.fail(f"nobody had to wait, but it said: {line}")


def test_nobody_waits_for_a_lock_after_an_interrupt_that_python_lost(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gate_tests.programs.signals._interrupts.is_noted", True)
    with holder(tmp_path), pytest.raises(KeyboardInterrupt):
        take_in_vain(tmp_path, timeout_s=20)


def test_a_free_lock_is_acquired_at_once_and_released(tmp_path: Path) -> None:
    for _ in range(2):
        with lock(tmp_path):
            assert [path.name for path in tmp_path.rglob("*")] == [LOCK], "no lock file is made"


def test_a_lock_that_another_process_holds_is_not_acquired(tmp_path: Path) -> None:
    with holder(tmp_path), pytest.raises(NotWritten) as caught:
        take_in_vain(tmp_path, timeout_s=0.1)
    assert caught.value.exit_code == 3
    assert says(str(caught.value), "lock-held", what="writes", seconds=0.1)
    assert "--lock-timeout" in str(caught.value.advice)


def test_giving_up_names_the_process_that_holds_the_lock(tmp_path: Path) -> None:
    with holder(tmp_path) as process, pytest.raises(NotWritten) as caught:
        take_in_vain(tmp_path)
    assert says(caught.value.message, "lock-held", holder=f"process {process.pid}", what="writes")


def test_a_lock_that_is_released_in_time_is_acquired(tmp_path: Path) -> None:
    with holder(tmp_path, seconds=0.2), lock(tmp_path, 30, lambda _: None):
        assert (tmp_path / LOCK).exists()


@pytest.mark.slow
def test_a_wait_is_reported_once_with_the_holder_and_the_time_out(tmp_path: Path) -> None:
    said: list[str] = []
    with holder(tmp_path) as process:

        def say(line: str) -> None:
            said.append(line)
            process.kill()

        with lock(tmp_path, 30, say):
            pass
    (line,) = said
    assert says(line, "waiting", holder=f"process {process.pid}", what="writes", seconds=30)
    assert re.search(r" \d\d:\d\d:\d\dZ ", line)


def test_a_lock_of_a_process_that_was_killed_blocks_nobody(tmp_path: Path) -> None:
    with holder(tmp_path) as process:
        process.send_signal(signal.SIGKILL)
        process.wait(10)
        with lock(tmp_path):
            pass
    assert (tmp_path / LOCK).exists()


def test_a_program_started_by_the_holder_does_not_keep_the_lock(tmp_path: Path) -> None:
    with lock(tmp_path):
        sleeper = subprocess.Popen(["sleep", "30"], close_fds=False)
    try:
        with lock(tmp_path):
            assert sleeper.poll() is None, "it is still there"
    finally:
        sleeper.kill()
        sleeper.wait(10)


def test_a_directory_removed_while_somebody_waits_for_its_lock_never_has_two_holders(tmp_path: Path) -> None:
    """After `git checkout`, the lock on a directory that was removed and made again is worth nothing."""
    holds, most = [0], [0]
    gate = threading.Lock()

    def work() -> None:
        for _ in range(20):
            with lock(tmp_path, 30, lambda _: None):
                with gate:
                    holds[0] += 1
                    most[0] = max(most[0], holds[0])
                time.sleep(0.001)
                with gate:
                    holds[0] -= 1
                (tmp_path / LOCK).rmdir()  # as the last thing, while it is still held

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert most[0] == 1


def test_what_was_locked_must_be_what_the_next_process_will_open(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import fcntl

    real, removals = fcntl.flock, iter([True, False, False, False])

    def flock(descriptor: int, how: int) -> None:
        if next(removals):
            (tmp_path / LOCK).rmdir()  # between open and flock
        real(descriptor, how)

    monkeypatch.setattr(fcntl, "flock", flock)
    with lock(tmp_path, 5), pytest.raises(NotWritten):
        take_in_vain(tmp_path)


@pytest.mark.parametrize("number", [errno.EBADF, errno.ENOLCK, errno.EINVAL, errno.ENOTSUP], ids=errno.errorcode.get)
def test_where_no_directory_can_be_locked_nothing_is_written_without_a_lock(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    def flock(descriptor: int, how: int) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr("fcntl.flock", flock)
    with pytest.raises(NotWritten, match=pattern("no-locks-here", path=LOCK, reason=os.strerror(number))) as caught:
        take_in_vain(tmp_path)
    assert "local file system" in str(caught.value.advice)


def test_a_holder_that_the_system_does_not_name_is_another_process(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("runner.storage.file_lock._PROC_LOCKS", tmp_path / "missing")
    with holder(tmp_path), pytest.raises(NotWritten) as caught:
        take_in_vain(tmp_path)
    assert says(caught.value.message, "lock-held", holder="another process", what="writes")


def test_a_directory_that_becomes_a_link_is_not_locked(tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    (tmp_path / LOCK).symlink_to("other")
    with pytest.raises(Refused, match=pattern("is-symlink", path=LOCK)) as caught:
        take_in_vain(tmp_path)
    assert caught.value.next_command == f"ls -ld {LOCK}"


def test_a_writer_that_waits_too_long_changes_nothing(store: Store, run: Run, shipped: Repository) -> None:
    root = shipped.root / "orchestration/runs" / RUN_ID
    with holder(root) as process:
        before = shipped.snapshot()
        held = pattern("lock-held", holder=f"process {process.pid}", what=f"writing the record of run {RUN_ID}")
        with pytest.raises(NotWritten, match=held):
            Store(store.workspace, lock_timeout_s=0.05).change(RUN_ID, start)
        assert shipped.snapshot() == before
        assert store.read(RUN_ID) == run, "a reader does not wait"


def test_the_locks_of_two_gates_are_two(store: Store, run: Run) -> None:
    impatient = Store(store.workspace, lock_timeout_s=0)
    with gate_lock(store, RUN_ID, "G1"):
        with gate_lock(impatient, RUN_ID, "G2"):
            pass
        by_this_process = pattern("lock-held", holder=f"process {os.getpid()}", what=f"judging gate G1 of run {RUN_ID}")
        with pytest.raises(NotWritten, match=by_this_process), gate_lock(impatient, RUN_ID, "G1"):
            pytest.fail("two judge it")


def test_a_run_can_be_written_while_one_of_its_gates_is_judged(store: Store, run: Run) -> None:
    with gate_lock(store, RUN_ID, "G1"):
        assert Store(store.workspace, lock_timeout_s=0).change(RUN_ID, start).gate("G1").open_attempt


def test_an_agent_that_removes_all_that_git_ignores_is_still_the_only_one(
    store: Store, run: Run, shipped: Repository
) -> None:
    with agent_lock(store, RUN_ID):
        shutil.rmtree(shipped.root / f"orchestration/runs/{RUN_ID}/logs")
        with pytest.raises(Refused, match=pattern("agent-at-work", run=RUN_ID)), agent_lock(store, RUN_ID):
            pytest.fail("a second one")
    with agent_lock(store, RUN_ID):
        pass


def test_an_agent_is_not_refused_for_a_look_at_its_lock(store: Store, run: Run, shipped: Repository) -> None:
    """As `orch doctor` takes it, to see whether it is free."""
    looking = os.open(shipped.root / f"orchestration/runs/{RUN_ID}", os.O_RDONLY)
    fcntl.flock(looking, fcntl.LOCK_SH)
    threading.Timer(0.02, os.close, [looking]).start()
    with agent_lock(store, RUN_ID):
        assert is_locked(shipped.root / f"orchestration/runs/{RUN_ID}")


def test_a_gate_whose_empty_directory_is_removed_while_it_is_judged_is_recorded(
    store: Store, run: Run, shipped: Repository
) -> None:
    """`git clean -d` does that; another finish that begins then is refused when it wants to record."""
    store.change(RUN_ID, start)
    with gate_lock(store, RUN_ID, "G1"):
        (shipped.root / f"orchestration/runs/{RUN_ID}/record/gates/G1").rmdir()
        with gate_lock(Store(store.workspace, lock_timeout_s=0), RUN_ID, "G1"):
            assert store.change(RUN_ID, finish).gate("G1").has_passed
        with pytest.raises(Refused, match=pattern("attempt-finished")):
            store.change(RUN_ID, finish)
    assert shipped.attempt(RUN_ID, "G1")["status"] == "PASS"


def test_no_lock_is_made_for_a_gate_that_the_run_lacks(store: Store, run: Run, shipped: Repository) -> None:
    before = shipped.snapshot()
    with pytest.raises(Refused, match=pattern("unknown-gate", gate="G9")), gate_lock(store, RUN_ID, "G9"):
        pytest.fail("held")
    assert shipped.snapshot() == before
