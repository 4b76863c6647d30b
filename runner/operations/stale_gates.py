"""Which gates that passed are stale: an output, or a file that a check read, is not the one that they passed with.

Unless an attempt that passed later, of this run or another, recorded the present bytes. A gate that requires a stale
gate, directly or through others, is stale too. A file that could not be compared makes nothing stale.
"""

from collections.abc import Callable, Iterator
from functools import cached_property

from gate_tests.errors import LostFile, OrchError
from gate_tests.typing_compat import override
from gate_tests.workspace.layout import Workspace
from runner.models.run import Run
from runner.operations.output_changes import OutputChange, OutputChanges
from runner.operations.recorded_files import list_recorded_files
from runner.workflows.prerequisites import Prerequisites
from runner.workflows.staleness import StaleGate, Staleness


class StaleGates(Staleness):
    """The stale gates of a run. Files are compared when they are asked for, and each once.

    `outputs` compares them; by default all but large files of the same size, for which a hint does not wait.
    """

    def __init__(self, workspace: Workspace, run: Run, outputs: OutputChanges | None = None) -> None:
        self._workspace, self._run = workspace, run
        self._outputs = outputs or OutputChanges(workspace, run, skips_large=True)
        self._changes: dict[str, list[OutputChange]] = {}

    def list_stale(self) -> dict[str, tuple[str, ...]]:
        """The reasons by the id of each stale gate, in the order of the run."""
        if not any(map(self._find_changes, (gate.gate for gate in self._run.gates))):
            return {}
        reasons = {gate.gate: tuple(self._list_reasons(gate.gate)) for gate in self._run.gates if gate.has_passed}
        return {gate: found for gate, found in reasons.items() if found}

    @override
    def find_required(self, gate_id: str) -> list[StaleGate]:
        """The gates whose own files changed among those that the gate requires, directly or through others.

        Files that the gate declares as its outputs are left out: it may have changed them in an earlier attempt.
        """
        required = self._requirements(gate_id)
        if not any(map(self._find_changes, required)):
            return []
        return self._describe(required, self._find_declared(gate_id))

    @override
    def find_changed(self) -> list[StaleGate]:
        return self._describe([gate.gate for gate in self._run.gates], lambda _: False)

    def _describe(self, gates: list[str], is_left_out: Callable[[str], bool]) -> list[StaleGate]:
        found = {gate: [each for each in self._find_changes(gate) if not is_left_out(each.path)] for gate in gates}
        return [
            StaleGate(
                gate, _shorten(list(self._outputs.describe_changes(changes))), self._suggest_restore(gate, changes)
            )
            for gate, changes in found.items()
            if changes
        ]

    def _suggest_restore(self, gate_id: str, changes: list[OutputChange]) -> str | None:
        """The command that restores the only file that changed, if it is missing and git has it as it was recorded."""
        if len(changes) != 1 or not changes[0].is_missing:
            return None
        from runner.git.restore import suggest_restore_as  # few outputs are missing

        path, attempt = changes[0].path, self._run.gate(gate_id).attempts[-1]
        recorded = next(file for file in list_recorded_files(attempt) if file.path == path)
        return suggest_restore_as(LostFile(self._workspace.root, path), recorded.sha256)

    def _list_reasons(self, gate_id: str) -> Iterator[str]:
        yield from self._outputs.describe_changes(self._find_changes(gate_id))
        for required in self._direct_requirements.get(gate_id, ()):
            yield from (f"requires {gate}, which is stale" for gate in self._find_nearest_stale(required))

    def _find_nearest_stale(self, gate_id: str) -> Iterator[str]:
        """The gate if it passed and is stale, else the stale ones that it requires."""
        required = self._direct_requirements.get(gate_id, ())
        nearest = [each for gate in required for each in self._find_nearest_stale(gate)]
        gate = self._run.find_gate(gate_id)
        if gate and gate.has_passed and (nearest or self._find_changes(gate_id)):
            yield gate_id
        else:
            yield from dict.fromkeys(nearest)

    def _find_changes(self, gate_id: str) -> list[OutputChange]:
        """The changes of the gate's own files, if it has passed; not those that are not certain."""
        if gate_id not in self._changes:
            gate = self._run.find_gate(gate_id)
            found = self._outputs.find_changes(gate.attempts[-1]) if gate and gate.has_passed else []
            self._changes[gate_id] = [change for change in found if change.is_certain]
        return self._changes[gate_id]

    def _requirements(self, gate_id: str) -> list[str]:
        """All gates that the gate requires, in the order of the workflow, which puts each after what it requires."""
        required: set[str] = set()
        waiting = [gate_id]
        while waiting:
            direct = self._direct_requirements.get(waiting.pop(), ())
            waiting += [gate for gate in direct if gate not in required]
            required.update(direct)
        return [gate for gate in self._direct_requirements if gate in required]

    @cached_property
    def _direct_requirements(self) -> dict[str, tuple[str, ...]]:
        """Of a workflow that cannot be read, nothing is known: commands that need it say so."""
        return {gate.gate: gate.requires for gate in Prerequisites.of(self._workspace, self._run).gates}

    def _find_declared(self, gate_id: str) -> Callable[[str], bool]:
        """Whether a path is one of the outputs that the gate declares."""
        from gate_tests.compiler.gate import compile_gate  # few gates require a stale one
        from gate_tests.compiler.loader import load_contract

        try:
            return compile_gate(self._workspace, load_contract(self._workspace, gate_id), self._run.context()).declares
        except OrchError:
            return lambda _: False


def _shorten(reasons: list[str]) -> str:
    first, *others = reasons
    return f"{first}, and {len(others):,} more" if others else first
