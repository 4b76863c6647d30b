"""What the records survive: refusals, other writers, a second finish."""

import errno
import json
import os
import shutil
import stat
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from gate_tests.errors import DamagedRecord, NotWritten, OrchError, Refused
from runner.models.run import Run
from runner.repair.plan import plan_repair
from runner.storage.locks import gate_lock
from runner.storage.logs import write_log
from runner.storage.store import Store
from tests.support import CHECKOUT
from tests.support.git_checkout import commit, git
from tests.support.messages import pattern
from tests.support.repository import Repository
from tests.support.sample_run import RUN_ID, finish, new_run, start


@contextmanager
def umask(mask: int) -> Iterator[None]:
    before = os.umask(mask)
    try:
        yield
    finally:
        os.umask(before)


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_a_created_run_can_be_read_again(store: Store, run: Run) -> None:
    assert store.read(RUN_ID).to_json() == run.to_json()


def test_a_new_run_has_a_record_and_a_directory_for_logs(store: Store, run: Run) -> None:
    folder = store.workspace.root / "orchestration/runs" / RUN_ID
    assert sorted(path.name for path in folder.iterdir()) == ["logs", "record"]
    assert [path.name for path in (folder / "record").iterdir()] == ["RUN.json"]


def test_a_repository_without_a_directory_for_runs_gets_one(repository: Repository, run: Run) -> None:
    (repository.root / "orchestration/runs").rename(repository.root / "elsewhere")
    Store(repository.workspace).create(run)
    assert Store(repository.workspace).read(RUN_ID).run_id == RUN_ID


def test_a_run_is_never_created_over_another(store: Store, run: Run, shipped: Repository) -> None:
    before = shipped.snapshot()
    with pytest.raises(Refused, match=pattern("run-exists", run=RUN_ID)):
        store.create(run._replace(started_at="2030-01-01T00:00:00.000Z"))
    assert shipped.snapshot() == before


def test_records_are_utf_8_indented_by_two_with_a_final_newline(store: Store, run: Run, shipped: Repository) -> None:
    (content,) = [content for name, content in shipped.snapshot().items() if name.endswith("RUN.json")]
    assert content.startswith(b'{\n  "schema_version": 2,\n  "run_id"')
    assert content.endswith(b"}\n")
    assert "grüner-tee".encode() in content
    assert content.decode() == json.dumps(json.loads(content), indent=2, ensure_ascii=False) + "\n"


def test_a_finished_attempt_is_the_same_object_in_its_file_and_in_the_run(
    store: Store, run: Run, shipped: Repository
) -> None:
    store.change(RUN_ID, start)
    store.change(RUN_ID, finish)
    embedded = shipped.record(RUN_ID)["gates"][0]["attempts"][0]
    assert json.dumps(shipped.attempt(RUN_ID, "G1")) == json.dumps(embedded)
    assert embedded["status"] == "PASS"


def test_a_running_attempt_has_no_file_yet(store: Store, run: Run, shipped: Repository) -> None:
    store.change(RUN_ID, start)
    assert not [name for name in shipped.snapshot() if "attempt-" in name]


def test_an_attempts_file_that_exists_is_never_replaced(store: Store, run: Run, shipped: Repository) -> None:
    store.change(RUN_ID, start)
    shipped.write(shipped.workspace.attempt_path(RUN_ID, "G1", 1), "somebody else's\n")
    before = shipped.snapshot()
    with pytest.raises(OrchError):
        store.change(RUN_ID, finish)
    assert shipped.snapshot() == before


def test_a_later_attempt_leaves_the_file_of_an_earlier_one_as_it_was(
    store: Store, run: Run, shipped: Repository
) -> None:
    store.change(RUN_ID, lambda run: finish(start(run)))
    first = (shipped.root / shipped.workspace.attempt_path(RUN_ID, "G1", 1)).read_bytes()
    store.change(RUN_ID, start)
    store.change(RUN_ID, finish)
    assert (shipped.root / shipped.workspace.attempt_path(RUN_ID, "G1", 1)).read_bytes() == first
    assert shipped.attempt(RUN_ID, "G1", 2)["attempt"] == 2


def test_two_attempts_finished_by_one_change_both_get_their_file(store: Store, run: Run, shipped: Repository) -> None:
    store.change(RUN_ID, lambda run: finish(start(finish(start(run)))))
    assert [shipped.attempt(RUN_ID, "G1", number)["attempt"] for number in (1, 2)] == [1, 2]


def test_no_temporary_file_is_left(store: Store, run: Run, shipped: Repository) -> None:
    store.change(RUN_ID, lambda run: finish(start(run)))
    assert not [path.name for path in shipped.root.rglob(".tmp-*")]


def test_no_temporary_file_is_left_by_a_record_that_cannot_be_written(
    store: Store, run: Run, shipped: Repository
) -> None:
    before = shipped.snapshot()
    with pytest.raises(ValueError, match="not JSON compliant"):
        store.change(RUN_ID, lambda run: run._replace(validations=(float("nan"),)))
    assert shipped.snapshot() == before


def test_a_refusal_leaves_every_byte_as_it_was(store: Store, run: Run, shipped: Repository) -> None:
    store.change(RUN_ID, start)
    before = shipped.snapshot()
    with pytest.raises(Refused):
        store.change(RUN_ID, start)
    assert shipped.snapshot() == before


def test_an_unknown_run_is_refused_and_no_directory_is_created_for_its_lock(store: Store, shipped: Repository) -> None:
    with pytest.raises(Refused, match=pattern("unknown-run", run="run_20261122T093000Z_tee_abc123")):
        store.change("run_20261122T093000Z_tee_abc123", start)
    assert [path.name for path in (shipped.root / "orchestration/runs").iterdir()] == [".gitkeep"]


def test_the_refusal_of_an_unknown_run_suggests_the_one_that_was_meant(store: Store, run: Run) -> None:
    with pytest.raises(Refused, match=pattern("did-you-mean", name=RUN_ID)):
        store.read("run_20261122T093000Z_tee_abc123")


@pytest.mark.parametrize(
    "run_id",
    ["../../etc", "run_1", f"{RUN_ID}/../x", "", "run_20261122T093000Z_tea_ABC123", f"{RUN_ID}\n"],
    ids=["upwards", "too short", "path in it", "empty", "capitals", "newline"],
)
def test_what_is_no_run_id_is_refused_before_a_path_is_made_of_it(store: Store, run_id: str) -> None:
    with pytest.raises(Refused, match=pattern("not-a-run-id", run=run_id)):
        store.read(run_id)


def test_a_run_directory_without_a_record_is_damage_not_an_unknown_run(store: Store, run: Run) -> None:
    path = store.workspace.record_path(RUN_ID)
    (store.workspace.root / path).unlink()
    with pytest.raises(DamagedRecord, match=pattern("missing", path=path)):
        store.read(RUN_ID)


def test_a_record_that_names_another_run_is_damage(store: Store, run: Run, shipped: Repository) -> None:
    record = run.to_json() | {"run_id": "run_20261122T093000Z_tea_zzz999"}
    shipped.write(shipped.workspace.record_path(RUN_ID), json.dumps(record, indent=2))
    with pytest.raises(DamagedRecord, match=r"RUN\.json:3: \$\.run_id: "):
        store.read(RUN_ID)


@pytest.mark.parametrize(("mask", "wanted"), [(0o022, 0o644), (0o077, 0o600), (0o002, 0o664)], ids=oct)
def test_permissions_of_every_file_and_directory_follow_the_umask(
    store: Store, shipped: Repository, mask: int, wanted: int
) -> None:
    with umask(mask):
        store.create(new_run())
        store.change(RUN_ID, lambda run: start(finish(start(run))))
        write_log(store, RUN_ID, "gates/G1/prompt.txt", "tea")
        with gate_lock(store, RUN_ID, "G1"):
            pass
        record = shipped.root / shipped.workspace.record_path(RUN_ID)
        record.write_bytes(record.read_bytes()[:-2])
        repair = plan_repair(store, RUN_ID)
        assert repair
        repair.write(store)
    paths = sorted((shipped.root / "orchestration/runs" / RUN_ID).rglob("*"))
    assert [path.name for path in paths if path.is_file()] == [
        "prompt.txt", "RUN.json", "RUN.json.damaged-1", "attempt-1.json",
    ]  # fmt: skip
    assert {mode(path) for path in paths if path.is_file()} == {wanted}
    assert {mode(path) for path in paths if path.is_dir()} == {0o777 & ~mask}


def test_a_log_is_utf_8_with_the_line_ends_it_was_given(store: Store, run: Run) -> None:
    path = write_log(store, RUN_ID, "gates/G1/prompt.txt", "tee\r\ngrün\n")
    assert path == f"orchestration/runs/{RUN_ID}/logs/gates/G1/prompt.txt"
    assert (store.workspace.root / path).read_bytes() == "tee\r\ngrün\n".encode()


def test_a_clone_without_logs_can_be_written_to(store: Store, run: Run) -> None:
    (store.workspace.root / "orchestration/runs" / RUN_ID / "logs").rmdir()
    assert store.change(RUN_ID, start).gate("G1").open_attempt


def test_readers_do_not_wait_for_a_writer(store: Store, run: Run) -> None:
    def meanwhile(held: Run) -> Run:
        assert Store(store.workspace, lock_timeout_s=0).read(RUN_ID).run_id == RUN_ID
        return start(held)

    store.change(RUN_ID, meanwhile)


RECORDING = """
import sys
from pathlib import Path
from gate_tests.errors import NotWritten
from gate_tests.workspace.layout import Workspace
from runner.models.timestamps import now
from runner.operations.invocations import record_invocation
from runner.storage.store import Store
store = Store(Workspace(Path(sys.argv[1])))
for _ in range(10):
    while True:
        try:
            record_invocation(store, sys.argv[2], "G1", sys.argv[3], now())
            break
        except NotWritten:  # as the exit code 3 of a command says
            pass
"""


def record_at_once(root: Path) -> list[subprocess.Popen[bytes]]:
    """Four processes that record ten invocations each."""
    command = [sys.executable, "-c", RECORDING, str(root), RUN_ID]
    return [subprocess.Popen([*command, f"agent-{number}"], cwd=CHECKOUT) for number in range(4)]


def test_what_cannot_be_removed_from_the_record_hinders_nobody(store: Store, run: Run, shipped: Repository) -> None:
    """The temporary file of another user, for instance."""
    store.change(RUN_ID, start)
    for name in (".tmp-1-abc", ".tmp-RUN.json"):
        (shipped.root / f"orchestration/runs/{RUN_ID}/record" / name).mkdir()
    assert store.change(RUN_ID, finish) == store.read(RUN_ID)
    assert shipped.attempt(RUN_ID, "G1")["status"] == shipped.record(RUN_ID)["gates"][0]["status"] == "PASS"
    (listed,) = shipped.orch("run", "list", "--json").json
    assert (listed["status"], listed["gates_passed"]) == ("RUNNING", 1)


@pytest.mark.slow
def test_processes_that_record_invocations_at_once_lose_none(store: Store, run: Run, shipped: Repository) -> None:
    store.change(RUN_ID, start)
    assert [process.wait(60) for process in record_at_once(shipped.root)] == [0, 0, 0, 0]

    record = shipped.record(RUN_ID)
    ids = [invocation["invocation_id"] for invocation in record["invocations"]]
    assert len(set(ids)) == 40
    assert record["gates"][0]["attempts"][0]["invocation_ids"] == ids
    agents = [invocation["agent"] for invocation in record["invocations"]]
    assert {agent: agents.count(agent) for agent in agents} == {f"agent-{number}": 10 for number in range(4)}


@pytest.mark.slow
@pytest.mark.parametrize("command", [["git", "clean", "-fdxq"], ["rm", "-rf", "logs"]], ids=["git clean", "rm"])
def test_nor_does_somebody_who_cleans_up_meanwhile_make_them_lose_one(
    store: Store, run: Run, shipped: Repository, command: list[str]
) -> None:
    store.change(RUN_ID, start)
    git(shipped.root, "init", "--quiet")
    git(shipped.root, "add", ".")
    commit(shipped.root)
    processes = record_at_once(shipped.root)
    while any(process.poll() is None for process in processes):
        subprocess.run(command, cwd=shipped.root / "orchestration/runs" / RUN_ID, check=False)
    assert [process.wait(60) for process in processes] == [0, 0, 0, 0]
    assert len(shipped.record(RUN_ID)["invocations"]) == 40


def test_an_attempt_is_recorded_though_somebody_removes_the_new_run_json(
    store: Store, run: Run, shipped: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As `git clean -fdx` does in another terminal, between the file of the attempt and the rename of RUN.json."""
    store.change(RUN_ID, start)
    link = os.link

    def link_then_clean(*names: str, **options: int) -> None:
        link(*names, **options)  # type: ignore[arg-type]
        for temporary in (shipped.root / "orchestration/runs").rglob(".tmp-*"):
            temporary.unlink()

    with monkeypatch.context() as cleaned:
        cleaned.setattr(os, "link", link_then_clean)
        finished = store.change(RUN_ID, finish)
    assert finished == store.read(RUN_ID)
    assert shipped.attempt(RUN_ID, "G1")["status"] == shipped.record(RUN_ID)["gates"][0]["status"] == "PASS"


@pytest.mark.parametrize("change", [start, finish], ids=["an event", "an attempt"])
def test_a_record_that_was_replaced_while_it_was_locked_is_not_written(
    store: Store, run: Run, shipped: Repository, change: Callable[[Run], Run]
) -> None:
    """Another branch that was checked out, for instance: whoever comes next locks the new directory."""
    if change is finish:
        store.change(RUN_ID, start)
    record = shipped.root / "orchestration/runs" / RUN_ID / "record"

    def replace_directory(held: Run) -> Run:
        record.rename(record.with_name("moved"))
        shutil.copytree(record.with_name("moved"), record)
        return change(held)

    before = (record / "RUN.json").read_bytes()
    with pytest.raises(NotWritten, match=pattern("not-in-place")):
        store.change(RUN_ID, replace_directory)
    for directory in (record, record.with_name("moved")):
        assert [path.name for path in directory.rglob("*") if path.is_file()] == ["RUN.json"]
        assert (directory / "RUN.json").read_bytes() == before


def test_a_run_is_created_whole_or_not_at_all(
    store: Store, shipped: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as full:
        full.setattr(os, "replace", refuse)
        with pytest.raises(NotWritten, match=pattern("could-not-be-written", reason="No space left on device")):
            store.create(new_run())
    assert [path.name for path in (shipped.root / "orchestration/runs").iterdir()] == [".gitkeep"]


def test_the_beginnings_of_a_run_are_cleared_when_nobody_can_be_at_work_on_them(
    store: Store, shipped: Repository
) -> None:
    for name, age_s in ((".tmp-1-old", 7200), (".tmp-2-new", 60)):
        shipped.write(f"orchestration/runs/{name}/record/RUN.json", "{")
        os.utime(shipped.root / "orchestration/runs" / name, (0, time.time() - age_s))
    store.create(new_run())
    left = sorted(path.name for path in (shipped.root / "orchestration/runs").iterdir())
    assert left == [".gitkeep", ".tmp-2-new", RUN_ID]
