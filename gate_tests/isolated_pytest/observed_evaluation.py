"""An evaluation that sends an event before and after each check."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from gate_tests.compiler.check import Check
from gate_tests.compiler.options import DEFAULT_OPTIONS, EvaluationOptions
from gate_tests.contract import Contract, parse_contract
from gate_tests.files.memory import MemoryLimit
from gate_tests.isolated_pytest.events import CheckEventSink
from gate_tests.pytest_session.evaluation import EvaluatedCheck, Evaluation
from gate_tests.strict_json.document import Document
from gate_tests.typing_compat import override
from gate_tests.workspace.layout import Workspace
from gate_tests.workspace.run_context import RunContext


class ObservedEvaluation(Evaluation):
    """Evaluates by contracts that have been read already; the sink gets each result before pytest does."""

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
        self._memory_limit = MemoryLimit()

    @classmethod
    def from_request(
        cls,
        root: str,
        context: Mapping[str, Any],
        contracts: Mapping[str, tuple[str, str]],
        options: Mapping[str, Any],
        sink: CheckEventSink,
    ) -> "ObservedEvaluation":
        """The evaluation that another process requests. `contracts` has their path and text, by gate."""
        parsed = {gate: parse_contract(Document.parse(path, text.encode())) for gate, (path, text) in contracts.items()}
        return cls(
            Workspace(Path(root)),
            RunContext.from_json(context),
            parsed,
            sink,
            EvaluationOptions.from_json(options),
        )

    @override
    def evaluate(self, gate: str, check: Check) -> EvaluatedCheck:
        # A rule about text runs Python's own code over it, which may hold the GIL for ever.
        self._sink.on_task_started(gate, check.id, flush=check.rule.reads_text)
        if not check.rule.has_memory_limit:
            self._memory_limit.lift()
        elif check.rule.reads_text:
            self._memory_limit.set()
        evaluated = super().evaluate(gate, check)
        self._sink.on_check_result(gate, evaluated.result)
        return evaluated
