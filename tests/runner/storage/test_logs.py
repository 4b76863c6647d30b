"""Files below a run's `logs/`: each write is complete, and a counter has one user at a time."""

import fcntl
import os
import shutil
import subprocess
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

import pytest

from gate_tests.errors import NotWritten, OrchError
from runner.storage.logs import LogFile, live_log, log_file, open_counter, write_log
from runner.storage.store import Store
from tests.support.messages import message, says
from tests.support.repository import Repository
from tests.support.sample_run import RUN_ID, new_run

LOGS = f"orchestration/runs/{RUN_ID}/logs"


@pytest.fixture
def store(repository: Repository) -> Store:
    """A store with one run."""
    store = Store(repository.workspace)
    store.create(new_run())
    return store


def logs(store: Store) -> Path:
    return store.workspace.root / LOGS


def test_a_text_is_written_to_its_name_and_replaces_the_one_before(store: Store) -> None:
    write_log(store, RUN_ID, "gates/G1/prompt-1.txt", "black tea")
    assert write_log(store, RUN_ID, "gates/G1/prompt-1.txt", "gr\u00fcner Tee") == f"{LOGS}/gates/G1/prompt-1.txt"
    assert (logs(store) / "gates/G1/prompt-1.txt").read_text("utf-8") == "gr\u00fcner Tee"


def test_a_log_gets_its_name_at_the_end_and_replaces_the_one_before(store: Store) -> None:
    log = logs(store) / "a.log"
    write_log(store, RUN_ID, "a.log", "before")
    with log_file(store, RUN_ID, "a.log") as file:
        os.write(file.descriptor, b"after")
        assert (file.path, log.read_text()) == (f"{LOGS}/a.log", "before")
    assert log.read_text() == "after"
    assert [each.name for each in logs(store).iterdir() if "unfinished" in each.name] == []


def test_a_log_is_kept_if_the_program_that_writes_it_fails(store: Store) -> None:
    def be_interrupted() -> None:
        with log_file(store, RUN_ID, "a.log") as log:
            os.write(log.descriptor, b"so far")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        be_interrupted()
    assert (logs(store) / "a.log").read_text() == "so far"


def test_an_unfinished_log_is_not_removed_by_another_writer(store: Store) -> None:
    with log_file(store, RUN_ID, "a.log") as log:
        os.write(log.descriptor, b"kept")
        store.change(RUN_ID, lambda run: run)
    assert (logs(store) / "a.log").read_text() == "kept"


def test_a_live_log_can_be_read_while_it_is_written(store: Store) -> None:
    with live_log(store, RUN_ID, "agent.log") as log:
        os.write(log.descriptor, b"first line\n")
        assert (store.workspace.root / log.path).read_text() == "first line\n"


def test_a_live_log_never_replaces_another(store: Store) -> None:
    write_log(store, RUN_ID, "agent.log", "before")
    with live_log(store, RUN_ID, "agent.log") as log:
        os.write(log.descriptor, b"after")
    assert says(str(log.problem), "could-not-be-written", path=log.path, reason="File exists")
    assert (logs(store) / "agent.log").read_text() == "before"


def test_a_counter_keeps_its_lines_and_is_not_shared(store: Store) -> None:
    for number in range(3):
        with open_counter(store, RUN_ID, "stop-hook/G1-1") as counter:
            assert counter.read().splitlines() == [*map(str, range(number))]
            counter.append(f"{number}\n")
            with pytest.raises(BlockingIOError), open(Path("/proc/self/fd") / str(counter.descriptor)) as other:
                fcntl.flock(other, fcntl.LOCK_EX | fcntl.LOCK_NB)


def test_a_counter_is_not_on_the_other_side_of_a_link(store: Store, tmp_path_factory: pytest.TempPathFactory) -> None:
    outside = tmp_path_factory.mktemp("outside") / "file"
    link = store.workspace.root / store.workspace.run_path(RUN_ID) / "logs/stop-hook/G1-1"
    link.parent.mkdir(parents=True)
    link.symlink_to(outside)
    with pytest.raises(OrchError), open_counter(store, RUN_ID, "stop-hook/G1-1"):
        pass
    assert not outside.exists()


def test_what_cannot_be_written_is_reported_with_its_path(store: Store) -> None:
    write_log(store, RUN_ID, "a", "a file")
    with pytest.raises(NotWritten, match=rf"^{LOGS}/a: could not be written: Not a directory"):
        write_log(store, RUN_ID, "a/b.txt", "below a file")


def test_the_output_of_a_program_that_removes_the_logs_is_kept(store: Store) -> None:
    with log_file(store, RUN_ID, "gates/G1/check/a.txt") as log:
        os.write(log.descriptor, b"cleaned")
        shutil.rmtree(logs(store))
    assert (log.problem, (logs(store) / "gates/G1/check/a.txt").read_bytes()) == (None, b"cleaned")


@pytest.mark.parametrize("plant", [Path.mkdir, lambda path: path.symlink_to("/etc/passwd")], ids=["directory", "link"])
def test_what_a_program_puts_in_place_of_its_log_is_not_taken_for_it(
    store: Store, plant: Callable[[Path], None]
) -> None:
    with log_file(store, RUN_ID, "a.txt") as log:
        (unfinished,) = logs(store).iterdir()
        unfinished.unlink()
        plant(unfinished)
    assert says(str(log.problem), "could-not-be-written", path=f"{LOGS}/{unfinished.name}", reason="File exists")
    assert not os.path.lexists(logs(store) / "a.txt")


def link_logs(store: Store) -> str:
    (store.workspace.root / "elsewhere").mkdir()
    logs(store).rmdir()
    logs(store).symlink_to(store.workspace.root / "elsewhere")
    return message("is-symlink", path=LOGS)


def put_a_file_in_the_way(store: Store) -> str:
    logs(store).rmdir()
    logs(store).write_text("in the way")
    return message("could-not-be-written", path=LOGS, reason="Not a directory")


IN_THE_WAY = {"a link": link_logs, "a file": put_a_file_in_the_way}


@pytest.mark.parametrize("log", [log_file, live_log], ids=["a program", "an agent"])
@pytest.mark.parametrize("obstruct", IN_THE_WAY.values(), ids=IN_THE_WAY.keys())
def test_output_that_cannot_be_kept_can_be_read_until_the_end_and_the_reason_is_known(
    store: Store, obstruct: Callable[[Store], str], log: Callable[..., AbstractContextManager[LogFile]]
) -> None:
    problem = obstruct(store)
    with log(store, RUN_ID, "a.txt") as file:
        os.write(file.descriptor, b"printed")
        assert os.pread(file.descriptor, 99, 0) == b"printed"
    assert file.problem == problem
    assert not list(store.workspace.root.rglob("*a.txt*"))


def test_an_agents_log_that_was_removed_meanwhile_is_not_kept(store: Store) -> None:
    with live_log(store, RUN_ID, "agent.log") as log:
        (logs(store) / "agent.log").unlink()
    assert log.problem == f"{LOGS}/agent.log: was removed in the meantime"


def test_a_hard_link_that_was_planted_for_a_log_is_replaced(store: Store) -> None:
    (store.workspace.root / "precious").write_text("mine")
    os.link(store.workspace.root / "precious", logs(store) / "a.txt")
    with log_file(store, RUN_ID, "a.txt") as log:
        os.write(log.descriptor, b"printed")
    assert (store.workspace.root / "precious").read_text() == "mine"
    assert (logs(store) / "a.txt").read_text() == "printed"


@pytest.mark.slow
def test_directories_nested_too_deeply_for_a_path_concern_no_writer(store: Store) -> None:
    at = os.open(logs(store), os.O_RDONLY)
    for _ in range(2500):
        os.mkdir("d", dir_fd=at)
        below = os.open("d", os.O_RDONLY, dir_fd=at)
        os.close(at)
        at = below
    os.close(at)
    try:
        store.change(RUN_ID, lambda run: run)
        write_log(store, RUN_ID, "a.txt", "tea")
    finally:
        subprocess.run(["rm", "-rf", logs(store) / "d"], check=True)  # pytest could not remove it
