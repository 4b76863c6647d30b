"""What of a record its workflow decides: its version, and the gates with their names."""

from collections.abc import Iterator

from runner.models.run import Run
from runner.storage.derived.acceptances import Violation
from runner.workflows.definition import Workflow


def find_workflow_violations(run: Run, workflow: Workflow) -> Iterator[Violation]:
    """What differs from the workflow that the run started with."""
    recorded, gates = [gate.gate for gate in run.gates], [gate.gate for gate in workflow.gates]
    if recorded != gates:
        yield ("gates",), f"expected {', '.join(gates)}, found {', '.join(recorded)}"
        return
    if run.workflow.version != workflow.version:
        yield ("workflow", "version"), f"expected {workflow.version!r}, found {run.workflow.version!r}"
    for index, (gate, step) in enumerate(zip(run.gates, workflow.gates, strict=True)):
        if gate.name != step.name:
            yield ("gates", index, "name"), f"expected {step.name!r}, found {gate.name!r}"
