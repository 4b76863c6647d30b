"""What makes a reader doubt a PASS, and honest work that does not."""

from typing import Any, Final

import pytest

from runner.models.attempt import Attempt
from runner.models.baseline import Baseline, ContractRef
from runner.models.gate import Gate
from runner.models.run import Run
from runner.models.status import GateStatus
from runner.operations.recorded_files import RecordedFile
from runner.verification.doubts import find_doubts
from runner.verification.file_status import FileReport, FileStatus
from runner.verification.present_files import PresentFile
from runner.verification.recorded_files import PassingAttempt
from tests.support.sample_run import new_run

OLD, NEW = "0" * 64, "1" * 64
BEFORE, AFTER = 1795000000.0, 1796000000.0
"""Times of files: 2026-11-18 and 2026-11-30."""


def attempt(number: int = 1, *, minute: int = 0, end: str = "10:59:59.000", **keys: Any) -> Attempt:
    """A PASS on 2026-11-22 that started at this minute after ten, with the output a.md."""
    outputs = keys.pop("outputs", (("a.md", NEW),))
    status = keys.pop("status", GateStatus.PASS)
    rows = [{"path": path, "resolved_path": path, "sha256": sha256} for path, sha256 in outputs]
    values: dict[str, Any] = {"agent": "maker", "contract": ContractRef("c", "0" * 64), **keys}
    values["baseline"] = Baseline("0" * 64, keys.get("baseline", ()))
    at, ended = f"2026-11-22T10:{minute:02}:00.000Z", f"2026-11-22T{end}Z"
    return Attempt(
        number, status, at, finished_at=ended, finished_json={"artifacts": rows, "validations": []}, **values
    )


def gate(name: str, *attempts: Attempt) -> Gate:
    return Gate(name, name, attempts[-1].status, attempts)


def made(*gates: Gate) -> Run:
    return new_run()._replace(gates=gates)


def at(modified_at: float | None, status: FileStatus = FileStatus.OK, path: str = "a.md") -> FileReport:
    """The report of an output of G1."""
    passing = PassingAttempt("run", "G1", 1, "", "", (), None)
    present = PresentFile(NEW, 1, modified_at)
    return FileReport(passing, RecordedFile(path, NEW, 1), status, present)


FAILED: Final = GateStatus.FAIL
CASES: Final[dict[str, tuple[Run, list[FileReport], list[tuple[str, str]], list[str]]]] = {
    "usual work": (made(gate("G1", attempt())), [at(AFTER)], [], []),
    "outputs of the baseline": (
        made(gate("G1", attempt(baseline=(("a.md", NEW),)))), [],
        [], ["G1 attempt 1: its outputs are those that existed before it started"],
    ),
    "one of two outputs changed": (
        made(gate("G1", attempt(outputs=(("a.md", NEW), ("b.md", NEW)), baseline=(("a.md", NEW), ("b.md", OLD))))),
        [], [], [],
    ),
    "changed before a retry": (
        made(gate("G1", attempt(baseline=(("a.md", OLD),), status=FAILED), attempt(2, baseline=(("a.md", NEW),)))),
        [], [], [],
    ),
    "the same outputs pass again": (
        made(gate("G1", attempt(baseline=(("a.md", OLD),)), attempt(2, baseline=(("a.md", NEW),)))), [],
        [], ["G1 attempt 2: its outputs are those that existed before it started"],
    ),
    "outputs older than the attempt": (
        made(gate("G1", attempt())), [at(BEFORE)],
        [], ["G1 attempt 1: its outputs are older (2026-11-18T11:06:40.999Z) than attempt 1, which started at"
             " 2026-11-22T10:00:00.000Z"],
    ),
    "one of the outputs is older": (made(gate("G1", attempt())), [at(BEFORE), at(AFTER, path="b.md")], [], []),
    "outputs of a clone are younger": (made(gate("G1", attempt())), [at(AFTER)], [], []),
    "outputs of a commit have no times": (made(gate("G1", attempt())), [at(None)], [], []),
    "what was changed since says nothing": (made(gate("G1", attempt())), [at(BEFORE, FileStatus.CHANGED)], [], []),
    "written between two attempts": (
        made(gate("G1", attempt(status=FAILED), attempt(2, minute=30))), [at(1795342200)], [], [],  # 10:10
    ),
    "all within a second": (
        made(gate("G1", attempt(end="10:00:00.400")), gate("G2", attempt(end="10:00:00.900"))), [],
        [], ["all 2 gates that passed were started and finished within a second, at 2026-11-22T10:00:00.000Z"],
    ),
    "one gate within a second": (made(gate("G1", attempt(end="10:00:00.400"))), [], [], []),
    "one of two took longer": (made(gate("G1", attempt(end="10:00:00.400")), gate("G2", attempt())), [], [], []),
    "the last attempts within a second": (
        made(gate("G1", attempt(status=FAILED), attempt(2, minute=5, end="10:05:00.100")),
             gate("G2", attempt(minute=5, end="10:05:00.200"))), [], [], [],
    ),
    "an audit of one's own work": (
        made(gate("G1", attempt(agent="maker")), gate("G2", attempt(agent=" Maker"))), [],
        [("G2", "G1")], ["G2: audits G1, and both were done by  Maker"],
    ),
    "an audit by another": (
        made(gate("G1", attempt(agent="maker")), gate("G2", attempt(agent="makers"))), [], [("G2", "G1")], [],
    ),
    "an audit that has not passed": (
        made(gate("G1", attempt()), gate("G2", attempt(status=FAILED))), [], [("G2", "G1")], [],
    ),
}  # fmt: skip


@pytest.mark.parametrize(("run", "files", "audits", "doubts"), CASES.values(), ids=CASES.keys())
def test_doubts(run: Run, files: list[FileReport], audits: list[tuple[str, str]], doubts: list[str]) -> None:
    assert find_doubts(run, files, audits) == doubts


def test_an_attempt_without_a_baseline_is_not_doubted() -> None:
    assert find_doubts(made(gate("G1", attempt()._replace(baseline=None))), [], []) == []
