"""An error of the file system is reported in one line; no record is lost or half written."""

import errno
import json
import os
import resource
import stat
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from gate_tests.errors import NotWritten
from runner.models.run import Run
from runner.storage.store import Store
from tests.crash.interrupts import can_trace
from tests.support.messages import message, says
from tests.support.repository import BIN, Ended, Repository
from tests.support.sample_run import RUN_ID, fail, finish, start

FOLDER = f"orchestration/runs/{RUN_ID}"
CAN_WRITE_ANYWHERE = 1  # CAP_DAC_OVERRIDE: what lets root write into a folder that is read-only
DROP_FROM_BOUNDING_SET = 24  # PR_CAPBSET_DROP


def limited(repository: Repository, size_bytes: int, *arguments: str) -> Ended:
    """`orch` where no file can be longer than that, as if the disk were full."""
    return ended(repository, arguments, lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (size_bytes, size_bytes)))


def as_anybody(repository: Repository, *arguments: str) -> Ended:
    """`orch` without root's right to write into read-only folders."""
    return ended(repository, arguments, _drop_rights)


def _drop_rights() -> None:
    import ctypes

    if os.geteuid() == 0:
        ctypes.CDLL(None).prctl(DROP_FROM_BOUNDING_SET, CAN_WRITE_ANYWHERE, 0, 0, 0)


def ended(repository: Repository, arguments: tuple[str, ...], before: Callable[[], object]) -> Ended:
    done = subprocess.run(
        [str(BIN / "orch"), *arguments],
        cwd=repository.root,
        preexec_fn=before,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    return Ended(done.returncode, done.stdout, done.stderr)


def records(repository: Repository) -> dict[str, bytes]:
    return {name: content for name, content in repository.snapshot().items() if "/record/" in name}


def test_a_full_disk_leaves_everything_as_it_was(store: Store, run: Run, shipped: Repository) -> None:
    store.change(RUN_ID, start)
    before = records(shipped)
    told = limited(shipped, 100, "gate", "fail", "--run", RUN_ID, "--gate", "G1", "--reason", "made up")
    assert told.code == 3
    fault = message("could-not-be-written", path=f"{FOLDER}/record/RUN.json", reason="File too large")
    assert told.err == f"orch: {fault}\nNext: {NotWritten.advice}\n"
    assert records(shipped) == before


def test_where_the_attempt_fits_on_the_disk_and_run_json_does_not_nothing_is_recorded(
    store: Store, run: Run, shipped: Repository
) -> None:
    store.change(RUN_ID, start)
    before = records(shipped)
    enough_for_the_attempt = 900
    assert len(before[f"{RUN_ID}/record/RUN.json"]) > enough_for_the_attempt
    command = ("--run", RUN_ID, "--gate", "G1")
    told = limited(shipped, enough_for_the_attempt, "gate", "fail", *command, "--reason", "made up")
    assert told.code == 3
    assert says(told.err, "could-not-be-written", reason="File too large")
    assert records(shipped) == before


def test_no_run_is_begun_on_a_full_disk(shipped: Repository) -> None:
    before = sorted(path.name for path in (shipped.root / "orchestration/runs").iterdir())
    told = limited(shipped, 100, "run", "start", "--workflow", "visual-essay", "--slug", "tea")
    assert told.code == 3
    assert says(told.err, "could-not-be-written", reason="File too large")
    assert sorted(path.name for path in (shipped.root / "orchestration/runs").iterdir()) == before


@pytest.mark.parametrize("folder", ["record/gates/G1", "record"])
def test_a_read_only_directory_leaves_everything_as_it_was(
    store: Store, run: Run, shipped: Repository, folder: str
) -> None:
    store.change(RUN_ID, lambda run: start(fail(start(run))))
    before = records(shipped)
    path = shipped.root / FOLDER / folder
    path.chmod(0o555)
    try:
        told = as_anybody(shipped, "gate", "fail", "--run", RUN_ID, "--gate", "G1", "--reason", "made up")
    finally:
        path.chmod(0o755)
    assert told.code == 3, told.err
    file = f"{FOLDER}/record/gates/G1/attempt-2.json" if folder.endswith("G1") else f"{FOLDER}/record/RUN.json"
    assert says(told.err, "could-not-be-written", path=file, reason="Permission denied")
    assert told.err.endswith(f"Next: {NotWritten.advice}\n")
    assert records(shipped) == before


@pytest.fixture
def failing(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[str, int], None]]:
    """Makes the n-th call of a function of `os` fail, as a disk does that is full."""
    with monkeypatch.context() as patched:

        def fail_at(name: str, number: int) -> None:
            patched.undo()
            real, calls = getattr(os, name), iter(range(1, 1000))

            def failing(*arguments: Any, **options: Any) -> Any:
                if next(calls) == number:
                    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
                return real(*arguments, **options)

            patched.setattr(os, name, failing)

        yield fail_at


@pytest.mark.parametrize("name", ["fsync", "link", "replace"])
def test_whichever_call_fails_is_reported_and_leaves_no_half_file(
    store: Store, run: Run, shipped: Repository, failing: Callable[[str, int], None], name: str
) -> None:
    store.change(RUN_ID, start)
    before = records(shipped)
    number = 1
    while told := finish_while_a_call_fails(store, failing, name, number):
        assert "No space left on device" in told
        recorded = (shipped.root / FOLDER / "record/gates/G1/attempt-1.json").exists()
        left = [path.parent.name for path in shipped.root.rglob(".tmp-*")]
        assert left == (["record"] if recorded else [])  # the new RUN.json, which the next command puts in place
        assert str(store.read(RUN_ID).gate("G1").status) == ("PASS" if recorded else "RUNNING")
        assert says(told, "half-written") == recorded
        restore(shipped, before)
        number += 1
    assert number > 1, "nothing failed"
    assert shipped.record(RUN_ID)["gates"][0]["status"] == "PASS"


def test_a_run_json_that_cannot_be_put_in_place_follows_with_the_next_command(
    store: Store, run: Run, shipped: Repository, failing: Callable[[str, int], None]
) -> None:
    store.change(RUN_ID, start)
    told = finish_while_a_call_fails(store, failing, "replace", 1)
    assert told == message("half-written", attempts="G1/attempt-1.json", reason="No space left on device")
    assert shipped.record(RUN_ID)["gates"][0]["status"] == "RUNNING"
    assert shipped.orch("run", "show", "--run", RUN_ID, "--json").json["gates"][0]["status"] == "PASS"

    following = shipped.orch("gate", "fail", "--run", RUN_ID, "--gate", "G2", "--reason", "worse")
    assert following.code == 0
    assert says(following.err, "taken-over", attempts="attempt 1 of gate G1 (PASS)")
    assert [gate["status"] for gate in shipped.record(RUN_ID)["gates"]] == ["PASS", "FAIL"]
    assert not list(shipped.root.rglob(".tmp-*"))


def finish_while_a_call_fails(store: Store, failing: Callable[[str, int], None], name: str, number: int) -> str | None:
    """What was said; None where there was no such call and the attempt is finished."""
    failing(name, number)
    try:
        store.change(RUN_ID, finish)
    except NotWritten as error:
        return error.message
    finally:
        failing(name, 999)
    return None


def restore(shipped: Repository, before: dict[str, bytes]) -> None:
    for name in set(records(shipped)) - set(before):
        (shipped.root / "orchestration/runs" / name).unlink()
    for name, content in before.items():
        (shipped.root / "orchestration/runs" / name).write_bytes(content)


@pytest.mark.slow
@pytest.mark.parametrize("error", ["EPERM", "EOPNOTSUPP", "EACCES"])
@pytest.mark.skipif(not can_trace(), reason="there is no strace here, or it may not trace a process")
def test_a_file_system_that_refuses_hard_links_is_good_enough(shipped: Repository, error: str) -> None:
    """FAT, for instance; Android refuses them by a rule of its own."""
    run_id = shipped.start_run()
    gate = ("--run", run_id, "--gate", "G1")
    inject = ("strace", "-f", "-qq", "-o", os.devnull, "-e", f"inject=link,linkat:error={error}", str(BIN / "orch"))
    for number, code in ((1, 1), (2, 0)):
        shipped.orch("gate", "start", *gate, "--agent", "maker")
        told = shipped.run(*inject, "gate", "finish", *gate)
        assert (told.code, shipped.attempt(run_id, "G1", number)["attempt"]) == (code, number), told.err
        shipped.add_example("G1")
    assert shipped.run(*inject, "gate", "finish", *gate).code == 2
    assert shipped.run(*inject, "gate", "fail", *gate, "--reason", "worse").code == 0
    assert shipped.orch("run", "check").code == 0
    assert not list(shipped.root.rglob(".tmp-*"))


def test_a_file_system_that_cannot_sync_a_directory_is_good_enough(
    store: Store, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    sync = os.fsync

    def refuse_directories(descriptor: int) -> None:
        if stat.S_ISDIR(os.fstat(descriptor).st_mode):
            raise OSError(errno.EINVAL, os.strerror(errno.EINVAL))
        sync(descriptor)

    monkeypatch.setattr(os, "fsync", refuse_directories)
    assert store.change(RUN_ID, lambda run: finish(start(run))).gate("G1").has_passed


def test_a_sync_that_fails_is_never_taken_for_done(store: Store, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def failing(_: int) -> None:
        raise OSError(errno.EIO, os.strerror(errno.EIO))

    monkeypatch.setattr(os, "fsync", failing)
    with pytest.raises(NotWritten, match="Input/output error"):
        store.change(RUN_ID, start)


def test_file_and_directory_are_synced_in_the_order_that_survives_a_power_cut(
    store: Store, run: Run, shipped: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    store.change(RUN_ID, start)
    calls: list[str] = []

    def logged(name: str, real: Callable[..., Any], describe: Callable[..., str]) -> Callable[..., Any]:
        def call(*arguments: Any, **options: Any) -> Any:
            calls.append(f"{name} {describe(*arguments)}")
            return real(*arguments, **options)

        return call

    def synced(descriptor: int) -> str:
        path = Path(os.readlink(f"/proc/self/fd/{descriptor}"))
        return "temporary" if path.name.startswith(".tmp-") else path.name

    def moved(_: str, to: str) -> str:
        return to

    logged_calls: dict[str, Callable[..., str]] = {"fsync": synced, "link": moved, "replace": moved}
    for name, describe in logged_calls.items():
        monkeypatch.setattr(os, name, logged(name, getattr(os, name), describe))
    store.change(RUN_ID, finish)
    assert calls == [
        "fsync record",  # gates/ is new in it
        "fsync gates",  # G1/ is new in it
        "fsync temporary",
        "fsync record",
        "fsync temporary",
        "link attempt-1.json",
        "fsync G1",
        "replace RUN.json",
    ]
    json.loads((shipped.root / FOLDER / "record/RUN.json").read_bytes())
