"""A run that somebody thinks of: enough of one to say what its gates will check."""

from collections.abc import Mapping
from typing import NamedTuple

from gate_tests.explanation import PlannedRun
from gate_tests.names import Depth, check_slug
from gate_tests.workspace import Workspace
from runner.trials import Workflows
from runner.workflow import Workflow

_STAND_IN = "unknown"
_NOTHING: Mapping[str, str] = {}


class Plan(NamedTuple):
    """What is known of the run; None: not yet."""

    slug: str | None
    artifact_path: str | None
    depth: Depth

    def context(self, workspace: Workspace, gate: str) -> PlannedRun:
        """The run at the first workflow that names the gate, as far as it can be told. Raises Refused, InvalidFile."""
        workflow = next(iter(Workflows.of(workspace).naming(gate)), None)
        slug = "{slug}" if self.slug is None else check_slug(self.slug)
        place = self._place(workspace, workflow, slug)
        return PlannedRun(
            run_id="{run_id}",
            slug=self.slug or _STAND_IN,
            artifact_path=place,
            depth=self.depth,
            gates=tuple(step.gate for step in workflow.gates) if workflow else (),
            variables=workflow.bind_variables(slug, place, self.depth) if workflow else _NOTHING,
            open_variables=(
                *(("slug",) if self.slug is None else ()),
                *(("artifact_path",) if place == "{artifact_path}" else ()),
                "run_id",
            ),
        )

    def _place(self, workspace: Workspace, workflow: Workflow | None, slug: str) -> str:
        if self.artifact_path is not None:
            return workspace.confine(self.artifact_path, "artifact path")
        if workflow is None or workflow.artifact_path is None:
            return "{artifact_path}"
        return workflow.place_artifacts(slug, self.depth)
