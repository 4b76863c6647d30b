"""A record that one may not read is not damaged: it is exit 3, and no repair touches it."""

import errno
import os
import re
import shutil
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from gate_tests.errors import NotReadable
from tests.support.messages import message, says
from tests.support.repository import Ended, Repository

Orch = Callable[..., Ended]
FAULTS = {
    errno.EACCES: "Permission denied",
    errno.EPERM: "Operation not permitted",
    errno.EMFILE: "Too many open files",
    errno.EIO: "Input/output error",
}


@pytest.fixture
def recorded(shipped: Repository, orch: Orch, run_id: str) -> str:
    """The id of a run with a finished attempt."""
    assert orch("gate", "fail", "--run", run_id, "--gate", "G2", "--reason", "made up").code == 0
    return run_id


@pytest.fixture
def refusing(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[Path, int], None]]:
    """Makes opening or listing a path fail."""
    with monkeypatch.context() as patched:

        def refuse(path: Path, fault: int) -> None:
            for name in ("open", "listdir"):
                patched.setattr(os, name, _refusing(getattr(os, name), path, fault))

        yield refuse


def _refusing(call: Callable[..., object], refused: Path, fault: int) -> Callable[..., object]:
    def refuse(path: object, *arguments: object, **options: object) -> object:
        if str(path) == str(refused) or ("dir_fd" in options and str(refused).endswith(f"/{path}")):
            raise OSError(fault, os.strerror(fault), str(path))
        return call(path, *arguments, **options)

    return refuse


PARTS = {
    "RUN.json": "RUN.json",
    "an attempt's file": "gates/G2/attempt-1.json",
    "a gate's folder": "gates/G2",
    "the folder of the gates": "gates",
}
COMMANDS = (
    ("run", "show"),
    ("run", "repair", "--yes"),
    ("run", "complete"),
    ("gate", "fail", "--gate", "G3", "--reason", "x"),
    ("gate", "finish", "--gate", "G2"),
)


@pytest.mark.parametrize("part", PARTS.values(), ids=PARTS.keys())
@pytest.mark.parametrize("fault", FAULTS, ids=errno.errorcode.get)
def test_it_is_no_verdict_in_one_line_and_nothing_is_written(
    shipped: Repository, orch: Orch, recorded: str, refusing: Callable[[Path, int], None], part: str, fault: int
) -> None:
    path = f"orchestration/runs/{recorded}/record/{part}"
    before = shipped.snapshot()
    refusing(shipped.root / path, fault)
    told = [orch(*command, "--run", recorded) for command in COMMANDS]
    fault_told = message("cannot-be-read", path=path, reason=FAULTS[fault])
    wanted = f"orch: {fault_told}\nNext: {NotReadable.advice}\n"
    assert [(ended.code, ended.err) for ended in told] == [(3, wanted)] * len(COMMANDS)
    assert shipped.snapshot() == before


def test_the_list_marks_it_and_lists_the_rest(
    shipped: Repository, orch: Orch, recorded: str, refusing: Callable[[Path, int], None]
) -> None:
    sound = shipped.start_run()
    refusing(shipped.root / shipped.workspace.record_path(recorded), errno.EACCES)
    ended = orch("run", "list", "--json")
    assert ended.code == 0
    assert {each["run_id"]: each["status"] for each in ended.json} == {sound: "QUEUED", recorded: "UNREADABLE"}
    line = next(line for line in orch("run", "list").out.splitlines() if recorded in line)
    assert re.fullmatch(rf"UNREADABLE +{recorded}  record/RUN.json: cannot be read: Permission denied", line)


@pytest.mark.skipif(os.geteuid() != 0 or not shutil.which("setpriv"), reason="only root can become somebody else")
@pytest.mark.parametrize("part", PARTS.values(), ids=PARTS.keys())
def test_somebody_without_the_right_is_told_so(shipped: Repository, recorded: str, part: str) -> None:
    path = shipped.root / f"orchestration/runs/{recorded}/record/{part}"
    mode = path.stat().st_mode
    path.chmod(0)
    try:
        told = [
            shipped.run("setpriv", *WITHOUT_RIGHTS, sys.executable, "-I", "-m", "runner", *words, "--run", recorded)
            for words in (("run", "show"), ("run", "repair", "--yes"))
        ]
    finally:
        path.chmod(mode)
    assert [ended.code for ended in told] == [3, 3]
    for ended in told:
        assert says(ended.err, "cannot-be-read", reason="Permission denied")
        assert ended.err.endswith(f"Next: {NotReadable.advice}\n")


WITHOUT_RIGHTS = ("--bounding-set=-dac_override,-dac_read_search", "--inh-caps=-dac_override,-dac_read_search")


def test_what_can_be_no_file_is_damage_still(shipped: Repository, orch: Orch, recorded: str) -> None:
    path = shipped.root / shipped.workspace.record_path(recorded)
    path.unlink()
    path.symlink_to(path.name)
    ended = orch("run", "show", "--run", recorded)
    assert ended.code == 4
    record = shipped.workspace.record_path(recorded)
    assert message("is-symlink", path=record) in ended.err
