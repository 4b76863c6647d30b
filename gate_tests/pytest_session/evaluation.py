"""One evaluation of the gates of a run: compiles each gate once, evaluates each check."""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from gate_tests.checks.outcome import Outcome
from gate_tests.checks.result import CheckResult, ReadFile
from gate_tests.compiler.check import Check
from gate_tests.compiler.gate import CompiledGate, compile_gate
from gate_tests.compiler.loader import load_contract
from gate_tests.compiler.options import DEFAULT_OPTIONS, EvaluationOptions
from gate_tests.contract import Contract
from gate_tests.files.artifacts import Artifacts
from gate_tests.sanitize import escape_controls
from gate_tests.workspace.layout import Workspace
from gate_tests.workspace.run_context import RunContext


class EvaluatedCheck(NamedTuple):
    """A check whose target is resolved, its outcome, and the result that is reported and recorded."""

    check: Check
    outcome: Outcome
    result: CheckResult


class Evaluation:
    """Evaluates the checks of `gates` in the run of `context`. Contracts and files are read on first use.

    `contracts` are those that have been read already, by gate.
    """

    def __init__(
        self,
        workspace: Workspace,
        context: RunContext,
        gates: tuple[str, ...],
        contracts: Mapping[str, Contract] | None = None,
        options: EvaluationOptions = DEFAULT_OPTIONS,
    ) -> None:
        self.workspace = workspace
        self.context = context
        self.gates = gates
        self.options = options
        self._contracts = dict(contracts or {})
        self._compiled: dict[str, CompiledGate] = {}
        self._artifacts: dict[str, Artifacts] = {}

    def compiled(self, gate: str) -> CompiledGate:
        """The gate's contract, loaded and compiled. Raises Refused, InvalidFile."""
        if gate not in self._compiled:
            contract = self._contracts.get(gate) or load_contract(self.workspace, gate)
            self._compiled[gate] = compile_gate(self.workspace, contract, self.context, self.options)
        return self._compiled[gate]

    def artifacts(self, gate: str) -> Artifacts:
        """The reader that all checks of the gate share."""
        if gate not in self._artifacts:
            self._artifacts[gate] = self.compiled(gate).artifacts(self.workspace.root)
        return self._artifacts[gate]

    @property
    def readers(self) -> list[Artifacts]:
        """The readers that exist so far, each of one gate."""
        return list(self._artifacts.values())

    def evaluate(self, gate: str, check: Check) -> EvaluatedCheck:
        """Resolves the target of the check, and evaluates it."""
        artifacts = self.artifacts(gate)
        paths = artifacts.track_reads()
        resolved = check.resolve(artifacts)
        outcome = resolved.evaluate(artifacts)
        paths.discard(resolved.target.path)
        read = _list_files(paths, artifacts) if paths else ()
        return EvaluatedCheck(resolved, outcome, resolved.result(outcome, read))


def _list_files(paths: Iterable[str], artifacts: Artifacts) -> tuple[ReadFile, ...]:
    """Those of the paths that are files. A path that no record can contain is escaped."""
    read = ((path, artifacts.seen[path]) for path in sorted(paths))
    return tuple(ReadFile(escape_controls(path), artifact.sha256) for path, artifact in read if artifact.is_file)
