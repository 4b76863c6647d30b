"""The option --gate: what it may name, and which gates are meant without it."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import click
import pytest

from gate_tests.errors import Refused
from runner.cli.context import CliContext
from runner.cli.gate_option import (
    GateDefault,
    contract_gate_argument,
    contract_paths_argument,
    gate_option,
    gates_option,
)
from runner.cli.lazy_group import Command
from runner.cli.options import Decorator
from runner.cli.run_option import run_to_read
from tests.support.messages import meant, pattern
from tests.support.repository import Repository


@pytest.fixture(autouse=True)
def at_the_root(shipped: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    """And with nothing in the environment."""
    monkeypatch.chdir(shipped.root)
    for name in ("ORCH_RUN", "ORCH_GATE"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def run_id(shipped: Repository) -> str:
    """A run with the gates G1, G2 and G3."""
    return shipped.start_run()


def choose(option: Decorator, _: Repository, *arguments: str) -> Any:
    """The gate or gates that a command with this option gets."""

    @click.command(cls=Command)
    @run_to_read
    @option
    def command(run_id: str, gate_id: str | None = None, gates: list[str] | None = None) -> Any:
        return gate_id or gates

    return command.main(list(arguments), standalone_mode=False, obj=CliContext(None))


ONE, SEVERAL = gate_option(GateDefault.OPEN), gates_option(GateDefault.OPEN)


@pytest.mark.parametrize("named", ["G2", "g2", " g2 "])
def test_a_gate_may_be_named_in_any_letter_case(shipped: Repository, run_id: str, named: str) -> None:
    assert choose(ONE, shipped, "--gate", named) == "G2"
    assert choose(SEVERAL, shipped, "--gate", named) == ["G2"]


def test_several_gates_may_be_named_with_commas_or_one_by_one_each_once_in_that_order(
    shipped: Repository, run_id: str
) -> None:
    assert choose(SEVERAL, shipped, "--gate", "g2, G1,g1", "--gate", "G2") == ["G2", "G1"]


def test_a_gate_without_a_contract_is_found_in_the_run(shipped: Repository, run_id: str) -> None:
    (shipped.root / shipped.workspace.contract_path("G2")).unlink()
    assert choose(ONE, shipped, "--gate", "g2") == "G2"


@pytest.mark.parametrize("named", ["G22", "", ",", "../G2"])
def test_a_name_that_no_gate_of_the_run_has_is_refused(shipped: Repository, run_id: str, named: str) -> None:
    with pytest.raises(Refused, match="unknown gate") as refused:
        choose(SEVERAL, shipped, "--gate", named)
    assert refused.value.next_command == f"orch run show --run {run_id}"


def test_the_open_attempt_names_the_gate(shipped: Repository, run_id: str) -> None:
    with pytest.raises(Refused, match=pattern("no-open-attempt", run=run_id)) as refused:
        choose(ONE, shipped)
    assert refused.value.next_command
    assert refused.value.next_command.startswith(f"orch gate start --run {run_id} --gate G1 ")
    shipped.start_gate(run_id, "G2")
    assert choose(ONE, shipped) == "G2"
    assert choose(SEVERAL, shipped) == ["G2"]
    shipped.start_gate(run_id, "G3")
    with pytest.raises(Refused, match=pattern("gate-required", count=2, gates="G2, G3")) as refused:
        choose(SEVERAL, shipped)
    assert refused.value.next_command == f"orch status --run {run_id}"


def test_the_gate_to_work_on_next_is_the_open_one_else_the_first_that_has_not_passed(
    shipped: Repository, run_id: str
) -> None:
    current = gate_option(GateDefault.CURRENT)
    assert choose(current, shipped) == "G1"
    shipped.start_gate(run_id, "G2")
    assert choose(current, shipped) == "G2"


def test_all_gates_are_those_of_the_run(shipped: Repository, run_id: str) -> None:
    shipped.write_contract("G9")
    assert choose(gates_option(GateDefault.ALL), shipped) == ["G1", "G2", "G3"]


@pytest.mark.parametrize(
    ("run", "arguments", "gate"),
    [
        ("", (), "G3"),
        ("latest", (), "G3"),
        ("latest", ("--run", "latest"), "G3"),
        ("latest", ("--gate", "G1"), "G1"),
        ("the-other", ("--run", "latest"), "G2"),
    ],
    ids=["alone", "with its run", "with the same run", "and another gate", "with another run"],
)
def test_the_environment_names_the_gate_of_its_run(
    shipped: Repository, run_id: str, monkeypatch: pytest.MonkeyPatch, run: str, arguments: tuple[str, ...], gate: str
) -> None:
    shipped.write(shipped.workspace.record_path("run_20200101T000000Z_the-other_aaaaaa"), "{}")
    shipped.start_gate(run_id, "G2")
    monkeypatch.setenv("ORCH_GATE", " g3")
    monkeypatch.setenv("ORCH_RUN", run)
    assert choose(ONE, shipped, *arguments) == gate


def test_the_environment_may_name_several_gates(
    shipped: Repository, run_id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ORCH_GATE", "g3, G1")
    assert choose(SEVERAL, shipped) == ["G3", "G1"]
    with pytest.raises(Refused, match=pattern("one-gate", count=2, gates="G3, G1")):
        choose(ONE, shipped)


@pytest.mark.parametrize("named", ["G1,G2", "g1 , G2,"])
def test_a_command_on_one_gate_says_so_where_several_are_named(shipped: Repository, run_id: str, named: str) -> None:
    with pytest.raises(Refused, match=pattern("one-gate", count=2, gates="G1, G2")):
        choose(ONE, shipped, "--gate", named)


# Contracts


def contracts_of(argument: Decorator, repository: Repository, *arguments: str) -> Any:
    command = click.command(cls=Command)(argument(lambda **given: next(iter(given.values()))))
    return command.main(list(arguments), standalone_mode=False, obj=CliContext(repository.root))


@pytest.mark.parametrize(("named", "gate"), [("g2", "G2"), ("G2", "G2"), ("G22", "G22")])
def test_the_gate_of_a_contract_may_be_named_in_any_letter_case(shipped: Repository, named: str, gate: str) -> None:
    assert contracts_of(contract_gate_argument, shipped, named) == gate


def test_a_contract_may_be_named_by_its_gate_or_its_path(
    shipped: Repository, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    contract = shipped.root / shipped.workspace.contract_path("G2")
    (tmp_path / "G1").mkdir()
    named = contracts_of(contract_paths_argument, shipped, "g2", str(contract), "G1", "G22")
    assert named == (contract, contract, Path("G1"), Path("G22"))


def test_the_path_of_a_contract_is_relative_to_the_current_directory_or_else_to_the_root(
    shipped: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    printed = shipped.workspace.contract_path("G2")
    (shipped.root / "below").mkdir()
    monkeypatch.chdir(shipped.root / "below")
    assert contracts_of(contract_paths_argument, shipped, printed) == (shipped.root / printed,)
    assert contracts_of(contract_paths_argument, shipped, f"../{printed}") == (Path("..", printed),)


@pytest.mark.parametrize("named", ["g2,G3", " G2, g3,", "G2,G22", "", ","])
def test_several_contracts_may_be_named_with_commas(shipped: Repository, named: str) -> None:
    known = tuple(shipped.root / shipped.workspace.contract_path(gate) for gate in ("G2", "G3"))
    expected = (Path(named),) if named in ("G2,G22", "", ",") else known
    assert contracts_of(contract_paths_argument, shipped, named) == expected


def test_lint_and_its_sisters_take_a_gate(shipped: Repository, orch: Callable[..., Any]) -> None:
    linted = orch("contract", "lint", "g2", "--json").json
    assert linted == orch("contract", "lint", shipped.workspace.contract_path("G2"), "--json").json
    assert orch("contract", "explain", "g2").out.startswith("Gate G2 ")
    assert meant("G2") in orch("contract", "explain", "G22").err
