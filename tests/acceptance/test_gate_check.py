"""`orch gate check`: the sealed run without an attempt and without a record."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.support.messages import meant, says
from tests.support.repository import ARTIFACTS, Ended, Repository

Orch = Callable[..., Ended]
CITATIONS = f"{ARTIFACTS}/research/CITATIONS.md"


def everything(repository: Repository) -> dict[str, tuple[bytes, int]]:
    files = [path for path in repository.root.rglob("*") if path.is_file()]
    return {str(path): (path.read_bytes(), path.stat().st_mtime_ns) for path in files}


def take_a_source_away(repository: Repository) -> None:
    path = repository.root / CITATIONS
    path.write_text(path.read_text("utf-8").partition("### Source 8")[0], "utf-8")


def attempt_of(repository: Repository, orch: Orch, run_id: str) -> dict[str, Any]:
    """What a finish of G2 records now."""
    orch("gate", "start", "--run", run_id, "--gate", "G2", "--agent", "maker")
    orch("gate", "finish", "--run", run_id, "--gate", "G2")
    return repository.attempt(run_id, "G2")


@pytest.mark.slow
@pytest.mark.parametrize("good", [True, False], ids=["good work", "bad work"])
def test_it_says_what_a_finish_would_say_and_records_nothing(
    shipped: Repository, orch: Orch, run_id: str, good: bool
) -> None:
    shipped.add_example("G2")
    if not good:
        take_a_source_away(shipped)
    before = everything(shipped)
    checked = orch("gate", "check", "-v", "--run", run_id, "--gate", "G2")
    assert everything(shipped) == before
    assert checked.code == (0 if good else 1)
    orch("gate", "start", "--run", run_id, "--gate", "G2", "--agent", "maker")
    finished = orch("gate", "finish", "-v", "--run", run_id, "--gate", "G2")
    assert finished.code == checked.code

    def said(ended: Ended) -> list[str]:
        return [
            line
            for line in ended.out.splitlines()
            if line.startswith(("  expected", "  found", "  because", "  contract", "  warned", "  sha256"))
        ]

    assert said(checked) == said(finished) != []
    assert says(checked.out, "nothing-recorded")


@pytest.mark.slow
def test_its_json_is_what_an_attempt_would_hold(shipped: Repository, orch: Orch, run_id: str) -> None:
    shipped.add_example("G2")
    take_a_source_away(shipped)
    checked = orch("gate", "check", "--run", run_id, "--gate", "G2", "--json").json
    attempt = attempt_of(shipped, orch, run_id)
    assert checked.pop("gate") == "G2"
    assert checked == {key: attempt[key] for key in checked}
    assert set(checked) == {"status", "artifacts", "validations", "failure_reason", "contract", "runner", "git"}
    assert checked["status"] == "FAIL"


@pytest.mark.slow
def test_it_needs_no_open_attempt_and_leaves_one_open(shipped: Repository, orch: Orch, run_id: str) -> None:
    shipped.add_example("G1")
    assert orch("gate", "check", "--run", run_id, "--gate", "G1").code == 0
    orch("gate", "start", "--run", run_id, "--gate", "G1", "--agent", "maker")
    checked = orch("gate", "check", "--run", run_id, "--gate", "G1")
    assert (checked.code, checked.out.splitlines()[-1]) == (0, f"Next: orch gate finish --run {run_id} --gate G1")
    assert shipped.record(run_id)["gates"][0]["status"] == "RUNNING"


@pytest.mark.slow
def test_a_completed_run_can_be_checked_again(shipped: Repository, orch: Orch, run_id: str) -> None:
    shipped.add_example("G1")
    orch("run", "complete", "--run", run_id)
    assert orch("gate", "check", "--run", run_id, "--gate", "G1").code == 0


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("--gate", "G9"), "unknown-gate"),
        (("--run", "run_20261122T093000Z_no-such-run_abc123"), "unknown-run"),
        (("--gate", "../x"), "unknown-gate"),
    ],
)
def test_what_it_cannot_check_is_refused(
    shipped: Repository, orch: Orch, run_id: str, arguments: tuple[str, str], told: str
) -> None:
    given = {"--run": run_id, "--gate": "G1", **dict([arguments])}
    ended = orch("gate", "check", *[word for pair in given.items() for word in pair])
    assert ended.code == 2
    assert says(ended.err, told, **{told.removeprefix("unknown-"): arguments[1]})


def test_an_invalid_contract_is_refused(shipped: Repository, orch: Orch, run_id: str) -> None:
    shipped.write_contract("G1", validations=[{"type": "min_source"}])
    ended = orch("gate", "check", "--run", run_id, "--gate", "G1")
    assert ended.code == 2
    assert meant("min_sources") in ended.err


# The contract is pinned when an attempt begins


@pytest.fixture
def changed(shipped: Repository, orch: Orch, run_id: str) -> Repository:
    """An open attempt at G1, good work, and a contract that was made easier meanwhile."""
    shipped.add_example("G1")
    orch("gate", "start", "--run", run_id, "--gate", "G1", "--agent", "maker")
    shipped.write_contract("G1", validations=[{"type": "file_exists", "target": "orchestration/README.md"}])
    return shipped


def test_a_contract_that_was_changed_after_the_start_is_not_judged_by(
    changed: Repository, orch: Orch, run_id: str
) -> None:
    before = changed.snapshot()
    ended = orch("gate", "finish", "--run", run_id, "--gate", "G1")
    assert ended.code == 2
    assert says(
        ended.err, "contract-changed", path="orchestration/gates/contracts/G1.contract.json", attempt=1, gate="G1"
    )
    assert ended.err.endswith("Next: cat orchestration/gates/contracts/G1.contract.json\n")
    assert changed.snapshot() == before


def test_a_changed_contract_can_be_accepted_and_both_hashes_are_recorded(
    changed: Repository, orch: Orch, run_id: str
) -> None:
    begun_with = changed.record(run_id)["gates"][0]["attempts"][0]["baseline"]["contract_sha256"]
    assert orch("gate", "finish", "--run", run_id, "--gate", "G1", "--accept-contract").code == 0
    attempt = changed.attempt(run_id, "G1")
    assert attempt["baseline"]["contract_sha256"] == begun_with != attempt["contract"]["sha256"]


@pytest.mark.slow
def test_a_check_says_that_the_contract_was_changed(changed: Repository, orch: Orch, run_id: str) -> None:
    ended = orch("gate", "check", "--run", run_id, "--gate", "G1")
    assert ended.code == 0
    assert says(ended.out, "contract-changed-note", path="orchestration/gates/contracts/G1.contract.json", attempt=1)
    assert "Next: cat orchestration/gates/contracts/G1.contract.json\n" in ended.out


@pytest.mark.slow
def test_a_contract_that_was_changed_and_changed_back_is_the_same(shipped: Repository, orch: Orch, run_id: str) -> None:
    shipped.add_example("G1")
    orch("gate", "start", "--run", run_id, "--gate", "G1", "--agent", "maker")
    path = shipped.root / shipped.workspace.contract_path("G1")
    contract = path.read_bytes()
    path.write_bytes(b"{}")
    path.write_bytes(contract)
    assert orch("gate", "finish", "--run", run_id, "--gate", "G1").code == 0
