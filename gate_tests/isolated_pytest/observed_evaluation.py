"""An evaluation that reports each check to a sink of events as it happens."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from gate_tests.compiler.check import Check
from gate_tests.compiler.options import DEFAULT_OPTIONS, EvaluationOptions
from gate_tests.contract import Contract, parse_contract
from gate_tests.isolated_pytest.events import CheckEventSink
from gate_tests.pytest_session.evaluation import EvaluatedCheck, Evaluation
from gate_tests.strict_json.document import Document
from gate_tests.workspace.layout import Workspace
from gate_tests.workspace.run_context import RunContext


class ObservedEvaluation(Evaluation):
    """A judgement by contracts that have been read already; every outcome is told before pytest has a say."""

    def __init__(
        self,
        workspace: Workspace,
        context: RunContext,
        contracts: Mapping[str, Contract],
        sink: CheckEventSink,
        options: EvaluationOptions = DEFAULT_OPTIONS,
    ) -> None:
        super().__init__(workspace, context, tuple(contracts), contracts, options)
        self._sink = sink

    @classmethod
    def requested(
        cls,
        root: str,
        context: Mapping[str, Any],
        contracts: Mapping[str, tuple[str, str]],
        options: Mapping[str, Any],
        sink: CheckEventSink,
    ) -> "ObservedEvaluation":
        """The one that another process asks for: by gate, the path and the text of each contract, as read there."""
        parsed = {gate: parse_contract(Document.parse(path, text.encode())) for gate, (path, text) in contracts.items()}
        return cls(
            Workspace(Path(root)),
            RunContext.from_json(context),
            parsed,
            sink,
            EvaluationOptions.from_json(options),
        )

    def evaluate(self, gate: str, check: Check) -> EvaluatedCheck:
        """Tells when it begins and what it came to."""
        # A rule about text runs Python's own code over it, which may keep Python to itself for ever.
        self._sink.begins(gate, check.id, at_once=check.rule.reads_text)
        judged = super().evaluate(gate, check)
        self._sink.finds(gate, judged.result)
        return judged
