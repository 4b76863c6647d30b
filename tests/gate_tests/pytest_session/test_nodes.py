"""The nodes that pytest collects from a contract."""

import json
from pathlib import Path

import pytest

from gate_tests.pytest_session.nodes import ContractFile, GateCheck
from tests.support.repository import ARTIFACTS, Repository


@pytest.fixture
def here(pytester: pytest.Pytester) -> Repository:
    """The folder of pytester, with small contracts and the good artifacts of G2."""
    repository = Repository(pytester.path).install().write_small_contracts()
    repository.add_example("G2")
    return repository


@pytest.fixture
def run_id(here: Repository) -> str:
    return here.start_run()


def collect(pytester: pytest.Pytester, run_id: str) -> list[GateCheck]:
    items, _ = pytester.inline_genitems("--gate", "G2", "--run", run_id)
    checks = [item for item in items if isinstance(item, GateCheck)]
    assert len(checks) == len(items) == 7
    return checks


def test_a_contract_is_a_file_and_its_checks_are_items(pytester: pytest.Pytester, run_id: str) -> None:
    for check in collect(pytester, run_id):
        assert isinstance(check.parent, ContractFile)
        assert check.nodeid == f"{check.parent.nodeid}::{check.name}"


def test_reportinfo_gives_the_contract_and_the_line_on_which_the_check_stands(
    pytester: pytest.Pytester, here: Repository, run_id: str
) -> None:
    contract = here.root / here.workspace.contract_path("G2")
    lines = contract.read_text("utf-8").splitlines()
    for check in collect(pytester, run_id):
        path, line, name = check.reportinfo()
        assert (Path(path), name) == (contract, check.name)
        assert lines[line].strip() == "{", "each entry of the contract opens on a line of its own"
        assert check.check.target.template in "".join(lines[line : line + 3])


def test_every_item_carries_the_mark_of_its_gate(pytester: pytest.Pytester, run_id: str) -> None:
    marks = [mark for check in collect(pytester, run_id) for mark in check.iter_markers("gate")]
    assert [mark.kwargs for mark in marks] == [{"id": "G2"}] * 7


def test_a_check_that_does_not_hold_fails_its_item(pytester: pytest.Pytester, here: Repository, run_id: str) -> None:
    here.write(f"{ARTIFACTS}/research/CITATIONS.md", "### Source 1: a book\n")
    result = pytester.runpytest_inprocess("--gate", "G2", "--run", run_id)
    result.assert_outcomes(passed=6, failed=1)
    result.stdout.fnmatch_lines(["*found     1 of 8 (1 distinct heading `### Source …`)"])


def test_each_of_several_errors_has_a_line_of_its_own(pytester: pytest.Pytester, here: Repository, run_id: str) -> None:
    here.write_contract("G1", validations=[{"type": "json_schema", "target": "a.json", "schema": "s.json"}])
    here.write("s.json", '{"items": {"type": "integer"}}')
    here.write("a.json", json.dumps(["x"] * 12, indent=1))
    result = pytester.runpytest_inprocess("--gate", "G1", "--run", run_id)
    result.stdout.fnmatch_lines(
        [
            "  found     12 errors:",
            '            line 2: $[[]0]: violates type "integer" (found "x")',
            '            line 3: $[[]1]: violates type "integer" (found "x")',
        ],
        consecutive=True,
    )
    result.stdout.fnmatch_lines(["            and 2 more", "  contract  *"], consecutive=True)


@pytest.mark.slow
def test_a_check_that_breaks_shows_its_traceback(
    pytester: pytest.Pytester, run_id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError("our own fault")

    monkeypatch.setattr("gate_tests.checks.types.file_exists.OutputExists.evaluate", broken)
    result = pytester.runpytest_inprocess("--gate", "G2", "--run", run_id)
    result.assert_outcomes(passed=1, failed=6)
    result.stdout.fnmatch_lines(["*test_nodes.py:*: RuntimeError"])


def test_a_contract_of_a_gate_that_is_not_judged_is_left_alone(pytester: pytest.Pytester, run_id: str) -> None:
    result = pytester.runpytest_inprocess("orchestration", "--gate", "G2", "--run", run_id)
    result.assert_outcomes(passed=7)


def test_an_invalid_contract_is_a_collection_error_without_a_traceback(
    pytester: pytest.Pytester, here: Repository, run_id: str
) -> None:
    here.write(here.workspace.contract_path("G2"), "{")
    result = pytester.runpytest_inprocess("--gate", "G2", "--run", run_id)
    assert result.ret == pytest.ExitCode.INTERRUPTED
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["*G2.contract.json:1: invalid JSON: *"])
    result.stdout.no_fnmatch_line("*Traceback*")
