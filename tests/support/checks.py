"""Compiles and evaluates checks of a made-up gate, without pytest; judges gates in this process."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from gate_tests.checks.outcome import Outcome
from gate_tests.compiler.check import Check
from gate_tests.compiler.gate import CompiledGate, compile_gate
from gate_tests.compiler.loader import load_contract
from gate_tests.compiler.options import DEFAULT_OPTIONS, EvaluationOptions
from gate_tests.isolated_pytest.events import EventCollector
from gate_tests.isolated_pytest.observed_evaluation import ObservedEvaluation
from gate_tests.isolated_pytest.run import run_checks
from gate_tests.isolated_pytest.verdict import Verdict, build_verdicts
from gate_tests.pytest_session.evaluation import EvaluatedCheck, Evaluation
from tests.support.repository import Repository


def compiled(repository: Repository, *, depth: str = "standard", **contract: Any) -> CompiledGate:
    """The gate GT, whose contract has these keys, as it is judged in a run of this depth."""
    repository.write_contract(**contract)
    context = repository.context(depth=depth)
    return compile_gate(repository.workspace, load_contract(repository.workspace, "GT"), context)


def ids(gate: CompiledGate) -> list[str]:
    return [check.id for check in gate.checks]


@dataclass(frozen=True)
class Tried:
    """An evaluated check: its outcome, and its row in a record."""

    evaluated: EvaluatedCheck

    @property
    def check(self) -> Check:
        return self.evaluated.check

    @property
    def outcome(self) -> Outcome:
        return self.evaluated.outcome

    @property
    def holds(self) -> bool:
        return self.outcome.holds

    @property
    def row(self) -> dict[str, Any]:
        return self.evaluated.result.to_json()


def evaluate_all(
    repository: Repository,
    *,
    depth: str = "standard",
    run: Mapping[str, Any] | None = None,
    options: EvaluationOptions = DEFAULT_OPTIONS,
    **contract: Any,
) -> list[Tried]:
    """Every check of a gate with this contract, evaluated in order. `run` is what its run has besides the usual."""
    repository.write_contract(**contract)
    context = repository.context(depth=depth, **(run or {}))
    evaluation = Evaluation(repository.workspace, context, ("GT",), options=options)
    return [Tried(evaluation.evaluate("GT", check)) for check in evaluation.compiled("GT").checks]


def try_check(
    repository: Repository,
    validation: dict[str, Any],
    content: str | bytes | None,
    *,
    depth: str = "standard",
    **contract: Any,
) -> Tried:
    """A validation evaluated on its target, which holds `content`; None: it is missing."""
    if content is not None:
        repository.write(validation["target"], content)
    return evaluate_all(repository, depth=depth, validations=[validation], **contract)[-1]


def judge(
    repository: Repository, *gates: str, show: Callable[[str], object] = lambda text: None, **context: Any
) -> list[Verdict]:
    """The verdicts on these gates as the judging process gives them, but in this process."""
    collector, workspace = EventCollector(show), repository.workspace
    contracts = {gate: load_contract(workspace, gate) for gate in gates}
    evaluation = ObservedEvaluation(workspace, repository.context(**context), contracts, collector)
    compiled = [evaluation.compiled(gate) for gate in gates]
    run_checks(evaluation, collector)
    return build_verdicts(compiled, collector)
