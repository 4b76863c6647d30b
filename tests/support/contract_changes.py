"""What changed between two versions of a contract, both of which are valid."""

from typing import Any

from gate_tests.checks.strictness import Effect
from gate_tests.compiler.contract_changes import RuleDifference, compare_contracts
from gate_tests.compiler.loader import load_contract
from gate_tests.contract import Contract
from tests.support.repository import Repository


def write_and_load(repository: Repository, keys: dict[str, Any]) -> Contract:
    repository.write_contract(**keys)
    return load_contract(repository.workspace, "GT")


def compare(repository: Repository, before: dict[str, Any], after: dict[str, Any]) -> list[RuleDifference]:
    """The changes from one contract of the gate GT to another."""
    return compare_contracts(write_and_load(repository, before), write_and_load(repository, after))


def described(changes: list[RuleDifference]) -> list[str]:
    """`looser min_sources a.md: thresholds 3 → 1` for each."""
    return [f"{change.effect} {change.describe()}" for change in changes]


def is_tighter(changes: list[RuleDifference]) -> bool:
    """Whether all of them are called tighter, or there is none."""
    return all(change.effect is Effect.TIGHTER for change in changes)
