"""`-q` says the verdict and what failed, `-v` each check; both may stand before the command or after it."""

from collections.abc import Callable

import pytest

from tests.support.repository import Ended, Repository

pytestmark = pytest.mark.usefixtures("small_contracts")

Orch = Callable[..., Ended]
BEFORE, AFTER = (lambda flag: ((flag,), ())), (lambda flag: ((), (flag,)))


@pytest.mark.slow
@pytest.mark.parametrize("place", [BEFORE, AFTER], ids=["before", "after"])
@pytest.mark.parametrize("flag", ["-q", "--quiet"])
def test_quiet_a_pass_is_one_line(
    shipped: Repository, orch: Orch, run_id: str, flag: str, place: Callable[[str], tuple[tuple[str, ...], ...]]
) -> None:
    shipped.add_example("G1")
    before, after = place(flag)
    at_g1 = ("--run", run_id, "--gate", "G1")
    assert orch(*before, "gate", "start", *at_g1, "--agent", "maker", *after).out.count("\n") == 1
    for verb in ("check", "finish"):
        ended = orch(*before, "gate", verb, *at_g1, *after)
        assert (ended.code, ended.err) == (0, "")
        assert ended.out.startswith("PASS  G1 Intake Approval")
        assert ended.out.count("\n") == 1


@pytest.mark.slow
def test_quiet_a_failure_names_each_missing_file_once_and_ends_with_the_verdict(orch: Orch, run_id: str) -> None:
    ended = orch("-q", "gate", "check", "--run", run_id, "--gate", "G2")
    *failed, verdict = ended.out.splitlines()
    assert ended.code == 1
    assert verdict.startswith("FAIL  G2")
    assert verdict.endswith(": 7 of 7 checks failed")
    assert len(failed) == 6
    assert all(line.startswith("  failed  ") for line in failed)
    assert (
        [line for line in failed if "needs it" in line or "need it" in line]
        == [line for line in failed if "CITATIONS.md" in line and line.endswith("; 1 more check needs it")]
        != []
    )


@pytest.mark.parametrize("place", [BEFORE, AFTER], ids=["before", "after"])
def test_verbose_each_check_has_a_line_and_hashes_are_whole(
    shipped: Repository, orch: Orch, run_id: str, place: Callable[[str], tuple[tuple[str, ...], ...]]
) -> None:
    shipped.add_example("G1", "G2")
    before, after = place("-v")
    out = orch(*before, "gate", "check", "--run", run_id, "--gate", "G2", *after).out
    assert len([line for line in out.splitlines() if "G2.contract.json::" in line and " PASSED" in line]) == 7
    assert "JSON report" not in out
    hashes = [line.split()[1] for line in out.splitlines() if line.startswith("  sha256")]
    assert hashes
    assert {len(each) for each in hashes} == {64}


@pytest.mark.slow
def test_what_was_typed_last_counts(shipped: Repository, orch: Orch, run_id: str) -> None:
    shipped.add_example("G1")
    check = ("gate", "check", "--run", run_id, "--gate", "G1")
    assert "PASSED" in orch("-q", *check, "-v").out
    assert orch("-v", *check, "-q").out.count("\n") == 1


@pytest.mark.slow
@pytest.mark.parametrize("flag", ["-q", "-v"])
def test_the_document_is_the_same(shipped: Repository, orch: Orch, run_id: str, flag: str) -> None:
    shipped.add_example("G1")
    check = ("gate", "check", "--run", run_id, "--gate", "G1", "--json")
    assert orch(flag, *check).json == orch(*check).json


def test_quiet_an_error_is_told_whole(orch: Orch, run_id: str) -> None:
    assert "Next: orch run list" in orch("-q", "run", "show", "--run", "teapot").err


@pytest.mark.slow
def test_a_quiet_demo_types_quiet_commands(orch: Orch, tmp_path_factory: pytest.TempPathFactory) -> None:
    ended = orch("-q", "demo", "--directory", str(tmp_path_factory.mktemp("scratch")))
    assert ended.code == 0
    assert "Next:" not in ended.out
    assert "1 passed" not in ended.out
    assert "PASS  G3" in ended.out
