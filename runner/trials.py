"""The workflows of a repository, as far as its contracts depend on them: runs to try one in, gates without one."""

from collections.abc import Iterator
from typing import NamedTuple

from gate_tests.errors import InvalidFile, OrchError, suggest
from gate_tests.lint.findings import Advice, Findings, Topic
from gate_tests.lint.sample_runs import ARTIFACT_PATH, SLUG, Trial, made_up_run
from gate_tests.strict_json.document import Document
from gate_tests.workspace.layout import Workspace
from gate_tests.workspace.names import Depth
from gate_tests.workspace.run_context import RunContext
from runner.workflows.definition import Workflow, load_workflow


class Workflows(NamedTuple):
    """The workflows that can be read, and what is wrong with the others."""

    workflows: tuple[Workflow, ...]
    faults: tuple[str, ...]

    @classmethod
    def of(cls, workspace: Workspace) -> "Workflows":
        """All of the repository."""
        sound: list[Workflow] = []
        faults: list[str] = []
        for name in workspace.workflows():
            try:
                sound.append(load_workflow(workspace, name))
            except InvalidFile as error:
                faults += error.problems
            except OrchError as error:
                faults.append(f"{workspace.workflow_path(name)}: {error.message}")
        return cls(tuple(sound), tuple(faults))

    def naming(self, gate: object) -> tuple[Workflow, ...]:
        """Those that name the gate."""
        return tuple(each for each in self.workflows if any(step.gate == gate for step in each.gates))

    def trials(self, gate: object) -> tuple[Trial, ...]:
        """Runs of each workflow that names the gate."""
        return tuple(Trial(_contexts(workflow), workflow.name) for workflow in self.naming(gate))

    def findings(self, workspace: Workspace) -> Findings:
        """What is wrong with the workflows, and which of their gates have no contract."""
        return Findings((), self.faults, tuple(self._gates_without_contract(workspace)))

    def _gates_without_contract(self, workspace: Workspace) -> Iterator[Advice]:
        known = workspace.gates_with_contract()
        for workflow in self.workflows:
            document: Document = workspace.read_document(workflow.path)
            for index, step in enumerate(workflow.gates):
                if step.gate not in known:
                    words = f"gate {step.gate!r} has no contract, so no run gets past it{suggest(step.gate, known)}"
                    yield Advice.about(Topic.NO_CONTRACT, document, ("gates", index, "gate"), words)


def _contexts(workflow: Workflow) -> tuple[RunContext, ...]:
    """A made-up run of each depth."""
    return tuple(
        made_up_run(
            depth,
            place := _place(workflow, depth),
            (step.gate for step in workflow.gates),
            workflow.bind_variables(SLUG, place, depth),
        )
        for depth in Depth
    )


def _place(workflow: Workflow, depth: Depth) -> str:
    return ARTIFACT_PATH if workflow.artifact_path is None else workflow.place_artifacts(SLUG, depth)
